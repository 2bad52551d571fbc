"""A ledger of entries that can be said, sealed and signed; and gone back to, as an insider would."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.support.bundles.given import ORIGIN, OURS, Files
from tests.support.bundles.hashing import Tree, sha, std64, url64, written
from tests.support.bundles.signing import LOG, WITNESSES, Signer

BEGUN = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)


@dataclass
class Said:
    """One entry, kept as its parts until it is needed as bytes, so that an insider can go back and say otherwise."""

    publisher: str
    stream: str
    type: str
    data: dict[str, Any]
    rt: datetime
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Ledger:
    """Entries in the order in which they were said; everything else is worked out from them."""

    origin: str = ORIGIN
    said: list[Said] = field(default_factory=list)
    hidden: Callable[[str], bool] = lambda name: name.startswith("safeguarding.")
    programs: Files = field(default_factory=lambda: OURS)

    def say(self, publisher: str, stream: str, type_: str, data: dict[str, Any], **more: Any) -> int:
        """One event more; its index."""
        rt = BEGUN + timedelta(seconds=3 * len(self.said), microseconds=123456)
        self.said.append(Said(publisher, stream, type_, data, rt, more))
        return len(self.said) - 1

    def entries(self) -> list[bytes]:
        """All entries' bytes."""
        seqs: dict[tuple[str, str], tuple[int, bytes]] = {}
        logs: dict[str, tuple[int, str]] = {}
        found = []
        for number, said in enumerate(self.said):
            seq, leaf = seqs.get((said.publisher, said.stream), (0, b""))
            position, previous = logs.get(said.publisher, (0, ""))
            event = written(self._event(number, said, seq + 1, position + 1, previous))
            rt = said.rt.isoformat(timespec="microseconds")[:26] + "Z"
            tail = f'","publisher":"{said.publisher}","rt":"{rt}","seq":{seq + 1},"stream":"{said.stream}"}}'
            prev = url64(leaf) if seq else ""
            raw = b'{"alg":"sha256","event":' + event + b',"prev":"' + prev.encode() + tail.encode()
            seqs[said.publisher, said.stream] = (seq + 1, sha(b"\0" + raw))
            logs[said.publisher] = (position + 1, url64(sha(event)))
            found.append(raw)
        return found

    @staticmethod
    def _event(number: int, said: Said, seq: int, position: int, previous: str) -> dict[str, Any]:
        event = {
            "id": str(UUID(int=number + (1 << 100))), "source": f"/{said.publisher}", "type": said.type, "subject": said.stream,
            "time": said.rt.isoformat(), "position": position, "streamversion": seq, "specversion": "1.0",
            "datacontenttype": "application/json", "actorid": "w-1", "actorrole": "worker", "data": said.data, **said.more,
        }  # fmt: skip
        return event | ({"previous": previous} if previous else {})

    def about(self, said: Said, matter: str) -> bool:
        """Whether it is about the matter."""
        return said.data.get("matter_id") == matter and not self.hidden(said.type)

    def map(self, entries: list[bytes], size: int) -> dict[bytes, tuple[int, bytes]]:
        """The seal's rows at a size."""
        rows: dict[bytes, tuple[int, bytes]] = {}
        for said, raw in zip(self.said[:size], entries, strict=False):
            leaf = sha(b"\0" + raw)
            key = sha(f"{said.publisher}/{said.stream}".encode())
            rows[key] = (rows.get(key, (0, b""))[0] + 1, leaf)
            matter = said.data.get("matter_id")
            if matter is not None and self.about(said, matter):
                key = sha(f"matter/{matter}".encode())
                count, chain = rows.get(key, (0, bytes(32)))
                rows[key] = (count + 1, sha(b"\x02" + chain + leaf))
        return rows

    def seal(self) -> int:
        """Seal what is there; the seal's index."""
        size = len(self.said)
        rows = self.map(self.entries(), size)
        data = {"from_size": 0, "to_size": size, "rows": len(rows), "map_root": url64(map_tree(rows).root())}
        return self.say("audit", "ledger/0", "ledger.sealed", data)

    def publish(self) -> int:
        """Say which verifiers are ours."""
        files = [{"name": name, "sha256": url64(sha(data))} for name, data in self.programs.items()]
        return self.say("audit", "verifier/0", "verifier.published", {"files": files})

    def checkpoint(
        self, size: int | None = None, witnesses: Iterable[Signer] = WITNESSES[:3], log: Signer = LOG
    ) -> bytes:
        """The signed tree head at a size."""
        size = len(self.said) if size is None else size
        leaves = [sha(b"\0" + raw) for raw in self.entries()]
        text = f"{self.origin}\n{size}\n{std64(Tree(leaves[:size]).root())}\n".encode()
        signed = log.line(text) + "".join(w.line(text, 1_772_328_600 + i) for i, w in enumerate(witnesses))
        return text + b"\n" + signed.encode()


def map_tree(rows: dict[bytes, tuple[int, bytes]]) -> Tree:
    """The tree over the rows in the order of their keys."""
    return Tree([sha(b"\0" + key + rows[key][0].to_bytes(8, "big") + rows[key][1]) for key in sorted(rows)])


def disclosure(field_: str, value: Any, random: Random) -> str:
    """A value with its salt."""
    return url64(written([url64(random.randbytes(16)), field_, value]))
