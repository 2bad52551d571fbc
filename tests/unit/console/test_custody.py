"""Who answers, step by step: the rule table of custody on the console's own record."""

from __future__ import annotations

from uuid import UUID

from services.console.custody import Chain, derive
from services.console.record import steps
from tests.unit.console import stories
from tests.unit.console.stories import CENTRE, DRIVERS, FUND, GRANT, HELPER, PAIRING, REFERRAL, WORKER


def held(chain: Chain, need_id: UUID | None = None) -> list[tuple[str, ...]]:
    """Who held the matter or a need, one after the other."""
    return [h.holders for h in chain.holdings if h.need_id == need_id]


def test_the_case_stays_with_its_owner_while_others_take_its_needs():
    chain = derive(steps(stories.xiaowei()))
    assert held(chain) == [(CENTRE,), (WORKER,)]
    assert chain.holders() == (WORKER,)
    assert chain.holders(REFERRAL) == (DRIVERS,)
    assert chain.holders(PAIRING) == (DRIVERS, HELPER)


def test_an_offer_and_its_refusal_move_nothing():
    entries = stories.xiaowei()[:7]
    chain = derive(steps(entries))
    assert entries[-1].name == "offer.declined"
    assert held(chain, REFERRAL) == []
    assert chain.holders(REFERRAL) == (WORKER,)


def test_what_is_given_back_is_held_by_the_taker_until_the_need_ends():
    assert held(derive(steps(stories.xiaowei())), GRANT) == [(FUND,), (WORKER,)]


def test_a_closed_need_is_held_by_nobody_afterwards():
    chain = derive(steps(stories.xiaowei()))
    assert all(h.end is not None for h in chain.holdings if h.need_id == GRANT)


def test_two_who_went_together_answer_together_and_give_it_back():
    chain = derive(steps(stories.liminghua()))
    assert held(chain, REFERRAL) == [("worker:w-grid",), ("worker:w-zbs", "worker:w-02")]
    assert chain.closed
    assert chain.holders() == ()


def test_an_open_matter_always_has_exactly_one_holder_after_each_step():
    entries = stories.xiaowei()
    for count in range(1, len(entries) + 1):
        chain = derive(steps(entries[:count]))
        assert len([h for h in chain.holdings if h.need_id is None and h.end is None]) == 1


def test_what_happened_at_an_unknown_time_stands_where_it_was_written_down():
    told = stories.Told()
    told.say("help-request.received", f"help-request/{stories.MATTER}", "2022-02-26", act="taken", giver="unknown",
             takers=(CENTRE,), opens="matter")  # fmt: skip
    told.say("case.taken-over", f"case/{stories.CASE}", act="taken", giver="unknown", takers=(WORKER,))
    told.say(
        "grant.applied", f"grant/{GRANT}", "2022-03-06", act="offered", giver=WORKER, takers=(FUND,), need_id=GRANT
    )
    assert [s.name for s in steps(told.entries)] == ["help-request.received", "case.taken-over", "grant.applied"]
    assert steps(told.entries)[1].precision == "unknown"
