"""Calendars: whose visits one may show, what is said of a visit and what is not, and how a change reaches a calendar program."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
import sqlalchemy as sa
from icalendar import Calendar, Event

from services.contracts import partner as public
from services.kernel.contract import EVENTS
from services.kernel.message import Actor, Envelope, Recorded
from services.kernel.store import Views
from services.partner import tables as t
from services.partner.appointments import appointment, attending, project_heard
from services.partner.domain import calendar
from services.partner.endpoints.calendars import Calendars
from services.partner.ical import HERE, calendar_of, made_name
from tests.support.empty import with_tables
from tests.support.spec import NOON, Spec

ROOT = Path(__file__).parents[3]
calendars = Spec(calendar.DECIDER)
CALENDAR, MEI, LEI, TEAM = (UUID(int=n) for n in (81, 41, 42, 8))
VOLUNTEER, OTHER, WORKER = f"volunteer:{MEI}", f"volunteer:{LEI}", "worker:w-01"
OPENED = public.CalendarOpened(calendar_id=CALENDAR, party=VOLUNTEER)
CLOSED = public.CalendarClosed(calendar_id=CALENDAR, party=VOLUNTEER, reason_code="asked")
TASK, ROUND = f"task/{UUID(int=61)}", f"visit-plan/{UUID(int=62)}"


@pytest.mark.parametrize(
    ("actor", "shows"),
    [
        (Actor(id=str(MEI), role="volunteer"), {VOLUNTEER}),
        (Actor(id="w-01", role="worker", org="220104004"), {WORKER}),
        (Actor(id="w-01", role="coordinator", org="220104004"), {WORKER, VOLUNTEER, OTHER, f"team:{TEAM}"}),
        (Actor(id="p-1", role="team_leader", org=f"team:{TEAM}"), {f"team:{TEAM}"}),
        (Actor(id="p-1", role="partner", org=str(TEAM)), {f"team:{TEAM}"}),
        (Actor(id="p-1", role="partner", org=str(UUID(int=9))), set()),
        (Actor(id="a-1", role="administrator"), {WORKER, VOLUNTEER, OTHER, f"team:{TEAM}"}),
    ],
)
def test_one_shows_ones_own_visits_and_those_that_one_gives_out(actor: Actor, shows: set[str]) -> None:
    parties = (WORKER, VOLUNTEER, OTHER, f"team:{TEAM}")
    assert {party for party in parties if calendar.may_open(actor, party)} == shows
    for party in set(parties) - shows:
        ask = public.OpenCalendar(calendar_id=CALENDAR, party=party)
        calendars.given().when(ask, actor=actor).then_refused("not-yours")


def test_an_address_is_open_once_and_closed_for_good() -> None:
    own = {"actor": Actor(id=str(MEI), role="volunteer")}
    opens, closes = public.OpenCalendar(calendar_id=CALENDAR, party=VOLUNTEER), public.CloseCalendar()
    calendars.given().when(opens, **own).then(OPENED)
    calendars.given(OPENED).when(opens, **own).then_nothing()
    calendars.given(OPENED).when(closes, **own).then(CLOSED)
    calendars.given(OPENED, CLOSED).when(closes, **own).then_nothing()
    calendars.given(OPENED).when(closes, actor=Actor(id="x", role="volunteer")).then_refused("not-yours")


class Book:
    """What the partner service has heard of visits, on a database in memory."""

    def __init__(self) -> None:
        self.engine = with_tables(sa.create_engine("sqlite://", poolclass=sa.StaticPool), t.METADATA)
        self.versions: dict[str, int] = {}

    def hears(self, type_: str, stream: str, **data: Any) -> None:
        """An event as its golden example has it, but for these fields."""
        example = json.loads((ROOT / f"services/contracts/examples/{type_}.v1.json").read_text()) | data
        event = msgspec.convert(example, EVENTS[type_], strict=False)
        self.versions[stream] = version = self.versions.get(stream, 0) + 1
        envelope = Envelope(id=UUID(int=version), source="/volunteer", type=type_, subject=stream, position=version,
                            streamversion=version, time=NOON + timedelta(minutes=version), effectiveat=NOON)  # fmt: skip
        self._write(Recorded(envelope=envelope, raw=b"{}", event=event))

    def _write(self, message: Recorded) -> None:
        with self.engine.begin() as connection:
            for change in project_heard(message):
                where = [c == value for c, value in zip(change.table.primary_key, change.key, strict=True)]
                keys = {c.name: value for c, value in zip(change.table.primary_key, change.key, strict=True)}
                sets = {name: in_utc(value) for name, value in change.sets.items()}
                if connection.execute(change.table.select().where(*where)).first() is None:
                    connection.execute(change.table.insert().values(**keys, **sets))
                elif sets:
                    connection.execute(change.table.update().where(*where).values(**sets))

    def joins(self, party: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(t.member.insert().values(volunteer=party, organization_id=TEAM))

    def feed(self, party: str, now: datetime = NOON, within: str | None = None) -> Calendar:
        """What a calendar program reads, taken apart by the library that it might be written with."""
        endpoints = Calendars()
        endpoints.log = type("Log", (), {"look": Views(self.engine)})()
        raw = calendar_of(made_name(party, CALENDAR), endpoints._visits(party, within), now)
        found = Calendar.from_ical(raw)
        assert isinstance(found, Calendar) and not found.errors
        return found


def in_utc(value: Any) -> Any:
    """As the store writes instants into SQLite, which knows no zones."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


