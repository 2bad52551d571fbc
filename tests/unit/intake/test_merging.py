"""Two records of one human being: nobody is refused for it, a merger moves nothing, and it can be taken back (H4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.contracts import intake as public
from services.intake.domain import person as domain
from services.intake.domain.known import Known
from services.kernel.errors import NotFound
from tests.support.spec import Spec
from tests.unit.intake.stories import MOTHER, OTHER, PEOPLE, PERSON, REGISTERED

person = Spec(domain.DECIDER)

SURVIVOR = Known(person=replace(PEOPLE, person_id=OTHER))
MERGE = public.MergePersons(survivor_id=OTHER, basis="documents", approver="w-02")
MERGED = public.PersonsMerged(survivor_id=OTHER, merged_id=PERSON, basis="documents", approver="w-02")
UNMERGE = public.UnmergePersons(basis="mistake", approver="w-02")
UNMERGED = public.PersonsUnmerged(survivor_id=OTHER, merged_id=PERSON, basis="mistake", approver="w-02")
SUSPECT = public.SuspectDuplicate(candidate_id=OTHER, rule="same-phone", score=50)
SUSPECTED = public.DuplicateSuspected(person_id=PERSON, candidate_id=OTHER, rule="same-phone", score=50)
RULE_OUT = public.RuleOutDuplicate(candidate_id=OTHER, basis="documents")
RULED_OUT = public.DuplicateRuledOut(person_id=PERSON, candidate_id=OTHER, basis="documents")
DIED = public.PersonDied(person_id=PERSON, evidence_kind="document")


def test_a_likeness_is_noted_once() -> None:
    person.given(REGISTERED).when(SUSPECT).then(SUSPECTED)
    person.given(REGISTERED, SUSPECTED).when(replace(SUSPECT, rule="same-id-number", score=100)).then_nothing()
    person.given(REGISTERED).when(replace(SUSPECT, candidate_id=PERSON)).then_nothing()


def test_what_was_ruled_out_is_not_brought_up_again() -> None:
    person.given(REGISTERED, SUSPECTED).when(RULE_OUT, facts=SURVIVOR).then(RULED_OUT)
    person.given(REGISTERED, SUSPECTED, RULED_OUT).when(RULE_OUT, facts=SURVIVOR).then_nothing()
    person.given(REGISTERED, RULED_OUT).when(SUSPECT).then_nothing()


def test_what_is_ruled_out_is_another_who_is_registered() -> None:
    person.given(REGISTERED).when(RULE_OUT).then_refused("no-such-person")
    person.given(REGISTERED).when(replace(RULE_OUT, candidate_id=PERSON), facts=SURVIVOR).then_refused("no-such-person")
    person.given(REGISTERED).when(replace(RULE_OUT, basis="guess"), facts=SURVIVOR).then_refused("unknown-code")


def test_two_records_are_merged_by_two_persons_and_said_twice_it_changes_nothing() -> None:
    person.given(REGISTERED).when(replace(MERGE, approver="w-01"), facts=SURVIVOR).then_refused("second-person-needed")
    person.given(REGISTERED).when(MERGE, facts=SURVIVOR).then(MERGED)
    person.given(REGISTERED, MERGED).when(MERGE, facts=SURVIVOR).then_nothing()


def test_a_record_survives_only_if_it_is_somebody_elses_and_speaks_for_itself() -> None:
    person.given(REGISTERED).when(MERGE).then_refused("no-such-person")
    person.given(REGISTERED).when(replace(MERGE, survivor_id=PERSON), facts=SURVIVOR).then_refused("no-such-person")
    merged_itself = Known(person=replace(PEOPLE, person_id=OTHER, merged=True))
    refused = person.given(REGISTERED).when(MERGE, facts=merged_itself).then_refused("survivor-merged")
    assert refused.field == "survivor_id"
    dead = Known(person=replace(PEOPLE, person_id=OTHER, alive=False))
    person.given(REGISTERED).when(MERGE, facts=dead).then_refused("person-deceased")
    person.given(REGISTERED, DIED).when(MERGE, facts=SURVIVOR).then_refused("person-deceased")


@pytest.mark.parametrize(
    "command",
    [public.MovePerson(to_area="220104004"), public.RecordDeath(evidence_kind="document"), RULE_OUT,
     public.CorrectDeath(reason_code="test", approver="w-02"), replace(MERGE, survivor_id=MOTHER),
     public.AmendPersonDetails(reason_code="new-facts", age_band="adult")],
)  # fmt: skip
def test_what_is_merged_is_asked_of_the_record_that_speaks_for_it(command: Any) -> None:
    refused = person.given(REGISTERED, MERGED).when(command, facts=SURVIVOR).then_refused("person-merged")
    assert refused.allowed == ("unmerge-persons",)


def test_a_likeness_to_what_is_merged_is_passed_over() -> None:
    person.given(REGISTERED, MERGED).when(replace(SUSPECT, candidate_id=MOTHER)).then_nothing()


def test_what_is_merged_can_still_be_read_by_its_own_station() -> None:
    (read,) = person.given(REGISTERED, MERGED).when(public.ReadIdentity(why="casework")).decided()
    assert isinstance(read, public.IdentityRead)


def test_taken_apart_the_record_is_as_if_it_had_never_been_merged() -> None:
    person.given(REGISTERED, MERGED).when(replace(UNMERGE, approver="w-01")).then_refused("second-person-needed")
    person.given(REGISTERED, MERGED).when(UNMERGE).then(UNMERGED)
    assert person.given(REGISTERED, MERGED, UNMERGED).state == person.given(REGISTERED).state
    person.given(REGISTERED, MERGED, UNMERGED).when(UNMERGE).then_nothing()
    person.given(REGISTERED, MERGED, UNMERGED).when(MERGE, facts=SURVIVOR).then(MERGED)


def test_erasure_is_asked_of_the_record_that_speaks_for_the_person() -> None:
    asked = public.RequestErasure(by="self", ground="consent-withdrawn")
    person.given(REGISTERED, MERGED).when(asked).then_refused("person-merged")
    (waiting,) = person.given(REGISTERED).when(asked).decided()
    refused = person.given(REGISTERED, waiting).when(MERGE, facts=SURVIVOR).then_refused("erasure-waiting")
    assert refused.allowed == ("decide-erasure",)


def test_nobody_comes_back_from_a_merger_whose_data_were_erased_meanwhile() -> None:
    erased = Known(person=replace(PEOPLE, person_id=OTHER, gone=True))
    person.given(REGISTERED, MERGED).when(UNMERGE, facts=erased).then_refused("person-erased")
    person.given(REGISTERED).when(MERGE, facts=erased).then_refused("person-erased")


@pytest.mark.parametrize("command", [MERGE, UNMERGE, SUSPECT, RULE_OUT])
def test_nobody_is_merged_who_was_never_registered(command: Any) -> None:
    with pytest.raises(NotFound):
        person.given().when(command, facts=SURVIVOR).decided()
