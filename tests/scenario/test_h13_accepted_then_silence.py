"""H13: accepted, and then silence. An acceptance is no service; the clock asks, first softly, and in the end takes it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.clocked import Clocked
from tests.support.street import ORIGIN, Street, Told
from tests.support.waiting import until

pytestmark = [pytest.mark.scenario, pytest.mark.timeout(300)]

NEED = "counselling"


def deadlines(street: Street, referral_id: str) -> dict[str, datetime]:
    """The clocks that run for a referral."""
    rows = street.items(f"/referral/deadlines?referral_id={referral_id}")
    return {row["kind"]: datetime.fromisoformat(row["due"]) for row in rows}


def comes(hub: Clocked, street: Street, referral_id: str, clock: str) -> datetime:
    """It is the time for which this clock is set."""
    due = deadlines(street, referral_id)[clock]
    ahead = (due - datetime.now(UTC) + timedelta(seconds=1)).total_seconds()
    hub.pass_time(seconds=ahead - hub.ahead.get("referral", timedelta()).total_seconds())
    return due


def last(street: Street, referral_id: str, event_type: str, number: int = 1) -> Told:
    """Wait until something was said so often; answers what it says."""

    def found() -> list[Told]:
        said = [event for event in street.events(referral_id) if event["type"] == event_type]
        return said if len(said) >= number else []

    return dict(until(found, f"{event_type} was said")[-1]["data"])


def test_an_acceptance_without_service_is_reminded_escalated_and_comes_back(later: Clocked):
    street = Street(later.hub)
    team, other = street.organizations(2, NEED)
    person = street.person(team, other)
    street.mark()
    referral_id = street.accepted(person, team, NEED)
    served = street.accepted(person, other, NEED)
    street.do(f"/referral/referrals/{served}/start", {}, other.speaker)
    accepted = street.row(referral_id)
    assert accepted["state"] == "accepted"
    assert set(deadlines(street, referral_id)) == {"contact-reminder", "contact-escalation"}

    # Half of the time is over: the receiver is reminded.
    comes(later, street, referral_id, "contact-reminder")
    reminder = last(street, referral_id, "reminder.sent")
    assert (reminder["to"], reminder["level"]) == (team.party, "receiver")

    # All of it is over: its lead, and the origin is to ask her.
    by = comes(later, street, referral_id, "contact-escalation")
    assert by == datetime.fromisoformat(accepted["start_by"])
    assert last(street, referral_id, "referral.escalated")["level"] == "receiver_lead"
    asked = last(street, referral_id, "reminder.sent", 2)
    assert (asked["to"], asked["level"], asked["reason_code"]) == (ORIGIN, "origin", "ask-the-person")
    called = {"about": "no-first-contact", "mode": "phone", "result": "reached"}
    street.do(f"/referral/referrals/{referral_id}/contacts", called, channel="phone")

    # Still nothing: the head of the station; the organization answers for the need all that time.
    comes(later, street, referral_id, "contact-escalation")
    assert last(street, referral_id, "referral.escalated", 2)["level"] == "station_head"
    assert street.row(referral_id)["level"] == "station_head"
    assert street.row(referral_id)["holder"] == team.party

    # It was accepted and is no success: nothing of it has an outcome, and nothing is closed.
    assert street.items(f"/referral/referrals?matter_id={person.matter}&state=closed") == []
    assert street.row(referral_id)["outcome"] is None
    assert street.figures()["referrals-succeeded"]["of"] == 0, "转介成功率 counts neither for nor against it"

    # By rule it comes back, and nobody may read any more.
    comes(later, street, referral_id, "contact-escalation")
    back = last(street, referral_id, "referral.returned")
    assert back["reason_code"] == "no-first-contact"
    street.settles()
    assert street.row(referral_id)["state"] == "ready"
    assert set(deadlines(street, referral_id)) == {"action-reminder", "action-escalation"}, "now the origin is to act"
    assert [row["state"] for row in street.items(f"/intake/disclosures?need_id={referral_id}")] == ["revoked"]
    assert street.reads(person, team.speaker) is None
    assert street.holders(person, referral_id) == [[ORIGIN], [team.party], [ORIGIN]]
    assert street.custody(person)["findings"] == []
    contacts = [line for line in street.ledger(person.matter) if line["type"] == "referral.person-contacted"]
    assert [(line["channel"], line["said"]["about"]) for line in contacts] == [("phone", "no-first-contact")]

    # Where somebody did come, nobody was reminded of coming.
    assert "referral.escalated" not in street.types(served)
    assert street.row(served)["state"] == "in_service"
