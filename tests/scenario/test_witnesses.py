"""Partners as witnesses of a running hub: each in a process of its own; and a hub that was put back to an older day."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from services.kernel.tlog import checkpoint, note, policy
from tests.faults.sending import BODY, CLERK
from tests.support.embedded import DIE_WITH_THE_RUN, Embedded, Hub
from tests.support.servers import free_port
from tests.support.waiting import until
from wushe.embedded import POLICY
from wushe.witness.home import Home

pytestmark = pytest.mark.scenario

NAMES = ("lotus", "harbour", "river")
VISITS = "river"
"""Whose machine nobody can reach: it comes by."""


def wushe(*words: str) -> subprocess.CompletedProcess[str]:
    """A command, as a partner types it."""
    return subprocess.run([sys.executable, "-m", "wushe.cli", *words], capture_output=True, text=True, check=False)


@contextmanager
def running(home: Path, port: int) -> Iterator[None]:
    """A partner's witness."""
    command = [*DIE_WITH_THE_RUN, sys.executable, "-m", "wushe.cli", "witness", "run", "--home", str(home)]
    with subprocess.Popen([*command, "--listen", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          env=os.environ) as process:  # fmt: skip
        try:
            until(lambda: answers(port), "the witness does not answer")
            yield
        finally:
            process.terminate()


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def audit(hub: Hub, path: str) -> dict[str, Any]:
    """What audit says of itself."""
    return dict(hub.ask("GET", f"/audit/v1{path}", role="auditor").json())


def asks(hub: Hub, key: str) -> None:
    """Somebody asks the station for help."""
    answer = hub.ask("POST", "/intake/v1/help-requests", BODY, ident=CLERK.id, Idempotency_Key=key)
    assert answer.status_code == 201, answer.text


def vouched(hub: Hub) -> int:
    """Once all that was recorded is vouched for: up to where."""
    hub.settles()

    def level() -> int:
        found, end = audit(hub, "/witnesses"), audit(hub, "/ledger/head")["size"]
        return int(found["witnessed"] or 0) if found["witnessed"] == end else 0

    return int(until(level, f"not vouched for: {audit(hub, '/witnesses')}"))


def rides(hub: Hub, size: int) -> str:
    """What stands in the header of a partner's feed, once it is the head of this size."""
    answer = hub.ask(
        "GET", "/partner/v1/events", role="partner", ident="p-1", org="0190d3a0-0000-7000-8000-000000000021"
    )
    head = answer.headers.get("Ledger-Head", "")
    return head if head and checkpoint.read(note.read(b64decode(head)).text).size >= size else ""


class Village:
    """Three partners with their machines, of whom two must vouch."""

    def __init__(self, folder: Path, key: str) -> None:
        self.key, self.homes = key, {name: folder / name for name in NAMES}
        self.ports = {name: free_port() for name in NAMES}
        for name, home in self.homes.items():
            assert (
                wushe("witness", "init", "--name", f"{name}.example/w", "--log", key, "--home", str(home)).returncode
                == 0
            )

    @property
    def policy(self) -> bytes:
        lines = [f"log {self.key}"]
        for name, home in self.homes.items():
            address = "" if name == VISITS else f"http://127.0.0.1:{self.ports[name]}"
            lines.append(f"witness {name} {Home(home).signer.verifier} {address}")
        return "\n".join([*lines, f"group village 2 {' '.join(NAMES)}", "quorum village", ""]).encode()


def test_partners_vouch_for_a_hub_and_one_that_is_put_back_to_an_older_day_does_not_fork(tmp_path: Path):
    folder, backup = tmp_path / "var", tmp_path / "backup"
    hub = Embedded(folder)
    with ExitStack() as stack:
        stack.callback(hub.kill9)
        hub.start()
        asks(hub.hub, "first")
        assert audit(hub.hub, "/witnesses")["state"] == "no-witness"
        (key,) = audit(hub.hub, "/ledger/state")["keys"]
        village = Village(tmp_path, key)
        for name in ("lotus", "harbour"):
            stack.enter_context(running(village.homes[name], village.ports[name]))
        (folder / POLICY).write_bytes(village.policy)
        hub.stop()

        # Two of three are there, which is enough.
        hub.start()
        asks(hub.hub, "second")
        at_backup = vouched(hub.hub)
        states = {each["name"]: each["state"] for each in audit(hub.hub, "/witnesses")["items"]}
        assert states == {"lotus": "cosigned", "harbour": "cosigned", "river": "not-asked"}
        shown = requests.get(f"{hub.hub.url}/audit/v1/checkpoint", timeout=10).content
        verdict = policy.read(village.policy).insisted(note.read(shown))
        assert (verdict.head.size, set(verdict.witnesses)) == (at_backup, {"lotus", "harbour"})
        told = wushe("audit", "witnesses", "--url", hub.hub.url, "--var", str(folder)).stdout
        assert "✓ lotus" in told and "✗ river" in told and key in told

        # A backup; the day goes on; the backup is put back.
        hub.stop()
        backup.mkdir()
        for file in folder.glob("audit.db*"):
            shutil.copy(file, backup)
        hub.start()
        asks(hub.hub, "third")
        seen = vouched(hub.hub)
        assert seen > at_backup
        kept = wushe("witness", "keep", "--url", f"{hub.hub.url}/audit/v1", "--home", str(village.homes["river"]))
        assert (kept.returncode, f"{seen}:" in kept.stdout) == (0, True)
        # The same head rides along with every delivery, and is kept from there.
        (tmp_path / "rode").write_text(until(lambda: rides(hub.hub, seen), "no head rides along with deliveries"))
        rode = wushe("witness", "keep", str(tmp_path / "rode"), "--url", f"{hub.hub.url}/audit/v1", "--home",
                     str(village.homes["river"]))  # fmt: skip
        assert (rode.returncode, f"{seen}:" in rode.stdout) == (0, True), rode.stdout
        came = wushe("witness", "visit", "--url", f"{hub.hub.url}/audit/v1", "--home", str(village.homes["river"]))
        assert (came.returncode, "cosigned" in came.stdout) == (0, True)
        hub.kill9()
        for file in folder.glob("audit.db*"):
            file.unlink()
        for file in backup.iterdir():
            shutil.copy(file, folder)

        # It records on, and signs nothing.
        hub.start()
        asks(hub.hub, "fourth")
        state = until(
            lambda: (found := audit(hub.hub, "/ledger/state"))["signing"] == "halted" and found, "it signs on"
        )
        assert state["flaw"]["code"] in ("behind-witness", "forked-from-witness")
        assert state["signed"]["size"] <= at_backup
        grown = until(lambda: (end := audit(hub.hub, "/ledger/head")["size"]) > seen and end, "nothing is recorded")
        time.sleep(1.5)
        assert audit(hub.hub, "/ledger/state")["signed"]["size"] <= at_backup < grown
        ill = wushe("doctor", "--var", str(folder), "--url", hub.hub.url)
        assert ill.returncode == 1
        assert "✗ ledger signing: halted" in ill.stdout
        told = wushe("audit", "witnesses", "--url", hub.hub.url, "--var", str(folder)).stdout
        assert "a witness has seen what is not here" in told
        assert wushe("audit", "state", "--url", hub.hub.url, "--var", str(folder)).returncode == 1
        assert wushe("witness", "show", "--home", str(village.homes["lotus"])).returncode == 0
