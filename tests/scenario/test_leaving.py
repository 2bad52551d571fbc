"""H14: a worker leaves, and an organization leaves, with open matters; nothing is orphaned, nothing stays readable."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from services.kernel.message import Actor
from tests.support.embedded import Hub
from tests.support.reference import Reference
from wushe.demo import expectations
from wushe.demo.hub import Hub as Teller

pytestmark = [pytest.mark.scenario, pytest.mark.usefixtures("loud")]

STREET = "220104004"
POINT = f"community:{STREET}004"


@dataclass
class Street:
    """A street whose head asks; every name is new, so that stories do not meet."""

    hub: Hub
    mark: str = field(default_factory=lambda: uuid4().hex[:8])

    def rests(self) -> None:
        """Every service has heard everything."""
        expectations.settled(Teller(self.hub.url, self.hub.token_for))

    def asks(self, service: str, path: str, body: dict[str, Any], status: int = 0, **happened: Any) -> dict[str, Any]:
        """A command of the station's head; answered as expected."""
        sent = body | ({"happened": happened} if happened else {})
        answer = self.hub.ask("POST", f"/{service}/v1{path}", sent, role="station_head", ident="w-head", org=STREET)
        assert answer.status_code == status or (not status and answer.ok), answer.text
        return dict(answer.json())

    def makes(self, service: str, path: str, body: dict[str, Any]) -> str:
        """The id of what it brings into being."""
        return str(self.asks(service, path, body)["id"])

    def sees(self, path: str, role: str = "station_head") -> Any:
        """What the head, or somebody else, is shown."""
        answer = self.hub.ask("GET", path, role=role, ident="w-head", org=STREET)
        assert answer.ok, answer.text
        return answer.json()

    def party(self, code: str) -> str:
        """A worker of this street."""
        return f"worker:{code}-{self.mark}"

    # --- what is there ---

    def worker(self, code: str) -> str:
        """A worker stands in the directory."""
        return self.makes("referral", "/staff", {"code": f"{code}-{self.mark}", "employer": f"community:{STREET}"})

    def team(self, code: str) -> tuple[str, str]:
        """An active team that offers company: its id and its party."""
        made = self.makes("referral", "/organizations", {"kind": "volunteer_team", "code": f"{code}-{self.mark}"})
        self.asks("referral", f"/organizations/{made}/verification", {"evidence_kind": "document"})
        self.asks("referral", f"/organizations/{made}/activation", {})
        self.makes("referral", "/offerings", {"organization_id": made, "service_codes": ["companionship"]})
        return made, f"team:{made}"

    def case(self, owner: str, *receivers: str) -> dict[str, str]:
        """A person with a consent that names the receivers, and a case with this owner."""
        person = self.makes("intake", "/persons", {"station": STREET, "age_band": "adult"})
        consent = self.makes("intake", "/consents", {
            "person_id": person, "by": "self", "purposes": ["casework", "referral"], "categories": ["identity"],
            "method": "written", "notice_version": "1", "receivers": list(receivers),
        })  # fmt: skip
        case = self.makes("intake", "/cases", {"person_id": person, "owner": owner, "area": STREET})
        return {"person": person, "consent": consent, "case": case}

    def referral(self, told: dict[str, str], organization: str, kind: str = "referral") -> str:
        """The case's need, or the case itself, offered to an organization."""
        draft = {
            "matter_id": told["case"], "case_id": told["case"], "person_id": told["person"], "kind": kind,
            "need_codes": ["companionship"], "consent_id": told["consent"],
        }  # fmt: skip
        made = self.makes("referral", "/referrals", draft)
        self.asks("referral", f"/referrals/{made}/readiness", {})
        self.asks("referral", f"/referrals/{made}/offers", {"organization_id": organization, "mode": "direct"})
        return made


@pytest.fixture
def street(reference: Reference) -> Street:
    """A street of its own in the shared hub."""
    return Street(reference.hub)


def departure(street: Street, staff_id: str) -> dict[str, Any] | None:
    """The worker's line in the list of departures."""
    items = street.sees("/referral/v1/departures")["items"]
    return next((item for item in items if item["staff_id"] == staff_id), None)


