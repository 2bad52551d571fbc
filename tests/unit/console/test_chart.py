"""The geometry of the five-lane chart: lanes in order, nothing overlaps, arrows end where responsibility begins."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.console.chart import Bar, Chart, draw
from services.console.chart.shapes import LANES, STEP_MIN
from services.console.custody import Chain, Step, derive
from services.console.record import Entry, steps
from services.contracts.words import SOCIETIES
from tests.unit.console import stories


def drawn(entries: list[Entry], seen: int | None = None) -> Chart:
    """The chart of these entries, or of the first of them in its places."""
    whole = derive(steps(entries))
    known = None if seen is None else derive(steps(entries[:seen]))
    return chart_of(whole, known)


def chart_of(whole: Chain, known: Chain | None = None) -> Chart:
    return draw(whole, known, name=str, date=lambda step: (f"{step.at:%m-%d}", f"{step.at:%Y}"))


STORIES = [stories.xiaowei(), stories.liminghua()]


def overlap(a: Bar, b: Bar) -> bool:
    """Whether two bars cover a common point."""
    apart = a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
    return not apart


def test_the_lanes_are_the_five_societies_in_order_under_those_outside():
    chart = drawn(stories.xiaowei())
    assert [lane.society for lane in chart.lanes] == list(LANES)
    assert LANES[1:] == SOCIETIES
    assert all(above.y + above.height == below.y for above, below in pairwise(chart.lanes))


@pytest.mark.parametrize("entries", STORIES)
def test_no_two_bars_overlap(entries: list[Entry]):
    for seen in range(1, len(entries) + 1):
        assert not [(a, b) for a, b in combinations(drawn(entries, seen).bars, 2) if overlap(a, b)]


@pytest.mark.parametrize("entries", STORIES)
def test_every_bar_lies_in_its_partys_row_and_that_in_its_lane(entries: list[Entry]):
    chart = drawn(entries)
    rows = {row.party: (lane, row) for lane in chart.lanes for row in lane.rows}
    for bar in chart.bars:
        lane, row = rows[bar.party]
        assert row.y <= bar.y and bar.y + bar.height <= row.y + row.height
        assert lane.y <= row.y and row.y + row.height <= lane.y + lane.height
        assert bar.width > 0


@pytest.mark.parametrize("entries", STORIES)
def test_the_arrow_of_a_taken_need_ends_at_the_edge_of_the_takers_bar(entries: list[Entry]):
    chart = drawn(entries)
    for arrow in chart.arrows:
        if arrow.kind == "taken":
            begun = [bar for bar in chart.bars if bar.x == arrow.x and bar.number == arrow.number]
            edges = [edge for bar in begun for edge in (bar.y, bar.y + bar.height)]
            assert any(abs(arrow.y2 - edge) < 0.01 for edge in edges)


def test_a_dashed_offer_leaves_from_the_bar_of_the_one_who_still_answers():
    chart = drawn(stories.xiaowei())
    offer = next(arrow for arrow in chart.arrows if arrow.kind == "offered")
    matter = next(bar for bar in chart.bars if bar.number == 0 and bar.party == stories.WORKER)
    assert offer.y1 == matter.y + matter.height


def test_joint_takers_get_an_arrow_and_a_bar_each():
    chart = drawn(stories.liminghua())
    bars = [bar for bar in chart.bars if bar.party in ("worker:w-zbs", "worker:w-02")]
    arrows = [arrow for arrow in chart.arrows if arrow.x == bars[0].x]
    assert len(bars) == len(arrows) == 2
    assert bars[0].x == bars[1].x


def test_steps_stand_apart_and_to_scale_only_where_there_is_room():
    clustered, spread = drawn(stories.xiaowei()), drawn(evenly(8, days=1))
    assert not clustered.scaled
    assert spread.scaled
    xs = sorted({arrow.x for arrow in clustered.arrows})
    assert all(b - a >= STEP_MIN - 0.01 for a, b in pairwise(xs))


def test_a_long_history_grows_to_the_right_and_stays_legible():
    chart = drawn(evenly(60, days=0))
    assert chart.width > 1160
    assert not chart.scaled
    assert max(bar.x for bar in chart.bars) < chart.right


def test_an_earlier_moment_keeps_every_place_and_ends_at_the_cursor():
    entries = stories.xiaowei()
    whole, then = drawn(entries), drawn(entries, 5)
    assert then.cursor is not None
    assert then.lanes == whole.lanes
    assert then.ticks == whole.ticks
    assert {arrow.x for arrow in then.arrows} <= {arrow.x for arrow in whole.arrows}
    assert all(bar.x + bar.width <= then.cursor + 0.01 for bar in then.bars)


def test_the_year_is_said_where_it_changes():
    assert [tick.year for tick in drawn(stories.xiaowei()).ticks if tick.year] == ["2022"]


def test_each_need_has_one_number_and_wears_it():
    chart = drawn(stories.xiaowei())
    assert {bar.number for bar in chart.bars} == {0, 1, 2, 3}
    assert {tag.number for tag in chart.tags} == {1, 2, 3}


def test_a_chain_without_steps_is_five_empty_lanes():
    chart = chart_of(Chain())
    assert chart.bars == chart.arrows == chart.ticks == ()
    assert len(chart.lanes) == 6


def evenly(count: int, days: int) -> list[Entry]:
    """A matter that goes from hand to hand at even distances."""
    told = stories.Told()
    for n in range(count):
        told.say("case.taken-over", f"case/{stories.CASE}", f"2022-03-{1 + n * days:02d}", "instant", act="taken",
                 giver=f"worker:w-{n % 3}", takers=(f"worker:w-{(n + 1) % 3}",), opens="matter" if n == 0 else "")  # fmt: skip
    return told.entries


PARTIES = st.sampled_from(["community:1", "worker:1", "worker:2", "team:1", "charity:1", "person:1", "unknown"])
STEPS = st.builds(
    dict, act=st.sampled_from(["offered", "taken", "refused", "returned", "released"]), giver=PARTIES,
    takers=st.lists(PARTIES, min_size=1, max_size=3, unique=True), need=st.sampled_from([None, 1, 2, 3]),
    closes=st.sampled_from(["", "", "", "need"]), minutes=st.integers(0, 100_000),
)  # fmt: skip


@given(st.lists(STEPS, max_size=25), st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_happens_no_bars_overlap_and_everything_lies_on_the_chart(made: list[dict], data: st.DataObject):
    from datetime import timedelta
    from uuid import UUID

    found = [
        Step(
            key=str(n), name="x.y", at=stories.NOW + timedelta(minutes=m["minutes"]), act=m["act"], giver=m["giver"],
            takers=tuple(m["takers"]), need_id=UUID(int=m["need"]) if m["need"] else None, closes=m["closes"],
        )
        for n, m in enumerate(sorted(made, key=lambda m: m["minutes"]))
    ]  # fmt: skip
    seen = data.draw(st.integers(0, len(found)))
    whole, known = derive(found), derive(found[:seen])
    for chart in (chart_of(whole), chart_of(whole, known)):
        assert not [(a, b) for a, b in combinations(chart.bars, 2) if overlap(a, b)]
        for bar in chart.bars:
            assert chart.left <= bar.x and bar.x + bar.width <= chart.width and chart.top <= bar.y
            assert bar.y + bar.height <= chart.height
