"""Households: registered persons who live together; relations and days may be unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.contracts import intake as public
from services.intake.domain import household as domain
from services.intake.domain.known import Known
from services.kernel.errors import NotFound
from tests.support.spec import Spec
from tests.unit.intake.stories import MOTHER, OTHER, OWN, PEOPLE, PERSON, STREET

household = Spec(domain.DECIDER)

MEMBERS = (public.Member(person_id=MOTHER, relation="head"), public.Member(person_id=PERSON))
FORM = public.FormHousehold(station=STREET, members=MEMBERS, area="220104004001", area_edition="2023")
FORMED = public.HouseholdFormed(
    household_id=OWN, station=STREET, members=MEMBERS, area="220104004001", area_edition="2023"
)
KNOWN = Known(registered=frozenset({MOTHER, PERSON}))
JOIN = public.JoinHousehold(person_id=OTHER, relation="grandparent")
JOINED = public.HouseholdMemberJoined(household_id=OWN, person_id=OTHER, relation="grandparent")
LEAVE = public.LeaveHousehold(person_id=PERSON, reason_code="moved-away")
LEFT = public.HouseholdMemberLeft(household_id=OWN, person_id=PERSON, reason_code="moved-away")


def test_persons_who_live_together_are_a_household() -> None:
    household.given().when(FORM, facts=KNOWN).then(FORMED)
    household.given(FORMED).when(FORM, facts=KNOWN).then_refused("already-there")


def test_each_member_is_registered_and_named_once() -> None:
    household.given().when(FORM, facts=Known(registered=frozenset({PERSON}))).then_refused("no-such-person")
    twice = replace(FORM, members=(*MEMBERS, MEMBERS[0]))
    household.given().when(twice, facts=KNOWN).then_refused("member-twice")
    strange = replace(FORM, members=(public.Member(person_id=PERSON, relation="lodger"),))
    household.given().when(strange, facts=KNOWN).then_refused("unknown-code")


def test_somebody_joins_who_is_registered() -> None:
    somebody = Known(person=replace(PEOPLE, person_id=OTHER))
    household.given(FORMED).when(JOIN, facts=somebody).then(JOINED)
    household.given(FORMED, JOINED).when(JOIN, facts=somebody).then_nothing()
    household.given(FORMED).when(JOIN).then_refused("no-such-person")


def test_somebody_leaves_and_may_come_again() -> None:
    household.given(FORMED).when(LEAVE).then(LEFT)
    household.given(FORMED, LEFT).when(LEAVE).then_nothing()
    back = public.JoinHousehold(person_id=PERSON)
    household.given(FORMED, LEFT).when(back, facts=Known(person=PEOPLE)).then(
        public.HouseholdMemberJoined(household_id=OWN, person_id=PERSON, relation="unknown")
    )


def test_nobody_joins_or_leaves_where_no_household_is() -> None:
    for command in (JOIN, LEAVE):
        with pytest.raises(NotFound):
            household.given().when(command).decided()
