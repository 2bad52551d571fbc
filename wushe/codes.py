"""The station's own code tables and calendar, adopted before anything is decided; what is wrong with them ends the start."""

from __future__ import annotations

import sys
from pathlib import Path

from services.contracts import editions
from services.kernel.config import EX_CONFIG


def adopt(folder: Path | None) -> None:
    """Let a folder's editions hold in this process, or say everything that is wrong with them and end with code 78."""
    try:
        editions.adopt(folder)
    except editions.EditionsBroken as broken:
        sys.stderr.write(f"HUB_CODES: {len(broken.problems)} faults / {len(broken.problems)} 处有误\n{broken}\n")
        raise SystemExit(EX_CONFIG) from broken
