"""A right that one process of a service holds at a time: an advisory lock in PostgreSQL, a locked file beside SQLite's.

It spares two processes the same work and keeps an order in the log of who did it; nothing may depend on it alone. A
connection can break unseen, so what is written under it is fenced as well: by a cursor that is compared and set.
"""

from __future__ import annotations

import fcntl
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Protocol

import psycopg
import sqlalchemy as sa

from services.kernel.database_postgres import GONE, WATCHFUL

SPACE = 5_002
"""The first half of the advisory locks' keys; `schema` uses a single key of its own."""


class Exclusive(Protocol):
    """The right, as one process sees it."""

    def held(self) -> bool:
        """Whether this process holds it now; takes it if nobody does."""
        ...

    def release(self) -> None:
        """Give it back."""
        ...


def exclusive(engine: sa.Engine, name: str) -> Exclusive:
    """The right with this name among the processes that share a database."""
    if engine.dialect.name == "postgresql":
        return AdvisoryLock(engine, name)
    return LockedFile(engine.url.database, name)


class AdvisoryLock:
    """Held as long as one connection lives."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._conninfo = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._key = int.from_bytes(sha256(name.encode()).digest()[:4], "big", signed=True)
        self._connection: psycopg.Connection[Any] | None = None

    def held(self) -> bool:
        """Whether the connection that holds it still lives; if there is none, one is made and tries."""
        try:
            if self._connection is not None:
                self._connection.execute("SELECT 1")
                return True
            return self._take()
        except GONE:
            self.release()
            return False

    def _take(self) -> bool:
        connection = psycopg.connect(self._conninfo, connect_timeout=5, autocommit=True, **WATCHFUL)
        row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (SPACE, self._key)).fetchone()
        if row is None or not row[0]:
            connection.close()
            return False
        self._connection = connection
        return True

    def release(self) -> None:
        """End the connection, and with it the lock."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class LockedFile:
    """Held as long as a file is open and locked; a database in memory has no other process to share it with."""

    def __init__(self, database: str | None, name: str) -> None:
        in_memory = not database or database == ":memory:"
        self._path = None if in_memory else Path(f"{database}.{name}.lock")
        self._file: IO[str] | None = None

    def held(self) -> bool:
        """Whether it is held; tries to lock the file if not."""
        if self._path is None or self._file is not None:
            return True
        file = self._path.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Close the file, and with it the lock."""
        if self._file is not None:
            self._file.close()
            self._file = None
