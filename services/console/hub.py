"""The other services, asked over HTTP with the signed-in person's own token; when they cannot be reached, it is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any
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
PIECE = 65_536


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

    @property
    def code(self) -> str:
        """The code of a refusal; empty where there is none."""
        return str(self.body.get("code") or "") if isinstance(self.body, dict) else ""

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

    def post(self, service: str, path: str, body: Any, key: str = "", **query: str) -> Answer:
        """Ask a service to do something, once for each key; raises Unreachable."""
        more: dict[str, Any] = {"params": query} if query else {}
        return self._send("POST", service, path, json=body, key=key, **more)

    def post_approved(self, service: str, path: str, body: Any, key: str, approval: str) -> Answer:
        """Ask for something with the word of a second person; raises Unreachable."""
        return self._send("POST", service, path, json=body, key=key, approval=approval)

    def get_approved(self, service: str, path: str, approval: str, **query: str) -> Answer:
        """Ask to see something with the word of a second person; raises Unreachable."""
        return self._send("GET", service, path, params=query, approval=approval)

    def ready(self, service: str) -> Answer:
        """How a service stands, whether it can take commands or not; raises Unreachable."""
        with requests.Session() as session:
            session.trust_env = False
            try:
                got = session.get(f"{self.settings.log_of(service)}/readyz", timeout=SECONDS, allow_redirects=False)
                return Answer(got.status_code, got.json())
            except (requests.RequestException, ValueError) as gone:
                raise Unreachable(service) from gone

    def listed(self, service: str, path: str, most: int = 1_000, **query: str) -> list[Any]:
        """The rows of a list, page by page, up to so many; none where they are not shown; raises Unreachable."""
        found: list[Any] = []
        while len(found) < most:
            answer = self.get(service, path, **query)
            if not (answer.ok and isinstance(answer.body, dict)):
                return found
            found += answer.body.get("items") or []
            following = answer.body.get("next")
            if following is None:
                break
            query |= {"after": str(following)}
        return found[:most]

    def save(self, service: str, path: str, into: IO[bytes]) -> Answer:
        """Fetch a file of a service whole; what was answered instead, where there is none; raises Unreachable."""
        with requests.Session() as session:
            session.trust_env = False
            try:
                with session.get(
                    f"{self.settings.url_of(service)}{path}", headers=self._headers(""), timeout=SECONDS,
                    allow_redirects=False, stream=True,
                ) as got:  # fmt: skip
                    if got.status_code != requests.codes.ok:
                        return Answer(got.status_code, got.json())
                    for piece in got.iter_content(PIECE):
                        into.write(piece)
                    return Answer(got.status_code, None)
            except (requests.RequestException, ValueError) as gone:
                raise Unreachable(service) from gone

    def _headers(self, key: str, approval: str = "") -> dict[str, str]:
        token = issue(self.actor, self.settings.token_private_key, TOKEN_LIFE, self.clock())
        more = {"Idempotency-Key": key, "Approval": approval}
        return {"Authorization": f"Bearer {token}"} | {name: value for name, value in more.items() if value}

    def _send(self, method: str, service: str, path: str, key: str = "", approval: str = "", **rest: Any) -> Answer:
        with requests.Session() as session:
            session.trust_env = False
            try:
                got = session.request(
                    method, f"{self.settings.url_of(service)}{path}", headers=self._headers(key, approval), timeout=SECONDS,
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
