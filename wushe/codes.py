"""The station's own code tables and calendar: adopted before anything is decided, and watched while the hub runs."""

from __future__ import annotations

import sys
import threading
from datetime import date
from pathlib import Path

from services.contracts import editions, editions_watch, tables
from services.contracts.tables import BEIJING
from services.kernel import log
from services.kernel.clock import system_clock
from services.kernel.config import EX_CONFIG

LOOK_SECONDS = 1.0


def adopt(folder: Path | None) -> editions_watch.Watch | None:
    """Let a folder's editions hold in this process, or say everything that is wrong with them and end with code 78."""
    try:
        if folder is None:
            editions.adopt(None)
            return None
        watch = editions_watch.Watch(folder)
        watch.begin()
        tables.it_is(_today())
    except editions.EditionsBroken as broken:
        sys.stderr.write(f"HUB_CODES: {len(broken.problems)} faults / {len(broken.problems)} 处有误\n{broken}\n")
        raise SystemExit(EX_CONFIG) from broken
    return watch


def follow(watch: editions_watch.Watch | None, services: str) -> None:
    """Take over new editions while the process runs (at start what is wrong ends it; now the old ones go on holding)."""
    if watch is not None:
        threading.Thread(target=_look, args=(watch, services), name="codes", daemon=True).start()


def _look(watch: editions_watch.Watch, services: str) -> None:
    rest = threading.Event()
    while not rest.wait(LOOK_SECONDS):
        tables.it_is(_today())
        came = watch.look(_today())
        if came == "adopted":
            log.noticed(services, "codes-adopted")
        elif came == "refused":
            problems = editions_watch.refused()
            log.noticed(services, "codes-refused", level="warning", count=len(problems))
            sys.stderr.write(
                f"HUB_CODES: {len(problems)} faults / {len(problems)} 处有误\n" + "\n".join(problems) + "\n"
            )


def _today() -> date:
    return system_clock().astimezone(BEIJING).date()
