"""The book: of each log the last head that was cosigned, on disk before anybody is told; it never goes back.

One SQLite file with a rollback journal, synced at each commit, its folder too. The comparison with the last head and
the writing of the new one are one transaction, which one process at a time may hold: of two requests that reach a
witness at once, in one process or in two, the second meets the head that the first has left.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.kernel.tlog import checkpoint, note, witness
from services.kernel.tlog.checkpoint import Checkpoint
from services.kernel.tlog.note import Note
from services.kernel.tlog.request import AddCheckpoint

SCHEMA = """
CREATE TABLE IF NOT EXISTS head (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, note BLOB NOT NULL,
                                 cosigned INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS contradiction (at INTEGER NOT NULL, origin TEXT NOT NULL, had BLOB NOT NULL,
                                          came BLOB NOT NULL, UNIQUE (had, came)) STRICT;
"""
BUSY_SECONDS = 10.0
CONTRADICTIONS = 100
"""How many of a log are kept: one is proof enough, and a log that forks may do so each second."""


@dataclass(frozen=True)
class Seen:
    """The last head of a log, and when it was last cosigned, in seconds since 1970."""

    head: Checkpoint
    note: Note
    at: int


@dataclass(frozen=True)
class Contradiction:
    """Two heads of a log of which one denies the other, each with the log's own signature."""

    at: int
    origin: str
    had: bytes
    came: bytes


@dataclass(frozen=True)
class Book:
    """A witness's memory. Each call opens the file for itself: threads and processes share nothing but the disk."""

    file: Path

    def make(self) -> None:
        """Make the tables; what is there stays."""
        with closing(self._opened()) as connection:
            connection.executescript(SCHEMA)

    def seen(self, origin: str) -> Seen | None:
        """The last head of a log that was cosigned."""
        with closing(self._opened()) as connection:
            return _seen(connection, origin)

    def contradictions(self) -> list[Contradiction]:
        """Where logs contradicted themselves, the first first."""
        with closing(self._opened()) as connection:
            rows = connection.execute("SELECT at, origin, had, came FROM contradiction ORDER BY rowid").fetchall()
        return [Contradiction(*row) for row in rows]

    def take(self, asked: AddCheckpoint, head: Checkpoint, now: int) -> None:
        """Write a new head down, for good, if it may follow the last one; raises Declined where it may not."""
        with self._turn() as connection:
            last = _seen(connection, head.origin)
            try:
                witness.judge(asked, head, last.head if last else None)
            except witness.Declined as no:
                if no.forked and last:
                    self._contradicts(connection, last, asked.head, now)
                    connection.commit()
                raise
            self._put(connection, head, asked.head, max(now, last.at if last else 0))

    def keep(self, signed: Note, after: Seen | None, now: int) -> bool:
        """Write a head down that was compared with the last one elsewhere; False where that is no longer the last one.

        A smaller head than the last one changes nothing.
        """
        head = checkpoint.read(signed.text)
        with self._turn() as connection:
            last = _seen(connection, head.origin)
            if last != after:
                return False
            if last is None or last.head.size <= head.size:
                self._put(connection, head, signed, now)
            return True

    def contradicts(self, signed: Note, now: int) -> None:
        """Write down that a head contradicts the last one."""
        with self._turn() as connection:
            last = _seen(connection, checkpoint.read(signed.text).origin)
            if last:
                self._contradicts(connection, last, signed, now)

    def _put(self, connection: sqlite3.Connection, head: Checkpoint, signed: Note, now: int) -> None:
        connection.execute(
            "INSERT INTO head (origin, size, note, cosigned) VALUES (?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE "
            "SET size = excluded.size, note = excluded.note, cosigned = excluded.cosigned",
            (head.origin, head.size, bytes(signed), now),
        )

    def _contradicts(self, connection: sqlite3.Connection, last: Seen, came: Note, now: int) -> None:
        origin = last.head.origin
        (count,) = connection.execute("SELECT count(*) FROM contradiction WHERE origin = ?", (origin,)).fetchone()
        if count < CONTRADICTIONS:
            connection.execute(
                "INSERT OR IGNORE INTO contradiction (at, origin, had, came) VALUES (?, ?, ?, ?)",
                (now, origin, bytes(last.note), bytes(came)),
            )

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.file, timeout=BUSY_SECONDS, isolation_level=None)
        # EXTRA syncs the folder too, after the journal is gone: a commit that was answered outlives the power.
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("PRAGMA journal_mode = DELETE")
        return connection

    @contextmanager
    def _turn(self) -> Iterator[sqlite3.Connection]:
        """Nobody else writes meanwhile; on disk at the end, or not done at all."""
        with closing(self._opened()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.rollback()
                raise
            connection.commit()


def _seen(connection: sqlite3.Connection, origin: str) -> Seen | None:
    row = connection.execute("SELECT note, cosigned FROM head WHERE origin = ?", (origin,)).fetchone()
    if row is None:
        return None
    signed = note.read(row[0])
    return Seen(checkpoint.read(signed.text), signed, row[1])
