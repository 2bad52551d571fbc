"""H8: a village worker brings February's sheets in March; what was known then and what was so are two questions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.reference import Reference
from tests.support.station import COMMUNITY, WORKER, Station

pytestmark = [pytest.mark.scenario, pytest.mark.usefixtures("loud")]

PAPER = "village-2026-02/7"
FEBRUARY = {"at": "2026-02-10T09:00:00+08:00", "precision": "day", "channel": "paper",
            "behalf": {"org": "village-7", "evidence_kind": "paper", "evidence_ref": PAPER}}  # fmt: skip
END_OF_FEBRUARY = "2026-02-28T23:59:59+08:00"


@pytest.fixture
def station(reference: Reference) -> Station:
    """A station in the reference deployment."""
    return Station(reference.hub)


def now() -> str:
    """This moment, as it is asked for."""
    return datetime.now(UTC).isoformat()


def test_what_was_known_and_what_was_so_differ_and_both_can_be_told_again(station: Station):
    """INV-30, INV-38."""
    person = station.person()
    station.consents(person)
    january = {"at": "2026-01-05T10:00:00+08:00", "precision": "instant"}
    asked = {"unit": f"community:{COMMUNITY}", "area": COMMUNITY, "person_id": person}
    matter = station.do("/intake/help-requests", asked, **january)["id"]
    station.do(f"/intake/help-requests/{matter}/triage", {"urgency": "normal", "disposition": "case"}, **january)
    opened = {"person_id": person, "request_id": matter, "owner": f"worker:{WORKER.id}", "area": COMMUNITY}
    case = station.do("/intake/cases", opened, **january)["id"]
    station.do(f"/intake/cases/{case}/assessment", {"need_codes": ["economic-hardship"]}, **january)
    plan = {"goals": [{"code": "economic-support"}], "agreed_by": "client"}
    station.do(f"/intake/cases/{case}/plan", plan, **january)
    closing = {"reason_code": "goals-reached", "early_reason": "client-wish"}
    station.do(f"/intake/cases/{case}/closing", closing, at="2026-02-05T10:00:00+08:00", precision="instant")
    station.settles()
    known_then = now()

    # The sheet comes: it tells of a day after the closing, and that is shown and not hidden.
    station.do(f"/intake/cases/{case}/services",
               {"kind": "sport", "paper_ref": PAPER, "observed_by": "worker:w-village"}, **FEBRUARY)  # fmt: skip
    station.settles()
    (record,) = [r for r in station.get(f"/intake/cases/{case}/records")["records"] if r["kind"] == "service"]
    assert record["conflict"] == "recorded-after-closing"
    assert (record["paper_ref"], record["observed_by"], record["typed_by"]) == (PAPER, "worker:w-village", "w-01")
    assert record["delay_days"] > 10
    (late,) = station.items(f"/intake/late-entries?about_id={case}")
    assert (late["paper_ref"], late["delay_days"], late["behalf"]) == (PAPER, record["delay_days"], "village-7")
    months = {row["month"]: row["services"] for row in station.items(f"/intake/case-months?case_id={case}")}
    assert months == {"2026-02": 1}, "February's figure has changed, not that of the day on which it was typed"

    # As known then, and as it was, known now: two answers, each the same whenever it is asked.
    as_known = station.replay(matter, valid_at=END_OF_FEBRUARY, known_at=known_then)
    as_it_was = station.replay(matter, valid_at=END_OF_FEBRUARY, known_at=now())
    types = [[line["type"] for line in told["timeline"]] for told in (as_known, as_it_was)]
    assert "case.service-delivered" not in types[0]
    assert "case.service-delivered" in types[1]
    later = now()
    for times, first in (
        ({"valid_at": END_OF_FEBRUARY, "known_at": known_then}, as_known),
        ({"valid_at": END_OF_FEBRUARY, "known_at": as_it_was["known_at"]}, as_it_was),
    ):
        again = station.replay(matter, **times)
        assert {k: again[k] for k in ("timeline", "size", "root")} == {
            k: first[k] for k in ("timeline", "size", "root")
        }
    assert later > known_then

    # For reading, in the order in which it happened; for proof, in that in which it was told.
    lines = [line for line in as_it_was["timeline"] if line["stream"] == f"case/{case}"]
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    served = next(line for line in lines if line["type"] == "case.service-delivered")
    assert served["version"] == max(line["version"] for line in lines)


def test_a_sheet_of_february_s_visits_counts_in_february(station: Station):
    person = station.person()
    plan = station.do("/intake/visit-plans", {"person_id": person, "cadence": "weekly", "visitor": "worker:w-village",
                      "unit": f"community:{COMMUNITY}", "area": COMMUNITY, "basis": "seen"},
                      at="2026-01-05T10:00:00+08:00")["id"]  # fmt: skip
    sheet = {
        "visits": [{"on": "2026-02-03"}, {"on": "2026-02-10"}],
        "paper_ref": PAPER,
        "observed_by": "worker:w-village",
    }
    station.refused("say-when", f"/intake/visit-plans/{plan}/visit-sheets", sheet)
    station.do(f"/intake/visit-plans/{plan}/visit-sheets", sheet, **FEBRUARY)
    (month,) = station.items(f"/intake/visit-months?plan_id={plan}")
    assert (month["month"], month["made"]) == ("2026-02", 2)
    (late,) = station.items(f"/intake/late-entries?about_id={plan}")
    assert late["paper_ref"] == PAPER
