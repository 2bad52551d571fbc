"""An auditor plans a sample, looks at what it draws, raises a finding; the station answers; the auditor ends it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.scenario.conftest import Told
from wushe.demo import expectations

pytestmark = pytest.mark.scenario


def test_a_sample_is_planned_drawn_covered_and_a_finding_is_answered_and_resolved(on_one_machine: Told):
    expectations.settled(on_one_machine.teller)
    hub = on_one_machine.hub

    def ask(method: str, path: str, body: Any = None, role: str = "auditor", org: str = "") -> Any:
        return hub.ask(method, f"/audit/v1{path}", body, role=role, ident=f"{role}-7", org=org)

    planned = ask("POST", "/samples", {"seed": "2026-q4", "per_stratum": 2, "purpose": "yearly-review"})
    assert planned.status_code == 201, planned.text
    plan = planned.json()
    drawn = ask("GET", f"/samples/{plan['id']}/draw").json()
    assert drawn == ask("GET", f"/samples/{plan['id']}/draw").json()
    assert drawn["size"] == plan["size"]
    assert drawn["coverage"]["looked_at"] == 0 < drawn["coverage"]["drawn"] <= drawn["coverage"]["population"]

    # An outsider with the ledger draws the same: each matter by its first entry, in the order of the seed.
    first: dict[str, tuple[str | None, str]] = {}
    after: int | None = 0
    while after is not None:
        page = ask("GET", f"/ledger?after={after}&limit=1000").json()
        for each in page["items"]:
            if each["idx"] < plan["size"]:
                told = each["entry"]
                matter = told and told["event"]["data"].get("matter_id")
                if matter:
                    first.setdefault(matter, (told["event"]["data"].get("area"), told["stream"].partition("/")[0]))
        after = page["next"]
    for stratum in drawn["strata"]:
        some = [m for m, place in first.items() if place == (stratum["station"], stratum["kind"])]
        some.sort(key=lambda m: hashlib.sha256(f"2026-q4\0{m}".encode()).digest())
        assert [each["matter_id"] for each in stratum["drawn"]] == some[:2]
        assert stratum["population"] == len(some)

    head: dict[str, str] = {"role": "station_head", "org": "220104"}
    own = [row["matter_id"] for row in ask("GET", "/matters", **head).json()["items"]]
    by = (datetime.now(UTC) + timedelta(days=10)).isoformat()
    wanted = {"matter_id": own[0], "finding_code": "no-consent", "answer_by": by, "sample_id": plan["id"]}
    assert ask("POST", "/audit-findings", wanted, **head).status_code == 403, "a station raises none"
    finding = ask("POST", "/audit-findings", wanted).json()["id"]
    answer = {"answer_code": "consent-on-paper"}
    assert ask("POST", f"/audit-findings/{finding}/answer", answer).status_code == 403, "an auditor answers none"
    elsewhere = ask("POST", f"/audit-findings/{finding}/answer", answer, "station_head", "330102")
    assert elsewhere.status_code == 404
    assert ask("POST", f"/audit-findings/{finding}/answer", answer, **head).status_code == 200
    again = {"reason_code": "paper-missing", "answer_by": by}
    assert ask("POST", f"/audit-findings/{finding}/reopening", again).status_code == 200
    assert ask("POST", f"/audit-findings/{finding}/answer", answer, **head).status_code == 200
    assert ask("POST", f"/audit-findings/{finding}/resolution", {"result_code": "settled"}).status_code == 200
    shown = ask("GET", f"/audit-findings/{finding}", **head).json()
    assert (shown["state"], shown["answer_code"], shown["result_code"], shown["late"]) == (
        "resolved", "consent-on-paper", "settled", False,
    )  # fmt: skip
