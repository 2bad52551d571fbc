"""An auditor plans a sample, looks at what it draws, raises a finding; the station answers; the auditor ends it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from services.kernel.message import Actor
from tests.scenario.conftest import Told
from wushe.commands.findings import findings, sample
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


def test_an_auditor_samples_and_finds_from_the_command_line(on_one_machine: Told):
    expectations.settled(on_one_machine.teller)
    hub, by = on_one_machine.hub, (datetime.now(UTC) + timedelta(days=10)).date().isoformat()

    def called(command: Any, *words: str, role: str = "auditor", org: str = "") -> Any:
        token = hub.token_for(Actor(id=f"{role}-8", role=role, org=org))
        done = CliRunner().invoke(command, [*words, "--url", hub.url, "--token", token, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.output)

    drawn = called(sample, "--seed", "2026-q4", "--per-stratum", "1", "--kind", "case")
    again = called(sample, "--again", drawn["id"])
    assert [each["drawn"] for each in again["strata"]] == [each["drawn"] for each in drawn["strata"]] != []
    head: dict[str, Any] = {"role": "station_head", "org": "220104"}
    own = hub.ask("GET", "/audit/v1/matters", **head).json()["items"][0]["matter_id"]
    made = called(findings, "raise", own, "no-consent", "--answer-by", by, "--sample", drawn["id"], "--entry", "3")
    listed = called(findings, "list", "--matter", own)["raised"]
    assert made["id"] in {row["finding_id"] for row in listed if row["state"] == "raised"}
    called(findings, "answer", made["id"], "consent-on-paper", **head)
    called(findings, "reopen", made["id"], "paper-missing", "--answer-by", by)
    called(findings, "resolve", made["id"], "settled")
    ended = called(findings, "list", "--state", "resolved")
    assert made["id"] in {row["finding_id"] for row in ended["raised"]} and set(ended) == {"raised"}
