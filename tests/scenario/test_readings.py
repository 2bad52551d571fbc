"""Whoever opens what is sealed about somebody is on record: every path of every service, tried in every role.

Nobody lists here which paths open something: the vault counts what it opens, and the paths come from the services
themselves. A path that opens a value and leaves no reading fails, whatever it is called (INV-33).
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from services.contracts.visibility import BOUND
from services.contracts.words import ROLES
from services.kernel.contract import EVENTS, about
from services.kernel.entrypoints.showing import Answering, Showing
from services.kernel.message import Actor
from tests.scenario.conftest import Told
from tests.scenario.test_matrix import Hubs, existing_of
from tests.support.embedded import Hub
from tests.support.volunteering import Dispatch, now
from tests.unit.test_scopes import entrypoints
from wushe.demo import expectations, people
from wushe.demo.places import YONGCHANG
from wushe.services import CLASSES

pytestmark = pytest.mark.scenario

MOST = 8
READINGS = {name for name, event in EVENTS.items() if about(event).get("reading")}
NOBODYS = {"directory"}
"""Categories of what is sealed and no person's: the names of organizations and stations."""

PATHS = [
    (service, e)
    for service in CLASSES
    for e in entrypoints(service, Answering)
    if e.method == "GET" and not e.page and not isinstance(e, Showing)
]
"""Every path that a method answers; rows and lists come from views, which hold nothing that is sealed."""

OPENING = {
    "/persons/{id}/identity", "/disclosures/{id}/identity", "/cases/{id}/notes", "/help-requests/{id}/notes",
    "/safeguarding-concerns/{id}", "/staff/{id}/identity", "/volunteers/{id}/identity",
}  # fmt: skip
"""What the stories have something for: if one of these opens nothing, nothing was tried."""


@pytest.fixture(scope="module")
def stories(on_one_machine: Told) -> Hubs:
    """The five stories, with a worker of the street's station whose name is known, and a child in danger."""
    hub, at = on_one_machine.hub, "/referral/v1"
    expectations.settled(on_one_machine.teller)
    worker = {"code": "w-known", "employer": f"community:{YONGCHANG}", "name": "小周", "phone": "000-0000"}
    made = hub.ask("POST", f"{at}/staff", worker, role="station_head", org=YONGCHANG)
    harm = {"situation_code": "7", "what": "孩子身上有伤"}
    said = hub.ask("POST", "/intake/v1/safeguarding-concerns", harm, role="station_head", org=YONGCHANG)
    mei = {"area": YONGCHANG, "consent_ref": "paper-1", "name": "小梅", "phone": "000-1111"}
    joined = hub.ask("POST", "/volunteer/v1/volunteers", mei, role="station_head", org=YONGCHANG)
    answers = (made, said, joined)
    assert [each.status_code for each in answers] == [201, 201, 201], "".join(each.text for each in answers)
    return Hubs(hub)


def opened(hub: Hub) -> int:
    """How many values of persons have been opened."""
    text = hub.session.get(f"{hub.url}/metrics", timeout=10).text
    found = re.findall(r'^hub_vault_opened_total\{category="(\w+)",service="\w+"\} (\S+)', text, re.MULTILINE)
    return sum(int(float(number)) for category, number in found if category not in NOBODYS)


def heads(hub: Hub) -> dict[str, int]:
    """Where each service's log ends."""
    return {name: state["head"] for name, state in hub.ready().items()}


def said_since(hub: Hub, before: dict[str, int]) -> set[str]:
    """The types of what was said since then."""
    return {
        event["type"]
        for service, head in before.items()
        for event in hub.ask("GET", f"/{service}/events?after={head}", role="service", ident=service, org="").json()
    }


Tried = tuple[str, str]
"""Somebody's role, and the thing that he asks about."""


def ask(stories: Hubs, service: str, answering: Answering, tried: list[Tried]) -> bool:
    """Whether a path opens anything for any of these."""
    why = "?why=casework" if "why" in answering.document.get("query", {}) else ""
    count = opened(stories.hub)
    for role, each in tried:
        who = (
            people.ZSL
            if role == "supervisor"
            else Actor(id="w-known", role=role, org=YONGCHANG if role in BOUND else "")
        )
        stories.get(service, re.sub("{[a-z_]+}", each, answering.path) + why, who)
    return opened(stories.hub) > count


