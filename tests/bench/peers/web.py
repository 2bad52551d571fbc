"""A stock nameko service: `@http` that inserts a row with SQLAlchemy, commits, and dispatches with EventDispatcher."""

from __future__ import annotations

# ruff: noqa: E402
import eventlet

eventlet.monkey_patch()

import json
import os
import time
from typing import Any

import sqlalchemy as sa
from nameko.containers import ServiceContainer
from nameko.events import EventDispatcher
from nameko.web.handlers import http
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """The peer's tables."""


class Request(Base):
    """A row as the handler stores it."""

    __tablename__ = "request"

    id: Mapped[int] = mapped_column(primary_key=True)
    area: Mapped[str]
    unit: Mapped[str]
    body: Mapped[str]


ENGINE = sa.create_engine(os.environ["PEER_DATABASE_URL"], pool_size=40)


class WebService:
    """What a first version would be."""

    name = "peer"
    dispatch = EventDispatcher()

    @http("GET", "/ready")
    def ready(self, request: Any) -> str:
        """Whether it answers."""
        return "yes"

    @http("POST", "/requests")
    def receive(self, request: Any) -> tuple[int, str]:
        """Store it, say it, answer."""
        asked = json.loads(request.get_data(as_text=True))
        with Session(ENGINE) as session:
            row = Request(area=asked["area"], unit=asked["unit"], body=json.dumps(asked))
            session.add(row)
            session.flush()
            number = row.id
            session.commit()
        self.dispatch("received", {"id": number, **asked})
        return 201, json.dumps({"id": number})

    @http("GET", "/dispatch/<int:count>")
    def many(self, request: Any, count: int) -> str:
        """Dispatch so many events one after the other; how long that took."""
        body = {"padding": "x" * 600}
        began = time.perf_counter()
        for _ in range(count):
            self.dispatch("said", body)
        return json.dumps({"seconds": time.perf_counter() - began})


def main() -> None:
    """Serve until killed."""
    Base.metadata.create_all(ENGINE)
    container = ServiceContainer(
        WebService,
        config={"AMQP_URI": os.environ["PEER_AMQP_URL"], "WEB_SERVER_ADDRESS": f"127.0.0.1:{os.environ['PEER_PORT']}",
                "max_workers": 40},
    )  # fmt: skip
    container.start()
    container.wait()


if __name__ == "__main__":
    main()
