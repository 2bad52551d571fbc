"""The counter of the toy shop: the shop as a service over HTTP, in a process of its own; `python -m tests.kernel.counter`."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import requests

from services.kernel import log, tokens
from services.kernel.clock import system_clock
from services.kernel.config import Settings
from services.kernel.entrypoints import Log, Request, asks, http, lists, shows
from services.kernel.entrypoints.process import Process, run
from services.kernel.message import Actor
from tests.kernel.toy import (
    SHOP,
    TOY,
    BreakToy,
    BuildToy,
    LendToy,
    PaintToy,
    PlaceToy,
    RuinToy,
    WriteOnToy,
    shelves,
    toys,
)
from tests.support.servers import free_port

ROOT = Path(__file__).parents[2]
CLERKS = ("coordinator",)
PAIR = tokens.pair_of(bytes(range(32)))


class CounterService:
    """Toys are asked for and shown here."""

    name = "shop"
    log = Log(SHOP)

    build = asks("POST", "/toys", BuildToy, of=TOY, roles=CLERKS)
    paint = asks("POST", "/toys/{id}/coats", PaintToy, of=TOY, roles=CLERKS)
    break_ = asks("POST", "/toys/{id}/breakage", BreakToy, of=TOY, roles=CLERKS)
    place = asks("POST", "/toys/{id}/place", PlaceToy, of=TOY, roles=CLERKS)
    lend = asks("POST", "/toys/{id}/loan", LendToy, of=TOY, roles=CLERKS)
    write = asks("POST", "/toys/{id}/text", WriteOnToy, of=TOY, roles=CLERKS)
    ruin = asks("POST", "/toys/{id}/ruin", RuinToy, of=TOY, roles=CLERKS)

    toy = shows("/toys/{id}", toys, roles=("coordinator", "auditor"), hides=("remind_at",))
    toys = lists("/toys", toys, by=("kind", "state", "coats", "due"), roles=("coordinator", "auditor"))
    shelf = shows("/shelves/{shelf}", shelves)

    @http("GET", "/whoami", says="who asks")
    def whoami(self, request: Request) -> object:
        """Who asks."""
        return {"id": request.actor.id, "role": request.actor.role}

    @http("GET", "/fault", roles=None, says="nothing")
    def fault(self, request: Request) -> object:
        """A fault in a method, of a kind that nobody foresaw."""
        raise ZeroDivisionError("小伟 must not be in any log")


class Counter:
    """The service in a process; a context manager."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.folder, self.port = folder, free_port()
        self.database_url = database_url or f"sqlite:///{folder}/shop.db"
        self.base = f"http://127.0.0.1:{self.port}"
        self.session = requests.Session()
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.kernel.counter"]
        asked = json.dumps([self.database_url, f"sqlite:///{self.folder}/keys.db", self.port])
        self.log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [*command, asked], cwd=ROOT, stdout=subprocess.PIPE, stderr=self.log, text=True, start_new_session=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n", (self.folder / "log").read_text()[-3000:]
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(20)
        finally:
            self.process.kill()
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.log.close()
            self.session.close()

    def said(self) -> str:
        """What it has written to its log."""
        return (self.folder / "log").read_text()

    def token(self, role: str = "coordinator", ident: str = "w-01") -> str:
        """A token that it takes."""
        return tokens.issue(Actor(id=ident, role=role, org="shop-1"), PAIR.private, timedelta(hours=1), system_clock())

    def ask(self, method: str, path: str, body: Any = None, *, role: str = "coordinator", ident: str = "w-01", key: str = "",
            raw: bytes | None = None, **headers: str) -> requests.Response:  # fmt: skip
        """One request in somebody's name; `raw` is sent as it is, as JSON."""
        sent = {"Authorization": f"Bearer {self.token(role, ident)}"} if role else {}
        sent |= {"Idempotency-Key": key} if key else {}
        sent |= {"Content-Type": "application/json"} if method == "POST" else {}
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.session.request(method, self.base + path, data=data, headers=sent, timeout=30)

    def build(self, **body: Any) -> str:
        """A new toy's id."""
        answer = self.ask("POST", "/shop/v1/toys", {"kind": "car"} | body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def head(self) -> int:
        """How long the log is: unchanged, nothing was written."""
        return int(self.ask("GET", "/shop/v1/position").json()["head"])


def main() -> None:
    """Serve until told to end."""
    database_url, keys_url, port = json.loads(sys.argv[1])
    settings = Settings(
        service="shop", database_url=database_url, keys_url=keys_url, keks=(bytes(32),), amqp_url="memory://",
        listen=("127.0.0.1", port), token_public_keys=(PAIR.public,), log_level="error",
    )  # fmt: skip
    log.switch("error")

    def ready(process: Process) -> None:
        print("ready", flush=True)

    run({"shop": settings}, [CounterService], ready)


if __name__ == "__main__":
    main()
