"""Monthly reports: sealed once, never changed, restated by what was learnt since, and exported without a formula."""

from __future__ import annotations

import csv
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from services.audit import sheets
from services.audit.domain import report
from services.audit.sealing import Sealing
from services.audit.statistics.shown import adjusted, told_lines
from services.contracts import editions, intake
from services.contracts.audit import (
    Adjustment,
    FigureLine,
    MonthlyReportRestated,
    MonthlyReportSealed,
    Restatement,
    SealMonthlyReport,
    WriteMonthlyReport,
)
from services.kernel.contract import canonical
from tests.service.audit.counting import POINT, STREET, Counting, on
from tests.support.laws import check_laws
from tests.support.spec import Spec
from tests.unit.audit.stories import told_as

LATER = datetime(2027, 6, 1, tzinfo=UTC)
DIGEST = "A" * 43
LINE = FigureLine(indicator="cases-opened", value=5, things=5)
MORE = FigureLine(indicator="cases-opened", value=6, things=6)
reports = Spec(report.DECIDER)


def write(month: str = "2026-10", **changes: Any) -> WriteMonthlyReport:
    said: dict[str, Any] = {
        "month": month, "station": STREET, "recipients": ("civil-affairs",), "size": 9, "root": DIGEST,
        "definitions": "2026-1", "figures": (LINE,), "figures_hash": DIGEST,
    }  # fmt: skip
    return WriteMonthlyReport(**(said | changes))


def sealed(month: str = "2026-10", **changes: Any) -> MonthlyReportSealed:
    said: dict[str, Any] = {
        "month": month, "station": STREET, "size": 9, "root": DIGEST, "definitions": "2026-1", "figures": (LINE,),
        "figures_hash": DIGEST, "recipients": ("civil-affairs",),
    }  # fmt: skip
    return MonthlyReportSealed(**(said | changes))


# --- the rules --------------------------------------------------------------------------------------------------------


def test_a_report_is_sealed_when_its_month_is_over_and_people_are_at_work_again():
    """October 2026 ends on a Saturday: the doors open on Monday, 8:30 in China."""
    monday = datetime(2026, 11, 2, 0, 30, tzinfo=UTC)
    reports.given().when(write(), now=monday).then(sealed())
    reports.given().when(write(), now=monday - timedelta(minutes=1)).then_refused("month-not-over")


def test_the_days_of_a_report_are_working_days_of_the_published_calendar():
    """September 2025 ends before the long holiday of 1 to 8 October; 11 October is worked (调休)."""
    assert report.opens_at("2025-09") == datetime(2025, 10, 9, 0, 30, tzinfo=UTC)
    assert report.due_by("2025-09") == datetime(2025, 10, 21, 16, tzinfo=UTC)


def test_a_station_sets_the_days_and_the_calendar_of_its_reports(tmp_path: Path):
    said = 'table = "report_days"\nversion = "ours-1"\nsince = 2025-01-01\n'
    terms = '[terms.{}]\nzh = "x"\nen = "x"\nnumbers = {{ days = {} }}\n'
    (tmp_path / "days.toml").write_text(said + terms.format("opens", 3) + terms.format("due", 4))
    (tmp_path / "calendar.toml").write_text('calendar = "ours"\noff = [2026-11-03]\n')
    editions.adopt(tmp_path)
    try:
        assert report.opens_at("2026-10") == datetime(2026, 11, 5, 0, 30, tzinfo=UTC)
        assert report.due_by("2026-10") == datetime(2026, 11, 6, 16, tzinfo=UTC)
    finally:
        editions.adopt(None)


def test_a_sealed_report_is_never_sealed_again():
    """INV-36."""
    reports.given(sealed()).when(write(figures=(MORE,)), now=LATER).then_refused("already-sealed")


def test_recipients_are_those_of_the_table():
    reports.given().when(write(recipients=("my-cousin",)), now=LATER).then_refused("unknown-code")


def test_what_was_learnt_since_is_said_of_the_old_report_and_carried_by_the_new_one():
    """H11: 2026-10 stays as it was sealed, 2026-11 has an 调整数 line."""
    line = Adjustment(month="2026-10", indicator="cases-opened", before=LINE, after=MORE)
    since = Restatement(month="2026-10", figures=(MORE,), figures_hash="B" * 43, adjustments=(line,))
    restated = MonthlyReportRestated(
        month="2026-10", station=STREET, in_month="2026-11", size=9, root=DIGEST, definitions="2026-1", figures=(MORE,),
        figures_hash="B" * 43, adjustments=(line,),
    )  # fmt: skip
    november = sealed("2026-11", adjustments=(line,))
    reports.given(sealed()).when(write("2026-11", restated=(since,)), now=LATER).then(restated, november)


def test_reports_keep_the_laws():
    check_laws(report.DECIDER, WriteMonthlyReport, examples=15)


# --- what is sealed ---------------------------------------------------------------------------------------------------


@pytest.fixture
def hub() -> Counting:
    return Counting()


def seal(hub: Counting, month: str, *told: Any) -> WriteMonthlyReport:
    return Sealing(hub.db, SealMonthlyReport(month=month, station=STREET), hub.after).report(told)


def as_said(written: WriteMonthlyReport) -> MonthlyReportSealed:
    return sealed(written.month, size=written.size, figures=written.figures, figures_hash=written.figures_hash)


def test_changes_that_cancel_out_leave_a_number_as_it_was(hub: Counting):
    """A late paper, and a case that should never have existed."""
    wrong = hub.case("wrong")
    october = as_said(seal(hub.later(on(1, month=11)), "2026-10"))
    hub.case("late", at=on(20), entered=on(5, month=11))
    hub.error(wrong, on(6, month=11))
    assert seal(hub.later(on(1, month=12)), "2026-11", october).restated == ()


