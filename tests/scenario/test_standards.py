"""Programs that know a standard and not this hub: they read the directory by HSDS, and take referrals by FHIR."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import requests
from fhir.resources.R4B import get_fhir_model_class

from services.kernel.message import Actor
from tests.support.hsds import faults
from tests.support.reference import ROOT, Reference
from tests.support.street import COORDINATOR, HEAD, WORKER, Organization, Person, Street

pytestmark = pytest.mark.scenario
NEED = "housework"


def printed(page: str, name: str, folder: Path, **environ: str) -> str:
    """What the program of this name on a page of the documentation prints, when it is run as it stands there."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = re.search(rf"```python\n(# {re.escape(name)}.*?)```", text, re.DOTALL)
    assert found, f"docs/{page} has no {name}"
    (folder / name).write_text(found[1], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, name], cwd=folder, capture_output=True, text=True, env=os.environ | environ, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def team(reference: Reference) -> Organization:
    """An organization that is asked for housework."""
    (made,) = Street(reference.hub).organizations(1, NEED)
    return made


def listed(street: Street, path: str, organization: Organization) -> list[dict[str, Any]]:
    """Everything under a path of HSDS, page by page, as the organization sees it."""
    found: list[dict[str, Any]] = []
    speaker = organization.speaker
    for number in range(1, 100):
        mark = "&" if "?" in path else "?"
        answer = street.hub.ask("GET", f"/hsds{path}{mark}page={number}&per_page=7", role=speaker.role,
                                ident=speaker.id, org=speaker.org)  # fmt: skip
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["contents"]
        if page["last_page"]:
            assert len(found) == page["total_items"]
            return found
    raise AssertionError("there is no last page")


def test_the_directory_is_read_by_the_program_of_the_documentation(
    reference: Reference, team: Organization, tmp_path: Path
) -> None:
    environ = {"HUB": reference.hub.url, "TOKEN": reference.hub.token_for(team.speaker)}
    said = printed("hsds.md", "directory.py", tmp_path, **environ).splitlines()
    assert said[0] == "HSDS 3.0"
    assert [line for line in said[1:] if "家务" in line]


def test_everything_in_the_directory_is_valid_by_hsds_strictly(street: Street, team: Organization) -> None:
    for kind, path in (("service", "services"), ("organization", "organizations"),
                       ("service_at_location", "service_at_locations")):  # fmt: skip
        for query in ("", "?full=true"):
            for each in listed(street, f"/{path}{query}", team):
                assert faults(kind, each) == [], each
        for each in listed(street, f"/{path}", team)[:3]:
            one = street.hub.ask("GET", f"/hsds/{path}/{each['id']}", role="coordinator", ident="w-01", org="220104004")
            assert faults(kind, one.json()) == []


def test_a_change_is_found_by_whoever_asks_what_has_changed(street: Street, team: Organization) -> None:
    before = listed(street, f"/services?organization_id={team.id}&full=true", team)
    assert [each["status"] for each in before] == ["active"]
    street.do(f"/referral/organizations/{team.id}/suspension", {"reason_code": "inspection"}, HEAD)
    since = before[0]["last_modified"].replace("+", "%2B")
    after = listed(street, f"/services?organization_id={team.id}&modified_after={since}", team)
    assert [each["status"] for each in after] == ["temporarily closed"]
    assert after[0]["last_modified"] > before[0]["last_modified"]
    street.do(f"/referral/organizations/{team.id}/activation", {}, HEAD)


def test_nobody_without_a_token_reads_it_and_a_filter_that_is_not_known_is_refused(street: Street) -> None:
    url = f"{street.hub.url}/hsds"
    assert street.hub.session.get(url, timeout=30).json()["openapi_url"].endswith("/referral/openapi.json")
    assert street.hub.session.get(f"{url}/services", timeout=30).status_code == 401
    answer = street.hub.ask("GET", "/hsds/services?proximity=500", role=COORDINATOR.role, ident=COORDINATOR.id,
                            org=COORDINATOR.org)  # fmt: skip
    assert answer.status_code == 422
    assert "division" in answer.json()["errors"][0]["expected"]


