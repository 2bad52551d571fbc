"""Who may read what a volunteer is called and how to reach one, and how much of it; each attempt is on record (INV-33).

It opens in two stages, as a client's does. As long as a volunteer is a candidate, who dispatches sees codes alone; once
somebody is asked or goes, those who dispatch that task read what they need to call, until it is verified or called off.
Everything is read by the volunteer, by those who keep the roster of the place, and by an auditor with a second person.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.contracts.codes import READ_PURPOSE
from services.contracts.visibility import lies_within, unit_of
from services.contracts.volunteer import ReadVolunteerIdentity, VolunteerIdentityRead, VolunteerIdentityReadRefused
from services.contracts.words import STATION_ROLES, Party
from services.kernel.errors import NotFound
from services.kernel.message import Actor, Ask
from services.volunteer.domain.known import itself
from services.volunteer.domain.volunteer_states import Erased, Leaving, State

ALL = ("name", "id_number", "gender", "birth_date", "phone", "address")
TO_CALL = ("name", "phone")
KEEPERS = ("coordinator", "station_head")
"""Those who keep a station's roster, and see to its tasks."""
SENDING = (*KEEPERS, "dispatcher")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A task for which the volunteer is asked, or to which he goes: who dispatches, and where it lies."""

    task_id: UUID
    dispatcher: Party
    places: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Findable:
    """Where the volunteer is kept, and the tasks that bind him now."""

    volunteer_id: UUID
    places: tuple[str, ...] = ()
    sent: tuple[Sent, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What is opened, and because of which task."""

    fields: tuple[str, ...]
    task_id: UUID | None = None


def read(
    command: ReadVolunteerIdentity, state: State | None, ask: Ask
) -> list[VolunteerIdentityRead | VolunteerIdentityReadRefused]:
    """Who reads whom and why; the one who may not learns nothing, and of the forgotten nobody reads (INV-35)."""
    READ_PURPOSE.known(command.why, field="why")
    if state is None:
        raise NotFound("no such volunteer")
    found = ask.facts if isinstance(ask.facts, Findable) else Findable(volunteer_id=itself(ask))
    opened = None if isinstance(state, Leaving | Erased) else _opened(found, state, ask)
    reader, org = ask.actor, ask.actor.org or None
    if opened is None:
        return [
            VolunteerIdentityReadRefused(
                volunteer_id=found.volunteer_id,
                reader=reader.id,
                reader_role=reader.role,
                why=command.why,
                reader_org=org,
            )
        ]
    return [
        VolunteerIdentityRead(
            volunteer_id=found.volunteer_id, reader=reader.id, reader_role=reader.role, why=command.why, reader_org=org,
            fields=opened.fields, task_id=opened.task_id,
        )
    ]  # fmt: skip


def _opened(found: Findable, state: State, ask: Ask) -> Opened | None:
    actor = ask.actor
    if actor.role == "volunteer":
        return Opened(fields=ALL) if unit_of(actor.id) == str(found.volunteer_id) else None
    if actor.role == "auditor":
        return Opened(fields=ALL) if ask.approver is not None else None
    if actor.role == "team_leader":
        own = any(team == actor.org or unit_of(team) == unit_of(actor.org) for team in state.profile.teams)
        return Opened(fields=TO_CALL) if own else None
    if actor.role in KEEPERS and _here(found.places, actor):
        return Opened(fields=ALL)
    task = next((sent for sent in found.sent if _dispatches(sent, actor)), None)
    return None if task is None else Opened(fields=TO_CALL, task_id=task.task_id)


def _dispatches(sent: Sent, actor: Actor) -> bool:
    """Whether this one dispatches the task himself, or sees to the tasks of the station that gives it out."""
    if actor.role not in STATION_ROLES:
        return False
    return sent.dispatcher == f"worker:{actor.id}" or (actor.role in SENDING and _here(sent.places, actor))


def _here(places: tuple[str, ...], actor: Actor) -> bool:
    return any(lies_within(place, actor.org) for place in places if place)
