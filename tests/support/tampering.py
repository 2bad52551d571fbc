"""Changes to bundles, by the hundred, each with what the format's page says must come of it: refused, or no change at all.

Those who change are of three kinds: chance (a bit flips), somebody in the middle who has no key, and an insider who holds
the log's key and can say, seal, sign and export what he likes; witnesses and pinned checkpoints he cannot change.
"""

from __future__ import annotations

import io
import json
import re
import warnings
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Literal

from tests.support import bundles
from tests.support.bundles import (
    LOG,
    MATTER,
    MEMBERS,
    ORIGIN,
    OTHER,
    OUTSIDER,
    SMALL,
    WITNESSES,
    Exporter,
    Files,
    Ledger,
    Signer,
    Tree,
    absence,
    disclosure,
    map_row,
    policy,
    sha,
    std64,
    story,
    url64,
    written,
)

Must = Literal["refused", "passes", "differs", "either"]
"""What must come of a change.

`differs`: the bundle's own policy was changed, while another is given; it may pass, if that is said. `either`: what every
file holds is as it was; a program may find the archive damaged all the same, or pass over it."""


def packed(files: Files) -> bytes:
    """The files in one zip, stored: thousands are opened, and what is packed is no different."""
    return bundles.packed(files, zipfile.ZIP_STORED)


deflated = bundles.packed
LENGTH, PIN = 60, 21
TRUSTED = policy()


@dataclass(frozen=True)
class Change:
    """A changed bundle, with what its holder gives beside it."""

    name: str
    bundle: bytes = field(repr=False)
    must: Must = "refused"
    policy: bytes | None = field(default=TRUSTED, repr=False)
    pin: bytes | None = field(default=None, repr=False)


@dataclass
class Sound:
    """A sound bundle, from which changes are made."""

    files: Files
    pin: bytes
    ledger: Ledger
    texts: list[str]

    @property
    def entries(self) -> list[bytes]:
        """The lines of its entries."""
        return self.files["entries.ndjson"].splitlines(keepends=True)

    @property
    def proofs(self) -> list[bytes]:
        """The lines of their proofs."""
        return self.files["proofs.ndjson"].splitlines(keepends=True)

    @property
    def manifest(self) -> dict[str, Any]:
        """What the manifest says."""
        return dict(json.loads(self.files["manifest.json"]))

    def but(self, name: str, **files: bytes | None) -> Change:
        """The bundle with these files instead, `_` for the dot; None takes one away."""
        changed = dict(self.files)
        for key, data in files.items():
            path = (
                key.replace("__", "/").replace("_json", ".json").replace("_ndjson", ".ndjson").replace("_txt", ".txt")
            )
            if data is None:
                changed.pop(path)
            else:
                changed[path] = data
        return Change(name, packed(changed), pin=self.pin)

    def with_lines(self, name: str, entries: list[bytes], proofs: list[bytes], **more: bytes | None) -> Change:
        """The bundle with other lines, and a manifest that counts them."""
        manifest = written(self.manifest | {"count": len(entries)})
        lines = {"entries_ndjson": b"".join(entries), "proofs_ndjson": b"".join(proofs), "manifest_json": manifest}
        return self.but(name, **lines | more)


def sound_case() -> Sound:
    """A matter's bundle: two values shown, one erased."""
    ledger, texts = story(LENGTH, programs=SMALL)
    pin = ledger.checkpoint(PIN)
    erased = [url64(sha(texts[2].encode()))]
    return Sound(Exporter(ledger, texts[:2], erased, old=PIN).case(MATTER), pin, ledger, texts)


def sound_full() -> Sound:
    """A whole ledger's bundle."""
    ledger, texts = story(LENGTH, programs=SMALL)
    pin = ledger.checkpoint(PIN)
    return Sound(Exporter(ledger, texts[:2], old=PIN).full(), pin, ledger, texts)


# --- chance -----------------------------------------------------------------------------------------------------------

FLIPS = {
    "entries.ndjson": 260, "proofs.ndjson": 160, "seal.json": 160, "disclosures.ndjson": 110, "checkpoint": 130,
    "manifest.json": 90, "policy": 60, "consistency.txt": 50,
}  # fmt: skip


