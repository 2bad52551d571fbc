"""H3: consent is withdrawn while the referral is on its way, at each of four moments, and for one receiver alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.support.courier import Courier
from tests.support.reference import Reference
from tests.support.street import COMMUNITY, ORIGIN, WORKER, Organization, Person, Street
from tests.support.waiting import until

pytestmark = [pytest.mark.scenario, pytest.mark.usefixtures("loud")]

NEED = "housework"
ALL = {"by": "self", "scope": "all"}


@pytest.fixture(scope="module")
def teams(reference: Reference) -> list[Organization]:
    """Two teams that help at home."""
    return Street(reference.hub).organizations(2, NEED)


def withdraw(street: Street, person: Person, **scope: object) -> None:
    """She takes her consent back, wholly or for some."""
    street.do(f"/intake/consents/{person.consent}/withdrawal", {**ALL, **scope})


def never_again(street: Street, person: Person, *readers: Organization, seconds: float = 1.2) -> None:
    """From now on, and well after a second, none of these reads."""
    ending = time.monotonic() + seconds
    while time.monotonic() < ending:
        assert all(street.reads(person, reader.speaker) is None for reader in readers)
        time.sleep(0.1)


def withdrawn_by_client(street: Street, referral_id: str) -> None:
    """It counts as the person's own wish, and not as a failure of anybody."""
    row = street.in_state(referral_id, "withdrawn")
    assert (row["withdrawn_by"], row["reason_code"], row["outcome"]) == ("client", "consent-withdrawn", None)


def test_before_an_answer_the_offers_are_taken_back_and_nothing_is_disclosed(street: Street, teams: list[Organization]):
    street.mark()
    person = street.person(*teams)
    referral_id = street.referral(person, NEED)
    street.offer(referral_id, *teams)
    before = street.figures()
    withdraw(street, person)
    withdrawn_by_client(street, referral_id)
    after = street.figures()
    assert after["referrals-withdrawn"]["value"] == before["referrals-withdrawn"]["value"] + 1
    assert after["referrals-succeeded"]["of"] == before["referrals-succeeded"]["of"], "it is no failure"
    assert street.types(referral_id)[-3:] == ["offer.withdrawn", "offer.withdrawn", "referral.withdrawn"]

    # A yes that comes afterwards is on record, and takes no effect.
    late = street.accept(referral_id, teams[0])
    assert late["events"] == ["acceptance.refused"]
    assert street.events(referral_id)[-1]["data"]["reason"] == "consent_withdrawn"
    street.settles()
    assert street.items(f"/intake/disclosures?need_id={referral_id}") == []
    never_again(street, person, *teams, seconds=0.2)


def test_between_acceptance_and_disclosure_the_owner_of_the_data_has_the_last_word(
    street: Street, teams: list[Organization], loud: dict[tuple[str, str], Courier]
):
    """Referral has not heard yet and accepts; intake, asked to disclose, does not (INV-5)."""
    team = teams[0]

    def raced() -> tuple[Person, str] | None:
        person = street.person(team)
        referral_id = street.referral(person, NEED)
        street.offer(referral_id, team)
        with loud["referral", "intake"].losing():
            withdraw(street, person)
            answer = street.accept(referral_id, team)
        # Referral may have asked intake by itself in this very moment; then there was no race, and we try again.
        return (person, referral_id) if "referral.accepted" in answer["events"] else None

    street.mark()
    person, referral_id = first_of(raced)
    row = until(lambda: street.items(f"/intake/disclosures?need_id={referral_id}"), "intake says what it makes of it")[
        0
    ]
    assert row["state"] == "refused"
    assert [e["type"] for e in street.said("intake", need_id=referral_id)] == ["identity.disclosure-refused"]
    never_again(street, person, team)
    withdrawn_by_client(street, referral_id)
    street.settles()
    # The yes came after the consent had gone, so it never lasted: the need was with the origin all the time.
    assert street.holders(person, referral_id) == [[ORIGIN]]
    assert street.custody(person)["findings"] == []


def first_of(attempt: Callable[[], tuple[Person, str] | None], times: int = 5) -> tuple[Person, str]:
    """The first of some attempts that comes off."""
    found = next((made for made in (attempt() for _ in range(times)) if made is not None), None)
    assert found is not None, f"{times} times there was no race"
    return found


