"""Persons: as little as is known will do, an unknown age is guarded as a child's, and death stops what is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.contracts import intake as public
from services.intake.domain import person as domain
from services.intake.domain.known import Known
from services.kernel.errors import NotFound
from tests.support.spec import NOON, Spec
from tests.unit.intake.stories import CHILD, MOTHER, OWN, PEOPLE, PERSON, REGISTERED, STREET

person = Spec(domain.DECIDER)

DIED = public.PersonDied(person_id=PERSON, evidence_kind="document")
GROUPED = public.ClientGroupAssigned(person_id=PERSON, group_code="living-alone", table_version="2022", basis="seen")
LINKED = public.GuardianLinked(person_id=PERSON, guardian_id=MOTHER, relation="mother", evidence_kind="statement")
LINK = public.LinkGuardian(guardian_id=MOTHER, relation="mother", evidence_kind="statement")


def test_a_person_of_unknown_age_is_registered_and_guarded_as_a_child() -> None:
    command = public.RegisterPerson(station=STREET)
    person.given().when(command, sealed=("A" * 43,)).then(replace(REGISTERED, person_id=OWN, sealed=("A" * 43,)))


def test_whoever_is_registered_bears_the_id_under_which_he_is_found() -> None:
    """Also where the command came without a key, so that its id says nothing of the stream that it founds."""
    founded = UUID(int=77)
    command = public.RegisterPerson(station=STREET)
    person.given().when(command, founds=founded).then(replace(REGISTERED, person_id=founded))


@pytest.mark.parametrize(
    ("age_band", "label"),
    [("under_8", "child"), ("from_8_to_13", "child"), ("from_14_to_17", "personal"), ("adult", "personal"),
     ("from_80", "personal")],
)  # fmt: skip
def test_the_age_says_how_the_record_is_guarded(age_band: Any, label: Any) -> None:
    command = public.RegisterPerson(station=STREET, age_band=age_band)
    person.given().when(command).then(replace(REGISTERED, person_id=OWN, age_band=age_band, sensitivity=label))


def test_a_person_who_is_there_is_not_registered_again() -> None:
    person.given(REGISTERED).when(public.RegisterPerson(station=STREET)).then_refused("already-there")


def test_details_are_completed_and_the_guard_follows_the_age() -> None:
    amend = public.AmendPersonDetails(reason_code="new-facts", age_band="adult")
    amended = public.PersonDetailsAmended(
        person_id=PERSON, reason_code="new-facts", age_band="adult", sensitivity="personal"
    )
    person.given(REGISTERED).when(amend).then(amended)
    assert person.given(REGISTERED, amended).state.age_band == "adult"


def test_nothing_given_changes_nothing() -> None:
    person.given(REGISTERED).when(public.AmendPersonDetails(reason_code="new-facts")).then_nothing()


def test_groups_are_dated_tags_of_an_edition() -> None:
    command = public.AssignClientGroup(group_code="living-alone", basis="seen")
    person.given(REGISTERED).when(command).then(GROUPED)
    person.given(REGISTERED, GROUPED).when(command).then_nothing()
    person.given(REGISTERED).when(replace(command, group_code="lonely")).then_refused("unknown-code")


def test_a_group_can_be_taken_back() -> None:
    command = public.RemoveClientGroup(group_code="living-alone", reason_code="new-facts")
    person.given(REGISTERED, GROUPED).when(command).then(
        public.ClientGroupRemoved(person_id=PERSON, group_code="living-alone", reason_code="new-facts")
    )
    person.given(REGISTERED).when(command).then_nothing()


def test_a_guardian_is_a_registered_grown_up() -> None:
    mother = replace(PEOPLE, person_id=MOTHER)
    person.given(REGISTERED).when(LINK, facts=Known(person=mother)).then(LINKED)
    person.given(REGISTERED, LINKED).when(LINK, facts=Known(person=mother)).then_nothing()
    person.given(REGISTERED).when(LINK).then_refused("no-such-guardian")
    young = replace(CHILD, age_band="from_8_to_13")
    person.given(REGISTERED).when(LINK, facts=Known(person=young)).then_refused("no-such-guardian")


def test_nobody_is_his_own_guardian() -> None:
    command = replace(LINK, guardian_id=PERSON)
    person.given(REGISTERED).when(command, facts=Known(person=PEOPLE)).then_refused("own-guardian")


def test_a_guardianship_ends() -> None:
    command = public.UnlinkGuardian(guardian_id=MOTHER, reason_code="new-facts")
    person.given(REGISTERED, LINKED).when(command).then(
        public.GuardianUnlinked(person_id=PERSON, guardian_id=MOTHER, reason_code="new-facts")
    )
    person.given(REGISTERED).when(command).then_nothing()


def test_moving_says_from_where_and_whereto() -> None:
    command = public.MovePerson(to_area="220104004002")
    moved = public.PersonMoved(person_id=PERSON, to_area="220104004002")
    person.given(REGISTERED).when(command).then(moved)
    person.given(REGISTERED, moved).when(command).then_nothing()
    person.given(REGISTERED, moved).when(public.MovePerson()).then(
        public.PersonMoved(person_id=PERSON, from_area="220104004002")
    )


def test_death_is_said_once_and_stops_what_is_new() -> None:
    command = public.RecordDeath(evidence_kind="document")
    person.given(REGISTERED).when(command).then(DIED)
    person.given(REGISTERED, DIED).when(command).then_nothing()
    refused = person.given(REGISTERED, DIED).when(public.MovePerson()).then_refused("person-deceased")
    assert refused.allowed == ("correct-death",)


def test_a_false_report_of_death_is_taken_back_by_two_persons() -> None:
    command = public.CorrectDeath(reason_code="wrong-person", approver="w-02")
    corrected = public.DeathCorrected(person_id=PERSON, reason_code="wrong-person", approver="w-02")
    person.given(REGISTERED, GROUPED, DIED).when(replace(command, approver="w-01")).then_refused("second-person-needed")
    person.given(REGISTERED, GROUPED, DIED).when(command).then(corrected)
    assert person.given(REGISTERED, GROUPED, DIED, corrected).state == person.given(REGISTERED, GROUPED).state
    person.given(REGISTERED).when(command).then_nothing()


def test_a_legal_basis_is_approved_by_somebody_else_and_is_not_consent() -> None:
    command = public.InvokeLegalBasis(basis_code="life-safety", reason_code="emergency", approver="w-02")
    person.given(REGISTERED).when(command).then(
        public.LegalBasisInvoked(person_id=PERSON, basis_code="life-safety", reason_code="emergency", approver="w-02")
    )
    person.given(REGISTERED).when(replace(command, approver="w-01")).then_refused("second-person-needed")
    person.given(REGISTERED).when(replace(command, basis_code="pipl13-1")).then_refused("consent-is-no-basis-here")


INVOKED = public.LegalBasisInvoked(
    person_id=PERSON, basis_code="life-safety", reason_code="emergency", approver="w-02", notify_later_by=NOON.date()
)  # fmt: skip
TOLD = public.PersonNotifiedLater(person_id=PERSON, basis_code="life-safety", to="self", method="oral", late=False)


def test_who_could_not_be_asked_is_told_afterwards_and_once() -> None:
    """PIPL 18: in an emergency the notice is given when it is over; that it came after the day is on record."""
    tell = public.NotifyLater(basis_code="life-safety")
    person.given(REGISTERED, INVOKED).when(tell).then(TOLD)
    late = NOON + timedelta(days=1)
    person.given(REGISTERED, INVOKED).when(tell, now=late).then(replace(TOLD, late=True))
    person.given(REGISTERED, INVOKED, TOLD).when(tell).then_nothing()
    person.given(REGISTERED, INVOKED, TOLD, INVOKED).when(tell).then(TOLD)


def test_where_nothing_was_put_off_nothing_is_made_up_for() -> None:
    tell = public.NotifyLater(basis_code="pipl13-3")
    assert person.given(REGISTERED).when(tell).then_refused("no-notice-owed").allowed == ("invoke-legal-basis",)
    refused = person.given(REGISTERED, INVOKED).when(tell).then_refused("no-notice-owed")
    assert refused.allowed == ("notify-later",) and "life-safety" in refused.en
    at_once = replace(INVOKED, notify_later_by=None)
    person.given(REGISTERED, at_once).when(replace(tell, basis_code="life-safety")).then_refused("no-notice-owed")


def test_a_guardian_who_may_be_the_danger_is_told_nothing() -> None:
    """INV-10: the person himself may be told."""
    tell, suspected = public.NotifyLater(basis_code="life-safety", to="guardian"), Known(guardian_suspected=True)
    person.given(REGISTERED, INVOKED).when(tell, facts=suspected).then_refused("guardian-suspected")
    person.given(REGISTERED, INVOKED).when(replace(tell, to="self"), facts=suspected).then(TOLD)
    person.given(REGISTERED, INVOKED).when(tell, facts=Known()).then(replace(TOLD, to="guardian"))


@pytest.mark.parametrize(
    "command",
    [public.MovePerson(), public.RecordDeath(evidence_kind="document"), public.ReadIdentity(why="casework"),
     public.CorrectDeath(reason_code="test", approver="w-02")],
)  # fmt: skip
def test_nobody_is_found_where_nobody_was_registered(command: Any) -> None:
    with pytest.raises(NotFound):
        person.given().when(command).decided()
