"""A sound bundle is told to be sound, with counts of what was checked and of what was not."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.service.verifier.conftest import Made
from tests.support import bundles
from tests.support.bundles import MATTER, ROOT, VERIFIERS, Exporter, packed, policy, sha, story
from tests.support.verifying import asked, found, probes, program

PYTHON = VERIFIERS["wushe_verify.py"]
PAGE = VERIFIERS["bundle.md"].read_text(encoding="utf-8")


def test_a_matters_bundle_is_sound(case: Made, tmp_path: Path) -> None:
    said = found(tmp_path, packed(case.files), case.policy, case.pin)
    root = bundles.Tree([sha(b"\0" + raw) for raw in case.ledger.entries()]).root()
    assert said == {
        "ok": True, "format": "hub-audit-bundle/v1", "scope": "case", "matter_id": MATTER, "recipient": "auditor",
        "origin": "hub.example/audit/2026", "size": 62, "root": bundles.url64(root), "told": 60,
        "as_of": "2026-03-01T01:32:57.123456Z", "entries": 28, "streams": 7, "withheld": 0, "disclosed": 2, "sealed": 16,
        "erased": 1, "receipts": 7, "policy": "given", "policy_differs": False,
        "witnesses": ["community", "society", "station"], "quorum": "societies", "witnessed_at": 1_772_328_602, "pin": 21,
        "anchored": ["witnesses", "pin"],
    }  # fmt: skip


def test_a_whole_ledgers_bundle_is_sound(full: Made, tmp_path: Path) -> None:
    said = found(tmp_path, packed(full.files), full.policy, full.pin)
    assert said["ok"]
    assert (said["entries"], said["told"], said["withheld"], said["disclosed"]) == (61, 60, 1, 2)


@pytest.mark.parametrize("length", [16, 17, 31, 32, 64, 65])
def test_bundles_of_ledgers_of_any_length_are_sound(length: int, tmp_path: Path) -> None:
    ledger, texts = story(length)
    sizes = [1, length // 2, length]
    for pin in (ledger.checkpoint(size) for size in sizes):
        old = int(pin.split(b"\n")[1])
        for files in (Exporter(story(length)[0], texts[:1], old=old).case(MATTER), Exporter(story(length)[0]).full()):
            assert found(tmp_path, packed(files), policy(), pin)["ok"]


def test_what_was_checked_is_said_in_sentences_in_both_languages(case: Made, tmp_path: Path) -> None:
    _, lines = asked(tmp_path, packed(case.files), case.policy, case.pin)
    assert lines[:4] == [
        "检查点 hub.example/audit/2026 (共 62 条) 由账本签名, 并有 3 个见证方副署: community, society, station。",
        "    The log hub.example/audit/2026 has signed its 62 entries, and 3 witnesses have cosigned: community, society, station.",
        "28 条账目逐字节与已签名的账本相符 (附包含证明)。",
        "    28 entries stand, byte for byte, in the signed tree.",
    ]
    assert not any("注意" in line for line in lines)


def test_without_a_policy_it_is_said_that_the_keys_are_the_bundles_own_word(case: Made, tmp_path: Path) -> None:
    code, lines = asked(tmp_path, packed(case.files))
    assert code == 0
    assert any("the keys are the bundle's own word" in line for line in lines)
    assert any("whoever holds the log's key could have written all of it anew" in line for line in lines)
    said = found(tmp_path, packed(case.files))
    assert (said["policy"], said["anchored"], said["pin"]) == ("bundle", [], None)


def test_a_policy_that_differs_from_the_bundles_is_used_and_told(case: Made, tmp_path: Path) -> None:
    said = found(tmp_path, packed(case.files), policy(quorum=3))
    assert (said["ok"], said["policy"], said["policy_differs"]) == (True, "given", True)


def test_the_program_runs_on_its_own(case: Made, tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(packed(case.files))
    (tmp_path / "policy").write_bytes(case.policy)
    alone = [sys.executable, "-I", "-S", "-W", "error", str(PYTHON), "bundle.zip", "--policy", "policy", "--timeline"]
    done = subprocess.run(
        alone, cwd=tmp_path, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "help-request.received" in done.stdout
    assert done.stdout.splitlines()[-1].startswith('{"ok":true,')


def test_the_program_needs_the_standard_library_alone_and_an_old_python() -> None:
    tree = ast.parse(PYTHON.read_text(encoding="utf-8"), feature_version=(3, 9))
    names = {alias.name for at in ast.walk(tree) if isinstance(at, ast.Import) for alias in at.names}
    names |= {at.module for at in ast.walk(tree) if isinstance(at, ast.ImportFrom) and at.module}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
    assert names.isdisjoint({"socket", "http", "urllib", "ssl", "subprocess"})


def test_every_failure_has_its_line_on_the_page_and_its_words_in_chinese() -> None:
    table = PAGE[PAGE.index("## Order of checks") : PAGE.index("## The last line")]
    named = [code for row in table.splitlines() if row.startswith("|") for code in re.findall("`([a-z0-9-]+)`", row)]
    raised = set(re.findall(r"(?:refuse|_BadJson)\(\s*\"([a-z0-9-]+)\"", PYTHON.read_text(encoding="utf-8")))
    named = [code for code in named if code not in ("prev",)]
    assert set(named) == set(program().ZH)
    assert raised <= set(named)


def test_signatures_are_verified_as_elsewhere() -> None:
    for n in range(12):
        key = Ed25519PrivateKey.from_private_bytes(sha(b"%d" % n))
        public, message = key.public_key().public_bytes_raw(), b"x" * n
        signature = key.sign(message)
        assert program().ed25519(public, signature, message)
        assert not program().ed25519(public, signature, message + b"y")
        for at in (0, 31, 32, 63):
            changed = bytearray(signature)
            changed[at] ^= 1 << n % 8
            assert not program().ed25519(public, bytes(changed), message)


def test_a_signature_of_which_the_order_was_added_is_refused() -> None:
    key = Ed25519PrivateKey.from_private_bytes(sha(b"0"))
    signature = key.sign(b"")
    s = int.from_bytes(signature[32:], "little") + program().L
    assert not program().ed25519(key.public_key().public_bytes_raw(), signature[:32] + s.to_bytes(32, "little"), b"")


def test_every_published_inclusion_probe_is_judged_as_its_authors_say() -> None:
    """RFC 6962: transparency-dev's 98 probes, good and malformed."""
    judged = {}
    for name, probe in probes().items():
        leaf, root, *path = (b64decode(text) for text in (probe["leafHash"], probe["root"], *(probe["proof"] or [])))
        found_root = program().root_from(leaf, probe["leafIdx"], probe["treeSize"], path)
        judged[name] = found_root == root and len(root) == 32  # Every hash that is read is as long as that.
    assert judged == {name: not probe["wantErr"] for name, probe in probes().items()}
    assert len(judged) == 98


def test_the_page_and_the_verifiers_are_where_readers_are_told() -> None:
    assert all(path.is_relative_to(ROOT) and path.exists() for path in VERIFIERS.values())
