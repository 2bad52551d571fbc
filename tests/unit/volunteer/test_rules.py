"""The hard rules hold for one person and for columns of people alike."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.codes_volunteer import SKILL
from services.volunteer.domain.eligibility import Needs, Person, Training, asked_of, faults, who_is
from services.volunteer.domain.rules import HARD, Who, bits

NOON = datetime(2022, 9, 1, 4, tzinfo=UTC)
DAY = date(2022, 9, 1)
SKILLS = (*list(SKILL.current.terms)[:4], "made-up")
DAYS = st.sampled_from([None, date(2022, 8, 31), DAY, date(2023, 9, 1)])
TRAININGS = st.lists(st.builds(Training, skill=st.sampled_from(SKILLS), valid_until=DAYS), max_size=3).map(tuple)
PEOPLE = st.builds(
    Person,
    party=st.just("volunteer:1"),
    state=st.sampled_from(["active", "verified"]),
    skills=st.lists(st.sampled_from(SKILLS), max_size=3).map(tuple),
    trained=TRAININGS,
    qualified=TRAININGS,
    minor=st.sampled_from([None, True, False]),
    guardian_consent=st.booleans(),
    limits=st.lists(st.sampled_from(["stairs", "night"]), max_size=2).map(tuple),
    cleared_until=DAYS,
    insured_from=DAYS,
    insured_until=DAYS,
)
NEEDS = st.builds(
    Needs,
    skills=st.lists(st.sampled_from(SKILLS), max_size=3).map(tuple),
    demands=st.lists(st.sampled_from(["stairs", "night"]), max_size=2).map(tuple),
    risk=st.sampled_from(["none", "low"]),
    with_minor=st.booleans(),
)


@given(st.lists(PEOPLE, min_size=1, max_size=6), NEEDS)
def test_columns_of_people_are_judged_as_each_of_them_alone(people: list[Person], needs: Needs) -> None:
    asked = asked_of(needs, DAY)
    each = [who_is(person, needs, DAY) for person in people]
    column = Who(**{name: np.array([getattr(who, name) for who in each]) for name in Who.__slots__})
    for number, person in enumerate(people):
        failed = [rule.code for rule in HARD if not np.broadcast_to(rule.holds(column, asked), len(people))[number]]
        assert failed == list(faults(person, needs, NOON))


def test_a_code_nobody_asks_for_has_no_place() -> None:
    assert bits(["b", "c", "b"], {"a": 0, "b": 1}) == 2


def test_what_is_not_known_holds_no_rule_that_asks_for_it() -> None:
    nobody = who_is(Person(party="volunteer:1"), Needs(risk="low", with_minor=True, skills=("made-up",)), DAY)
    asked = asked_of(Needs(risk="low", with_minor=True, skills=("made-up",)), DAY)
    failed = {rule.code for rule in HARD if not rule.holds(nobody, asked)}
    assert failed == {"guardian-consent", "minor-at-risk", "skill-missing", "not-insured", "not-cleared"}
