"""A stock nameko service: an `event_handler` that stores a row with SQLAlchemy for each event."""

from __future__ import annotations

# ruff: noqa: E402
import eventlet

eventlet.monkey_patch()

import json
import os
from typing import Any

import sqlalchemy as sa
from nameko.containers import ServiceContainer
from nameko.events import event_handler
from nameko.web.handlers import http
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """The peer's tables."""


class Heard(Base):
    """A row as the handler stores it."""

    __tablename__ = "heard"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str]
    body: Mapped[str]


ENGINE = sa.create_engine(os.environ["PEER_DATABASE_URL"], pool_size=20)


class ListenerService:
    """What a first version would be."""

    name = "listener"

    @http("GET", "/ready")
    def ready(self, request: Any) -> str:
        """Whether it answers."""
        return "yes"

    @event_handler("teller", "tale.told")
    def hear(self, payload: dict[str, Any]) -> None:
        """Store it."""
        with Session(ENGINE) as session:
            session.add(Heard(event_id=payload["id"], body=json.dumps(payload)))
            session.commit()


def main() -> None:
    """Serve until killed."""
    Base.metadata.create_all(ENGINE)
    container = ServiceContainer(
        ListenerService,
        config={"AMQP_URI": os.environ["PEER_AMQP_URL"], "WEB_SERVER_ADDRESS": f"127.0.0.1:{os.environ['PEER_PORT']}"},
    )
    container.start()
    container.wait()


if __name__ == "__main__":
    main()
