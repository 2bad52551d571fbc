"""A new edition by the pages: what would change, what the hub would refuse, and that a placed file is one that it takes."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.console.domain import edition as domain
from services.console.endpoints.stations import places
from services.console.placing import Days, Draft, Folder, Line, file_of, from_sheet, lines_of, quoted
from services.contracts import editions
from services.contracts.console import EditionPlaced, PlaceEdition
from services.contracts.tables import TABLES
from services.contracts.worktime import Calendar
from services.kernel.message import Actor
from tests.support.laws import check_laws
from tests.support.spec import Spec
from tests.unit.console.test_web import SETTINGS, Browser, csrf_of, header

KEEPER = Actor(id="m-01", role="administrator")
TODAY = date(2026, 3, 2)
SLA, NEEDS = TABLES["sla"], TABLES["need_code"]
SHORT = PlaceEdition(table="sla", edition="yongchang-2027", since=date(2027, 1, 1), digest="x" * 43)


def draft(**changes: object) -> Draft:
    """The promised times as they are, from a day on."""
    usual = Draft(table="sla", version="yongchang-2027", since="2027-01-01", lines=lines_of(SLA.editions[-1]))
    return replace(usual, **changes)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder of codes without a file."""
    return Folder(path=tmp_path, today=TODAY)


def test_what_would_change_is_told_and_what_is_placed_is_what_the_hub_reads(folder: Folder):
    lines = tuple(
        replace(line, numbers="days=3") if line.code == "offer-reply-normal" else line for line in draft().lines
    )
    looked = folder.looked(draft(lines=lines), SLA)
    ((before, after),) = looked.other
    assert (before.numbers, after.numbers) == ("days=2", "days=3")
    assert (looked.problems, looked.came, looked.went) == ((), (), ())
    folder.put(looked)
    assert folder.path is not None
    found = editions.read(folder.path)
    assert found.problems == []
    assert found.editions["sla"][0].terms["offer-reply-normal"].numbers == {"days": 3}


def test_a_later_edition_is_read_after_those_that_are_there_whatever_their_files_are_called(folder: Folder):
    assert folder.path is not None
    (folder.path / "sla.toml").write_text(file_of(draft(version="first", since="2026-06-01")), "utf-8")
    looked = folder.looked(draft(), SLA)
    assert looked.problems == ()
    folder.put(looked)
    assert [e.version for e in editions.read(folder.path).editions["sla"]] == ["first", "yongchang-2027"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"since": "2026-03-01"}, "first day"), ({"since": "soon"}, "a day is wanted"), ({"version": "Ä"}, "a code is wanted"),
        ({"lines": ()}, "the rules need"), ({"lines": (Line(code="offer-reply-normal", zh="x", en="x", numbers="days=no"),)}, "wanted"),
    ],
)  # fmt: skip
def test_what_the_hub_would_refuse_is_told_before_anything_is_written(
    folder: Folder, changes: dict[str, object], said: str
):
    """INV-40: what was said before today keeps its words."""
    looked = folder.looked(draft(**changes), SLA)
    assert said in " ".join(looked.problems)
    assert folder.path is not None and list(folder.path.iterdir()) == []


def test_an_edition_that_was_in_force_is_not_changed(folder: Folder):
    assert folder.path is not None
    (folder.path / "sla.toml").write_text(file_of(draft(since="2026-01-01")), "utf-8")
    looked = folder.looked(draft(since="2026-02-01", version="again"), SLA)
    assert looked.problems


@given(st.text(max_size=40))
def test_whatever_is_typed_stays_one_text_of_the_file(text: str):
    assert tomllib.loads(f"x = {quoted(text)}")["x"] == text


def test_a_spreadsheet_says_the_codes_in_either_language():
    chinese = "代码,中文,英文,数值\nnew-need,新需求,a new need,days=3\n".encode()
    english = b"code,zh,en,numbers\nnew-need,\xe6\x96\xb0\xe9\x9c\x80\xe6\xb1\x82,a new need,days=3\n"
    for data in (chinese, english):
        assert from_sheet("codes.csv", data) == (Line(code="new-need", zh="新需求", en="a new need", numbers="days=3"),)


