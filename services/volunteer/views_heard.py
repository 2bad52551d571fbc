"""What is kept of what others say: whose matter it is and who answers for it now, which records are of one human being,
which organizations may not act, and which station serves which places.

It names ids and parties alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from services.contracts import intake, referral
from services.contracts.words import Handoff
from services.kernel.contract import about
from services.kernel.message import Message
from services.kernel.view import Change, drop, put
from services.volunteer.served import project_stations
from services.volunteer.view_tables import barred, matter_owners, matters, merged_persons

WHOSE = intake.HelpRequestReceived | intake.HelpRequestPersonLinked | intake.CaseOpened | intake.VisitPlanSet


def project_heard(message: Message) -> list[Change]:
    """The rows that a message of intake, or of referral, changes."""
    event = message.event
    if message.envelope.publisher == "referral":
        return [*_barred(message), *project_stations(message)]
    if message.envelope.publisher != "intake" or event is None:
        return []
    changes = _merger(message)
    if isinstance(event, WHOSE) and event.person_id is not None:
        changes.append(put(matters, event.matter_id, person_id=event.person_id))
    handoff = getattr(event, "handoff", None)
    if isinstance(handoff, Handoff) and handoff.need_id is None and handoff.act == "taken" and handoff.takers:
        changes += _taken_over(handoff.matter_id, handoff)
    if about(event).get("opens") == "matter":
        changes.append(put(matters, event.matter_id, **_where(message)))
    return changes


def _barred(message: Message) -> list[Change]:
    match message.event:
        case referral.OrganizationSuspended() | referral.OrganizationRetired() as event if event.party is not None:
            return [put(barred, message.stream_id, party=event.party)]
        case referral.OrganizationActivated():
            return [drop(barred, message.stream_id)]
        case _:
            return []


def _where(message: Message) -> dict[str, object]:
    """Where a matter lies, and who took it down for whom."""
    area, actor = getattr(message.event, "area", None), message.actor
    made = {} if actor.role == "service" else {"made_by": actor.id, "kept_by": actor.org}
    return made | ({"area": area} if area else {})


def _merger(message: Message) -> list[Change]:
    match message.event:
        case intake.PersonsMerged() as event:
            return [put(merged_persons, event.merged_id, survivor_id=event.survivor_id)]
        case intake.PersonsUnmerged() as event:
            return [drop(merged_persons, event.merged_id)]
        case _:
            return []


def _taken_over(matter_id: UUID, handoff: Handoff) -> Iterable[Change]:
    owner = handoff.takers[0]
    yield put(matters, matter_id, owner=owner)
    for party in (handoff.giver, owner):
        if party != "unknown":
            yield put(matter_owners, matter_id, party)
