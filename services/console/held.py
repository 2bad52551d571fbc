"""Files between their preview and their import: in memory alone, for a quarter of an hour, for whoever sent them.

A register names people. It is never written to a disk by the console, and whoever does not go on leaves nothing behind.
Another process of the console does not have it: then the file is chosen again.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic

KEPT_SECONDS = 15 * 60
MOST = 16


@dataclass(frozen=True, kw_only=True)
class File:
    """One file with what was said of it."""

    account: str
    name: str
    data: bytes = field(repr=False)
    settings: Mapping[str, str]
    year: int | None
    at: float


@dataclass
class Held:
    """The files that wait; of too many the oldest goes."""

    files: dict[str, File] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, account: str, name: str, data: bytes, settings: Mapping[str, str], year: int | None) -> str:
        """Hold a file; its token is known to nobody else."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._clear()
            while len(self.files) >= MOST:
                self.files.pop(next(iter(self.files)))
            self.files[token] = File(
                account=account, name=name, data=data, settings=settings, year=year, at=monotonic()
            )
        return token

    def take(self, token: str, account: str) -> File | None:
        """The file of this token, if this account sent it and it is still here; it is not held any longer."""
        with self._lock:
            self._clear()
            found = self.files.get(token)
            return self.files.pop(token) if found is not None and found.account == account else None

    def _clear(self) -> None:
        for token in [token for token, file in self.files.items() if monotonic() - file.at > KEPT_SECONDS]:
            del self.files[token]
