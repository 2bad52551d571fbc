"""The embedded hub as tests run it: `wushe up` in a process of its own, on a free port, in a folder of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import requests

from services.kernel.message import Actor
from tests.support.servers import free_port
from wushe.embedded import Folder

DIE_WITH_THE_RUN = ("setpriv", "--pdeathsig", "KILL")
"""If the test run dies, however it dies, so does the hub (setpriv is part of Debian's util-linux, always there)."""

START_SECONDS = 40
NOTHING: Mapping[str, str] = MappingProxyType({})
SETTLE_SECONDS = 60


class NotSettled(AssertionError):
    """The hub did not come to rest in time."""


@dataclass
class Hub:
    """A hub that answers at `url`; `token_for` signs tokens that it accepts."""

    url: str
    token_for: Callable[[Actor], str]
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, path: str, body: Any = None, *, role: str = "coordinator", ident: str = "w-01", org: str = "220104004",
            **headers: str) -> requests.Response:  # fmt: skip
        """One request in somebody's name."""
        token = self.token_for(Actor(id=ident, role=role, org=org))
        sent = {"Authorization": f"Bearer {token}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.session.request(method, self.url + path, json=body, headers=sent, timeout=30)

    def approved(
        self, command: str, about: str, body: dict[str, Any], *, asker: str = "w-01", by: str = "w-09",
        role: str = "station_head", org: str = "220104004",
    ) -> str:  # fmt: skip
        """A second person approves what somebody asks; the word goes along as `Approval=`."""
        asked = {"command": command, "about": about, "asker": asker, "body": body}
        answer = self.ask("POST", "/console/v1/approvals", asked, role=role, ident=by, org=org)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["approval"])

    def deliveries(self, actor: Actor, after: int = 0) -> list[dict[str, Any]]:
        """An organization's sequence after a number, as somebody of it reads it page by page."""
        found: list[dict[str, Any]] = []
        while True:
            path = f"/partner/v1/events?after={after + len(found)}&limit=500"
            answer = self.ask("GET", path, role=actor.role, ident=actor.id, org=actor.org)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            if not page:
                return found
            found += page

    def ready(self) -> dict[str, Any]:
        """How every service stands: its head, and how far it has heard the others."""
        return dict(self.session.get(f"{self.url}/readyz", timeout=10).json()["services"])

    def settles(self, seconds: float = SETTLE_SECONDS) -> None:
        """Wait until every service has heard everything that every other has said."""
        until = time.monotonic() + seconds
        last: object = None
        while time.monotonic() < until:
            now = self.ready()
            if now == last and all_heard(now):
                return
            last = now
            time.sleep(0.1)
        raise NotSettled(str({name: (state["head"], state["heard"]) for name, state in (last or {}).items()}))  # type: ignore[attr-defined]


def all_heard(services: dict[str, Any]) -> bool:
    """Whether every cursor stands at its publisher's head."""
    heads = {name: state["head"] for name, state in services.items()}
    return all(
        position == heads[publisher] for state in services.values() for publisher, position in state["heard"].items()
    )


class Embedded:
    """`wushe up`; a context manager. `kill9` and `start` again keep the folder and the port."""

    def __init__(self, folder: Path, *, demo: bool = False, settings: Mapping[str, str] = NOTHING) -> None:
        """The demo's people come in, unless `settings` say otherwise; `demo` loads the stories."""
        self.folder, self.demo, self.port = folder, demo, free_port()
        self.settings = {"HUB_DEMO": "true"} | dict(settings)
        self.process: subprocess.Popen[bytes] | None = None
        self.hub = Hub(f"http://127.0.0.1:{self.port}", self._token)

    def _token(self, actor: Actor) -> str:
        return Folder(self.folder).token(actor, timedelta(hours=1))

    def start(self) -> Self:
        """Start and wait until it answers."""
        usual = {k: v for k, v in os.environ.items() if not k.startswith("HUB_")}
        # Partners of tests are called at home.
        environ = usual | {"HUB_LOG_LEVEL": "warning", "HUB_WEBHOOK_ALLOW": "127.0.0.0/8"} | self.settings
        command = [
            *DIE_WITH_THE_RUN,
            sys.executable,
            "-m",
            "wushe.cli",
            "up",
            "--var",
            str(self.folder),
            "--listen",
            f"127.0.0.1:{self.port}",
        ]
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--demo" if self.demo else "--no-demo", "--json"],
                env=environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._await()
        return self

    def _await(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self.process is not None
            if self.process.poll() is not None:
                raise AssertionError(f"the hub ended: {(self.folder / 'log').read_text()[-3000:]}")
            try:
                if requests.get(f"{self.hub.url}/readyz", timeout=2).status_code == 200:
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise AssertionError("the hub does not answer")

    def kill9(self) -> None:
        """End it at whatever it is doing."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in peace."""
        self._end(signal.SIGTERM)

    def _end(self, sign: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(sign)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(timeout=10)
        self.process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
