"""The files of a bundle, each in pieces, as docs/bundle.md has them. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from services.audit import seal
from services.audit.archive import Tiles, b64
from services.audit.bundle.chosen import Case, Chosen, everything, own, read
from services.audit.domain.export import PROGRAMS as PUBLISHED
from services.audit.domain.export import VERIFIERS
from services.audit.seal import Absence, Map, Shown
from services.audit.tables import entry
from services.kernel.manifest import Look
from services.kernel.tlog import merkle
from services.kernel.tlog.lines import base64

FORMAT = "hub-audit-bundle/v1"
HOME = Path(__file__).parents[3]
PROGRAMS = {
    "wushe_verify.py": HOME / "verifier" / "wushe_verify.py",
    "wushe-verify.html": HOME / "verifier" / "wushe-verify.html",
    "bundle.md": HOME / "docs" / "bundle.md",
}
"""The two verifiers and the page that they are written from."""

Pieces = Iterator[bytes]
Files = Iterator[tuple[str, Pieces]]

_json = msgspec.json.Encoder(order="sorted").encode


def programs() -> dict[str, bytes]:
    """What stands under `verifier/`."""
    return {name: path.read_bytes() for name, path in PROGRAMS.items()}


def hash_of(data: bytes) -> str:
    """A file's SHA-256, as events hold it."""
    return b64(sha256(data).digest())


@dataclass(frozen=True)
class Head:
    """The signed tree head that everything in a bundle leads to, and the policy of who signs."""

    origin: str
    size: int
    note: bytes
    policy: bytes


@dataclass(frozen=True)
class Export:
    """An export as it stands in the ledger: its index, and what it says."""

    idx: int
    said: Any


class Parts:
    """What all bundles have in common."""

    def __init__(self, look: Look, head: Head, export: Export, old: int | None) -> None:
        self.look, self.head, self.export, self.old = look, head, export, old
        self.tiles = Tiles(look)

    def _manifest(self, count: int, matter_id: UUID | None) -> bytes:
        said = self.export.said
        found = {
            "format": FORMAT, "scope": said.scope, "origin": self.head.origin, "size": self.head.size, "count": count,
            "export": self.export.idx, "recipient": said.role,
        }  # fmt: skip
        return bytes(_json(found | ({} if matter_id is None else {"matter_id": str(matter_id)})))

    def _common(self, count: int, matter_id: UUID | None) -> Files:
        yield "manifest.json", iter((self._manifest(count, matter_id),))
        yield "policy", iter((self.head.policy,))
        yield "checkpoint", iter((self.head.note,))
        if self.old is not None:
            hashes = merkle.consistency_proof(self.tiles, self.old, self.head.size)
            lines = [f"old {self.old}", *map(base64, hashes), ""]
            yield "consistency.txt", iter(("\n".join(lines).encode(),))
        for name, data in programs().items():
            yield f"verifier/{name}", iter((data,))


class CaseParts(Parts):
    """The files of one matter's bundle."""

    def __init__(
        self, look: Look, head: Head, export: Export, old: int | None, case: Case, sealed: Chosen, histories: Map
    ) -> None:
        super().__init__(look, head, export, old)
        self.case, self.sealed, self.map = case, sealed, histories

    @cached_property
    def shown(self) -> Sequence[Chosen]:
        """The matter's own entries, and those by which they are proved."""
        stream = f"{VERIFIERS.name}/{PUBLISHED}"
        published = own(self.look, stream, "verifier.published", entry.c.idx < self.head.size)
        more = [self.sealed, *read(self.look, entry.c.idx == self.export.idx), *published]
        return sorted({e.idx: e for e in (*self.case.entries, *more)}.values(), key=lambda e: e.idx)

    @cached_property
    def paths(self) -> Mapping[int, Sequence[bytes]]:
        """The way from each of them to the root."""
        return {e.idx: merkle.inclusion_proof(self.tiles, e.idx, self.head.size) for e in self.shown}

    def files(self) -> Files:
        """All of them but the disclosures."""
        yield from self._common(len(self.shown), self.case.matter_id)
        yield "entries.ndjson", (e.raw + b"\n" for e in self.shown)
        yield "proofs.ndjson", (self._proof(e) for e in self.shown)
        yield "seal.json", iter((self._seal(),))
        for e in self.case.entries:
            if e.owed:
                yield f"receipts/{e.idx}.tlog-proof", iter((self._receipt(e),))

    def _proof(self, e: Chosen) -> bytes:
        return _json({"index": e.idx, "path": [b64(h) for h in self.paths[e.idx]]}) + b"\n"

    def _receipt(self, e: Chosen) -> bytes:
        head = ["c2sp.org/tlog-proof@v1", f"index {e.idx}", *map(base64, self.paths[e.idx]), "", ""]
        return "\n".join(head).encode() + self.head.note

    def _seal(self) -> bytes:
        streams = [
            {"publisher": publisher, "stream": stream, **_row(self._found(seal.stream_name(publisher, stream)))}
            for publisher, stream in self.case.streams
        ]
        absent = [self._absence(name) for name in self.case.absent]
        matter = _row(self._found(seal.matter_name(self.case.matter_id)))
        return bytes(_json({"index": self.sealed.idx, "matter": matter, "streams": streams, "absent": absent}))

    def _found(self, name: str) -> Shown:
        found = self.map.proof(name)
        if isinstance(found, Absence):
            raise LookupError(name)
        return found

    def _absence(self, name: str) -> dict[str, Any]:
        found = self.map.proof(name)
        if isinstance(found, Shown):
            raise LookupError(name)
        return {"name": name, "before": _neighbour(found.before), "after": _neighbour(found.after)}


def _row(shown: Shown) -> dict[str, Any]:
    return {
        "count": shown.row.count, "head": b64(shown.row.head), "row": shown.place, "path": [b64(h) for h in shown.path],
    }  # fmt: skip


def _neighbour(shown: Shown | None) -> dict[str, Any] | None:
    return None if shown is None else {"key": b64(shown.row.key), **_row(shown)}


class FullParts(Parts):
    """The files of the whole ledger's bundle, for somebody who may not read these types."""

    def __init__(self, look: Look, head: Head, export: Export, old: int | None, hidden: frozenset[str]) -> None:
        super().__init__(look, head, export, old)
        self.hidden = hidden

    def files(self) -> Files:
        """All of them but the disclosures."""
        yield from self._common(self.head.size, None)
        yield "entries.ndjson", self._lines()

    def _lines(self) -> Pieces:
        for some in everything(self.look, self.head.size):
            yield b"".join(self._line(e) for e in some)

    def _line(self, e: Chosen) -> bytes:
        told = e.idx < self.export.said.size and e.type not in self.hidden
        return (e.raw if told or e.idx == self.export.idx else _json({"leaf": b64(e.leaf)})) + b"\n"
