"""Recognition: statements of the organizing unit, and the stars that confirmed hours come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.contracts.codes import STAR_SCHEME
from services.contracts.tables import edition
from services.contracts.volunteer import (
    IssueRecordStatement,
    RegisterVolunteer,
    ReviewStars,
    StarLevelReached,
    StarLevelRevised,
    VolunteerRegistered,
)
from services.kernel.message import Actor
from services.volunteer.domain.known import Known, Statement
from services.volunteer.domain.volunteer import DECIDER
from tests.support.spec import NOON, Spec

volunteer = Spec(DECIDER)
REGISTERED = VolunteerRegistered(consent_ref="paper-1")
JIDA = Actor(id="p-9", role="partner", org="organization:jida")
ISSUE = IssueRecordStatement(issuer="organization:jida")


def star(level: int, hours: int) -> StarLevelReached:
    """A level of the scheme in force."""
    return StarLevelReached(scheme_id="s1", level=level, minutes=hours * 60)


@pytest.mark.parametrize(("hours", "level"), [(100, 1), (299, 1), (300, 2), (600, 3), (1000, 4), (1500, 5)])
def test_the_hours_of_each_star_are_those_of_the_scheme(hours: int, level: int) -> None:
    volunteer.given(REGISTERED).when(ReviewStars(), facts=Known(minutes=hours * 60)).then(star(level, hours))


def test_reaching_a_level_is_said_once() -> None:
    at_hundred = Known(minutes=100 * 60)
    volunteer.given(REGISTERED).when(ReviewStars(), facts=at_hundred).then(star(1, 100))
    volunteer.given(REGISTERED, star(1, 100)).when(ReviewStars(), facts=at_hundred).then_nothing()
    volunteer.given(REGISTERED, star(1, 100)).when(ReviewStars(), facts=Known(minutes=300 * 60)).then(star(2, 300))
    volunteer.given(REGISTERED).when(ReviewStars(), facts=Known(minutes=100 * 60 - 1)).then_nothing()


def test_a_correction_may_take_a_star_away() -> None:
    revised = StarLevelRevised(scheme_id="s1", level=0, minutes=99 * 60)
    below = Known(minutes=99 * 60)
    volunteer.given(REGISTERED, star(1, 100)).when(ReviewStars(), facts=below).then(revised)
    again = volunteer.given(REGISTERED, star(1, 100), revised)
    again.when(ReviewStars(), facts=below).then_nothing()
    again.when(ReviewStars(), facts=Known(minutes=101 * 60)).then(star(1, 101))


def test_a_station_sets_a_scheme_of_its_own_and_stars_of_old_ones_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """INV-40: schemes are dated; what was reached under one is read with its edition."""
    own = edition("local", date(2026, 3, 2), "1 | 一星 | one | hours=10\n2 | 二星 | two | hours=20")
    monkeypatch.setattr(STAR_SCHEME, "editions", (*STAR_SCHEME.editions, own))
    local = StarLevelReached(scheme_id="local", level=2, minutes=6000)
    volunteer.given(REGISTERED).when(ReviewStars(), facts=Known(minutes=6000)).then(local)
    volunteer.given(REGISTERED, star(2, 300), local).when(ReviewStars(), facts=Known(minutes=6000)).then_nothing()
    day_before = NOON - timedelta(days=1)
    volunteer.given(REGISTERED).when(ReviewStars(), facts=Known(minutes=6000), now=day_before).then(star(1, 100))


def test_nobody_states_on_duty_what_the_same_human_gave() -> None:
    """INV-21, H15."""
    both = replace(REGISTERED, worker="worker:w-zyh")
    hat = Actor(id="w-zyh", role="grid_worker", org="organization:jida")
    found = Statement(records=(UUID(int=5),), minutes=180)
    volunteer.given(both).when(ISSUE, actor=hat, facts=found).then_refused("own-matter")
    assert volunteer.given(both).when(ISSUE, actor=JIDA, facts=found).decided()


def test_after_a_correction_a_new_statement_is_issued_even_if_it_says_the_same() -> None:
    """H9: the one before is superseded on verification, so a new one is worth having."""
    found = Statement(records=(UUID(int=5),), minutes=180)
    (said,) = volunteer.given(REGISTERED).when(ISSUE, actor=JIDA, facts=found).decided()
    again = volunteer.given(REGISTERED, said)
    again.when(ISSUE, actor=JIDA, facts=found).then_nothing()
    outdated = replace(found, outdated=True)
    (new,) = again.when(ISSUE, actor=JIDA, facts=outdated, id=UUID(int=2)).decided()
    assert (new.minutes, new.records) == (said.minutes, said.records)
    assert new.verify_code != said.verify_code


def test_stars_of_somebody_who_was_never_registered_are_not_known() -> None:
    volunteer.given().when(ReviewStars(), facts=Known()).then_refused("volunteer-unknown")
    volunteer.when(RegisterVolunteer(consent_ref="paper-1")).then(REGISTERED)
