"""The follower: what it shows is what the ledger says, however it gets there, and breaks are told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit import follow, tables, views
from services.audit.custody import custody
from services.audit.entries import read
from services.audit.follow import CustodyFollower
from services.audit.ledger import Ledger
from services.contracts import intake, referral
from services.contracts.audit import CustodyBroken, CustodyMended
from services.kernel import metrics
from services.kernel.contract import EVENTS, name_of
from services.kernel.manifest import Do
from services.kernel.message import Message, Recorded
from tests.service.audit.conftest import Tables
from tests.support.spec import ask
from tests.unit.audit import stories
from tests.unit.audit.said import MATTER, NOON, Teller, said
from tests.unit.audit.stories import hand, named, told_as

NEED, OTHER = named("need"), named("other matter")
PARTIES = ("worker:w-01", "organization:lotus", "organization:harbor", "unknown")


class Audit:
    """Ledger, follower and findings over one small database."""

    def __init__(self) -> None:
        self.db = Tables(tables.KEPT, views.METADATA)
        self.ledger, self.follower, self.after = Ledger(), CustodyFollower(), 0
        self.states: dict[UUID, Any] = {}
        self.told: list[Any] = []

    def hear(self, *messages: Message) -> None:
        self.db.write(self.ledger.take(messages, messages[-1].envelope.time, self.db))

    def follow(self) -> None:
        """Step until there is nothing left to do."""
        while True:
            changes, todo, after = self.follower.step(self.db, self.after)
            for do in todo:
                self.do(do)
            if after == self.after:
                return
            self.db.write(changes)
            self.after = after

    def do(self, do: Do) -> None:
        state = self.states.get(do.stream_id)
        events = do.decider.decide(do.command, state, ask())
        for event in events:
            state = do.decider.evolve(state, event)
            self.told.append(event)
            stored = said("audit", type=name_of(event), stream=f"custody/{do.stream_id}")
            self.db.write(views.project(Recorded(envelope=stored.envelope, raw=stored.raw, event=event)))
        self.states[do.stream_id] = state

    def chain(self, matter_id: UUID = MATTER, need: str = "") -> list[str]:
        rows = self.db.all(views.custody, matter_id=matter_id, need=need)
        return [row["holders"] for row in rows]


def heard(*messages: Message) -> Audit:
    audit = Audit()
    audit.hear(*messages)
    audit.follow()
    return audit


@pytest.mark.parametrize(
    "story", [stories.xiaowei, stories.aunt_hong, stories.aunt_sun, stories.cold_radiator, stories.school_pair]
)
def test_the_chain_of_every_story_is_shown_and_nothing_is_reported(story: Any):
    audit = heard(*story())
    entries = [read(row) for row in audit.db.all(tables.entry)]
    expected = [",".join(i.holders) for i in custody(entries).intervals if i.need_id is None]
    assert audit.chain() == expected
    assert audit.told == []
    assert audit.db.one(views.matter, MATTER)["broken"] == 0


def test_a_matter_is_shown_with_who_answers_and_what_is_open():
    audit = heard(*stories.xiaowei())
    row = audit.db.one(views.matter, MATTER)
    assert (row["open"], row["holders"], row["society"], row["needs_open"]) == (
        True,
        "worker:w-zsl",
        "social_worker",
        3,
    )
    assert row["opened_at"] == datetime(2022, 1, 31, 16, tzinfo=UTC)


# --- breaks -----------------------------------------------------------------------------------------------------------


def matter(teller: Teller) -> Message:
    received = told_as(
            intake.HelpRequestReceived,
        matter_id=MATTER, handoff=hand("taken", "unknown", PARTIES[0]), unit=PARTIES[0], area="220104",
        came_by="phone", reporter_kind="self",
    )  # fmt: skip
    return teller.tell("intake", f"help-request/{MATTER}", received)


def moved(teller: Teller, act: str, giver: str, *takers: str, **when: Any) -> Message:
    event = told_as(
        referral.ReferralOriginChanged, matter_id=MATTER, origin=giver, handoff=hand(act, giver, *takers, need=NEED)
    )
    return teller.tell("referral", f"referral/{NEED}", event, **when)


def test_two_who_took_the_same_need_are_reported_once_and_so_is_the_end_of_it():
    teller, audit = Teller(), Audit()
    worker, lotus, harbor, _ = PARTIES
    audit.hear(matter(teller), moved(teller, "taken", worker, lotus), moved(teller, "taken", worker, harbor))
    audit.follow()
    since = teller.now
    broken = CustodyBroken(
        matter_id=MATTER, need_id=NEED, finding=f"{NEED}.two.2", fault="two", holders=(lotus, harbor), since=since,
        entry=2,
    )  # fmt: skip
    assert audit.told == [broken]
    assert audit.db.one(views.matter, MATTER)["broken"] == 1
    assert metrics.REGISTRY.get_sample_value("hub_custody_broken", {"service": "audit"}) == 1
    audit.hear(moved(teller, "returned", harbor, worker))
    audit.follow()
    restored = CustodyMended(
        matter_id=MATTER, need_id=NEED, finding=f"{NEED}.two.2", fault="two", since=since, until=teller.now
    )
    assert audit.told == [broken, restored]
    audit.after = 0
    audit.follow()
    assert audit.told == [broken, restored]
    (row,) = audit.db.all(views.finding)
    assert (row["state"], row["until"]) == ("over", teller.now)


def test_a_break_that_is_mended_before_it_is_derived_stands_in_the_chain_and_calls_nobody():
    teller = Teller()
    worker, lotus, harbor, _ = PARTIES
    audit = heard(
        matter(teller),
        moved(teller, "taken", worker, lotus),
        moved(teller, "taken", worker, harbor),
        moved(teller, "returned", harbor, worker),
    )
    assert audit.told == []
    assert [row["claims"] for row in audit.db.all(views.custody, need=str(NEED))] == [1, 2, 1]


def test_a_break_whose_cause_is_struck_was_over_when_it_began():
    teller = Teller()
    worker, lotus, harbor, _ = PARTIES
    audit = heard(matter(teller), moved(teller, "taken", worker, lotus))
    wrong = moved(teller, "taken", worker, harbor)
    audit.hear(wrong)
    audit.follow()
    strike = said("referral", 3, version=3, type="record.struck", corrects=str(wrong.envelope.id))
    audit.hear(strike)
    audit.follow()
    broken, restored = audit.told
    assert restored.until == broken.since
    assert audit.chain(need=str(NEED)) == [lotus]


def barred(teller: Teller, kind: str, party: UUID) -> Message:
    event = (
        told_as(referral.OrganizationSuspended, reason_code="audit")
        if kind == "suspended"
        else told_as(referral.OrganizationActivated)
    )
    return teller.tell("referral", f"organization/{party}", event)


def test_an_organization_that_is_suspended_while_it_holds_a_need_is_reported_until_it_may_again():
    teller, party = Teller(), named("organization")
    holder = f"organization:{party}"
    audit = heard(matter(teller), moved(teller, "taken", PARTIES[0], holder))
    audit.hear(barred(teller, "suspended", party))
    audit.follow()
    (broken,) = audit.told
    assert (broken.fault, broken.holders, broken.since) == ("suspended", (holder,), teller.now)
    audit.hear(barred(teller, "active", party))
    audit.follow()
    assert audit.told[1:] == [
        CustodyMended(
            matter_id=MATTER, need_id=NEED, finding=broken.finding, fault="suspended", since=broken.since,
            until=teller.now,
        )
    ]  # fmt: skip


def test_a_break_in_a_restricted_need_is_not_announced():
    teller = Teller()
    raised = told_as(
        intake.SafeguardingConcernRaised,
        concern_id=NEED,
        matter_id=MATTER,
        need_id=NEED,
        situation_code="1",
        reporter_role="worker",
    )
    audit = heard(
        matter(teller),
        teller.tell("intake", f"safeguarding/{NEED}", raised),
        moved(teller, "taken", PARTIES[0], PARTIES[1]),
        moved(teller, "taken", PARTIES[0], PARTIES[2]),
    )
    assert audit.told == []
    assert audit.db.one(views.matter, MATTER)["broken"] == 0
    assert [row["claims"] for row in audit.db.all(views.custody, need=str(NEED), restricted=True)] == [1, 1, 2]


def test_of_a_matter_that_is_restricted_as_a_whole_stations_see_nothing():
    raised = told_as(intake.SafeguardingConcernRaised, concern_id=MATTER, matter_id=MATTER, need_id=MATTER)
    audit = heard(Teller().tell("intake", f"safeguarding/{MATTER}", raised))
    assert audit.db.all(views.matter) == []
    assert len(audit.db.all(views.custody)) == 1


# --- the same as the plain fold ---------------------------------------------------------------------------------------

ACTS = st.sampled_from(["offered", "taken", "taken", "refused", "returned", "released"])
TAKERS = st.lists(st.sampled_from(PARTIES), max_size=2, unique=True)
STEPS = st.tuples(
    st.sampled_from([MATTER, OTHER]), st.sampled_from([None, NEED]), ACTS, st.sampled_from(PARTIES), TAKERS,
    st.sampled_from(["", "referral.ready", "referral.closed", "case.opened", "case.closed"]), st.integers(-3, 3),
)  # fmt: skip


def history(steps: list[Any]) -> list[Message]:
    """Events of all kinds and in any order, as no decent publisher would tell them."""
    messages = []
    for n, (matter_id, need, act, giver, takers, type_, days) in enumerate(steps, 1):
        handed = {"act": act, "giver": giver, "takers": takers, "need_id": str(need) if need else None}
        data = {"matter_id": str(matter_id), "need_id": str(NEED), "handoff": handed}
        at = NOON + timedelta(hours=n, days=days)
        recorded_at = (NOON + timedelta(hours=n)).isoformat()
        stream = f"case/{matter_id}"
        messages.append(
            said("intake", n, type=type_ or "x.moved", stream=stream, version=n, data=data, at=at, time=recorded_at)
        )
    return messages


@settings(max_examples=25, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=14), st.integers(1, 5), st.integers(1, 5))
def test_however_the_steps_fall_what_is_shown_is_the_plain_fold_of_all_entries(steps, batch, page):
    audit, messages = Audit(), history(steps)
    before = follow.PAGE
    follow.PAGE = page
    try:
        for start in range(0, len(messages), batch):
            audit.hear(*messages[start : start + batch])
            audit.follow()
    finally:
        follow.PAGE = before
    for matter_id in (MATTER, OTHER):
        entries = [read(row) for row in audit.db.all(tables.entry, matter_id=matter_id)]
        plain = custody(entries)
        shown = audit.db.all(views.custody, matter_id=matter_id)
        key = {None: ""}
        rows = ((r["need"], r["holders"], r["claims"], r["start"], r["end"], r["entry"]) for r in shown)
        folded = (
            (key.get(i.need_id, str(i.need_id)), ",".join(i.holders), len(i.claims), i.start, i.end, i.idx)
            for i in plain.intervals
        )
        assert sorted(rows, key=repr) == sorted(folded, key=repr)  # an end may be none
        there = {row["finding"] for row in audit.db.all(views.finding, matter_id=matter_id, state="open")}
        assert there == {f.key for f in plain.findings if f.until is None}


@settings(max_examples=25, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=14), st.integers(0, 400))
def test_the_chain_at_a_moment_is_the_beginning_of_the_chain(steps, hours):
    entries = Audit()
    entries.hear(*history(steps))
    read_back = [read(row) for row in entries.db.all(tables.entry, matter_id=MATTER)]
    whole = custody(read_back)
    at = min((s.at for s in whole.steps), default=0) + hours * 3_600_000_000
    part = custody(read_back, valid_at=at)
    for need in {i.need_id for i in whole.intervals}:
        then = [
            i.holders for i in whole.intervals if i.need_id == need and i.start <= at and (i.end is None or at < i.end)
        ]
        assert part.holders(need) == (then[-1] if then else ())


def test_the_names_of_the_events_that_bar_a_party_are_those_of_the_contracts():
    assert set(follow.BARS) <= set(EVENTS)
