"""A hub in small for the verifiers' tests: makes ledgers, seals and bundles from the format's page, with none of our code.

It is independent on purpose: were it built on what the hub builds with, a mistake there would stand in both and be found
in neither. What an insider with the log's key could do, it can do as well.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ROOT = Path(__file__).parents[2]
VERIFIERS = {
    "wushe_verify.py": ROOT / "verifier" / "wushe_verify.py",
    "wushe-verify.html": ROOT / "verifier" / "wushe-verify.html",
    "bundle.md": ROOT / "docs" / "bundle.md",
}
ORIGIN = "hub.example/audit/2026"
BEGUN = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
Files = dict[str, bytes]
OURS = {name: path.read_bytes() for name, path in VERIFIERS.items()}
SMALL = {name: f"stands for {name}\n".encode() * 9 for name in VERIFIERS}
"""In place of the verifiers, where thousands of bundles are made."""


def sha(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def url64(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def std64(data: bytes) -> str:
    """base64 with padding."""
    return b64encode(data).decode()


def written(value: Any) -> bytes:
    """JSON with sorted keys and no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


# --- the tree, by the letter of RFC 6962, 2.1 -------------------------------------------------------------------------


class Tree:
    """The hashes over a list of leaf hashes; each subtree is hashed once."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self, start: int = 0, end: int | None = None) -> bytes:
        """MTH of the leaves from start to end."""
        end = len(self.leaves) if end is None else end
        if end - start == 0:
            return sha(b"")
        if end - start == 1:
            return self.leaves[start]
        if (start, end) not in self._known:
            k = start + split(end - start)
            self._known[start, end] = sha(b"\x01" + self.root(start, k) + self.root(k, end))
        return self._known[start, end]

    def path(self, m: int, start: int = 0, end: int | None = None) -> list[bytes]:
        """PATH(m, D[start:end])."""
        end = len(self.leaves) if end is None else end
        if end - start <= 1:
            return []
        k = start + split(end - start)
        if m < k:
            return [*self.path(m, start, k), self.root(k, end)]
        return [*self.path(m, k, end), self.root(start, k)]

    def proof(self, m: int, start: int = 0, end: int | None = None, whole: bool = True) -> list[bytes]:
        """SUBPROOF(m, D[start:end], whole), m counted from start."""
        end = len(self.leaves) if end is None else end
        if m == end - start:
            return [] if whole else [self.root(start, end)]
        k = split(end - start)
        if m <= k:
            return [*self.proof(m, start, start + k, whole), self.root(start + k, end)]
        return [*self.proof(m - k, start + k, end, False), self.root(start, start + k)]


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


# --- keys and notes ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signer:
    """A key with the name that it signs under: of a log (1) or a witness (4)."""

    name: str
    kind: int
    seed: int

    @cached_property
    def key(self) -> Ed25519PrivateKey:
        """The private key."""
        return Ed25519PrivateKey.from_private_bytes(sha(b"%d" % self.seed))

    @cached_property
    def public(self) -> bytes:
        """The type byte and the public key."""
        return bytes([self.kind]) + self.key.public_key().public_bytes_raw()

    @cached_property
    def id(self) -> bytes:
        """The key id."""
        return sha(self.name.encode() + b"\n" + self.public)[:4]

    @property
    def vkey(self) -> str:
        """As policies write it."""
        return f"{self.name}+{self.id.hex()}+{std64(self.public)}"

    def line(self, text: bytes, at: int = 0) -> str:
        """Its signature line under a checkpoint's text."""
        if self.kind == 1:
            return self._line(self.key.sign(text))
        stamped = b"cosignature/v1\ntime %d\n" % at + text
        return self._line(at.to_bytes(8, "big") + self.key.sign(stamped))

    def _line(self, signature: bytes) -> str:
        return f"— {self.name} {std64(self.id + signature)}\n"


