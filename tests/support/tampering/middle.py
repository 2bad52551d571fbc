"""Somebody in the middle, who has no key: he takes away, moves, edits, forges, strips and replays."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from tests.support.bundles import (
    OTHER,
    Files,
    sha,
    url64,
    written,
)
from tests.support.tampering.change import Change, Must, Sound, packed


def files_gone(case: Sound, full: Sound) -> Iterator[Change]:
    """A file is taken away, emptied, cut short, or there twice; or one more is there."""
    for label, sound in (("case", case), ("full", full)):
        for name, data in sound.files.items():
            yield Change(f"{label}: {name} twice", twice(sound.files, name), pin=sound.pin)
            without = {n: d for n, d in sound.files.items() if n != name}
            for what, files in (
                ("gone", without),
                ("empty", sound.files | {name: b""}),
                ("cut", sound.files | {name: data[: len(data) // 2]}),
            ):
                must: Must = "differs" if name == "policy" and what == "cut" else "refused"
                if (label, name, what) == ("full", "consistency.txt", "gone"):
                    must = "passes"  # A full bundle has every leaf: the pinned root is computed, not believed.
                yield Change(f"{label}: {name} {what}", packed(files), must, pin=sound.pin)
        for extra in (
            "report.html",
            "../outside",
            "/etc/passwd",
            "verifier/",
            "receipts/01.tlog-proof",
            "C:\\x",
            "entries.ndjson ",
        ):
            yield Change(f"{label}: one more file {extra!r}", packed(sound.files | {extra: b"x"}), pin=sound.pin)


def twice(files: Files, name: str) -> bytes:
    """The bundle with one of its files a second time, which says something else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        buffer = io.BytesIO(packed(files))
        with zipfile.ZipFile(buffer, "a") as archive:
            archive.writestr(name, files[name] + b" ")
    return buffer.getvalue()


def entries_moved(case: Sound, full: Sound) -> Iterator[Change]:
    """Entries are left out, with all that the middle can put right; swapped, repeated, replaced."""
    lines, proofs = case.entries, case.proofs
    receipts = {json.loads(proof)["index"]: f"receipts__{json.loads(proof)['index']}.tlog-proof" for proof in proofs}
    for i in range(len(lines)):
        index = json.loads(proofs[i])["index"]
        gone = {receipts[index]: None} if f"receipts/{index}.tlog-proof" in case.files else {}
        rest = [p for j, p in enumerate(proofs) if j != i]
        yield case.with_lines(f"entry {index} left out", [e for j, e in enumerate(lines) if j != i], rest, **gone)
        yield case.with_lines(f"entry {index} twice", [*lines[: i + 1], *lines[i:]], [*proofs[: i + 1], *proofs[i:]])
        if i:
            swapped = [*lines[: i - 1], lines[i], lines[i - 1], *lines[i + 1 :]]
            both = [*proofs[: i - 1], proofs[i], proofs[i - 1], *proofs[i + 1 :]]
            yield case.with_lines(f"entry {index} swapped, its proof not", swapped, proofs)
            yield case.with_lines(f"entry {index} swapped with its proof", swapped, both)
            yield case.with_lines(
                f"entry {index} instead of the one before", [*lines[: i - 1], lines[i], *lines[i:]], proofs
            )
    for count in range(1, len(lines)):
        yield case.with_lines(f"the last {count} entries cut off", lines[:-count], proofs[:-count])
    whole = full.entries
    for i in range(0, len(whole) - 1, 3):
        manifest = written(full.manifest | {"count": len(whole) - 1, "export": full.manifest["export"] - 1})
        yield full.but(
            f"full: entry {i} left out", entries_ndjson=b"".join(whole[:i] + whole[i + 1 :]), manifest_json=manifest
        )
        hidden = written({"leaf": url64(sha(b"\0" + whole[i][:-1]))}) + b"\n"
        if hidden != whole[i] and b'"leaf"' not in whole[i][:8]:
            yield full.but(f"full: entry {i} withheld", entries_ndjson=b"".join([*whole[:i], hidden, *whole[i + 1 :]]))
        swapped = [*whole[:i], whole[i + 1], whole[i], *whole[i + 2 :]]
        yield full.but(f"full: entry {i} swapped", entries_ndjson=b"".join(swapped))


EDITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "recorded earlier": lambda e: e.update(rt="2025" + e["rt"][4:]),
    "happened earlier": lambda e: e["event"].update(effectiveat="2025-01-01T00:00:00+08:00"),
    "another type": lambda e: e["event"].update(type="case.closed"),
    "another actor": lambda e: e["event"].update(actorid="w-2"),
    "another matter": lambda e: e["event"]["data"].update(matter_id=OTHER),
    "another party": lambda e: e["event"]["data"].update(handoff={"act": "taken", "giver": "x", "takers": ["worker:w-9"]}),
    "another digest": lambda e: e["event"]["data"].update(sealed=[url64(bytes(32))]),
    "another stream": lambda e: (e.update(stream="case/c9"), e["event"].update(subject="case/c9")),
    "another publisher": lambda e: (e.update(publisher="partner"), e["event"].update(source="/partner")),
    "another place": lambda e: (e.update(seq=e["seq"] + 1), e["event"].update(streamversion=e["seq"] + 1)),
    "another hash function": lambda e: e.update(alg="sha1"),
    "a word more": lambda e: e["event"]["data"].update(more=1),
}  # fmt: skip


def entries_edited(case: Sound) -> Iterator[Change]:
    """Each entry says something else."""
    lines = case.entries
    for i, line in enumerate(lines):
        for what, edit in EDITS.items():
            entry = json.loads(line)
            edit(entry)
            changed = json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
            if changed != line:
                yield case.with_lines(f"line {i}: {what}", [*lines[:i], changed, *lines[i + 1 :]], case.proofs)
