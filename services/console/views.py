"""The console's read models, folded from what the other services say: the record of every matter, and what waits.

Nothing here is read while folding, and an event of a kind that is not known yet still enters the record. Restricted
events (safeguarding) never enter: whoever may see them asks their owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from services.console import effects
from services.console.hearing import Said, decode, fact, read
from services.console.record import Entry
from services.kernel.message import Message
from services.kernel.view import Change, add, drop, put

METADATA = sa.MetaData()

record = sa.Table(
    "record",
    METADATA,
    sa.Column("publisher", sa.String, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("name", sa.String),
    sa.Column("stream", sa.String),
    sa.Column("recorded_at", sa.DateTime(timezone=True)),
    sa.Column("effective_at", sa.DateTime(timezone=True)),
    sa.Column("precision", sa.String),
    sa.Column("actor_id", sa.String),
    sa.Column("actor_role", sa.String),
    sa.Column("actor_org", sa.String),
    sa.Column("behalf", sa.String),
    sa.Column("channel", sa.String),
    sa.Column("act", sa.String),
    sa.Column("giver", sa.String),
    sa.Column("takers", sa.String),
    sa.Column("need_id", sa.Uuid),
    sa.Column("opens", sa.String),
    sa.Column("closes", sa.String),
    sa.Column("offer_id", sa.Uuid),
    sa.Column("needs", sa.String),
    sa.Column("code", sa.String),
    sa.Column("urgency", sa.String),
    sa.Column("risk", sa.String),
    sa.Column("due_at", sa.DateTime(timezone=True)),
)
"""Every event about a matter, reduced to what pages show; lists are joined by spaces, which no code contains."""

matter = sa.Table(
    "matter",
    METADATA,
    sa.Column("matter_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.String),
    sa.Column("state", sa.String, index=True),
    sa.Column("is_open", sa.Boolean, index=True),
    sa.Column("unit", sa.String),
    sa.Column("holder", sa.String),
    sa.Column("needs", sa.String),
    sa.Column("urgency", sa.String),
    sa.Column("risk", sa.String),
    sa.Column("opened_at", sa.DateTime(timezone=True)),
    sa.Column("opened_precision", sa.String),
    sa.Column("closed_at", sa.DateTime(timezone=True)),
    sa.Column("changed_at", sa.DateTime(timezone=True), index=True),
    sa.Column("entries", sa.BigInteger),
)
"""One row a matter, for lists. `holder` are the parties that answer for it, joined by spaces."""

waiting = sa.Table(
    "waiting",
    METADATA,
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("whose", sa.String),
    sa.Column("what", sa.String),
    sa.Column("party", sa.String),
    sa.Column("needs", sa.String),
    sa.Column("urgency", sa.String),
    sa.Column("since", sa.DateTime(timezone=True)),
    sa.Column("due_at", sa.DateTime(timezone=True)),
    sa.Column("live", sa.BigInteger),
)
"""What each request, referral, task or grant waits for; `live` counts unanswered offers of a referral."""

offer = sa.Table(
    "offer",
    METADATA,
    sa.Column("offer_id", sa.Uuid, primary_key=True),
    sa.Column("referral_id", sa.Uuid),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("organization_id", sa.Uuid, index=True),
    sa.Column("organization", sa.String),
    sa.Column("origin", sa.String),
    sa.Column("state", sa.String),
    sa.Column("kind", sa.String),
    sa.Column("needs", sa.String),
    sa.Column("areas", sa.String),
    sa.Column("urgency", sa.String),
    sa.Column("offered_at", sa.DateTime(timezone=True)),
    sa.Column("respond_by", sa.DateTime(timezone=True)),
    sa.Column("answered_at", sa.DateTime(timezone=True)),
    sa.Column("reason", sa.String),
)
"""One row an offer, as the organization that was asked may see it: codes alone."""

alarm = sa.Table(
    "alarm",
    METADATA,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("need_id", sa.Uuid),
    sa.Column("name", sa.String),
    sa.Column("code", sa.String),
    sa.Column("since", sa.DateTime(timezone=True)),
)
"""What audit found broken and nobody has mended yet."""

organization = sa.Table(
    "organization",
    METADATA,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("party", sa.String),
    sa.Column("kind", sa.String),
    sa.Column("code", sa.String),
    sa.Column("kept_by", sa.String),
)
"""The directory's codes, and for which unit each was written down; names are asked from the directory, no event has them."""


def project_heard(message: Message) -> list[Change]:
    """What an event of another service changes in the console's read models."""
    name = message.envelope.type
    if fact(name, "restricted"):
        return []
    said = Said(decode(message.envelope.data))
    if message.envelope.publisher == "audit":
        return _alarm(name, said, message)
    if name == "organization.registered":
        party, kind, code = said.text("party"), said.text("kind"), said.text("code")
        return [
            put(organization, message.stream_id, party=party, kind=kind, code=code, kept_by=message.envelope.actororg)
        ]
    entry = read(message, said)
    if entry is None:
        return []
    return [_kept(entry), *_matter(entry, said), *_waiting(entry), *_offer(entry, said)]


