"""Comparing the ledger with one publisher's log: what differs is told, and what differs no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never
from uuid import NAMESPACE_URL, UUID, uuid5

from services.contracts.audit.reconciliation import (
    Difference,
    PublisherLogAgreed,
    PublisherLogDiffered,
    ReportReconciliation,
    SignedHead,
)
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask

Command = ReportReconciliation
Event = PublisherLogAgreed | PublisherLogDiffered


@dataclass(frozen=True, slots=True)
class Compared:
    """What was compared last, and what differs."""

    head: SignedHead | None
    open: tuple[Difference, ...] = ()


State = None | Compared


def stream_for(publisher: str) -> UUID:
    """The stream on which a publisher's comparisons are told."""
    return uuid5(NAMESPACE_URL, f"reconciliation/{publisher}")


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """A head is compared once, unless something else comes of it than before (INV-32)."""
    known = () if state is None else state.open
    now = command.differences
    if state is not None and state.head == command.head and known == now:
        return []
    settled = tuple(each for each in known if each not in now)
    if now:
        differed = PublisherLogDiffered(
            publisher=command.publisher, head=command.head, keys=command.keys, differences=now,
            differences_count=max(command.differences_count, len(now)), settled=settled,
        )  # fmt: skip
        return [differed]
    if command.head is None:
        raise Refused("nothing-compared", "Without a head nothing can agree.", "没有日志头, 无从对账。")
    return [PublisherLogAgreed(publisher=command.publisher, head=command.head, keys=command.keys, settled=settled)]


def evolve(state: State, event: Event) -> State:
    """What was compared last, and what differs since."""
    match event:
        case PublisherLogAgreed():
            return Compared(event.head)
        case PublisherLogDiffered():
            return Compared(event.head, event.differences)
        case _ as never:
            assert_never(never)


DECIDER = Decider(name="reconciliation", decide=decide, evolve=evolve, events=Event, states=State)
