"""H6: the client has died; everything ends at once and quietly, and a false report can be taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.kernel.message import Actor
from tests.support.reference import Reference
from tests.support.station import COMMUNITY, COORDINATOR, HEAD, STREET, WORKER, Station, Told
from tests.support.waiting import until

pytestmark = [pytest.mark.scenario, pytest.mark.usefixtures("loud")]

NEED = "housework"
TODAY = datetime.now(UTC).date()
DIED_ON = TODAY - timedelta(days=3)
OUTGOING = {
    "task.client-contacted",
    "help-request.followed-up",
    "consent.requested",
    "reminder.sent",
    "case.followed-up",
}
"""What would reach the client or the family, or whoever was to go there."""


@pytest.fixture
def station(reference: Reference) -> Station:
    """A station in the reference deployment."""
    return Station(reference.hub)


def organization(station: Station) -> Told:
    """A team that helps at home, with somebody who speaks for it."""
    made = station.do("/referral/organizations", {"kind": "volunteer_team", "code": f"team-{uuid4().hex[:8]}"}, HEAD)[
        "id"
    ]
    station.do(f"/referral/organizations/{made}/verification", {"evidence_kind": "known-locally"}, HEAD)
    station.do(f"/referral/organizations/{made}/activation", {}, HEAD)
    station.do("/referral/offerings", {"organization_id": made, "service_codes": [NEED], "areas": [STREET]}, HEAD)
    return {"id": made, "party": f"team:{made}", "speaker": Actor(id=f"p-{made[:8]}", role="partner", org=made)}


def at_work(station: Station) -> Told:
    """Somebody who is helped from all sides: a case, an offer, a task, visits, money paid and money promised."""
    team = organization(station)
    person = station.person()
    consent = station.consents(person, team["party"], purposes=("casework", "referral", "grant"))
    matter = station.request(person)
    case = station.case(person, matter)
    station.settles()
    slip = {"matter_id": matter, "person_id": person, "kind": "referral", "need_codes": [NEED], "consent_id": consent,
            "origin": f"worker:{WORKER.id}", "areas": [COMMUNITY]}  # fmt: skip
    referral = station.do("/referral/referrals", slip, WORKER)["id"]
    station.do(f"/referral/referrals/{referral}/readiness", {}, WORKER)
    station.do(f"/referral/referrals/{referral}/offers", {"organization_id": team["id"]}, WORKER)
    task = station.do("/volunteer/tasks", {"matter_id": matter, "person_id": person, "holder": f"worker:{WORKER.id}",
                      "dispatcher": f"worker:{WORKER.id}", "kind": NEED, "headcount": 1, "urgency": "normal",
                      "area": COMMUNITY}, WORKER)["id"]  # fmt: skip
    grants = {kind: grant(station, person, matter, kind) for kind in ("promised", "paid")}
    plan = station.do("/intake/visit-plans", {"person_id": person, "cadence": "daily", "visitor": "worker:w-zyh",
                      "unit": f"community:{COMMUNITY}", "area": COMMUNITY, "basis": "seen"},
                      at=f"{DIED_ON - timedelta(days=9)}T08:00:00+08:00")["id"]  # fmt: skip
    for day in (DIED_ON - timedelta(days=1), DIED_ON + timedelta(days=1), TODAY - timedelta(days=1)):
        station.do(f"/intake/visit-plans/{plan}/visits", {"on": day.isoformat()})
    station.settles()
    return {"person": person, "matter": matter, "case": case, "referral": referral, "task": task, "plan": plan,
            "team": team, **grants}  # fmt: skip


def grant(station: Station, person: str, matter: str, kind: str) -> str:
    """Money that was approved, and some of it paid if so."""
    asked = {"matter_id": matter, "person_id": person, "purpose_code": "economic-hardship" if kind == "paid" else "tuition",
             "applicant": f"worker:{WORKER.id}"}  # fmt: skip
    giver = {"behalf": {"org": "unknown", "evidence_kind": "unknown"}}
    made = station.do("/referral/grants", asked, WORKER)["id"]
    station.do(f"/referral/grants/{made}/approval", {"amount_fen": 50000}, COORDINATOR, **giver)
    if kind == "paid":
        paid = {"payee_kind": "family", "amount_fen": 20000, "final": True}
        station.do(f"/referral/grants/{made}/payments", paid, COORDINATOR, **giver)
    return str(made)


def test_a_death_ends_everything_quietly_and_a_false_report_is_taken_back(station: Station):
    """INV-44."""
    known = at_work(station)
    person, partner = known["person"], known["team"]["speaker"]
    marks = {publisher: station.head(publisher) for publisher in ("intake", "referral", "volunteer")}
    station.do(f"/intake/persons/{person}/death", {"evidence_kind": "document", "on": DIED_ON.isoformat()})

    def state(path: str) -> Any:
        return station.get(path)["state"]

    until(lambda: state(f"/referral/referrals/{known['referral']}") == "withdrawn", "the offer is off")
    until(lambda: state(f"/volunteer/tasks/{known['task']}") == "cancelled", "the task is off")
    station.settles()
    assert station.get(f"/intake/cases/{known['case']}")["close_reason"] == "deceased"
    assert state(f"/intake/visit-plans/{known['plan']}") == "ended"
    assert state(f"/referral/grants/{known['promised']}") == "lapsed"
    paid = station.get(f"/referral/grants/{known['paid']}")
    assert (paid["state"], paid["return_asked_at"] is not None) == ("paid", True)

    # Visits of the days in between are to be looked at, and are still there.
    visits = {row["on_day"]: row["review"] for row in station.items(f"/intake/records?about_id={known['plan']}")}
    assert visits == {
        str(DIED_ON - timedelta(days=1)): None,
        str(DIED_ON + timedelta(days=1)): "after-death",
        str(TODAY - timedelta(days=1)): "after-death",
    }

    # Nothing goes out to the client or the family, and nothing can.
    since = [event for publisher, mark in marks.items() for event in station.log(publisher, mark)]
    assert not {event["type"] for event in since} & OUTGOING
    asked = {"person_id": person, "purposes": ["casework"], "categories": ["identity"], "notice_version": "2026-1"}
    station.refused("person-deceased", "/intake/consent-requests", asked)

    # Nobody outside is told why.
    told = station.hub.deliveries(partner)
    assert any(event["type"] == "offer.withdrawn" for event in told)
    assert not any(word in str(told) for word in ("died", "death", "deceased", str(DIED_ON)))
    assert station.get(f"/intake/persons/{person}/identity?why=referral", partner) is None

    # What near relatives want is a request, decided by people; until then nothing is opened to them and nothing deleted.
    wanted = {"by": "near_relative", "ground": "relatives", "evidence_kind": "statement"}
    station.do(f"/intake/persons/{person}/erasure", wanted)
    assert station.get(f"/intake/erasures/{person}")["state"] == "requested"
    assert station.get(f"/intake/persons/{person}/identity?why=casework", COORDINATOR) is not None

    # The report was wrong: two persons say so, and what had ended is taken up again.
    station.do(f"/intake/persons/{person}/death/correction", {"reason_code": "typing-error"}, approved="correct-death",
               about=person)  # fmt: skip
    station.settles()
    assert {row["review"] for row in station.items(f"/intake/records?about_id={known['plan']}")} == {None}
    assert station.get(f"/referral/grants/{known['paid']}")["return_asked_at"] is None
    station.do(f"/intake/cases/{known['case']}/reopening", {"reason_code": "not-over"})
    assert state(f"/intake/cases/{known['case']}") == "opened"
    assert date.fromisoformat(str(DIED_ON)) < TODAY
