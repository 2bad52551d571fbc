"""Who may read what is sealed about a person; every reading is on record, allowed or not (INV-33)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.contracts import codes
from services.contracts import intake as public
from services.contracts.visibility import lies_within, unit_of
from services.contracts.words import Party
from services.intake.domain.known import known
from services.kernel.message import Actor, Ask

STATION_READERS = ("coordinator", "station_head", "worker", "grid_worker", "supervisor")
"""Roles that may read at their own station; the dispatcher gets what an assignment needs, not the file."""

HEADS = ("coordinator", "station_head")
"""Those who read for the whole station; the others read what is their own: their unit's files, their cases and visits."""

OF_A_CHILD: tuple[public.PersonalCategory, ...] = ("identity", "contact")
"""What the station may read of a child's record; the rest is for those who work on the case (INV-11)."""

EVERYTHING: tuple[public.PersonalCategory, ...] = ("identity", "contact", "narrative", "health")


@dataclass(frozen=True, kw_only=True, slots=True)
class Whom:
    """The person who would be read about, and the station that keeps the file; nobody reads one that is closed (INV-35)."""

    person_id: UUID
    station: str
    closed: bool = False
    sensitivity: str = "personal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """What lets somebody read: his station or case, or a disclosure; and the categories that it opens."""

    categories: tuple[str, ...]
    disclosure_id: UUID | None = None
    case_id: UUID | None = None


def read(command: public.ReadIdentity, whom: Whom, ask: Ask) -> list[public.IdentityRead | public.IdentityReadRefused]:
    """Who reads whom and why is on record; the one who may not learns nothing."""
    codes.READ_PURPOSE.known(command.why, field="why")
    way = None if whom.closed else _way(command, whom, ask)
    actor, org = ask.actor, ask.actor.org or None
    if way is None:
        return [
            public.IdentityReadRefused(
                person_id=whom.person_id, reader=actor.id, reader_role=actor.role, why=command.why, reader_org=org
            )
        ]
    wanted = command.categories or EVERYTHING
    return [
        public.IdentityRead(
            person_id=whom.person_id,
            reader=actor.id,
            reader_role=actor.role,
            why=command.why,
            categories=tuple(c for c in wanted if c in way.categories),
            reader_org=org,
            disclosure_id=way.disclosure_id,
            case_id=way.case_id,
        )
    ]


def _way(command: public.ReadIdentity, whom: Whom, ask: Ask) -> Way | None:
    return _own(whom, ask) or _disclosed(command, ask) or _himself_or_ward(whom, ask) or _unsealed(ask)


def _own(whom: Whom, ask: Ask) -> Way | None:
    """Those who work on a case of the person or visit him, and the station that keeps the file or where he lives."""
    if ask.actor.role not in STATION_READERS:
        return None
    me, facts = f"worker:{ask.actor.id}", known(ask)
    own = next((case for case in facts.cases if me in case.workers), None)
    if own is not None:
        return Way(categories=EVERYTHING, case_id=own.case_id)
    if me in facts.visitors or _at_station((whom.station, *facts.places), ask.actor):
        return Way(categories=OF_A_CHILD if whom.sensitivity == "child" else EVERYTHING)
    return None


def reads_here(places: tuple[str, ...], actor: Actor) -> bool:
    """Whether this one may read what was told at one of these places: areas, or the ids of units."""
    return actor.role in STATION_READERS and _at_station(places, actor)


def _at_station(places: tuple[str, ...], actor: Actor) -> bool:
    """Whether this is one of the station's own people: heads read for all of it, others for their own unit."""
    if actor.role in HEADS:
        return any(lies_within(place, actor.org) for place in places)
    return unit_of(actor.org) in {*places} - {""}


def _himself_or_ward(whom: Whom, ask: Ask) -> Way | None:
    """A client reads what is kept of himself, or of whom he is the guardian; not while a guardian is suspected (INV-10)."""
    if ask.actor.role != "client":
        return None
    himself = ask.actor.id.rpartition(":")[2]
    guards = himself in known(ask).guardians and not known(ask).guardian_suspected
    return Way(categories=EVERYTHING) if himself == str(whom.person_id) or guards else None


def _unsealed(ask: Ask) -> Way | None:
    """An auditor reads pseudonyms, and more when a second person has approved that; his word came along."""
    return Way(categories=EVERYTHING) if ask.actor.role == "auditor" and ask.approver is not None else None


def _disclosed(command: public.ReadIdentity, ask: Ask) -> Way | None:
    """A live disclosure to the reader or his organization; of several, the one that opens most."""
    opened = [(access, access.opens(ask.now)) for access in known(ask).accesses if named(access.receiver, ask.actor)]
    fitting = [(access, categories) for access, categories in opened if categories]
    if not fitting:
        return None
    wanted = set(command.categories or EVERYTHING)
    best, categories = max(fitting, key=lambda found: len(wanted & set(found[1])))
    return Way(categories=categories, disclosure_id=best.disclosure_id) if wanted & set(categories) else None


def named(receiver: Party, actor: Actor) -> bool:
    """Whether a receiver is this reader: his organization, or himself; a volunteer reads by his own name alone."""
    kind, _, name = receiver.partition(":")
    if actor.role == "volunteer":
        return _himself(kind, name, actor)
    return receiver == actor.org or (name == actor.org != "") or _himself(kind, name, actor)


def _himself(kind: Party, name: str, actor: Actor) -> bool:
    return kind in ("worker", "volunteer", "person") and name == actor.id
