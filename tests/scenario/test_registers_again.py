"""What one hub writes out as registers another takes over: the same people, the same content, once (一次采集、多方利用)."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from services.kernel.message import Actor
from tests.support.embedded import Embedded, Hub
from tests.support.reference import Reference
from tests.support.station import Station
from wushe.cli import main

pytestmark = [pytest.mark.scenario, pytest.mark.postgres]

REGISTERS = ("服务对象", "求助登记", "走访记录", "服务记录", "活动签到", "志愿服务记录")
"""In the order in which another hub takes them over: first the people, whom the others name."""
PERSON, OWN = "服务对象标识", ("登记编号", "计划标识", "记录编号", "个案编号", "活动编号", "志愿者标识")
WORKER = "worker:w-zsl"
Lines = list[dict[str, Any]]


@dataclass
class Books:
    """A station's books in one hub."""

    hub: Hub
    folder: Path
    street: str = field(default_factory=lambda: f"2297{uuid4().int % 100_000:05d}")

    @property
    def unit(self) -> str:
        """The community that takes the calls."""
        return f"community:{self.street}001"

    @property
    def keeper(self) -> Actor:
        """Who keeps them."""
        return Actor(id="w-keeper", role="coordinator", org=self.street)

    def says(self, *arguments: object) -> tuple[int, Any]:
        """`wushe`, asked with a token of the station: how it ended, and what it said."""
        token = ("--url", self.hub.url, "--token", self.hub.token_for(self.keeper), "--json")
        done = CliRunner().invoke(main, [*map(str, arguments), *token], catch_exceptions=False)
        return done.exit_code, json.loads(done.stdout)

    def writes_out(self, register: str, name: str) -> Path:
        """`wushe export`, with the names."""
        file = self.folder / name
        code, said = self.says("export", register, "-o", file, "--why", "contact")
        assert code == 0, said
        return file

    def own(self, lines: Lines) -> Lines:
        """Without the hours that others of the same hub have organized, which come again as they are first written down."""
        return [line for line in lines if line.get("组织单位") in (None, self.unit)]

    def takes_over(self, register: str, file: Path) -> dict[str, Any]:
        """`wushe import`."""
        sets = {
            "station": self.street, "unit": self.unit, "area": f"{self.street}001", "host": self.unit, "organizer": self.unit,
            "lead": WORKER, "legal_basis": "life-safety", "owner": WORKER, "consent_ref": "paper-1",
        }  # fmt: skip
        given = (part for name, value in sets.items() for part in ("--set", f"{name}={value}"))
        report = ("--secret", self.folder / "import.key", "--report", self.folder / "report.csv")
        code, said = self.says("import", file, "--mapping", register, *given, *report)
        assert (code, said["changed"], said["refused"], said["wrong"]) == (0, 0, 0, 0), said
        return dict(said)

    def do(self, path: str, body: dict[str, Any], **happened: str) -> str:
        """One command of the keeper's."""
        return str(Station(self.hub).do(path, body, self.keeper, **happened)["id"])


def lines_of(file: Path) -> Lines:
    """The lines of a spreadsheet by their headings."""
    if file.suffix == ".csv":
        with file.open(encoding="utf-8-sig", newline="") as opened:
            return [{name: cell or None for name, cell in line.items()} for line in csv.DictReader(opened)]
    sheet = load_workbook(file).active
    assert sheet is not None
    head, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), line, strict=True)) for line in lines]


def content(lines: Lines, people: dict[str, str]) -> Counter[str]:
    """What the lines say: persons by what they are called, and no ids of the hub's own."""
    told = (
        {
            name: people.get(str(cell), "nobody") if name == PERSON else str(cell)
            for name, cell in line.items()
            if name not in OWN
        }
        for line in lines
    )
    return Counter(json.dumps(each, ensure_ascii=False, sort_keys=True) for each in told)


