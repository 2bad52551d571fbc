"""What is appended in measurements: an aggregate without rules, and real cases without their commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from services.contracts import intake as public
from services.contracts.words import Handoff
from services.intake.domain import case
from services.kernel.contract import Code, Count, Ref, asked, published
from services.kernel.decider import Decider
from services.kernel.ids import new_id
from services.kernel.manifest import Manifest
from services.kernel.message import Actor, Ask
from services.kernel.store import Store
from services.kernel.unit import Order, Unit

WORKER = Actor(id="w-01", role="coordinator", org="220104004")


@asked(zh="记录")
class TakeNote:
    """Note something."""

    word: Code
    text: Ref


@published("bench-note.taken", zh="已记录")
class BenchNoteTaken:
    """Something was noted."""

    word: Code
    text: Ref


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """How often something was noted."""

    times: Count


NOTE = Decider(
    name="bench-note", events=BenchNoteTaken, states=Noted,
    decide=lambda command, state, ask: [BenchNoteTaken(word=command.word, text=command.text)],
    evolve=lambda state, event: Noted(times=(state.times if state else 0) + 1),
)  # fmt: skip
NOTES = Manifest(name="bench", deciders=(NOTE,))
TEXT = "x" * 60


def ask() -> Ask:
    """Ordinary circumstances."""
    now = datetime.now(UTC)
    return Ask(id=uuid4(), now=now, at=now, actor=WORKER, correlation=uuid4())


def note() -> Order:
    """One command for a new stream, nobody's repetition."""
    return Order(NOTE, new_id(), TakeNote(word="noted", text=TEXT), ask(), fresh=True, founds=True)


def scripted(decider: Decider) -> Decider:
    """A decider whose command is the list of events that follow from it."""
    return replace(decider, decide=lambda command, state, ask: list(command))


CASE = scripted(case.DECIDER)


def opened(case_id: UUID) -> public.CaseOpened:
    """A case was opened."""
    return public.CaseOpened(
        case_id=case_id, matter_id=case_id, person_id=uuid4(), owner="worker:w-01", area="220104004", subject_kind="person",
        handoff=Handoff(act="taken", matter_id=case_id, giver="unknown", takers=("worker:w-01",)), need_codes=("paperwork",),
        legal_basis="bench",
    )  # fmt: skip


def served(case_id: UUID) -> public.ServiceDelivered:
    """A service was delivered in it."""
    return public.ServiceDelivered(
        case_id=case_id, matter_id=case_id, kind="visit", under_plan=True, workers=("worker:w-01",), participants=1,
        goal_codes=("income",), place_kind="home", started=datetime(2026, 3, 2, 4, tzinfo=UTC),
    )  # fmt: skip


def fill(store: Store, orders: Sequence[Order], size: int = 500) -> None:
    """Have many commands done, in large groups."""
    units = [Unit([order]) for order in orders]
    for start in range(0, len(units), size):
        futures = [store.submit(unit) for unit in units[start : start + size]]
        for future in futures:
            (result,) = future.result(60)
            if isinstance(result, BaseException):
                raise result


def case_events(count: int, services: int = 9) -> Iterator[Order]:
    """Commands that lead to this many events: cases of one opening and some services each."""
    for _ in range(count // (services + 1)):
        case_id = uuid4()
        events: list[Any] = [opened(case_id), *(served(case_id) for _ in range(services))]
        yield Order(CASE, case_id, events, ask(), fresh=True)


def long_case(store: Store, events: int) -> UUID:
    """A case with this many events, written two hundred at a time, as snapshots are made."""
    case_id = uuid4()
    fill(store, [Order(CASE, case_id, [opened(case_id)], ask(), fresh=True)])
    left = events - 1
    while left:
        step = min(100, left)
        fill(store, [Order(CASE, case_id, [served(case_id)] * step, ask(), fresh=True)])
        left -= step
    return case_id
