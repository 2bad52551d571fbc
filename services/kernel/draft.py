"""A group in the making: decisions one after the other on the states that the ones before have left. No I/O.

The bytes of each event are made here, once: canonical JSON of a CloudEvents 1.0 envelope, chained to the event before
it in the log by `previous`, the SHA-256 of that event's bytes.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from services.kernel.ahead import NotYet
from services.kernel.contract import EVENTS, about, canonical, name_of, read_data, version_of
from services.kernel.database import Group, Head
from services.kernel.errors import ConcurrentChange, ContractBroken, FieldProblem, HubError, KeyReused, Refused
from services.kernel.ids import named
from services.kernel.manifest import Facts, Look, Manifest
from services.kernel.memory import Answered, Known, Stream
from services.kernel.message import Ask, Envelope, Recorded
from services.kernel.tables import event as rows
from services.kernel.unit import Done, Order, Results, Unit
from services.kernel.view import Change, Rows

SKEW = timedelta(minutes=5)
SNAPSHOT_EVERY = 25
MOST_READINGS = 200
"""Whoever has seen an older state of a stream than so many readings ago looks again."""
LONGEST_DATA = 60 * 1024
"""Tiles give an entry's length in two bytes (C2SP tlog-tiles): what stands around an event's data has 4,095 of them."""
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
MICROSECOND = timedelta(microseconds=1)


class Wire(Envelope, frozen=True, kw_only=True, omit_defaults=True):
    """An envelope as it is written: attributes that do not apply are left out."""

    specversion: str
    datacontenttype: str


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def instant(since_1970: int) -> datetime:
    """The moment that many microseconds after 1970, UTC."""
    return EPOCH + timedelta(microseconds=since_1970)


def chained(hashed: bytes) -> str:
    """A hash as `previous` holds it; empty before the first event."""
    return urlsafe_b64encode(hashed).rstrip(b"=").decode()


def is_reading(name: str) -> bool:
    """Whether events of this name say no more than that somebody has looked."""
    return name in EVENTS and bool(about(EVENTS[name]).get("reading"))


def check_plain(name: str, data: bytes) -> bytes:
    """The data of an event, refused where it holds a space or a letter beyond ASCII: events carry no sentences (INV-6).

    A backslash is refused as well: in JSON it hides a line break, a quote or any letter.
    """
    if not data.isascii() or b" " in data or b"\\" in data or b"\x7f" in data:
        problem = FieldProblem(
            field=name, code="not-plain", expected_en="ids and codes, no text", expected_zh="只含标识与代码, 不含文字"
        )
        raise ContractBroken(problem)
    return data


def check_size(name: str, data: bytes) -> None:
    """Refuse an event that would not fit, with all around it, into an entry of a ledger that tiles can give away."""
    if len(data) > LONGEST_DATA:
        raise Refused(
            "event-too-long",
            f"This would make one {name} of {len(data):,} bytes; one event holds at most {LONGEST_DATA:,}: ask for less at once.",
            f"此操作会产生 {len(data):,} 字节的事件 {name}; 单个事件最多 {LONGEST_DATA:,} 字节, 请分次进行。",
        )


class LookAhead(Look, Protocol):
    """Reading the views as they will be."""

    def catch_up(self, changes: Sequence[Change | Rows]) -> None:
        """Show all of these changes from now on; those that are shown already come first."""
        ...


@dataclass
class Draft:
    """The group being made on `head` from what is `known`; `overlay` holds the streams it has changed so far.

    `look` shows the views as the units before leave them.
    """

    manifest: Manifest
    known: Known
    look: LookAhead
    head: Head
    now: int
    group: Group = field(init=False)
    overlay: dict[str, Stream] = field(default_factory=dict)
    answered: dict[UUID, Answered] = field(default_factory=dict)
    results: list[tuple[Unit, Results]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.group = Group(self.head, self.head)
        self.now = max(self.now, self.head.recorded_at + 1)
        self.source = f"/{self.manifest.name}"

    def take(self, unit: Unit) -> bool:
        """Decide a unit's orders on top of the group; on a strict unit's first error it leaves no trace but its error.

        False, and no trace at all, where the facts that it looks up cannot be told before the group is written.
        """
        facts = self.manifest.facts
        if facts and any(type(order.command) in facts for order in unit.orders):
            self.look.catch_up(self.group.changes)
        mark = _Mark(self) if len(unit.orders) > 1 else None
        try:
            results = self._decided(unit)
        except NotYet:
            if mark is not None:
                mark.restore()
            return False
        except HubError as error:
            if mark is not None:
                mark.restore()
            self.results.append((unit, [error] * len(unit.orders)))
            return True
        self.group.changes += unit.rows
        if unit.moved is not None:
            self.group.moves.append(unit.moved)
        self.results.append((unit, results))
        return True

    def _decided(self, unit: Unit) -> Results:
        results: Results = []
        for order in unit.orders:
            try:
                results.append(self._order(order))
            except HubError as error:
                if not unit.lenient:
                    raise
                results.append(error)
        return results

    def _order(self, order: Order) -> Done:
        first = self._first_answer(order)
        if first is not None:
            return first
        stream = self.overlay.get(order.stream) or self.known.streams[order.stream]
        if order.expected is not None and order.expected != stream.version:
            self._only_read_since(order.stream, order.expected, stream.version)
        ask = self._ask(order)
        events = order.decider.decide(order.command, stream.state, ask)
        return self._record(order, ask, stream, events)

    def _only_read_since(self, stream: str, expected: int, actual: int) -> None:
        """Refuse who has not seen the newest of a stream. That somebody read it is on record in it, and changes nothing."""
        if not 0 < actual - expected <= MOST_READINGS:
            raise ConcurrentChange(stream, expected, actual)
        since = sa.select(rows.c.type).where(rows.c.stream == stream, rows.c.version > expected)
        names = [row["type"] for row in self.look.run(since)]
        names += [name for _, of, version, name, *_ in self.group.events if of == stream and version > expected]
        if not all(is_reading(name) for name in names):
            raise ConcurrentChange(stream, expected, actual)

    def _first_answer(self, order: Order) -> Done | None:
        if order.fresh:
            return None
        found = self.answered.get(order.ask.id) or self.known.answers.get(order.ask.id)
        if found is None:
            return None
        if found[0] != order.digest:
            raise KeyReused("this key came before with a different request")
        return replace(found[1], again=True)

    def _ask(self, order: Order) -> Ask:
        now = instant(self.now)
        ask = replace(order.ask, now=now, facts=self._facts(order))
        if ask.at is not None and ask.at > now + SKEW:
            raise Refused(
                "in-the-future",
                "This cannot have happened yet; plans carry their dates in their own fields.",
                "此事尚未发生; 计划的日期请写在计划本身的字段里。",
                field="happened.at",
            )
        return ask

    def _facts(self, order: Order) -> Any:
        found: Facts | None = self.manifest.facts.get(type(order.command))
        return None if found is None else found(order.command, order.stream_id, self.look)

    def _record(self, order: Order, ask: Ask, before: Stream, events: list[Any]) -> Done:
        written = [(event, name_of(event), canonical(event)) for event in events]
        for event, name, data in written:
            # The log cannot be mended: what does not keep its own contract is a fault now, and not on each reading.
            read_data(type(event), check_plain(name, data))
            check_size(name, data)
        after = Stream(before.version + len(events), order.decider.fold(before.state, events))
        common = _attributes(ask)
        for version, (event, name, data) in enumerate(written, before.version + 1):
            self._append(ask.id, common, order.stream, version, event, name, data)
        position = self.group.after.position if events else 0
        done = Done(order.stream_id, after.version, position, tuple([name for _, name, _ in written]))
        if events:
            self._change(order, before, after)
        if not order.fresh:
            self._remember(order, done)
        return done

    def _append(
        self, command_id: UUID, common: dict[str, Any], stream: str, version: int, event: Any, name: str, data: bytes
    ) -> None:
        group, before = self.group, self.group.after
        position = before.position + 1
        wire = Wire(
            specversion="1.0", datacontenttype="application/json", id=named(command_id, str(version)), source=self.source, type=name,
            subject=stream, time=instant(self.now), position=position, streamversion=version, schemaversion=version_of(event),
            previous=chained(before.hash), data=msgspec.Raw(data), **common,
        )  # fmt: skip
        raw = canonical(wire)
        group.events.append((position, stream, version, name, self.now, raw))
        group.after = Head(position, sha256(raw).digest(), self.now)
        group.changes += self.manifest.project(Recorded(envelope=wire, raw=raw, event=event))
        self.now += 1

    def _change(self, order: Order, before: Stream, after: Stream) -> None:
        self.overlay[order.stream] = after
        self.group.changes += order.rows
        if after.version // SNAPSHOT_EVERY > before.version // SNAPSHOT_EVERY:
            decider = order.decider
            self.group.snapshots.append((order.stream, after.version, decider.fingerprint, decider.pack(after.state)))

    def _remember(self, order: Order, done: Done) -> None:
        self.answered[order.ask.id] = (order.digest, done)
        self.group.commands.append(
            (order.ask.id, order.digest, order.stream, done.version, done.position, ",".join(done.events))
        )


def _attributes(ask: Ask) -> dict[str, Any]:
    given: dict[str, Any] = {
        "effectiveat": ask.at, "effectiveprecision": ask.precision if ask.at else "unknown",
        "actorid": ask.actor.id, "actorrole": ask.actor.role, "actororg": ask.actor.org, "channel": ask.channel,
        "commandid": ask.id, "causationid": ask.causation, "correlationid": ask.correlation, "corrects": ask.corrects,
    }  # fmt: skip
    if ask.behalf is not None:
        given |= {
            "behalforg": ask.behalf.org,
            "behalfevidence": ask.behalf.evidence_kind,
            "behalfref": ask.behalf.evidence_ref,
        }
    if ask.approver is not None:
        second = ask.approver
        given |= {"approverid": second.id, "approverrole": second.role, "approverorg": second.org}
    return given


@dataclass
class _Mark:
    """Where a group stood before a unit, to go back there."""

    draft: Draft

    def __post_init__(self) -> None:
        group = self.draft.group
        self.lengths = [len(part) for part in self._parts(group)]
        self.after, self.now = group.after, self.draft.now
        self.overlay, self.answered = dict(self.draft.overlay), dict(self.draft.answered)

    @staticmethod
    def _parts(group: Group) -> tuple[list[Any], ...]:
        return group.events, group.commands, group.snapshots, group.changes, group.moves

    def restore(self) -> None:
        """Take back everything since."""
        for part, length in zip(self._parts(self.draft.group), self.lengths, strict=True):
            del part[length:]
        self.draft.group.after, self.draft.now = self.after, self.now
        self.draft.overlay, self.draft.answered = self.overlay, self.answered
