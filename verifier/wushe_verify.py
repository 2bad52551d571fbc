#!/usr/bin/env python3
"""Verify an audit bundle of a hub, offline: one file, Python 3.9 or later and its standard library, nothing of the hub's.

Written from the format's own page (bundle.md, `hub-audit-bundle/v1`), whose words and order of checks it follows.
    python3 wushe_verify.py BUNDLE.zip [--policy FILE] [--pin CHECKPOINT] [--timeline] [--json]
Ends with 0 if everything holds, with 1 otherwise; the last line of output is JSON.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import os
import re
import sys
import zlib
from typing import Any, BinaryIO, Dict, Iterator, List, NamedTuple, NoReturn, Optional, Sequence, Tuple

FORMAT = "hub-audit-bundle/v1"
MIB = 1 << 20
VERIFIERS = ("wushe_verify.py", "wushe-verify.html", "bundle.md")
NEEDED = ("manifest.json", "policy", "checkpoint", "entries.ndjson", "disclosures.ndjson")
OF_CASE = ("proofs.ndjson", "seal.json")
LIMITS = {"seal.json": 16 * MIB, "entries.ndjson": 8 << 30, "proofs.ndjson": 8 << 30, "disclosures.ndjson": 8 << 30}
LINE, PIECE = 256 * 1024, 256 * 1024
MOST_PARTS, MOST_COMMAS, DEEPEST = 100_000, 500_000, 32
RECEIPT = re.compile(r"receipts/(0|[1-9][0-9]{0,15})\.tlog-proof\Z")
RT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z\Z")
MOST = 2**53 - 1

ZH = {
    "not-a-zip": "不是完好的 zip 文件", "too-large": "过大", "zip-bomb": "解压后异常膨胀", "encrypted": "已加密",
    "unknown-compression": "压缩方式不允许", "path-leaves-archive": "路径越出压缩包", "unexpected-file": "多余的文件",
    "duplicate-file": "文件重名", "missing-file": "缺少文件", "bad-json": "JSON 不可读", "duplicate-key": "JSON 键重复",
    "not-an-integer": "不是整数", "too-deep": "嵌套过深", "too-long": "行过长", "bad-manifest": "清单有误",
    "unknown-format": "未知格式", "bad-policy": "信任策略不可读", "bad-checkpoint": "检查点有误",
    "unknown-origin": "策略中没有这本账的密钥", "bad-signature": "签名不符", "not-signed": "账本未签名",
    "quorum-missing": "见证不足法定数", "bad-pin": "所存检查点不可读", "other-origin": "所存检查点属于另一本账",
    "older-than-pin": "比所存检查点旧", "pin-not-covered": "没有从所存检查点到此的证明", "not-consistent": "历史被改写",
    "bad-entry": "账目有误", "wrong-order": "次序有误", "count-differs": "数目不符", "bad-proof": "证明不可读",
    "not-in-tree": "账目不在已签名的账本中", "root-differs": "全部账目与已签名的根不符", "stream-gap": "事件缺号",
    "stream-broken": "事件链断开", "publisher-gap": "发布方缺号", "publisher-broken": "发布方链断开",
    "bad-seal": "封账不可读", "seal-missing": "缺少封账账目", "not-in-seal": "与封账不符", "entries-withheld": "账目被扣留",
    "foreign-entry": "混入无关账目", "consent-missing": "缺少所引用的同意", "export-missing": "缺少导出账目",
    "export-differs": "与导出账目不符", "bad-disclosure": "披露项不可读", "disclosure-differs": "披露值与摘要不符",
    "disclosure-foreign": "披露项不属于任何账目", "receipt-missing": "缺少回执", "receipt-differs": "回执不符",
    "receipt-foreign": "多余的回执", "verifier-differs": "核验程序与公布的不同",
}  # fmt: skip


class Refused(Exception):
    """The bundle does not hold: the fault's code, the place, and the reason in a sentence."""

    def __init__(self, code: str, at: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.at, self.reason = code, at, reason


def refuse(code: str, at: str, reason: str) -> NoReturn:
    """End here."""
    raise Refused(code, at, reason)


# --- bytes, base64, JSON ----------------------------------------------------------------------------------------------


def sha(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def leaf_of(entry: bytes) -> bytes:
    """A leaf's hash (RFC 6962)."""
    return sha(b"\x00" + entry)


def node(left: bytes, right: bytes) -> bytes:
    """A node's hash (RFC 6962)."""
    return sha(b"\x01" + left + right)


def b64url(data: bytes) -> str:
    """Bytes in base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64url(text: Any) -> Optional[bytes]:
    """The bytes of a base64url text, None unless the text is the only one that says them."""
    if not isinstance(text, str) or not text.isascii() or "=" in text:
        return None
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if b64url(data) == text else None


def unb64(text: str) -> Optional[bytes]:
    """The bytes of a base64 text, None unless the text is the only one that says them."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode("ascii") == text else None


def hash_in(text: Any) -> Optional[bytes]:
    """A hash written in base64url."""
    data = unb64url(text)
    return data if data is not None and len(data) == 32 else None


class _BadJson(Exception):
    """The code of what is wrong with some JSON."""


def _unique(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _BadJson("duplicate-key")
    return found


def _whole(text: str) -> int:
    value = int(text) if len(text) < 18 and text != "-0" else MOST + 1
    if not -MOST <= value <= MOST:
        raise _BadJson("not-an-integer")
    return value


def _no_number(text: str) -> NoReturn:
    raise _BadJson("not-an-integer")


_decode = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_whole, parse_float=_no_number, parse_constant=_no_number
).decode


def _inside(values: List[Any]) -> List[Any]:
    return [v for each in values if isinstance(each, dict) for v in each.values()] + [
        v for each in values if isinstance(each, list) for v in each
    ]


def _nests_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = _inside(level)
    return any(isinstance(each, (dict, list)) for each in level)


def read_json(data: bytes, at: str) -> Any:
    """A value from JSON as the format has it: whole numbers only, no key twice, not too deep, no halves of characters."""
    try:
        text = data.decode("utf-8")
        parts = text.count("{") + text.count("[")
        if parts > MOST_PARTS or text.count(",") > MOST_COMMAS:
            refuse("too-large", at, "it has more parts than the format allows")
        value = _decode(text)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except _BadJson as bad:
        refuse(
            str(bad), at, "a key stands twice" if str(bad) == "duplicate-key" else "a number is not a plain whole one"
        )
    except RecursionError:
        refuse("too-deep", at, "it nests deeper than 32")
    except ValueError:
        refuse("bad-json", at, "it is not JSON in UTF-8")
    if parts > DEEPEST and _nests_too_deep(value):
        refuse("too-deep", at, "it nests deeper than 32")
    return value


def fields(value: Any, at: str, code: str, **kinds: Any) -> Dict[str, Any]:
    """An object with exactly these keys, each of its kind."""
    if not isinstance(value, dict) or set(value) != set(kinds):
        refuse(code, at, "its keys are not " + ", ".join(sorted(kinds)))
    for name, kind in kinds.items():
        if not isinstance(value[name], kind) or (kind is int and (isinstance(value[name], bool) or value[name] < 0)):
            refuse(code, at, f"{name} is not what it has to be")
    return value


# --- Ed25519 (RFC 8032), for verifying only ---------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = Tuple[int, int, int, int]


def _add(a: Point, b: Point) -> Point:
    u, v = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    w, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = v - u, z - w, z + w, v + u
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(k: int, point: Point) -> Point:
    total = (0, 1, 1, 0)
    while k:
        if k & 1:
            total = _add(total, point)
        point, k = _add(point, point), k >> 1
    return total


def _point(data: bytes) -> Optional[Point]:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature over the message is the key's."""
    a = _point(key)
    s = int.from_bytes(signature[32:], "little")
    if len(key) != 32 or len(signature) != 64 or a is None or BASE is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    x, y, z, _ = _add(_times(s, BASE), _times(k, (P - a[0], a[1], 1, P - a[3])))
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# --- the tree (RFC 9162, 2.1) -----------------------------------------------------------------------------------------


def root_from(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> Optional[bytes]:
    """The root to which an inclusion path leads; None if it is none."""
    fn, sn, r = index, size - 1, leaf
    if not 0 <= index < size:
        return None
    for p in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            r = node(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return r if sn == 0 else None


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of `old` leaves is shown to be the beginning of the tree of `new`."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == sha(b"")
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if old > new or not path:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == new_root


class Tree:
    """Grows leaf by leaf, and knows its root."""

    def __init__(self) -> None:
        self.size, self.stack = 0, []  # type: int, List[bytes]

    def add(self, leaf: bytes) -> None:
        """One more leaf."""
        rest = self.size
        while rest & 1:
            leaf, rest = node(self.stack.pop(), leaf), rest >> 1
        self.stack.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.stack:
            return sha(b"")
        root = self.stack[-1]
        for left in reversed(self.stack[:-1]):
            root = node(left, root)
        return root


# --- the archive ------------------------------------------------------------------------------------------------------


class File(NamedTuple):
    """A file as the directory of the archive has it."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int


def _number(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "little")


class Archive:
    """The zip file, of which every name and size is judged before anything is unpacked.

    It is read by hand: what programs for zip files forgive, or know beside it, is no part of the format.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.files: Dict[str, File] = {}
        try:
            self._directory(*self._end())
        except (OSError, ValueError):
            self._damaged("archive")
        if sum(each.size for each in self.files.values()) > 8 << 30:
            refuse("zip-bomb", "archive", "it unpacks to more than 8 GiB")

    @staticmethod
    def _damaged(at: str) -> NoReturn:
        refuse("not-a-zip", at, "it is not a zip file, or damaged")

    def _end(self) -> Tuple[int, int, int]:
        """How many files the end record tells of, and how long their directory is, and where it begins."""
        self.length = length = self.file.seek(0, os.SEEK_END)
        if length > 1 << 31:
            refuse("too-large", "archive", "it is larger than 2 GiB")
        start = max(0, length - 65_557)
        self.file.seek(start)
        tail = self.file.read(65_557)
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < 22:
            refuse("not-a-zip", "archive", "it has no end of a zip file")
        count, size, offset = _number(tail, at + 10, 2), _number(tail, at + 12, 4), _number(tail, at + 16, 4)
        comment = _number(tail, at + 20, 2)
        if at + 22 + comment != len(tail) or tail[at + 4 : at + 8] != b"\0\0\0\0" or offset + size != start + at:
            refuse("not-a-zip", "archive", "it is split, or something stands before or after it")
        if count > 20_000:
            refuse("too-large", "archive", "it has more than 20,000 files")
        if size > 1024 * count:
            refuse("not-a-zip", "archive", "its directory is larger than its files account for")
        return count, size, offset

    def _directory(self, count: int, size: int, offset: int) -> None:
        self.file.seek(offset)
        data, at = self.file.read(size), 0
        while at < size:
            name_end = at + 46 + _number(data, at + 28, 2)
            extra_end = name_end + _number(data, at + 30, 2)
            after = extra_end + _number(data, at + 32, 2)
            if data[at : at + 4] != b"PK\x01\x02" or after > len(data):
                self._damaged("archive")
            sizes = [_number(data, at + 24, 4), _number(data, at + 20, 4), _number(data, at + 42, 4)]
            long, packed, begins = self._widened(sizes, data[name_end:extra_end])
            name = data[at + 46 : name_end].decode("latin-1")
            flags, method, crc = _number(data, at + 8, 2), _number(data, at + 10, 2), _number(data, at + 16, 4)
            self._judge(File(name, flags, method, crc, packed, long, begins))
            at = after
        if len(self.files) != count:
            refuse("not-a-zip", "archive", "its directory has another count of files")

    def _widened(self, sizes: List[int], extra: bytes) -> List[int]:
        """Sizes that do not fit into four bytes stand in an extra field (ZIP64); every other extra field is passed over."""
        at = 0
        while 0xFFFFFFFF in sizes:
            if at + 4 > len(extra):
                self._damaged("archive")
            kind, length = _number(extra, at, 2), _number(extra, at + 2, 2)
            wide = [extra[i : i + 8] for i in range(at + 4, min(at + 4 + length, len(extra)), 8)]
            at += 4 + length
            if kind == 1:
                if sum(len(each) == 8 for each in wide) < sizes.count(0xFFFFFFFF):
                    self._damaged("archive")
                found = iter(wide)
                return [_number(next(found), 0, 8) if each == 0xFFFFFFFF else each for each in sizes]
        return sizes

    def _judge(self, file: File) -> None:
        name = file.name
        if name.startswith(("/", "~")) or "\\" in name or ":" in name or ".." in name.split("/"):
            refuse("path-leaves-archive", repr(name)[:80], "the path leaves the archive")
        known = name in (*NEEDED, *OF_CASE, "consistency.txt", *("verifier/" + v for v in VERIFIERS))
        if not known and not RECEIPT.match(name):
            refuse("unexpected-file", repr(name)[:80], "the format has no such file")
        if name in self.files:
            refuse("duplicate-file", name, "the name stands twice")
        if file.flags & 0x2041:
            refuse("encrypted", name, "it is encrypted")
        if file.method not in (0, 8) or file.flags & ~0x080E:
            refuse("unknown-compression", name, "it is neither stored nor deflated")
        if file.size > LIMITS.get(name, (4 if name.startswith("verifier/") else 1) * MIB):
            refuse("too-large", name, "it is larger than the format allows")
        if file.size > MIB and file.size > 100 * file.packed:
            refuse("zip-bomb", name, "it unpacks to more than 100 times its size")
        self.files[name] = file

    def need(self, *names: str) -> None:
        """Refuse if any of these is not there."""
        for name in names:
            if name not in self.files:
                refuse("missing-file", name, "it is not there")

    def read(self, name: str) -> bytes:
        """All of a small file."""
        return b"".join(self._pieces(self.files[name]))

    def _pieces(self, file: File) -> Iterator[bytes]:
        """What a file holds, piece by piece: never more than its directory says, and in the end neither less nor else."""
        seen = crc = 0
        try:
            for piece in self._unpacked(file):
                seen, crc = seen + len(piece), zlib.crc32(piece, crc)
                if seen > file.size:
                    self._damaged(file.name)
                yield piece
        except (OSError, zlib.error):
            self._damaged(file.name)
        if seen != file.size or crc != file.crc:
            self._damaged(file.name)

    def _unpacked(self, file: File) -> Iterator[bytes]:
        if not file.method:
            yield from self._raw(file)
            return
        inflating = zlib.decompressobj(-15)
        for raw in self._raw(file):
            if inflating.eof:
                self._damaged(file.name)
            while raw and not inflating.eof:
                yield inflating.decompress(raw, MIB)
                raw = inflating.unconsumed_tail
        while not inflating.eof and (piece := inflating.decompress(b"", MIB)):
            yield piece
        if not inflating.eof or inflating.unused_data:
            self._damaged(file.name)

    def _raw(self, file: File) -> Iterator[bytes]:
        """The bytes of a file as they lie in the archive; its own header has to bear the same name."""
        self.file.seek(file.offset)
        head = self.file.read(30)
        name = self.file.read(_number(head, 26, 2))
        at = file.offset + 30 + len(name) + _number(head, 28, 2)
        end = at + file.packed
        if head[:4] != b"PK\x03\x04" or name != file.name.encode("latin-1") or end > self.length:
            self._damaged(file.name)
        while at < end:
            self.file.seek(at)
            raw = self.file.read(min(PIECE, end - at))
            if not raw:
                self._damaged(file.name)
            at += len(raw)
            yield raw

    def lines(self, name: str) -> Iterator[Tuple[str, bytes]]:
        """The lines of a file, each with its place and without its end."""
        number, rest = 0, b""
        for piece in self._pieces(self.files[name]):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                number += 1
                if len(line) >= LINE:
                    refuse("too-long", f"{name}:{number}", "the line is longer than 256 KiB")
                if not line:
                    refuse("bad-json", f"{name}:{number}", "a line is empty, or does not end")
                yield f"{name}:{number}", line
            if len(rest) >= LINE:
                refuse("too-long", f"{name}:{number + 1}", "the line is longer than 256 KiB")
        if rest:
            refuse("bad-json", f"{name}:{number + 1}", "a line is empty, or does not end")


# --- policy and checkpoint --------------------------------------------------------------------------------------------


class Key(NamedTuple):
    """A verifier's key: name and id by which its signatures are found, kind, and the public key."""

    name: str
    id: bytes
    kind: int
    public: bytes


def vkey(text: str) -> Optional[Key]:
    """A key as policies write it."""
    name, _, rest = text.partition("+")
    hexed, _, encoded = rest.partition("+")
    data = unb64(encoded)
    if not name or not re.match(r"[0-9a-f]{8}\Z", hexed) or data is None or len(data) != 33:
        return None
    if sha(name.encode() + b"\n" + data)[:4] != bytes.fromhex(hexed):
        return None
    return Key(name, bytes.fromhex(hexed), data[0], data[1:])


class Policy:
    """Whose signatures count, and how many of them are enough."""

    def __init__(self, data: bytes, at: str) -> None:
        self.at = at
        self.logs: List[Key] = []
        self.witnesses: Dict[str, Key] = {}
        self.groups: Dict[str, Tuple[int, List[str]]] = {}
        self.quorum: Optional[str] = None
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            self._bad("it is not UTF-8")
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
            self._bad("it has a control character")
        for line in text.split("\n"):
            words = re.split(r"[ \t]+", line.strip(" \t"))
            if words != [""] and not words[0].startswith("#"):
                self._line(words)
        if self.quorum is None:
            self._bad("it has no quorum line")

    def _bad(self, reason: str) -> NoReturn:
        refuse("bad-policy", self.at, reason)

    def _line(self, words: List[str]) -> None:
        what, rest = words[0], words[1:]
        if what == "log" and len(rest) in (1, 2):
            self.logs.append(self._key(rest[0], 1, self.logs))
        elif what == "witness" and len(rest) in (2, 3):
            self._new(rest[0])
            self.witnesses[rest[0]] = self._key(rest[1], 4, list(self.witnesses.values()))
        elif what == "group" and len(rest) >= 3:
            self._new(rest[0])
            self.groups[rest[0]] = self._group(rest[1], rest[2:])
        elif what == "quorum" and len(rest) == 1 and self.quorum is None:
            if rest[0] != "none" and rest[0] not in self.witnesses and rest[0] not in self.groups:
                self._bad(f"the quorum {rest[0]} is not defined before")
            self.quorum = rest[0]
        else:
            self._bad("a line is none of log, witness, group and quorum")
        if max(len(self.logs), len(self.witnesses), len(self.groups)) > 32:
            self._bad("it has more than 32 logs, witnesses or groups")

    def _new(self, name: str) -> None:
        if name == "none" or name in self.witnesses or name in self.groups:
            self._bad(f"the name {name} is taken")

    def _key(self, text: str, kind: int, others: Sequence[Key]) -> Key:
        key = vkey(text)
        if key is None or key.kind != kind:
            self._bad("a key cannot be read, or is of another kind")
        if any(other.public == key.public for other in others):
            self._bad("a key stands twice")
        return key

    def _group(self, least: str, members: List[str]) -> Tuple[int, List[str]]:
        used = {member for _, group in self.groups.values() for member in group}
        for member in members:
            if (
                (member not in self.witnesses and member not in self.groups)
                or member in used
                or members.count(member) > 1
            ):
                self._bad(f"{member} is not defined before, or a member twice")
        number = {"any": "1", "all": str(len(members))}.get(least, least)
        if not re.match(r"[1-9][0-9]{0,2}\Z", number) or int(number) > len(members):
            self._bad("a group asks for more members than it has, or for none")
        return int(number), members

    def met(self, name: Optional[str], signed: Dict[str, int]) -> bool:
        """Whether so many have signed as this asks for."""
        if name == "none" or name in signed:
            return True
        least, members = self.groups.get(name or "", (1, []))
        return sum(self.met(member, signed) for member in members) >= least


class Note:
    """A checkpoint: its text and what the text says, and its signature lines."""

    def __init__(self, data: bytes, at: str, code: str) -> None:
        self.raw = data
        text, _, tail = data.partition(b"\n\n")
        self.text = text + b"\n"
        try:
            lines, signed = text.decode("utf-8").split("\n"), tail.decode("utf-8").split("\n")
        except UnicodeDecodeError:
            refuse(code, at, "it is not UTF-8")
        root = unb64(lines[2]) if len(lines) >= 3 else None
        if re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", data) or root is None or len(root) != 32 or not lines[0]:
            refuse(code, at, "it is not origin, size and root")
        if not re.match(r"(0|[1-9][0-9]{0,15})\Z", lines[1]) or int(lines[1]) > MOST or "" in lines:
            refuse(code, at, "its size is no number")
        self.origin, self.size, self.root = lines[0], int(lines[1]), root
        if signed.pop() != "" or not 1 <= len(signed) <= 100:
            refuse(code, at, "it has no signatures, or more than 100, or does not end in a line feed")
        self.lines = [self._line(line, at, code) for line in signed]

    @staticmethod
    def _line(line: str, at: str, code: str) -> Tuple[str, bytes, bytes]:
        found = re.match(r"\u2014 ([^\s+]+) ([A-Za-z0-9+/]+=*)\Z", line)
        data = unb64(found[2]) if found else None
        if found is None or data is None or len(data) < 5:
            refuse(code, at, "a signature line cannot be read")
        return found[1], data[:4], data[4:]

    def of(self, key: Key) -> Optional[bytes]:
        """The signature of a key, None if it has not signed; refuses two."""
        found = [signature for name, id_, signature in self.lines if (name, id_) == (key.name, key.id)]
        if len(found) > 1:
            refuse("bad-signature", "checkpoint", f"{key.name} has signed twice")
        return found[0] if found else None


def signers(note: Note, policy: Policy) -> Dict[str, int]:
    """The witnesses whose cosignatures verify, each with its time; refuses what the policy does not accept."""
    logs = [key for key in policy.logs if key.name == note.origin]
    if not logs:
        refuse("unknown-origin", "checkpoint", f"the policy knows no log {note.origin[:80]!r}")
    found = [(key, signature) for key in logs if (signature := note.of(key)) is not None]
    if not found:
        refuse("not-signed", "checkpoint", "the log has not signed it")
    if not all(ed25519(key.public, signature, note.text) for key, signature in found):
        refuse("bad-signature", "checkpoint", "the log's signature does not verify")
    signed: Dict[str, int] = {}
    for name, key in policy.witnesses.items():
        signature = note.of(key)
        if signature is None:
            continue
        at = int.from_bytes(signature[:8], "big")
        if len(signature) != 72 or not ed25519(
            key.public, signature[8:], b"cosignature/v1\ntime %d\n" % at + note.text
        ):
            refuse("bad-signature", "checkpoint", f"the cosignature of {key.name} does not verify")
        signed[name] = at
    if not policy.met(policy.quorum, signed):
        refuse("quorum-missing", "checkpoint", f"{len(signed)} witnesses have cosigned; the quorum is not met")
    return signed


def base64_hashes(lines: Sequence[str]) -> Optional[List[bytes]]:
    """Hashes in base64, one a line."""
    hashes = [unb64(line) for line in lines]
    return [h for h in hashes if h] if all(h is not None and len(h) == 32 for h in hashes) else None


# --- entries ----------------------------------------------------------------------------------------------------------

HEAD = b'{"alg":"sha256","event":'
KEYS = ["alg", "event", "prev", "publisher", "rt", "seq", "stream"]
Stream = Tuple[str, str]


class Entry:
    """An entry as it was read, and what is read of the event in it."""

    data: Dict[str, Any]
    type: str
    __slots__ = ("at", "data", "event", "index", "leaf", "prev", "publisher", "raw_event", "rt", "seq", "stream", "type")  # fmt: skip

    def __init__(self, raw: bytes, value: Dict[str, Any], at: str) -> None:
        if list(value) != KEYS or value["alg"] != "sha256" or not isinstance(value["event"], dict):
            refuse("bad-entry", at, "it is not alg, event, prev, publisher, rt, seq and stream")
        event, self.prev, self.publisher, self.rt = value["event"], value["prev"], value["publisher"], value["rt"]
        self.seq, self.stream = value["seq"], value["stream"]
        words = (self.prev, self.publisher, self.rt, self.stream)
        if not all(isinstance(v, str) for v in words) or "/" in self.publisher or not whole(self.seq, 1):
            refuse("bad-entry", at, "a value is not what it has to be")
        rest = f',"prev":"{self.prev}","publisher":"{self.publisher}","rt":"{self.rt}","seq":{self.seq},"stream":"{self.stream}"}}'
        tail = rest.encode()
        if not raw.startswith(HEAD) or not raw.endswith(tail) or not RT.match(self.rt):
            refuse("bad-entry", at, "it is not written as entries are")
        if (self.seq == 1) != (self.prev == "") or (self.prev and hash_in(self.prev) is None):
            refuse("stream-broken", at, "prev does not suit the first, or a later, event of a stream")
        self.raw_event = raw[len(HEAD) : len(raw) - len(tail)]
        said, version = (event.get("source"), event.get("subject")), event.get("streamversion")
        type_, data = event.get("type"), event.get("data")
        agree = said == ("/" + self.publisher, self.stream) and whole(version, 1) and version == self.seq
        if not agree or not isinstance(data, dict):
            refuse("bad-entry", at, "the entry and the event in it disagree")
        if not isinstance(type_, str) or not whole(event.get("position"), 1):
            refuse("bad-entry", at, "the event has no type, or no position")
        if not isinstance(data.get("consent_id"), (str, type(None))):
            refuse("bad-entry", at, "the consent that it cites is no id")
        self.type, self.data = type_, data
        self.at, self.event, self.index, self.leaf = at, event, -1, leaf_of(raw)

    @property
    def key(self) -> Stream:
        """Its stream, with who publishes it."""
        return self.publisher, self.stream

    def by_audit(self, type_: str) -> bool:
        """Whether it is an event of audit of this type."""
        return self.publisher == "audit" and self.type == type_

    def sealed(self) -> List[str]:
        """The digests of the personal values that belong to the event."""
        found = self.data.get("sealed")
        if found is None:
            return []
        if not isinstance(found, list) or not all(hash_in(digest) for digest in found):
            refuse("bad-entry", self.at, "sealed is no list of digests")
        return found


def whole(value: Any, least: int = 0) -> bool:
    """Whether it is a whole number from `least`."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


class Walk:
    """Goes through entries in order and remembers what the next ones must agree with."""

    def __init__(self) -> None:
        self.heads: Dict[Stream, Tuple[int, bytes]] = {}
        self.positions: Dict[str, Tuple[int, str]] = {}
        self.broken_off: Dict[Stream, str] = {}
        self.last_rt, self.missing = "", 0

    def take(self, entry: Entry, everything: bool) -> None:
        """One entry more."""
        if entry.rt <= self.last_rt:
            refuse("wrong-order", entry.at, "time does not go on")
        self.last_rt = entry.rt
        seq, leaf = self.heads.get(entry.key, (0, b""))
        if entry.seq <= seq:
            refuse("wrong-order", entry.at, "the stream does not go on")
        if entry.seq == seq + 1 and seq and entry.prev != b64url(leaf):
            refuse("stream-broken", entry.at, "prev is not the entry before it in its stream")
        if entry.seq != seq + 1:
            if everything:
                refuse("stream-gap", entry.at, f"event {seq + 1} of {entry.stream} is missing")
            self.broken_off.setdefault(entry.key, entry.at)
        self.heads[entry.key] = (entry.seq, entry.leaf)
        if everything:
            self._publisher(entry)

    def _publisher(self, entry: Entry) -> None:
        position, previous = entry.event["position"], entry.event.get("previous", "")
        before, hashed = self.positions.get(entry.publisher, (0, ""))
        if position <= before:
            refuse("publisher-gap", entry.at, f"the log of {entry.publisher} does not go on")
        if position == before + 1 and previous != hashed:
            refuse("publisher-broken", entry.at, f"it does not follow the event of {entry.publisher} before it")
        self.missing += position - before - 1
        self.positions[entry.publisher] = (position, b64url(sha(entry.raw_event)))


# --- the bundle -------------------------------------------------------------------------------------------------------


class Bundle:
    """One bundle, checked step by step in the order of the format's page."""

    def __init__(self, file: BinaryIO, policy: Optional[bytes], pin: Optional[bytes]) -> None:
        self.given, self.pinned = policy, pin
        self.archive = Archive(file)
        self.said: List[Tuple[str, str]] = []
        self.entries: List[Entry] = []
        self.walk = Walk()
        self.digests: set[str] = set()
        self.told_hash, self.told_count, self.withheld = hashlib.sha256(), 0, 0
        self.published: Dict[str, set[str]] = {}

    def verify(self) -> Dict[str, Any]:
        """Check everything; what was found."""
        self.archive.need(*NEEDED, *("verifier/" + v for v in VERIFIERS))
        self._manifest()
        self._checkpoint()
        self._pin()
        if self.case:
            self._case_entries()
            self._seal()
        else:
            self._all_entries()
        self._export()
        self._disclosures()
        self._receipts()
        self._verifiers()
        return self._found()

    def say(self, zh: str, en: str) -> None:
        """A sentence about what holds."""
        self.said.append((zh, en))

    def _manifest(self) -> None:
        value = read_json(self.archive.read("manifest.json"), "manifest.json")
        if isinstance(value, dict) and value.get("format") != FORMAT:
            refuse("unknown-format", "manifest.json", f"the format is not {FORMAT}")
        kinds: Dict[str, Any] = dict.fromkeys(("count", "export", "size"), int)
        kinds.update(dict.fromkeys(("format", "origin", "recipient", "scope"), str))
        self.case = isinstance(value, dict) and value.get("scope") == "case"
        if self.case:
            kinds["matter_id"] = str
        self.manifest = fields(value, "manifest.json", "bad-manifest", **kinds)
        if value["scope"] not in ("case", "full"):
            refuse("bad-manifest", "manifest.json", "the scope is neither case nor full")
        if value["export"] >= value["size"]:
            refuse("bad-manifest", "manifest.json", "the export is beyond the ledger")
        if self.case:
            self.archive.need(*OF_CASE)
        extra = [n for n in self.archive.files if n in OF_CASE or n.startswith("receipts/")]
        if extra and not self.case:
            refuse("unexpected-file", extra[0], "a full bundle has no such file")

    def _checkpoint(self) -> None:
        own = self.archive.read("policy")
        policy = Policy(own, "policy")
        self.policy = policy if self.given is None else Policy(self.given, "the policy that was given")
        self.differs = self.given is not None and self.given != own
        self.note = note = Note(self.archive.read("checkpoint"), "checkpoint", "bad-checkpoint")
        self.signed = signers(note, self.policy)
        if (self.manifest["origin"], self.manifest["size"]) != (note.origin, note.size):
            refuse("bad-checkpoint", "manifest.json", "manifest and checkpoint name another origin or size")
        names = ", ".join(sorted(self.signed)) or "-"
        count = len(self.signed)
        self.say(
            f"检查点 {note.origin} (共 {note.size} 条) 由账本签名, 并有 {count} 个见证方副署: {names}。",
            f"The log {note.origin} has signed its {note.size} entries, and {count} witnesses have cosigned: {names}.",
        )

    def _pin(self) -> None:
        self.consistency: Optional[Tuple[int, List[bytes]]] = None
        if "consistency.txt" in self.archive.files:
            self.consistency = self._consistency(self.archive.read("consistency.txt"))
        self.pin = None if self.pinned is None else Note(self.pinned, "the pinned checkpoint", "bad-pin")
        if self.pin is None:
            return
        pin, note = self.pin, self.note
        if pin.origin != note.origin:
            refuse("other-origin", "the pinned checkpoint", "it is of another log")
        if pin.size > note.size:
            refuse("older-than-pin", "checkpoint", f"it has {note.size} entries, {pin.size} were there already")
        covered = self.consistency is not None and self.consistency[0] == pin.size
        if self.case and pin.size != note.size and not covered:
            refuse("pin-not-covered", "consistency.txt", f"nothing leads from {pin.size} entries to {note.size}")
        proof = self.consistency[1] if covered and self.consistency else []
        if (covered or pin.size == note.size) and not consistent(pin.size, pin.root, note.size, note.root, proof):
            refuse(
                "not-consistent",
                "consistency.txt",
                "the pinned tree is not the beginning of this one: history was rewritten",
            )

    @staticmethod
    def _consistency(data: bytes) -> Tuple[int, List[bytes]]:
        lines = data.decode("ascii", "replace").split("\n")
        found = re.match(r"old (0|[1-9][0-9]{0,15})\Z", lines[0])
        hashes = base64_hashes(lines[1:-1])
        if found is None or lines[-1] != "" or len(lines) < 2 or hashes is None:
            refuse("bad-proof", "consistency.txt", "it is not a size and hashes")
        return int(found[1]), hashes

    def _read(self, at: str, line: bytes) -> Any:
        value = read_json(line, at)
        return (
            value
            if isinstance(value, dict) and set(value) == {"leaf"}
            else Entry(line, value if isinstance(value, dict) else {}, at)
        )

    def _take(self, entry: Entry, everything: bool) -> None:
        self.walk.take(entry, everything)
        self.digests.update(entry.sealed())
        if entry.by_audit("verifier.published"):
            files = entry.data.get("files")
            for file in files if isinstance(files, list) else []:
                name, hashed = (file.get("name"), file.get("sha256")) if isinstance(file, dict) else (None, None)
                if isinstance(name, str) and isinstance(hashed, str):
                    self.published.setdefault(name, set()).add(hashed)

    def _case_entries(self) -> None:
        note, proofs, last = self.note, self.archive.lines("proofs.ndjson"), -1
        self.paths: Dict[int, List[bytes]] = {}
        for at, line in self.archive.lines("entries.ndjson"):
            entry = self._read(at, line)
            if not isinstance(entry, Entry):
                refuse("bad-entry", at, "a case bundle withholds no single entry")
            where, proof_line = next(proofs, ("", b""))
            if not where:
                refuse("count-differs", "proofs.ndjson", "there are fewer proofs than entries")
            proof = fields(read_json(proof_line, where), where, "bad-proof", index=int, path=list)
            path = [hash_in(p) for p in proof["path"]]
            if None in path:
                refuse("bad-proof", where, "a hash cannot be read")
            entry.index = proof["index"]
            if entry.index <= last:
                refuse("wrong-order", where, "the index does not go on")
            last = entry.index
            self.paths[last] = [p for p in path if p]
            if root_from(entry.leaf, last, note.size, self.paths[last]) != note.root:
                refuse("not-in-tree", at, f"entry {last} is not in the signed tree")
            self._take(entry, False)
            self.entries.append(entry)
        if next(proofs, None) is not None or len(self.entries) != self.manifest["count"]:
            refuse("count-differs", "entries.ndjson", "there are more or fewer entries or proofs than was said")
        self.say(
            f"{len(self.entries)} 条账目逐字节与已签名的账本相符 (附包含证明)。",
            f"{len(self.entries)} entries stand, byte for byte, in the signed tree.",
        )

    def _all_entries(self) -> None:
        tree, note, export, leaves = Tree(), self.note, self.manifest["export"], 0
        self.export: Optional[Entry] = None
        self.size = self._told_size()
        for index, (at, line) in self._all_lines():
            if self.pin is not None and tree.size == self.pin.size:
                self._same_beginning(tree)
            entry = self._read(at, line)
            leaf = entry.leaf if isinstance(entry, Entry) else hash_in(entry["leaf"])
            if leaf is None:
                refuse("bad-entry", at, "a leaf cannot be read")
            tree.add(leaf)
            if not isinstance(entry, Entry):
                leaves += 1
                self.withheld += index < self.size
                continue
            entry.index = index
            if index >= self.size and index != export:
                refuse("foreign-entry", at, "it came after the moment that the bundle tells of")
            self._take(entry, True)
            if index == export:
                self.export = entry
            if index < self.size:
                self.told_hash.update(leaf)
                self.told_count += 1
                self.as_of = entry.rt
        if self.pin is not None and tree.size == self.pin.size:
            self._same_beginning(tree)
        if tree.size != note.size or tree.size != self.manifest["count"]:
            refuse("count-differs", "entries.ndjson", f"there are {tree.size} entries, the checkpoint has {note.size}")
        if tree.root() != note.root:
            refuse("root-differs", "entries.ndjson", "all entries together are not the signed tree")
        if self.walk.missing > leaves:
            refuse("publisher-gap", "entries.ndjson", "more events of publishers are missing than entries are withheld")
        self.streams = len(self.walk.heads)
        self.say(
            f"账本全部 {tree.size} 条账目 (其中 {leaves} 条只给出哈希) 的根与已签名的根相同; {self.streams} 个事件流首尾相接, 没有缺号。",
            f"All {tree.size} entries of the ledger ({leaves} as hashes only) give the signed root; "
            f"{self.streams} streams go on from 1 without a gap.",
        )

    def _all_lines(self) -> Iterator[Tuple[int, Tuple[str, bytes]]]:
        for index, (at, line) in enumerate(self.archive.lines("entries.ndjson")):
            if index == self.note.size:
                refuse("count-differs", at, f"there are more entries than the {index} of the checkpoint")
            yield index, (at, line)

    def _told_size(self) -> int:
        """The size that the export names, read before the entries themselves are; it is compared again with the export."""
        for number, (at, line) in enumerate(self.archive.lines("entries.ndjson")):
            if number == self.manifest["export"]:
                entry = self._read(at, line)
                size = entry.data.get("size") if isinstance(entry, Entry) else None
                if isinstance(entry, Entry) and entry.by_audit("bundle.exported") and whole(size):
                    return int(size or 0)
                break
        refuse("export-missing", "entries.ndjson", "the export's entry is not here")

    def _same_beginning(self, tree: Tree) -> None:
        if self.pin is not None and tree.root() != self.pin.root:
            refuse(
                "not-consistent",
                "entries.ndjson",
                "the pinned tree is not the beginning of this one: history was rewritten",
            )

    # --- the seal ---

    def _seal(self) -> None:
        value = read_json(self.archive.read("seal.json"), "seal.json")
        seal = fields(value, "seal.json", "bad-seal", absent=list, index=int, matter=dict, streams=list)
        entry = next((e for e in self.entries if e.index == seal["index"]), None)
        if entry is None or not entry.by_audit("ledger.sealed"):
            refuse("seal-missing", "seal.json", "the seal's entry is not here")
        root = hash_in(entry.data.get("map_root"))
        if root is None or not whole(entry.data.get("rows")) or not whole(entry.data.get("to_size")):
            refuse("seal-missing", entry.at, "this seal seals no map of streams")
        self.map_rows, self.map_root, self.size = entry.data["rows"], root, entry.data["to_size"]
        if self.size > entry.index:
            refuse("bad-seal", entry.at, "a seal cannot cover itself")
        told = [e for e in self.entries if e.index < self.size]
        self._matter(seal["matter"], told)
        listed = self._listed(seal["streams"], told)
        absent = {self._absent(row) for row in seal["absent"]}
        for e in told:
            self._belongs(e, listed, absent)
        for e in self.entries:
            if (
                e.index >= self.size
                and e is not entry
                and e.index != self.manifest["export"]
                and not e.by_audit("verifier.published")
            ):
                refuse("foreign-entry", e.at, "it came after the seal")
        self.streams, self.as_of = len(listed), told[-1].rt if told else ""
        self.say(
            f"封账证明: 截至第 {self.size} 条, 本事项的 {self.about} 条账目和 {self.streams} 个事件流全部在此, 无一扣留。",
            f"The seal proves that of the first {self.size} entries all {self.about} about the matter are here, "
            f"and all of {self.streams} streams.",
        )

    def _row(self, row: Dict[str, Any], key: bytes) -> None:
        head, path = hash_in(row["head"]), [hash_in(p) for p in row["path"]]
        if head is None or None in path:
            refuse("bad-seal", "seal.json", "a hash cannot be read")
        leaf = leaf_of(key + row["count"].to_bytes(8, "big") + head)
        if root_from(leaf, row["row"], self.map_rows, [p for p in path if p]) != self.map_root:
            refuse("not-in-seal", "seal.json", "a row does not lead to the sealed root")

    def is_about(self, entry: Entry) -> bool:
        """Whether an entry is about the matter."""
        return entry.data.get("matter_id") == self.manifest["matter_id"] and not entry.type.startswith("safeguarding.")

    def _matter(self, value: Any, told: List[Entry]) -> None:
        row = fields(value, "seal.json", "bad-seal", count=int, head=str, path=list, row=int)
        self._row(row, sha(b"matter/" + self.manifest["matter_id"].encode()))
        chain, about = bytes(32), [e for e in told if self.is_about(e)]
        for entry in about:
            chain = sha(b"\x02" + chain + entry.leaf)
        if len(about) != row["count"]:
            refuse(
                "entries-withheld",
                "seal.json",
                f"the seal counts {row['count']} entries about the matter, {len(about)} are shown",
            )
        if b64url(chain) != row["head"]:
            refuse("entries-withheld", "seal.json", "the seal counts other entries about the matter than are shown")
        self.about = len(about)

    def _listed(self, values: List[Any], told: List[Entry]) -> set[Stream]:
        shown: Dict[Stream, List[Entry]] = {}
        for entry in told:
            shown.setdefault(entry.key, []).append(entry)
        listed: set[Stream] = set()
        for value in values:
            row = fields(
                value, "seal.json", "bad-seal", count=int, head=str, path=list, publisher=str, row=int, stream=str
            )
            key, name = (row["publisher"], row["stream"]), f"{row['publisher']}/{row['stream']}"
            if key in listed:
                refuse("bad-seal", "seal.json", f"{name} stands twice")
            self._row(row, sha(name.encode()))
            events = shown.get(key, [])
            if key in self.walk.broken_off:
                refuse("stream-gap", self.walk.broken_off[key], f"an event of {name} is missing")
            if len(events) != row["count"] or not events or b64url(events[-1].leaf) != row["head"]:
                refuse(
                    "entries-withheld",
                    "seal.json",
                    f"the seal counts {row['count']} events of {name}, {len(events)} are shown",
                )
            listed.add(key)
        return listed

    def _absent(self, value: Any) -> str:
        row = fields(value, "seal.json", "bad-seal", after=(dict, type(None)), before=(dict, type(None)), name=str)
        sides: List[Optional[Tuple[bytes, int]]] = []
        for side in (row["before"], row["after"]):
            if side is None:
                sides.append(None)
                continue
            fields(side, "seal.json", "bad-seal", count=int, head=str, key=str, path=list, row=int)
            key = hash_in(side["key"])
            if key is None:
                refuse("bad-seal", "seal.json", "a key cannot be read")
            self._row(side, key)
            sides.append((key, side["row"]))
        before, after = sides
        name = sha(row["name"].encode())
        neighbours = (before[1] if before else -1) + 1 == (after[1] if after else self.map_rows)
        if not neighbours or (before and before[0] >= name) or (after and after[0] <= name):
            refuse("not-in-seal", "seal.json", f"{row['name'][:80]} is not shown to be absent")
        return str(row["name"])

    def _belongs(self, entry: Entry, listed: set[Stream], absent: set[str]) -> None:
        about = self.is_about(entry)
        if not about and entry.key not in listed and not entry.by_audit("verifier.published"):
            refuse("foreign-entry", entry.at, "it is neither about the matter nor of a listed stream")
        consent = entry.data.get("consent_id")
        if consent is not None:
            stream = f"consent/{consent}"
            if ("intake", stream) not in listed and f"intake/{stream}" not in absent:
                refuse("consent-missing", entry.at, "the consent that it cites is not here")
        if about or entry.key in listed:
            self.told_hash.update(entry.leaf)
            self.told_count += 1

    # --- what was given ---

    def _export(self) -> None:
        index = self.manifest["export"]
        entry = next((e for e in self.entries if e.index == index), None) if self.case else self.export
        if entry is None or not entry.by_audit("bundle.exported"):
            refuse("export-missing", "manifest.json", "the export's entry is not here")
        self.said_of_export = data = entry.data
        is_so = {
            "scope": self.manifest["scope"], "role": self.manifest["recipient"], "matter_id": self.manifest.get("matter_id"),
            "size": self.size, "entries": self.told_count, "entries_hash": b64url(self.told_hash.digest()), "withheld": self.withheld,
        }  # fmt: skip
        for name, value in is_so.items():
            if data.get(name) != value or type(data.get(name)) is not type(value):
                refuse(
                    "export-differs", entry.at, f"{name}: the export says {data.get(name)!r:.60}, it is {value!r:.60}"
                )
        if index < self.size or self.size > self.note.size:
            refuse("export-differs", entry.at, "an export comes after what it exports")
        self.say(
            f"导出本身已记账 (第 {index} 条), 接收角色为 {self.manifest['recipient']}; 内容与其所记一致。",
            f"The export itself is entry {index}, made for the role {self.manifest['recipient']}; the bundle is what it says.",
        )

    def _disclosures(self) -> None:
        hashed, last = hashlib.sha256(), ""
        self.disclosed = self.erased = 0
        for at, line in self.archive.lines("disclosures.ndjson"):
            value = read_json(line, at)
            gone = isinstance(value, dict) and "erased" in value
            kinds: Dict[str, Any] = {"digest": str, "erased": bool} if gone else {"digest": str, "disclosure": str}
            digest = fields(value, at, "bad-disclosure", **kinds)["digest"]
            if digest <= last or (gone and value["erased"] is not True):
                refuse("bad-disclosure", at, "digests do not ascend, or erased is not true")
            last = digest
            if digest not in self.digests:
                refuse("disclosure-foreign", at, "no entry here has this digest")
            if gone:
                self.erased += 1
            else:
                self.disclosed += 1
                self._disclosure(value["disclosure"], digest, at)
            hashed.update(f"{digest} {'erased' if gone else 'opened'}\n".encode())
        is_so = {"disclosed": self.disclosed, "erased": self.erased, "disclosures_hash": b64url(hashed.digest())}
        for name, count in is_so.items():
            told = self.said_of_export.get(name)
            if told != count or type(told) is not type(count):
                refuse("export-differs", "disclosures.ndjson", f"{name} is not what the export says")
        self.sealed = len(self.digests) - self.disclosed - self.erased
        self.say(
            f"{self.disclosed} 项个人信息的值与当时封存的摘要相符; {self.erased} 项已删除; {self.sealed} 项对接收者保持封存。",
            f"{self.disclosed} personal values are those that were sealed; {self.erased} have been erased; {self.sealed} stay sealed.",
        )

    @staticmethod
    def _disclosure(text: str, digest: str, at: str) -> None:
        if b64url(sha(text.encode())) != digest:
            refuse("disclosure-differs", at, "the value is not the one that was sealed")
        data = unb64url(text)
        value = None if data is None else read_json(data, at)
        sound = isinstance(value, list) and len(value) == 3 and isinstance(value[0], str) and isinstance(value[1], str)
        salt = unb64url(value[0]) if sound and isinstance(value, list) else None
        if salt is None or len(salt) != 16:
            refuse("bad-disclosure", at, "it is not salt, field and value")

    def _receipts(self) -> None:
        receipts = {int(found[1]) for name in self.archive.files if (found := RECEIPT.match(name))}
        for entry in self.entries if self.case else []:
            owed = isinstance(entry.data.get("handoff"), dict) or entry.type in ("consent.granted", "consent.withdrawn")
            if not owed or entry.index >= self.size:
                continue
            name = f"receipts/{entry.index}.tlog-proof"
            if entry.index not in receipts:
                refuse("receipt-missing", name, "it is not there")
            receipts.discard(entry.index)
            hashes = [base64.b64encode(h).decode() for h in self.paths[entry.index]]
            head = "\n".join(["c2sp.org/tlog-proof@v1", f"index {entry.index}", *hashes, "", ""]).encode()
            if self.archive.read(name) != head + self.note.raw:
                refuse("receipt-differs", name, "it proves something else")
        if receipts:
            refuse("receipt-foreign", f"receipts/{min(receipts)}.tlog-proof", "no entry here is owed it")
        self.receipts = sum(name.startswith("receipts/") for name in self.archive.files)
        if self.case:
            self.say(
                f"{self.receipts} 份交接与同意的回执有效。", f"{self.receipts} receipts of handoffs and consents hold."
            )

    def _verifiers(self) -> None:
        for name in VERIFIERS:
            if b64url(sha(self.archive.read("verifier/" + name))) not in self.published.get(name, ()):
                refuse("verifier-differs", "verifier/" + name, "it is not the published one")
        try:
            with open(__file__, "rb") as own:
                same = b64url(sha(own.read())) in self.published.get("wushe_verify.py", ())
        except OSError:
            same = False
        self.say(
            "包内核验程序与账本中公布的一致; "
            + ("正在运行的这一份也是。" if same else "正在运行的这一份不是账本中公布的那一份。"),
            "The verifiers inside are the published ones; the one that runs now is " + ("too." if same else "not."),
        )

    def _found(self) -> Dict[str, Any]:
        anchored = (["witnesses"] if self.given is not None and self.policy.quorum != "none" else []) + (
            ["pin"] if self.pin else []
        )
        if self.given is None:
            self.say(
                "注意: 没有另行取得的信任策略, 密钥只是包内自述。",
                "Note: no policy was given; the keys are the bundle's own word.",
            )
        if self.differs:
            self.say(
                "注意: 包内的策略与您给出的不同; 采用了您给出的。",
                "Note: the bundle's policy differs from yours; yours was used.",
            )
        if not anchored:
            self.say(
                "注意: 没有独立见证, 也没有早先留存的检查点: 掌握账本密钥的人可以整本重写, 本结果不能排除。",
                "Note: with neither witnesses nor a pinned checkpoint, whoever holds the log's key could have written all of it anew.",
            )
        matter = {"matter_id": self.manifest["matter_id"]} if self.case else {}
        return {
            "ok": True, "format": FORMAT, "scope": self.manifest["scope"], **matter, "recipient": self.manifest["recipient"],
            "origin": self.note.origin, "size": self.note.size, "root": b64url(self.note.root), "told": self.size,
            "as_of": self.as_of, "entries": self.manifest["count"], "streams": self.streams, "withheld": self.withheld,
            "disclosed": self.disclosed, "sealed": self.sealed, "erased": self.erased, "receipts": self.receipts,
            "policy": "bundle" if self.given is None else "given", "policy_differs": self.differs,
            "witnesses": sorted(self.signed), "quorum": self.policy.quorum,
            "witnessed_at": max(self.signed.values(), default=None), "pin": self.pin.size if self.pin else None, "anchored": anchored,
        }  # fmt: skip


def timeline(bundle: Bundle) -> Iterator[str]:
    """One line an entry: when it became known, when it happened, what, by whom, and what was handed over."""
    for entry in bundle.entries:
        event, moved = entry.event, entry.data.get("handoff")
        who = " ".join(str(event[name]) for name in ("actorrole", "actorid", "actororg") if event.get(name))
        handed = (
            f"  {moved.get('act')}: {moved.get('giver')} -> {moved.get('takers')}" if isinstance(moved, dict) else ""
        )
        yield f"{entry.index:>9}  {entry.rt}  {event.get('effectiveat') or '-':<25}  {entry.type:<32}  {who}{handed}"


def shown(line: str) -> str:
    """A line without what would move a terminal's cursor, or turn its letters round: a bundle may say anything."""
    return re.sub("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "?", line)


def read_given(path: Optional[str], code: str) -> Optional[bytes]:
    """A file that the holder of the bundle gives."""
    if path is None:
        return None
    try:
        with open(path, "rb") as file:
            data = file.read(MIB + 1)
    except (OSError, ValueError) as gone:
        refuse(code, path, str(gone))
    if len(data) > MIB:
        refuse(code, path, "it is larger than 1 MiB")
    return data


def verified(path: str, policy: Optional[bytes], pin: Optional[bytes]) -> Tuple[Bundle, Dict[str, Any]]:
    """A bundle that holds, and what was found; raises Refused."""
    try:
        with open(path, "rb") as file:
            bundle = Bundle(file, policy, pin)
            return bundle, bundle.verify()
    except (OSError, ValueError):
        refuse("not-a-zip", "archive", "it cannot be read")
    except MemoryError:
        refuse("too-large", "archive", "there is not enough memory for it")


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """The program."""
    parser = argparse.ArgumentParser(description="Verify an audit bundle, offline. 离线核验审计包。")
    parser.add_argument("bundle")
    parser.add_argument(
        "--policy", help="keys and quorum that you trust, got by another way than the bundle / 另行取得的信任策略"
    )
    parser.add_argument("--pin", help="a checkpoint that you kept from earlier / 早先留存的检查点")
    parser.add_argument("--timeline", action="store_true", help="show the entries, too / 同时列出账目")
    parser.add_argument("--json", action="store_true", help="the last line only / 只输出最后一行")
    asked = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    try:
        given, pin = read_given(asked.policy, "bad-policy"), read_given(asked.pin, "bad-pin")
        bundle, found = verified(asked.bundle, given, pin)
    except Refused as no:
        reason = re.sub(r"[^\x20-\x7e]", "?", no.reason)[:300]
        at = re.sub(r"[^\x20-\x7e]", "?", no.at)[:100]
        if not asked.json:
            print(f"拒绝 REFUSED {no.code} ({ZH[no.code]}) {at}: {reason}")
        print(json.dumps({"ok": False, "code": no.code, "at": at, "reason": reason}))
        return 1
    if not asked.json:
        for line in timeline(bundle) if asked.timeline else ():
            print(shown(line))
        for zh, en in bundle.said:
            print(f"{shown(zh)}\n    {shown(en)}")
    print(json.dumps(found, separators=(",", ":")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
