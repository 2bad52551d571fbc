"""Registers in spreadsheets, taken over on the real stack: tried, sent, broken off, sent again, corrected, written out."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from services.kernel import tokens
from services.kernel.clock import system_clock
from services.kernel.message import Actor
from tests.support.reference import ROOT, Reference

pytestmark = [pytest.mark.scenario, pytest.mark.postgres]

STATION = "220104004"
SETS = ("--set", f"station={STATION}", "--set", "unit=community:220104004001", "--set", "area=220104004001")
HEAD = ("登记编号", "登记日期", "求助人", "联系电话", "年龄", "来源", "需求", "求助内容")


@dataclass
class Desk:
    """Somebody at a station with a spreadsheet."""

    reference: Reference
    folder: Path

    def command(self, *arguments: object) -> list[str]:
        """The command line, with a token of the station."""
        token = self.reference.hub.token_for(Actor(id="w-01", role="coordinator", org=STATION))
        more = ("--url", self.reference.hub.url, "--token", token, "--json")
        return [sys.executable, "-m", "wushe.cli", *map(str, arguments), *more]

    def imports(self, file: Path, *more: str, mapping: str = "求助登记") -> tuple[int, dict[str, Any]]:
        """`wushe import`: how it ended, and its report."""
        secret = ("--secret", self.folder / "import.key")
        done = subprocess.run(
            self.command("import", file, "--mapping", mapping, *SETS, *secret, *more), cwd=ROOT, capture_output=True,
            text=True, timeout=120,
        )  # fmt: skip
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def register(self, name: str, rows: list[tuple[Any, ...]], head: tuple[str, ...] = HEAD) -> Path:
        """A spreadsheet with these rows."""
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in (head, *rows):
            sheet.append(list(row))
        book.save(self.folder / name)
        return self.folder / name

    def head(self) -> int:
        """How far intake has spoken."""
        return int(self.reference.hub.ask("GET", "/intake/v1/position").json()["head"])

    def events(self, after: int) -> list[dict[str, Any]]:
        """What intake has said after that."""
        events: list[dict[str, Any]] = []
        while page := self.reference.hub.ask(
            "GET", f"/intake/events?after={after + len(events)}&limit=1000", role="service"
        ).json():
            events += page
        return events


@pytest.fixture
def desk(reference: Reference, tmp_path: Path) -> Desk:
    """A desk of its own for each test; the secret is the desk's, so nothing is recognised from another test."""
    return Desk(reference, tmp_path)


def rows(count: int, first: int = 0) -> list[tuple[Any, ...]]:
    """Requests of invented people."""
    return [
        (
            f"R-{n}",
            f"2022/{n % 12 + 1}/{n % 28 + 1}",
            f"居民{n // 2}",
            f"139{n // 2:08}",
            20 + n // 2 % 60,
            "来访",
            "陪伴",
            "聊聊",
        )
        for n in range(first, first + count)
    ]


def test_a_dry_run_says_what_would_be_said_and_leaves_nothing(desk: Desk):
    wrong = [("X-1", "去年冬天", "洪阿姨", "13900000002", 80, "来访", "陪伴", "")]
    late = [("X-2", "2999/1/1", "洪阿姨", "13900000002", 80, "来访", "陪伴", "")]
    file, before = desk.register("a.xlsx", rows(4) + wrong + late), desk.head()
    code, tried = desk.imports(file, "--dry-run")
    assert (code, desk.head()) == (1, before)
    code, done = desk.imports(file)
    assert [(f["row"], f["column"], f["code"]) for f in done["findings"]] == [
        (6, "登记日期", "relative-date"), (7, "登记日期", "in-the-future"),
    ]  # fmt: skip
    same = ("rows", "new", "same", "changed", "refused", "wrong", "findings")
    assert {name: tried[name] for name in same} == {name: done[name] for name in same}
    assert (code, done["new"], desk.head() > before) == (1, 4, True)


def test_the_same_file_twice_changes_nothing_and_a_corrected_row_is_noticed(desk: Desk):
    """INV-31: what was said stays; a corrected telephone number is noticed as well as a corrected day."""
    desk.imports(desk.register("a.xlsx", rows(6)))
    before = desk.head()
    assert desk.imports(desk.register("a.xlsx", rows(6)))[1]["same"] == 6
    corrected = rows(6)
    corrected[1] = (*corrected[1][:-1], "说的是另一件事")
    corrected[4] = ("R-4", "2022/5/6", *corrected[4][2:])
    code, found = desk.imports(desk.register("b.xlsx", corrected + rows(1, 6)))
    assert (code, found["new"], found["same"], found["changed"]) == (1, 1, 4, 2)
    assert {(f["row"], f["code"]) for f in found["findings"]} == {(3, "changed"), (6, "changed")}
    assert desk.head() == before + 2, "one person and one request: nothing was doubled"


def test_an_import_that_is_killed_is_begun_again_and_doubles_nothing(desk: Desk):
    file, before = desk.register("big.xlsx", rows(3_000)), desk.head()
    secret = ("--secret", desk.folder / "import.key")
    began = subprocess.Popen(
        desk.command("import", file, "--mapping", "求助登记", *SETS, *secret), cwd=ROOT, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while desk.head() < before + 400:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    began.kill()
    began.wait()
    code, found = desk.imports(file)
    assert code == 0 and found["new"] + found["same"] == 3_000 and found["same"] > 0
    said = Counter(event["type"] for event in desk.events(before))
    assert (said["help-request.received"], said["person.registered"]) == (3_000, 1_500)


def test_a_paper_that_comes_late_says_when_it_was_and_when_it_was_learnt(desk: Desk):
    """H8, INV-30, INV-38: two times, the channel, the station, and the paper with its row."""
    before = desk.head()
    desk.imports(desk.register("feb.xlsx", rows(1)), "--channel", "paper")
    events = desk.reference.hub.ask("GET", f"/intake/events?after={before}", role="service").json()
    request = next(event for event in events if event["type"] == "help-request.received")
    assert request["effectiveat"].startswith("2022-01-01") or request["effectiveprecision"] == "day"
    assert (request["channel"], request["behalforg"], request["behalfevidence"]) == ("paper", STATION, "register")
    assert request["behalfref"].startswith("sha256:") and request["behalfref"].endswith("/1/2")
    assert request["time"] > request["effectiveat"]
    assert "居民" not in json.dumps(events, ensure_ascii=False), "INV-6"


def test_a_register_comes_out_again_with_labels_and_without_names(desk: Desk):
    desk.imports(desk.register("a.xlsx", rows(2)))
    out = desk.folder / "out.xlsx"
    done = subprocess.run(
        desk.command("export", "求助登记", "-o", out), cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    sheet = load_workbook(out).active
    assert sheet is not None
    head, *lines = list(sheet.iter_rows(values_only=True))
    assert "求助人" not in head and any(line[head.index("来源")] == "来访" for line in lines)
    assert all("居民" not in str(cell) for line in lines for cell in line)


def test_a_token_that_is_none_is_refused(desk: Desk):
    file = desk.register("a.xlsx", rows(1))
    pair = tokens.generate()
    token = tokens.issue(
        Actor(id="w-9", role="coordinator", org=STATION), pair.private, timedelta(hours=1), system_clock()
    )
    command = [*desk.command("import", file, "--mapping", "求助登记", *SETS, "--secret", desk.folder / "k")]
    command[command.index("--token") + 1] = token
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and json.loads(done.stderr)["code"] == "not-signed-in"
