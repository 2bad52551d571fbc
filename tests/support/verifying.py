"""Asking a verifier what it says of a bundle."""

from __future__ import annotations

import importlib.util
import json
import sys
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

from tests.support.bundles import ROOT, VERIFIERS

PROBES = ROOT / "tests" / "vectors" / "merkle-rfc6962" / "inclusion"


@cache
def program() -> Any:
    """The Python verifier, loaded from its one file as anybody would run it."""
    spec = importlib.util.spec_from_file_location("wushe_verify", VERIFIERS["wushe_verify.py"])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["wushe_verify"] = module
    spec.loader.exec_module(module)
    return module


@cache
def probes() -> dict[str, dict[str, Any]]:
    """The published probes of inclusion, by their names (tests/vectors/SOURCES.md)."""
    return {str(file.relative_to(PROBES)): json.loads(file.read_bytes()) for file in sorted(PROBES.rglob("*.json"))}


def asked(folder: Path, bundle: bytes, policy: bytes | None = None, pin: bytes | None = None) -> tuple[int, list[str]]:
    """What the Python verifier ends with and says of a bundle."""
    words = [str(_put(folder, "bundle.zip", bundle))]
    words += ["--policy", str(_put(folder, "policy", policy))] if policy is not None else []
    words += ["--pin", str(_put(folder, "pin", pin))] if pin is not None else []
    said = StringIO()
    with redirect_stdout(said):
        code = program().main(words)
    return code, said.getvalue().splitlines()


def found(folder: Path, bundle: bytes, policy: bytes | None = None, pin: bytes | None = None) -> dict[str, Any]:
    """The last line of what the Python verifier says, which agrees with how it ends."""
    code, lines = asked(folder, bundle, policy, pin)
    last: dict[str, Any] = json.loads(lines[-1])
    assert last["ok"] == (code == 0)
    return last


def _put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
