"""The hub keeps the document it publishes: whatever is asked, no 5xx, no answer that /openapi.json does not foresee.

Schemathesis makes up requests for every operation, right ones and wrong ones, in three roles, and half of them about
things that exist; the partner is an organization to which the stories have delivered something. The same requests come in
every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.kernel.message import Actor
from tests.support.embedded import Embedded, Hub

SERVICES = ("intake", "referral", "volunteer", "audit", "partner", "console")
PEOPLE = (Actor(id="w-01", role="coordinator", org="220104004"), Actor(id="a-01", role="auditor"))
ROLES = ("coordinator", "coordinator", "coordinator", "partner", "auditor")
PARTNERS = ("partner", "partner", "partner", "coordinator", "auditor")
EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 2}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub in which the stories live."""
    with Embedded(tmp_path_factory.mktemp("hub"), demo=True) as embedded:
        embedded.hub.settles()
        yield embedded.hub


@pytest.fixture(scope="module")
def partner(hub: Hub) -> Actor:
    """Somebody of the team to which a story has offered a need; it is called somewhere, and has a program."""
    (team,) = hub.ask("GET", "/referral/v1/organizations?code=leifeng-nanguan").json()["items"]
    speaker = Actor(id="p-01", role="partner", org=str(team["organization_id"]))
    for path, body in (("endpoints", {"url": "https://partner.invalid/hub"}), ("tokens", {"holder": "desk", "scopes": ["feed"]}),
                       ("calendars", {"party": f"team:{speaker.org}"})):  # fmt: skip
        asked(hub, "POST", f"/partner/v1/{path}", speaker, body).raise_for_status()
    return speaker


def asked(hub: Hub, method: str, path: str, who: Actor, body: Any = None) -> requests.Response:
    """What this one is answered."""
    return hub.ask(method, path, body, role=who.role, ident=who.id, org=who.org)


@pytest.fixture(scope="module")
def document(hub: Hub) -> dict[str, Any]:
    """What the hub says of itself."""
    return dict(hub.session.get(f"{hub.url}/openapi.json", timeout=30).json())


FEW = {"/hsds": "?per_page=5", "/fhir/Task": "?_count=5", "/fhir": ""}
"""How a list is asked for a few things where the paths are a standard's."""


def existing(hub: Hub, path: str, partner: Actor) -> list[str]:
    """Ids of things under a path with an id in it, from the list beside it, as somebody sees it who sees any."""
    few = next((few for root, few in FEW.items() if path.startswith(root)), "?limit=5")
    beside = path.partition("/{")[0]
    said = next(
        (told for who in (PEOPLE[0], partner) for query in (few, "") if (told := listed(hub, beside + query, who))), {}
    )
    if "entry" in said:
        return [str(each["resource"]["id"]) for each in said["entry"][:5]]
    items = said.get("items", said.get("contents", []))
    return [str(next(iter(item.values()))) for item in items[:5] if item]


def listed(hub: Hub, path: str, who: Actor) -> dict[str, Any]:
    """A list, if this one sees one."""
    answer = asked(hub, "GET", path, who)
    said = answer.json() if answer.status_code == 200 else {}
    return dict(said) if isinstance(said, dict) else {}


ENDLESS = "/partner/v1/events/stream"
"""It goes on for ten minutes for whoever may read it: see test_waiting."""


