"""Who may read whom follows from consents: what opens access, what ends it, and on what it goes on. Pure."""

from __future__ import annotations

from uuid import UUID, uuid5

from services.contracts import intake as public
from services.contracts.words import Party
from services.intake import same
from services.intake import tables as t
from services.intake.domain import disclosure
from services.intake.facts import consent_facts
from services.kernel.manifest import Do, Look
from services.kernel.message import Message

REFERRAL = "referral"
"""The purpose for which identity goes to whoever has taken a need on."""


def disclose(message: Message, need_id: UUID, person_id: UUID, receiver: Party, matter_id: UUID | None) -> Do:
    """A disclosure of its own for every message that asks for one, so that a repeated message makes no second."""
    command = public.DiscloseIdentity(
        person_id=person_id, receiver=receiver, purpose=REFERRAL, matter_id=matter_id, need_id=need_id
    )
    return Do(disclosure.DECIDER, uuid5(message.envelope.id, f"disclosure/{need_id}"), command)


def revoke_all(look: Look, reason: str, still_named: tuple[Party, ...], **which: UUID) -> list[Do]:
    """Revoke the live disclosures of a consent, a strand or a person, save to receivers who are still named."""
    return [
        Do(disclosure.DECIDER, row["disclosure_id"], public.RevokeIdentityAccess(reason_code=reason))
        for row in look.all(t.disclosures, state="live", **which)
        if row["receiver"] not in still_named
    ]


def open_up(message: Message, event: public.ConsentGranted, look: Look) -> list[Do]:
    """A consent that comes after the acceptance opens what the acceptance could not."""
    if REFERRAL not in event.purposes:
        return []
    records = same.records_of(look, event.person_id)
    live = {row["need_id"] for record in records for row in look.all(t.disclosures, person_id=record, state="live")}
    strands = [
        (record, row)
        for record in records
        for matter_id in matters_of(record, look)
        for row in look.all(t.strands, matter_id=matter_id)
    ]
    waiting = [
        (record, row)
        for record, row in strands
        if row["is_open"] and row["receiver"] in event.receivers and row["need_id"] not in live
    ]
    return [disclose(message, row["need_id"], record, row["receiver"], row["matter_id"]) for record, row in waiting]


def carried_on(
    message: Message,
    event: public.ConsentWithdrawn | public.ConsentExpired | public.ConsentSuperseded,
    still_named: tuple[Party, ...],
    look: Look,
) -> list[Do]:
    """Whoever serves the person and is named by another consent in force goes on on that one, anew and on record (INV-5)."""
    others = [each for each in consent_facts(look, event.person_id) if each.consent_id != event.consent_id]
    ended = [
        row
        for row in look.all(t.disclosures, consent_id=event.consent_id, state="live", purpose=REFERRAL)
        if row["need_id"] is not None and row["receiver"] not in still_named
    ]
    return [
        disclose(message, row["need_id"], row["person_id"], row["receiver"], row["matter_id"])
        for row in ended
        if any(each.allows(REFERRAL, message.recorded_at, receiver=row["receiver"]) for each in others)
    ]


def taken_apart(event: public.PersonsUnmerged, look: Look) -> list[Do]:
    """What was disclosed of one on the consent of the other has no ground any more (INV-5)."""
    sides = [same.records_of(look, person_id) for person_id in (event.survivor_id, event.merged_id)]
    return [
        Do(disclosure.DECIDER, row["disclosure_id"], public.RevokeIdentityAccess(reason_code="consent-ended"))
        for side in sides
        for record in side
        for row in look.all(t.disclosures, person_id=record, state="live")
        if row["consent_id"] is not None and not _consents_of(row["consent_id"], side, look)
    ]


def _consents_of(consent_id: UUID, records: list[UUID], look: Look) -> bool:
    """Whether a consent was given under one of these records."""
    row = look.one(t.consents, consent_id)
    return row is not None and row["person_id"] in records


def person_of(matter_id: UUID, look: Look) -> UUID | None:
    """Whose matter it is, as far as intake knows."""
    request = look.one(t.help_requests, matter_id)
    known = [request] if request else []
    rows = [*look.all(t.cases, matter_id=matter_id), *known]
    return next((row["person_id"] for row in rows if row["person_id"] is not None), None)


def matters_of(person_id: UUID, look: Look) -> list[UUID]:
    """The matters of a person that intake knows of."""
    rows = [*look.all(t.cases, person_id=person_id), *look.all(t.help_requests, person_id=person_id)]
    return sorted({row["matter_id"] for row in rows})
