"""The life of a pairing: its states, and what each event makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never
from uuid import UUID

from services.contracts.volunteer import (
    PairingCaseLinked,
    PairingCommitmentFulfilled,
    PairingCommitmentWaived,
    PairingConcluded,
    PairingConvened,
    PairingEnded,
    PairingFormed,
    PairingMentorAssigned,
    PairingOverdue,
    PairingReminded,
    PairingReported,
    PairingSupervised,
)
from services.contracts.volunteer.words import CommitmentState, MentorKind, PairingKind
from services.contracts.words import Party


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """One commitment, how often it was kept, and what showed it last."""

    code: str
    giver: Party | None = None
    due: date | None = None
    state: CommitmentState = "open"
    times: int = 0
    evidence: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """What a pairing is about, whatever its state."""

    id: UUID
    matter_id: UUID
    kind: PairingKind
    parties: tuple[Party, ...]
    holder: Party
    convener: Party | None = None
    units: tuple[Party, ...] = ()
    promises: tuple[Promise, ...] = ()
    community_mentor: Party | None = None
    academy_mentor: Party | None = None
    case_id: UUID | None = None
    reported_to: tuple[Party, ...] = ()
    supervised_on: date | None = None
    supervisors: tuple[MentorKind, ...] = ()
    remind_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def open_codes(self) -> tuple[str, ...]:
        """What is promised and neither kept nor waived."""
        return tuple(promise.code for promise in self.promises if promise.state == "open")

    @property
    def unheard(self) -> tuple[Party, ...]:
        """The units that have had no report yet."""
        return tuple(unit for unit in self.units if unit not in self.reported_to)

    def promise(self, code: str) -> Promise | None:
        """This commitment, if it is one of the pairing's."""
        return next((promise for promise in self.promises if promise.code == code), None)

    def mentor(self, kind: MentorKind) -> Party | None:
        """The mentor of this side, None where none is named."""
        return self.community_mentor if kind == "community" else self.academy_mentor


@dataclass(frozen=True, kw_only=True, slots=True)
class Formed:
    """A school-community pair without both of its mentors: no client yet."""

    pair: Pair


@dataclass(frozen=True, kw_only=True, slots=True)
class Active:
    """The parties do what they promised."""

    pair: Pair


@dataclass(frozen=True, kw_only=True, slots=True)
class Reporting:
    """The pair has begun to report to its units."""

    pair: Pair


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """It is over."""

    pair: Pair


State = Formed | Active | Reporting | Ended
Event = (
    PairingConvened | PairingFormed | PairingMentorAssigned | PairingSupervised | PairingCaseLinked
    | PairingCommitmentFulfilled | PairingCommitmentWaived | PairingReported | PairingEnded | PairingConcluded
    | PairingReminded | PairingOverdue
)  # fmt: skip


def evolve(state: State | None, event: Event) -> State | None:
    """What is the case after this event; a pairing begins with `PairingFormed`."""
    if isinstance(event, PairingFormed):
        pair = _pair(event)
        return Formed(pair=pair) if event.kind == "school_community" else Active(pair=pair)
    return None if state is None else _go_on(state, event)


def _pair(event: PairingFormed) -> Pair:
    return Pair(
        id=event.handoff.need_id or event.matter_id, matter_id=event.matter_id, kind=event.kind, parties=event.parties,
        holder=event.holder, convener=event.convener, units=event.units, case_id=event.case_id,
        promises=tuple(Promise(code=c.code, giver=c.giver, due=c.due) for c in event.commitments),
        remind_at=event.wait.remind_at if event.wait else None, due_at=event.wait.due_at if event.wait else None,
    )  # fmt: skip


def _go_on(state: State, event: Event) -> State:
    pair = state.pair
    match event:
        case PairingMentorAssigned():
            pair = _mentored(pair, event)
            both = pair.community_mentor is not None and pair.academy_mentor is not None
            return Active(pair=pair) if both and isinstance(state, Formed) else replace(state, pair=pair)
        case PairingSupervised():
            supervised = replace(pair, supervised_on=event.supervised_on, supervisors=event.mentor_kinds)
            return replace(state, pair=supervised)
        case PairingCaseLinked():
            return replace(state, pair=replace(pair, case_id=event.case_id))
        case PairingCommitmentFulfilled():
            return replace(state, pair=_kept(pair, event))
        case PairingCommitmentWaived():
            return replace(state, pair=_waived(pair, event.commitment_code))
        case PairingReported():
            others = tuple(unit for unit in pair.reported_to if unit != event.to_org)
            return Reporting(pair=replace(pair, reported_to=(*others, event.to_org)))
        case PairingReminded():
            return replace(state, pair=replace(pair, remind_at=None))
        case PairingOverdue():
            return replace(state, pair=replace(pair, due_at=None))
        case PairingEnded() | PairingConcluded():
            return Ended(pair=pair)
        case PairingConvened() | PairingFormed():
            return state
        case _ as never:
            assert_never(never)


def _mentored(pair: Pair, event: PairingMentorAssigned) -> Pair:
    if event.mentor_kind == "community":
        return replace(pair, community_mentor=event.mentor)
    return replace(pair, academy_mentor=event.mentor)


def _kept(pair: Pair, event: PairingCommitmentFulfilled) -> Pair:
    return replace(pair, promises=tuple(
        replace(p, state="fulfilled", times=p.times + 1, evidence=event.evidence_ref)
        if p.code == event.commitment_code else p
        for p in pair.promises
    ))  # fmt: skip


def _waived(pair: Pair, code: str) -> Pair:
    return replace(pair, promises=tuple(replace(p, state="waived") if p.code == code else p for p in pair.promises))
