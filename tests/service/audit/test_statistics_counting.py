"""Numbers equal a naive recount of the events, at every size of the ledger, however it was read; and open down to events."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.audit.statistics.counting import StatisticsFollower
from services.audit.statistics.facts import day_at
from services.audit.statistics.figures import SIDES, entries_of, events, made_of
from services.audit.statistics.held import Period
from services.audit.statistics.tables import counted
from services.audit.tables import entry
from services.contracts import intake
from services.kernel.view import drop
from tests.service.audit.counting import STREET, Counting, on
from tests.service.audit.recount import ELSEWHERE, Recount, history, steps
from tests.unit.audit.stories import told_as

MONTHS = (Period(2026, 9), Period(2026, 10), Period(2026, 11))
STATIONS = ("", STREET, ELSEWHERE)


def counted_figures(hub: Counting, month: Period, station: str, size: int) -> dict[str, int | None]:
    found = hub.figures(month, station, size)
    numbers = {code: figure.line.value for (code, part), figure in found.items() if not part}
    return numbers | {"requests-settled/of": found["requests-settled", ""].line.of}


relaxed = settings(
    max_examples=10, phases=(Phase.explicit, Phase.generate), deadline=None, suppress_health_check=list(HealthCheck)
)


@relaxed
@given(drawn=steps, page=st.integers(1, 9))
def test_every_number_equals_a_naive_recount_at_every_size_of_the_ledger(drawn: list[Any], page: int):
    told = history(drawn)
    if not told:
        return
    hub = Counting()
    for start in range(0, len(told), page):
        hub.hear(*told[start : start + page])
    for size in {1, len(told) // 2 or 1, len(told)}:
        known_day = day_at(hub.db.one(entry, size - 1)["rt"])
        for month in MONTHS:
            for station in STATIONS:
                expected = Recount(told[:size], month, station, known_day).everything()
                found = counted_figures(hub, month, station, size)
                assert {code: found[code] for code in expected} == expected, (size, str(month), station)


@relaxed
@given(drawn=steps)
def test_rows_are_the_same_however_the_ledger_was_read_and_when_they_are_derived_anew(drawn: list[Any]):
    told = history(drawn)
    one, all_ = Counting(), Counting()
    for message in told:
        one.hear(message)
    all_.hear(*told)
    assert one.db.all(counted) == all_.db.all(counted)
    before = all_.db.all(counted)
    all_.db.write([drop(counted, *(row[c.name] for c in counted.primary_key)) for row in before])
    all_.after, all_.follower = 0, StatisticsFollower()
    assert all_.follow().db.all(counted) == before


@relaxed
@given(drawn=steps)
def test_every_number_opens_down_to_events_that_make_it(drawn: list[Any]):
    """INV-45: a number that is not nought has events behind it, all of them in the ledger then, and none that was struck."""
    told = history(drawn)
    hub = Counting().hear(*told)
    for month in MONTHS:
        for figure in hub.figures(month).values():
            for side in SIDES:
                number = {"value": figure.line.value, "of": figure.line.of, "unknown": figure.line.unknown}[side]
                listed = events(hub.db, entries_of(made_of(figure.line, side)))
                assert bool(listed) or not number, (figure.key, side)
                assert all(event["entry"] < len(told) for event in listed)


def test_a_drill_down_names_where_each_event_stands_and_both_its_times_and_nobody(counting: Counting):
    case = counting.case(at=on(2), entered=on(9))
    counting.later()
    (event,) = events(counting.db, entries_of(counting.figures()["cases-opened", ""].line.made))
    assert event == {
        "entry": 0, "publisher": "intake", "position": 1, "id": event["id"], "stream": f"case/{case}", "type": "case.opened",
        "matter_id": str(case), "effective_at": "2026-10-02T04:00:00.000000Z", "effective_precision": "instant",
        "recorded_at": "2026-10-09T04:00:01.000000Z", "corrects": None,
    }  # fmt: skip


@pytest.fixture
def counting() -> Counting:
    return Counting()


def test_a_strike_takes_away_what_was_counted_and_its_own_strike_brings_it_back(counting: Counting):
    """INV-31: nothing is deleted; what was known at each size stays known."""
    case = counting.case()
    service = counting.serve(case, on(5))
    note = told_as(intake.InformationCollected, case_id=case, matter_id=case)
    strike = counting.tell(f"case/{case}", note, at=on(6), corrects=str(service.envelope.id))
    assert (counting.value("contacts"), counting.value("contacts", size=2)) == (0, 1)
    counting.tell(f"case/{case}", note, at=on(7), corrects=str(strike.envelope.id))
    assert [counting.value("contacts", size=size) for size in (1, 2, 3, 4)] == [0, 1, 0, 1]


def test_a_case_entered_in_error_counts_nowhere_with_everything_that_was_done_in_it(counting: Counting):
    case = counting.case()
    counting.serve(case, on(5))
    counting.close(case, on(6))
    before = counting.after
    counting.error(case, on(7))
    names = ("cases-opened", "cases-open", "cases-closed", "contacts", "persons-served")
    assert [counting.value(name) for name in names] == [0, 0, 0, 0, 0]
    assert [counting.value(name, size=before) for name in names] == [1, 0, 1, 1, 1]


def test_a_corrected_event_counts_as_it_was_corrected(counting: Counting):
    case = counting.case()
    wrong = counting.close(case, on(6), "lost-contact")
    counting.close(case, on(7), "goals-reached", corrects=str(wrong.envelope.id))
    counting.later()
    assert counting.line("goals-reached") == (1, 1, 0)
