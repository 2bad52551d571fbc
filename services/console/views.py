"""The console's read models, folded from what the other services say: the record of every matter, and what waits.

Nothing here is read while folding, and an event of a kind that is not known yet still enters the record. Restricted
events (safeguarding) never enter: whoever may see them asks their owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from services.console import effects
from services.console.record import Entry
from services.kernel.contract import EVENTS, about
from services.kernel.message import Message
from services.kernel.view import Change, add, drop, put

METADATA = sa.MetaData()
CHINA = ZoneInfo("Asia/Shanghai")

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
)
"""The directory's codes; names are asked from the directory itself, they never travel in events."""

_decode = msgspec.json.Decoder().decode


class Said:
    """The data of an event, read field by field: what is not there, or is of another kind, is nothing."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data

    def text(self, *names: str) -> str:
        """The first of these fields that holds a text."""
        return next((v for name in names if isinstance(v := self.data.get(name), str) and v), "")

    def texts(self, *names: str) -> str:
        """The first of these fields that holds a list of texts, joined by spaces."""
        found = next((v for name in names if isinstance(v := self.data.get(name), list) and v), [])
        return " ".join(v for v in found if isinstance(v, str))

    def ident(self, *names: str) -> UUID | None:
        """The first of these fields that holds an id."""
        for name in names:
            try:
                return UUID(self.data[name])
            except (KeyError, TypeError, ValueError, AttributeError):
                continue
        return None

    def moment(self, *names: str) -> datetime | None:
        """The first of these fields that holds an instant; a day means its end."""
        text = self.text(*names)
        if not text:
            return None
        try:
            if len(text) == 10:
                return datetime.combine(date.fromisoformat(text), time(23, 59), CHINA)
            return datetime.fromisoformat(text)
        except ValueError:
            return None

    def part(self, name: str) -> Said:
        """A field that is an object itself."""
        inner = self.data.get(name)
        return Said(inner if isinstance(inner, dict) else {})


def fact(name: str, which: str) -> Any:
    """A fact that the language declares about an event; None where it is not known."""
    known = EVENTS.get(name)
    return about(known).get(which) if known is not None else None


def project_heard(message: Message) -> list[Change]:
    """What an event of another service changes in the console's read models."""
    name = message.envelope.type
    if fact(name, "restricted"):
        return []
    said = Said(_decode(message.envelope.data))
    if message.envelope.publisher == "audit":
        return _alarm(name, said, message)
    if name == "organization.registered":
        party, kind, code = said.text("party"), said.text("kind"), said.text("code")
        return [put(organization, message.stream_id, party=party, kind=kind, code=code)]
    entry = read(message, said)
    if entry is None:
        return []
    return [_kept(entry), *_matter(entry, said), *_waiting(entry), *_offer(entry, said)]


def read(message: Message, said: Said) -> Entry | None:
    """The entry of an event; None when it is about no matter."""
    matter_id = said.ident("matter_id")
    if matter_id is None:
        return None
    envelope, handoff, name = message.envelope, said.part("handoff"), message.envelope.type
    kind = message.stream.partition("/")[0]
    need = handoff.ident("need_id") or said.ident("need_id")
    closes = fact(name, "closes") or ""
    if need is None and kind in effects.STRANDS and (closes == "need" or handoff.data):
        need = message.stream_id
    takers = handoff.texts("takers") or (said.text("holder") if fact(name, "opens") == "need" else "")
    return Entry(
        publisher=envelope.publisher, position=message.position, matter_id=matter_id, name=name, stream=message.stream,
        recorded_at=message.recorded_at, effective_at=message.effective_at, precision=envelope.effectiveprecision,
        actor_id=envelope.actorid, actor_role=envelope.actorrole, actor_org=envelope.actororg,
        behalf=envelope.behalforg, channel=said.text("came_by") or envelope.channel, act=handoff.text("act"),
        giver=handoff.text("giver"), takers=tuple(takers.split()), need_id=need, opens=fact(name, "opens") or "",
        closes=closes, offer_id=said.ident("offer_id"),
        needs=tuple((said.texts("need_codes", "topic_codes", "item_codes") or said.text("purpose_code", "kind_code")).split()),
        code=said.text("leaves", "disposition", "outcome", "reason_code", "result_code", "result", "cadence"),
        urgency=said.text("urgency"), risk=said.text("risk_level", "to_level"),
        due_at=said.moment("respond_by", "start_by", "check_at", "follow_up_by", "due_at", "answer_by", "supply_by"),
    )  # fmt: skip


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
    return at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo("UTC"))


def _matter(entry: Entry, said: Said) -> list[Change]:
    kind, _ = entry.strand
    columns: dict[str, Any] = {"changed_at": entry.recorded_at}
    if kind not in effects.STRANDS:
        state = effects.matter_state(entry.name, entry.code, entry.due_at is not None)
        columns |= {"state": state} if state else {}
        columns |= {"urgency": entry.urgency} if entry.urgency else {}
        columns |= {"needs": " ".join(entry.needs)} if entry.needs else {}
    if entry.opens == "matter":
        columns |= {"kind": kind, "is_open": True, "closed_at": None}
    if entry.name in ("help-request.received", "visit-plan.set", "case.opened") and not said.ident("request_id"):
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
            "due_at": entry.due_at, "party": " ".join(entry.takers),
        }  # fmt: skip
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
