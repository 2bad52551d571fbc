"""The peer for storing: the library `eventsourcing`, as its own documentation uses it, on either database."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

PAYLOAD = "x" * 430
"""With what the library adds, an event of about 650 bytes, as the hub's."""


class Dossier(Aggregate):
    """Something that events happen to."""

    def __init__(self, text: str) -> None:
        self.text, self.entries = text, 0

    @event("Noted")
    def note(self, text: str, number: int) -> None:
        """One more entry."""
        self.entries += 1


class Dossiers(Application[UUID]):
    """The application that saves and loads them."""


def environment(url: str) -> dict[str, str]:
    """Settings of the library for a database of ours."""
    at = sa.make_url(url)
    if at.drivername.startswith("sqlite"):
        return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(Path(str(at.database)))}
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres", "POSTGRES_DBNAME": str(at.database), "POSTGRES_HOST": str(at.host),
        "POSTGRES_PORT": str(at.port), "POSTGRES_USER": str(at.username), "POSTGRES_PASSWORD": "x",
    }  # fmt: skip


def dossiers(url: str, **settings: Any) -> Dossiers:
    """The application on this database."""
    return Dossiers(environment(url) | settings)