def test_a_worker_leaves_when_each_open_matter_has_a_new_owner(street: Street):
    """H14, INV-1: leaving is blocked, everything moves at once, and somebody answers at every moment."""
    old, new = street.party("w-old"), street.party("w-new")
    leaving, _ = street.worker("w-old"), street.worker("w-new")
    team, party = street.team("lotus")
    told = [street.case(old, party), street.case(old)]
    rounds = street.makes("intake", "/visit-plans", {
        "person_id": told[1]["person"], "cadence": "daily", "visitor": old, "unit": POINT, "area": STREET,
        "basis": "told",
    })  # fmt: skip
    street.rests()
    referral = street.referral(told[0], team)
    street.asks("referral", f"/staff/{leaving}/notice", {"last_day": "2030-01-31", "reason_code": "resigned"})
    street.rests()

    flagged = departure(street, leaving)
    matters = {told[0]["case"], told[1]["case"], rounds}
    assert flagged is not None
    assert set(flagged["open_matters"]) == matters
    refused = street.asks("referral", f"/staff/{leaving}/leaving", {"reason_code": "resigned"}, 409)
    assert refused["code"] == "matters-open"
    assert "take-over-cases" in refused["allowed"]

    over = {"from_worker": old, "owner": new, "reason_code": "worker-left"}
    assert {one["id"] for one in street.asks("intake", "/case-takeovers", over)["moved"]} == matters
    assert street.asks("intake", "/case-takeovers", over)["moved"] == []
    street.rests()

    emptied = departure(street, leaving)
    assert emptied is not None
    assert (emptied["open_matters"], emptied["open_needs"]) == ([], [])
    assert street.sees(f"/referral/v1/referrals/{referral}")["origin"] == new
    street.asks("referral", f"/staff/{leaving}/leaving", {"reason_code": "resigned"})
    assert departure(street, leaving) is None
    for matter in matters:
        assert owners(street, matter) == [old, new]


def owners(street: Street, matter: str) -> list[str]:
    """Who answered for a matter, one after the other, with no moment between in which nobody did."""
    custody = street.sees(f"/audit/v1/matters/{matter}/custody", role="auditor")
    chain = [one for one in custody["intervals"] if one["need_id"] is None]
    assert all(before["to"] == after["from"] for before, after in pairwise(chain))
    assert custody["findings"] == []
    return [holder for one in chain for holder in one["holders"]]


def test_an_organization_leaves_and_nothing_of_it_stays(street: Street):
    """H14, INV-43: offers are withdrawn, what it holds comes back, its access ends, its receipts are collected."""
    owner = street.party("w-own")
    street.worker("w-own")
    team, party = street.team("harbour")
    told = [street.case(owner, party), street.case(owner, party)]
    moved = street.case(owner, party)
    street.rests()
    held, asked = (street.referral(one, team) for one in told)
    taken_over = street.referral(moved, team, "transfer")
    behalf = {"org": party, "evidence_kind": "phone"}
    for one in (held, taken_over):
        street.asks("referral", f"/referrals/{one}/acceptance", {"organization_id": team}, behalf=behalf)
    street.rests()
    assert street.sees(f"/intake/v1/cases/{moved['case']}")["state"] == "transferred"
    disclosed = street.sees(f"/intake/v1/disclosures?person_id={told[0]['person']}")["items"]
    assert [one["state"] for one in disclosed] == ["live"]
    assert reads(street, told[0]["person"], party) == 200

    street.asks("referral", f"/organizations/{team}/retirement", {"reason_code": "dissolved"})
    street.rests()

    assert street.sees(f"/referral/v1/referrals/{held}")["state"] == "ready"
    assert street.sees(f"/referral/v1/referrals/{held}")["holder"] == owner
    assert street.sees(f"/referral/v1/referrals/{asked}")["state"] == "ready"
    offers = street.sees(f"/referral/v1/offers?organization_id={team}")["items"]
    assert {one["state"] for one in offers} == {"returned", "withdrawn"}
    # A case that it had taken over is the station's again, with the matter; somebody answered at every moment.
    case = street.sees(f"/intake/v1/cases/{moved['case']}")
    assert (case["state"], case["owner"]) == ("opened", owner)
    assert owners(street, moved["case"]) == [owner, party, owner]
    offerings = street.sees(f"/referral/v1/offerings?organization_id={team}")["items"]
    assert [one["state"] for one in offerings] == ["withdrawn"]
    assert reads(street, told[0]["person"], party) == 404
    again = street.asks("referral", f"/referrals/{asked}/offers", {"organization_id": team, "mode": "direct"}, 409)
    assert again["code"] == "organization-not-active"

    (given,) = street.sees(f"/intake/v1/disclosures?person_id={told[0]['person']}")["items"]
    assert (given["state"], given["deletion"]) == ("revoked", "demanded")
    receipt = f"/disclosures/{given['disclosure_id']}/deletion-answer"
    street.asks("intake", receipt, {"result": "deleted"}, behalf=behalf)
    (answered,) = street.sees(f"/intake/v1/disclosures?person_id={told[0]['person']}")["items"]
    assert answered["deletion"] == "deleted"


def reads(street: Street, person: str, party: str) -> int:
    """What the organization is answered when it wants to know who the person is."""
    me = Actor(id="p-01", role="partner", org=party)
    path = f"/intake/v1/persons/{person}/identity?why=referral&categories=identity"
    return street.hub.ask("GET", path, role=me.role, ident=me.id, org=me.org).status_code