class Desk:
    """A program of an organization that knows FHIR."""

    def __init__(self, street: Street, who: Actor) -> None:
        self.street, self.who = street, who

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        who = self.who
        return self.street.hub.ask(method, f"/fhir/{path}", body, role=who.role, ident=who.id, org=who.org, **headers)

    def get(self, path: str) -> dict[str, Any]:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "application/fhir+json"
        resource = dict(answer.json())
        get_fhir_model_class(resource["resourceType"]).model_validate_json(answer.text)
        return resource

    def tasks(self, query: str) -> list[dict[str, Any]]:
        """What a search finds, page by page."""
        found, path = [], f"Task?{query}"
        while path:
            bundle = self.get(path)
            found += [each["resource"] for each in bundle.get("entry", ())]
            path = next(
                (link["url"].partition("/fhir/")[2] for link in bundle["link"] if link["relation"] == "next"), ""
            )
        return found

    def put(self, task: dict[str, Any], status: str, version: str = "", **changes: Any) -> requests.Response:
        wanted = {"If_Match": f'W/"{version or task["meta"]["versionId"]}"'}
        if word := changes.pop("approval", ""):
            wanted["Approval"] = word
        return self.ask("PUT", f"Task/{task['id']}", task | {"status": status} | changes, **wanted)

    def said(self, answer: requests.Response, status: int, code: str) -> dict[str, Any]:
        """What stands against it."""
        assert answer.status_code == status, answer.text
        assert answer.headers["Content-Type"] == "application/fhir+json"
        (issue,) = answer.json()["issue"]
        assert issue["details"]["coding"][0]["code"] == code
        return dict(issue)


@dataclass
class Asked:
    """Somebody's need that was offered to an organization that knows FHIR."""

    desk: Desk
    person: Person
    referral: str

    @property
    def task(self) -> dict[str, Any]:
        (found,) = self.desk.tasks(f"focus=ServiceRequest/{self.referral}")
        return found


@pytest.fixture
def asked(street: Street, team: Organization) -> Asked:
    person = street.person(team)
    referral_id = street.referral(person, NEED)
    street.offer(referral_id, team)
    return Asked(Desk(street, team.speaker), person, referral_id)


def test_a_program_that_knows_fhir_takes_a_referral_from_requested_to_completed(
    reference: Reference, street: Street, team: Organization, asked: Asked, tmp_path: Path
) -> None:
    task = asked.task
    environ = {"HUB": reference.hub.url, "TOKEN": reference.hub.token_for(team.speaker)}
    said = printed("fhir.md", "desk.py", tmp_path, **environ)
    assert [line for line in said.splitlines() if line.startswith(task["id"])] == [
        f"{task['id']} 家务 routine", f"{task['id']} accepted", f"{task['id']} in-progress", f"{task['id']} completed",
    ]  # fmt: skip
    assert street.row(asked.referral)["state"] == "outcome_reported"
    street.do(f"/referral/referrals/{asked.referral}/confirmation", {"client_asked": True})
    desk = asked.desk
    assert desk.get(f"ServiceRequest/{asked.referral}")["status"] == "completed"
    done = desk.get(f"Task/{task['id']}")
    assert (done["status"], done["businessStatus"]["coding"][0]["code"]) == ("completed", "outcome-confirmed")
    assert done["output"][0]["valueCodeableConcept"]["coding"][0]["code"] == "delivered"
    versions = [each["resource"] for each in desk.get(f"Task/{task['id']}/_history")["entry"]]
    assert [one["status"] for one in versions] == ["completed", "completed", "in-progress", "accepted", "requested"]
    for one in versions:
        assert desk.get(f"Task/{task['id']}/_history/{one['meta']['versionId']}") == one
    assert desk.tasks(f"_lastUpdated=gt{quote(done['meta']['lastUpdated'])}&focus={asked.referral}") == []


