"""Reports of who saw what: that one was asked for is on record, as everything else that is seen."""

from __future__ import annotations

from dataclasses import dataclass

from services.contracts.audit import AccessReported, RecordAccessReport
from services.kernel.decider import Decider
from services.kernel.message import Ask

Command = RecordAccessReport
Event = AccessReported


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that was given."""


State = None | Reported


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """A report is told once (INV-33)."""
    if state is not None:
        return []
    return [
        AccessReported(
            person_id=command.person_id,
            purpose=command.purpose,
            acts=command.acts,
            size=command.size,
            root=command.root,
        )
    ]


def evolve(state: State, event: Event) -> State:
    """It was given."""
    return Reported()


DECIDER = Decider(name="access-report", decide=decide, evolve=evolve, events=Event, states=State)
