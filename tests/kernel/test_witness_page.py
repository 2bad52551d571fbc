"""docs/witness.md, typed as it stands there: from the key to the evidence of a fork."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.embedded import DIE_WITH_THE_RUN
from tests.support.servers import free_port
from tests.support.toylog import ToyLog

PAGE = (Path(__file__).parents[2] / "docs" / "witness.md").read_text(encoding="utf-8")
BLOCKS = [
    line for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL) for line in block.splitlines()
]
TYPED = {" ".join(line.split()[2:4]): line for line in BLOCKS}
"""The page's lines by their first words after `wushe witness`."""


class Tiles(BaseHTTPRequestHandler):
    """A log that shows its newest head and its tiles."""

    log: ToyLog
    size: int

    def do_GET(self) -> None:
        path = self.path.removeprefix("/audit/v1/")
        found = bytes(self.log.signed(self.size)) if path == "checkpoint" else self.log.fetch(path)
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(found or b"")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def shown() -> Iterator[tuple[type[Tiles], str]]:
    """A log over HTTP, and its address."""
    tiles = type("Shown", (Tiles,), {"log": ToyLog().grow(20), "size": 12})
    with ThreadingHTTPServer(("127.0.0.1", 0), tiles) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield tiles, f"http://127.0.0.1:{server.server_port}/audit/v1"
        server.shutdown()


class Partner:
    """Somebody at a shell of their own, who types what the page says."""

    def __init__(self, home: Path, url: str, port: int) -> None:
        self.home, self.url, self.port = home, url, port
        key = str(ToyLog().signer.verifier)
        self.environ = os.environ | {
            "HOME": str(home),
            "LOG_KEY": key,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }

    def line(self, words: str) -> str:
        """A line of the page, with the addresses of this test in the place of the examples."""
        found = TYPED[words].replace("https://hub.example/audit/v1", self.url).replace("7380", str(self.port))
        return found.replace("/tmp/evidence", str(self.home / "evidence"))  # noqa: S108  the page's own example

    def types(self, words: str) -> tuple[int, str]:
        """Type it, and read what comes."""
        done = subprocess.run(
            ["bash", "-c", self.line(words)],
            cwd=self.home,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def runs(self) -> subprocess.Popen[bytes]:
        """Start the witness, and wait until it answers."""
        command = [*DIE_WITH_THE_RUN, "bash", "-c", f"exec {self.line('run --listen')}"]
        running = subprocess.Popen(
            command, cwd=self.home, env=self.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                requests.get(f"http://127.0.0.1:{self.port}/", timeout=2)
            except requests.RequestException:
                time.sleep(0.05)
            else:
                return running
        raise AssertionError("the witness does not answer")


def test_the_page_is_typed_from_beginning_to_end(shown: tuple[type[Tiles], str], tmp_path: Path):
    tiles, url = shown
    partner = Partner(tmp_path, url, free_port())
    status, said = partner.types("init --name")
    assert (status, "lotus.example/witness+" in said) == (0, True)

    running = partner.runs()
    try:
        answer = requests.post(f"http://127.0.0.1:{partner.port}/add-checkpoint", data=tiles.log.asks(0, 5), timeout=10)
        assert answer.status_code == 200
    finally:
        running.terminate()
        assert running.wait(10) == 0
    assert f"log {tiles.log.name} 5 at " in partner.types("show")[1]

    assert partner.types("trust --url")[0] == 0
    for name, size in (("head-2026-03-02.txt", 7), ("head-2026-03-09.txt", 11)):
        (tmp_path / name).write_bytes(bytes(tiles.log.signed(size)))
    status, said = partner.types("keep head-2026-03-02.txt")
    assert (status, said.count("still consistent")) == (0, 2)
    assert partner.types("keep")[0] == 0

    tiles.log = ToyLog(story="?", turns_at=5).grow(20)
    tiles.size = 15
    status, said = partner.types("keep")
    assert (status, "FORKED" in said) == (2, True)
    assert "has contradicted itself" in partner.types("show --evidence")[1]
    had, came = ((tmp_path / "evidence" / "0" / part).read_bytes() for part in ("had", "came"))
    assert (had, came) == (bytes(ToyLog().signed(12)), bytes(tiles.log.signed(15)))


def test_a_log_that_does_not_answer_is_no_fork(tmp_path: Path):
    partner = Partner(tmp_path, "http://127.0.0.1:9", free_port())
    partner.types("init --name")
    partner.types("trust --url")
    status, said = partner.types("keep")
    assert (status, "does not answer" in said) == (1, True)
    assert "Traceback" not in said
