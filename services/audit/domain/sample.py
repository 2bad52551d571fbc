"""Samples: how one will be drawn is on record before it is drawn, so that nobody can choose what is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from services.contracts.audit.findings import SamplePlanned, WriteSample
from services.kernel.decider import Decider
from services.kernel.message import Ask

Command = WriteSample
Event = SamplePlanned


@dataclass(frozen=True, slots=True)
class Planned:
    """A sample whose draw is fixed."""

    seed: str


State = None | Planned


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """A plan is said once, and never changes."""
    if state is not None:
        return []
    plan = command.plan
    return [
        SamplePlanned(
            sample_id=ask.id, seed=plan.seed, per_stratum=plan.per_stratum, purpose=plan.purpose, station=plan.station,
            kind=plan.kind, size=command.size, root=command.root,
        )
    ]  # fmt: skip


def evolve(state: State, event: Event) -> State:
    """It is fixed."""
    return Planned(event.seed)


DECIDER = Decider(name="sample", decide=decide, evolve=evolve, events=Event, states=State)