def test_an_update_is_done_once_and_never_on_what_has_changed_meanwhile(asked: Asked) -> None:
    """Peers' bug 1 (SORMAS #6241): both sides act at once, and both see the same truth afterwards."""
    desk, task = asked.desk, asked.task
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: desk.put(task, "accepted"), range(4)))
    assert {each.status_code for each in answers} == {200}, [each.text for each in answers]
    assert [e["type"] for e in desk.street.log("referral") if asked.referral in e["subject"]].count(
        "referral.accepted"
    ) == 1
    begun = desk.put(asked.task, "in-progress")
    assert begun.json()["status"] == "in-progress"
    # The first answer was lost, and the Task has gone on: the same again is answered, and another is refused.
    assert desk.put(task, "accepted").json()["status"] == "in-progress"
    desk.said(desk.put(task, "rejected", statusReason={"coding": [{"code": "safety"}]}), 412, "stale-version")
    no = desk.said(desk.put(asked.task, "rejected"), 409, "no-such-edge")
    assert all(code in no["diagnostics"] for code in ("on-hold", "completed", "failed", "cancelled"))
    desk.said(desk.ask("PUT", f"Task/{task['id']}", task | {"status": "on-hold"}), 400, "bad-header")


def test_a_task_is_nobody_elses_and_says_whose_need_it_is_only_while_it_is_held(street: Street, asked: Asked) -> None:
    (stranger,) = street.organizations(1, NEED)
    other, desk = Desk(street, stranger.speaker), asked.desk
    other.said(other.ask("GET", f"Task/{asked.task['id']}"), 404, "not-found")
    other.said(other.put(asked.task, "accepted"), 404, "not-found")
    assert other.tasks("status=requested") == []

    def subjects() -> set[str]:
        history = desk.get(f"Task/{asked.task['id']}/_history")["entry"]
        shown = [each["resource"]["for"] for each in history] + [
            desk.get(f"ServiceRequest/{asked.referral}")["subject"]
        ]
        return {each["identifier"]["value"] for each in shown}

    assert subjects() == {asked.referral}
    desk.put(asked.task, "accepted")
    street.disclosed(asked.referral)
    assert subjects() == {asked.person.id}
    consent = desk.get(f"Consent/{asked.person.consent}")
    receivers = [actor["reference"]["identifier"]["value"] for actor in consent["provision"]["actor"]]
    assert (consent["status"], [each.rpartition(":")[2] for each in receivers]) == ("active", [desk.who.org])
    assert other.ask("GET", f"Consent/{asked.person.consent}").status_code == 404
    street.do(f"/intake/consents/{asked.person.consent}/withdrawal", {"by": "self", "scope": "all"})
    street.in_state(asked.referral, "withdrawn")
    street.settles()
    assert subjects() == {asked.referral}
    assert desk.get(f"Task/{asked.task['id']}")["status"] == "cancelled"
    assert desk.ask("GET", f"Consent/{asked.person.consent}").status_code == 404


def test_what_should_never_have_been_is_marked_by_the_station_on_a_second_persons_word(
    street: Street, asked: Asked
) -> None:
    """INV-31: nobody marks it alone, and the word is good for this reason, this referral and whoever asked for it."""
    station, task = Desk(street, WORKER), asked.task
    why = {"coding": [{"code": "wrong-person"}]}
    asked.desk.said(asked.desk.put(task, "entered-in-error", statusReason=why), 409, "no-such-edge")
    station.said(station.put(task, "entered-in-error", statusReason=why), 409, "approval-needed")

    def word(referral: str = asked.referral, reason: str = "wrong-person", org: str = HEAD.org) -> str:
        body = {"reason_code": reason}
        return street.hub.approved(
            "mark-referral-entered-in-error", referral, body, asker=WORKER.id, by=HEAD.id, org=org
        )

    for wrong in (word(referral=str(uuid4())), word(reason="new-facts"), word(org="330102001"), "x.y.z"):
        station.said(station.put(task, "entered-in-error", statusReason=why, approval=wrong), 409, "approval-needed")
    marked = station.put(task, "entered-in-error", statusReason=why, approval=word())
    assert marked.status_code == 200 and marked.json()["status"] == "entered-in-error", marked.text
    assert station.put(task, "entered-in-error", statusReason=why).status_code == 200, "the same again changes nothing"
    seen = asked.desk.get(f"Task/{task['id']}")
    assert (seen["status"], bool(seen["statusReason"]["text"])) == ("entered-in-error", True)
    assert asked.desk.get(f"ServiceRequest/{asked.referral}")["status"] == "entered-in-error"
    asked.desk.said(asked.desk.put(seen, "accepted"), 409, "no-such-edge")