OPENING = ("help-request.received", "visit-plan.set", "case.opened", "pairing.convened")
LISTS = ("takers", "needs")
COLUMNS = tuple(c.name for c in record.columns if not c.primary_key)


def _kept(entry: Entry) -> Change:
    values = {name: getattr(entry, name) for name in COLUMNS}
    values |= {name: " ".join(values[name]) for name in LISTS}
    return put(record, entry.publisher, entry.position, **values)


def entry_of(row: Mapping[str, Any]) -> Entry:
    """A row of the record as an entry again."""
    values = {name: value for name, value in row.items() if value is not None}
    values |= {name: tuple(str(values.get(name, "")).split()) for name in LISTS}
    for name in ("recorded_at", "effective_at", "due_at"):
        if name in values:
            values[name] = aware(values[name])
    return Entry(**values)


def aware(at: datetime) -> datetime:
    """An instant with its zone; databases without zones keep UTC."""
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _matter(entry: Entry, said: Said) -> list[Change]:
    kind, _ = entry.strand
    columns: dict[str, Any] = {"changed_at": entry.recorded_at}
    if entry.is_about_matter:
        state = effects.matter_state(entry.name, entry.code, entry.due_at is not None)
        columns |= {"state": state} if state else {}
        columns |= {"urgency": entry.urgency} if entry.urgency else {}
        columns |= {"needs": " ".join(entry.needs)} if entry.needs else {}
    if entry.opens == "matter":
        columns |= {"kind": kind, "is_open": True, "closed_at": None}
    if entry.name in OPENING and not said.ident("request_id"):
        columns |= {"opened_at": entry.at, "opened_precision": entry.precision, "unit": said.text("unit", "owner")}
    if entry.closes == "matter":
        columns |= {"is_open": False, "closed_at": entry.at, "holder": ""}
    elif entry.need_id is None and entry.act in ("taken", "returned", "released"):
        columns |= {"holder": " ".join(entry.takers)}
    columns |= {"risk": entry.risk} if entry.risk else {}
    return [put(matter, entry.matter_id, **columns), add(matter, entry.matter_id, entries=1)]


def _waiting(entry: Entry) -> list[Change]:
    changes, wait = effects.wait(entry.name, entry.code, entry.due_at is not None)
    live = {"referral.offered": 1, "offer.declined": -1, "offer.expired": -1, "offer.superseded": -1,
            "offer.withdrawn": -1, "referral.accepted": -1}.get(entry.name)  # fmt: skip
    found: list[Change] = []
    if changes and wait is None:
        return [drop(waiting, entry.stream)]
    if wait is not None:
        columns: dict[str, Any] = {
            "matter_id": entry.matter_id, "whose": wait.whose, "what": wait.what, "since": entry.at,
            "due_at": entry.due_at,
        }  # fmt: skip
        columns |= {"party": " ".join(entry.takers)} if entry.takers else {}
        columns |= {"needs": " ".join(entry.needs)} if entry.needs else {}
        columns |= {"urgency": entry.urgency} if entry.urgency else {}
        found.append(put(waiting, entry.stream, **columns))
    if live is not None:
        found.append(add(waiting, entry.stream, live=live))
    return found


def _offer(entry: Entry, said: Said) -> list[Change]:
    state = effects.OFFER.get(entry.name)
    if entry.offer_id is None or state is None:
        return []
    columns: dict[str, Any] = {"state": state}
    if entry.name == "referral.offered":
        columns |= {
            "referral_id": entry.strand[1], "matter_id": entry.matter_id,
            "organization_id": said.ident("organization_id"), "organization": " ".join(entry.takers),
            "origin": entry.giver, "kind": said.text("kind"), "needs": " ".join(entry.needs),
            "areas": said.texts("areas"), "urgency": entry.urgency, "offered_at": entry.at,
        }  # fmt: skip
    if state in effects.LIVE:
        columns |= {"respond_by": said.moment("respond_by")}
    if state in effects.ANSWERS:
        columns |= {"answered_at": entry.at}
    if state in ("declined", "returned", "withdrawn"):
        columns |= {"reason": entry.code}
    return [put(offer, entry.offer_id, **columns)]


def _alarm(name: str, said: Said, message: Message) -> list[Change]:
    matter_id = said.ident("matter_id")
    if name in ("custody.broken", "custody.mended"):
        key = f"{matter_id}/{said.text('finding')}"
        if name == "custody.mended":
            return [drop(alarm, key)]
        since, code = said.moment("since") or message.recorded_at, said.text("fault")
        return [put(alarm, key, matter_id=matter_id, need_id=said.ident("need_id"), name=name, code=code, since=since)]
    if name == "audit-finding.raised":
        code = said.text("finding_code", "code")
        found = put(alarm, message.stream, matter_id=matter_id, name=name, code=code, since=message.recorded_at)
        return [found]
    if name == "audit-finding.resolved":
        return [drop(alarm, message.stream)]
    return []
