"""Who placed which edition of a table or of the calendar, and when: the file itself lies in the folder of codes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from services.contracts.console import EditionPlaced, PlaceEdition
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask

NAMES = UUID("0f0b7a3e-3f0d-5f5c-9a55-6b1f3f2a9e11")


@dataclass(frozen=True, slots=True)
class Placed:
    """What was placed last."""

    digest: str


def stream_of(table: str) -> UUID:
    """The stream of one table; the calendar has one too."""
    return uuid5(NAMES, table)


def decide(command: PlaceEdition, state: Placed | None, ask: Ask) -> list[EditionPlaced]:
    """By an administrator; the same file twice is placed once (INV-40)."""
    if ask.actor.role != "administrator":
        raise Refused("not-administrator", "Only an administrator sets editions.", "由管理员设定。")
    if state is not None and state.digest == command.digest:
        return []
    placed = EditionPlaced(table=command.table, edition=command.edition, since=command.since, digest=command.digest)
    return [placed]


def evolve(state: Placed | None, event: EditionPlaced) -> Placed:
    """The newest."""
    return Placed(event.digest)


DECIDER = Decider(name="edition", decide=decide, evolve=evolve, events=EditionPlaced, states=Placed)
