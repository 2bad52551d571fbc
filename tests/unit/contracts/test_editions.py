"""A station's own code tables and calendar: read from a folder, held against the rules, valid from their day on (INV-40)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from services.contracts import codes, codes_times, editions, intake, referral, tables, worktime
from services.contracts.editions import EditionsBroken, adopt
from services.contracts.tables import TABLES, dated
from services.intake.domain import person
from services.intake.domain.known import Known
from services.kernel.errors import Refused
from tests.support.spec import NOON, Spec, ask
from tests.unit.referral.samples import DRAFTED, LEIFENG, READY, facts
from tests.unit.referral.samples import referral as referrals

TWELVE = """
table = "client_group"
version = "changchun-2026"
since = 2026-03-01
extends = true
leave_out = ["resident"]
[terms.youth-b1]
zh = "重点青少年: 第一类"
en = "youth: class one"
[terms.night-shift]
zh = "夜班家庭"
en = "family on night shifts"
"""
QUICKER = """
table = "sla"
version = "changchun-2026"
since = 2026-03-01
extends = true
[terms.offer-reply-normal]
zh = "一般: 答复转介"
en = "normal: answer to an offer"
numbers = {days = 1}
"""
CALENDAR = """
calendar = "yongchang"
off = [2026-03-03]
worked = [2026-03-07]
[[hours]]
since = 2026-03-01
opens = "09:00"
closes = "17:00"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for a station's files; the shipped tables hold again afterwards."""
    yield tmp_path
    adopt(None)
    tables.it_is(None)


def written(folder: Path, **files: str) -> Path:
    """The folder with these files in it."""
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def on(day: str) -> datetime:
    """Noon of a day."""
    return datetime.combine(date.fromisoformat(day), NOON.timetz())


def test_an_edition_is_named_by_what_it_changes_and_keeps_the_rest(folder: Path):
    adopt(written(folder, groups=TWELVE))
    own, shipped = codes.CLIENT_GROUP.editions[-1], codes.CLIENT_GROUP.editions[0]
    assert (own.version, own.own, shipped.own) == ("changchun-2026", True, False)
    assert own.terms.keys() - shipped.terms.keys() == {"night-shift"}
    assert shipped.terms.keys() - own.terms.keys() == {"resident"}
    assert own.terms["youth-b1"].zh == "重点青少年: 第一类"
    assert own.terms["youth-a1"] == shipped.terms["youth-a1"]


def test_without_a_folder_what_comes_with_the_hub_holds(folder: Path):
    adopt(written(folder, groups=TWELVE, calendar=CALENDAR))
    adopt(None)
    assert all(not edition.own for table in TABLES.values() for edition in table.editions)
    assert worktime.calendar() == worktime.COUNTRY


ASSIGN = intake.AssignClientGroup(group_code="night-shift", since=None, basis="told")


def assign(code: str, now: datetime, at: datetime | None = None) -> list[intake.ClientGroupAssigned]:
    """A group given to a person of whom nothing else is known."""
    registered = Spec(person.DECIDER).given(
        intake.PersonRegistered(
            person_id=UUID(int=1), station="community:220104004", age_band="unknown", sensitivity="personal"
        )
    )
    return registered.when(
        replace(ASSIGN, group_code=code), now=now, at=at or now, facts=Known(itself=UUID(int=1))
    ).decided()


def test_a_decision_knows_the_edition_of_its_own_day(folder: Path):
    """INV-40: the same command is refused the day before and decided the day after, with the edition in the event."""
    adopt(written(folder, groups=TWELVE))
    with pytest.raises(Refused) as refused:
        assign("night-shift", on("2026-02-27"))
    assert refused.value.code == "unknown-code"
    assert assign("night-shift", on("2026-03-02"))[0].table_version == "changchun-2026"
    assert assign("resident", on("2026-02-27"))[0].table_version == "2022"


