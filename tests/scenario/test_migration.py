"""A street's hub moves to the reference deployment with everything it knows, and goes on there where it stood."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from tests.conftest import without_server
from tests.faults.sending import ledger_of
from tests.scenario.conftest import Told, told
from tests.support.embedded import Embedded, Hub, all_heard
from tests.support.reference import ROOT, Reference
from tests.support.servers import ServerMissing
from wushe.demo import expectations
from wushe.embedded import Folder
from wushe.services import CLASSES

pytestmark = [pytest.mark.scenario, pytest.mark.postgres, pytest.mark.slow]

PUBLISHERS = ("intake", "referral", "volunteer", "partner", "audit")


class Waiting(Reference):
    """The reference deployment with servers and empty databases, whose services are not started yet."""

    def __init__(self) -> None:
        super().__init__()
        self.names = ()
        self.kek_before = ""
        self.log: dict[str, str] = {}

    def environment(self, name: str) -> dict[str, str]:
        """As the compose file has it, with the key of before after the new one."""
        given = super().environment(name)
        if self.kek_before and "HUB_KEK" in given:
            given["HUB_KEK"] = f"{given['HUB_KEK']},{self.kek_before}"
        if name == "audit":
            given |= {name: value for name, value in self.log.items() if not name.endswith("_HEAD_KEY")}
        if head_key := self.log.get(f"HUB_{name.upper()}_HEAD_KEY"):
            given["HUB_HEAD_KEY"] = head_key
        return given

    def url_of(self, server: Any) -> str:
        """A server's address as its superuser."""
        return f"postgresql://postgres@127.0.0.1:{server.port}"

    def empty(self) -> None:
        """The databases as they are made first."""
        for server, every in (
            (self.postgres, CLASSES),
            (self.keys, ("intake_keys", "referral_keys", "volunteer_keys")),
        ):
            with psycopg.connect(f"{self.url_of(server)}/postgres", autocommit=True) as admin:
                for name in every:
                    admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        self._make_databases(self.postgres, "postgres")
        self._make_databases(self.keys, "postgres-keys")


@dataclass
class Moved:
    """What a street's hub had said before it moved, and the deployment that it moves to."""

    folder: Path
    before: dict[str, Any]
    stories: Told
    stack: Waiting

    def migrate(self, *more: str) -> subprocess.CompletedProcess[str]:
        """`wushe migrate` in a process of its own."""
        return subprocess.run(self.command(*more), cwd=ROOT, capture_output=True, text=True, timeout=120)

    def command(self, *more: str) -> list[str]:
        """The command line."""
        to, keys = self.stack.url_of(self.stack.postgres), self.stack.url_of(self.stack.keys)
        return [
            sys.executable,
            "-m",
            "wushe.cli",
            "migrate",
            "--to",
            to,
            "--keys-to",
            keys,
            "--var",
            str(self.folder),
            "--json",
            *more,
        ]


def logs(hub: Hub) -> dict[str, list[bytes]]:
    """The bytes of every publisher's log."""
    found = {}
    for name in PUBLISHERS:
        answer = hub.ask("GET", f"/{name}/events?limit=1000", role="service")
        raws = json.loads(answer.content)
        found[name] = [json.dumps(raw, sort_keys=True).encode() for raw in raws]
    return found


def replays(hub: Hub) -> dict[str, Any]:
    """What the hub answers about every matter that there is."""
    matters = {entry["matter_id"] for entry in ledger_of(hub) if entry.get("matter_id")}
    return {
        matter: {
            view: hub.ask("GET", f"/audit/v1/matters/{matter}/{view}", role="auditor").json()
            for view in ("replay", "custody")
        }
        for matter in sorted(matters)
    }


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    """The five stories in an embedded hub that has been stopped, and a deployment that waits."""
    folder = tmp_path_factory.mktemp("street") / "var"
    with Embedded(folder) as embedded:
        stories = told(embedded.hub)
        expectations.settled(stories.teller)
        before = {"logs": logs(embedded.hub), "replays": replays(embedded.hub), "heads": embedded.hub.ready()}
    try:
        with Waiting() as stack:
            yield Moved(folder, before, stories, stack)
    except ServerMissing as reason:
        without_server(reason)


@pytest.fixture
def moved(street: Moved, tmp_path: Path) -> Iterator[Moved]:
    """A copy of the street's hub, and empty databases."""
    shutil.copytree(street.folder, tmp_path / "var")
    street.stack.empty()
    yield replace(street, folder=tmp_path / "var")
    for name in list(street.stack.processes):
        street.stack.stop(name)


def test_a_running_hub_is_not_moved(moved: Moved):
    with Embedded(moved.folder):
        answer = moved.migrate()
    assert answer.returncode == 1 and json.loads(answer.stderr)["code"] == "already-running"


