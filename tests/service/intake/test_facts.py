"""What decisions look up: read from intake's own views, so that one aggregate's rules can stand on another's facts."""

from __future__ import annotations

from inspect import getmembers
from uuid import UUID

import pytest

from services.contracts import intake as public
from services.intake import tables as t
from services.intake.domain import activity, case, consent, help_request, person
from services.intake.domain.known import Known, itself
from services.intake.facts import FACTS, person_fact
from services.intake.service import MANIFEST, IntakeService
from services.kernel.contract import COMMANDS, EVENTS
from services.kernel.decider import members
from services.kernel.errors import Refused
from tests.service.intake.desk import Desk
from tests.support.spec import ask
from tests.unit.intake.stories import (
    ACTIVITY,
    CASE,
    COMMUNITY,
    CONSENT,
    MOTHER,
    OTHER,
    PERSON,
    REQUEST,
    STREET,
    ZSL,
)

GRANT = public.GrantConsent(
    person_id=PERSON, by="self", purposes=("casework",), categories=("identity",), method="oral", notice_version="v1"
)
OPEN = public.OpenCase(person_id=PERSON, owner=ZSL, area=STREET, request_id=REQUEST)


@pytest.fixture
def desk() -> Desk:
    """Two grown-ups, and a request of one of them."""
    desk = Desk()
    for somebody in (PERSON, MOTHER):
        desk.asks(person.DECIDER, somebody, public.RegisterPerson(station=STREET, age_band="adult"))
    receive = public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET, person_id=PERSON)
    desk.asks(help_request.DECIDER, REQUEST, receive)
    return desk


def test_a_request_becomes_one_case_only(desk: Desk) -> None:
    desk.reacts = False
    desk.asks(consent.DECIDER, CONSENT, GRANT)
    desk.asks(help_request.DECIDER, REQUEST, public.TriageHelpRequest(urgency="normal", disposition="case"))
    desk.asks(case.DECIDER, CASE, OPEN)
    with pytest.raises(Refused, match="case-open-already"):
        desk.asks(case.DECIDER, OTHER, OPEN)


def test_a_case_in_error_leaves_its_request_free_for_another(desk: Desk) -> None:
    desk.reacts = False
    desk.asks(consent.DECIDER, CONSENT, GRANT)
    desk.asks(help_request.DECIDER, REQUEST, public.TriageHelpRequest(urgency="normal", disposition="case"))
    desk.asks(case.DECIDER, CASE, OPEN)
    error = public.MarkCaseEnteredInError(reason_code="wrong-person", approver="w-02")
    desk.asks(case.DECIDER, CASE, error)
    assert desk.asks(case.DECIDER, OTHER, OPEN)


def test_a_request_that_nobody_received_becomes_no_case(desk: Desk) -> None:
    desk.asks(consent.DECIDER, CONSENT, GRANT)
    with pytest.raises(Refused, match="no-such-request"):
        desk.asks(case.DECIDER, CASE, public.OpenCase(person_id=PERSON, owner=ZSL, area=STREET, request_id=OTHER))


def test_a_withdrawn_consent_opens_no_case(desk: Desk) -> None:
    desk.asks(consent.DECIDER, CONSENT, GRANT)
    desk.asks(consent.DECIDER, CONSENT, public.WithdrawConsent())
    with pytest.raises(Refused, match="consent-needed"):
        desk.asks(case.DECIDER, CASE, public.OpenCase(person_id=PERSON, owner=ZSL, area=STREET))


def test_a_refusal_is_remembered_across_consents(desk: Desk) -> None:
    no = public.RefuseConsent(
        person_id=PERSON, by="self", purposes=("casework",), categories=("identity",), method="oral"
    )
    desk.asks(consent.DECIDER, CONSENT, no)
    again = public.RequestConsent(
        person_id=PERSON, purposes=("casework",), categories=("identity",), notice_version="v1"
    )
    with pytest.raises(Refused, match="asked-before"):
        desk.asks(consent.DECIDER, OTHER, again)
    desk.asks(consent.DECIDER, OTHER, public.RequestConsent(
        person_id=PERSON, purposes=("visit",), categories=("identity",), notice_version="v1"))  # fmt: skip
    desk.asks(consent.DECIDER, OTHER, public.AnswerConsentRequest(answer="yes", by="self", method="oral"))
    assert desk.row(t.consents, OTHER)["state"] == "granted"