def test_every_path_that_opens_what_is_sealed_about_somebody_leaves_a_reading(stories: Hubs):
    """INV-33."""
    found = set()
    for service, answering in PATHS:
        ids = existing_of(stories, service, answering.path)[-MOST:] if "{" in answering.path else [""]
        roles = [role for role in ROLES if not answering.roles or role in answering.roles]
        tried = [
            (role, each) for role in roles for each in (ids if role in ("station_head", "supervisor") else ids[:1])
        ]
        if not ask(stories, service, answering, tried):
            continue
        found.add(answering.path)
        for one in tried:
            before = heads(stories.hub)
            said = not ask(stories, service, answering, [one]) or said_since(stories.hub, before) & READINGS
            assert said, f"{service}{answering.path} for a {one[0]}"
    assert found >= OPENING, "nothing was opened there: nothing was tried"


def test_a_worker_of_another_station_is_not_read_and_the_attempt_is_on_record(stories: Hubs):
    """INV-33: a coordinator of one station read what any station's people are called, and nobody knew."""
    staff_id = stories.hub.ask("GET", "/referral/v1/staff?code=w-known").json()["items"][0]["staff_id"]
    path = f"/referral/v1/staff/{staff_id}/identity"
    own: dict[str, Any] = stories.hub.ask("GET", f"{path}?why=contact", role="station_head").json()
    assert own["fields"] == {"name": "小周", "phone": "000-0000"}
    far = stories.hub.ask("GET", f"{path}?why=contact", ident="w-far", org="990000001")
    assert (far.status_code, stories.hub.ask("GET", path).status_code) == (404, 422)
    reads = stories.hub.ask("GET", f"/referral/v1/staff-reads?staff_id={staff_id}&reader=w-far", role="auditor", org="")
    assert [(row["why"], row["allowed"], row["reader_org"]) for row in reads.json()["items"]] == [
        ("contact", False, "990000001")
    ]


def test_whoever_dispatches_reads_whom_to_call_and_nobody_else(stories: Hubs):
    """INV-33: in two stages, with a purpose; what is needed to call, as long as the task binds."""
    dispatch, home = Dispatch(stories.hub), Dispatch(stories.hub)
    call, kept = dispatch.call(), {"name": "小兰", "phone": "000-2222", "id_number": "999999199001011239"}
    (lan,) = home.volunteers(1, **kept)
    task, path = dispatch.task(call, now() + timedelta(hours=3)), f"/volunteer/volunteers/{lan}/identity?why=contact"
    sends, far = dispatch.coordinator, Actor(id="w-far", role="coordinator", org="990000001")

    def reads(who: Actor) -> Any:
        answer = stories.get("volunteer", path.removeprefix("/volunteer"), who)
        return answer.json()["fields"] if answer.status_code == 200 else answer.status_code

    assert (reads(sends), reads(far)) == (404, 404), "first codes alone"
    dispatch.do(f"/volunteer/tasks/{task}/offers", {"candidates": [f"volunteer:{lan}"]})
    assert (reads(sends), reads(far)) == ({"name": "小兰", "phone": "000-2222"}, 404)
    dispatch.do(f"/volunteer/tasks/{task}/cancellation", {"by": "dispatcher", "reason_code": "other"})
    assert reads(sends) == 404, "there is nothing to call about any more"
    keeper = Actor(id="w-keeper", role="station_head", org=home.street)
    assert reads(keeper) == kept
    rows = dispatch.get(f"/volunteer/volunteer-reads?volunteer_id={lan}", Actor(id="a-01", role="auditor"))["items"]
    assert Counter((row["reader"], row["allowed"]) for row in rows) == {
        (sends.id, False): 2, (sends.id, True): 1, ("w-far", False): 2, ("w-keeper", True): 1,
    }  # fmt: skip
    assert {row["task_id"] for row in rows if row["reader"] == sends.id and row["allowed"]} == {task}
