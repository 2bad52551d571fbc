"""Whenever somebody says X, intake does Y: requests follow their strands, access follows consent and service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.contracts import intake as public
from services.contracts import referral, volunteer
from services.intake import same
from services.intake import tables as t
from services.intake.alike import Alone, suspects
from services.intake.domain import case, consent, disclosure, help_request, person
from services.intake.domain.help_request_state import OPEN_STATES
from services.intake.likeness import RULES
from services.intake.policies_access import carried_on, disclose, open_up, person_of, revoke_all, taken_apart
from services.intake.policies_death import on_correction, on_death
from services.intake.policies_erasure import on_decision
from services.intake.policies_organizations import on_organization
from services.intake.served import project_stations
from services.kernel.contract import about
from services.kernel.manifest import Do, Look, Timer
from services.kernel.message import Message
from services.kernel.view import Change, put

Row = dict[str, Any]

DESCRIBED = public.PersonRegistered | public.PersonDetailsAmended
OPEN_CASES = frozenset({"opened", "assessed", "planned", "intervening", "evaluated", "suspended"})


def whenever(message: Message, look: Look) -> list[Do]:
    """What intake does about a message; messages it does not know are nothing to it."""
    match message.envelope.publisher:
        case "intake":
            return _own(message, look)
        case "referral":
            return _referral(message, look)
        case "volunteer":
            return _volunteer(message, look)
        case _:
            return []


def foresee(messages: Sequence[Message], look: Look) -> None:
    """Who of those that are registered or described anew is like nobody else: most are, and many come in a register."""
    said = (message.event for message in messages if message.envelope.publisher == "intake")
    named = {event.person_id for event in said if isinstance(event, DESCRIBED) and event.sealed}
    look.beside(Alone).look_up(look, named)


# --- its own: what one aggregate does to another ----------------------------------------------------------------------


def _own(message: Message, look: Look) -> list[Do]:
    match message.event:
        case public.CaseOpened(request_id=UUID() as request_id, case_id=case_id):
            return [Do(help_request.DECIDER, request_id, public.ConvertHelpRequest(case_id=case_id))]
        case public.CaseEnteredInError() as event:
            return _asked_again(event, look)
        case public.ConsentGranted() as event:
            return open_up(message, event, look)
        case public.ConsentWithdrawn(consent_id=consent_id) as event:
            left = event.receivers_left if event.categories_left else ()
            ended = revoke_all(look, "consent-withdrawn", left, consent_id=consent_id)
            return [*ended, *carried_on(message, event, left, look)]
        case public.ConsentExpired() | public.ConsentSuperseded() as event:
            ended = revoke_all(look, "consent-ended", (), consent_id=event.consent_id)
            return [*ended, *carried_on(message, event, (), look)]
        case public.PersonDied(person_id=person_id) as event:
            each = [replace(event, person_id=record) for record in same.records_of(look, person_id)]
            return [do for one in each for do in _died(message, one, look)]
        case public.DeathCorrected(person_id=person_id) as event:
            each_corrected = [replace(event, person_id=record) for record in same.records_of(look, person_id)]
            return [do for corrected in each_corrected for do in on_correction(corrected, look)]
        case public.ErasureDecided() as event:
            return on_decision(event, look)
        case event if isinstance(event, DESCRIBED) and event.sealed:
            return _suspect(event.person_id, look)
        case public.PersonsUnmerged() as event:
            return taken_apart(event, look)
        case _:
            return []


def _asked_again(event: public.CaseEnteredInError, look: Look) -> list[Do]:
    """A request that had become a case by mistake is open again: nobody's need goes with the mistake (INV-1)."""
    request = look.one(t.help_requests, event.matter_id)
    if request is None or request["state"] != "converted":
        return []
    return [Do(help_request.DECIDER, event.matter_id, public.ReopenHelpRequest(reason_code=event.reason_code))]


