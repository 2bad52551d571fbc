"""H1: declined by three organizations in turn; nobody learns who she is, and she is never without somebody who answers."""

from __future__ import annotations

import pytest

from tests.support.street import COMMUNITY, HEAD, ORIGIN, STATION_HEAD, Street

pytestmark = [pytest.mark.scenario, pytest.mark.usefixtures("loud")]

NEED = "legal-aid"
REASONS = ("no-capacity", "outside-area", "funds-exhausted")
TOLD = {
    "matter_id", "case_id", "offer_id", "organization_id", "offering_id", "kind", "mode", "need_codes", "urgency", "areas",
    "group_codes", "age_band", "required_by", "remind_at", "respond_by", "reason_code", "handoff",
}  # fmt: skip
"""All that an offer says: codes, times and references; nothing by which she could be found."""


def test_declined_by_three_organizations_in_turn(street: Street):
    three = street.organizations(3, NEED, kind="social_organization")
    person = street.person(*three)
    street.mark()
    referral_id = street.referral(person, NEED)

    # The station says once whom to ask, and who takes it if nobody does; the rest goes by itself.
    plan = {"organization_ids": [each.id for each in three], "station_head": STATION_HEAD}
    street.do(f"/referral/referrals/{referral_id}/sequence", plan)
    for organization, reason in zip(three, REASONS, strict=True):
        street.in_state(referral_id, "offered")
        asked = {"organization_id": organization.id}
        inbox = street.items("/referral/inbox?state=live", organization.speaker)
        assert [row["referral_id"] for row in inbox] == [referral_id]
        assert not {"person_id", "case_id", "consent_id", "origin"} & set(inbox[0])
        street.do(f"/referral/referrals/{referral_id}/refusal", asked | {"reason_code": reason}, organization.speaker)
    street.in_state(referral_id, "exhausted")
    street.settles("partner")

    # Three askings and three refusals with their reasons, inside one referral, and then the head of the station.
    events = street.events(referral_id)
    assert [event["type"] for event in events] == [
        "referral.drafted", "referral.ready", "referral.sequence-planned",
        *["referral.offered", "offer.declined"] * 3, "referral.exhausted", "referral.escalated",
    ]  # fmt: skip
    offers = [event["data"] for event in events if event["type"] == "referral.offered"]
    refusals = [event["data"] for event in events if event["type"] == "offer.declined"]
    assert [offer["organization_id"] for offer in offers] == [each.id for each in three]
    assert tuple(refusal["reason_code"] for refusal in refusals) == REASONS
    assert all(set(offer) == TOLD for offer in offers)
    assert all(offer["areas"] == [COMMUNITY] for offer in offers)
    exhausted, escalated = events[-2]["data"], events[-1]["data"]
    assert exhausted["tried"] == [each.id for each in three]
    assert tuple(exhausted["declined_reasons"]) == REASONS
    assert (escalated["level"], escalated["to"]) == ("station_head", STATION_HEAD)

    # Nobody has learnt who she is, and no organization whom else was asked.
    assert street.items(f"/intake/disclosures?need_id={referral_id}") == []
    assert not [event for event in street.said("intake", need_id=referral_id) if event["type"].startswith("identity.")]
    for organization in three:
        assert street.reads(person, organization.speaker) is None
        feed = [event for event in street.feed(organization) if referral_id in str(event)]
        others = {each.id for each in three} - {organization.id}
        assert [event["type"] for event in feed] == ["referral.offered", "offer.declined"]
        assert not [other for other in others if other in str(feed)]

    # Accountability never left the origin until the head of the station took it.
    assert street.holders(person, referral_id) == [[ORIGIN], [STATION_HEAD]]
    assert street.custody(person)["findings"] == []

    # She is told, and the need stands among those that nobody met, once.
    street.do(f"/referral/referrals/{referral_id}/contacts", {"about": "nobody-found"}, HEAD)
    assert street.events(referral_id)[-1]["type"] == "referral.person-contacted"
    contacts = street.items(f"/referral/contacts?referral_id={referral_id}")
    assert [(row["by"], row["about"], row["result"]) for row in contacts] == [(HEAD.id, "nobody-found", "reached")]
    totals = {row["need_code"]: row["referrals"] for row in street.items("/referral/unmet-needs/totals")}
    assert totals[NEED] == 1
    assert len(street.items(f"/referral/unmet-needs?matter_id={person.matter}")) == 1

    # Asking a fourth time one that has said no needs a written reason.
    again = {"organization_id": three[0].id}
    problem = street.refused("reason-needed", f"/referral/referrals/{referral_id}/offers", again, HEAD)
    assert problem["field"] == "reason_code"
    street.do(f"/referral/referrals/{referral_id}/offers", again | {"reason_code": "new-budget-year"}, HEAD)
    assert street.row(referral_id)["state"] == "offered"
    street.do(f"/referral/referrals/{referral_id}/cancellation", {"reason_code": "end-of-test"}, HEAD)
    street.settles()
    assert street.items(f"/referral/unmet-needs?matter_id={person.matter}") == []
