"""Which entries say that somebody saw, may see, or was not let see what belongs to a person. Pure, and tolerant."""

from __future__ import annotations

from uuid import UUID

import msgspec

from services.audit.access.tables import about_person, access, delivered, names_person
from services.audit.entries import Entry
from services.kernel.view import Change, put

ACTS = {
    "identity.disclosed": "released", "identity.access-revoked": "revoked", "identity.disclosure-refused": "refused",
    "identity.read": "read", "identity.read-refused": "refused", "safeguarding.read": "read",
    "help-request.notes-read": "read", "case.replayed": "replayed", "access.reported": "reported",
    "bundle.exported": "exported",
}  # fmt: skip
"""What each of these is: a release (or its end), a reading, a refusal, an auditor's look, an export (INV-33)."""


DELIVERED = "delivery.added"


class Seen(msgspec.Struct, frozen=True):
    """What such an entry says, as far as it says it."""

    person_id: UUID | None = None
    matter_id: UUID | None = None
    receiver: str = ""
    reader: str = ""
    reader_role: str = ""
    reader_org: str | None = None
    why: str = ""
    purpose: str = ""
    categories: tuple[str, ...] = ()
    consent_id: str | None = None
    legal_basis: str | None = None
    approver: str | None = None
    expires_at: str | None = None
    disclosure_id: UUID | None = None
    allowed: bool = True


class Delivered(msgspec.Struct, frozen=True):
    """What is said of a delivery."""

    organization_id: UUID
    publisher: str
    publisher_position: int
    event_type: str


_delivered = msgspec.json.Decoder(Delivered).decode
_seen = msgspec.json.Decoder(Seen).decode
NOTHING = Seen()


def said(entry: Entry) -> Seen:
    """What an entry says of who saw what; nothing, where it cannot be read so."""
    try:
        return _seen(entry.envelope.data)
    except msgspec.DecodeError:
        return NOTHING


def rows(entry: Entry) -> list[Change]:
    """The rows that an entry adds."""
    if entry.type in ACTS:
        return [_row(entry, said(entry))]
    if entry.type == DELIVERED:
        return _delivery(entry)
    if b'"person_id"' not in bytes(entry.envelope.data):
        return []
    seen = said(entry)
    if seen.person_id is None:
        return []
    if seen.matter_id is None:
        return [put(names_person, seen.person_id, entry.idx)]
    return [put(about_person, seen.person_id, seen.matter_id)]


def _delivery(entry: Entry) -> list[Change]:
    """INV-33: what an organization receives is seen by it, whether or not it asks anybody."""
    try:
        told = _delivered(entry.envelope.data)
    except msgspec.DecodeError:
        return []
    of = {"of_publisher": told.publisher, "of_position": told.publisher_position, "of_type": told.event_type}
    envelope = entry.envelope
    row = put(
        delivered, entry.idx, rt=entry.rt, at=entry.vt, organization_id=told.organization_id,
        number=envelope.streamversion, publisher=envelope.publisher, position=envelope.position, **of,
    )  # fmt: skip
    return [row]


def _row(entry: Entry, seen: Seen) -> Change:
    envelope = entry.envelope
    ground = f"consent:{seen.consent_id}" if seen.consent_id else f"law:{seen.legal_basis}" if seen.legal_basis else ""
    return put(
        access, entry.idx,
        rt=entry.rt, at=entry.vt, person_id=seen.person_id, matter_id=seen.matter_id, type=entry.type,
        act=ACTS[entry.type] if seen.allowed else "refused",
        who=seen.reader or seen.receiver or envelope.actorid,
        role=seen.reader_role or ("" if seen.receiver else envelope.actorrole),
        org=seen.reader_org or ("" if seen.receiver or seen.reader else envelope.actororg),
        purpose=seen.why or seen.purpose, categories=",".join(seen.categories), ground=ground,
        approver=seen.approver or envelope.approverid, expires_at=seen.expires_at, disclosure_id=seen.disclosure_id,
        restricted=entry.facts.restricted, publisher=envelope.publisher, position=envelope.position,
    )  # fmt: skip
