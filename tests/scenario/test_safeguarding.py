"""H7: a minor at risk is found during a harmless referral; nothing stands in the way, and nobody else learns of it.

Over RabbitMQ and PostgreSQL: consent withdrawn, the guardian refusing, the referral closed and the broker stopped; and
the bus repeats and reorders before that and after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.scenario.conftest import Told, all_ways, told
from tests.support.reference import Reference
from wushe.demo import expectations

pytestmark = pytest.mark.scenario

CONCERNS = "/intake/v1/safeguarding-concerns"
HEAD = {"role": "station_head", "ident": "w-head", "org": "2201"}
SITUATIONS = [str(number) for number in range(1, 10)]
ANYBODY = ("volunteer", "team_leader", "partner", "dispatcher", "grid_worker", "client")
BRUISES = "胳膊上有多处淤青"


class Child:
    """小伟, as the stories left him, with the team that accompanies him."""

    def __init__(self, stories: Told) -> None:
        self.stories, self.hub, ids = stories, stories.hub, stories.report.stories["xiaowei"]
        self.person, self.matter, self.referral = ids["person"], ids["matter"], ids["referral"]
        self.consent, self.mother = ids["consent"], ids["mother"]
        self.team = str(
            stories.teller.items("referral", "/organizations", code="leifeng-nanguan")[0]["organization_id"]
        )

    def driver(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """Somebody of the team, who has seen him."""
        return self.hub.ask(method, path, body, role="partner", ident="p-driver", org=self.team, **headers)

    def worker(self, path: str, body: Any) -> None:
        """His social worker, on his file."""
        answer = self.hub.ask("POST", f"/intake/v1{path}", body, role="supervisor", ident="w-zsl", org="jida-fangzhou")
        assert answer.status_code in (200, 201), answer.text

    def settles(self) -> None:
        """Until every service has heard what the others said."""
        expectations.settled(self.stories.teller)

    def events(self, **who: str) -> list[dict[str, Any]]:
        """Intake's raw events, as this one gets them: others have filled the same log before."""
        events: list[dict[str, Any]] = []
        while page := self.hub.ask("GET", f"/intake/events?after={_last(events)}&limit=1000", **who).json():
            events += page
        return events


def _last(events: list[dict[str, Any]]) -> int:
    return int(events[-1]["position"]) if events else 0


@pytest.fixture(scope="module")
def child(reference: Reference) -> Child:
    """With the consent withdrawn, the guardian refusing, and the referral ended by that."""
    child = Child(told(reference.hub))
    no = {
        "person_id": child.person,
        "by": "guardian",
        "purposes": ["referral"],
        "categories": ["identity"],
        "method": "oral",
    }
    with all_ways(reference, seed=70):
        child.worker(f"/consents/{child.consent}/withdrawal", {"by": "guardian"})
        child.worker("/consent-refusals", no)
        child.settles()
    state = child.hub.ask("GET", f"/referral/v1/referrals/{child.referral}", role="auditor").json()["state"]
    assert state in ("withdrawn", "closed")
    return child


@pytest.fixture(scope="module")
def raised(child: Child, reference: Reference) -> Iterator[str]:
    """What the driver saw, raised and reported while the broker is stopped.

    The broker comes back, and from then on brings everything more than once and out of order.
    """
    reference.rabbit.kill9()
    try:
        earlier = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
        seen = {
            "situation_code": "4", "person_id": child.person, "about_matter_id": child.matter, "guardian_suspected": True,
            "what": BRUISES, "happened": {"at": earlier, "channel": "phone"},
        }  # fmt: skip
        answer = child.driver("POST", CONCERNS, seen, Idempotency_Key=uuid4().hex)
        assert answer.status_code == 201, answer.text
        concern = str(answer.json()["id"])
        report = {"authority_kind": "police", "report_channel": "phone", "happened": {"at": earlier}}
        reported = child.driver("POST", f"{CONCERNS}/{concern}/report", report)
        assert reported.status_code == 200, reported.text
    finally:
        reference.rabbit.restart()
    with all_ways(reference, seed=7):
        child.settles()
        yield concern


def test_it_is_recorded_with_consent_withdrawn_guardian_refusing_referral_closed_and_broker_stopped(
    child: Child, raised: str
):
    """INV-10."""
    events = child.events(role="service")
    ours = [event for event in events if event["subject"] == f"safeguarding/{raised}"][:2]
    assert [event["type"] for event in ours] == ["safeguarding.concern-raised", "safeguarding.reported"]
    for event in ours:
        assert datetime.fromisoformat(event["effectiveat"]) < datetime.fromisoformat(event["time"]) - timedelta(hours=2)
    assert BRUISES not in str(events)


@pytest.mark.parametrize("code", SITUATIONS)
def test_each_of_the_nine_situations_is_raised_with_nothing_else_by_anybody(child: Child, raised: str, code: str):
    role = ANYBODY[int(code) % len(ANYBODY)]
    answer = child.hub.ask("POST", CONCERNS, {"situation_code": code}, role=role, ident=f"x-{code}", org="")
    assert answer.status_code == 201, answer.text


def test_nothing_at_all_is_required(child: Child, raised: str):
    assert child.driver("POST", CONCERNS, {}).status_code == 201