def test_outside_of_decisions_what_is_shown_to_choose_from_is_the_edition_of_the_day(folder: Path):
    """An edition that was placed before its first day is neither offered nor taken until then (INV-40)."""
    adopt(written(folder, groups=TWELVE))
    for day, offered in ((date(2026, 2, 27), "resident"), (date(2026, 3, 1), "night-shift")):
        tables.it_is(day)
        assert {"resident", "night-shift"} & codes.CLIENT_GROUP.current.terms.keys() == {offered}
        codes.CLIENT_GROUP.known(offered)
    tables.it_is(None)
    assert codes.CLIENT_GROUP.current.version == "changchun-2026"


def test_a_paper_written_up_late_may_use_the_words_of_its_own_day(folder: Path):
    """INV-40: what happened in February is told in March with the edition of February."""
    adopt(written(folder, groups=TWELVE))
    assert assign("resident", on("2026-03-02"), on("2026-02-10"))[0].table_version == "2022"
    with pytest.raises(Refused):
        assign("resident", on("2026-03-02"))


def test_history_is_read_with_its_own_edition(folder: Path):
    adopt(written(folder, groups=TWELVE))
    table = codes.CLIENT_GROUP
    assert table.label("youth-b1", "en", date(2026, 2, 1)) == "youth, Changchun class 1 (name to come)"
    assert table.label("youth-b1", "en", date(2026, 4, 1)) == "youth: class one"
    assert table.label("resident", "en", date(2026, 4, 1)) == "resident"


def test_a_clock_runs_by_the_stations_own_promise_and_calendar(folder: Path):
    """INV-14: one working day of eight hours, with a day off of the station's own in between."""
    adopt(written(folder, sla=QUICKER, calendar=CALENDAR))
    offered = referrals.given(DRAFTED, READY).when(
        referral.OfferReferral(organization_id=LEIFENG, mode="direct"), facts=facts()
    )
    event = offered.decided()[0]
    assert event.respond_by == on("2026-03-04").replace(hour=12)
    assert codes_times.REPLY["normal"].minutes == 8 * 60


def test_a_deadline_that_was_set_is_not_moved_by_a_new_edition(folder: Path):
    before = referrals.given(DRAFTED, READY).when(
        referral.OfferReferral(organization_id=LEIFENG, mode="direct"), facts=facts()
    )
    (event,) = before.decided()
    adopt(written(folder, sla=QUICKER, calendar=CALENDAR))
    state = before.decider.fold(before.state, [event])
    assert state.offers[0].respond_by == event.respond_by