LOG = Signer(ORIGIN, 1, 1)
WITNESSES = tuple(Signer(f"witness.example/{name}", 4, 10 + i) for i, name in enumerate(("a", "b", "c", "d", "e")))
OUTSIDER = Signer("outsider.example", 4, 99)
MEMBERS = ("community", "station", "society", "team", "charity")


def policy(quorum: int = 2, logs: Iterable[Signer] = (LOG,)) -> bytes:
    """Five witnesses, of which so many are enough; 0: none is asked for."""
    lines = [f"log {log.vkey}" for log in logs]
    lines += [f"witness {member} {w.vkey}" for member, w in zip(MEMBERS, WITNESSES, strict=True)]
    lines.append(f"group societies {quorum or 1} {' '.join(MEMBERS)}")
    lines.append("quorum societies" if quorum else "quorum none")
    return ("\n".join(lines) + "\n").encode()


# --- a ledger ---------------------------------------------------------------------------------------------------------


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


# --- bundles ----------------------------------------------------------------------------------------------------------


@dataclass
class Exporter:
    """Makes bundles of a ledger. `opened` are the disclosures that the recipient may see, `erased` the digests gone."""

    ledger: Ledger
    opened: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    role: str = "auditor"
    old: int | None = None
    policy: bytes = field(default_factory=policy)
    witnesses: Iterable[Signer] = WITNESSES[:3]
    log: Signer = LOG
    left_out: Callable[[int], bool] = lambda index: False
    withheld_tail: int = 0

    def _disclosures(self) -> tuple[bytes, dict[str, Any]]:
        lines: dict[str, dict[str, Any]] = {}
        for text in self.opened:
            digest = url64(sha(text.encode()))
            lines[digest] = {"digest": digest, "disclosure": text}
        lines |= {digest: {"digest": digest, "erased": True} for digest in self.erased}
        ordered = [lines[digest] for digest in sorted(lines)]
        said = "".join(f"{line['digest']} {'erased' if 'erased' in line else 'opened'}\n" for line in ordered)
        facts = {
            "disclosed": len(self.opened), "erased": len(self.erased), "disclosures_hash": url64(sha(said.encode())),
        }  # fmt: skip
        return b"".join(written(line) + b"\n" for line in ordered), facts

    def _export(self, scope: str, matter: str | None, size: int, leaves: list[bytes], withheld: int) -> int:
        disclosed = self._disclosures()[1]
        data = {
            "scope": scope, "matter_id": matter, "role": self.role, "size": size, "entries": len(leaves),
            "entries_hash": url64(sha(b"".join(leaves))), "withheld": withheld, "purpose": "audit", **disclosed,
        }  # fmt: skip
        return self.ledger.say("audit", f"export/{len(self.ledger.said)}", "bundle.exported", data)

    def _common(self, manifest: dict[str, Any]) -> Files:
        size = len(self.ledger.said)
        files = {
            "manifest.json": written(manifest | {"format": "hub-audit-bundle/v1", "origin": self.ledger.origin, "size": size}),
            "policy": self.policy,
            "checkpoint": self.ledger.checkpoint(witnesses=self.witnesses, log=self.log),
            "disclosures.ndjson": self._disclosures()[0],
        }  # fmt: skip
        if self.old is not None:
            leaves = [sha(b"\0" + raw) for raw in self.ledger.entries()]
            hashes = Tree(leaves).proof(self.old) if self.old else []
            files["consistency.txt"] = "\n".join([f"old {self.old}", *map(std64, hashes), ""]).encode()
        return files | {f"verifier/{name}": data for name, data in self.ledger.programs.items()}

    def full(self) -> Files:
        """The whole ledger."""
        ledger = self.ledger
        size, entries = len(ledger.said), ledger.entries()
        shown = [not ledger.hidden(said.type) for said in ledger.said]
        leaves = [sha(b"\0" + raw) for raw in entries]
        told = [leaf for leaf, seen in zip(leaves, shown, strict=True) if seen]
        export = self._export("full", None, size, told, size - len(told))
        entries = ledger.entries()
        lines = [
            raw if (i < size and shown[i]) or i == export else written({"leaf": url64(sha(b"\0" + raw))})
            for i, raw in enumerate(entries)
        ]
        manifest = {"scope": "full", "count": len(entries), "export": export, "recipient": self.role}
        return self._common(manifest) | {"entries.ndjson": b"".join(line + b"\n" for line in lines)}

    def case(self, matter: str) -> Files:
        """One matter: its own entries, the streams that they fill, and the consents that they cite."""
        ledger = self.ledger
        sealed = ledger.seal()
        size = sealed
        entries = ledger.entries()
        about = {i for i, said in enumerate(ledger.said[:size]) if ledger.about(said, matter)}
        cited = {f"consent/{ledger.said[i].data['consent_id']}" for i in about if ledger.said[i].data.get("consent_id")}
        about |= {i for i, said in enumerate(ledger.said[:size]) if said.publisher == "intake" and said.stream in cited}
        about = {i for i in about if not self.left_out(i)}
        if self.withheld_tail:
            about = set(sorted(about)[: -self.withheld_tail])
        chosen = sorted(about)
        export = self._export("case", matter, size, [sha(b"\0" + entries[i]) for i in chosen], 0)
        entries = ledger.entries()
        published = [i for i, said in enumerate(ledger.said) if said.type == "verifier.published"][-1:]
        shown = sorted({*chosen, sealed, export, *published})
        manifest = {
            "scope": "case", "count": len(shown), "export": export, "recipient": self.role, "matter_id": matter,
        }  # fmt: skip
        files = self._common(manifest)
        files |= self._proofs(entries, shown, files["checkpoint"], size)
        files["seal.json"] = written(self._seal(entries, sealed, matter, chosen, cited))
        return files

    def _proofs(self, entries: list[bytes], shown: list[int], checkpoint: bytes, size: int) -> Files:
        tree = Tree([sha(b"\0" + raw) for raw in entries])
        files = {
            "entries.ndjson": b"".join(entries[i] + b"\n" for i in shown),
            "proofs.ndjson": b"".join(
                written({"index": i, "path": [url64(h) for h in tree.path(i)]}) + b"\n" for i in shown
            ),
        }
        for i in shown:
            said = self.ledger.said[i]
            if i < size and (said.data.get("handoff") or said.type in ("consent.granted", "consent.withdrawn")):
                hashes = [std64(h) for h in tree.path(i)]
                head = "\n".join(["c2sp.org/tlog-proof@v1", f"index {i}", *hashes, "", ""])
                files[f"receipts/{i}.tlog-proof"] = head.encode() + checkpoint
        return files

    def _seal(
        self, entries: list[bytes], sealed: int, matter: str, chosen: list[int], cited: set[str]
    ) -> dict[str, Any]:
        rows = self.ledger.map(entries, sealed)
        streams = sorted({(self.ledger.said[i].publisher, self.ledger.said[i].stream) for i in chosen})
        listed = []
        for publisher, stream in streams:
            row = map_row(rows, sha(f"{publisher}/{stream}".encode()))
            if row["count"] == sum(
                (self.ledger.said[i].publisher, self.ledger.said[i].stream) == (publisher, stream) for i in chosen
            ):
                listed.append(row | {"publisher": publisher, "stream": stream})
        for row in listed:
            row.pop("key")
        there = {stream for publisher, stream in streams if publisher == "intake"}
        absent = [absence(rows, f"intake/{stream}") for stream in sorted(cited - there)]
        own = map_row(rows, sha(f"matter/{matter}".encode()))
        own.pop("key")
        return {"index": sealed, "matter": own, "streams": listed, "absent": absent}


