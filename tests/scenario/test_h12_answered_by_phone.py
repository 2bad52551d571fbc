"""H12: a partner answers by telephone; the station writes it down, and everybody can see whose will it was."""

from __future__ import annotations

import pytest

from tests.support.reference import Reference
from tests.support.street import COORDINATOR, STREET, WORKER, Organization, Street, Told

pytestmark = [pytest.mark.scenario, pytest.mark.usefixtures("loud")]

NEED = "small-repair"


@pytest.fixture(scope="module")
def teams(reference: Reference) -> list[Organization]:
    """Three teams that will never sign in of themselves."""
    return Street(reference.hub).organizations(3, NEED)


def written(street: Street, team: Organization, referral_id: str) -> list[Told]:
    """What a team sees at its own screen of one referral; it is asked for others beside it."""
    rows = street.items("/referral/inbox/told", team.speaker)
    return [row for row in rows if row["referral_id"] == referral_id]


def test_the_station_writes_down_a_partners_yes_with_its_evidence(street: Street, teams: list[Organization]):
    street.mark()
    team = teams[0]
    person = street.person(team)
    referral_id = street.referral(person, NEED)
    street.offer(referral_id, team)
    at, yes = f"/referral/referrals/{referral_id}", {"organization_id": team.id}

    # Nobody answers in another's name without saying so, and on what evidence.
    street.refused("not-yours", f"{at}/acceptance", yes, COORDINATOR)
    stranger = {"org": "team:another", "evidence_kind": "phone"}
    street.refused("not-yours", f"{at}/acceptance", yes, COORDINATOR, behalf=stranger)
    street.do(f"{at}/acceptance", yes, COORDINATOR, behalf=team.by_phone, channel="phone")
    street.disclosed(referral_id)
    street.do(f"{at}/start", {}, COORDINATOR, behalf=team.by_phone, channel="phone")
    street.settles("partner")

    # The auditor sees that the will of one was written down by another.
    line = next(each for each in street.ledger(person.matter) if each["type"] == "referral.accepted")
    assert line["actor"] == {"id": COORDINATOR.id, "role": "coordinator", "org": STREET}
    assert line["behalf"] == {
        "org": team.party, "evidence_kind": "phone", "evidence_ref": team.by_phone["evidence_ref"],
    }  # fmt: skip
    assert line["said"]["answered_via"] == "phone"
    assert street.holders(person, referral_id)[-1] == [team.party]

    # So does the partner, at its own screen, whenever it comes to it; and it may stand by what was written.
    rows = written(street, team, referral_id)
    assert {(row["answer"], row["standing"], row["told_by"]) for row in rows} == {
        ("acceptance", "told", COORDINATOR.id), ("start", "told", COORDINATOR.id),
    }  # fmt: skip
    street.refused("not-found", f"{at}/answers/confirmation", yes, teams[1].speaker)
    street.do(f"{at}/answers/confirmation", yes, team.speaker)
    assert street.events(referral_id)[-1]["data"]["answers"] == ["acceptance", "start"]
    assert {row["standing"] for row in written(street, team, referral_id)} == {"confirmed"}
    denial = yes | {"answer": "acceptance", "reason_code": "second-thoughts"}
    street.refused("answer-confirmed", f"{at}/answers/dispute", denial, team.speaker)


def test_what_was_written_down_is_held_to_the_same_rules(street: Street, teams: list[Organization]):
    """One acceptance (INV-3), the consent of this moment (INV-5), a reason for every no (INV-13)."""
    street.mark()
    person = street.person(*teams[:2])
    referral_id = street.referral(person, NEED)
    street.offer(referral_id, *teams[:2])
    at = f"/referral/referrals/{referral_id}"
    for team, said in zip(teams[:2], ("referral.accepted", "acceptance.refused"), strict=True):
        yes = {"organization_id": team.id}
        assert said in street.do(f"{at}/acceptance", yes, COORDINATOR, behalf=team.by_phone)["events"]
    street.disclosed(referral_id)

    unnamed = street.referral(person, NEED)
    street.offer(unnamed, teams[2])
    yes = {"organization_id": teams[2].id}
    at = f"/referral/referrals/{unnamed}"
    street.refused("consent-missing", f"{at}/acceptance", yes, COORDINATOR, behalf=teams[2].by_phone)
    reasonless = yes | {"reason_code": "because"}
    street.refused("unknown-code", f"{at}/refusal", reasonless, COORDINATOR, behalf=teams[2].by_phone)
    no = yes | {"reason_code": "no-capacity"}
    street.do(f"{at}/refusal", no, COORDINATOR, behalf=teams[2].by_phone)
    assert street.events(unnamed)[-1]["data"]["answered_via"] == "phone"


def test_a_partner_that_never_said_yes_can_say_so_and_the_need_comes_back(street: Street, teams: list[Organization]):
    street.mark()
    team = teams[0]
    person = street.person(team)
    referral_id = street.referral(person, NEED)
    street.offer(referral_id, team)
    at, yes = f"/referral/referrals/{referral_id}", {"organization_id": team.id}
    street.do(f"{at}/acceptance", yes, COORDINATOR, behalf=team.by_phone)
    street.disclosed(referral_id)

    denial = yes | {"answer": "acceptance", "reason_code": "never-called"}
    street.do(f"{at}/answers/dispute", denial, team.speaker)
    street.settles()
    assert street.types(referral_id)[-2:] == ["answer.disputed", "referral.returned"]
    assert street.row(referral_id)["state"] == "ready"
    assert street.holders(person, referral_id)[-1] == [f"worker:{WORKER.id}"]
    assert [row["state"] for row in street.items(f"/intake/disclosures?need_id={referral_id}")] == ["revoked"]
    assert street.reads(person, team.speaker) is None
    written = street.items(f"/referral/told-answers?referral_id={referral_id}")
    assert [(row["standing"], row["reason_code"]) for row in written] == [("disputed", "never-called")]
