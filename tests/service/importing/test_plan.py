"""From rows to commands: keys that stay the same, ids that follow from them, and no name in anything that is kept in the clear."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from services.importing.hub import shipped_tables
from services.importing.mapping import BadMapping, builtin, load
from services.importing.plan import Planned, Planner
from services.importing.report import Report, guarded, save
from services.importing.sending import Answer, Sender
from services.importing.sheets import NoRegister, opened
from services.importing.values import Context, labels_of
from services.kernel.ids import founded, shared

STATION = "220104004"
SETTINGS = {"station": STATION, "unit": "community:220104004002", "area": "220104004002", "visitor": "worker:w-hch"}
TABLES = {name: labels_of(name, table["zh"], table["terms"]) for name, table in shipped_tables().items()}
HEAD = ("登记编号", "登记日期", "求助人", "联系电话", "年龄", "来源", "需求", "求助内容")
SUN = ("2022-001", "2022/7/27", "孙大姐", "13900000001", 57, "来访", "材料/政策咨询", "缺一项材料")


def register(
    folder: Path, *rows: Sequence[Any], name: str = "求助登记", head: Sequence[str] = HEAD, **sets: str
) -> Planner:
    """A register in a new file, ready to be planned."""
    path = folder / "register.xlsx"
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("永昌街道社工站",), (), head, *rows):
        sheet.append(list(row))
    book.save(path)
    mapping = load(name, SETTINGS | sets)
    context = Context(date(2026, 3, 2), TABLES, 2022, mapping.parties, mapping.places)
    return Planner(mapping, context, opened(path, set(mapping.by_heading)), b"secret", STATION)


def planned(folder: Path, *rows: Sequence[Any], **more: Any) -> list[Planned]:
    return list(register(folder, *rows, **more))


def codes_of(each: Planned) -> list[str]:
    return [finding.code for finding in each.findings]


def test_a_row_becomes_a_person_and_the_request_that_names_it(tmp_path: Path):
    """INV-38: the request names the paper, the row on it, and the station whose register it is."""
    planner = register(tmp_path, SUN)
    (row,) = planner
    person, request = row.steps
    person_id = founded(shared("intake", STATION, person.key))
    assert row.row == 4 and [step.command for step in row.steps] == ["register-person", "receive-help-request"]
    assert {name: person.body[name] for name in ("name", "phone", "age_band")} == {
        "name": "孙大姐", "phone": "13900000001", "age_band": "adult",
    }  # fmt: skip
    assert request.body == {
        "unit": SETTINGS["unit"], "area": SETTINGS["area"], "came_by": "walk-in", "person_id": str(person_id),
        "need_codes": ["paperwork"], "story": "缺一项材料",
        "happened": {
            "at": "2022-07-27T00:00:00+08:00", "precision": "day", "channel": "import",
            "behalf": {"org": STATION, "evidence_kind": "register", "evidence_ref": f"sha256:{planner.sheet.digest[:32]}/1/4"},
        },
    }  # fmt: skip
    assert (person.depth, request.depth, request.after) == (0, 1, (person.key,))


def test_a_person_whom_another_register_has_brought_in_is_named_and_not_registered_again(tmp_path: Path):
    """By the id of the hub that wrote both out: whatever else the rows say of the person, it is one person."""
    ref = "00000000-0000-4000-8000-000000000007"
    (request,) = register(tmp_path, (*SUN, ref), head=(*HEAD, "服务对象标识"))
    (step,) = request.steps
    assert step.command == "receive-help-request"
    known = register(tmp_path, ("孙大姐", ref), head=("姓名", "服务对象标识"), name="服务对象")
    ((person,),) = (row.steps for row in known)
    assert step.body["person_id"] == str(founded(shared("intake", STATION, person.key)))


def test_keys_say_nothing_about_a_person_and_change_with_the_secret(tmp_path: Path):
    """H10: a name and a number are guessed from a bare hash, so keys are made with a secret."""
    one = register(tmp_path, SUN)
    (row,) = one
    assert all(step.key.isascii() and "13900000001" not in step.key for step in row.steps)
    again = Planner(
        one.mapping, one.context, opened(tmp_path / "register.xlsx", set(one.mapping.by_heading)), b"secret", STATION
    )
    sheet = opened(tmp_path / "register.xlsx", set(one.mapping.by_heading))
    (elsewhere,) = Planner(one.mapping, one.context, sheet, b"another", STATION)
    assert [step.key for step in next(iter(again)).steps] == [step.key for step in row.steps]
    assert not {step.key for step in elsewhere.steps} & {step.key for step in row.steps}


def test_a_person_in_two_rows_is_registered_once(tmp_path: Path):
    first, second = planned(
        tmp_path, SUN, ("2022-002", "2022/8/1", "孙 大姐", "139-0000-0001", 57, "来电", "其他", "又来问")
    )
    assert [step.command for step in second.steps] == ["receive-help-request"]
    assert second.steps[0].body["person_id"] == first.steps[1].body["person_id"]
    assert second.steps[0].after == (first.steps[0].key,)


def test_what_two_rows_say_otherwise_of_one_person_is_noted_and_the_first_counts(tmp_path: Path):
    _, second = planned(tmp_path, SUN, ("2022-002", "2022/8/1", "孙大姐", "13900000001", 61, "来电", "其他", "又来问"))
    assert [(f.code, f.weight) for f in second.findings] == [("differs-from-row", "note")]
    assert len(second.steps) == 1


def test_the_same_number_twice_is_one_row_or_none(tmp_path: Path):
    _, same, other = planned(tmp_path, SUN, SUN, (*SUN[:-1], "另一件事"))
    assert (same.steps, same.findings) == ([], [])
    assert codes_of(other) == ["differs-from-row"] and other.is_wrong and other.steps == []


def test_a_wrong_row_leaves_its_person_to_the_next(tmp_path: Path):
    """Nothing of a wrong row is sent, so what a later row needs of it is sent with that one."""
    _, wrong, right = planned(
        tmp_path, ("1", *SUN[1:]), ("1", "2022/7/28", "洪阿姨", "13900000002", 80, "来访", "陪伴", ""),
        ("3", "2022/7/29", "洪阿姨", "13900000002", 80, "来访", "陪伴", ""),
    )  # fmt: skip
    assert wrong.is_wrong and [step.command for step in right.steps] == ["register-person", "receive-help-request"]


def test_everything_that_is_wrong_in_a_row_is_found_at_once(tmp_path: Path):
    (row,) = planned(tmp_path, ("9", "去年冬天", "某人", "1.39E+10", "中年", "飞鸽", "飞天", ""))
    assert codes_of(row) == ["relative-date", "number-mangled", "unreadable-age", "unknown-label", "unknown-label"]
    assert {finding.column for finding in row.findings} == {"登记日期", "联系电话", "年龄", "来源", "需求"}
    assert row.steps == [] and all(finding.row == 4 and finding.zh for finding in row.findings)


def test_unknown_is_left_out_and_not_filled_in(tmp_path: Path):
    """INV-29."""
    (row,) = planned(tmp_path, ("9", "不详", "", "", "", "", "", "无名氏来过"))
    (request,) = row.steps
    assert request.body.keys() == {"unit", "area", "story", "happened"}
    assert request.body["happened"]["precision"] == "unknown" and "at" not in request.body["happened"]


VISITS = ("走访日期", "姓名", "联系电话", "方式", "结果", "处置措施")


def test_visits_of_a_quarter_go_to_the_plan_of_their_person(tmp_path: Path):
    rows = [(f"2022/7/{day}", "洪阿姨", "13900000002", "入户", "正常", "") for day in range(1, 6)]
    found = planned(tmp_path, *rows, name="走访记录", head=VISITS)
    assert [[step.command for step in row.steps] for row in found] == [
        ["register-person", "set-visit-plan", "record-visit"], *[["record-visit"]] * 4,
    ]  # fmt: skip
    paths = {step.path for row in found for step in row.steps if step.command == "record-visit"}
    assert paths == {founded(shared("intake", STATION, found[0].steps[1].key))}
    assert {step.lane for row in found for step in row.steps} == {found[0].steps[0].lane}


def test_a_row_that_nothing_is_recognised_by_says_what_would_do(tmp_path: Path):
    (row,) = planned(tmp_path, ("2022/7/1", "洪阿姨", "", "入户", "正常", ""), name="走访记录", head=VISITS)
    assert codes_of(row) == ["not-recognised"] and "姓名 + 联系电话" in row.findings[0].zh


@pytest.mark.parametrize("name", sorted(builtin()))
def test_every_mapping_that_is_shipped_can_be_used(name: str):
    everything = SETTINGS | {"organizer": "team:t-1", "lead": "worker:w-1", "host": "community:1"}
    mapping = load(name, everything)
    assert mapping.zh and mapping.en and mapping.commands
    assert {c.table for c in mapping.columns.values() if c.table} <= TABLES.keys()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("columns: [", "YAML"), ("[]", "mapping"), ("extends: 求助登记\nlane: row\nspeed: 3", "speed"),
        ("extends: 求助登记\ncolumns: {age: {header: [年龄], as: years}}", "columns.age.as"),
        ("extends: 求助登记\nkeys: {person: {of: person, from: [[nobody]]}}", "nobody"),
        ("extends: 求助登记\nsettings: {unit: null}", "unit"), ("extends: nowhere", "nowhere"), ("register: x", "columns"),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_used_says_where(tmp_path: Path, text: str, word: str):
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    sets = {name: value for name, value in SETTINGS.items() if "unit: null" not in text or name != "unit"}
    with pytest.raises(BadMapping) as bad:
        load(str(path), sets)
    assert word in bad.value.en and bad.value.zh


def test_a_station_adds_its_own_headings_and_names(tmp_path: Path):
    path = tmp_path / "m.yaml"
    path.write_text(
        "extends: 走访记录\ncolumns: {visitor: {header: [谁去的], as: party}}\nparties: {黄: worker:w-hch}",
        encoding="utf-8",
    )
    head = ("走访日期", "姓名", "联系电话", "谁去的")
    (row,) = planned(tmp_path, ("2022/7/1", "洪阿姨", "13900000002", "黄"), name=str(path), head=head)
    assert row.steps[1].body["visitor"] == "worker:w-hch"


# --- files ---


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ","), ("utf-8", ";"), ("gb18030", ","), ("utf-16", "\t")]
)
def test_a_csv_file_is_read_as_older_and_newer_programs_write_it(tmp_path: Path, encoding: str, delimiter: str):
    path = tmp_path / "register.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([["求助登记"], HEAD, SUN])
    sheet = opened(path, {"登记编号", "求助人", "联系电话"})
    (row,) = sheet.rows
    assert (row.number, row.cells["求助人"], row.cells["联系电话"]) == (3, "孙大姐", "13900000001")


def test_a_file_without_the_headings_is_refused(tmp_path: Path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(NoRegister, match="登记编号"):
        opened(path, {"登记编号", "求助人"})
    (tmp_path / "no.xlsx").write_text("no spreadsheet")
    with pytest.raises(NoRegister):
        opened(tmp_path / "no.xlsx", {"登记编号"})


# --- sending and reporting ---


def test_a_dry_run_tries_a_row_together_with_everything_it_builds_on(tmp_path: Path):
    """Nothing of a dry run stays, so whoever comes in a later request brings his person and plan along."""
    rows = [
        (f"2022/{month}/{day}", "洪阿姨", "13900000002", "入户", "正常", "")
        for month in range(1, 12)
        for day in range(1, 28)
    ]
    rows += [
        (f"2023/{month}/{day}", "洪阿姨", "13900000002", "入户", "正常", "")
        for month in range(1, 12)
        for day in range(1, 28)
    ]
    asked: list[list[str]] = []

    def post(body: bytes, dry_run: bool) -> list[dict[str, Any]]:
        import msgspec

        items = msgspec.json.decode(body)
        asked.append([item["command"] for item in items])
        return [{"status": 200, "events": ["x"]} for _ in items]

    sender = Sender(lambda: post, dry_run=True)
    answers = [a for row in planned(tmp_path, *rows, name="走访记录", head=VISITS) for a in sender.send(row.steps)]
    answers += sender.finish()
    assert len(answers) == len(rows) + 2 and len({answer.step.key for answer in answers}) == len(answers)
    assert len(asked) == 2 and all(names[:2] == ["register-person", "set-visit-plan"] for names in asked)


def test_a_report_names_columns_and_repeats_no_cell(tmp_path: Path):
    (row,) = planned(tmp_path, ("9", "2022/7/27", "某人", "13900000001", 30, "来访", "其他", "x"))
    report = Report("help-requests", "register.xlsx", dry_run=True)
    report.planned(row)
    refusal = {
        "status": 409,
        "code": "person-deceased",
        "detail": "The person has died.",
        "detail_zh": "已去世。",
        "field": "person_id",
    }
    report.answered(Answer(row.steps[0], {"status": 201, "events": ["person.registered"]}), 1)
    report.answered(Answer(row.steps[1], refusal), 1)
    assert report.counts == {"new": 0, "same": 0, "changed": 0, "refused": 1, "wrong": 0} and not report.is_clean
    save(report, tmp_path / "report.xlsx")
    (line,) = list(load_workbook(tmp_path / "report.xlsx").active.iter_rows(min_row=2, values_only=True))  # type: ignore[union-attr]
    assert line[:5] == (1, 4, "身份证号", "错误 / wrong", "person-deceased")
    assert all("某人" not in str(cell) for cell in line)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_that_is_written_is_taken_for_a_formula(cell: str):
    assert guarded(cell) == "'" + cell
    assert guarded("求助登记") == "求助登记"
