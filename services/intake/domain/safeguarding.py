"""A safeguarding concern: raised by anyone, reported to the authority; no consent, field or role stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from services.contracts import codes
from services.contracts import intake as public
from services.contracts.tables import dated
from services.contracts.words import Handoff, Party
from services.intake.domain.known import itself
from services.intake.domain.rules import two_persons
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask


@dataclass(frozen=True, kw_only=True, slots=True)
class Raised:
    """Somebody has seen signs; no authority knows yet."""

    concern_id: UUID
    matter_id: UUID
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reported:
    """An authority answers for the investigation."""

    concern_id: UUID
    matter_id: UUID
    authority: Party
    acknowledged: bool = False
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NotReportable:
    """Two persons have decided that it need not be reported; a report can still be made."""

    concern_id: UUID
    matter_id: UUID
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed:
    """The authority has done its part."""

    concern_id: UUID
    matter_id: UUID
    readers: tuple[str, ...] = ()


State = Raised | Reported | NotReportable | Closed
Command = (
    public.RaiseSafeguardingConcern
    | public.MakeMandatoryReport
    | public.AcknowledgeMandatoryReport
    | public.DecideNotReportable
    | public.CloseSafeguardingConcern
    | public.NameSafeguardingReader
    | public.ReadSafeguardingConcern
)
Event = (
    public.SafeguardingConcernRaised
    | public.MandatoryReportMade
    | public.MandatoryReportAcknowledged
    | public.SafeguardingConcernNotReportable
    | public.SafeguardingConcernClosed
    | public.SafeguardingReaderNamed
    | public.SafeguardingConcernRead
)

ALWAYS = ("name-safeguarding-reader",)
ALLOWED: dict[type, tuple[str, ...]] = {
    Raised: ("make-mandatory-report", "decide-not-reportable", *ALWAYS),
    Reported: ("make-mandatory-report", "acknowledge-mandatory-report", "close-safeguarding-concern", *ALWAYS),
    NotReportable: ("make-mandatory-report", *ALWAYS),
    Closed: ("make-mandatory-report", *ALWAYS),
}
"""What may be asked in each state; a report always may."""


def not_now(state: State) -> Refused:
    """The refusal of what the concern's state does not allow."""
    return Refused(
        "not-in-this-state",
        "The concern is not in a state that allows this.",
        "该事项当前状态不允许此操作。",
        allowed=ALLOWED[type(state)],
    )


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows when this is asked of the concern."""
    if isinstance(command, public.RaiseSafeguardingConcern):
        return raise_concern(command, state, ask)
    if state is None:
        raise NotFound("no such concern")
    match command:
        case public.MakeMandatoryReport():
            return report(command, state, ask)
        case public.AcknowledgeMandatoryReport():
            return acknowledge(command, state)
        case public.DecideNotReportable():
            return not_reportable(command, state, ask)
        case public.CloseSafeguardingConcern():
            return close(command, state)
        case public.NameSafeguardingReader():
            return name_reader(command, state)
        case public.ReadSafeguardingConcern():
            return read(command, state, ask)
        case _:
            assert_never(command)


def raise_concern(command: public.RaiseSafeguardingConcern, state: State | None, ask: Ask) -> list[Event]:
    """Raise it; where the authority was told already, that is written down in the same breath. Nothing is looked up."""
    if state is not None:
        return []
    concern_id = itself(ask)
    matter_id = command.about_matter_id or concern_id
    raised = public.SafeguardingConcernRaised(
        concern_id=concern_id,
        matter_id=matter_id,
        need_id=concern_id,
        situation_code=command.situation_code,
        reporter_role=ask.actor.role,
        person_id=command.person_id,
        guardian_suspected=command.guardian_suspected,
        sealed=ask.sealed,
    )
    if command.authority_kind is None:
        return [raised]
    told = public.MakeMandatoryReport(
        authority_kind=command.authority_kind,
        report_channel=command.report_channel,
        receipt_ref=command.receipt_ref,
    )
    return [raised, *report(told, Raised(concern_id=concern_id, matter_id=matter_id), ask)]


def report(command: public.MakeMandatoryReport, state: State, ask: Ask) -> list[Event]:
    """The authority was told. Never refused: not after a decision, not after the end, not without consent (INV-10)."""
    authority = f"authority:{command.authority_kind}"
    if isinstance(state, Reported) and state.authority == authority:
        return []
    giver = state.authority if isinstance(state, Reported) else _reporter(ask)
    return [
        public.MandatoryReportMade(
            concern_id=state.concern_id,
            matter_id=state.matter_id,
            handoff=Handoff(
                act="taken",
                matter_id=state.matter_id,
                need_id=state.concern_id,
                giver=giver,
                takers=(authority,),
            ),
            authority_kind=command.authority_kind,
            report_channel=command.report_channel,
            reporter_role=ask.actor.role,
            receipt_ref=command.receipt_ref,
        )
    ]


def _reporter(ask: Ask) -> Party:
    """Who reports, as a party; the reporter of a partner or volunteer stays unnamed here (INV-11)."""
    return f"worker:{ask.actor.id}" if ask.actor.role in ("worker", "coordinator", "supervisor") else "unknown"


def acknowledge(command: public.AcknowledgeMandatoryReport, state: State) -> list[Event]:
    """The authority has answered."""
    if not isinstance(state, Reported):
        raise not_now(state)
    if state.acknowledged:
        return []
    return [
        public.MandatoryReportAcknowledged(
            concern_id=state.concern_id, matter_id=state.matter_id, result_code=command.result_code
        )
    ]


def not_reportable(command: public.DecideNotReportable, state: State, ask: Ask) -> list[Event]:
    """Only before a report, and never by one person alone."""
    codes.REASON.known(command.reason_code, field="reason_code")
    if isinstance(state, NotReportable):
        return []
    if not isinstance(state, Raised):
        raise not_now(state)
    two_persons(ask, command.approver)
    return [
        public.SafeguardingConcernNotReportable(
            concern_id=state.concern_id,
            matter_id=state.matter_id,
            need_id=state.concern_id,
            reason_code=command.reason_code,
            approver=command.approver,
        )
    ]


def close(command: public.CloseSafeguardingConcern, state: State) -> list[Event]:
    """The authority's part is over; the station goes on helping."""
    if isinstance(state, Closed):
        return []
    if not isinstance(state, Reported):
        raise not_now(state)
    return [
        public.SafeguardingConcernClosed(
            concern_id=state.concern_id,
            matter_id=state.matter_id,
            handoff=Handoff(
                act="released",
                matter_id=state.matter_id,
                need_id=state.concern_id,
                giver=state.authority,
                takers=(command.station,),
            ),
            result_code=command.result_code,
        )
    ]