def test_the_third_persons_own_consent_is_looked_up(desk: Desk) -> None:
    desk.asks(consent.DECIDER, CONSENT, GRANT)
    desk.asks(case.DECIDER, CASE, public.OpenCase(person_id=PERSON, owner=ZSL, area=STREET))
    about_her = public.CollectInformation(source_kinds=("family",), categories=("health",), about_person_id=MOTHER)
    with pytest.raises(Refused, match="consent-needed"):
        desk.asks(case.DECIDER, CASE, about_her)
    hers = public.GrantConsent(
        person_id=MOTHER, by="self", purposes=("casework",), categories=("health",), sensitive=True, method="written",
        notice_version="v1",
    )  # fmt: skip
    desk.asks(consent.DECIDER, OTHER, hers)
    (collected,) = desk.asks(case.DECIDER, CASE, about_her)
    assert collected.consent_id == OTHER


def test_a_duplicate_is_linked_to_an_open_request_that_is_there(desk: Desk) -> None:
    link = public.LinkDuplicateRequest(other_request_id=OTHER)
    with pytest.raises(Refused, match="other-not-open"):
        desk.asks(help_request.DECIDER, REQUEST, link)
    desk.asks(help_request.DECIDER, OTHER, public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET))
    desk.asks(help_request.DECIDER, REQUEST, link)
    assert desk.row(t.help_requests, REQUEST)["other_request_id"] == OTHER


def test_attendance_with_an_unknown_case_is_refused(desk: Desk) -> None:
    desk.asks(activity.DECIDER, ACTIVITY, public.HoldActivity(kind="sport", host=COMMUNITY, area=STREET))
    with pytest.raises(Refused, match="no-such-case"):
        desk.asks(activity.DECIDER, ACTIVITY, public.RecordAttendance(person_id=PERSON, case_id=CASE))


def test_nobody_is_known_who_was_never_registered(desk: Desk) -> None:
    assert person_fact(desk.look, OTHER) is None


def test_only_commands_of_intake_look_something_up() -> None:
    ours = {cls for cls in COMMANDS.values() if cls.__module__.startswith("services.contracts.intake")}
    assert set(FACTS) <= ours


INTERNAL = {
    public.OpenHelpRequestStrand,
    public.EndHelpRequestStrand,
    public.ConvertHelpRequest,
    public.CloseCaseOnDeath,
    public.TransferCaseOut,
    public.TakeCaseBack,
    public.ExpireConsent,
    public.CarryOutErasure,
    public.EndRetention,
    public.DemandDeletion,
    public.ConfirmRekeying,
    public.SuspectDuplicate,
    public.RemindHelpRequest,
    public.EscalateHelpRequest,
}
"""Commands that intake asks of itself; nobody can send them."""

READINGS = {public.ReadIdentity, public.ReadHelpRequestNotes, public.ReadSafeguardingConcern}
"""Commands that stand behind a GET, which answers what they open."""
BEFORE_MANY = {public.TakeOverCases}
"""Commands that become one command for each thing that they concern."""


def test_what_comes_into_being_is_named_by_its_stream() -> None:
    """Whoever sends no key has the stream named by chance: the event must name the same."""
    stream = UUID(int=77)
    assert itself(ask(founds=stream)) == stream
    assert itself(ask(founds=stream, facts=Known())) == stream


def test_every_command_can_be_asked_or_is_intakes_own() -> None:
    ours = {cls for cls in COMMANDS.values() if cls.__module__.startswith("services.contracts.intake")}
    asked = {
        entrypoint.command
        for _, method in getmembers(IntakeService)
        for entrypoint in getattr(method, "nameko_entrypoints", ())
        if hasattr(entrypoint, "command")
    }
    assert ours - asked == INTERNAL | READINGS | BEFORE_MANY
    assert not asked & INTERNAL


def test_every_event_of_intake_has_a_decider() -> None:
    said = {cls for decider in MANIFEST.deciders for cls in members(decider.events)}
    ours = {cls for cls in EVENTS.values() if cls.__module__.startswith("services.contracts.intake")}
    assert said == ours


def test_what_is_brought_into_being_without_a_key_says_the_id_that_its_stream_has() -> None:
    """Else a request's matter would be another than the request."""
    stream = UUID(int=77)
    command = public.ReceiveHelpRequest(unit="community:220104004001", area="220104004001", came_by="phone")
    (received,) = help_request.DECIDER.decide(command, None, ask(founds=stream))
    assert (received.matter_id, received.handoff.matter_id) == (stream, stream)
    (registered,) = person.DECIDER.decide(public.RegisterPerson(station="220104004"), None, ask(founds=stream))
    assert registered.person_id == stream