def map_row(rows: dict[bytes, tuple[int, bytes]], key: bytes) -> dict[str, Any]:
    """A row of the map with its path."""
    at = sorted(rows).index(key)
    count, head = rows[key]
    path = [url64(h) for h in map_tree(rows).path(at)]
    return {"key": url64(key), "row": at, "count": count, "head": url64(head), "path": path}


def absence(rows: dict[bytes, tuple[int, bytes]], name: str) -> dict[str, Any]:
    """The neighbours between which a name would stand."""
    keys, key = sorted(rows), sha(name.encode())
    before = [k for k in keys if k < key][-1:]
    after = [k for k in keys if k > key][:1]
    return {
        "name": name,
        "before": map_row(rows, before[0]) if before else None,
        "after": map_row(rows, after[0]) if after else None,
    }


def packed(files: Files, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The files in one zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


# --- a story ----------------------------------------------------------------------------------------------------------

MATTER = "0190d3a0-0000-7000-8000-000000000001"
OTHER = "0190d3a0-0000-7000-8000-000000000002"
CONSENT = "0190d3a0-0000-7000-8000-000000000003"
NO_CONSENT = "0190d3a0-0000-7000-8000-00000000dead"
STATION, TEAM, WORKER = "community:220104004001", "team:0190d3a0", "worker:w-1"


def moved(act: str, giver: str, *takers: str) -> dict[str, Any]:
    """A handoff as events hold it."""
    return {"act": act, "giver": giver, "takers": list(takers), "matter_id": MATTER, "need_id": None}


def story(length: int = 40, seed: int = 7, programs: Files = OURS, origin: str = ORIGIN) -> tuple[Ledger, list[str]]:
    """A matter among others, with its disclosures: a request, a case, a consent, an offer, visits; and a child's file."""
    random = Random(seed)
    ledger, texts = Ledger(origin, programs=programs), [disclosure(f"field{i}", f"小伟{i}", random) for i in range(6)]
    digests = [url64(sha(text.encode())) for text in texts]
    ledger.publish()

    def mine(publisher: str, stream: str, type_: str, **data: Any) -> None:
        ledger.say(publisher, stream, type_, {"matter_id": MATTER, **data}, effectiveat="2026-03-01T09:30:00+08:00")

    request, case, referral = f"help-request/{MATTER}", "case/c1", "referral/r1"
    mine("intake", request, "help-request.received", handoff=moved("taken", "unknown", STATION), sealed=digests[:2])
    mine("intake", request, "help-request.triaged", handoff=None)
    ledger.say("intake", f"consent/{CONSENT}", "consent.granted", {"consent_id": CONSENT, "sealed": digests[2:3]})
    mine("intake", case, "case.opened", handoff=moved("taken", STATION, WORKER), sealed=[])
    mine("referral", referral, "referral.offered", consent_id=CONSENT, handoff=moved("offered", WORKER, TEAM))
    mine("referral", referral, "referral.accepted", consent_id=CONSENT, handoff=moved("taken", WORKER, TEAM))
    mine("referral", "referral/r2", "referral.drafted", consent_id=NO_CONSENT)
    ledger.say("intake", "safeguarding/s1", "safeguarding.concern-raised", {"matter_id": MATTER, "sealed": digests[5:]})
    while len(ledger.said) < length - 4:
        turn = random.randrange(5)
        if turn < 2:
            mine("volunteer", "task/t1", "task.visited", sealed=[url64(random.randbytes(32))])
        else:
            ledger.say("intake", f"case/o{turn}", "case.visited", {"matter_id": OTHER})
    mine("intake", case, "case.progress-evaluated", sealed=digests[3:5])
    ledger.say("intake", f"consent/{CONSENT}", "consent.withdrawn", {"consent_id": CONSENT})
    mine("referral", referral, "referral.closed", handoff=moved("released", TEAM, WORKER))
    mine("audit", "replay/1", "case.replayed", view="custody")
    return ledger, texts[:5]
