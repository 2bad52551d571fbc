"""Tricks with the ways in which things are written: zip files that say two things at once, JSON that programs read differently.

Whoever makes two verifiers see two things has deceived one of them, so each trick is refused by both, or harmless to both.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from struct import pack

from tests.support.bundles import SMALL, Exporter, Files, Ledger, story
from tests.support.tampering.change import LENGTH, PIN, Change, Must, Sound, packed

WIDE = 0xFFFFFFFF


@dataclass(frozen=True)
class Part:
    """A file in a zip made by hand, and what headers say of it; None where they say the truth."""

    name: bytes
    data: bytes
    method: int = 8
    flags: int = 0
    raw: bytes | None = None
    size: int | None = None
    packed: int | None = None
    crc: int | None = None
    offset: int | None = None
    local_name: bytes | None = None
    local: bytes = b""
    extra: bytes = b""
    attributes: int = 0

    @property
    def body(self) -> bytes:
        """The bytes between its own header and the next."""
        if self.raw is not None:
            return self.raw
        deflate = zlib.compressobj(wbits=-15)
        return deflate.compress(self.data) + deflate.flush() if self.method == 8 else self.data


def by_hand(parts: list[Part], between: bytes = b"", count: int | None = None, comment: bytes = b"") -> bytes:
    """A zip file of these; every header says what it is told to say."""
    whole, directory = b"", b""
    for part in parts:
        at, name = len(whole), part.local_name if part.local_name is not None else part.name
        size = len(part.data) if part.size is None else part.size
        length = len(part.body) if part.packed is None else part.packed
        crc = zlib.crc32(part.data) if part.crc is None else part.crc
        facts = pack("<HHHHIII", part.flags, part.method, 0, 33, crc, length, size)
        local = part.local or pack("<IH", 0x04034B50, 20) + facts + pack("<HH", len(name), 0)
        whole += local + name + part.body + between
        begins = at if part.offset is None else part.offset
        tail = pack("<HHHHHII", len(part.name), len(part.extra), 0, 0, 0, part.attributes, begins)
        directory += pack("<IHH", 0x02014B50, 20, 20) + facts + tail + part.name + part.extra
    many = len(parts) if count is None else count
    end = pack("<IHHHHIIH", 0x06054B50, 0, 0, many, many, len(directory), len(whole), len(comment))
    return whole + directory + end + comment


Trick = Callable[[Part], Part]
CUT = bytes(7)
ZIPS: dict[str, tuple[Must, Trick]] = {
    "as it is": ("passes", lambda p: p),
    "stored": ("passes", lambda p: replace(p, method=0)),
    "a link, by its attributes": ("passes", lambda p: replace(p, attributes=0xA1FF0000)),
    "an extra field that nobody knows": ("passes", lambda p: replace(p, extra=pack("<HH", 0x7075, 3) + b"abc")),
    "an extra field that is cut off": ("passes", lambda p: replace(p, extra=pack("<HH", 0x7075, 300) + b"abc")),
    "an extra field of one byte": ("passes", lambda p: replace(p, extra=b"x")),
    "its own header lies about all but the name": (
        "passes", lambda p: replace(p, local=pack("<IHHHHHIIIHH", 0x04034B50, 99, 1, 12, 0, 0, 7, 7, 7, len(p.name), 0)),
    ),
    "the size in the wide field": ("passes", lambda p: replace(p, size=WIDE, extra=pack("<HHQ", 1, 8, len(p.data)))),
    "both sizes in the wide field": (
        "passes", lambda p: replace(p, size=WIDE, packed=WIDE, extra=pack("<HHQQ", 1, 16, len(p.data), len(p.body))),
    ),
    "another size in the wide field": ("refused", lambda p: replace(p, size=WIDE, extra=pack("<HHQ", 1, 8, len(p.data) + 1))),
    "a wide field that is cut off": ("refused", lambda p: replace(p, size=WIDE, extra=pack("<HH", 1, 8) + CUT)),
    "a wide field too short": ("refused", lambda p: replace(p, size=WIDE, packed=WIDE, extra=pack("<HHQ", 1, 8, len(p.data)))),
    "no wide field": ("refused", lambda p: replace(p, size=WIDE)),
    "a wide field that nobody asks for": ("passes", lambda p: replace(p, extra=pack("<HHQ", 1, 8, 1))),
    "another name in its own header": ("refused", lambda p: replace(p, local_name=p.name[:-1] + b"x")),
    "a longer name in its own header": ("refused", lambda p: replace(p, local_name=p.name + b"\0")),
    "a name that ends in a zero": ("refused", lambda p: replace(p, name=p.name + b"\0x")),
    "a name in capitals": ("refused", lambda p: replace(p, name=p.name.upper())),
    "a name with a slash before it": ("refused", lambda p: replace(p, name=b"/" + p.name)),
    "a name with a dot before it": ("refused", lambda p: replace(p, name=b"./" + p.name)),
    "a name in wide letters": ("refused", lambda p: replace(p, name="ｍanifest.json".encode(), flags=0x800)),
    "something behind its end": ("refused", lambda p: replace(p, raw=p.body + b"more")),
    "an end that is missing": ("refused", lambda p: replace(p, raw=p.body[:-3])),
    "two streams, one behind the other": ("refused", lambda p: replace(p, raw=p.body + p.body)),
    "one byte more than it says": ("refused", lambda p: replace(p, size=len(p.data) - 1)),
    "one byte less than it says": ("refused", lambda p: replace(p, size=len(p.data) + 1)),
    "stored, and longer than packed": ("refused", lambda p: replace(p, method=0, raw=p.data, size=len(p.data) - 1)),
    "another checksum": ("refused", lambda p: replace(p, crc=zlib.crc32(p.data) ^ 1)),
    "packed beyond the archive": ("refused", lambda p: replace(p, packed=1 << 30)),
    "begins beyond the archive": ("refused", lambda p: replace(p, offset=1 << 30)),
    "begins where another does": ("refused", lambda p: replace(p, offset=1)),
    "deflated with 64 KiB": ("refused", lambda p: replace(p, method=9)),
    "by zstandard": ("refused", lambda p: replace(p, method=93)),
    "encrypted": ("refused", lambda p: replace(p, flags=1)),
    "encrypted strongly": ("refused", lambda p: replace(p, flags=0x41)),
    "its header masked": ("refused", lambda p: replace(p, flags=0x2000)),
    "a patch": ("refused", lambda p: replace(p, flags=0x20)),
    "deflated better": ("passes", lambda p: replace(p, flags=2)),
    "sizes behind the data": ("passes", lambda p: replace(p, flags=8)),
}  # fmt: skip


def archives(case: Sound) -> Iterator[Change]:
    """The archive says something twice, or in a way that programs read differently; of its first file, and of another one."""
    for name in ("manifest.json", "entries.ndjson"):
        for what, (must, trick) in ZIPS.items():
            if "wide letters" in what and name != "manifest.json":
                continue
            parts = [
                trick(part) if part.name == name.encode() else part
                for part in (Part(n.encode(), data) for n, data in case.files.items())
            ]
            yield Change(f"zip: {name}: {what}", by_hand(parts), must, pin=case.pin)
    yield from _wholes(case)


def _wholes(case: Sound) -> Iterator[Change]:
    parts = [Part(name.encode(), data) for name, data in case.files.items()]
    good, many = by_hand(parts), len(parts)
    yield Change("zip: a hole between its files", by_hand(parts, between=b"hole"), "passes", pin=case.pin)
    yield Change("zip: a comment", by_hand(parts, comment=b"PK\x05\x06"), "refused", pin=case.pin)
    yield Change("zip: a plain comment", by_hand(parts, comment=b"made by hand"), "passes", pin=case.pin)
    yield Change("zip: in another order", by_hand(parts[::-1]), "passes", pin=case.pin)
    for count in (many - 1, many + 1, 0):
        yield Change(f"zip: says that it has {count}", by_hand(parts, count=count), pin=case.pin)
    yield Change("zip: one behind the other", good + good, pin=case.pin)
    yield Change("zip: another one in its comment", by_hand(parts, comment=good[:60_000]), pin=case.pin)
    yield Change("zip: something behind it", good + b"\0", pin=case.pin)
    yield Change("zip: cut off", good[:-1], pin=case.pin)


# --- what is written in JSON, and in notes ------------------------------------------------------------------------------

Rewrite = Callable[[bytes], bytes]
COUNT = b'"count":28'
JSONS: dict[str, tuple[Must, Rewrite]] = {
    "spaces between": ("passes", lambda m: m.replace(b",", b" ,\n\t\r").replace(b":", b" : ", 3)),
    "a key by an escape": ("passes", lambda m: m.replace(b'"count"', b'"\\u0063ount"')),
    "a key twice, once by an escape": ("refused", lambda m: m[:-1] + b',"\\u0073ize":1}'),
    "a value by an escape": ("passes", lambda m: m.replace(b'"scope":"case"', b'"scope":"c\\u0061se"')),
    "leading zeros": ("refused", lambda m: m.replace(COUNT, b'"count":028')),
    "a plus": ("refused", lambda m: m.replace(COUNT, b'"count":+28')),
    "by sixteens": ("refused", lambda m: m.replace(COUNT, b'"count":0x1c')),
    "an underscore": ("refused", lambda m: m.replace(COUNT, b'"count":2_8')),
    "wide digits": ("refused", lambda m: m.replace(COUNT, '"count":２８'.encode())),
    "a text": ("refused", lambda m: m.replace(COUNT, b'"count":"28"')),
    "a list": ("refused", lambda m: m.replace(COUNT, b'"count":[28]')),
    "true": ("refused", lambda m: m.replace(COUNT, b'"count":true')),
    "null": ("refused", lambda m: m.replace(COUNT, b'"count":null')),
    "minus": ("refused", lambda m: m.replace(COUNT, b'"count":-28')),
    "without end": ("refused", lambda m: m.replace(COUNT, b'"count":-Infinity')),
    "beyond by one": ("refused", lambda m: m.replace(COUNT, b'"count":9007199254740993')),
    "twenty digits": ("refused", lambda m: m.replace(COUNT, b'"count":28' + b"0" * 20)),
    "a fraction of nothing": ("refused", lambda m: m.replace(COUNT, b'"count":28.0')),
    "a key too many": ("refused", lambda m: m[:-1] + b',"__proto__":{"count":28}}'),
    "another key too many": ("refused", lambda m: m[:-1] + b',"constructor":1}'),
    "a key that is only inherited": ("refused", lambda m: m.replace(b'"count":28,', b'"toString":28,')),
    "a comma too many": ("refused", lambda m: m[:-1] + b",}"),
    "a remark": ("refused", lambda m: m + b"// so"),
    "two values": ("refused", lambda m: m + m),
    "single quotes": ("refused", lambda m: m.replace(b'"', b"'")),
    "a no-break space": ("refused", lambda m: b"\xc2\xa0" + m),
    "a form feed": ("refused", lambda m: b"\x0c" + m),
    "a mark of byte order": ("refused", lambda m: b"\xef\xbb\xbf" + m),
    "UTF-16": ("refused", lambda m: m.decode().encode("utf-16")),
    "too long an UTF-8": ("refused", lambda m: m.replace(b"auditor", b"audit\xc1\xafr")),
    "half a character": ("refused", lambda m: m.replace(b"auditor", b"audit\xed\xa0\x80r")),
    "half a character by an escape": ("refused", lambda m: m.replace(b"auditor", b"audit\\ud800r")),
    "the other half by an escape": ("refused", lambda m: m.replace(b"auditor", b"audit\\uDC00r")),
    "half a character for the matter": ("refused", lambda m: m.replace(b'"matter_id":"', b'"matter_id":"\\udbff')),
    "a zero": ("refused", lambda m: m.replace(b"auditor", b"audit\0r")),
    "a zero by an escape": ("refused", lambda m: m.replace(b"auditor", b"audit\\u0000r")),
    "a line feed in a text": ("refused", lambda m: m.replace(b"auditor", b"audit\nr")),
    "an escape that is none": ("refused", lambda m: m.replace(b"auditor", b"audit\\x41r")),
    "half an escape": ("refused", lambda m: m.replace(b"auditor", b"audit\\u00r")),
    "a text that never ends": ("refused", lambda m: b"[" * 40 + b'"' + b'\\"' * 200_000),
    "thirty-two deep": ("refused", lambda m: b"[" * 32 + b"]" * 32),
    "thirty-three deep": ("refused", lambda m: b"[" * 33 + b"]" * 33),
}  # fmt: skip


def jsons(case: Sound) -> Iterator[Change]:
    """The manifest, written in ways that programs have read differently."""
    for what, (must, rewrite) in JSONS.items():
        assert COUNT in case.files["manifest.json"]
        yield case.but(f"json: {what}", manifest_json=rewrite(case.files["manifest.json"])).having(must)


NAMES: dict[str, Must] = {
    "next\u0085line": "refused", "wide\u3000space": "refused", "thin\u2009space": "refused", "no\u00a0break": "refused",
    "mark\ufeff": "passes", "no\u200bwidth": "passes", "plus+": "refused", "见证": "passes",
}  # fmt: skip


def names(case: Sound) -> Iterator[Change]:
    """A surplus witness, whose name has in it what some take for a space and others do not."""
    for name, must in NAMES.items():
        line = f"— {name} AAAAAAAA\n".encode()
        checkpoint = case.files["checkpoint"] + line
        files = {
            name_: data + line if name_.startswith("receipts/") else data for name_, data in case.files.items()
        } | {"checkpoint": checkpoint}
        yield Change(f"a surplus signature by {name!a}", packed(files), must, pin=case.pin)


# --- what somebody with the log's key may have an event say --------------------------------------------------------------


def kinds() -> Iterator[Change]:
    """An event whose values are of another kind than they have to be, soundly signed, sealed and exported."""
    for what, must, add in (
        ("its place is true", "refused", lambda led: led.say("intake", "case/odd", "case.opened", {}, streamversion=True)),
        ("its position is a text", "refused", lambda led: led.say("intake", "case/odd", "case.opened", {}, position="1")),
        ("its type is a list", "refused", lambda led: led.say("intake", "case/odd", "case.opened", {}, type=["a"])),
        ("it has no data", "refused", lambda led: led.said[led.say("intake", "case/odd", "case.opened", {})].more.update(data=[])),
        ("a publisher with a slash", "refused", lambda led: led.say("intake/case", "odd", "case.opened", {})),
        ("a consent that is an object", "refused", lambda led: led.say("intake", "case/odd", "case.opened", {"consent_id": {}})),
        ("a consent that is a number", "refused", lambda led: led.say("intake", "case/odd", "case.opened", {"consent_id": 7})),
        ("digests that are none", "refused", lambda led: led.say("intake", "case/odd", "case.opened", {"sealed": ["x"]})),
        ("digests that are an object", "refused", lambda led: led.say("intake", "case/odd", "case.opened", {"sealed": {}})),
        ("verifiers without names", "passes", lambda led: led.say("audit", "odd/1", "verifier.published", {"files": [{"name": {}}, 7]})),
        ("verifiers that are no list", "passes", lambda led: led.say("audit", "odd/1", "verifier.published", {"files": "all"})),
        ("a handoff to nobody", "passes", lambda led: led.say("intake", "case/odd", "case.opened", {"handoff": {"act": {}}})),
    ):  # fmt: skip
        yield _said(what, must, add)  # type: ignore[arg-type]


def _said(what: str, must: Must, add: Callable[[Ledger], object]) -> Change:
    ledger, texts = story(LENGTH, programs=SMALL)
    add(ledger)
    pin = ledger.checkpoint(PIN)
    files: Files = Exporter(ledger, texts[:2], old=PIN).full()
    return Change(f"insider: {what}", packed(files), must, pin=pin)
