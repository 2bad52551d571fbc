"""A code table of a station's own: which editions it has had, each with the digest of what it says (INV-40)."""

from __future__ import annotations

from dataclasses import dataclass

from services.contracts import referral as public
from services.kernel.decider import Decider, changed
from services.kernel.errors import Refused
from services.kernel.message import Ask

Command = public.AdoptEdition
Event = public.EditionAdopted


@dataclass(frozen=True, kw_only=True, slots=True)
class Adopted:
    """It has had these editions: version and digest."""

    editions: tuple[tuple[str, str], ...]


State = Adopted | None


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """An edition is adopted once, and never under another content."""
    had = dict(state.editions) if state is not None else {}
    if had.get(command.edition) == command.digest:
        return []
    if command.edition in had:
        raise Refused(
            "edition-changed",
            f"Edition {command.edition} of {command.table} is on record with another content; give this one a name of its own.",
            f"代码表 {command.table} 的 {command.edition} 版已按另一内容备案; 请另取版本名。",
            field="edition",
        )
    return [
        public.EditionAdopted(
            table_id=ask.facts or ask.id, table=command.table, edition=command.edition, since=command.since,
            digest=command.digest,
        )
    ]  # fmt: skip


def evolve(state: State, event: Event) -> State:
    """What an event makes of a table."""
    one = (event.edition, event.digest)
    return Adopted(editions=(one,)) if state is None else changed(state, editions=(*state.editions, one))


DECIDER = Decider(name="code-table", decide=decide, evolve=evolve, events=Event, states=Adopted)