def test_days_that_have_passed_stay_and_others_may_change(folder: Folder):
    now = Calendar(off=frozenset({date(2026, 2, 1)}))
    fine = folder.looked_at_days(Days(off="2026-02-01 2027-02-05", worked="2027-02-06"), now)
    assert (fine.problems, [line.code for line in fine.came]) == ((), ["2027-02-05", "2027-02-06"])
    past = folder.looked_at_days(Days(off="2027-02-05"), now)
    assert "2026-02-01 has passed" in " ".join(past.problems)
    assert folder.looked_at_days(Days(since="2026-02-01", opens="09:00", closes="17:00"), now).problems
    assert folder.looked_at_days(Days(since="2026-04-01", opens="18:00", closes="17:00"), now).problems
    folder.put(fine)
    assert folder.path is not None
    assert editions.read(folder.path).calendars[0].worked == {date(2027, 2, 6)}


def test_placing_is_an_administrators_and_on_record_once():
    edition = Spec(domain.DECIDER)
    placed = EditionPlaced(table="sla", edition="yongchang-2027", since=date(2027, 1, 1), digest="x" * 43)
    edition.given().when(SHORT, actor=KEEPER).then(placed)
    edition.given(placed).when(SHORT, actor=KEEPER).then_nothing()
    edition.given().when(SHORT).then_refused("not-administrator")
    check_laws(domain.DECIDER, PlaceEdition, examples=10)


def test_an_edition_is_typed_looked_at_and_placed_by_the_pages(tmp_path: Path):
    browser = Browser(replace(SETTINGS, codes=tmp_path)).sign_in("m-demo")
    page = browser.send("edition_page", name="need_code")
    form = {"csrf": csrf_of(page), "version": "changchun-2999", "since": "2999-01-01"}
    form |= {f"{name}-{n}": getattr(line, name) for n, line in enumerate(lines_of(NEEDS.editions[-1]))
             for name in ("code", "zh", "en", "numbers")}  # fmt: skip
    last = len(NEEDS.editions[-1].terms)
    form |= {f"code-{last}": "skating", f"zh-{last}": "滑冰", f"en-{last}": "skating"}
    looked = browser.send("preview_edition", "POST", form=form, name="need_code")
    assert (looked.status, "滑冰" in str(looked.html), list(tmp_path.iterdir())) == (200, True, [])
    done = browser.send("place_edition", "POST", form=form, name="need_code")
    assert header(done, "Location") == "/admin/tables/need_code"
    assert "skating" in editions.read(tmp_path).editions["need_code"][0].terms
    wrong = browser.send("preview_edition", "POST", form=form | {"since": "2020-01-01"}, name="need_code")
    assert wrong.status == 422 and "生效日不能早于今天" in str(wrong.html)


def test_where_the_folder_cannot_be_written_its_file_is_handed_out():
    browser = Browser().sign_in("m-demo")
    page = browser.send("edition_page", name="sla")
    form = {"csrf": csrf_of(page), "version": "v2", "since": "2999-01-01"}
    form |= {f"{name}-{n}": getattr(line, name) for n, line in enumerate(lines_of(SLA.editions[-1]))
             for name in ("code", "zh", "en", "numbers")}  # fmt: skip
    looked = browser.send("preview_edition", "POST", form=form, name="sla")
    assert "提交新版" not in str(looked.html) and "下载文件" in str(looked.html)
    file = browser.send("edition_file", "POST", form=form, name="sla")
    assert 'version = "v2"' in str(file.html)
    assert header(file, "Content-Disposition").startswith("attachment")


def test_places_are_typed_as_codes_with_or_without_an_edition():
    assert places("220104004@2025、220104005\nfourth-ring") == [
        {"code": "220104004", "edition": "2025"}, {"code": "220104005"}, {"code": "fourth-ring"},
    ]  # fmt: skip
