"""What this service keeps of what others say: open matters and who answers, consents and receivers, mergers of records."""

from __future__ import annotations

from services.contracts import intake, volunteer
from services.contracts.codes_volunteer import MINOR_PROTECTION
from services.contracts.words import Handoff, Party
from services.kernel.contract import about
from services.kernel.message import Message
from services.kernel.view import Change, clear, drop, put
from services.referral.views.staff_tables import needs
from services.referral.views.tables import cleared, consents, matters, members, merged_persons


def project_heard(message: Message) -> list[Change]:
    """Which rows change by what another service said."""
    if message.event is None or message.envelope.publisher == "referral":
        return []
    return [*_consent(message), *_merger(message), *_matter(message), *_need(message), *_checks(message)]


def _consent(message: Message) -> list[Change]:
    match message.event:
        case intake.ConsentGranted() as event:
            return [
                put(
                    consents, event.consent_id, person_id=event.person_id, granted=True, receivers=list(event.receivers),
                    receivers_gone=[], for_referral="referral" in event.purposes, valid_until=event.valid_until,
                )
            ]  # fmt: skip
        case intake.ConsentWithdrawn() as event:
            if event.receivers_left:
                return [_left(event)]
            return [put(consents, event.consent_id, granted=False)]
        case intake.ConsentExpired() | intake.ConsentSuperseded() as event:
            return [put(consents, event.consent_id, granted=False)]
        case _:
            return []


def _merger(message: Message) -> list[Change]:
    match message.event:
        case intake.PersonsMerged() as event:
            return [put(merged_persons, event.merged_id, survivor_id=event.survivor_id)]
        case intake.PersonsUnmerged() as event:
            return [drop(merged_persons, event.merged_id)]
        case _:
            return []


def _left(event: intake.ConsentWithdrawn) -> Change:
    """What is left of a consent that was withdrawn for some receivers, or for some categories."""
    if "identity" not in event.categories_left:
        return put(consents, event.consent_id, granted=False)
    return put(consents, event.consent_id, receivers=list(event.receivers_left), receivers_gone=list(event.receivers))


def _matter(message: Message) -> list[Change]:
    """The matter's own beginning and end, and whoever takes it."""
    event, said = message.event, about(message.event)
    matter_id = getattr(event, "matter_id", None)
    if matter_id is None:
        return []
    columns: dict[str, object] = {}
    if said.get("opens") == "matter":
        columns["state"] = "open"
    if said.get("closes") == "matter":
        columns["state"] = "closed"
    if said.get("opens") == "matter" or _moves_matter(getattr(event, "handoff", None)):
        columns |= _holder(getattr(event, "handoff", None), getattr(event, "owner", None))
    if said.get("opens") == "matter":
        columns |= _where(message)
    for name in ("case_id", "person_id"):
        if said.get("opens") == "matter" and getattr(event, name, None) is not None:
            columns[name] = getattr(event, name)
    return [put(matters, matter_id, **columns)] if columns else []


def _moves_matter(moved: Handoff | None) -> bool:
    return moved is not None and moved.need_id is None and moved.act in ("taken", "returned")


def _need(message: Message) -> list[Change]:
    """Tasks and pairings, and those who answer for them: what must find somebody else when a worker leaves."""
    event, said = message.event, about(message.event)
    matter_id, moved = getattr(event, "matter_id", None), getattr(event, "handoff", None)
    if message.envelope.publisher != "volunteer" or matter_id is None:
        return []
    columns: dict[str, object] = {}
    if said.get("opens") == "need":
        columns = {"matter_id": matter_id, "kind": message.stream.partition("/")[0], "is_open": True}
    if moved is not None and moved.need_id is not None and moved.act in ("taken", "returned"):
        both = (*getattr(event, "assignees", moved.takers), *getattr(event, "remaining", ()))
        columns["holders"] = f",{','.join(dict.fromkeys(both))},"
    if said.get("closes") == "need":
        columns["is_open"] = False
    return [put(needs, message.stream_id, **columns)] if columns else []


def _checks(message: Message) -> list[Change]:
    """Who belongs to a volunteer team, and whose register check stands: a team without one meets no minors (INV-16)."""
    who = message.stream_id
    match message.event:
        case volunteer.VolunteerRegistered() as event:
            return [put(members, who, team) for team in event.teams]
        case volunteer.VolunteerJoinedTeam() as event:
            return [put(members, who, event.team)]
        case volunteer.VolunteerLeftTeam() as event:
            return [drop(members, who, event.team)]
        case volunteer.VolunteerCleared(check_kind=kind) as event if kind == MINOR_PROTECTION:
            return [put(cleared, who, until=event.valid_until if event.result == "clear" else None)]
        case volunteer.VolunteerSuspended() | volunteer.VolunteerWithdrew():
            return [put(cleared, who, away=True)]
        case volunteer.VolunteerReinstated():
            return [put(cleared, who, away=False)]
        case volunteer.VolunteerDataErased() as event:
            records = (who, *event.records)
            return [*(clear(members, each) for each in records), *(drop(cleared, each) for each in records)]
        case _:
            return []


def _where(message: Message) -> dict[str, object]:
    """Where a matter lies, and who took it down for whom, as far as its opening says."""
    area, actor = getattr(message.event, "area", None), message.actor
    made = {} if actor.role == "service" else {"made_by": actor.id, "kept_by": actor.org}
    return made | ({"area": area} if area else {})


def _holder(moved: Handoff | None, owner: Party | None) -> dict[str, object]:
    if owner is not None:
        return {"holder": owner}
    if moved is not None and moved.need_id is None and moved.takers and moved.act != "offered":
        return {"holder": moved.takers[0]}
    return {}
