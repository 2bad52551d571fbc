"""What is no bundle is refused in one line, with exit 1, within two seconds of work and 200 MiB."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.service.verifier.conftest import Made
from tests.support.bundles import ORIGIN, VERIFIERS, Files, Signer, packed, policy
from tests.support.tampering.middle import twice

SECONDS, BYTES = 2, 200 << 20
Bad = Callable[[Files], bytes]


LIMITED = ("prlimit", f"--cpu={SECONDS}", f"--as={BYTES}")
"""Runs what follows within these limits (part of Debian's util-linux, always there)."""


def refused(folder: Path, bundle: bytes, *words: str) -> str:
    """The code by which the program, alone and under limits, refuses; it says why in one line, and nothing else but JSON."""
    (folder / "bundle.zip").write_bytes(bundle)
    command = [*LIMITED, sys.executable, "-I", str(VERIFIERS["wushe_verify.py"]), "bundle.zip", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, ""), done
    line, last = done.stdout.splitlines()
    said = json.loads(last)
    assert line.startswith(f"拒绝 REFUSED {said['code']} (")
    assert len(line) < 500
    return str(said["code"])


def zipped(files: Files, **more: bytes) -> bytes:
    """A zip with a file more, deflated."""
    return packed(files | {name.replace("__", "/"): data for name, data in more.items()})


def bomb(files: Files, size: int = 128 << 20) -> bytes:
    """Entries that unpack to a thousand times their size."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            if name != "entries.ndjson":
                archive.writestr(name, data)
        with archive.open("entries.ndjson", "w") as stream:
            for _ in range(size >> 20):
                stream.write(bytes(1 << 20))
    return buffer.getvalue()


def lying(files: Files) -> bytes:
    """The same bomb, which says that it is small: only what is declared may be read."""
    data = bytearray(bomb(files, 64 << 20))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 1000)
    return bytes(data)


def flagged(files: Files) -> bytes:
    """An archive that says that it is encrypted."""
    data = bytearray(packed(files))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def many(count: int) -> bytes:
    """An archive of so many empty files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for i in range(count):
            archive.writestr(f"receipts/{i}.tlog-proof", b"")
    return buffer.getvalue()


def with_json(name: str, change: Callable[[bytes], bytes]) -> Bad:
    """The bundle with one file changed."""
    return lambda files: packed(files | {name: change(files[name])})


def compressed(method: int) -> Bad:
    """The bundle, packed in another way."""
    return lambda files: packed(files, method)


def with_stored(name: str, data: bytes) -> Bad:
    """The bundle with another file instead, which is not packed: no bomb, and large all the same."""
    return lambda files: packed(files | {name: data}, zipfile.ZIP_STORED)


DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
BAD: list[tuple[str, str, Bad]] = [
    ("no zip at all", "not-a-zip", lambda files: b"This is not a bundle.\n"),
    ("nothing", "not-a-zip", lambda files: b""),
    ("half of it", "not-a-zip", lambda files: packed(files)[: len(packed(files)) // 2]),
    ("random bytes with an end", "not-a-zip", lambda files: b"x" * 70_000 + b"PK\x05\x06" + bytes(18)),
    ("something before it", "not-a-zip", lambda files: b"#!/bin/sh\n" + packed(files)),
    ("an empty zip", "missing-file", lambda files: packed({})),
    ("a bomb", "zip-bomb", bomb),
    ("a bomb that says it is small", "not-a-zip", lying),
    ("twenty thousand files and one", "too-large", lambda files: many(20_001)),
    ("encrypted", "encrypted", flagged),
    ("packed by bzip2", "unknown-compression", compressed(zipfile.ZIP_BZIP2)),
    ("packed by lzma", "unknown-compression", compressed(zipfile.ZIP_LZMA)),
    ("a path that leaves", "path-leaves-archive", lambda files: packed(files | {"../../etc/cron.d/x": b"x"})),
    ("an absolute path", "path-leaves-archive", lambda files: packed(files | {"/etc/passwd": b"x"})),
    ("a drive", "path-leaves-archive", lambda files: packed(files | {"C:/x": b"x"})),
    ("a backslash", "path-leaves-archive", lambda files: packed(files | {"..\\x": b"x"})),
    ("a file more", "unexpected-file", lambda files: packed(files | {"report.html": b"x"})),
    ("a file twice", "duplicate-file", lambda files: twice(files, "entries.ndjson")),
    ("a huge manifest", "too-large", lambda files: packed(files | {"manifest.json": b" " * (2 << 20)}, zipfile.ZIP_STORED)),
    ("a key twice", "duplicate-key", with_json("manifest.json", lambda m: m[:-1] + b',"size":1}')),
    ("a float", "not-an-integer", with_json("manifest.json", lambda m: m.replace(b'"count":28', b'"count":28.0'))),
    ("an exponent", "not-an-integer", with_json("manifest.json", lambda m: m.replace(b'"count":28', b'"count":28e0'))),
    ("not a number", "not-an-integer", with_json("manifest.json", lambda m: m.replace(b'"count":28', b'"count":NaN'))),
    ("a number beyond", "not-an-integer", with_json("manifest.json", lambda m: m.replace(b'"count":28', b'"count":9007199254740992'))),
    ("a number of a million digits", "not-an-integer", with_json("seal.json", lambda m: b'{"a":' + b"9" * 1_000_000 + b"}")),
    ("a minus zero", "not-an-integer", with_json("manifest.json", lambda m: m.replace(b'"count":28', b'"count":-0'))),
    ("deep", "too-deep", with_json("manifest.json", lambda m: DEEP)),
    ("a mark of byte order", "bad-json", with_json("manifest.json", lambda m: b"\xef\xbb\xbf" + m)),
    ("no UTF-8", "bad-json", with_json("manifest.json", lambda m: b'{"a":"\xff"}')),
    ("a list", "bad-manifest", with_json("manifest.json", lambda m: b"[]")),
    ("half a character", "bad-json", with_json("manifest.json", lambda m: m.replace(b"auditor", b"\\ud800"))),
    ("a text that never ends", "bad-json", with_json("seal.json", lambda m: b"[" + b"[]," * 40 + b'"' + b'\\"' * 400_000)),
    ("four million lists", "too-large", with_stored("seal.json", b"[" + b"[]," * 4_000_000 + b"[]]")),
    ("two million texts in letters of four bytes", "too-large", with_stored("seal.json", b"[" + '"😀",'.encode() * 2_000_000 + b"0]")),
    ("one text of four million such letters", "bad-seal", with_stored("seal.json", b'"' + "😀".encode() * 4_000_000 + b'"')),
    ("a size beyond", "too-large", with_stored("seal.json", bytes((16 << 20) + 1))),
    ("another format", "unknown-format", with_json("manifest.json", lambda m: m.replace(b"bundle/v1", b"bundle/v2"))),
    ("a line without end", "too-long", with_json("entries.ndjson", lambda m: b"a" * (1 << 20))),
    ("a float in an entry", "not-an-integer", with_json("entries.ndjson", lambda m: m.replace(b'"position":1,', b'"position":1.0,', 1))),
    ("a key twice in an entry", "duplicate-key", with_json("entries.ndjson", lambda m: m.replace(b'"seq":1,', b'"seq":1,"seq":1,', 1))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "make"), [pytest.param(code, make, id=name) for name, code, make in BAD])
def test_what_is_no_bundle_is_refused_at_once(code: str, make: Bad, case: Made, tmp_path: Path) -> None:
    assert refused(tmp_path, make(case.files)) == code


def test_a_log_that_the_policy_does_not_know_is_refused(case: Made, tmp_path: Path) -> None:
    (tmp_path / "policy").write_bytes(policy(logs=[Signer("elsewhere.example/audit", 1, 5)]))
    assert ORIGIN != "elsewhere.example/audit"
    assert refused(tmp_path, packed(case.files), "--policy", "policy") == "unknown-origin"


@pytest.mark.parametrize(
    "text", [b"", b"log x\n", b"quorum nobody\n", b"quorum none\nquorum none\n", b"\xff\n", b"\x00\n"]
)
def test_a_policy_that_cannot_be_read_is_refused(text: bytes, case: Made, tmp_path: Path) -> None:
    (tmp_path / "policy").write_bytes(text)
    assert refused(tmp_path, packed(case.files), "--policy", "policy") == "bad-policy"


@pytest.mark.parametrize("text", [b"", b"a\n", b"a\n1\nAAAA\n\n", b"a\n01\n\n\n", b"a" * (1 << 21)])
def test_a_pin_that_cannot_be_read_is_refused(text: bytes, case: Made, tmp_path: Path) -> None:
    (tmp_path / "pin").write_bytes(text)
    assert refused(tmp_path, packed(case.files), "--pin", "pin") == "bad-pin"


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, b"", "--policy", "nowhere") == "bad-policy"
    command = [*LIMITED, sys.executable, "-I", str(VERIFIERS["wushe_verify.py"]), str(tmp_path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
