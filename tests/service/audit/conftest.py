"""What audit's tests stand on: its tables in memory, and events as their publishers would have stored them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.audit import tables, views
from services.kernel.database import engine_for
from services.kernel.view import Change, Rows, merged
from tests.service.audit.signed import ORIGIN
from tests.service.audit.witnessed import KEYS, Hub, Starting
from tests.support.empty import Part, with_tables
from tests.support.witnessed import Village


class Tables:
    """A `Look` over an empty database, and the smallest writer that understands changes."""

    def __init__(self, *parts: Part) -> None:
        self.engine = with_tables(engine_for("sqlite://", poolclass=sa.StaticPool), *parts)

    def one(self, table: sa.Table, *key: Any) -> dict[str, Any] | None:
        keys = zip(table.primary_key.columns, key, strict=True)
        rows = self.run(sa.select(table).where(*(column == value for column, value in keys)))
        return rows[0] if rows else None

    def all(self, table: sa.Table, **equals: Any) -> list[dict[str, Any]]:
        where = (table.c[name] == value for name, value in equals.items())
        return self.run(sa.select(table).where(*where).order_by(*table.primary_key))

    def run(self, statement: sa.Select[Any]) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]

    def write(self, changes: Iterable[Change | Rows]) -> None:
        """All of it in one transaction."""
        changes = list(changes)
        with self.engine.begin() as connection:
            for rows in (c for c in changes if isinstance(c, Rows)):
                values = [dict(zip(rows.columns, row, strict=True)) for row in rows.values]
                connection.execute(rows.table.insert(), values)
            for change in merged(c for c in changes if isinstance(c, Change)):
                self._write(connection, change)

    def _write(self, connection: sa.Connection, change: Change) -> None:
        key = dict(zip((c.name for c in change.table.primary_key), change.key, strict=True))
        here = [change.table.c[name] == value for name, value in key.items()]
        known = connection.execute(sa.select(change.table).where(*here)).mappings().first()
        if change.drop:
            connection.execute(change.table.delete().where(*here))
            known = None
        columns = {**change.sets, **{name: ((known or {}).get(name) or 0) + n for name, n in change.adds.items()}}
        if known is None and not (change.drop and not columns):
            connection.execute(change.table.insert().values(**key, **columns))
        elif columns:
            connection.execute(change.table.update().where(*here).values(**columns))


@pytest.fixture
def db() -> Iterator[Tables]:
    """Audit's tables, empty."""
    made = Tables(tables.KEPT, views.METADATA)
    yield made
    made.engine.dispose()


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Starting]:
    """Begins a hub in a village of witnesses."""
    started: list[Hub] = []

    def start(**village: Any) -> Hub:
        for folder in ("hub", "village"):
            (tmp_path / folder).mkdir()
        started.append(Hub(tmp_path / "hub", Village(tmp_path / "village", ORIGIN, KEYS, **village)))
        return started[-1]

    yield start
    for each in started:
        each.stop()