class Trying:
    """One operation, tried in every role; what is wrong is kept, and the next request comes all the same."""

    def __init__(self, hub: Hub, operation: Any, partner: Actor) -> None:
        self.operation, self.wrong = operation, {}
        self.base, self.session = hub.url, hub.session
        self.tokens = {actor.role: hub.token_for(actor) for actor in (*PEOPLE, partner)}
        roles = PARTNERS if operation.path.startswith("/partner/") else ROLES
        self.roles = [role for role in roles if (role, operation.path) != ("partner", ENDLESS)]
        self.ids = existing(hub, operation.path, partner) if "{" in operation.path else []

    def each(self) -> None:
        """All requests of this operation."""
        for mode, examples in EXAMPLES.items():
            run = given(st.sampled_from(self.roles), self.operation.as_strategy(generation_mode=mode),
                        st.sampled_from([*self.ids, ""]))(self.one)  # fmt: skip
            bounded = settings(max_examples=examples, database=None, derandomize=True, deadline=None, print_blob=False,
                               suppress_health_check=list(HealthCheck))(run)  # fmt: skip
            # Where everything is right there is nothing to make wrong.
            with suppress(*(Unsatisfiable,) if mode is GenerationMode.NEGATIVE else ()):
                bounded()

    def one(self, role: str, case: Any, known: str) -> None:
        """One request, and its answer held against the document."""
        if known and case.path_parameters:
            case.path_parameters = dict(case.path_parameters) | {next(iter(case.path_parameters)): known}
        if role == "coordinator" and case.query:
            case.query = {name: value for name, value in case.query.items() if name != "after"}
        if case.query and str(case.query.get("wait", "")).isdecimal():
            case.query = dict(case.query) | {"wait": min(int(case.query["wait"]), 1)}
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        try:
            answer = case.call(base_url=self.base, headers=headers, session=self.session, timeout=30)
            case.validate_response(answer, checks=CHECKS)
        except (FailureGroup, requests.RequestException) as broken:
            self.wrong.setdefault(f"{self.operation.label} as {role}", str(broken) + _reasons(broken))


def _reasons(broken: BaseException) -> str:
    return "".join(f"\n  {each}" for each in getattr(broken, "exceptions", ()))


def test_an_answer_that_the_document_does_not_foresee_is_noticed(
    hub: Hub, document: dict[str, Any], partner: Actor
) -> None:
    path = "/intake/v1/help-requests"
    listing = document["paths"][path]["get"]
    answers = {status: answer for status, answer in listing["responses"].items() if status not in ("200", "403")}
    planted = document | {"paths": {path: {"get": listing | {"responses": answers}}}}
    (found,) = schemathesis.openapi.from_dict(planted).get_all_operations()
    trying = Trying(hub, found.ok(), partner)
    trying.each()
    assert any("Undocumented status code" in what for what in trying.wrong.values())


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", SERVICES)
def test_every_answer_is_one_that_the_document_foresees(
    hub: Hub, document: dict[str, Any], partner: Actor, service: str
) -> None:
    paths = {
        path: operations
        for path, operations in document["paths"].items()
        if any(service in operation.get("tags", ()) for operation in operations.values() if isinstance(operation, dict))
    }
    assert paths
    wrong: dict[str, str] = {}
    for found in schemathesis.openapi.from_dict(document | {"paths": paths}).get_all_operations():
        trying = Trying(hub, found.ok(), partner)
        trying.each()
        wrong |= trying.wrong
    assert not wrong, "\n\n".join(f"{label}: {what}" for label, what in wrong.items())


def test_what_is_delivered_is_what_the_document_says(hub: Hub, document: dict[str, Any], partner: Actor) -> None:
    """Every page of the feed, of whatever length; not the refusals of those to whom nothing is delivered."""
    path = "/partner/v1/events"
    (found,) = schemathesis.openapi.from_dict(
        document | {"paths": {path: document["paths"][path]}}
    ).get_all_operations()
    operation, answers = found.ok(), list[requests.Response]()
    for query in ({}, {"limit": 1}, {"after": 1, "limit": 2}, {"after": 0, "wait": 1}):
        case = operation.Case(query=query)
        answers.append(case.call(base_url=hub.url, session=hub.session, timeout=30,
                                 headers={"Authorization": f"Bearer {hub.token_for(partner)}"}))  # fmt: skip
        case.validate_response(answers[-1], checks=CHECKS)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert all(answer.json() for answer in answers), "something was delivered"