def test_no_capacity_is_said_and_read_in_the_words_of_the_guide(street: Street, asked: Asked) -> None:
    full = {"coding": [{"code": "at-capacity"}], "text": "孙大姐 would have to wait"}
    street.mark()
    said = asked.desk.put(asked.task, "rejected", statusReason=full).json()
    assert {each["code"] for each in said["statusReason"]["coding"]} == {"at-capacity", "no-capacity"}
    assert said["statusReason"]["text"] == "无容量" and "孙大姐" not in json.dumps(said, ensure_ascii=False)
    (declined,) = street.said("referral", stream=asked.referral, reason_code="no-capacity")
    assert declined["type"] == "offer.declined"


def test_a_search_comes_page_by_page_and_with_what_it_is_about(
    street: Street, team: Organization, asked: Asked
) -> None:
    for _ in range(3):
        street.offer(street.referral(street.person(team), NEED), team)
    desk = asked.desk
    all_of_it = desk.tasks(f"status=requested&owner=Organization/{team.id}&_count=100")
    assert len(all_of_it) >= 4
    assert desk.tasks(f"status=requested&owner=Organization/{team.id}&_count=1") == all_of_it
    since = quote(all_of_it[1]["meta"]["lastUpdated"])
    assert desk.tasks(f"status=requested&_lastUpdated=gt{since}&_count=2") == all_of_it[2:]
    bundle = desk.get(f"Task?_id={asked.task['id']}&_include=Task:focus")
    assert [each["search"]["mode"] for each in bundle["entry"]] == ["match", "include"]
    desk.said(desk.ask("GET", "Task?subject=x"), 422, "contract-broken")
    assert desk.tasks("owner:missing=true&status=requested") == [], "each is asked of somebody"


def test_what_is_offered_says_whether_there_is_capacity(street: Street, team: Organization, asked: Asked) -> None:
    desk = asked.desk
    assert desk.get("metadata")["fhirVersion"] == "4.0.1"
    (offering,) = street.items(f"/referral/offerings?organization_id={team.id}")
    street.do(f"/referral/offerings/{offering['offering_id']}/capacity", {"capacity": 0}, HEAD)
    found = desk.get(f"HealthcareService?organization=Organization/{team.id}")["entry"][0]["resource"]
    assert "no-capacity" in str(found["extension"])
    street.do(f"/referral/offerings/{offering['offering_id']}/capacity", {}, HEAD)
    assert "extension" not in desk.get(f"HealthcareService/{offering['offering_id']}")
    assert desk.get(f"Organization/{team.id}")["active"] is True


def test_a_directory_is_taken_over_once_however_often_it_is_sent(
    reference: Reference, street: Street, team: Organization, tmp_path: Path
) -> None:
    answer = street.hub.ask(
        "GET", f"/hsds/services?organization_id={team.id}&full=true", role="coordinator", ident="w-01"
    )
    dataset = tmp_path / "theirs.json"
    dataset.write_text(answer.text.replace(team.id, theirs := str(uuid4())), encoding="utf-8")

    def taken(*more: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "wushe.cli", "import", "hsds", str(dataset), "--org", HEAD.org, "--json", *more,
                   "--url", reference.hub.url, "--token", reference.hub.token_for(HEAD)]  # fmt: skip
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(json.loads(done.stdout))

    def there() -> list[dict[str, Any]]:
        return street.items(f"/referral/organizations?code=hsds-{theirs}")

    assert (taken("--dry-run")["new"], there()) == (2, [])
    assert (taken()["new"], [each["state"] for each in there()]) == (2, ["registered"])
    again = taken()
    assert (again["new"], again["same"], len(there())) == (0, 2, 1)