@pytest.fixture
def book() -> Any:
    made = Book()
    yield made
    made.engine.dispose()


def visits(feed: Calendar) -> list[Event]:
    return list(feed.walk("VEVENT"))


BEGINS = datetime(2026, 3, 5, 9, 30, tzinfo=HERE)


def opened(book: Book) -> None:
    book.hears("task.opened", TASK, kind="visit", slot_start=BEGINS.isoformat(), slot_end=(BEGINS + timedelta(hours=2)).isoformat(),
               area="220104004001")  # fmt: skip


def test_a_visit_has_its_time_here_and_nothing_of_whom_it_is_to(book: Book) -> None:
    opened(book)
    book.hears("task.assigned", TASK, assignees=[VOLUNTEER])
    feed = book.feed(VOLUNTEER)
    (visit,) = visits(feed)
    assert visit["uid"] == f"task-{UUID(int=61)}@wushe"
    assert (visit.decoded("dtstart"), visit.decoded("dtend")) == (BEGINS, BEGINS + timedelta(hours=2))
    assert visit["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert [zone["tzid"] for zone in feed.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    assert (visit["status"], int(visit["sequence"])) == ("CONFIRMED", 2)
    text = feed.to_ical().decode()
    example = json.loads((ROOT / "services/contracts/examples/task.opened.v1.json").read_text())
    for name in ("person_id", "case_id", "matter_id"):
        assert not example.get(name) or example[name] not in text
    assert str(MEI) not in text and feed.to_ical() == book.feed(VOLUNTEER).to_ical()
    assert visits(book.feed(OTHER)) == []


def test_a_station_shows_of_those_to_whom_it_gives_visits_out_those_in_its_own_area(book: Book) -> None:
    station = Actor(id="w-01", role="coordinator", org="220104004")
    assert calendar.area_shown(station, VOLUNTEER) == "220104004"
    assert calendar.area_shown(station, WORKER) is None, "one's own are one's own"
    assert calendar.area_shown(Actor(id=str(MEI), role="volunteer"), VOLUNTEER) is None
    opened(book)
    book.hears("task.assigned", TASK, assignees=[VOLUNTEER])
    assert len(visits(book.feed(VOLUNTEER, within="220104004"))) == 1
    assert visits(book.feed(VOLUNTEER, within="220105001")) == []


def test_every_change_counts_and_who_goes_no_more_has_it_cancelled(book: Book) -> None:
    opened(book)
    book.joins(OTHER)
    book.hears("task.assigned", TASK, assignees=[VOLUNTEER])
    book.hears("task.reassigned", TASK, leaving=[VOLUNTEER], joining=[OTHER], assignees=[OTHER])
    (mine,), (hers,), (theirs,) = (visits(book.feed(party)) for party in (VOLUNTEER, OTHER, f"team:{TEAM}"))
    assert [(e["status"], int(e["sequence"])) for e in (mine, hers, theirs)] == [
        ("CANCELLED", 3), ("CONFIRMED", 3), ("CONFIRMED", 3),
    ]  # fmt: skip
    assert len({event["uid"] for event in (mine, hers, theirs)}) == 1

    book.hears("task.cancelled", TASK)
    (hers,) = visits(book.feed(OTHER))
    assert (hers["status"], int(hers["sequence"])) == ("CANCELLED", 4)
    assert visits(book.feed(OTHER, NOON + timedelta(days=200))) == [], "what is long over is not in it"


def test_a_round_of_visits_is_due_again_after_each_and_keeps_its_uid(book: Book) -> None:
    book.hears("visit-plan.set", ROUND, visitor=WORKER, cadence="weekly")
    (first,) = visits(book.feed(WORKER))
    assert (first.decoded("dtstart"), first["summary"]) == (date(2026, 3, 9), "探访 (应访日)")
    book.hears("visit.made", ROUND, visitor=WORKER, on="2026-03-08")
    (second,) = visits(book.feed(WORKER))
    assert (second.decoded("dtstart"), second["uid"]) == (date(2026, 3, 15), first["uid"])
    assert int(second["sequence"]) > int(first["sequence"])
    book.hears("visit-plan.ended", ROUND)
    (third,) = visits(book.feed(WORKER))
    assert third["status"] == "CANCELLED"


def test_a_task_of_which_nobody_has_said_when_is_in_no_calendar(book: Book) -> None:
    book.hears("task.opened", TASK, slot_start=None, slot_end=None)
    book.hears("task.assigned", TASK, assignees=[VOLUNTEER])
    assert visits(book.feed(VOLUNTEER)) == []


def test_the_tables_are_views_and_the_hash_is_kept() -> None:
    assert {appointment.name, attending.name, "calendar"} <= set(t.METADATA.tables)
    assert "calendar_hash" in t.KEPT.tables
