"""What was noted about a person, when intake has erased or restricted the person's data: owed -> ended (INV-35)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from services.contracts import volunteer as public
from services.kernel.decider import Decider
from services.kernel.errors import NotFound
from services.kernel.message import Ask

Command = public.OweNotesEnd | public.EndNotes
Event = public.NotesEndOwed | public.NotesEnded
Owed = tuple[UUID, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Notes:
    """What was owed of which decision, and what of it is done."""

    person_id: UUID
    owed: tuple[Owed, ...]
    done: tuple[Owed, ...] = ()


State = Notes | None


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """Each decision of intake is followed once."""
    one = (command.request_id, command.act)
    match command:
        case public.OweNotesEnd():
            if state is not None and one in state.owed:
                return []
            owed = public.NotesEndOwed(
                person_id=ask.facts or ask.id, request_id=command.request_id, act=command.act, records=command.records
            )
            return [owed]
        case public.EndNotes():
            if state is None:
                raise NotFound("nothing is owed")
            if one not in state.owed or one in state.done:
                return []
            return [
                public.NotesEnded(
                    person_id=state.person_id, request_id=command.request_id, act=command.act, keys=command.keys
                )
            ]
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    """What an event makes of it."""
    one = (event.request_id, event.act)
    owed, done = (state.owed, state.done) if state is not None else ((), ())
    match event:
        case public.NotesEndOwed():
            return Notes(person_id=event.person_id, owed=(*owed, one), done=done)
        case public.NotesEnded():
            return Notes(person_id=event.person_id, owed=owed, done=(*done, one))
        case _:
            assert_never(event)


DECIDER = Decider(name="notes", decide=decide, evolve=evolve, events=Event, states=Notes)
