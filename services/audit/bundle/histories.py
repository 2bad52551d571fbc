"""The map under a seal at a size: read from the entries once, and then from those that came since."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import sqlalchemy as sa

from services.audit import language, seal
from services.audit.seal import Map, Row
from services.audit.tables import entry
from services.kernel.manifest import Look

CHUNK = 20_000
MAPS_KEPT = 4


@dataclass
class Histories:
    """Of each stream and matter how many entries it has and which is the last; safe to share between threads."""

    size: int = 0
    rows: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    maps: dict[int, Map] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, look: Look, size: int) -> Map:
        """The map over the first `size` entries."""
        with self.lock:
            if size not in self.maps:
                if size < self.size:
                    self.size, self.rows = 0, {}
                self._read_on(look, size)
                self.maps[size] = Map.of(Row(key, *row) for key, row in self.rows.items())
                while len(self.maps) > MAPS_KEPT:
                    del self.maps[next(iter(self.maps))]
            return self.maps[size]

    def _read_on(self, look: Look, size: int) -> None:
        c, hidden = entry.c, language.restricted()
        columns = (c.publisher, c.stream, c.type, c.matter_id, c.leaf)
        while self.size < size:
            end = min(size, self.size + CHUNK)
            for row in look.run(sa.select(*columns).where(c.idx >= self.size, c.idx < end).order_by(c.idx)):
                leaf = bytes(row["leaf"])
                self._stream(seal.key_of(seal.stream_name(row["publisher"], row["stream"])), leaf)
                if row["matter_id"] is not None and row["type"] not in hidden:
                    self._matter(seal.key_of(seal.matter_name(row["matter_id"])), leaf)
            self.size = end

    def _stream(self, key: bytes, leaf: bytes) -> None:
        self.rows[key] = (self.rows.get(key, (0, b""))[0] + 1, leaf)

    def _matter(self, key: bytes, leaf: bytes) -> None:
        count, head = self.rows.get(key, (0, seal.NOTHING))
        self.rows[key] = (count + 1, seal.chained(head, leaf))
