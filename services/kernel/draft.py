"""A group in the making: decisions one after the other on the states that the ones before have left. No I/O.

The bytes of each event are made here, once: canonical JSON of a CloudEvents 1.0 envelope, chained to the event before
it in the log by `previous`, the SHA-256 of that event's bytes.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

import msgspec

from services.kernel.contract import canonical, name_of, version_of
from services.kernel.database import Group, Head
from services.kernel.errors import ConcurrentChange, ContractBroken, FieldProblem, HubError, KeyReused, Refused
from services.kernel.manifest import Facts, Look, Manifest
from services.kernel.memory import Memory, Stream
from services.kernel.message import Ask, Envelope, Recorded
from services.kernel.unit import Done, Order, Results, Unit

SKEW = timedelta(minutes=5)
SNAPSHOT_EVERY = 200
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
PLAIN = re.compile(rb"[!-~]*").fullmatch


class Wire(Envelope, frozen=True, kw_only=True, omit_defaults=True):
    """An envelope as it is written: attributes that do not apply are left out."""

    specversion: str
    datacontenttype: str


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def instant(since_1970: int) -> datetime:
    """The moment that many microseconds after 1970, UTC."""
    return EPOCH + timedelta(microseconds=since_1970)


def chained(hashed: bytes) -> str:
    """A hash as `previous` holds it; empty before the first event."""
    return urlsafe_b64encode(hashed).rstrip(b"=").decode()


def check_plain(name: str, data: bytes) -> bytes:
    """The data of an event, refused where it holds a space or a letter beyond ASCII: events carry no sentences (INV-6)."""
    if PLAIN(data) is None:
        problem = FieldProblem(
            field=name, code="not-plain", expected_en="ids and codes, no text", expected_zh="只含标识与代码, 不含文字"
        )
        raise ContractBroken(problem)
    return data


@dataclass
class Draft:
    """The group being made on `head`; `overlay` holds the streams it has changed so far."""

    manifest: Manifest
    memory: Memory
    look: Look
    head: Head
    now: int
    group: Group = field(init=False)
    overlay: dict[str, Stream] = field(default_factory=dict)
    answered: dict[UUID, tuple[bytes, Done]] = field(default_factory=dict)
    results: list[tuple[Unit, Results]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.group = Group(self.head, self.head)
        self.now = max(self.now, self.head.recorded_at + 1)

    def fits(self, unit: Unit) -> bool:
        """Whether a unit may join this group: one that looks facts up must find what was decided before it in the views."""
        return not self.group.events or not any(type(order.command) in self.manifest.facts for order in unit.orders)

    def take(self, unit: Unit) -> None:
        """Decide a unit's orders on top of the group; on a strict unit's first error it leaves no trace but its error."""
        mark = _Mark(self) if len(unit.orders) > 1 else None
        results: Results = []
        for order in unit.orders:
            try:
                results.append(self._order(order))
            except HubError as error:
                if not unit.lenient:
                    if mark is not None:
                        mark.restore()
                    self.results.append((unit, [error] * len(unit.orders)))
                    return
                results.append(error)
        self.group.changes += unit.rows
        if unit.moved is not None:
            self.group.moves.append(unit.moved)
        self.results.append((unit, results))

    def _order(self, order: Order) -> Done:
        known = self._answer(order)
        if known is not None:
            return known
        stream = self.overlay.get(order.stream) or self.memory.streams.get(order.stream) or Stream(0, None)
        if order.expected is not None and order.expected != stream.version:
            raise ConcurrentChange(order.stream, order.expected, stream.version)
        ask = self._ask(order)
        events = order.decider.decide(order.command, stream.state, ask)
        return self._record(order, ask, stream, events)

    def _answer(self, order: Order) -> Done | None:
        known = self.answered.get(order.ask.id) or self.memory.answers.get(order.ask.id)
        if known is None:
            return None
        if known[0] != order.digest:
            raise KeyReused("this key came before with a different request")
        return replace(known[1], again=True)

    def _ask(self, order: Order) -> Ask:
        now = instant(self.now)
        ask = msgspec.structs.replace(order.ask, now=now, facts=self._facts(order))
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

    def _record(self, order: Order, ask: Ask, stream: Stream, events: list[Any]) -> Done:
        written = [(event, check_plain(name_of(event), canonical(event))) for event in events]
        name, version = order.stream, stream.version
        state = order.decider.fold(stream.state, events)
        for event, data in written:
            version += 1
            self._append(ask, name, version, event, data)
        done = Done(
            order.stream_id, version, self.group.after.position if events else 0, tuple(name_of(e) for e in events)
        )
        if events:
            self.overlay[name] = Stream(version, state)
            self.group.changes += order.rows
            self._remember(order, name, done)
            if version // SNAPSHOT_EVERY > stream.version // SNAPSHOT_EVERY:
                self.group.snapshots.append((name, version, order.decider.fingerprint, order.decider.pack(state)))
        return done

    def _append(self, ask: Ask, stream: str, version: int, event: Any, data: bytes) -> None:
        before, name = self.group.after, name_of(event)
        position = before.position + 1
        attributes = _attributes(ask)
        wire = Wire(
            specversion="1.0", datacontenttype="application/json", id=uuid5(ask.id, str(version)),
            source=f"/{self.manifest.name}", type=name,
            subject=stream, time=instant(self.now), position=position, streamversion=version, schemaversion=version_of(event),
            previous=chained(before.hash), data=msgspec.Raw(data), **attributes,
        )  # fmt: skip
        raw = canonical(wire)
        self.group.events.append((position, stream, version, name, self.now, raw))
        self.group.after = Head(position, sha256(raw).digest(), self.now)
        self.group.changes += self.manifest.project(Recorded(envelope=wire, raw=raw, event=event))
        self.now += 1

    def _remember(self, order: Order, stream: str, done: Done) -> None:
        self.answered[order.ask.id] = (order.digest, done)
        self.group.commands.append(
            (order.ask.id, order.digest, stream, done.version, done.position, ",".join(done.events))
        )

    def keep(self) -> None:
        """The group is written: what it changed is what the memory now holds."""
        for name, stream in self.overlay.items():
            self.memory.streams.put(name, stream)
        for command_id, answer in self.answered.items():
            self.memory.answers.put(command_id, answer)


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
