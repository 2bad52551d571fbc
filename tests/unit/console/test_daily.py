"""The station's daily pages: who is due, what a sheet asks for, a week's tasks, the five societies, figures."""

from __future__ import annotations

from datetime import date

import pytest

from services.console.pages import directory, dispatch, figures, visits, volunteering
from services.console.words import Words
from services.contracts.intake import RecordVisit
from services.kernel.contract import read_request
from tests.unit.console.rows import (
    DEFINED,
    ORGANIZATION,
    PERSON,
    PLAN,
    figure_row,
    offering_row,
    organization_row,
    plan_row,
    task_row,
)
from tests.unit.console.stories import DRIVERS, NOW

DAY = date(2026, 10, 8)


@pytest.mark.parametrize(
    ("cadence", "last", "due"),
    [("daily", "2026-10-07", True), ("daily", "2026-10-08", False), ("weekly", "2026-10-02", False),
     ("weekly", "2026-10-01", True), ("monthly", None, True)],
)  # fmt: skip
def test_somebody_is_due_when_the_time_between_visits_is_over(cadence: str, last: str | None, due: bool) -> None:
    assert visits.row(plan_row(cadence=cadence, last_visit_on=last), DAY).due is due


def test_those_who_are_due_come_first_and_are_called_as_was_read() -> None:
    later = plan_row(plan_id="later", last_visit_on="2026-10-07")
    sheet = visits.build([later, plan_row()], DAY, {PERSON: "洪阿姨"})
    assert [row.plan_id for row in sheet.rows] == [PLAN, "later"]
    assert (sheet.due, sheet.rows[0].name) == (1, "洪阿姨")


def test_a_sheet_asks_for_one_visit_a_line_and_for_none_where_nobody_went() -> None:
    form = {f"result-{PLAN}": ["ok"], "result-2": ["none"], "result-3": ["concern"], "concern-3": ["fall"],
            "measure-3": ["called-family"], "result-4": ["no_answer"], "measure-4": ["asked-neighbours"], "csrf": ["x"],
            "result-5": ["forged"]}  # fmt: skip
    found = {each["path"]["id"]: each for each in visits.commands(form, DAY, "k")}
    assert found.keys() == {PLAN, "3", "4"}
    assert found["3"]["body"] | {"happened": None} == {
        "on": "2026-10-08", "result": "concern", "concern_code": "fall", "action_codes": ["called-family"], "happened": None,
    }  # fmt: skip
    assert "concern_code" not in found["4"]["body"]
    for each in found.values():
        read_request(each["body"], RecordVisit)
    assert len({each["key"] for each in found.values()}) == 3


def test_a_week_begins_on_monday_and_shows_each_task_on_its_day_with_who_is_missing() -> None:
    board = dispatch.build([task_row(), task_row(task_id="undated", slot_start=None)], {PLAN: ["volunteer:v-1"]}, DAY)
    assert (board.monday, len(board.days)) == (date(2026, 10, 5), 7)
    (card,) = dict(board.days)[DAY]
    assert (card.missing, card.going) == (1, ("volunteer:v-1",))
    assert [each.task_id for each in board.undated] == ["undated"]


def test_a_task_at_night_stands_on_the_day_of_the_street() -> None:
    board = dispatch.build([task_row(slot_start="2026-10-07T17:00:00+00:00")], {}, DAY)
    assert dict(board.days)[DAY]


def test_every_organization_stands_under_its_society_with_what_it_offers() -> None:
    kinds = (
        "community",
        "station",
        "social_organization",
        "university",
        "authority",
        "other",
        "volunteer_team",
        "charity",
    )
    rows = [organization_row(organization_id=kind, kind=kind, code=kind) for kind in kinds] + [organization_row()]
    societies = directory.build(rows, [offering_row(), offering_row(organization_id="gone")])
    assert sum(len(society.organizations) for society in societies) == 9
    teams = next(society for society in societies if society.name == "volunteer")
    mine = next(o for o in teams.organizations if o.code == "leifeng-nanguan")
    assert (mine.party, [f.services for f in mine.offerings]) == (DRIVERS, [("companionship",)])
    assert ORGANIZATION != "gone"


def test_a_figure_says_what_it_counts_and_its_share() -> None:
    (line,) = figures.lines([figure_row()], [DEFINED], Words("zh", NOW))
    assert (line.name, line.says, line.percent) == ("受理求助", "当月受理的求助", 75)
    (masked,) = figures.lines([figure_row(value=None, of=None, masked=True)], [], Words("en", NOW))
    assert (masked.percent, masked.name) == (None, "requests received")


@pytest.mark.parametrize(
    ("asked", "month"), [("2026-03", "2026-03"), ("", "2026-09"), ("march", "2026-09"), ("2026-13", "2026-09")]
)
def test_without_a_month_last_month_is_shown(asked: str, month: str) -> None:
    assert figures.month_of(asked, DAY) == month


def test_a_team_may_still_send_others_where_one_of_its_people_was_asked():
    fits = [
        {"task_id": "9", "kind": "outing", "who": [{"party": "volunteer:a"}, {"party": "volunteer:b"}], "why_not": []}
    ]
    known, people = [{"task_id": "9", "kind": "outing", "state": "offered"}], ["volunteer:a", "volunteer:b"]

    def left(asked: str) -> list[tuple[str, ...]]:
        stands = [{"task_id": "9", "assignee": asked, "state": "asked"}]
        found = volunteering.board(people, "team:x", stands, known, fits, Words("zh", NOW))
        return [each.choices for each in found.fitting]

    assert left("volunteer:a") == [("volunteer:b",)]
    assert left("team:x") == []
