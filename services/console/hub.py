"""The other services, asked over HTTP with the signed-in person's own token; when they cannot be reached, it is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import requests

from services.console.refusals import said
from services.kernel.clock import Clock, system_clock
from services.kernel.config import Settings
from services.kernel.message import Actor
from services.kernel.tokens import issue

TOKEN_LIFE = timedelta(minutes=5)
SECONDS = (2.0, 15.0)
"""How long to wait for a connection, and for an answer."""


class Unreachable(Exception):
    """The service did not answer; whether a command was done is told by sending it again with the same key."""

    def __init__(self, service: str) -> None:
        super().__init__(service)
        self.service = service


@dataclass(frozen=True)
class Answer:
    """What a service answered: its status and its decoded body."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        """Whether it was done, or is there."""
        return self.status < 400

    def why(self, lang: str) -> str:
        """Why not, as the service says it to people: with the wrong fields, and with what can be done instead."""
        return said(self.body if isinstance(self.body, dict) else {}, lang, self.status)


class Hub:
    """The rest of the hub, as one person may use it."""

    def __init__(self, settings: Settings, actor: Actor, clock: Clock = system_clock) -> None:
        self.settings, self.actor, self.clock = settings, actor, clock

    def get(self, service: str, path: str, **query: str) -> Answer:
        """Ask a service for something; raises Unreachable."""
        return self._send("GET", service, path, params=query)

    def post(self, service: str, path: str, body: Any, key: str) -> Answer:
        """Ask a service to do something, once for each key; raises Unreachable."""
        return self._send("POST", service, path, json=body, key=key)

    def _send(self, method: str, service: str, path: str, key: str = "", **rest: Any) -> Answer:
        token = issue(self.actor, self.settings.token_private_key, TOKEN_LIFE, self.clock())
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        with requests.Session() as session:
            session.trust_env = False
            try:
                got = session.request(
                    method, f"{self.settings.url_of(service)}{path}", headers=headers, timeout=SECONDS,
                    allow_redirects=False, **rest,
                )  # fmt: skip
                return Answer(got.status_code, got.json())
            except (requests.RequestException, ValueError) as gone:
                raise Unreachable(service) from gone


def custody_query(known_at: datetime | None) -> dict[str, str]:
    """The query for custody at an earlier moment; empty for the newest."""
    return {} if known_at is None else {"known_at": known_at.isoformat()}


def matter_path(matter_id: UUID, what: str) -> str:
    """Where audit shows something of a matter."""
    return f"/matters/{matter_id}/{what}"
