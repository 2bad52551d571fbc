"""Somebody in the middle who forges: values, signatures, proofs and the rows of a seal."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

from tests.support.bundles import (
    OUTSIDER,
    SMALL,
    WITNESSES,
    Signer,
    absence,
    disclosure,
    sha,
    std64,
    story,
    url64,
    written,
)
from tests.support.tampering.change import LENGTH, PIN, Change, Must, Sound, packed


def disclosures_forged(case: Sound, random: Random) -> Iterator[Change]:
    """Values are forged, exchanged, added, taken away, called erased."""
    lines = case.files["disclosures.ndjson"].splitlines(keepends=True)
    values = [json.loads(line) for line in lines]
    seal = {"digest": url64(sha(case.texts[3].encode())), "disclosure": case.texts[3]}

    def change(what: str, changed: list[dict[str, Any]]) -> Change:
        ordered = sorted(changed, key=lambda value: value["digest"])
        return case.but(f"disclosures: {what}", disclosures_ndjson=b"".join(written(v) + b"\n" for v in ordered))

    for i, value in enumerate(values):
        others = values[:i] + values[i + 1 :]
        yield change(f"{i} taken away", others)
        yield change(f"{i} of another entry", [*others, value | {"digest": url64(random.randbytes(32))}])
        if "disclosure" in value:
            for n in range(12):
                forged = disclosure("field0", f"别人{n}", random)
                yield change(f"{i} forged {n}", [*others, value | {"disclosure": forged}])
                yield change(
                    f"{i} forged with its digest {n}",
                    [*others, {"digest": url64(sha(forged.encode())), "disclosure": forged}],
                )
            yield change(f"{i} called erased", [*others, {"digest": value["digest"], "erased": True}])
        else:
            yield change(f"{i} not erased", [*others, {"digest": value["digest"], "erased": False}])
            yield change(f"{i} shown all the same", [*others, {"digest": value["digest"], "disclosure": case.texts[2]}])
    yield change("one more that is real", [*values, seal])
    opened = [v for v in values if "disclosure" in v]
    exchanged = [
        opened[0] | {"disclosure": opened[1]["disclosure"]},
        opened[1] | {"disclosure": opened[0]["disclosure"]},
    ]
    yield change("two exchanged", [*exchanged, *(v for v in values if "erased" in v)])
    yield case.but("disclosures: out of order", disclosures_ndjson=b"".join(reversed(lines)))
    yield case.but("disclosures: one twice", disclosures_ndjson=b"".join([*lines, lines[-1]]))


def signatures(case: Sound, full: Sound) -> Iterator[Change]:
    """Signatures are stripped, replayed, repeated, made by others; the tree head is an older one, or of another log."""
    for label, sound in (("case", case), ("full", full)):
        size = len(sound.ledger.said)

        def change(
            what: str, checkpoint: bytes, must: Must = "refused", sound: Sound = sound, label: str = label
        ) -> Change:
            files = sound.files | {"checkpoint": checkpoint}
            for name, data in sound.files.items():
                if name.startswith("receipts/"):
                    files[name] = data.replace(sound.files["checkpoint"], checkpoint)
            return Change(f"{label}: {what}", packed(files), must, pin=sound.pin)

        good = sound.files["checkpoint"]
        text, lines = good.decode().split("\n\n")[0] + "\n", good.decode().split("\n\n")[1].splitlines(keepends=True)

        def note(*kept: str, text: str = text) -> bytes:
            return (text + "\n" + "".join(kept)).encode()

        yield change("no log", note(*lines[1:]))
        yield change("no signature", note())
        yield change("one witness", note(*lines[:2]))
        yield change("no witness", note(lines[0]))
        yield change("two witnesses are enough", note(*lines[:3]), "passes")
        yield change("in another order", note(*reversed(lines)), "passes")
        yield change("an outsider signs too", note(*lines, OUTSIDER.line(text.encode(), 5)), "passes")
        yield change("the log twice", note(*lines, lines[0]))
        yield change("a witness twice", note(*lines, lines[1]))
        yield change("a witness twice, at another time", note(*lines, WITNESSES[0].line(text.encode(), 9)))
        for w in WITNESSES[:3]:
            fake = Signer(w.name, 4, 77)
            forged = f"— {w.name} {std64(w.id + b64decode(fake.line(text.encode(), 5).split()[2])[4:])}\n"
            others = [line for line in lines if w.name not in line]
            yield change(f"{w.name} forged", note(*others, forged))
            yield change(
                f"{w.name} by another key, of which nobody knows",
                note(lines[0], fake.line(text.encode(), 5), *others[1:2]),
            )
        for old in [*range(1, size - 1, 4)]:
            older = sound.ledger.checkpoint(old)
            yield change(f"the checkpoint of {old}", older)
            files = sound.files | {"manifest.json": written(sound.manifest | {"size": old}), "checkpoint": older}
            yield Change(f"{label}: the checkpoint of {old}, and the manifest", packed(files), pin=sound.pin)
            replayed = sound.ledger.checkpoint(old).decode().split("\n\n")[1].splitlines(keepends=True)
            yield change(f"the witnesses of {old}", note(lines[0], *replayed[1:]))
        foreign, _ = story(LENGTH, programs=SMALL, origin="other.example/audit/2026")
        log = Signer("other.example/audit/2026", 1, 1)
        yield change("of another log", foreign.checkpoint(size - 2, log=log))
        yield Change(f"{label}: pinned elsewhere", packed(sound.files), pin=foreign.checkpoint(PIN, log=log))
        longer = deepcopy(sound.ledger)
        longer.seal()
        yield Change(f"{label}: more was known already", packed(sound.files), pin=longer.checkpoint())


def proofs_forged(case: Sound, full: Sound, random: Random) -> Iterator[Change]:
    """Paths, ways from the pin, receipts and the seal's rows are exchanged, cut, made longer."""
    lines = [json.loads(line) for line in case.proofs]
    for i, line in enumerate(lines):
        for what, path in (
            ("short", line["path"][:-1]), ("long", [*line["path"], url64(bytes(32))]), ("turned", line["path"][::-1]),
            ("another's", lines[i - 1]["path"]),
        ):  # fmt: skip
            if path != line["path"]:
                changed = [written(v) + b"\n" for v in [*lines[:i], line | {"path": path}, *lines[i + 1 :]]]
                yield case.with_lines(f"proof {i} {what}", case.entries, changed)
        moved = [written(v) + b"\n" for v in [*lines[:i], line | {"index": line["index"] + 1}, *lines[i + 1 :]]]
        yield case.with_lines(f"proof {i} of the next place", case.entries, moved)
    way = case.files["consistency.txt"].decode().splitlines()
    for i in range(1, len(way)):
        yield case.but(f"way without hash {i}", consistency_txt=("\n".join(way[:i] + way[i + 1 :]) + "\n").encode())
        yield full.but(
            f"full: way without hash {i}", consistency_txt=("\n".join(way[:i] + way[i + 1 :]) + "\n").encode()
        )
    yield case.but("way from elsewhere", consistency_txt=("\n".join(["old 20", *way[1:]]) + "\n").encode())
    yield case.but("no way", consistency_txt=None)
    names = [name for name in case.files if name.startswith("receipts/")]
    for a, b in zip(names, [*names[1:], names[0]], strict=True):
        yield Change(f"{a} is {b}", packed(case.files | {a: case.files[b]}), pin=case.pin)
    yield Change(
        "a receipt that nobody is owed",
        packed(case.files | {"receipts/2.tlog-proof": case.files[names[0]]}),
        pin=case.pin,
    )
    yield from _rows(case)


