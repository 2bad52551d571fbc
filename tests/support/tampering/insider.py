"""An insider with the log's key, who can say, seal, sign and export what he likes; witnesses and pins he cannot change."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from tests.support.bundles import (
    MATTER,
    SMALL,
    Exporter,
    Files,
    Ledger,
    Tree,
    map_row,
    policy,
    sha,
    story,
    url64,
    written,
)
from tests.support.tampering.change import LENGTH, PIN, Change, packed


def insider() -> Iterator[Change]:
    """The log's key signs another history: entries left out under a true seal, or changed, chained and signed anew."""
    told = [i for i, said in enumerate(story(LENGTH, programs=SMALL)[0].said) if said.data.get("matter_id") == MATTER]
    told = [i for i in told if not story(LENGTH)[0].said[i].type.startswith("safeguarding")]
    for index in told:
        yield _insider(f"entry {index} withheld, as if it were not", lambda i, index=index: i == index)  # type: ignore[misc]
    for count in range(1, len(told)):
        ledger, texts = story(LENGTH, programs=SMALL)
        pin = ledger.checkpoint(PIN)
        files = Exporter(ledger, texts[:1], old=PIN, withheld_tail=count).case(MATTER)
        yield Change(f"insider: the last {count} withheld", packed(files), pin=pin)
    for stream in ("case/c1", "referral/r1", "task/t1", "help-request/" + MATTER):
        yield _insider(f"all of {stream} withheld", lambda i, s=stream: story(LENGTH)[0].said[i].stream == s)  # type: ignore[misc]
    for index in told:
        yield from _rewritten(index)
    yield from _sealed_before()


def _insider(what: str, left_out: Callable[[int], bool]) -> Change:
    ledger, texts = story(LENGTH, programs=SMALL)
    pin = ledger.checkpoint(PIN)
    files = Exporter(ledger, texts[:1], old=PIN, left_out=left_out).case(MATTER)
    return Change(f"insider: {what}", packed(files), pin=pin)


def _rewritten(index: int) -> Iterator[Change]:
    """An old entry says something else; everything after it is chained, sealed, exported and signed anew."""
    true, texts = story(LENGTH, programs=SMALL)
    pin, seen = true.checkpoint(PIN), true.checkpoint().decode().split("\n\n")[1].splitlines(keepends=True)
    false = deepcopy(true)
    false.said[index] = replace(false.said[index], data=false.said[index].data | {"result": "better"})
    exporter = Exporter(false, texts[:1], old=PIN, witnesses=())
    files = exporter.case(MATTER)
    yield Change(f"insider: entry {index} rewritten, no witness", packed(files))
    replayed = files["checkpoint"] + "".join(seen[1:]).encode()
    yield Change(f"insider: entry {index} rewritten, witnesses of before", packed(_with_checkpoint(files, replayed)))
    alone = policy(quorum=0)
    own = Exporter(deepcopy(true), texts[:1], old=PIN, policy=alone, witnesses=())
    own.ledger.said[index] = false.said[index]
    signed = packed(own.case(MATTER))
    if index < PIN:
        yield Change(f"insider: entry {index} rewritten, against a pin", signed, policy=alone, pin=pin)
    # The control, as the page says: with neither witnesses nor a pin, this passes.
    yield Change(
        f"control: entry {index} rewritten, nobody else signs, nothing is pinned", signed, "passes", policy=alone
    )
    yield Change(
        f"control: entry {index} rewritten, and the bundle's own policy believed", signed, "passes", policy=None
    )


def _with_checkpoint(files: Files, checkpoint: bytes) -> Files:
    before = files["checkpoint"]
    return {
        name: data.replace(before, checkpoint) if name.startswith("receipts/") else data for name, data in files.items()
    } | {"checkpoint": checkpoint}


def _sealed_before() -> Iterator[Change]:
    """A seal of another time: an older one, under which what came later is left out, or shown all the same."""
    for early in range(12, 52, 4):
        ledger, texts = story(early, programs=SMALL)
        older = ledger.seal()
        rest, _ = story(LENGTH, programs=SMALL)
        ledger.said += rest.said[early:]
        pin = ledger.checkpoint(min(PIN, early))
        files = Exporter(ledger, texts[:1], old=min(PIN, early)).case(MATTER)
        seal = json.loads(files["seal.json"])
        rows = ledger.map(ledger.entries(), older)
        own = {k: v for k, v in map_row(rows, sha(f"matter/{MATTER}".encode())).items() if k != "key"}
        changed = files | {"seal.json": written(seal | {"index": older, "matter": own, "streams": [], "absent": []})}
        yield Change(f"seal of {older}, its entry not here", packed(changed), pin=pin)
        indexes = [json.loads(line)["index"] for line in files["proofs.ndjson"].splitlines()]
        swapped = _with_entry(ledger, files, indexes, older, seal["index"], own)
        yield Change(f"seal of {older} instead of {seal['index']}", packed(swapped), pin=pin)


def _with_entry(ledger: Ledger, files: Files, indexes: list[int], older: int, newer: int, own: dict[str, Any]) -> Files:
    entries = ledger.entries()
    tree = Tree([sha(b"\0" + raw) for raw in entries])
    kept = sorted({*(i for i in indexes if i < older or i > newer), older})
    manifest = json.loads(files["manifest.json"]) | {"count": len(kept)}
    lines = {
        "manifest.json": written(manifest),
        "entries.ndjson": b"".join(entries[i] + b"\n" for i in kept),
        "proofs.ndjson": b"".join(
            written({"index": i, "path": [url64(h) for h in tree.path(i)]}) + b"\n" for i in kept
        ),
        "seal.json": written({"index": older, "matter": own, "streams": [], "absent": []}),
    }
    gone = {f"receipts/{i}.tlog-proof" for i in indexes if i >= older}
    return {name: data for name, data in (files | lines).items() if name not in gone}
