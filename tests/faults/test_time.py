"""What takes days, and clocks that do not agree; these tests send the hub into the future, so they come last."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.faults.sending import ledger_is_whole
from tests.support.clocked import Clocked
from tests.support.street import ORIGIN, Street
from tests.support.waiting import until
from wushe.services import CLASSES

pytestmark = pytest.mark.faults

NEED = "exercise"


def test_clocks_that_do_not_agree_change_neither_order_nor_outcome(reference: Clocked):
    """Clock skew: intake is twenty minutes ahead, referral most of a minute behind, and then both are set right."""
    street = Street(reference.hub)
    street.mark()
    (team,) = street.organizations(1, NEED)
    with reference.skew("intake", minutes=20), reference.skew("referral", seconds=-45):
        person = street.person(team)
        referral_id = street.accepted(person, team, NEED)
        assert street.reads(person, team.speaker) is not None
    at = f"/referral/referrals/{referral_id}"
    street.do(f"{at}/start", {}, team.speaker)
    street.do(f"/intake/consents/{person.consent}/withdrawal", {"by": "self", "scope": "all"})
    assert street.reads(person, team.speaker) is None
    street.in_state(referral_id, "withdrawn")
    street.settles("partner")

    for publisher in ("intake", "referral"):
        times = [datetime.fromisoformat(event["time"]) for event in street.log(publisher)]
        assert times == sorted(times)
    said = [event["type"] for event in street.said("intake", need_id=referral_id)]
    assert said == ["identity.disclosed", "identity.access-revoked"]
    assert street.holders(person, referral_id) == [[ORIGIN], [team.party]]
    assert street.custody(person)["findings"] == []
    ledger_is_whole(reference.hub, tuple(CLASSES))


def test_a_consumer_that_was_down_for_two_days_misses_nothing(reference: Clocked):
    street = Street(reference.hub)
    (team,) = street.organizations(1, NEED)
    person = street.person(team)
    kept, lapsed = street.referral(person, NEED), street.referral(person, NEED)
    street.offer(kept, team)
    street.offer(lapsed, team)
    street.settles("partner")
    for consumer in ("partner", "audit"):
        reference.kill9(consumer)

    # Two working days and a weekend go by without them.
    street.accept(kept, team)
    street.disclosed(kept)
    reference.pass_time(days=2)
    street.do(f"/referral/referrals/{kept}/start", {}, team.speaker)
    reference.pass_time(days=7)
    street.in_state(lapsed, "ready")
    street.do(f"/referral/referrals/{kept}/return", {"reason_code": "no-capacity"}, team.speaker)

    for consumer in ("partner", "audit"):
        reference.start(consumer)
    reference.ready("partner", "audit")
    street.settles("partner")
    feed = until(lambda: street.feed(team), "the partner hears")
    assert [int(event["sequence"]) for event in feed] == list(range(1, len(feed) + 1))
    heard = [(event["subject"], event["type"]) for event in feed if event["source"] == "/referral"]
    said = [
        (event["subject"], event["type"])
        for event in street.log("referral")
        if team.id in (event["data"].get("organization_id"), event["data"].get("to", "").partition(":")[2])
        and event["subject"].startswith("referral/")
    ]
    assert [each for each in heard if each[0].startswith("referral/")] == said
    assert (f"referral/{lapsed}", "offer.expired") in said
    expired = next(
        e for e in street.log("referral") if (e["subject"], e["type"]) == (f"referral/{lapsed}", "offer.expired")
    )
    assert datetime.fromisoformat(expired["time"]) - datetime.now().astimezone() > timedelta(days=1)
    assert street.holders(person, kept) == [[ORIGIN], [team.party], [ORIGIN]]
    assert street.custody(person)["findings"] == []
    ledger_is_whole(reference.hub, tuple(CLASSES))