def test_a_number_that_differs_is_told_before_and_after_with_its_events(hub: Counting):
    hub.case("kept")
    october = as_said(seal(hub.later(on(1, month=11)), "2026-10"))
    hub.case("late", at=on(20), entered=on(5, month=11))
    (restated,) = seal(hub.later(on(1, month=12)), "2026-11", october).restated
    lines = {line.indicator: line for line in restated.adjustments}
    assert set(lines) == {"cases-opened", "cases-open"}
    told = lines["cases-opened"]
    assert told.before is not None and told.after is not None
    assert (told.before.value, told.after.value, told.cause, told.events_count) == (1, 2, "events", 1)
    assert (told.events[0].publisher, told.events[0].type) == ("intake", "case.opened")


def test_a_merger_after_the_seal_is_named_as_what_changed_the_number_of_persons(hub: Counting):
    """H4 and H11 together."""
    hub.serve(hub.case("a", person="p1"), on(5))
    hub.serve(hub.case("b", person="p2"), on(6))
    october = as_said(seal(hub.later(on(1, month=11)), "2026-10"))
    hub.merge("p2", "p1")
    (restated,) = seal(hub.later(on(1, month=12)), "2026-11", october).restated
    (line,) = restated.adjustments
    assert (line.indicator, line.events[0].type) == ("persons-served", "person.merged")


def test_the_ordinary_course_of_things_adjusts_nothing(hub: Counting):
    """A case closed in November, a request answered in November, hours confirmed in time: October is as it was."""
    case = hub.case()
    matter = hub.request()
    october = as_said(seal(hub.later(on(1, month=11)), "2026-10"))
    hub.close(case, on(5, month=11))
    hub.tell(
        f"help-request/{matter}",
        told_as(intake.HelpRequestClosed, matter_id=matter, outcome="resolved"),
        at=on(6, month=11),
    )
    assert seal(hub.later(on(1, month=12)), "2026-11", october).restated == ()


def test_a_difference_is_carried_once(hub: Counting):
    october = as_said(seal(hub.later(on(1, month=11)), "2026-10"))
    hub.case("late", at=on(20), entered=on(5, month=11))
    november = seal(hub.later(on(1, month=12)), "2026-11", october)
    since = november.restated[0]
    restated = MonthlyReportRestated(
        month="2026-10", station=STREET, in_month="2026-11", size=november.size, root=november.root,
        definitions=november.definitions, figures=since.figures, figures_hash=since.figures_hash,
        adjustments=since.adjustments,
    )  # fmt: skip
    told = (october, restated, as_said(november))
    assert seal(hub.later(on(1, month=12)), "2026-12", *told).restated == ()


def test_a_change_of_definitions_is_told_as_one(hub: Counting):
    hub.case()
    now = seal(hub.later(on(1, month=11)), "2026-10")
    old = sealed(size=now.size, definitions="2025-1", figures=(*now.figures, FigureLine(indicator="gone", value=1)))
    (restated,) = seal(hub, "2026-11", old).restated
    assert [(line.indicator, line.cause, line.after) for line in restated.adjustments] == [
        ("gone", "definitions", None)
    ]


def test_whoever_has_the_figures_can_compute_their_hash(hub: Counting):
    hub.case()
    written = seal(hub.later(on(1, month=11)), "2026-10")
    said = {name: getattr(written, name) for name in ("month", "station", "size", "root", "definitions", "figures")}
    assert written.figures_hash == urlsafe_b64encode(sha256(canonical(said)).digest()).rstrip(b"=").decode()


def test_figures_for_few_eyes_are_in_no_report(hub: Counting):
    written = seal(hub.later(on(1, month=11)), "2026-10")
    assert not {line.indicator for line in written.figures} & {"reports-made", "reports-in-time"}


def test_outside_the_station_a_report_tells_neither_small_numbers_nor_events():
    line = Adjustment(
        month="2026-10",
        indicator="cases-opened",
        before=FigureLine(indicator="cases-opened", value=1, things=1),
        after=MORE,
    )
    shown = adjusted(line, masked=True)
    assert (shown["masked"], shown["before"]["value"], shown["events"]) == (True, None, [])
    (told,) = told_lines((FigureLine(indicator="cases-opened", value=2, things=2),), masked=True)
    assert (told["masked"], told["value"]) == (True, None)


# --- sheets -----------------------------------------------------------------------------------------------------------

EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")


def shown(part: str) -> dict[str, Any]:
    """A report as it is answered, with a part of this name."""
    figure = {"indicator": "cases-closed", "part": part, "zh": "结案数", "en": "cases closed", "unit": "cases", "value": 4,
              "of": None, "unknown": 0, "masked": False}  # fmt: skip
    return {"month": "2026-10", "station": POINT, "size": 9, "root": DIGEST, "figures_hash": DIGEST, "definitions": "2026-1",
            "state": "sealed", "figures": [figure], "adjustments": []}  # fmt: skip


@pytest.mark.parametrize("part", EVIL)
def test_no_cell_of_a_sheet_can_be_read_as_a_formula(part: str):
    rows = list(csv.reader(StringIO(sheets.as_csv(shown(part)).decode("utf-8-sig"))))
    assert rows[1][2] == f"'{part}"
    sheet = openpyxl.load_workbook(BytesIO(sheets.as_xlsx(shown(part)))).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}


def test_a_sheet_holds_the_numbers_as_numbers():
    sheet = openpyxl.load_workbook(BytesIO(sheets.as_xlsx(shown("lost-contact")))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:8] == [
        "2026-10", "cases-closed", "lost-contact", "结案数", "cases closed", "cases", 4, None,
    ]  # fmt: skip
