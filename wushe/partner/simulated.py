"""A partner that answers: it reads its feed and takes or refuses what it is offered, for trying things out.

Its endpoint takes deliveries as `docs/partners.md` says a program should: it verifies, passes over what it has, and takes
nothing beyond a gap.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from time import monotonic
from typing import Any

import requests

from services.kernel.clock import system_clock
from services.partner.signing import Secrets

SECONDS = 60
TOLERANCE_SECONDS = 300
Told = dict[str, Any]
Say = Callable[[str], None]


@dataclass
class Partner:
    """An organization's program. `answer` is accept, decline or silent."""

    url: str
    token: str
    answer: str
    say: Say
    last: int = 0

    def run(self, seconds: float) -> None:
        """Read and answer for so long."""
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            for event in self.page(int(min(left, 20))):
                self.last = int(event["sequence"])
                self.hear(event)

    def page(self, wait: int) -> list[Told]:
        """The next deliveries."""
        asked = {"after": self.last, "limit": 100, "wait": wait}
        answer = requests.get(f"{self.url}/partner/v1/events", params=asked, headers=self._headers(), timeout=SECONDS)
        answer.raise_for_status()
        return list(answer.json())

    def hear(self, event: Told) -> None:
        """One delivery, and what an eager partner does about it."""
        self.say(f"{event['sequence']}  {event['type']}  {event['subject']}")
        match event["type"]:
            case "referral.offered" if self.answer == "accept":
                self._command(event, "acceptance", {"organization_id": event["data"]["organization_id"]})
            case "referral.offered" if self.answer == "decline":
                no = {"organization_id": event["data"]["organization_id"], "reason_code": "no-capacity"}
                self._command(event, "refusal", no)
            case "identity.disclosed":
                status = requests.get(self.url + event["dataref"], headers=self._headers(), timeout=SECONDS).status_code
                self.say(f"            who it is: {status}" + (" (read, and on record)" if status == 200 else ""))
            case "referral.accepted" if self.answer == "accept":
                self._command(event, "start", {})
            case _:
                pass

    def _command(self, event: Told, act: str, body: Told) -> None:
        """A command, under a key that is made from the event: said again after a crash, it takes effect once."""
        path = f"{self.url}/referral/v1/referrals/{event['subject'].partition('/')[2]}/{act}"
        sent = self._headers() | {"Idempotency-Key": f"{event['id']}-{act}"}
        answer = requests.post(path, json=body, headers=sent, timeout=SECONDS)
        said = answer.json()
        self.say(f"            {act}: {answer.status_code} {','.join(said.get('events', ())) or said.get('code', '')}")

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class Desk:
    """What the simulated endpoint has: the last number, how many had an effect, their ids."""

    secret: Secrets
    last: int = 0
    count: int = 0
    ids: set[str] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """The status for a call."""
        if not self.is_signed(headers, body):
            return 401
        number = int(json.loads(body)["sequence"])
        with self.lock:
            if headers["webhook-id"] in self.ids or number <= self.last:
                return 204
            if number > self.last + 1 and self.count:
                return 409
            self.ids.add(headers["webhook-id"])
            self.last, self.count = number, self.count + 1
            return 204

    def is_signed(self, headers: dict[str, str], body: bytes) -> bool:
        """Whether the hub has signed this, a moment ago."""
        ident, told = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not told.isdecimal() or abs(int(told) - system_clock().timestamp()) > TOLERANCE_SECONDS:
            return False
        good = self.secret.sign(b"%b.%b.%b" % (ident.encode(), told.encode(), body))[0]
        return good in headers.get("webhook-signature", "").split(" ")


def served(desk: Desk, host: str, port: int) -> ThreadingHTTPServer:
    """The simulated endpoint: POST anywhere delivers, GET anywhere shows what it has."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._answer(desk.take({name.lower(): value for name, value in self.headers.items()}, body), b"")

        def do_GET(self) -> None:
            self._answer(200, json.dumps({"last": desk.last, "count": desk.count}).encode())

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return ThreadingHTTPServer((host, port), Handler)
