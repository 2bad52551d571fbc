"""The map under a seal at a size: kept between seals, and brought up to it by the entries that came since."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from services.audit import archive, language, seal
from services.audit.seal import COUNT, Map, Row
from services.audit.tables import entry
from services.kernel.database import IN_BYTES
from services.kernel.manifest import Look
from services.kernel.tlog.merkle import HASH

CHUNK = 10_000
MAPS_KEPT = 4


@dataclass
class Histories:
    """Of each stream and matter how many entries it has and which is the last; safe to share between threads.

    What a seal costs after the first is what came since, and two hashes for each row of the map. The last few maps are
    kept; one of an earlier size is read from the first entry on, beside what is kept, and nobody else waits for it.
    """

    size: int = 0
    rows: dict[bytes, bytes] = field(default_factory=dict)
    ordered: list[bytes] = field(default_factory=list)
    maps: dict[int, Map] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def latest(self, look: Look) -> tuple[int, Map]:
        """The ledger's size now, and the map over all of it."""
        with self.lock:
            size = archive.size_of(look)
            return size, self.at(look, size)

    def at(self, look: Look, size: int) -> Map:
        """The map over the first `size` entries."""
        with self.lock:
            if size in self.maps:
                return self.maps[size]
            if size >= self.size:
                return self._keep(size, self._reached(look, size))
        found = Histories()._reached(look, size)
        with self.lock:
            return self._keep(size, found)

    def read_on(self, look: Look, size: int) -> None:
        """Read ahead what the next seal will need, some at a time, so that whoever asks for one hardly waits for it."""
        while self.size < size:
            with self.lock:
                self._read(look, min(size, self.size + CHUNK))

    def _keep(self, size: int, found: Map) -> Map:
        self.maps[size] = found
        while len(self.maps) > MAPS_KEPT:
            del self.maps[next(iter(self.maps))]
        return found

    def _reached(self, look: Look, size: int) -> Map:
        self.read_on(look, size)
        if len(self.ordered) != len(self.rows):
            self.ordered = sorted(self.rows)
        return Map([self.rows[key] for key in self.ordered])

    def _read(self, look: Look, end: int) -> None:
        if end <= self.size:
            return  # another thread was here
        c, hidden = entry.c, language.restricted()
        columns = (c.publisher, c.stream, c.type, c.matter_id, c.leaf)
        query = sa.select(*columns).where(c.idx >= self.size, c.idx < end).order_by(c.idx).execution_options(**IN_BYTES)
        for row in look.run(query):
            leaf = bytes(row["leaf"])
            self._stream(seal.key_of(seal.stream_name(row["publisher"], row["stream"])), leaf)
            if row["matter_id"] is not None and row["type"] not in hidden:
                self._matter(seal.key_of(seal.matter_name(row["matter_id"])), leaf)
        self.size = end

    def _stream(self, key: bytes, leaf: bytes) -> None:
        self.rows[key] = bytes(Row(key, self._count(self.rows.get(key)) + 1, leaf))

    def _matter(self, key: bytes, leaf: bytes) -> None:
        before = self.rows.get(key)
        head = seal.NOTHING if before is None else before[-HASH:]
        self.rows[key] = bytes(Row(key, self._count(before) + 1, seal.chained(head, leaf)))

    @staticmethod
    def _count(packed: Any) -> int:
        return 0 if packed is None else int.from_bytes(packed[HASH : HASH + COUNT], "big")