def test_what_is_not_empty_is_not_moved_into(moved: Moved):
    with psycopg.connect(f"{moved.stack.url_of(moved.stack.postgres)}/referral", autocommit=True) as there:
        there.execute("CREATE TABLE somebody_elses (id int)")
        answer = moved.migrate()
        there.execute("DROP TABLE somebody_elses")
    assert answer.returncode == 1 and json.loads(answer.stderr)["code"] == "target-not-empty"
    assert "referral" in json.loads(answer.stderr)["detail"]
    with psycopg.connect(f"{moved.stack.url_of(moved.stack.postgres)}/intake") as there:
        assert there.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    assert not Folder(moved.folder).moved.exists()


def test_a_copy_of_what_was_before_is_thrown_away(moved: Moved):
    """Begun, broken off, and the hub was used again: the copy is made anew."""
    began = subprocess.Popen(moved.command(), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until_marked(moved, "intake")
    began.kill()
    began.wait()
    with Embedded(moved.folder) as again:
        again.hub.ask(
            "POST", "/intake/v1/help-requests", {"unit": "community:220104004001", "area": "220104004001"}
        ).raise_for_status()
        again.hub.settles()
        moved.before = {"logs": logs(again.hub), "replays": replays(again.hub), "heads": again.hub.ready()}
    done = moved.migrate()
    assert done.returncode == 0, done.stderr


def until_marked(moved: Moved, name: str) -> None:
    """Wait until a copy has begun in a database."""
    deadline = time.monotonic() + 30
    with psycopg.connect(f"{moved.stack.url_of(moved.stack.postgres)}/{name}", autocommit=True) as there:
        while there.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'event'").fetchone() == (0,):
            assert time.monotonic() < deadline
            time.sleep(0.005)


def test_killed_again_and_again_it_ends_with_everything_moved_once_and_the_hub_goes_on_there(moved: Moved):
    kills = 0
    for seconds in (0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.6, 1.8):
        began = subprocess.Popen(moved.command(), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            began.wait(seconds)
        except subprocess.TimeoutExpired:
            began.kill()
            kills += 1
        began.wait()
    done = moved.migrate()
    assert done.returncode == 0, done.stderr
    assert kills >= 3
    assert moved.migrate().returncode == 0, "said again, it finds everything there"
    assert Folder(moved.folder).moved.stat().st_mode & 0o777 == 0o600
    refused = subprocess.run(
        [sys.executable, "-m", "wushe.cli", "up", "--var", str(moved.folder), "--listen", "127.0.0.1:0", "--json"],
        cwd=ROOT, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert refused.returncode == 1 and json.loads(refused.stderr)["code"] == "moved"
    goes_on(moved)


def goes_on(moved: Moved) -> None:
    """The deployment answers as the street's hub did, verifies, and takes up work where it was left."""
    stack, hub = moved.stack, moved.stack.hub
    stack.kek_before = Folder(moved.folder).moved.read_text()
    settings = Folder(moved.folder).moved_log.read_text().splitlines()
    stack.log = {name: value for name, _, value in (line.partition("=") for line in settings)}
    for name in CLASSES:
        stack.start(name)
    stack.ready()
    assert stands(settled(stack)) == stands(moved.before["heads"])
    assert logs(hub) == moved.before["logs"]
    assert replays(hub) == moved.before["replays"]
    assert hub.ask("GET", "/audit/v1/ledger/verification", role="auditor").json()["sound"]
    stays_readable(moved)
    before = stands(settled(stack))["intake"][0]
    asked = hub.ask("POST", "/intake/v1/help-requests", {"unit": "community:220104004001", "area": "220104004001"})
    assert asked.status_code == 201 and asked.json()["position"] == before + 1
    settled(stack)
    ledger = [(e["publisher"], e["event"]["position"]) for e in ledger_of(hub)]
    assert len(ledger) == len(set(ledger)), "no event is in the ledger twice"
    assert ("intake", asked.json()["position"]) in ledger
    assert hub.ask("GET", "/audit/v1/ledger/verification", role="auditor").json()["sound"]


def stands(states: dict[str, Any]) -> dict[str, Any]:
    """How far each service has spoken, and heard."""
    return {name: (state["head"], state["heard"]) for name, state in states.items()}


def settled(stack: Waiting) -> dict[str, Any]:
    """How every service stands once each has heard all the others."""
    until = time.monotonic() + 60
    last: dict[str, Any] = {}
    while (now := stack.states()) and not (all_heard(now) and stands(now) == stands(last)):
        assert time.monotonic() < until, stands(now)
        last = now
        time.sleep(0.2)
    return now


def stays_readable(moved: Moved) -> None:
    """A sealed name opens under the key of before, and after the keys were wrapped anew under the new one alone."""
    hub = moved.stack.hub
    persons = hub.ask("GET", "/intake/v1/persons?limit=1000").json()["items"]
    names = {p["person_id"]: identity(hub, p["person_id"]) for p in persons}
    assert any(names.values())
    moved.stack.kek_before = ""
    moved.stack.stop("intake")
    moved.stack.start("intake")
    moved.stack.ready("intake")
    assert {p["person_id"]: identity(hub, p["person_id"]) for p in persons} == names


def identity(hub: Hub, person_id: str) -> Any:
    answer: requests.Response = hub.ask("GET", f"/intake/v1/persons/{person_id}/identity?why=casework")
    return answer.json().get("fields")
