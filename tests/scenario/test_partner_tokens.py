"""A partner's program answers with an API token: what it may, how often, until it is revoked; over every service's own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.support.member import ADMIN
from tests.support.reference import ROOT, Reference
from tests.support.street import HEAD, Organization, Street, Told
from tests.support.waiting import until

pytestmark = pytest.mark.scenario
NEED = "housework"


class Program:
    """A partner's program with nothing but its token."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.session = url, requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, timeout=30)

    def answer(self, referral_id: str, act: str, body: Told, key: str = "") -> requests.Response:
        headers = {"Idempotency-Key": key} if key else {}
        path = f"{self.url}/referral/v1/referrals/{referral_id}/{act}"
        return self.session.post(path, json=body, headers=headers, timeout=30)


def wushe_token(reference: Reference, act: str, *more: str) -> Any:
    """`wushe partner token …`, as the operator says it."""
    command = [sys.executable, "-m", "wushe.cli", "partner", "token", act, *more, "--url", reference.hub.url,
               "--token", reference.hub.token_for(ADMIN), "--json"]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, env=dict(os.environ))
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def team(reference: Reference) -> Organization:
    (found,) = Street(reference.hub).organizations(1, NEED)
    return found


def program(reference: Reference, team: Organization, holder: str, *scopes: str) -> tuple[Program, Told]:
    named = [word for scope in scopes for word in ("--scope", scope)]
    made = wushe_token(reference, "issue", team.id, "--holder", holder, *named)
    return Program(reference.hub.url, made["token"]), made


def offered(street: Street, team: Organization) -> str:
    referral_id = street.referral(street.person(team), NEED)
    street.offer(referral_id, team)
    return referral_id


def test_with_a_token_an_offer_is_seen_taken_served_and_brought_to_its_end(
    street: Street, reference: Reference, team: Organization
) -> None:
    desk, made = program(reference, team, "desk", "feed", "offers", "answers", "capacity")
    referral_id, who = offered(street, team), {"organization_id": team.id}
    until(lambda: referral_id in desk.get("/partner/v1/events?limit=1000").text, "it is delivered")
    assert referral_id in desk.get("/referral/v1/inbox?state=live").text
    assert desk.answer(referral_id, "view", who).status_code == 200
    asked = desk.answer(referral_id, "questions", who | {"question_codes": ["schedule"]})
    assert asked.status_code == 200, asked.text

    # Said four times at once under one key, it is one acceptance and one answer.
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda _: desk.answer(referral_id, "acceptance", who, key="yes-1"), range(4)))
    assert [each.status_code for each in said] == [200] * 4, [each.text for each in said]
    assert len({each.json()["position"] for each in said}) == 1
    assert street.row(referral_id)["holder"] == team.party
    (taken,) = [e for e in street.log("referral") if e["type"] == "referral.accepted" and referral_id in e["subject"]]
    assert (taken["actorid"], taken["actorrole"], taken["actororg"]) == ("program:desk", "partner", team.id)

    assert desk.answer(referral_id, "start", {}).status_code == 200
    assert desk.answer(referral_id, "pause", {"reason_code": "person-away"}).status_code == 200
    assert desk.answer(referral_id, "resumption", {}).status_code == 200
    assert desk.answer(referral_id, "outcome", {"outcome": "delivered"}).status_code == 200

    # What it was not issued for, another token of the same organization may be.
    reading = desk.get(f"/intake/v1/disclosures?need_id={referral_id}")
    assert (reading.status_code, reading.json()["code"]) == (403, "not-in-scope")
    assert reading.json()["allowed_scopes"] == ["identity"]
    no_token_does = desk.get("/partner/v1/tokens")
    assert (no_token_does.status_code, no_token_does.json()["allowed_scopes"]) == (403, [])
    (shown,) = wushe_token(reference, "list", team.id)["items"]
    assert shown["state"] == "live"
    assert shown["used_at"] is not None
    assert made["token"] not in json.dumps(shown)


def test_two_live_while_one_replaces_the_other_and_what_is_revoked_is_nobody_within_a_second(
    street: Street, reference: Reference, team: Organization
) -> None:
    old, first = program(reference, team, "robot", "offers", "answers")
    new, second = program(reference, team, "robot", "offers", "answers")
    referral_id, who = offered(street, team), {"organization_id": team.id}
    assert old.answer(referral_id, "refusal", who | {"reason_code": "no-capacity"}, key="no-1").status_code == 200
    again = new.answer(referral_id, "refusal", who | {"reason_code": "no-capacity"}, key="no-1")
    assert again.headers.get("Idempotency-Replayed") == "true", "the new token speaks for the same program"

    wushe_token(reference, "revoke", first["token_id"])
    until(lambda: old.get("/referral/v1/inbox").status_code == 401, "it is nobody any more", 1.5)
    assert new.get("/referral/v1/inbox").status_code == 200

    # Its organization is suspended: it asks nothing more by any token (INV-43).
    street.do(f"/referral/organizations/{team.id}/suspension", {"reason_code": "agreement-broken"}, HEAD)
    until(lambda: new.get("/referral/v1/inbox").status_code == 401, "its access has ended")
    states = {row["token_id"]: row["reason_code"] for row in wushe_token(reference, "list", team.id)["items"]}
    assert states[second["token_id"]] == "organization-suspended"
    asked = {"organization_id": team.id, "holder": "robot", "scopes": ["feed"]}
    street.refused("organization-barred", "/partner/tokens", asked, ADMIN)
    street.do(f"/referral/organizations/{team.id}/activation", {}, HEAD)
    street.hears("partner", "referral")
    assert street.do("/partner/tokens", asked, ADMIN)["token"], "it may act again"
