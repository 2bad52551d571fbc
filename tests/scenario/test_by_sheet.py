"""A partner answers by spreadsheet: offers out, answers in, a report line by line, and the same file again changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from services.audit.times import HERE
from tests.scenario.test_partner_tokens import wushe_token
from tests.support.reference import ROOT, Reference
from tests.support.street import Organization, Street

pytestmark = pytest.mark.scenario
NEED = "housework"


def wushe(reference: Reference, token: str, act: str, *more: str, code: int = 0) -> Any:
    """`wushe partner …`, as the partner says it."""
    command = [
        sys.executable,
        "-m",
        "wushe.cli",
        "partner",
        act,
        *more,
        "--url",
        reference.hub.url,
        "--token",
        token,
        "--json",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def fill(path: Path, answers: dict[str, dict[str, Any]]) -> None:
    """Somebody fills in the sheet, line by line; what is there already stays."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[2]}
    for line in range(3, sheet.max_row + 1):
        for code, value in answers.get(str(sheet.cell(line, places["referral_id"]).value), {}).items():
            cell = sheet.cell(line, places[code])
            cell.number_format, cell.value = "General", value
    book.save(path)


def test_offers_go_out_as_a_sheet_and_answers_come_back_line_by_line(
    street: Street, reference: Reference, tmp_path: Path
):
    team, other = street.organizations(2, NEED)
    token = wushe_token(reference, "issue", team.id, "--holder", "desk", "--scope", "offers", "--scope", "answers")[
        "token"
    ]
    yes, no, ask, silent, gone, formula = (offered(street, team) for _ in range(6))
    not_ours = offered(street, other)
    sheet = tmp_path / "offers.xlsx"
    wushe(reference, token, "export", "-o", str(sheet))
    raw = sheet.read_bytes()
    text = "".join(str(cell.value or "") for line in load_workbook(sheet).worksheets[0].iter_rows() for cell in line)
    assert all(each in text for each in (yes, no, ask, silent, gone, formula)) and not_ours not in text
    assert "孙大姐" not in text and "000-0000" not in text

    street.do(f"/referral/referrals/{gone}/offers/withdrawal", {"organization_id": team.id, "reason_code": "other"})
    fill(sheet, {yes: {"answer": "承接"}, no: {"answer": "不承接", "reason": "无容量"},
                 ask: {"answer": "ask", "question": "时间安排 access"}, gone: {"answer": "不承接", "reason": "其他"},
                 formula: {"answer": "承接", "reason": "=1+1"}})  # fmt: skip
    tried = wushe(reference, token, "import", str(sheet), "--dry-run", code=1)
    assert tried["counts"] == {"done": 0, "again": 0, "refused": 0, "wrong": 1, "empty": 1, "ready": 4}
    assert street.row(yes)["state"] == "offered"

    report = tmp_path / "report.csv"
    told = wushe(reference, token, "import", str(sheet), "--report", str(report), code=1)
    assert told["counts"] == {"done": 3, "again": 0, "refused": 1, "wrong": 1, "empty": 1, "ready": 0}
    found = {line["offer_id"]: line for line in told["lines"] if line["code"]}
    assert {line["code"] for line in found.values()} == {"offer-ended", "formula"}
    assert all(line["zh"] and line["en"] for line in found.values()) and report.read_text("utf-8-sig").count("\n") == 7
    assert [street.row(each)["state"] for each in (yes, no, ask, silent, formula)] == [
        "accepted", "ready", "offered", "offered", "offered",
    ]  # fmt: skip
    (said,) = [e for e in street.log("referral") if e["type"] == "referral.accepted" and e["subject"].endswith(yes)]
    assert (said["actorid"], said["actororg"], said["channel"]) == ("program:desk", team.id, "sheet")

    # The same file again: nothing is done twice, and nobody is asked twice.
    version = {each: street.row(each)["version"] for each in (yes, no, ask)}
    again = wushe(reference, token, "import", str(sheet), code=1)
    assert again["counts"] == {"done": 0, "again": 3, "refused": 1, "wrong": 1, "empty": 1, "ready": 0}
    assert version == {each: street.row(each)["version"] for each in (yes, no, ask)}

    # What it has taken on is in the next sheet, to be brought to its end; that of another is nobody's to answer by this one.
    csv = tmp_path / "offers.csv"
    wushe(reference, token, "export", "-o", str(csv))
    lines = csv.read_text("utf-8-sig").splitlines()
    offer = next(line for line in lines if yes in line).partition(",")[0]
    today = f"{datetime.now(HERE):%Y-%m-%d}"
    csv.write_text(f"offer_id,answer,met_on,outcome\n{offer},首次联系,{today},\n{offer},结果,,已提供\n", "utf-8")
    assert wushe(reference, token, "import", str(csv))["counts"]["done"] == 2
    assert street.row(yes)["outcome"] == "delivered"
    elses = street.items(f"/referral/offers?referral_id={not_ours}")[0]["offer_id"]
    csv.write_text(f"offer_id,answer\n{elses},承接\n{offer[:-1]}g,承接\n", "utf-8")
    refused = wushe(reference, token, "import", str(csv), code=1)
    assert [line["code"] for line in refused["lines"]] == ["unknown-offer"] * 2
    sheet.write_bytes(raw)


def offered(street: Street, team: Organization) -> str:
    referral_id = street.referral(street.person(team), NEED)
    street.offer(referral_id, team)
    return referral_id