def _suspect(person_id: UUID, look: Look) -> list[Do]:
    """Whoever looks like somebody on record is written down as that, and nobody is refused for it (H4)."""
    return [
        Do(person.DECIDER, person_id, public.SuspectDuplicate(candidate_id=other, rule=rule, score=RULES[rule]))
        for other, rule in suspects(look, person_id)
    ]


def _died(message: Message, event: public.PersonDied, look: Look) -> list[Do]:
    """What ends under one record of a person who has died."""
    return [*on_death(message, event, look), *revoke_all(look, "deceased", (), person_id=event.person_id)]


# --- referrals --------------------------------------------------------------------------------------------------------


def _referral(message: Message, look: Look) -> list[Do]:
    need_id = message.stream_id
    match message.event:
        case referral.ReferralReady(matter_id=matter_id, kind=kind) if kind != "consult":
            return _strand_opened(matter_id, "referral", need_id, look)
        case referral.ReferralAccepted() as event:
            return _accepted(message, event, look)
        case referral.OrganizationSuspended() | referral.OrganizationRetired() as event:
            return on_organization(message.stream_id, event, look)
        case referral.ReferralReturned() | referral.ReferralRerouted() as event:
            return [*_case_back(event, need_id, look), *revoke_all(look, "returned", (), need_id=need_id)]
        case referral.ReferralClosed() as event:
            done = event.confirmed and event.outcome == "delivered"
            ended = _strand_ended(event.matter_id, need_id, event.outcome, "worker" if done else None, look)
            return [*ended, *revoke_all(look, "service-ended", (), need_id=need_id)]
        case referral.ReferralWithdrawn(matter_id=matter_id) as event:
            ended = [*_case_back(event, need_id, look), *_strand_ended(matter_id, need_id, "withdrawn", None, look)]
            return [*ended, *revoke_all(look, "consent-withdrawn", (), need_id=need_id)]
        case referral.ReferralCancelled() | referral.ReferralEnteredInError() as event:
            ended = [
                *_case_back(event, need_id, look),
                *_strand_ended(event.matter_id, need_id, "cancelled", None, look),
            ]
            return [*ended, *revoke_all(look, "service-ended", (), need_id=need_id)]
        case _:
            return []


def _accepted(message: Message, event: referral.ReferralAccepted, look: Look) -> list[Do]:
    """Somebody has taken the need on: identity goes to him if a consent says so now; a transfer takes the case along."""
    receiver = event.handoff.takers[0]
    person_id = event.person_id or person_of(event.matter_id, look)
    moved = []
    if event.kind == "transfer":
        moved = [
            Do(case.DECIDER, row["case_id"], public.TransferCaseOut(referral_id=message.stream_id, to_org=receiver))
            for row in look.all(t.cases, matter_id=event.matter_id)
            if row["state"] in OPEN_CASES
        ]
    if event.kind == "consult" or person_id is None:
        return moved
    return [*moved, disclose(message, message.stream_id, person_id, receiver, event.matter_id)]


def _case_back(event: Any, referral_id: UUID, look: Look) -> list[Do]:
    """What was transferred by this referral comes back with it, to whoever gets the need back (INV-1)."""
    handoff = getattr(event, "handoff", None)
    back = public.TakeCaseBack(referral_id=referral_id, owner=handoff.takers[0] if handoff else None)
    cases = look.all(t.cases, matter_id=event.matter_id, state="transferred")
    return [Do(case.DECIDER, row["case_id"], back) for row in cases]


# --- tasks and pairings -----------------------------------------------------------------------------------------------