def test_after_disclosure_access_ends_the_receiver_is_told_and_what_was_done_stays(
    street: Street, teams: list[Organization]
):
    street.mark()
    person, team = street.person(*teams), teams[0]
    referral_id = street.accepted(person, team, NEED)
    street.do(f"/referral/referrals/{referral_id}/start", {}, team.speaker)
    assert street.reads(person, team.speaker) is not None
    lawful = [event["id"] for event in street.said("intake", person_id=person.id)]

    withdraw(street, person)
    never_again(street, person, team)
    withdrawn_by_client(street, referral_id)
    street.settles("partner")

    # Intake itself says that the access is over; the receiver hears that it must stop.
    assert [row["state"] for row in street.items(f"/intake/disclosures?need_id={referral_id}")] == ["revoked"]
    feed = street.feed(team)
    told = [event for event in feed if event["subject"] == f"referral/{referral_id}"]
    assert told[-1]["type"] == "referral.withdrawn"
    assert told[-1]["data"]["reason_code"] == "consent-withdrawn"
    revoked = [event["data"]["need_id"] for event in feed if event["type"] == "identity.access-revoked"]
    assert revoked.count(referral_id) == 1

    # What was lawfully said and read before is there, as it was (INV-7), and the need is with the origin again.
    after = [event["id"] for event in street.said("intake", person_id=person.id)]
    assert after[: len(lawful)] == lawful
    assert street.holders(person, referral_id) == [[ORIGIN], [team.party]]
    assert street.custody(person)["findings"] == []

    # The station goes on with what she still consents to.
    case = {"person_id": person.id, "request_id": person.matter, "owner": ORIGIN, "area": COMMUNITY,
            "need_codes": [NEED]}  # fmt: skip
    case_id = street.do("/intake/cases", case)["id"]
    service = {"kind": "other", "workers": [ORIGIN], "emergency_reason": "emergency"}
    street.do(f"/intake/cases/{case_id}/services", service)
    assert street.reads(person, WORKER) is not None


def test_during_a_safeguarding_branch_the_report_stays_and_the_service_stops(street: Street, teams: list[Organization]):
    street.mark()
    person, team = street.person(*teams), teams[0]
    referral_id = street.accepted(person, team, NEED)
    concern = {"situation_code": "3", "person_id": person.id, "about_matter_id": person.matter}
    concern_id = street.do("/intake/safeguarding-concerns", concern, team.speaker)["id"]
    street.do(f"/intake/safeguarding-concerns/{concern_id}/report", {"authority_kind": "police"}, team.speaker)

    withdraw(street, person)
    withdrawn_by_client(street, referral_id)
    never_again(street, person, team)

    said = [event["type"] for event in street.said("intake", stream=f"safeguarding/{concern_id}")]
    assert said == ["safeguarding.concern-raised", "safeguarding.reported"]
    # Nothing of it needs a consent: what is seen later can be raised and reported just as well (INV-10).
    more = street.do("/intake/safeguarding-concerns", concern, WORKER)["id"]
    street.do(f"/intake/safeguarding-concerns/{more}/report", {"authority_kind": "police"}, WORKER)
    street.settles("partner")
    assert not [event for event in street.feed(team) if "safeguarding" in event["type"]]


def test_withdrawn_for_one_receiver_all_others_live_on(street: Street, teams: list[Organization]):
    street.mark()
    person = street.person(*teams)
    leifeng, lotus = teams
    kept, ended = street.accepted(person, leifeng, NEED), street.accepted(person, lotus, NEED)
    asked = street.referral(person, NEED)
    street.offer(asked, *teams)

    withdraw(street, person, scope="receiver", receivers=[lotus.party])
    never_again(street, person, lotus)
    withdrawn_by_client(street, ended)
    until(lambda: "offer.withdrawn" in street.types(asked), "the one offer is taken back")
    street.settles()

    # The other goes on: it reads, it serves, it may still answer what it was asked.
    assert street.reads(person, leifeng.speaker) is not None
    street.do(f"/referral/referrals/{kept}/start", {}, leifeng.speaker)
    assert street.accept(asked, lotus)["events"] == ["acceptance.refused"]
    assert "referral.accepted" in street.accept(asked, leifeng)["events"]
    assert [street.row(each)["state"] for each in (kept, ended, asked)] == ["in_service", "withdrawn", "accepted"]
    states = {r["receiver"]: r["state"] for r in street.items(f"/intake/disclosures?person_id={person.id}")}
    assert states == {leifeng.party: "live", lotus.party: "revoked"}
    street.settles()
    assert street.custody(person)["findings"] == []
