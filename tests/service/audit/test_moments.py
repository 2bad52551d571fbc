"""A matter at any two moments: the rows over both times say what a plain fold of the entries says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit import tables
from services.audit.access.reading import records, seen
from services.audit.access.tables import about_person, access, delivered, names_person
from services.audit.ledger import Ledger, micros
from services.audit.moments import follower
from services.audit.moments.differences import differences
from services.audit.moments.follower import ReplayFollower
from services.audit.moments.reading import Moment
from services.audit.moments.state import state
from services.audit.moments.tables import held, strand, strand_end, telling
from services.audit.replay import SECTIONS
from services.contracts import intake
from services.kernel.message import Message
from tests.service.audit.conftest import Tables
from tests.unit.audit import remembering, stories
from tests.unit.audit.remembering import OTHER, Story
from tests.unit.audit.said import MATTER, NOON, Teller
from tests.unit.audit.stories import named, told_as

NEEDED = (
    tables.entry,
    tables.tile,
    tables.log_state,
    strand,
    strand_end,
    telling,
    held,
    access,
    about_person,
    delivered,
    names_person,
)


class Remembered:
    """A ledger and the rows that the follower keeps of it."""

    def __init__(self, messages: list[Message], batch: int = 100, page: int = 100) -> None:
        self.db = Tables(*NEEDED)
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


# --- who has seen what ------------------------------------------------------------------------------------------------


def looked_at() -> tuple[Remembered, UUID, UUID]:
    """A person whose record is merged into another's: released, read, refused; a look at the matter; a sealed reading."""
    teller, person, survivor = Teller(), named("person"), named("survivor")
    case = f"case/{named('case')}"
    opened = told_as(intake.CaseOpened, case_id=named("case"), matter_id=MATTER, person_id=person, owner=stories.LOTUS)
    released = told_as(
        intake.IdentityDisclosed, disclosure_id=named("d"), person_id=person, receiver=stories.LOTUS, purpose="casework",
        categories=("identity",), matter_id=MATTER, consent_id=named("consent"),
    )  # fmt: skip
    read_ = told_as(
        intake.IdentityRead, person_id=person, reader="w-07", reader_role="worker", why="visit", categories=()
    )
    refused = told_as(
        intake.HelpRequestNotesRead, matter_id=MATTER, reader="w-08", reader_role="worker", why="curious", allowed=False
    )
    sealed = told_as(
        intake.SafeguardingConcernRead, concern_id=named("c"), matter_id=MATTER, reader="w-09", reader_role="worker"
    )
    told = [
        teller.tell("intake", case, opened),
        teller.tell("intake", f"disclosure/{named('d')}", released),
        teller.tell("intake", f"person/{person}", read_),
        teller.tell("intake", f"help-request/{MATTER}", refused),
        teller.tell("intake", f"safeguarding/{named('c')}", sealed),
        teller.tell(
            "intake", f"person/{person}",
            told_as(intake.PersonsMerged, survivor_id=survivor, merged_id=person, basis="same", approver="w-02"),
        ),
        teller.tell("intake", f"person/{survivor}", replace(read_, person_id=survivor, reader="w-10")),
    ]  # fmt: skip
    return Remembered(told), person, survivor


def test_who_has_seen_what_about_a_person_is_one_question_over_all_their_records():
    """INV-33, INV-39: also before the merger, where only the person's own record counts."""
    remembered, person, survivor = looked_at()
    for who in (person, survivor):
        found = seen(remembered.db, records(remembered.db, who, 7), 7, 0, 100, unsealed=False)
        assert [(row["who"], row["act"], row["purpose"]) for row in found] == [
            (stories.LOTUS, "released", "casework"), ("w-07", "read", "visit"), ("w-08", "refused", "curious"),
            ("w-10", "read", found[-1]["purpose"]),
        ]  # fmt: skip
    before = seen(remembered.db, records(remembered.db, survivor, 5), 5, 0, 100, unsealed=False)
    assert before == []


def test_who_read_of_a_concern_is_seen_only_unsealed():
    """INV-11"""
    remembered, person, _ = looked_at()
    same = records(remembered.db, person, 7)
    hidden, open_ = (seen(remembered.db, same, 7, 0, 100, unsealed=unsealed) for unsealed in (False, True))
    assert {row["type"] for row in open_} - {row["type"] for row in hidden} == {"safeguarding.read"}
