"""Bugs that others had where cases go from hand to hand, and that cannot happen here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.courier import couriers
from tests.support.reference import Reference
from tests.support.street import COMMUNITY, ORIGIN, Organization, Street
from tests.support.waiting import until

pytestmark = pytest.mark.scenario

NEED = "mediation"


@pytest.fixture(scope="module")
def teams(reference: Reference) -> list[Organization]:
    """Two organizations that mediate."""
    return Street(reference.hub).organizations(2, NEED, kind="social_organization")


def test_the_sender_revokes_while_the_receiver_accepts_and_both_sides_agree(street: Street, teams: list[Organization]):
    """A peer's sender revoked after the receiver had accepted: both sides then told different stories (SORMAS 6241)."""
    street.mark()
    team = teams[0]
    person = street.person(team)
    referrals = [street.referral(person, NEED) for _ in range(12)]
    for referral_id in referrals:
        street.offer(referral_id, team)
    back = {"organization_id": team.id, "reason_code": "second-thoughts"}
    with ThreadPoolExecutor(4) as pool:
        for place, referral_id in enumerate(referrals):
            acts = [
                lambda r=referral_id: street.accept(r, team),
                lambda r=referral_id: street.do(f"/referral/referrals/{r}/offers/withdrawal", back),
            ]
            list(pool.map(lambda act: act(), acts if place % 2 else reversed(acts)))
    street.settles("partner")

    feed = street.feed(team)
    inbox = {row["referral_id"]: row["state"] for row in street.items("/referral/inbox", team.speaker)}
    for referral_id in referrals:
        ends = [t for t in street.types(referral_id) if t in ("referral.accepted", "offer.withdrawn")]
        assert len(ends) == 1
        heard = [e["type"] for e in feed if e["subject"] == f"referral/{referral_id}"]
        assert ends[0] in heard
        taken = ends == ["referral.accepted"]
        assert (street.row(referral_id)["state"], inbox[referral_id] in ("accepted",)) == (
            ("accepted", True) if taken else ("ready", False)
        )
        assert street.holders(person, referral_id)[-1] == [team.party if taken else ORIGIN]
    assert street.custody(person)["findings"] == []


def test_a_case_cannot_be_shared_twice_with_different_owners(street: Street, teams: list[Organization]):
    """A peer let one case go to two places with different ownership (SORMAS 8576); INV-2."""
    street.mark()
    person = street.person(*teams, purposes=("referral", "casework"))
    case = {"person_id": person.id, "request_id": person.matter, "owner": ORIGIN, "area": COMMUNITY,
            "need_codes": [NEED]}  # fmt: skip
    case_id = street.do("/intake/cases", case)["id"]
    street.hears("referral", "intake")
    about = {"case_id": case_id, "kind": "transfer"}
    first = street.referral(person, NEED, **about)
    slip = {"matter_id": person.matter, "person_id": person.id, "need_codes": [NEED], "consent_id": person.consent,
            "origin": ORIGIN, **about}  # fmt: skip
    second = street.do("/referral/referrals", slip)["id"]
    problem = street.refused("transfer-open", f"/referral/referrals/{second}/readiness")
    assert problem["allowed"]

    # Shared with a helper and transferred to another: one owner, and the helper helps on.
    helped = street.referral(person, NEED, case_id=case_id)
    street.offer(helped, teams[0])
    street.accept(helped, teams[0])
    street.offer(first, teams[1])
    street.accept(first, teams[1])
    until(lambda: street.get(f"/intake/cases/{case_id}")["state"] == "transferred", "the case has moved")
    street.settles()
    assert street.holders(person, None)[-1] == [teams[1].party]
    assert street.holders(person, helped)[-1] == [teams[0].party]
    assert street.custody(person)["findings"] == []


def test_everything_delivered_twice_is_done_once(street: Street, teams: list[Organization], reference: Reference):
    """Duplicate delivery is harmless: a need goes its whole way while the bus says everything again."""
    street.mark()
    team = teams[0]
    ways = [(c, p) for c in ("intake", "referral", "audit", "partner") for p in ("intake", "referral")]
    with couriers(reference.rabbit, *ways, seed=8) as carrying:
        person = street.person(team)
        referral_id = street.accepted(person, team, NEED)
        at = f"/referral/referrals/{referral_id}"
        street.do(f"{at}/start", {}, team.speaker)
        street.do(f"{at}/outcome", {"outcome": "delivered"}, team.speaker)
        street.do(f"{at}/confirmation", {"client_asked": True})
        street.settles("partner")
    assert sum(courier.repeated for courier in carrying) > 0
    assert street.types(referral_id) == [
        "referral.drafted", "referral.ready", "referral.offered", "referral.accepted", "service.started",
        "outcome.reported", "outcome.confirmed", "referral.closed",
    ]  # fmt: skip
    said = [event["type"] for event in street.said("intake", need_id=referral_id)]
    assert said == ["identity.disclosed", "identity.access-revoked"]
    entries = [line for line in street.ledger(person.matter) if line["stream"] == f"referral/{referral_id}"]
    assert sorted(line["version"] for line in entries) == list(range(1, 9))


def test_an_expired_consent_stops_reading_and_the_feed_says_so(street: Street, teams: list[Organization]):
    """A peer went on delivering after the consent had run out (peers' scenario 16); INV-5."""
    street.mark()
    team = teams[0]
    soon = datetime.now(UTC) + timedelta(seconds=4)
    person = street.person(team, valid_until=soon.isoformat())
    referral_id = street.accepted(person, team, NEED)
    assert street.disclosed(referral_id)["expires_due"] is not None
    assert street.reads(person, team.speaker) is not None
    until(lambda: datetime.now(UTC) > soon, "the consent's time is over")
    assert street.reads(person, team.speaker) is None
    row = street.in_state(referral_id, "withdrawn")
    assert row["reason_code"] == "consent-over"

    def told() -> list[str]:
        return [event["type"] for event in street.feed(team) if referral_id in str(event)]

    until(lambda: {"referral.withdrawn", "identity.access-revoked"} <= set(told()), "the partner hears that it is over")
    draft = {"matter_id": person.matter, "person_id": person.id, "kind": "referral", "need_codes": [NEED],
             "consent_id": person.consent}  # fmt: skip
    next_one = street.do("/referral/referrals", draft)["id"]
    street.refused("consent-not-in-force", f"/referral/referrals/{next_one}/readiness")


def test_a_receiver_reads_only_the_categories_that_the_consent_names(street: Street, teams: list[Organization]):
    """A peer's receiver could export fields it had no permission for (Primero 51158be9a5); INV-5."""
    team = teams[0]
    person = street.person(team, categories=["identity"])
    street.accepted(person, team, NEED)
    found = street.reads(person, team.speaker)
    assert found is not None
    assert (found["categories"], set(found["fields"])) == (["identity"], {"pseudonym"})
    assert street.reads(person, team.speaker, "&categories=contact") is None
    both = street.reads(person, team.speaker, "&categories=identity,contact")
    assert both is not None
    assert set(both["fields"]) == {"pseudonym"}
