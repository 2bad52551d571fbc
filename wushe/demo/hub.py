"""A client of a running hub for telling stories: one method to ask, one to look, one to wait until services have heard."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import requests

from services.kernel.message import Actor
from wushe.demo.steps import Table

TokenFor = Callable[[Actor], str]
SECONDS = 30
PATIENCE_SECONDS = 60
POLL_SECONDS = 0.05
CHECKER = Actor(id="demo-reader", role="auditor")
"""Who looks whether something can be seen; reads codes and states alone."""


class StoryStopped(RuntimeError):
    """The hub refused a step of a story, or did not show in time what a step waits for."""


def when(day: str, precision: str = "day") -> dict[str, str]:
    """A moment of a story: the beginning of a day, with how exactly it is known."""
    return {"at": f"{day}T00:00:00+08:00", "precision": precision}


UNKNOWN = {"precision": "unknown"}
"""The feature does not say when."""


def spoken_by(party: str, kind: str = "phone") -> dict[str, str]:
    """A party's word that somebody else writes down, and what shows it."""
    return {"org": party, "evidence_kind": kind}


@dataclass
class Hub:
    """A hub at an address; `token_for` signs for whoever a step is taken by."""

    base_url: str
    token_for: TokenFor
    session: requests.Session = field(default_factory=requests.Session)
    table: Table = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    again: int = 0
    told: Callable[[str], None] = lambda key: None
    said: dict[str, int] = field(default_factory=dict)
    tokens: dict[Actor, str] = field(default_factory=dict)

    def ask(
        self,
        service: str,
        path: str,
        body: Mapping[str, Any],
        *,
        key: str,
        as_: Actor,
        at: Mapping[str, Any] = UNKNOWN,
        channel: str = "api",
        behalf: Mapping[str, str] | None = None,
    ) -> str:
        """Take one step of a story; answers the id of what it was about. The same key again changes nothing."""
        step = self.table[f"demo-{key}"]
        happened = {**at, "channel": channel} | ({"behalf": behalf} if behalf else {})
        answer = self._send("POST", service, path, as_, json={**body, "happened": happened}, key=step.key)
        if answer.status_code >= 400:
            raise StoryStopped(f"{step.row} ({step.key}): {_reason(answer)}")
        said = answer.json()
        # A first answer that comes again names the position of then: the greatest is what others must have heard.
        self.said[service] = max(self.said.get(service, 0), said["position"])
        self.again += answer.headers.get("Idempotency-Replayed") == "true"
        self.taken.append(step.key)
        self.told(step.key)
        return str(UUID(said["id"]))

    def get(self, service: str, path: str, as_: Actor = CHECKER, **query: str) -> Any:
        """What a service shows, or None where it shows nothing."""
        answer = self._send("GET", service, path, as_, params=query)
        if answer.status_code == 404:
            return None
        if answer.status_code >= 400:
            raise StoryStopped(f"GET {service}{path}: {_reason(answer)}")
        return answer.json()

    def items(self, service: str, path: str, as_: Actor = CHECKER, **query: str) -> list[dict[str, Any]]:
        """All rows of a list, page after page."""
        rows: list[dict[str, Any]] = []
        page = self.get(service, path, as_, limit="1000", **query)
        while page is not None:
            rows += page["items"]
            page = self.get(service, path, as_, limit="1000", after=page["next"], **query) if page["next"] else None
        return rows

    def heard(self, service: str) -> None:
        """Wait until a service has heard everything that was said so far by those it listens to."""

        def caught_up() -> bool:
            heard = self.get(service, "/position")["heard"]
            return all(heard[publisher] >= self.said.get(publisher, 0) for publisher in heard)

        self.wait(f"{service} to hear what was said", caught_up)

    def wait(self, what: str, seen: Callable[[], object]) -> None:
        """Wait until something can be seen; gives up after a while."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not seen():
            if time.monotonic() > until:
                raise StoryStopped(f"waited {PATIENCE_SECONDS} s in vain for {what}")
            time.sleep(POLL_SECONDS)

    def _send(self, method: str, service: str, path: str, as_: Actor, key: str = "", **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._token(as_)}"} | ({"Idempotency-Key": key} if key else {})
        url = f"{self.base_url}/{service}/v1{path}"
        return self.session.request(method, url, headers=headers, timeout=SECONDS, **more)

    def _token(self, actor: Actor) -> str:
        if actor not in self.tokens:
            self.tokens[actor] = self.token_for(actor)
        return self.tokens[actor]


def _reason(answer: requests.Response) -> str:
    """What a problem document says, in one line."""
    try:
        problem = answer.json()
    except ValueError:
        return f"HTTP {answer.status_code}"
    wrong = "; ".join(f"{e.get('field')}: {e.get('expected', e.get('code'))}" for e in problem.get("errors") or ())
    return f"HTTP {answer.status_code} {problem.get('code')}: {problem.get('detail', '')} {wrong}".strip()