def _volunteer(message: Message, look: Look) -> list[Do]:
    need_id = message.stream_id
    match message.event:
        case volunteer.TaskOpened(matter_id=matter_id, referral_id=None):
            return _strand_opened(matter_id, "task", need_id, look)
        case volunteer.TaskVerified() as event:
            by = event.by if event.result == "done" else None
            ended = _strand_ended(event.matter_id, need_id, event.result, by, look)
            return [*ended, *revoke_all(look, "service-ended", (), need_id=need_id)]
        case volunteer.TaskCancelled(matter_id=matter_id) | volunteer.TaskEnteredInError(matter_id=matter_id):
            ended = _strand_ended(matter_id, need_id, "cancelled", None, look)
            return [*ended, *revoke_all(look, "service-ended", (), need_id=need_id)]
        case volunteer.PairingEnded():
            return revoke_all(look, "pairing-ended", (), need_id=need_id)
        case _:
            return []


# --- what they have in common -----------------------------------------------------------------------------------------


def _strand_opened(matter_id: UUID, kind: public.Strand, strand_id: UUID, look: Look) -> list[Do]:
    request = look.one(t.help_requests, matter_id)
    if request is None or request["state"] not in OPEN_STATES:
        return []
    return [Do(help_request.DECIDER, matter_id, public.OpenHelpRequestStrand(kind=kind, strand_id=strand_id))]


def _strand_ended(matter_id: UUID, strand_id: UUID, result: str, confirmed_by: str | None, look: Look) -> list[Do]:
    """The request learns of the end; with somebody who confirmed the result, it may close."""
    if look.one(t.help_requests, matter_id) is None:
        return []
    command = public.EndHelpRequestStrand(
        strand_id=strand_id, result_code=result, resolved=confirmed_by is not None, confirmed_by=confirmed_by
    )
    return [Do(help_request.DECIDER, matter_id, command)]


def project_heard(message: Message) -> list[Change]:
    """The strands of each matter, as their own services say: opened, taken by whom, ended."""
    event = message.event
    if event is None or message.envelope.publisher == "intake":
        return []
    if message.stream.startswith("station/"):
        return project_stations(message)
    need_id, said = message.stream_id, about(event)
    if said.get("opens") == "need":
        kind = message.stream.partition("/")[0]
        opened = put(t.strands, need_id, matter_id=event.matter_id, kind=kind, is_open=True)
        paired = isinstance(event, volunteer.PairingFormed)
        return [opened, put(t.pairings, need_id, kind=event.kind)] if paired else [opened]
    if said.get("closes") == "need":
        return [put(t.strands, need_id, is_open=False, receiver=None)]
    match event:
        case referral.ReferralAccepted(person_id=person_id, handoff=handoff, matter_id=matter_id):
            return [put(t.strands, need_id, matter_id=matter_id, receiver=handoff.takers[0], person_id=person_id)]
        case referral.ReferralReturned() | referral.ReferralRerouted():
            return [put(t.strands, need_id, receiver=None)]
        case volunteer.PairingMentorAssigned(mentor_kind="community", mentor=mentor):
            return [put(t.pairings, need_id, community_mentor=mentor)]
        case volunteer.PairingMentorAssigned(mentor=mentor):
            return [put(t.pairings, need_id, academy_mentor=mentor)]
        case _:
            return []


def _expire(row: Row) -> Do:
    return Do(consent.DECIDER, row["consent_id"], public.ExpireConsent())


def _end_access(row: Row) -> Do:
    return Do(disclosure.DECIDER, row["disclosure_id"], public.RevokeIdentityAccess(reason_code="expired"))


def _remind(row: Row) -> Do:
    return Do(help_request.DECIDER, row["request_id"], public.RemindHelpRequest())


def _escalate(row: Row) -> Do:
    return Do(help_request.DECIDER, row["request_id"], public.EscalateHelpRequest())


TIMERS = (
    Timer(name="request-reminders", table=t.help_requests, due="remind_due", command=_remind),
    Timer(name="requests-overdue", table=t.help_requests, due="overdue_due", command=_escalate),
    Timer(name="consent-expiry", table=t.consents, due="expires_due", command=_expire),
    Timer(name="disclosure-expiry", table=t.disclosures, due="expires_due", command=_end_access),
)
