"""A matter at any two moments: the rows over both times say what a plain fold of the entries says."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit import tables
from services.audit.ledger import Ledger, micros
from services.audit.moments import follower
from services.audit.moments.differences import differences
from services.audit.moments.follower import ReplayFollower
from services.audit.moments.reading import Moment
from services.audit.moments.state import state
from services.audit.moments.tables import held, strand, strand_end, telling
from services.audit.replay import SECTIONS
from services.kernel.message import Message
from tests.unit.audit import remembering, stories
from tests.unit.audit.conftest import Tables
from tests.unit.audit.remembering import OTHER, Story
from tests.unit.audit.said import MATTER, NOON

NEEDED = (tables.entry, tables.tile, tables.log_state, strand, strand_end, telling, held)


class Remembered:
    """A ledger and the rows that the follower keeps of it."""

    def __init__(self, messages: list[Message], batch: int = 100, page: int = 100) -> None:
        self.db = Tables()
        for table in NEEDED:
            table.create(self.db.engine)
        self.follower, self.after, ledger = ReplayFollower(), 0, Ledger()
        usual, follower.PAGE = follower.PAGE, page
        try:
            for start in range(0, len(messages), batch):
                for message in messages[start : start + batch]:
                    self.db.write(ledger.take([message], message.envelope.time, self.db))
                self.follow()
        finally:
            follower.PAGE = usual

    def follow(self) -> None:
        while True:
            changes, todo, after = self.follower.step(self.db, self.after)
            assert todo == []
            self.db.write(changes)
            if after == self.after:
                return
            self.after = after

    @property
    def rts(self) -> list[int]:
        return [row["rt"] for row in self.db.all(tables.entry)]

    def at(self, matter: UUID, size: int, valid_at: int | None = None) -> dict[str, Any]:
        return state(self.db, matter, Moment(size, valid_at))

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        return {str(t.name): self.db.all(t) for t in (strand, strand_end, telling, held)}


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """What is told of a moment, as the pencil writes it."""
    streams = {}
    for each in (one for name in (*SECTIONS.values(), "others") for one in found[name]):
        paid = each.get("money", {}).get("paid", {"fen": 0, "unknown": 0})
        since = remembering.micros(each["since"])
        streams[f"{each['kind']}/{each['id']}"] = {
            "said": each["said"], "paid": (paid["fen"], paid["unknown"]), "word": each["state"], "since": since,
            "entry": each["entry"],
        }  # fmt: skip
    needs = {need["need_id"]: need["holders"] for need in found["needs"] if need["open"]}
    held_ = needs | ({"": found["holders"]} if found["open"] else {})
    return {"streams": streams, "persons": {p["person_id"]: p["shown_as"] for p in found["persons"]}, "held": held_}


@settings(max_examples=30, deadline=None)
@given(remembering.steps, st.integers(1, 6), st.integers(1, 6), st.data())
def test_at_every_two_moments_the_rows_say_what_a_plain_fold_says(drawn, batch, page, data):
    story = Story(drawn)
    remembered = Remembered(story.told, batch, page)
    rts, hour = remembered.rts, 3_600_000_000
    for _ in range(4):
        size = data.draw(st.integers(0, len(story.told)), label="known")
        valid_at = micros(NOON) + data.draw(st.integers(-70, 90), label="valid") * hour
        for matter in (MATTER, OTHER):
            folded = remembering.fold(story.wires, rts, matter, size, valid_at)
            assert plain(remembered.at(matter, size, valid_at)) == folded


@settings(max_examples=15, deadline=None)
@given(remembering.steps, st.integers(1, 4))
def test_rows_depend_on_the_ledger_and_not_on_how_it_was_read(drawn, page):
    story = Story(drawn)
    assert Remembered(story.told, 3, page).rows() == Remembered(story.told).rows()


@settings(max_examples=15, deadline=None)
@given(remembering.steps, st.data())
def test_differences_lead_from_one_moment_of_knowledge_to_the_other(drawn, data):
    story = Story(drawn)
    remembered = Remembered(story.told)
    size = len(story.told)
    known = sorted(data.draw(st.tuples(st.integers(0, size), st.integers(0, size))))
    at = micros(NOON) + data.draw(st.integers(-70, 90)) * 3_600_000_000
    first, second = (Moment(n, at) for n in known)
    found = differences(remembered.db, MATTER, first, second)
    before, after = (remembered.at(MATTER, n, at) for n in known)
    for each in found:
        assert each["entries"]
        assert all(known[0] <= entry < known[1] for entry in each["entries"])
        if each["section"] in SECTIONS.values() and each["section"] != "consents" and each["field"].startswith("said."):
            told = [
                {s["id"]: s["said"].get(each["field"][5:]) for s in moment[each["section"]]}.get(each["id"])
                for moment in (before, after)
            ]
            assert told == [each["before"], each["after"]]
    if known[0] == known[1]:
        assert found == []
    if before["holders"] != after["holders"]:
        assert [d for d in found if (d["section"], d["field"]) == ("matter", "holders")]


@pytest.mark.parametrize(
    "story", [stories.xiaowei, stories.aunt_hong, stories.aunt_sun, stories.cold_radiator, stories.school_pair]
)
def test_every_story_can_be_asked_for_at_each_of_its_moments(story):
    remembered = Remembered(story())
    for size in range(1, len(remembered.rts) + 1):
        found = remembered.at(MATTER, size)
        assert not found["open"] or len(found["custody"]) == 1
        assert all(len(need["custody"]["holders"]) >= 1 for need in found["needs"] if need["open"])
