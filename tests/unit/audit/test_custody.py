"""Who answers: the chains of the five stories, and what becomes of them when something goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.audit.custody import Custody, Disqualified, custody
from services.audit.entries import Entry
from services.audit.ledger import micros
from services.contracts import intake, referral, volunteer
from services.kernel.message import Message
from tests.unit.audit import stories
from tests.unit.audit.said import MATTER, NOON, Teller, said
from tests.unit.audit.stories import STATION, hand, named, told_as

NEED = named("need")
ORIGIN, LOTUS, HARBOR = "worker:w-01", "organization:lotus", "organization:harbor"


def recorded(messages: Sequence[Message]) -> list[Entry]:
    """The messages as entries, each learnt of when it was recorded."""
    return [Entry(idx, micros(m.envelope.time), m.envelope) for idx, m in enumerate(messages)]


def chain(found: Custody, need: UUID | None = None) -> list[tuple[str, ...]]:
    """Who held an object, one after the other."""
    return [i.holders for i in found.intervals if i.need_id == need]


# --- the five stories -----------------------------------------------------------------------------------------------


def test_a_one_owner_throughout_and_two_strands_each_with_its_own_end():
    found = custody(recorded(stories.xiaowei()))
    assert chain(found)[-1] == ("worker:w-zsl",)
    assert chain(found, named("grant")) == [("worker:w-zsl",), ("unknown",), ("worker:w-zsl",)]
    assert chain(found, named("referral")) == [("worker:w-zsl",), (stories.LOTUS,)]
    assert found.findings == ()
    assert set(found.open) == {None, named("grant"), named("referral"), named("pairing")}


def test_b_the_visitor_answers_and_a_colleague_takes_over():
    found = custody(recorded(stories.aunt_hong()))
    assert chain(found) == [("worker:w-zyh",), ("worker:w-07",)]
    assert found.findings == ()


def test_c_guidance_moves_nothing_and_ends_nothing():
    found = custody(recorded(stories.aunt_sun()))
    assert chain(found) == [(STATION,)]
    assert found.open == (None,)
    assert [step.act for step in found.steps] == ["taken", "offered"]


def test_d_the_chain_closes_back_to_the_community():
    found = custody(recorded(stories.cold_radiator()))
    assert chain(found) == [(STATION,), ("worker:w-grid",)]
    assert chain(found, named("task")) == [("worker:w-grid",), ("worker:w-zbs", "worker:w-02")]
    assert found.steps[-1].takers == (STATION,)
    assert (found.open, found.findings) == ((), ())


def test_e_the_pair_answers_until_it_ends():
    found = custody(recorded(stories.school_pair()))
    assert chain(found) == [(STATION,)]
    assert chain(found, named("pairing")) == [("worker:w-zxy", "volunteer:v-zmy")]
    assert (found.open, found.findings) == ((), ())


@pytest.mark.parametrize(
    "story", [stories.xiaowei, stories.aunt_hong, stories.aunt_sun, stories.cold_radiator, stories.school_pair]
)
def test_in_every_story_everything_open_is_held_by_exactly_one_party_at_every_moment(story: Any):
    entries = recorded(story())
    for entry in entries:
        assert custody(entries, known_at=entry.rt).findings == ()
        found = custody(entries, valid_at=entry.vt or entry.rt)
        assert found.findings == ()
        for need in found.open:
            assert found.holders(need)


# --- the rules ------------------------------------------------------------------------------------------------------


class Telling:
    """A matter with one referral, told step by step."""

    def __init__(self) -> None:
        self.teller = Teller()
        self.messages: list[Message] = []

    def matter(self, **when: Any) -> Telling:
        received = told_as(
            intake.HelpRequestReceived,
            matter_id=MATTER, handoff=hand("taken", "unknown", ORIGIN), unit=ORIGIN, area="220104", came_by="phone",
            reporter_kind="self",
        )  # fmt: skip
        return self.say("intake", f"help-request/{MATTER}", received, **when)

    def need(self, **when: Any) -> Telling:
        event = told_as(
            intake.SafeguardingConcernRaised,
            concern_id=NEED,
            matter_id=MATTER,
            need_id=NEED,
            situation_code="1",
            reporter_role="worker",
        )
        return self.say("intake", f"safeguarding/{NEED}", event, **when)

    def hands(self, act: str, giver: str, *takers: str, need: UUID | None = NEED, **when: Any) -> Telling:
        event = told_as(
            referral.ReferralOriginChanged,
            matter_id=MATTER,
            origin=ORIGIN,
            handoff=hand(act, giver, *takers, need=need),
        )
        return self.say("referral", f"referral/{NEED}", event, **when)

    def say(self, publisher: str, stream: str, event: Any, **when: Any) -> Telling:
        self.messages.append(self.teller.tell(publisher, stream, event, **when))
        return self

    def custody(self, *args: Any, **at: Any) -> Custody:
        return custody(recorded(self.messages), *args, **at)


def told() -> Telling:
    return Telling().matter().need()


@pytest.mark.parametrize("act", ["offered", "refused"])
def test_an_offer_and_its_refusal_move_nothing(act: str):
    found = told().hands(act, ORIGIN, LOTUS).custody()
    assert found.holders(NEED) == (ORIGIN,)
    assert found.findings == ()


def test_a_need_that_nobody_took_is_answered_for_with_its_matter_whoever_that_is():
    telling = told().hands("taken", ORIGIN, "worker:w-02", need=None)
    found = telling.custody()
    inherited = [i for i in found.intervals if i.need_id == NEED]
    assert [(i.holders, i.inherited) for i in inherited] == [((ORIGIN,), True), (("worker:w-02",), True)]
    assert inherited[0].end == inherited[1].start


def test_what_was_taken_stays_where_it_is_when_the_matter_moves():
    found = told().hands("taken", ORIGIN, LOTUS).hands("taken", ORIGIN, "worker:w-02", need=None).custody()
    assert found.holders(NEED) == (LOTUS,)


def test_a_return_moves_it_back():
    found = told().hands("taken", ORIGIN, LOTUS).hands("returned", LOTUS, ORIGIN).custody()
    assert chain(found, NEED) == [(ORIGIN,), (LOTUS,), (ORIGIN,)]


def test_who_gives_back_what_he_did_not_hold_moves_nothing():
    found = told().hands("taken", ORIGIN, LOTUS).hands("returned", HARBOR, ORIGIN).custody()
    assert found.holders(NEED) == (LOTUS,)
    assert found.findings == ()


def test_two_who_take_the_same_need_are_a_break_until_one_gives_it_back():
    telling = told().hands("taken", ORIGIN, LOTUS).hands("taken", ORIGIN, HARBOR)
    (broken,) = telling.custody().findings
    assert (broken.need_id, broken.kind, broken.holders, broken.until) == (NEED, "two", (LOTUS, HARBOR), None)
    (mended,) = telling.hands("returned", HARBOR, ORIGIN).custody().findings
    assert mended.key == broken.key
    assert mended.until is not None


def test_several_who_take_it_together_are_one_party_and_may_grow():
    found = told().hands("taken", ORIGIN, LOTUS).hands("taken", ORIGIN, LOTUS, HARBOR).custody()
    assert (found.holders(NEED), found.findings) == ((LOTUS, HARBOR), ())


def test_the_same_taking_said_twice_is_one():
    found = told().hands("taken", ORIGIN, LOTUS).hands("taken", ORIGIN, LOTUS).custody()
    assert chain(found, NEED) == [(ORIGIN,), (LOTUS,)]


def test_something_open_that_is_given_to_nobody_is_a_break():
    (broken,) = told().hands("taken", ORIGIN, need=None).custody().findings
    assert (broken.need_id, broken.kind, broken.holders) == (None, "none", ())


def test_an_unknown_giver_is_whoever_held_it():
    found = told().hands("taken", ORIGIN, LOTUS).hands("taken", "unknown", HARBOR).custody()
    assert (found.holders(NEED), found.findings) == ((HARBOR,), ())


def test_a_need_whose_matter_was_not_heard_of_yet_is_no_break():
    assert Telling().need().custody().findings == ()


def test_whoever_closed_a_matter_answers_for_what_is_left_open_in_it():
    closing = told_as(intake.HelpRequestClosed, matter_id=MATTER, outcome="resolved", handoff=None)
    found = told().say("intake", f"help-request/{MATTER}", closing).custody()
    assert found.open == (NEED,)
    assert found.holders(NEED) == (ORIGIN,)
    assert found.findings == ()


def test_what_was_handed_over_without_being_opened_on_its_own_is_over_with_its_matter():
    closing = told_as(intake.HelpRequestClosed, matter_id=MATTER, outcome="resolved", handoff=None)
    telling = Telling().matter().hands("taken", ORIGIN, LOTUS)
    assert set(telling.custody().open) == {None, NEED}
    found = telling.say("intake", f"help-request/{MATTER}", closing).custody()
    assert (found.open, found.holders(NEED), found.findings) == ((), (), ())
    assert chain(found, NEED) == [(LOTUS,)]


def test_a_matter_that_opens_again_forgets_who_held_it_before():
    closing = told_as(intake.HelpRequestClosed, matter_id=MATTER, outcome="resolved", handoff=None)
    again = told_as(
        intake.HelpRequestReopened, matter_id=MATTER, reason_code="x", handoff=hand("taken", "person:p", HARBOR)
    )
    stream = f"help-request/{MATTER}"
    found = Telling().matter().say("intake", stream, closing).say("intake", stream, again).custody()
    assert chain(found) == [(ORIGIN,), (HARBOR,)]
    assert found.findings == ()


def test_a_need_that_stays_with_a_pairing_after_its_end_is_a_break():
    stream = f"pairing/{NEED}"
    formed = told_as(
            volunteer.PairingFormed,
        matter_id=MATTER, kind="one_to_one", parties=(LOTUS,), holder=ORIGIN, commitments=(),
        handoff=hand("taken", ORIGIN, LOTUS, need=NEED),
    )  # fmt: skip
    telling = Telling().matter().say("volunteer", stream, formed)
    data = {"matter_id": str(MATTER), "handoff": {"act": "offered", "need_id": str(NEED)}, "need_id": str(named("no"))}
    ended = said("volunteer", 2, type="pairing.ended", stream=stream, version=2, data=data, at=NOON + timedelta(days=1))
    telling.messages.append(ended)
    (broken,) = telling.custody().findings
    assert (broken.kind, broken.holders, broken.need_id) == ("ended", (LOTUS,), NEED)


def test_a_holder_who_was_suspended_is_a_break_from_then_until_he_may_again():
    telling = told().hands("taken", ORIGIN, LOTUS)
    taken = micros(telling.messages[-1].envelope.time)
    bars = {"lotus": [Disqualified(kind="suspended", since=taken + 5, until=taken + 9, idx=40)]}
    (broken,) = telling.custody(bars).findings
    assert (broken.kind, broken.holders, broken.since, broken.until) == ("suspended", (LOTUS,), taken + 5, taken + 9)
    assert telling.custody(bars, valid_at=taken + 4).findings == ()
    (then,) = telling.custody(bars, valid_at=taken + 6).findings
    assert then.until is None
    bars = {"lotus": [Disqualified(kind="suspended", since=taken - 9, until=taken - 5, idx=1)]}
    assert telling.custody(bars).findings == ()


def test_an_event_that_no_contract_knows_moves_what_its_handoff_says():
    telling = told()
    data = {
        "matter_id": str(MATTER),
        "handoff": {"act": "taken", "giver": ORIGIN, "takers": [HARBOR], "need_id": str(NEED)},
    }
    telling.messages.append(said("future", 1, type="hologram.accepted", stream=f"hologram/{NEED}", data=data))
    assert telling.custody().holders(NEED) == (HARBOR,)


def test_a_need_without_an_id_of_its_own_is_named_by_its_stream():
    telling = told()
    data = {"matter_id": str(MATTER), "holder": HARBOR}
    for position, stream in enumerate((f"referral/{named('other')}", "referral/no-id"), 1):
        telling.messages.append(said("referral", position, type="referral.ready", stream=stream, data=data))
    found = telling.custody()
    assert found.holders(named("other")) == (HARBOR,)
    assert len(found.open) == 4


def test_data_that_cannot_be_read_moves_nothing():
    telling = told()
    telling.messages.append(said("future", 1, type="referral.accepted", data={"handoff": "yes"}))
    assert telling.custody().holders(NEED) == (ORIGIN,)


# --- two times ------------------------------------------------------------------------------------------------------


def test_a_return_told_late_was_not_known_then_and_is_known_now():
    telling = told().hands("taken", ORIGIN, LOTUS)
    on_sunday = telling.teller.now + timedelta(hours=1)
    telling.teller.now += timedelta(days=7)
    telling.hands("returned", LOTUS, ORIGIN, at=on_sunday)
    monday = micros(on_sunday + timedelta(days=1))
    assert telling.custody(valid_at=monday, known_at=monday).holders(NEED) == (LOTUS,)
    assert telling.custody(valid_at=monday).holders(NEED) == (ORIGIN,)
    assert telling.custody(valid_at=micros(on_sunday) - 1).holders(NEED) == (LOTUS,)


def test_a_step_struck_as_an_error_counts_until_the_strike_is_known():
    telling = told().hands("taken", ORIGIN, LOTUS)
    wrong = telling.messages[-1]
    before = micros(wrong.envelope.time)
    telling.messages.append(
        said(
            "referral",
            9,
            type="record.struck",
            data={},
            corrects=str(wrong.envelope.id),
            at=telling.teller.now + timedelta(days=1),
        )
    )
    assert telling.custody(known_at=before).holders(NEED) == (LOTUS,)
    assert telling.custody().holders(NEED) == (ORIGIN,)


def test_a_strike_that_is_struck_is_void():
    telling = told().hands("taken", ORIGIN, LOTUS)
    for position in (8, 9):
        wrong = str(telling.messages[-1].envelope.id)
        telling.messages.append(said("referral", position, type="record.struck", data={}, corrects=wrong))
    assert telling.custody().holders(NEED) == (LOTUS,)


def test_steps_of_one_day_keep_the_order_in_which_they_were_told():
    day = {"at": datetime(2026, 3, 1, 4, tzinfo=UTC), "effectiveprecision": "day"}
    telling = (
        Telling().matter(**day).need(**day).hands("taken", ORIGIN, LOTUS, **day).hands("returned", LOTUS, ORIGIN, **day)
    )
    found = telling.custody()
    assert found.holders(NEED) == (ORIGIN,)
    assert found.findings == ()


def test_a_start_that_nobody_can_date_is_where_the_telling_begins():
    telling = Telling().matter(at=None).need(at=datetime(2022, 2, 27, tzinfo=UTC), effectiveprecision="month")
    found = telling.custody()
    assert found.intervals[0].start == micros(datetime(2022, 1, 31, 16, tzinfo=UTC))


def test_a_season_and_a_month_begin_with_their_first_day_in_china():
    winter = {"at": datetime(2021, 12, 5, tzinfo=UTC), "effectiveprecision": "season"}
    assert Telling().matter(**winter).custody().intervals[0].start == micros(datetime(2021, 11, 30, 16, tzinfo=UTC))


def test_who_answered_for_no_time_is_said_and_answers_for_no_moment():
    winter = {"at": datetime(2021, 12, 5, tzinfo=UTC), "effectiveprecision": "season"}
    telling = (
        Telling().matter(**winter).need(**winter).hands("taken", ORIGIN, LOTUS, **winter).hands("taken", LOTUS, HARBOR)
    )
    found = telling.custody()
    assert [(i.need_id, i.holders, i.passing) for i in found.passing] == [(NEED, (ORIGIN,), True)]
    assert chain(found, NEED) == [(LOTUS,), (HARBOR,)]
    assert all(i.end is None or i.start < i.end for i in found.intervals)
    assert found.findings == ()


def test_a_step_and_both_ends_of_a_stretch_are_as_precise_as_what_was_said():
    winter = {"at": datetime(2021, 12, 5, tzinfo=UTC), "effectiveprecision": "season"}
    day = {"at": datetime(2022, 3, 1, 4, tzinfo=UTC), "effectiveprecision": "day"}
    found = Telling().matter(**winter).need(at=None).hands("taken", ORIGIN, LOTUS, **day).custody()
    assert [step.precision for step in found.steps] == ["season", "unknown", "day"]
    told = [(i.need_id, i.holders, i.precision, i.end_precision) for i in found.intervals]
    assert told == [
        (None, (ORIGIN,), "season", None),
        (NEED, (ORIGIN,), "unknown", "day"),
        (NEED, (LOTUS,), "day", None),
    ]
