"""Bundles of such a ledger: a matter's, or all of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.support.bundles.given import Files
from tests.support.bundles.hashing import Tree, sha, std64, url64, written
from tests.support.bundles.ledger import Ledger, map_tree
from tests.support.bundles.signing import LOG, WITNESSES, Signer, policy


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
