"""Peers that never come into the hub's own environment, for their licence or their weight: each in one of its own, under build/."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

from tests.support.reference import ROOT

HERE = Path(__file__).parent


def python(name: str) -> Path:
    """The interpreter of a peer's environment, with what `<name>.txt` pins; made when it is first asked for."""
    home, wanted = ROOT / "build" / "peers" / name, HERE / f"{name}.txt"
    program, made = home / "bin" / "python", home / "made"
    if not made.exists() or made.stat().st_mtime < wanted.stat().st_mtime:
        venv.create(home, with_pip=True, clear=True)
        install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(wanted),
        ]
        subprocess.run([program, *install], check=True, stdout=sys.stderr)
        made.touch()
    return program


def told(name: str, *arguments: object) -> Any:
    """What the peer's program says of itself, as JSON."""
    command = [str(python(name)), str(HERE / f"{name}.py"), *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
