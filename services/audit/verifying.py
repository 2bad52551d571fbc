"""Checking the whole ledger beside everything else: somebody begins it, anybody who keeps the ledger follows it.

At most one goes on in a process. How far it is, is in memory and gone with the process; what came of it is an event.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.audit import fsck
from services.audit.archive import b64
from services.audit.fsck import Verification, Walk
from services.contracts.audit import ReportVerification
from services.kernel import log
from services.kernel.errors import HubError
from services.kernel.manifest import Look

Tell = Callable[[ReportVerification], object]


def told(found: Verification) -> ReportVerification:
    """The command that puts on record what was found."""
    return ReportVerification(
        size=found.size, root=b64(found.root), flaws_count=found.count, flaws=tuple(found.flaws)
    )  # fmt: skip


def shown(found: Verification) -> dict[str, Any]:
    """What was found, as answers have it."""
    flaws = [{"code": flaw.code, "entry": flaw.entry} for flaw in found.flaws]
    return {"sound": found.count == 0, "size": found.size, "root": b64(found.root), "flaws_count": found.count, "flaws": flaws}  # fmt: skip


@dataclass
class Verifying:
    """The check that goes on, or the last one of this process."""

    walk: Walk | None = None
    began_at: datetime | None = None
    found: Verification | None = None
    failed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, look: Look, tell: Tell, now: datetime) -> None:
        """Begin to check, unless that goes on already; `tell` puts on record what came of it."""
        with self.lock:
            if self.walk is not None and self.found is None and not self.failed:
                return
            self.walk, self.began_at, self.found, self.failed = fsck.begun(look), now, None, False
            threading.Thread(target=self._go, args=(self.walk, tell), name="audit-verifying", daemon=True).start()

    def _go(self, walk: Walk, tell: Tell) -> None:
        try:
            found = fsck.gone_through(walk)
            tell(told(found))
            self.found = found
        except (HubError, OSError, FutureTimeout) as gone:
            log.noticed("audit", "verification-failed", level="error", error=gone)
        finally:
            self.failed = self.found is None  # whatever has ended it: whoever follows is told

    def progress(self) -> dict[str, Any]:
        """How far it is: `none`, `running`, `done` or `failed`; done, with what was found."""
        walk, found = self.walk, self.found
        if walk is None:
            return {"state": "none"}
        state = "failed" if self.failed else "running" if found is None else "done"
        began = None if self.began_at is None else self.began_at.isoformat()
        seen = {"state": state, "began_at": began, "checked": walk.frontier.size, "size": walk.found.size}
        return seen if found is None else seen | shown(found)
