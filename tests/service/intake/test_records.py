"""Three acts on what is on record: a field was wrong, it should not exist, it is about somebody else (H9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.contracts import intake as public
from services.intake import rekeying
from services.intake import tables as t
from services.intake.domain import activity, case, consent, help_request, person, visit_plan
from services.intake.domain import record as domain
from services.intake.domain.known import CaseFact, Known, PersonFact
from services.intake.domain.record_facts import RecordFact
from services.intake.record_tables import corrections, records, rekeyings
from services.kernel.errors import NotFound
from tests.service.intake.desk import Desk
from tests.support.spec import NOON, Spec
from tests.unit.intake.stories import (
    ACTIVITY,
    CASE,
    COMMUNITY,
    CONSENT,
    MOTHER,
    OTHER,
    PERSON,
    PLAN,
    REQUEST,
    STREET,
    TODAY,
    ZSL,
)  # fmt: skip

record = Spec(domain.DECIDER)

RECORD = UUID(int=500)
TOLD = ("A" * 43, "B" * 43)
SERVED = public.ServiceSaid(kind="sport", participants=30)
FACT = RecordFact(
    record_id=RECORD, kind="service", about_id=CASE, said=SERVED, matter_id=REQUEST, person_id=PERSON, case_id=CASE,
    on=TODAY, sealed=TOLD,
)  # fmt: skip
HERE = Known(record=FACT)
PAST = Known(record=replace(FACT, on=date(2026, 2, 27)))
CLOSED = Known(record=replace(FACT, closed=True))
CORRECT = public.CorrectService(reason_code="typing-error", participants=3)
CORRECTED = public.ServiceCorrected(
    record_id=RECORD, corrects=RECORD, case_id=CASE, matter_id=REQUEST, fields=("participants",), was=SERVED,
    now=replace(SERVED, participants=3), reason_code="typing-error",
)  # fmt: skip
STRIKE = public.MarkRecordEnteredInError(reason_code="wrong-person")
STRUCK = public.RecordEnteredInError(
    record_id=RECORD, corrects=RECORD, kind="service", about_id=CASE, reason_code="wrong-person", matter_id=REQUEST,
    person_id=PERSON, case_id=CASE, on=TODAY,
)  # fmt: skip
RIGHT = PersonFact(person_id=OTHER, age_band="adult", station=STREET)
MOVE = public.MoveNote(to_person_id=OTHER, reason_code="wrong-person", approver="w-02")
MOVED = public.NoteMoved(
    record_id=RECORD, corrects=RECORD, to_person_id=OTHER, moved=TOLD, reason_code="wrong-person", matter_id=REQUEST,
    person_id=PERSON, approver="w-02",
)  # fmt: skip
TO_RIGHT = replace(HERE, person=RIGHT)


# --- a field was wrong ------------------------------------------------------------------------------------------------


def test_a_wrong_field_is_corrected_and_what_was_stands_beside_what_is() -> None:
    record.given().when(CORRECT, facts=HERE).then(CORRECTED)


def test_what_is_right_already_is_not_corrected() -> None:
    right = public.CorrectService(reason_code="typing-error", participants=30, kind="sport")
    record.given().when(right, facts=HERE).then_nothing()


@pytest.mark.parametrize("facts", [PAST, CLOSED])
@pytest.mark.parametrize("command", [CORRECT, STRIKE])
def test_what_is_closed_or_may_be_reported_is_not_changed_by_one_alone(facts: Known, command: Any) -> None:
    """INV-31: a second person where the matter is closed or sealed."""
    record.given().when(command, facts=facts).then_refused("second-person-needed")
    record.given().when(replace(command, approver="w-01"), facts=facts).then_refused("second-person-needed")
    (done,) = record.given().when(replace(command, approver="w-02"), facts=facts).decided()
    assert done.approver == "w-02"


def test_a_service_does_not_end_before_it_starts() -> None:
    wrong = public.CorrectService(reason_code="typing-error", started=NOON, ended=NOON - timedelta(hours=1))
    record.given().when(wrong, facts=HERE).then_refused("ends-before-it-starts")


def test_each_kind_is_corrected_as_what_it_is() -> None:
    refused = record.given().when(public.CorrectVisit(reason_code="typing-error"), facts=HERE)
    assert refused.then_refused("another-kind-of-record").allowed == ("correct-service",)


def test_what_was_struck_is_not_corrected() -> None:
    record.given(STRUCK).when(CORRECT, facts=HERE).then_refused("struck-already")


def test_what_was_never_written_down_is_not_found() -> None:
    with pytest.raises(NotFound):
        record.given().when(CORRECT).decided()


# --- it should not exist ----------------------------------------------------------------------------------------------


def test_what_should_not_exist_is_struck_once() -> None:
    record.given().when(STRIKE, facts=HERE).then(STRUCK)
    record.given(STRUCK).when(STRIKE, facts=HERE).then_nothing()


@pytest.mark.parametrize("kind", ["request", "note"])
def test_a_part_of_a_whole_is_not_struck_alone(kind: Any) -> None:
    part = Known(record=replace(FACT, kind=kind, said=None))
    refused = record.given().when(STRIKE, facts=part).then_refused("struck-as-a-whole")
    assert "mark-help-request-entered-in-error" in refused.allowed


# --- it is about somebody else ----------------------------------------------------------------------------------------


def test_a_note_on_the_wrong_person_goes_to_the_right_one() -> None:
    record.given().when(MOVE, facts=TO_RIGHT).then(MOVED)
    record.given(MOVED).when(MOVE, facts=TO_RIGHT).then_nothing()


def test_two_persons_move_a_note_however_new_it_is() -> None:
    record.given().when(replace(MOVE, approver="w-01"), facts=TO_RIGHT).then_refused("second-person-needed")


def test_a_note_goes_to_somebody_who_is_registered_and_not_erased() -> None:
    record.given().when(MOVE, facts=HERE).then_refused("no-such-person")
    gone = replace(HERE, person=replace(RIGHT, gone=True))
    record.given().when(MOVE, facts=gone).then_refused("no-such-person")
    record.given().when(replace(MOVE, to_person_id=PERSON), facts=TO_RIGHT).then_refused("same-person")


def test_a_note_goes_into_a_case_of_the_right_person_or_none() -> None:
    into = replace(MOVE, to_case_id=UUID(int=77))
    record.given().when(into, facts=TO_RIGHT).then_refused("no-such-case")
    theirs = replace(TO_RIGHT, cases=(CaseFact(case_id=UUID(int=77), workers=frozenset()),))
    record.given().when(into, facts=theirs).then(replace(MOVED, to_case_id=UUID(int=77)))


def test_where_nothing_was_told_nothing_moves() -> None:
    silent = replace(TO_RIGHT, record=replace(FACT, sealed=()))
    record.given().when(MOVE, facts=silent).then_refused("nothing-told")


def test_what_lies_under_the_right_key_is_said_once() -> None:
    done = public.NoteRekeyed(record_id=RECORD, to_person_id=OTHER, values=2, matter_id=REQUEST)
    record.given(MOVED).when(public.ConfirmRekeying(values=2), facts=HERE).then(done)
    record.given(MOVED, done).when(public.ConfirmRekeying(values=2), facts=HERE).then_nothing()
    record.given().when(public.ConfirmRekeying(values=2), facts=HERE).then_nothing()


# --- somebody is to look ----------------------------------------------------------------------------------------------


def test_a_doubtful_record_is_looked_at_and_counts_as_before() -> None:
    flagged = public.RecordFlagged(record_id=RECORD, kind="service", reason_code="after-death", matter_id=REQUEST)
    reviewed = public.RecordReviewed(record_id=RECORD, reason_code="stands", matter_id=REQUEST)
    record.given().when(public.FlagRecord(reason_code="after-death"), facts=HERE).then(flagged)
    record.given(flagged).when(public.FlagRecord(reason_code="after-death"), facts=HERE).then_nothing()
    record.given(flagged).when(public.ReviewRecord(reason_code="stands"), facts=HERE).then(reviewed)
    record.given(flagged, reviewed).when(public.ReviewRecord(reason_code="stands"), facts=HERE).then_nothing()


# --- all of it together -----------------------------------------------------------------------------------------------


def served_case() -> Desk:
    """A case with one service, a plan with two visits, an activity with one attendance."""
    desk = Desk()
    for who in (PERSON, OTHER):
        desk.asks(person.DECIDER, who, public.RegisterPerson(station=STREET, age_band="adult"))
    desk.asks(help_request.DECIDER, REQUEST, public.ReceiveHelpRequest(unit=COMMUNITY, area="220104004001",
              person_id=PERSON, need_codes=("tuition",)))  # fmt: skip
    desk.asks(help_request.DECIDER, REQUEST, public.TriageHelpRequest(urgency="normal", disposition="case"))
    desk.asks(consent.DECIDER, CONSENT, public.GrantConsent(
        person_id=PERSON, by="self", purposes=("casework",), categories=("identity",), sensitive=False, method="oral",
        notice_version="v1"))  # fmt: skip
    desk.asks(case.DECIDER, CASE, public.OpenCase(person_id=PERSON, owner=ZSL, area=STREET, request_id=REQUEST))
    desk.asks(case.DECIDER, CASE, public.RecordService(kind="sport", participants=30, emergency_reason="emergency"),
              sealed=TOLD)  # fmt: skip
    desk.asks(visit_plan.DECIDER, PLAN, public.SetVisitPlan(person_id=PERSON, cadence="weekly", visitor=ZSL,
              unit=COMMUNITY, area=STREET, basis="seen"))  # fmt: skip
    for day in (TODAY - timedelta(days=1), TODAY):
        desk.asks(visit_plan.DECIDER, PLAN, public.RecordVisit(on=day))
    desk.asks(activity.DECIDER, ACTIVITY, public.HoldActivity(kind="children-social", host=COMMUNITY, area=STREET))
    desk.asks(activity.DECIDER, ACTIVITY, public.RecordAttendance(person_id=PERSON, case_id=CASE))
    return desk


def the(desk: Desk, kind: type) -> UUID:
    """The id of the last record of a kind of event."""
    return [known.envelope.id for known in desk.log if isinstance(known.event, kind)][-1]


def test_the_value_that_stands_is_shown_with_its_mark_and_both_are_there_for_auditors() -> None:
    desk = served_case()
    served = the(desk, public.ServiceDelivered)
    original = next(known for known in desk.log if known.envelope.id == served)
    desk.asks(domain.DECIDER, served, CORRECT)
    row = desk.row(records, served)
    assert (row["mark"], row["said"]["participants"]) == ("corrected", 3)
    (both,) = desk.look.all(corrections, record_id=served)
    assert (both["was"]["participants"], both["now"]["participants"], both["fields"]) == (30, 3, "participants")
    assert original.event.participants == 30, "the event itself is as it was (INV-31)"


def test_what_is_struck_counts_no_more_and_stays_readable() -> None:
    desk = served_case()
    served, visited = the(desk, public.ServiceDelivered), the(desk, public.VisitMade)
    attended = the(desk, public.ActivityAttended)
    for one in (served, visited, attended):
        desk.asks(domain.DECIDER, one, STRIKE)
    assert desk.row(t.cases, CASE)["services"] == 0
    assert desk.row(t.cases, CASE)["activities"] == 0
    assert desk.row(t.case_months, CASE, "2026-03")["services"] == 0
    plan = desk.row(t.visit_plans, PLAN)
    assert (plan["visits"], plan["last_visit_on"]) == (1, TODAY - timedelta(days=1))
    assert desk.look.one(t.visits, PLAN, TODAY, "door") is None
    assert desk.row(t.visit_months, PLAN, "2026-03")["made"] == 1
    assert desk.look.one(t.attendances, ACTIVITY, PERSON) is None
    assert desk.row(t.activities, ACTIVITY)["attended"] == 0
    assert {desk.row(records, one)["mark"] for one in (served, visited, attended)} == {"entered-in-error"}


def test_whoever_was_struck_by_mistake_is_written_down_anew() -> None:
    """H9: the wrong record stays struck, and a right one stands beside it."""
    desk = served_case()
    desk.asks(domain.DECIDER, the(desk, public.ActivityAttended), STRIKE)
    desk.asks(activity.DECIDER, ACTIVITY, public.RecordAttendance(person_id=PERSON, case_id=CASE))
    assert desk.row(t.activities, ACTIVITY)["attended"] == 1
    assert desk.row(t.attendances, ACTIVITY, PERSON)["case_id"] == CASE
    assert sorted(str(row["mark"]) for row in desk.look.all(records, kind="attendance")) == ["None", "entered-in-error"]


def test_a_corrected_visit_shows_as_it_was_made() -> None:
    desk = served_case()
    desk.asks(
        domain.DECIDER, the(desk, public.VisitMade), public.CorrectVisit(reason_code="typing-error", mode="phone")
    )
    assert desk.look.one(t.visits, PLAN, TODAY, "door") is None
    assert desk.row(t.visits, PLAN, TODAY, "phone")["result"] == "ok"
    assert desk.row(t.visit_plans, PLAN)["visits"] == 2


def test_a_corrected_request_shows_what_was_needed() -> None:
    desk = served_case()
    received = the(desk, public.HelpRequestReceived)
    command = public.CorrectRequest(reason_code="typing-error", need_codes=("goods",), approver="w-02")
    desk.asks(domain.DECIDER, received, command)
    assert desk.row(t.help_requests, REQUEST)["need_codes"] == "goods"
    assert desk.row(t.help_requests, REQUEST)["state"] == "converted"


class Vault:
    """A vault of which only the values laid under another key are looked at."""

    def __init__(self) -> None:
        self.laid: list[tuple[tuple[str, ...], str]] = []

    def reseal(self, digests: Any, to: str, now: object) -> list[Any]:
        """Remember it."""
        self.laid.append((tuple(digests), to))
        return []


def test_a_moved_note_is_read_with_the_right_person_and_laid_under_that_person_s_key() -> None:
    desk = served_case()
    served = the(desk, public.ServiceDelivered)
    desk.asks(domain.DECIDER, served, MOVE)
    for digest in TOLD:
        assert desk.row(t.sealed_values, digest)["subject"] == str(OTHER)
        assert desk.row(t.sealed_values, digest)["stream"] == f"person/{OTHER}"
    assert desk.row(records, served)["moved_to"] == OTHER
    vault: Any = Vault()
    desk.does([rekeying.lay_under(desk.row(rekeyings, served), desk.look, vault, NOON)])
    assert vault.laid == [(TOLD, str(OTHER))]
    assert desk.look.one(rekeyings, served) is None
    assert desk.folded_anew().row(t.sealed_values, TOLD[0]) == desk.row(t.sealed_values, TOLD[0])


def test_the_same_comes_of_folding_the_log_anew() -> None:
    desk = served_case()
    desk.asks(domain.DECIDER, the(desk, public.ServiceDelivered), CORRECT)
    desk.asks(domain.DECIDER, the(desk, public.VisitMade), STRIKE)
    again = desk.folded_anew()
    for table in (records, corrections, t.visits, t.visit_plans, t.cases, t.case_months):
        assert again.look.all(table) == desk.look.all(table), table.name


def test_a_guardian_is_not_a_case() -> None:
    """A note may go to whoever it is about, with a case or without."""
    desk = served_case()
    desk.asks(person.DECIDER, MOTHER, public.RegisterPerson(station=STREET, age_band="adult"))
    desk.asks(domain.DECIDER, the(desk, public.ServiceDelivered), replace(MOVE, to_person_id=MOTHER))
    assert desk.row(t.sealed_values, TOLD[0])["subject"] == str(MOTHER)
