"""Looks at a matter: who replayed it, as of when, is on record as everything else."""

from __future__ import annotations

from dataclasses import dataclass

from services.contracts.audit import CaseReplayed, RecordReplay
from services.kernel.decider import Decider
from services.kernel.message import Ask

Command = RecordReplay
Event = CaseReplayed


@dataclass(frozen=True, slots=True)
class Looked:
    """A look that took place."""


State = None | Looked


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """A look is told once."""
    if state is not None:
        return []
    looked = CaseReplayed(
        matter_id=command.matter_id,
        view=command.view,
        known_at=command.known_at,
        valid_at=command.valid_at,
        purpose=command.purpose,
        entries=command.entries,
        size=command.size,
        root=command.root,
    )
    return [looked]


def evolve(state: State, event: Event) -> State:
    """It took place."""
    return Looked()


DECIDER = Decider(name="replay", decide=decide, evolve=evolve, events=Event, states=State)
