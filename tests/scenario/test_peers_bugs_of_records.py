"""Bugs that others had where records are deleted, merged, or changed by two at once, and that cannot happen here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests

from tests.support.reference import Reference
from tests.support.station import COORDINATOR, Station
from tests.support.street import COMMUNITY, ORIGIN, STREET, Organization, Street
from tests.support.volunteering import Dispatch, now, volunteer

pytestmark = pytest.mark.scenario

NEED = "mediation"


@pytest.fixture(scope="module")
def team(reference: Reference) -> Organization:
    """An organization that mediates."""
    return Street(reference.hub).organizations(1, NEED, kind="social_organization")[0]


def test_peers_bug_3_a_matter_that_was_a_mistake_is_taken_back_from_those_who_were_asked(
    street: Street, team: Organization
):
    """The source deleted its record before the target accepted, and the target's yes went nowhere (SORMAS 11204)."""
    station, person = Station(street.hub), street.person(team)
    street.mark()
    referral_id = street.referral(person, NEED)
    street.offer(referral_id, team)
    mistaken, command = {"reason_code": "wrong-person"}, "mark-help-request-entered-in-error"
    station.do(f"/intake/help-requests/{person.matter}/error", mistaken, approved=command, about=person.matter)
    street.in_state(referral_id, "cancelled")

    # A yes that comes afterwards is no error and takes nothing on: it is on record, with why.
    assert street.accept(referral_id, team)["events"] == ["acceptance.refused"]
    street.settles("partner")
    feed = [event["type"] for event in street.feed(team) if event["subject"] == f"referral/{referral_id}"]
    assert feed == ["referral.offered", "offer.withdrawn", "acceptance.refused"]
    asked = {row["referral_id"]: row["state"] for row in street.items("/referral/inbox", team.speaker)}
    assert asked[referral_id] not in ("live", "accepted")
    assert street.items(f"/intake/disclosures?need_id={referral_id}") == []
    assert street.reads(person, team.speaker) is None
    assert street.custody(person)["findings"] == []


def test_peers_bug_4_what_was_done_offline_after_being_replaced_changes_nothing_and_says_so(reference: Reference):
    """An act made offline was carried out after its author had been un-assigned (OpenCRVS 12878)."""
    dispatch = Dispatch(reference.hub)
    mei, lin = dispatch.volunteers(2)
    task = dispatch.task(dispatch.call(), now() + timedelta(hours=3))
    dispatch.goes(mei, task)
    at, offline = f"/volunteer/tasks/{task}", {"at": now().isoformat(), "channel": "import"}
    swap = {"leaving": [f"volunteer:{mei}"], "joining": [f"volunteer:{lin}"], "reason_code": "ill"}
    dispatch.do(f"{at}/reassignment", swap)
    before = dispatch.said(task)
    for path, body in ((f"{at}/arrival", {"method": "told"}), (f"{at}/completion", {"result": "done"})):
        answer = dispatch.send(path, body, volunteer(mei), **offline)
        assert answer.status_code in (404, 409), answer.text
        assert answer.json()["detail"] and answer.json()["detail_zh"]
    assert dispatch.said(task) == before
    dispatch.do(f"{at}/completion", {"result": "done"}, volunteer(lin))


def test_peers_bug_12_after_a_merger_what_either_record_says_counts_for_the_human_being(
    street: Street, team: Organization
):
    """After a merger a peer looked under the wrong one of two records, and somebody stayed in line (hmis-warehouse 5803)."""
    station, known, again = Station(street.hub), street.person(team), street.person()
    slip = {"matter_id": again.matter, "person_id": again.id, "kind": "referral", "need_codes": [NEED], "origin": ORIGIN,
            "areas": [COMMUNITY], "consent_id": known.consent}  # fmt: skip
    referral_id = street.do("/referral/referrals", slip)["id"]
    street.refused("consent-of-another", f"/referral/referrals/{referral_id}/readiness")

    merging = {"survivor_id": known.id, "basis": "documents"}
    station.do(f"/intake/persons/{again.id}/merging", merging, approved="merge-persons", about=again.id)
    street.hears("referral", "intake")
    street.do(f"/referral/referrals/{referral_id}/readiness")
    street.offer(referral_id, team)
    street.accept(referral_id, team)
    assert street.disclosed(referral_id)["consent_id"] == known.consent
    assert street.reads(again, team.speaker) is not None

    # And what is taken back under the one ends what stood on it under the other.
    street.do(f"/intake/consents/{known.consent}/withdrawal", {"by": "self", "scope": "all"})
    assert street.reads(again, team.speaker) is None
    assert street.in_state(referral_id, "withdrawn")["withdrawn_by"] == "client"


def test_peers_bug_20_two_who_change_the_same_field_meet_and_neither_overwrites_the_other(street: Street):
    """Of two offline edits of one field the later won, and nobody was told (Primero 508)."""
    station, person = Station(street.hub), street.person()
    path = f"/intake/v1/persons/{person.id}"

    def version() -> str:
        street.settles()  # what follows by itself, such as a hint that two look alike, is a version too
        return street.hub.ask("GET", path, org=STREET).headers["ETag"]

    def says(phone: str, read: str) -> requests.Response:
        body = {"reason_code": "new-facts", "phone": phone}
        return street.hub.ask("POST", f"{path}/details", body, ident=f"w-{phone}", If_Match=read)

    def phone() -> Any:
        return station.get(f"/intake/persons/{person.id}/identity?why=casework", COORDINATOR)["fields"]["phone"]

    phones, seen = ("000-0001", "000-0002"), version()
    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(phones, pool.map(says, phones, (seen, seen)), strict=True))
    assert sorted(answer.status_code for answer in answers.values()) == [200, 412]
    (kept,) = (each for each, answer in answers.items() if answer.status_code == 200)
    (other,) = (each for each in phones if each != kept)
    assert phone() == kept, "the one who came second has overwritten nothing"
    conflict = answers[other].json()
    assert conflict["code"] == "stale-version"
    assert conflict["version"] > conflict["expected_version"]
    assert conflict["detail"] and conflict["detail_zh"]

    # Having read it again, the second may well say otherwise: then both are on record, one after the other.
    assert says(other, version()).status_code == 200
    assert phone() == other
    amended = [e for e in station.log("intake") if e["type"] == "person.details-amended" and person.id in e["subject"]]
    assert [event["actorid"] for event in amended] == [f"w-{kept}", f"w-{other}"]
