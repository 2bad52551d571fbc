"""Views of an older release: their tables are brought to today's shape, and it is noted that they must be folded anew.

Views are folded from the logs, so nothing is lost by it: a column that is new is added, and empty until the rebuild; a
table whose key has changed, or that asks for what is not shown any more, is made anew. What a service keeps beside its
views is no view: it gets its new columns, and keeps all it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from services.kernel.tables import cursor, head, outdated


def missing(connection: sa.Connection, views: sa.MetaData) -> set[str]:
    """Views that have no table though there is something that they would show: they are new in this release."""
    there = set(sa.inspect(connection).get_table_names())
    if not {head.name, cursor.name} <= there:
        return set()
    said = connection.execute(sa.select(head.c.id).where(head.c.position > 0)).first()
    heard = connection.execute(sa.select(cursor.c.publisher).where(cursor.c.position > 0)).first()
    return set(views.tables) - there if said or heard else set()


def widen(connection: sa.Connection, views: sa.MetaData, kept: sa.MetaData) -> set[str]:
    """Give every table today's columns and indexes; the names of the views that lack what older events would show."""
    shapes = _shapes(connection)
    for table in kept.sorted_tables:
        _add(connection, table, _lacking(table, shapes))
    return {str(table.name) for table in views.sorted_tables if _fit(connection, table, shapes)}


def note(connection: sa.Connection, names: Iterable[str]) -> None:
    """Remember that these must be rebuilt."""
    known = set(connection.scalars(sa.select(outdated.c.view)))
    for name in sorted(set(names) - known):
        connection.execute(outdated.insert().values(view=name))


def settled(connection: sa.Connection, names: Iterable[str]) -> None:
    """These have been rebuilt."""
    connection.execute(outdated.delete().where(outdated.c.view.in_(list(names))))


Shapes = dict[str, tuple[dict[str, Any], tuple[str, ...]]]
"""By table: its columns as the database has them, by name, and its primary key."""


def _shapes(connection: sa.Connection) -> Shapes:
    look = sa.inspect(connection)
    keys = {name: tuple(found["constrained_columns"]) for (_, name), found in look.get_multi_pk_constraint().items()}
    return {
        name: ({column["name"]: column for column in columns}, keys.get(name, ()))
        for (_, name), columns in look.get_multi_columns().items()
    }


def _fit(connection: sa.Connection, table: sa.Table, shapes: Shapes) -> bool:
    """Whether anything had to be done to the table."""
    lacking = _lacking(table, shapes)
    if _is_of_another_make(table, shapes):
        table.drop(connection)
        table.create(connection)
        return True
    _add(connection, table, lacking)
    return bool(lacking)


def _lacking(table: sa.Table, shapes: Shapes) -> list[sa.Column[Any]]:
    have, _ = shapes[str(table.name)]
    return [column for column in table.columns if column.name not in have]


def _is_of_another_make(table: sa.Table, shapes: Shapes) -> bool:
    have, key = shapes[str(table.name)]
    asks = any(not c["nullable"] and c.get("default") is None for name, c in have.items() if name not in table.c)
    return asks or set(key) != {column.name for column in table.primary_key}


def _add(connection: sa.Connection, table: sa.Table, columns: list[sa.Column[Any]]) -> None:
    for statement in _added(connection.dialect, table, columns):
        connection.exec_driver_sql(statement)
    for index in table.indexes if columns else ():
        index.create(connection, checkfirst=True)


def _added(dialect: sa.Dialect, table: sa.Table, columns: list[sa.Column[Any]]) -> Iterator[str]:
    quote = dialect.identifier_preparer.quote
    for column in columns:
        kind = column.type.compile(dialect)
        yield f"ALTER TABLE {quote(table.name)} ADD COLUMN {quote(column.name)} {kind}"