def _rows(case: Sound) -> Iterator[Change]:
    seal = json.loads(case.files["seal.json"])

    def change(what: str, **values: Any) -> Change:
        return case.but(f"seal: {what}", seal_json=written(seal | values))

    streams = seal["streams"]
    for i, row in enumerate(streams):
        yield (
            change(f"{row['stream']} not listed", streams=streams[:i] + streams[i + 1 :])
            if row["stream"].startswith("consent")
            else change(f"{row['stream']} listed twice", streams=[*streams, row])
        )
        for what, values in (
            ("one fewer", {"count": row["count"] - 1}), ("one more", {"count": row["count"] + 1}),
            ("another head", {"head": url64(bytes(32))}), ("another row", {"row": row["row"] ^ 1}), ("no path", {"path": []}),
        ):  # fmt: skip
            yield change(f"{row['stream']} {what}", streams=[*streams[:i], row | values, *streams[i + 1 :]])
    for what, values in (
        ("one fewer", {"count": seal["matter"]["count"] - 1}), ("another head", {"head": streams[0]["head"]}),
        ("another's row", {k: streams[0][k] for k in ("count", "head", "path", "row")}),
    ):  # fmt: skip
        yield change(f"matter {what}", matter=seal["matter"] | values)
    yield change("another entry", index=json.loads(case.proofs[0])["index"])
    yield change("no entry", index=3)
    yield change("absence left out", absent=[])
    absent = seal["absent"][0]
    for side in ("before", "after"):
        yield change(f"absence without {side}", absent=[absent | {side: None}])
        yield change(
            f"absence with another {side}", absent=[absent | {side: absent["after" if side == "before" else "before"]}]
        )
    rows = case.ledger.map(case.ledger.entries(), seal["index"])
    for row in streams:
        name = f"{row['publisher']}/{row['stream']}"
        rest = {k: v for k, v in rows.items() if k != sha(name.encode())}
        forged = absence(rest, name)
        for side in ("before", "after"):
            real = absence(rows, name)[side]
            forged[side] = real or forged[side]
        left = [r for r in streams if r is not row]
        yield change(f"{name} said to be absent", absent=[*seal["absent"], forged], streams=left)
