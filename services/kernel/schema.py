"""Making a service's tables: the kernel's and the views', the guards of the log, and the rights of the service's role."""

from __future__ import annotations

import sqlalchemy as sa

from services.kernel import widening
from services.kernel.database import engine_for
from services.kernel.manifest import Manifest
from services.kernel.tables import KERNEL, event, head

MAKING = 5_001
"""The advisory lock under which replicas of a service make their tables one after the other."""

REFUSAL = """CREATE OR REPLACE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is never changed', TG_TABLE_NAME; END $$"""


def prepare(manifest: Manifest, owner_url: str, url: str) -> None:
    """Make what is missing, as the owner; the role of `url` gets no more than the service needs.

    Views that an older release has left are brought to today's shape, and noted as to be rebuilt (`Store.outdated`).
    """
    keep_names_apart(manifest)
    engine = engine_for(owner_url)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({MAKING})"))
            KERNEL.create_all(connection)
            new = widening.missing(connection, manifest.metadata)
            for metadata in (manifest.metadata, manifest.kept):
                metadata.create_all(connection)
            widening.note(connection, new | widening.widen(connection, manifest.metadata, manifest.kept))
            _begin_log(connection)
            _guard(connection, append_only(manifest))
            if owner_url != url and engine.dialect.name == "postgresql":
                _grant(connection, str(sa.make_url(url).username), append_only(manifest))
    finally:
        engine.dispose()


def keep_names_apart(manifest: Manifest) -> None:
    """Refuse a service whose table has the name of one of the kernel's, or of another of its own: it would be the same."""
    views, kept = manifest.metadata.tables.keys(), manifest.kept.tables.keys()
    twice = sorted(
        (KERNEL.tables.keys() & (views | kept)) | (views & kept if manifest.kept is not manifest.metadata else set())
    )
    if twice:
        raise TypeError(f"{manifest.name}: there is a table of this name already: {', '.join(twice)}")


def append_only(manifest: Manifest) -> list[sa.Table]:
    """The tables whose rows are never changed: the log, and what a recorder marks with `info={"append_only": True}`."""
    return [event, *(table for table in manifest.kept.sorted_tables if table.info.get("append_only"))]


def _begin_log(connection: sa.Connection) -> None:
    if connection.execute(sa.select(head.c.id)).first() is None:
        connection.execute(head.insert().values(id=1, position=0, hash=b"", recorded_at=0))


def _guard(connection: sa.Connection, tables: list[sa.Table]) -> None:
    sqlite = connection.dialect.name == "sqlite"
    for statement in (_sqlite_guards if sqlite else _postgres_guards)(tables):
        connection.exec_driver_sql(statement)


def _sqlite_guards(tables: list[sa.Table]) -> list[str]:
    """SQLite's REPLACE takes rows away without asking the trigger on DELETE, so it is met before it inserts."""
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table.name}_no_{act} BEFORE {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table.name} is never changed'); END"
        for table in tables
        for act, when in (
            ("update", f"UPDATE ON {table.name}"),
            ("delete", f"DELETE ON {table.name}"),
            ("replace", f"INSERT ON {table.name} WHEN {_taken(table)}"),
        )
    ]


def _taken(table: sa.Table) -> str:
    """Whether a new row would take the place of one that is there."""
    uniques = [c.columns for c in table.constraints if isinstance(c, sa.PrimaryKeyConstraint | sa.UniqueConstraint)]
    uniques += [index.columns for index in table.indexes if index.unique]
    same = sorted(" AND ".join(f"{c.name} = NEW.{c.name}" for c in columns) for columns in uniques)
    return " OR ".join(f"EXISTS (SELECT 1 FROM {table.name} WHERE {each})" for each in same)  # noqa: S608 - names of our own tables


def _postgres_guards(tables: list[sa.Table]) -> list[str]:
    made = [REFUSAL.replace("%", "%%")]
    for table in (each.name for each in tables):
        made.append(
            f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION never_changed()"
        )
        made.append(
            f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION never_changed()"
        )
    return made


def _grant(connection: sa.Connection, role: str, guarded: list[sa.Table]) -> None:
    """The service's role may add to what is never changed and read it; all else it may change, for it is no record."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}")
    for table in guarded:
        connection.exec_driver_sql(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table.name} FROM {quoted}")
