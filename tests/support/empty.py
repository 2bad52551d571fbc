"""Tables without rows: made once a process, and copied into each further database in memory."""

from __future__ import annotations

import sqlite3
from typing import Any

import sqlalchemy as sa

Part = sa.MetaData | sa.Table

MADE: dict[tuple[Part, ...], sqlite3.Connection] = {}
"""A database of its own for each choice of tables, to be copied."""


def with_tables(engine: sa.Engine, *parts: Part) -> sa.Engine:
    """The engine of a new database in memory, which now has these tables."""
    if not parts:
        return engine
    raw = engine.raw_connection()
    try:
        database: Any = raw.driver_connection
        if parts in MADE:
            MADE[parts].backup(database)
        else:
            for part in parts:
                _make(engine, part)
            MADE[parts] = sqlite3.connect(":memory:", check_same_thread=False)
            database.backup(MADE[parts])
    finally:
        raw.close()
    return engine


def _make(engine: sa.Engine, part: Part) -> None:
    if isinstance(part, sa.MetaData):
        part.create_all(engine)
    else:
        part.create(engine)
