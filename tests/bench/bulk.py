"""A ledger of any size, written into PostgreSQL in bulk: real events of cases, as intake says them and audit records them.

The bytes, hashes, chains and tiles are those that the ledger itself would have made of these events; only the way into the
tables is a shorter one, and what is derived from the ledger (custody, figures, replay) is left out.
"""

from __future__ import annotations

import re
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from services.audit.ledger import COLUMNS, grown, micros, wrapped
from services.audit.service import MANIFEST
from services.intake.service import MANIFEST as INTAKE
from services.kernel.message import read_envelope
from services.kernel.store import Store
from services.kernel.tlog.merkle import Frontier, leaf_hash
from tests.bench.subject import CASE, Order, ask, fill, opened, served

LONG, SHORT = 100, 10
EVERY = 10_000
"""So often a case has a hundred events; all others have ten."""
CHUNK = 20_000
BEGAN = micros(datetime(2026, 1, 1, tzinfo=UTC))
TYPES = ("int8", "text", "int8", "text", "int8", "text", "uuid", "bool", "int8", "int8", "bytea", "bytea")
INDEXED = (
    ("ALTER TABLE entry DROP CONSTRAINT entry_pkey", "ALTER TABLE entry ADD PRIMARY KEY (idx)"),
    ("ALTER TABLE entry DROP CONSTRAINT entry_publisher_position_key", "ALTER TABLE entry ADD UNIQUE (publisher, position)"),
    ("DROP INDEX entry_of_matter", "CREATE INDEX entry_of_matter ON entry (matter_id, idx)"),
    ("DROP INDEX entry_of_stream", "CREATE INDEX entry_of_stream ON entry (stream, seq)"),
)  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """What was written: how much of it, the matters with a hundred events, where its publisher's log ends."""

    size: int
    matters: tuple[UUID, ...]
    last: bytes
    at: int


@dataclass(frozen=True)
class Template:
    """An event's bytes around what differs from one to the next."""

    type: str
    moves: bool
    vt: int | None
    parts: tuple[bytes, ...]

    def __call__(self, case: bytes, number: bytes, position: int, previous: bytes, version: int) -> bytes:
        """The event at this place; the case names itself wherever it is named."""
        filled = {b"C": case, b"I": number, b"P": b"%d" % position, b"V": b"%d" % version, b"H": previous}
        return b"".join(filled.get(part, part) for part in self.parts)


def templates() -> tuple[Template, Template]:
    """The opening of a case and a service in it, as intake writes them."""
    with tempfile.TemporaryDirectory() as folder:
        store, case_id = Store(INTAKE, f"sqlite:///{Path(folder) / 'one.db'}"), uuid4()
        store.start()
        fill(store, [Order(CASE, uuid4(), [opened(uuid4())], ask(), fresh=True)])
        fill(store, [Order(CASE, case_id, [opened(case_id), served(case_id)], ask(), fresh=True)])
        _, first, second = store.read(0, 3)
        store.stop()
    return _template("case.opened", True, first, case_id), _template("case.service-delivered", False, second, case_id)


def _template(kind: str, moves: bool, raw: bytes, case_id: UUID) -> Template:
    at = read_envelope(raw).effectiveat
    vt = None if at is None else micros(at)
    uuid = b"[0-9a-f]{8}-[0-9a-f-]{27}"
    raw = raw.replace(str(case_id).encode(), b"\0C\0")
    for name, sign in ((b"id", b"I"), (b"commandid", b"I")):
        raw = re.sub(b'"%b":"%b"' % (name, uuid), b'"%b":"\0%b\0"' % (name, sign), raw)
    raw = re.sub(rb'"position":\d+', b'"position":\0P\0', raw)
    raw = re.sub(rb'"streamversion":\d+', b'"streamversion":\0V\0', raw)
    raw = re.sub(rb'"previous":"[^"]+"', b'"previous":"\0H\0"', raw)
    return Template(kind, moves, vt, tuple(raw.split(b"\0")))


def filled(conninfo: str, size: int) -> Filled:
    """Write so many entries into audit's empty database."""
    with psycopg.connect(conninfo) as connection:
        for drop, _ in INDEXED:
            connection.execute(drop)
        found = _write(connection, size)
        for _, make in INDEXED:
            connection.execute(make)
        marks = ("intake", *(f"follower:{follower.name}" for follower in MANIFEST.followers))
        for name in marks:
            connection.execute("INSERT INTO cursor VALUES (%s, %s)", (name, size))
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return found


def _write(connection: psycopg.Connection[Any], size: int) -> Filled:
    frontier, edge, at = Frontier(), dict[int, bytes](), 0
    matters: list[UUID] = []
    rows, last = _rows(size, matters), b""
    tiles: dict[tuple[int, int], bytes] = {}
    columns = ", ".join(COLUMNS)
    while some := [row for _, row in zip(range(CHUNK), rows, strict=False)]:
        with connection.cursor().copy(f"COPY entry ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(TYPES)
            for _, row in some:
                copy.write_row(row)
        for change in grown(frontier, edge, [row[10] for _, row in some]):
            tiles[change.key] = change.sets["data"]
        last, at = some[-1][0], some[-1][1][9]
    with connection.cursor().copy("COPY tile (level, n, data) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(("int4", "int8", "bytea"))
        for (level, n), data in tiles.items():
            copy.write_row((level, n, data))
    state = (1, frontier.size, frontier.pack(), at)
    connection.execute("INSERT INTO log_state (id, size, frontier, last_rt) VALUES (%s, %s, %s, %s)", state)
    return Filled(size, tuple(matters), last, at)


def _rows(size: int, matters: list[UUID]) -> Iterator[tuple[bytes, tuple[Any, ...]]]:
    """Each event with its entry's row."""
    first, after = templates()
    previous, position, number = b"", 0, 0
    while position < size:
        case, head = UUID(int=(0x7000 << 64) + number), b""
        count = min(LONG if number % (EVERY // SHORT) == 0 else SHORT, size - position)
        if count == LONG:
            matters.append(case)
        name, number = str(case), number + 1
        for version in range(1, count + 1):
            template, position = first if version == 1 else after, position + 1
            raw = template(name.encode(), b"%08x-0000-7000-8000-000000000000" % position, position, previous, version)
            previous, rt = urlsafe_b64encode(sha256(raw).digest())[:43], BEGAN + position * 1000
            entry = wrapped(raw, head, "intake", rt, version, f"case/{name}")
            head = leaf_hash(entry)
            yield raw, (
                position - 1, "intake", position, f"case/{name}", version, template.type, case, template.moves, template.vt, rt,
                head, entry,
            )  # fmt: skip