def flips(case: Sound, full: Sound, random: Random) -> Iterator[Change]:
    """One bit of one file."""
    for label, sound in (("case", case), ("full", full)):
        for name, data in sound.files.items():
            for _ in range(FLIPS.get(name, 12) // (1 if label == "case" else 2)):
                at, bit = random.randrange(len(data)), random.randrange(8)
                changed = data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
                files = sound.files | {name: changed}
                must = _flipped(label, name, data, changed)
                what = f"{label}: bit {bit} of byte {at} of {name}"
                yield Change(what, packed(files), must, pin=sound.pin)


def _flipped(label: str, name: str, before: bytes, after: bytes) -> Must:
    """By the page's last section: the bundle's own policy, and signature lines of keys that the policy does not name."""
    if name == "policy":
        return "differs"
    return "passes" if name == "checkpoint" and label == "full" and surplus(before, after) else "refused"


def surplus(before: bytes, after: bytes) -> bool:
    """Whether a checkpoint changed only in lines that nobody's key is behind now, and those of the quorum are left."""
    try:
        text, _, tail = after.decode().partition("\n\n")
    except UnicodeDecodeError:
        return False
    if (
        text != before.decode().partition("\n\n")[0]
        or not tail.endswith("\n")
        or re.search(r"[\x00-\x09\x0b-\x1f\x7f]", tail)
    ):
        return False
    known = {(signer.name, signer.id) for signer in (LOG, *WITNESSES)}
    kept = before.decode().partition("\n\n")[2].splitlines()
    lines = tail[:-1].split("\n")
    strange = [line for line in lines if line not in kept]
    return all(_stranger(line, known) for line in strange) and kept[0] in lines and len(set(lines) & set(kept)) >= 3


def _stranger(line: str, known: set[tuple[str, bytes]]) -> bool:
    found = re.fullmatch(r"— ([^\s+]+) ([A-Za-z0-9+/]+=*)", line)
    if found is None:
        return False
    try:
        data = b64decode(found[2], validate=True)
    except ValueError:
        return False
    return len(data) >= 5 and std64(data) == found[2] and (found[1], data[:4]) not in known


def raw_flips(case: Sound, random: Random, count: int = 150) -> Iterator[Change]:
    """One bit of the zip file itself; harmless if every file in it is read as before, and by nothing else."""
    bundle = deflated(case.files)
    ends = bundle.rfind(b"PK\x05\x06")
    start = int.from_bytes(bundle[ends + 16 : ends + 20], "little")
    for turn in range(count):
        at = random.randrange(start, len(bundle)) if turn % 2 else random.randrange(len(bundle))
        changed = bundle[:at] + bytes([bundle[at] ^ 1 << random.randrange(8)]) + bundle[at + 1 :]
        must: Must = "either" if contents(changed) == case.files else "refused"
        yield Change(f"zip: byte {at}", changed, must, pin=case.pin)


def contents(bundle: bytes) -> Files | None:
    """The files as their bytes stand in the archive, whatever else is said of them; None where not even that can be read."""
    end = bundle.rfind(b"PK\x05\x06")
    found, at = {}, int.from_bytes(bundle[end + 16 : end + 20], "little")
    while bundle[at : at + 4] == b"PK\x01\x02":
        method, packed_size, size = (
            int.from_bytes(bundle[at + i : at + i + n], "little") for i, n in ((10, 2), (20, 4), (24, 4))
        )
        names, extra, comment = (int.from_bytes(bundle[at + i : at + i + 2], "little") for i in (28, 30, 32))
        start = int.from_bytes(bundle[at + 42 : at + 46], "little")
        local = sum(int.from_bytes(bundle[start + i : start + i + 2], "little") for i in (26, 28)) + 30 + start
        raw = bundle[local : local + packed_size]
        try:
            data = zlib.decompressobj(-15).decompress(raw) if method == 8 else raw
        except zlib.error:
            return None
        found[bundle[at + 46 : at + 46 + names].decode("latin-1")] = data
        if len(data) != size:
            return None
        at += 46 + names + extra + comment
    return found


# --- somebody in the middle -------------------------------------------------------------------------------------------


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


# --- an insider with the log's key ------------------------------------------------------------------------------------


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


def corpus(seed: int = 2026, every: int = 1) -> list[Change]:
    """All changes, always the same ones for a seed; of the bits that flip by chance only every n-th."""
    random, case, full = Random(seed), sound_case(), sound_full()
    assert case.ledger.origin == ORIGIN
    assert len(MEMBERS) == len(WITNESSES)
    return [
        Change("nothing: case", packed(case.files), "passes", pin=case.pin),
        Change("nothing: full", packed(full.files), "passes", pin=full.pin),
        Change("nothing: deflated", deflated(case.files), "passes", pin=case.pin),
        *list(flips(case, full, random))[::every], *raw_flips(case, random), *files_gone(case, full), *entries_moved(case, full),
        *entries_edited(case), *disclosures_forged(case, random), *signatures(case, full), *proofs_forged(case, full, random),
        *insider(),
    ]  # fmt: skip


def fault(change: Change, said: dict[str, Any]) -> str:
    """What is wrong with what a verifier said of a change; empty if it is what the page says."""
    passed = said["ok"]
    if (change.must == "refused" and passed) or (change.must == "passes" and not passed):
        return f"{change.name}: must be {change.must}, but: {said}"
    if change.must == "differs" and (
        (passed and not said["policy_differs"]) or (not passed and said["code"] != "bad-policy")
    ):
        return f"{change.name}: the other policy is not told: {said}"
    return ""