def name_reader(command: public.NameSafeguardingReader, state: State) -> list[Event]:
    """Whoever has to know is named; naming somebody twice says nothing new to anybody (INV-11)."""
    named = public.SafeguardingReaderNamed(
        concern_id=state.concern_id, matter_id=state.matter_id, reader=command.reader
    )
    return [] if command.reader in state.readers else [named]


def read(command: public.ReadSafeguardingConcern, state: State, ask: Ask) -> list[Event]:
    """Who reads it, and why, is on record (INV-33); whether he may was asked before, with nothing found for others."""
    codes.READ_PURPOSE.known(command.why, field="why")
    return [
        public.SafeguardingConcernRead(
            concern_id=state.concern_id,
            matter_id=state.matter_id,
            reader=ask.actor.id,
            reader_role=ask.actor.role,
            why=command.why,
            reader_org=ask.actor.org or None,
        )
    ]


def evolve(state: State | None, event: Event) -> State | None:
    """The concern after this event."""
    match event:
        case public.SafeguardingConcernRaised():
            return Raised(concern_id=event.concern_id, matter_id=event.matter_id, readers=_readers(state))
        case public.MandatoryReportMade():
            authority = event.handoff.takers[0] if event.handoff.takers else "unknown"
            return _reported(event, authority, False, _readers(state))
        case public.MandatoryReportAcknowledged():
            authority = state.authority if isinstance(state, Reported) else "unknown"
            return _reported(event, authority, True, _readers(state))
        case public.SafeguardingConcernNotReportable():
            return NotReportable(concern_id=event.concern_id, matter_id=event.matter_id, readers=_readers(state))
        case public.SafeguardingConcernClosed():
            return Closed(concern_id=event.concern_id, matter_id=event.matter_id, readers=_readers(state))
        case public.SafeguardingReaderNamed():
            known = state or Raised(concern_id=event.concern_id, matter_id=event.matter_id)
            return replace(known, readers=(*known.readers, event.reader))
        case public.SafeguardingConcernRead():
            return state
        case _:
            assert_never(event)


def _readers(state: State | None) -> tuple[str, ...]:
    return () if state is None else state.readers


def _reported(event: Event, authority: Party, acknowledged: bool, readers: tuple[str, ...]) -> Reported:
    return Reported(
        concern_id=event.concern_id, matter_id=event.matter_id, authority=authority, acknowledged=acknowledged,
        readers=readers,
    )  # fmt: skip


DECIDER = Decider(name="safeguarding", decide=dated(decide), evolve=evolve, events=Event, states=State)
