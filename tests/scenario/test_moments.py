"""A matter at any two moments, over the running hub: what was so, by what was known, and what changed our mind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.scenario.conftest import Told
from tests.support.reference import Reference
from tests.support.station import COMMUNITY, Station
from tests.support.waiting import until
from wushe.demo import expectations

pytestmark = pytest.mark.scenario

PAPER = {"at": "2026-02-10T09:00:00+08:00", "precision": "day", "channel": "paper",
         "behalf": {"org": "village-7", "evidence_kind": "paper", "evidence_ref": "village-2026-02/9"}}  # fmt: skip
END_OF_FEBRUARY = "2026-02-28T23:59:59+08:00"


def now() -> str:
    return datetime.now(UTC).isoformat()


def caught_up(told: Told) -> int:
    """Wait until the rows over both times have come as far as the ledger stood when it was asked."""
    size = int(told.teller.get("audit", "/ledger/head")["size"])
    (matter, *_) = told.teller.items("audit", "/matters")
    until(
        lambda: told.teller.get("audit", f"/matters/{matter['matter_id']}/state")["size"] >= size, "rows are there", 60
    )
    return size


def test_a_matter_now_is_what_all_its_entries_say(on_one_machine: Told):
    """INV-1, INV-32."""
    expectations.settled(on_one_machine.teller)
    caught_up(on_one_machine)
    teller = on_one_machine.teller
    for row in teller.items("audit", "/matters"):
        matter = row["matter_id"]
        shown, plain = (teller.get("audit", f"/matters/{matter}/{what}") for what in ("state", "replay"))
        assert (shown["open"], shown["holders"]) == (plain["open"], plain["holders"])
        needs = {n["need_id"]: n["holders"] for n in plain["needs"] if n["open"]}
        assert {n["need_id"]: n["holders"] for n in shown["needs"] if n["open"]} == needs
        for section in ("requests", "cases", "referrals", "tasks", "grants", "pairings", "visit_plans"):
            said = {each["id"]: (each["state"], each["said"]) for each in plain[section]}
            assert {each["id"]: (each["state"], each["said"]) for each in shown[section]} == said
        assert not any(each["broken"] for each in shown["custody"])


def test_the_hands_of_the_time_machine_stop_at_moments_that_can_be_asked_for(on_one_machine: Told):
    expectations.settled(on_one_machine.teller)
    caught_up(on_one_machine)
    teller = on_one_machine.teller
    row = max(teller.items("audit", "/matters"), key=lambda each: each["last_entry"])
    found = teller.get("audit", f"/matters/{row['matter_id']}/moments")
    assert found["known"] and found["valid"] and found["custody"] and len(found["lanes"]) == 6
    first, last = found["known"][0], found["known"][-1]
    early = teller.get("audit", f"/matters/{row['matter_id']}/state", size=str(first["size"]))
    until(
        lambda: teller.get("audit", f"/matters/{row['matter_id']}/state", size=str(early["size"]))["checkpoint"],
        "it is signed",
    )
    early = teller.get("audit", f"/matters/{row['matter_id']}/state", size=str(first["size"]))
    assert early["size"] == first["size"]
    head = early["checkpoint"]
    told = teller.get("audit", f"/matters/{row['matter_id']}/state", checkpoint=head)
    assert told["size"] == int(head.splitlines()[1]) >= early["size"]
    diff = teller.get(
        "audit", f"/matters/{row['matter_id']}/diff", from_size=str(first["entry"]), to_size=str(last["size"])
    )
    named = {each["entry"] for each in diff["entries"]}
    assert named <= {each["entry"] for each in found["known"]} | named
    assert {idx for each in diff["differences"] for idx in each["entries"]} == named
    assert diff["from"]["size"] == first["entry"] < diff["size"] == last["size"]


def test_what_a_late_sheet_changes_is_told_with_the_entry_that_changed_it(reference: Reference):
    """INV-30"""
    station = Station(reference.hub)
    person = station.person()
    station.consents(person)
    plan = station.do("/intake/visit-plans", {"person_id": person, "cadence": "weekly", "visitor": "worker:w-village",
                      "unit": f"community:{COMMUNITY}", "area": COMMUNITY, "basis": "seen"},
                      at="2026-01-05T10:00:00+08:00")["id"]  # fmt: skip
    station.settles()
    known_then = now()
    sheet = {"visits": [{"on": "2026-02-10"}], "paper_ref": "village-2026-02/9", "observed_by": "worker:w-village"}
    station.do(f"/intake/visit-plans/{plan}/visit-sheets", sheet, **PAPER)
    station.settles()
    matter = plan  # a plan of visits is a matter of its own
    size = station.get("/audit/ledger/head")["size"]

    def state(**times: Any) -> dict[str, Any]:
        query = "&".join(f"{name}={str(value).replace('+', '%2B')}" for name, value in times.items())
        return dict(station.get(f"/audit/matters/{matter}/state?{query}"))

    until(lambda: state()["size"] >= size, "rows are there", 60)
    was, is_ = (state(valid_at=END_OF_FEBRUARY, known_at=known_at) for known_at in (known_then, now()))
    assert (was["visit_plans"][0]["state"], is_["visit_plans"][0]["state"]) != ("made", "made")
    then = known_then.replace("+", "%2B")
    to = now().replace("+", "%2B")
    told = station.get(
        f"/audit/matters/{matter}/diff?from_known_at={then}&to_known_at={to}&valid_at={END_OF_FEBRUARY.replace('+', '%2B')}"
    )
    assert {"visit.made"} <= {each["type"] for each in told["entries"]}
    assert all(each["known_at"] > known_then[:19] for each in told["entries"])
    again = state(valid_at=END_OF_FEBRUARY, size=was["size"])
    later = {"checkpoint": again["checkpoint"], "valid_at": again["valid_at"]}
    assert again == was | later, "the same, whenever it is asked; its head may have been signed since"
    asked = station.get(f"/audit/matters/{matter}/questions?then={END_OF_FEBRUARY.replace('+', '%2B')}")
    assert asked["then"]["as_known_then"]["visit_plans"] == []
    assert asked["then"]["as_known_now"]["visit_plans"] == is_["visit_plans"]
    assert asked["learnt_since"]["differences"]


def test_who_has_seen_what_about_a_person_is_one_question(on_one_machine: Told):
    """INV-33: and that somebody asked stands there as well, the next time."""
    expectations.settled(on_one_machine.teller)
    caught_up(on_one_machine)
    hub, teller = on_one_machine.hub, on_one_machine.teller
    states = [teller.get("audit", f"/matters/{row['matter_id']}/state") for row in teller.items("audit", "/matters")]
    person = next(each["person_id"] for found in states for each in found["persons"])
    found = teller.get("audit", f"/persons/{person}/access", purpose="own-request")
    assert {"replayed"} <= {each["act"] for each in found["items"]}, "the looks of this very test among them"
    size = int(teller.get("audit", "/ledger/head")["size"])
    until(lambda: teller.get("audit", f"/persons/{person}/access")["size"] > size, "rows are there")
    again = teller.get("audit", f"/persons/{person}/access")
    assert "reported" in {each["act"] for each in again["items"]}
    own = hub.ask("GET", f"/audit/v1/persons/{person}/access", role="client", ident=person, org="")
    other = hub.ask("GET", f"/audit/v1/persons/{person}/access", role="client", ident="somebody-else", org="")
    worker = hub.ask("GET", f"/audit/v1/persons/{person}/access", role="worker", ident="w-01", org="220104004001")
    assert (own.status_code, other.status_code, worker.status_code) == (200, 404, 403)
