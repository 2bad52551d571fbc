"""Chance: a bit flips, in a file of a bundle or in the bytes of the zip."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from collections.abc import Iterator
from random import Random

from tests.support.bundles import LOG, WITNESSES, Files, std64
from tests.support.tampering.change import Change, Must, Sound, deflated, packed

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