def kept(books: Books) -> None:
    """A station's month: people, requests, visits, a case, activities, a volunteer's hours."""
    area = f"{books.street}001"
    sun = books.do("/intake/persons", {
        "station": books.street, "age_band": "from_60", "residence_area": area, "hukou_area": "220104004001",
        "name": "孙大姐", "phone": "0001234567",
    })  # fmt: skip
    wei = books.do("/intake/persons", {"station": books.street, "pseudonym": "小伟"})
    for code in ("resident", "living-alone"):
        books.do(f"/intake/persons/{sun}/groups", {"group_code": code, "basis": "told"})
    books.do("/intake/help-requests", {
        "unit": books.unit, "area": area, "came_by": "walk-in", "reporter_kind": "self", "person_id": sun, "urgency": "urgent",
        "need_codes": ["companionship", "paperwork"], "place_kind": "station", "story": "缺少一项材料",
    })  # fmt: skip
    books.do("/intake/help-requests", {"unit": books.unit, "area": area, "came_by": "phone"}, at="2022-02-03T00:00:00+08:00",
             precision="day")  # fmt: skip
    plan = books.do("/intake/visit-plans", {
        "person_id": sun, "cadence": "weekly", "visitor": WORKER, "unit": books.unit, "area": area, "basis": "told",
    })  # fmt: skip
    books.do(f"/intake/visit-plans/{plan}/visits", {"on": "2022-02-03", "activity_codes": ["talk", "housework"]})
    books.do(f"/intake/visit-plans/{plan}/visits", {"on": "2022-02-10", "mode": "phone", "result": "concern",
             "concern_code": "ill", "action_codes": ["called-family"]})  # fmt: skip
    yes = {"person_id": sun, "by": "self", "purposes": ["casework"], "categories": ["identity"], "method": "written",
           "notice_version": "v1"}  # fmt: skip
    books.do("/intake/consents", yes)
    case = books.do("/intake/cases", {"person_id": sun, "owner": WORKER, "area": area})
    books.do(f"/intake/cases/{case}/assessment", {"need_codes": ["companionship"]})
    books.do(f"/intake/cases/{case}/plan", {"goals": [{"code": "confidence"}], "agreed_by": "client"})
    books.do(f"/intake/cases/{case}/services", {"kind": "companionship", "workers": [WORKER, "worker:w-zbs"], "place_kind": "home",
             "goal_codes": ["confidence"]}, at="2022-02-11T09:30:00+08:00")  # fmt: skip
    for headcount, there in ((12, (sun, wei)), (4, ())):
        activity = books.do(
            "/intake/activities", {"kind": "residents-help", "host": books.unit, "area": area, "headcount": headcount}
        )
        for one in there:
            books.do(f"/intake/activities/{activity}/attendance", {"person_id": one})
    mei = books.do(
        "/volunteer/volunteers", {"name": "小梅", "phone": "0007654321", "consent_ref": "paper-1", "area": area}
    )
    books.do("/volunteer/service-hours", {
        "volunteer_id": mei, "activity": "visit-1", "day": "2022-02-14", "minutes": 90, "content_code": "companionship",
        "organizer": books.unit, "lead": WORKER, "place_area": area,
    })  # fmt: skip


def test_what_one_hub_writes_out_another_takes_over_with_the_same_content(
    reference: Reference, embedded: Embedded, tmp_path: Path
) -> None:
    """INV-33 for the names; whoever is named in several registers is one person there too, and nothing comes twice."""
    here = Books(reference.hub, tmp_path)
    there = Books(embedded.hub, tmp_path / "there", here.street)
    there.folder.mkdir()
    kept(here)
    called: dict[str, dict[str, str]] = {}
    for number, register in enumerate(REGISTERS):
        kind = ("xlsx", "csv")[number % 2]
        file = here.writes_out(register, f"{register}.{kind}")
        first = there.takes_over(register, file)
        assert (first["new"], first["same"]) == (first["rows"], 0), register
        assert there.takes_over(register, file)["same"] == first["rows"], "the same file twice changes nothing"
        again = there.writes_out(register, f"{register}.{kind}")
        ours, theirs = here.own(lines_of(file)), here.own(lines_of(again))
        if register == "服务对象":
            called = {"here": _called(ours), "there": _called(theirs)}
            assert set(called["here"].values()) == {"孙大姐", "小伟"} and called["here"].keys().isdisjoint(
                called["there"]
            )
        assert ours and content(ours, called["here"]) == content(theirs, called["there"]), register

    reads = Station(reference.hub).items("/intake/reads?reader=w-keeper")
    assert reads and {row["why"] for row in reads} == {"contact"}, "who took names out is on record"


def _called(lines: Lines) -> dict[str, str]:
    return {str(line[PERSON]): str(line["姓名"]) for line in lines}
