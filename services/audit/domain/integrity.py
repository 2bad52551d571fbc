"""The ledger as a whole: sealed at a size with a root, and found to be what it says, or not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never
from uuid import NAMESPACE_URL, uuid5

from services.contracts.audit import (
    IntegrityBroken,
    IntegrityVerified,
    LedgerSealed,
    ReportVerification,
    ResumeSigning,
    SealLedger,
    SigningResumed,
)
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask

Command = SealLedger | ReportVerification | ResumeSigning
Event = LedgerSealed | IntegrityVerified | IntegrityBroken | SigningResumed
GAPS = frozenset({"stream-gap", "publisher-gap"})
"""Flaws of which no entry is to blame: something is missing, and what is there is what was recorded."""
STREAM = uuid5(NAMESPACE_URL, "ledger")
"""The hub has one ledger."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The last seal (size and root), the last size that was verified, whether what was found was sound, and whether
    signing is halted since it was not."""

    sealed: int = 0
    root: str | None = None
    verified: int | None = None
    sound: bool = True
    halted: bool = False


State = None | Checked


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """What is told of the ledger."""
    match command:
        case SealLedger():
            return seal(command, state or Checked())
        case ReportVerification():
            return verify(command, state or Checked())
        case ResumeSigning():
            return resume(command, state or Checked())
        case _ as never:
            assert_never(never)


def seal(command: SealLedger, state: Checked) -> list[Event]:
    """A seal never goes back, and never names another root for a size that was sealed."""
    if (command.size, command.root) == (state.sealed, state.root):
        return []
    if command.size <= state.sealed and state.root is not None:
        raise Refused("sealed-further", "The ledger is sealed further than that.", "台账已封至更后的位置。")
    sealed = LedgerSealed(
        from_size=state.sealed, to_size=command.size, root=command.root, previous_root=state.root,
        rows=command.rows, map_root=command.map_root,
    )  # fmt: skip
    return [sealed]


def verify(command: ReportVerification, state: Checked) -> list[Event]:
    """A sound result is told once a size; an unsound one each time."""
    if command.flaws_count:
        broken = IntegrityBroken(
            size=command.size, root=command.root, flaws_count=command.flaws_count, flaws=command.flaws
        )
        return [broken]
    if state.sound and state.verified == command.size:
        return []
    return [IntegrityVerified(size=command.size, root=command.root)]


def resume(command: ResumeSigning, state: Checked) -> list[Event]:
    """Signing goes on once the ledger has been found sound again, and not before."""
    if not state.halted:
        return []
    if not state.sound:
        raise Refused(
            "still-broken",
            "The ledger was not sound when it was last verified; mend it and verify it first.",
            "台账上次校验不符; 请先修复并重新校验。",
            allowed=("report-verification",),
        )
    return [SigningResumed(size=command.size, root=command.root)]


def evolve(state: State, event: Event) -> State:
    """What is known of the ledger after an event."""
    state = state or Checked()
    match event:
        case LedgerSealed():
            return replace(state, sealed=event.to_size, root=event.root)
        case IntegrityVerified():
            return replace(state, verified=event.size, sound=True)
        case IntegrityBroken():
            damaged = any(flaw.code not in GAPS for flaw in event.flaws)
            return replace(state, verified=event.size, sound=not damaged, halted=state.halted or damaged)
        case SigningResumed():
            return replace(state, halted=False)
        case _ as never:
            assert_never(never)


DECIDER = Decider(name="ledger", decide=decide, evolve=evolve, events=Event, states=State)
