"""A register of 50,000 rows taken over on the real stack: from the spreadsheet to the last answer, and tried before."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from time import perf_counter

from openpyxl import Workbook

from services.importing import hub as importing
from services.importing.days import HERE
from services.importing.mapping import load
from services.importing.plan import Planner
from services.importing.report import Report
from services.importing.sheets import opened
from services.importing.values import Context
from services.kernel.clock import system_clock
from services.kernel.message import Actor
from tests.bench.stage import Hub, Row, Stage
from wushe.commands.registers import run as take_over

STATION = "220104004"
SETTINGS = {"station": STATION, "unit": "community:220104004001", "area": "220104004001"}
HEAD = (
    "登记编号",
    "登记日期",
    "求助人",
    "联系电话",
    "住址",
    "年龄",
    "来源",
    "求助人类别",
    "需求",
    "紧急程度",
    "求助内容",
)
ROWS = 50_000
PERSON_EVERY = 3
"""So many requests a person: people come again."""


def run(stage: Stage) -> Iterable[Row]:
    """Two rows: the dry run of a part, and the whole register in earnest."""
    count = stage.size(ROWS)
    with Hub() as hub:
        path = register(stage.folder, count)
        few = register(stage.folder, max(count // 10, 1))
        yield row("register, dry run", hub, few, max(count // 10, 1), dry_run=True)
        yield row("register, taken over", hub, path, count, dry_run=False)


def register(folder: Path, count: int) -> Path:
    """A spreadsheet of help requests, as a station has them."""
    path = folder / f"register-{count}.xlsx"
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEAD)
    for number in range(count):
        person = number // PERSON_EVERY
        sheet.append([
            f"2022-{number:06}", f"2022/{number % 12 + 1}/{number % 28 + 1}", f"居民{person}", f"139{person:08}",
            f"{person % 90}号楼", 20 + person % 70, "来访", "本人", "陪伴、家务", "一般", "想找人说说话",
        ])  # fmt: skip
    book.save(path)
    return path


def row(what: str, hub: Hub, path: Path, count: int, *, dry_run: bool) -> Row:
    """One figure: rows a second, everything included."""
    token = hub.hub.token_for(Actor(id="w-01", role="coordinator", org=STATION))
    asked = importing.Hub(hub.hub.url, token)
    mapping = load("help-requests", SETTINGS)
    began = perf_counter()
    context = Context(system_clock().astimezone(HERE).date(), asked.tables())
    planner = Planner(mapping, context, opened(path, set(mapping.by_heading)), b"bench", STATION)
    report = take_over(planner, asked, Report(mapping.register, path.name, dry_run))
    seconds = perf_counter() - began
    if report.counts["new"] != count:
        raise AssertionError(report.text())
    wanted = count / ROWS * 180
    note = f"{count:,} rows in {seconds:.0f} s; {count + -(-count // PERSON_EVERY):,} commands on the whole stack"
    return Row(
        what=what,
        goal="50,000 rows in ≤ 180 s",
        ours=count / seconds,
        unit="rows/s",
        reached=seconds <= wanted,
        note=note,
    )
