"""Programs that know a standard and not this hub: they read the directory by HSDS, and take referrals by FHIR."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.hsds import faults
from tests.support.reference import ROOT, Reference
from tests.support.street import COORDINATOR, HEAD, Organization, Street

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
