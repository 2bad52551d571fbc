"""Activities: heads may be unknown, a client who was there counts once and belongs to his case's matter."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from services.contracts import intake as public
from services.intake.domain import activity as domain
from services.intake.domain.known import Known
from services.kernel.errors import NotFound
from tests.support.spec import Spec
from tests.unit.intake.stories import ACTIVITY, CASE, COMMUNITY, OWN, PERSON, REQUEST, STREET

activity = Spec(domain.DECIDER)

HELD = public.ActivityHeld(activity_id=ACTIVITY, kind="children-social", host=COMMUNITY, area=STREET)
ATTENDED = public.ActivityAttended(activity_id=ACTIVITY, person_id=PERSON, matter_id=REQUEST, case_id=CASE)
ATTEND = public.RecordAttendance(person_id=PERSON, case_id=CASE)
FACTS = Known(matter_id=REQUEST)


def test_an_activity_is_written_down_with_an_unknown_headcount() -> None:
    command = public.HoldActivity(kind="children-social", host=COMMUNITY, area=STREET)
    activity.given().when(command).then(replace(HELD, activity_id=OWN))
    activity.given(HELD).when(command).then_refused("already-there")


def test_a_client_who_was_there_counts_once() -> None:
    activity.given(HELD).when(ATTEND, facts=FACTS).then(ATTENDED)
    activity.given(HELD, ATTENDED).when(ATTEND, facts=FACTS).then_nothing()


def test_somebody_without_a_case_may_be_there() -> None:
    command = public.RecordAttendance(person_id=PERSON)
    activity.given(HELD).when(command).then(replace(ATTENDED, matter_id=None, case_id=None))


def test_a_case_that_nobody_knows_is_refused() -> None:
    activity.given(HELD).when(ATTEND).then_refused("no-such-case")


def test_there_are_not_more_clients_than_heads() -> None:
    one = replace(HELD, headcount=1)
    other = replace(ATTEND, person_id=UUID(int=99))
    activity.given(one, ATTENDED).when(other, facts=FACTS).then_refused("more-than-came")


def test_nobody_attends_what_was_not_held() -> None:
    with pytest.raises(NotFound):
        activity.given().when(ATTEND).decided()