def test_a_supervisor_is_informed_and_cannot_block(child: Child, raised: str):
    """INV-10: two persons may decide that it need not be reported; reporting goes on all the same."""
    shown = child.hub.ask("GET", f"{CONCERNS}/{raised}?why=supervision", **HEAD)
    assert shown.status_code == 200, shown.text
    assert (shown.json()["state"], shown.json()["guardian_suspected"]) == ("reported", True)
    assert BRUISES in str(shown.json()["notes"])
    other = str(child.driver("POST", CONCERNS, {"person_id": child.person}).json()["id"])
    asked = {"reason_code": "other", "approver": "w-second"}
    path, by = f"{CONCERNS}/{other}/not-reportable", {"asker": "w-head", "by": "w-second", "org": "2201"}
    alone = child.hub.ask("POST", path, asked, **HEAD)
    assert (alone.status_code, alone.json()["code"]) == (409, "approval-needed")
    word = child.hub.approved("decide-not-reportable", other, asked, **by)
    decided = child.hub.ask("POST", path, asked, **HEAD, Approval=word)
    assert decided.status_code == 200, decided.text
    again = child.driver("POST", f"{CONCERNS}/{other}/report", {"authority_kind": "police"})
    assert again.json()["events"] == ["safeguarding.reported"]


def test_whoever_is_not_named_gets_one_answer_for_what_there_is_and_what_there_is_not(child: Child, raised: str):
    """INV-11: status, body and headers are the same."""
    others = [
        {"role": "station_head", "ident": "w-far", "org": "3301"}, {"role": "supervisor", "ident": "w-far", "org": "3301"},
        {"role": "coordinator", "org": "2201"}, {"role": "worker", "org": "2201"},
        {"role": "partner", "ident": "p-driver", "org": child.team}, {"role": "volunteer", "ident": str(uuid4()), "org": ""},
        {"role": "client", "ident": child.mother, "org": ""}, {"role": "auditor", "ident": "a-01", "org": ""},
        {"role": "administrator", "org": ""},
    ]  # fmt: skip
    asked = (
        ("GET", f"{CONCERNS}/%s?why=supervision", None),
        ("POST", f"{CONCERNS}/%s/answer", {"result_code": "accepted"}),
        ("POST", f"{CONCERNS}/%s/readers", {"reader": "w-far"}),
    )
    for who in others:
        for method, path, body in asked:
            there, nowhere = (child.hub.ask(method, path % ident, body, **who) for ident in (raised, uuid4()))
            if who["role"] == "partner" and method == "POST":
                assert there.status_code == nowhere.status_code == 403
            assert said(there) == said(nowhere), (who, path)
            assert there.status_code in (403, 404, 409), (who, path, there.text)
        assert raised not in child.hub.ask("GET", CONCERNS, **who).text


def said(answer: requests.Response) -> tuple[int, str, dict[str, str]]:
    """An answer as somebody sees it, without the moment at which it came."""
    return answer.status_code, answer.text, {k: v for k, v in answer.headers.items() if k not in ("Date", "Connection")}


def test_a_reader_is_named_and_reads_on_record(child: Child, raised: str):
    """INV-33."""
    reader = {"role": "worker", "ident": "w-named", "org": "220104004"}
    path = f"{CONCERNS}/{raised}?why=casework"
    assert child.hub.ask("GET", path, **reader).status_code == 404
    named = child.hub.ask("POST", f"{CONCERNS}/{raised}/readers", {"reader": "w-named"}, **HEAD)
    assert named.status_code == 200, named.text
    assert child.hub.ask("GET", path, **reader).status_code == 200
    read = [event["data"]["reader"] for event in child.events(role="service") if event["type"] == "safeguarding.read"]
    assert "w-named" in read


def test_an_auditor_unseals_it_with_a_second_person_and_sees_nothing_of_it_alone(child: Child, raised: str):
    """Raw events and ledger hold nothing restricted for an auditor alone (3.4, 4.7)."""
    auditor = {"role": "auditor", "ident": "a-01", "org": ""}
    raw = child.events(**auditor)
    assert raw
    assert not [event for event in raw if event["type"].startswith("safeguarding.")]
    child.settles()
    items: list[dict[str, Any]] = []
    while page := child.hub.ask("GET", f"/audit/v1/ledger?after={len(items)}&limit=1000", **auditor).json()["items"]:
        items += page
    shown = [item["entry"]["event"]["type"] for item in items if item["entry"] is not None]
    assert not [name for name in shown if name.startswith("safeguarding.")]
    assert [item for item in items if item["entry"] is None and item["leaf"]]
    path = f"{CONCERNS}/{raised}?why=audit"
    assert child.hub.ask("GET", path, **auditor).status_code == 409
    word = child.hub.approved("unseal", raised, {}, asker="a-01", by="w-head", org="2201")
    assert child.hub.ask("GET", path, **auditor, Approval=word).status_code == 200


def test_a_partners_sequence_carries_nothing(child: Child, raised: str):
    """INV-11."""
    page = child.driver("GET", "/partner/v1/events?after=0&limit=500").json()
    assert page
    assert "safeguarding" not in str(page)
    assert raised not in str(page)


def test_the_guardian_who_may_be_involved_reads_nothing_of_the_child_any_more(child: Child, raised: str):
    """INV-10; the mother's own record stays hers."""
    mother = {"role": "client", "ident": child.mother, "org": ""}
    assert child.hub.ask("GET", f"/intake/v1/persons/{child.person}", **mother).status_code == 404
    assert child.hub.ask("GET", f"/intake/v1/cases?person_id={child.person}", **mother).json()["items"] == []
    assert child.hub.ask("GET", f"/intake/v1/persons/{child.mother}", **mother).status_code == 200