def test_what_a_station_sets_outlives_an_upgrade_of_the_hub(folder: Path):
    shipped = tables.SHIPPED["client_group"]
    later = replace(shipped[0], version="2027", since=date(2027, 1, 1))
    tables.SHIPPED["client_group"] = (*shipped, later)
    try:
        adopt(written(folder, groups=TWELVE))
        assert [e.version for e in codes.CLIENT_GROUP.editions] == ["2022", "changchun-2026"]
    finally:
        tables.SHIPPED["client_group"] = shipped


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("table = 'nonsense'", "table: one of"),
        ("table = 'topic'\nversion = '1'", "table: one of"),
        ("table = 'guidance_topic'\nversion = 'Two words'", "version"),
        ("table = 'guidance_topic'\nversion = '2'\nsince = '2027-01-01'", "since"),
        ("table = 'guidance_topic'\nversion = '2'\nsince = 2027-01-01", "at least one"),
        ("table = 'guidance_topic'\nversion = '2'\nsince = 2027-01-01\n[terms.a]\nzh = '甲'", "zh and en"),
        ("table = 'guidance_topic'\nversion = '2'\nsince = 2027-01-01\nterm = 1", "unknown: term"),
        (
            "table = 'urgency'\nversion = '2'\nsince = 2027-01-01\nextends = true\nleave_out = ['low']",
            "need these codes",
        ),
        ("table = 'urgency'\nversion = '2'\nsince = 2027-01-01\nextends = true\n[terms.x]\nzh='甲'\nen='x'", "no rule"),
        ("table = 'reason_code'\nversion = '2'\nsince = 2027-01-01\n[terms.x]\nzh='甲'\nen='x'", "deceased"),
        (
            "table='retention'\nversion='2'\nsince=2027-01-01\nextends=true\n"
            "[terms.handoff]\nzh='甲'\nen='x'\nnumbers={months=12}",
            "at least 36 months",
        ),
        ("calendar = 'x'\noff = [2027-02-05]\nworked = [2027-02-05]", "both off and worked"),
        ("calendar = 'x'\noff = ['Friday']", "days are wanted"),
        ("calendar = 'x'\n[[hours]]\nsince = 2027-01-01\nopens = '17:00'\ncloses = '09:00'", "open before they close"),
        ("calendar = 'x'\n[[hours]]\nsince = 2027-01-01\nopens = '8'\ncloses = '17:00'", "times of day"),
        ("not toml at all", "broken.toml"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(folder: Path, text: str, says: str):
    with pytest.raises(EditionsBroken) as broken:
        adopt(written(folder, broken=text))
    assert says in str(broken.value)


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_adopted(folder: Path):
    with pytest.raises(EditionsBroken) as broken:
        adopt(written(folder, a="table = 'nonsense'", b="calendar = 'x'\noff = [1]", c=TWELVE))
    assert [problem.partition(":")[0] for problem in broken.value.problems] == ["a.toml", "b.toml"]
    assert len(codes.CLIENT_GROUP.editions) == 1


def test_a_folder_that_is_not_there_is_said(folder: Path):
    with pytest.raises(EditionsBroken, match="no such folder"):
        adopt(folder / "nowhere")


def test_two_editions_of_a_table_have_two_days(folder: Path):
    again = TWELVE.replace("changchun-2026", "changchun-2027")
    with pytest.raises(EditionsBroken):
        adopt(written(folder, a=TWELVE, b=again))
    adopt(written(folder, a=TWELVE, b=again.replace("2026-03-01", "2027-03-01")))
    assert [e.version for e in codes.CLIENT_GROUP.editions] == ["2022", "changchun-2026", "changchun-2027"]


def test_what_an_edition_says_has_one_digest():
    one, two = codes.NEED.current, codes.TOPIC.current
    assert editions.digest(one) == editions.digest(replace(one, terms=dict(reversed(one.terms.items()))))
    assert editions.digest(one) != editions.digest(two)
    assert editions.digest(one) != editions.digest(replace(one, since=date(2023, 1, 1)))


def test_outside_of_a_decision_the_newest_edition_stands():
    assert tables.today() is None
    assert dated(lambda command, state, asked: [tables.today()])(None, None, ask()) == [date(2026, 3, 2)]
    assert tables.today() is None


def test_the_five_national_classes_of_youth_are_a_table_and_those_of_changchun_wait_for_their_names():
    """Table A has names and ages; the twelve of table B were not found anywhere and stay unnamed."""
    terms = codes.CLIENT_GROUP.current.terms
    assert [code for code in terms if code.startswith("youth-a")] == [f"youth-a{n}" for n in range(1, 6)]
    assert dict(terms["youth-a1"].numbers) == {"from": 6, "to": 25}
    slots = [term for code, term in terms.items() if code.startswith("youth-b")]
    assert len(slots) == 12
    assert all("待补" in term.zh and "to come" in term.en for term in slots)


def test_stars_are_numbers_of_a_table():
    assert [codes.STAR_SCHEME.number(str(star), "hours") for star in range(1, 6)] == [100, 300, 600, 1000, 1500]


def test_what_no_source_sets_is_marked_as_assumed():
    assert codes_times.SLA.assumed and codes_times.RETENTION.assumed and codes.STAR_SCHEME.assumed
    assert codes_times.RETENTION.number("handoff", "months") >= codes_times.RETENTION.number("handoff", "least") == 36
