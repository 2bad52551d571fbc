"""Making a service's tables: the kernel's and the views', the guards of the log, and the rights of the service's role."""

from __future__ import annotations

import sqlalchemy as sa

from services.kernel.database import engine_for
from services.kernel.manifest import Manifest
from services.kernel.tables import KERNEL, head

GUARDED = "event"

SQLITE_GUARDS = [
    f"CREATE TRIGGER IF NOT EXISTS {GUARDED}_no_{act.lower()} BEFORE {act} ON {GUARDED} "
    "BEGIN SELECT RAISE(ABORT, 'events are never changed'); END"
    for act in ("UPDATE", "DELETE")
]

POSTGRES_GUARDS = [
    "CREATE OR REPLACE FUNCTION events_are_never_changed() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'events are never changed'; END $$",
    f"CREATE OR REPLACE TRIGGER {GUARDED}_no_change BEFORE UPDATE OR DELETE ON {GUARDED} "
    "FOR EACH ROW EXECUTE FUNCTION events_are_never_changed()",
    f"CREATE OR REPLACE TRIGGER {GUARDED}_no_truncate BEFORE TRUNCATE ON {GUARDED} "
    "FOR EACH STATEMENT EXECUTE FUNCTION events_are_never_changed()",
]

MAKING = 5_001
"""The advisory lock under which replicas of a service make their tables one after the other."""


def prepare(manifest: Manifest, owner_url: str, url: str) -> None:
    """Make what is missing, as the owner; the role of `url` gets no more than the service needs."""
    engine = engine_for(owner_url)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({MAKING})"))
            KERNEL.create_all(connection)
            manifest.metadata.create_all(connection)
            _begin_log(connection)
            for guard in SQLITE_GUARDS if engine.dialect.name == "sqlite" else POSTGRES_GUARDS:
                connection.exec_driver_sql(guard)
            if owner_url != url and engine.dialect.name == "postgresql":
                _grant(connection, str(sa.make_url(url).username))
    finally:
        engine.dispose()


def _begin_log(connection: sa.Connection) -> None:
    if connection.execute(sa.select(head.c.id)).first() is None:
        connection.execute(head.insert().values(id=1, position=0, hash=b"", recorded_at=0))


def _grant(connection: sa.Connection, role: str) -> None:
    """The service's role may add events and read them; all else it may change, for views and cursors are no record."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}")
    connection.exec_driver_sql(f"REVOKE UPDATE, DELETE, TRUNCATE ON {GUARDED} FROM {quoted}")
