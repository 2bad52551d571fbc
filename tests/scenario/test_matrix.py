"""Who sees and asks what, over HTTP: every path of every service, in every role, against the one table of the language.

The paths come from the services themselves, so that a new one is tried without anybody thinking of it. Somebody at work
in the stories sees what the table opens to the role; a stranger in the same role finds nothing, and cannot tell what is
not for him from what is not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
import requests
from hypothesis import find

from services.contracts.visibility import BOUND, opens
from services.contracts.words import ROLES, STATION_ROLES
from services.kernel.contract import Sealed, hints, marks
from services.kernel.entrypoints.asking import Asking
from services.kernel.entrypoints.showing import Answering, Showing
from services.kernel.message import Actor
from services.kernel.scope import Scope
from services.referral import keeping
from tests.scenario.conftest import Told
from tests.support.embedded import Hub
from tests.support.laws import values
from tests.unit.test_scopes import SCOPED, entrypoints
from wushe.demo import expectations, people
from wushe.demo.places import XINGHUA, YONGCHANG
from wushe.services import CLASSES, manifest

pytestmark = pytest.mark.scenario

FAR = "990000001"
"""The area of a station of which nobody has heard."""

SHOWN = [(service, e) for service in SCOPED for e in entrypoints(service, Showing)]
ASKED = [(service, e) for service in SCOPED for e in entrypoints(service, Asking)]
FREE = [
    (service, e)
    for service in CLASSES
    for e in entrypoints(service, Answering)
    if not isinstance(e, Showing) and not e.page
]
Row = dict[str, Any]
ROOTED = [
    (service, re.compile(re.sub("{[a-z_]+}", "[^/]+", e.path))) for service, e in FREE if getattr(e, "rooted", False)
]
"""Paths of a standard's interface, which begin where the standard says and not under the service's."""


def place_of(service: str, path: str) -> str:
    """A path in the hub's one space."""
    bare = path.partition("?")[0]
    return path if any(s == service and p.fullmatch(bare) for s, p in ROOTED) else f"/{service}/v1{path}"


def stranger(role: str) -> Actor:
    """One in this role of whom nobody in the stories has heard."""
    org = FAR if role in STATION_ROLES else f"organization:{uuid4()}" if role in BOUND else ""
    return Actor(id=str(uuid4()), role=role, org=org)


@dataclass(frozen=True, eq=False)
class Hubs:
    """The hub of the stories, asked in anybody's name."""

    hub: Hub

    def get(self, service: str, path: str, who: Actor) -> requests.Response:
        """What is shown."""
        return self.hub.ask("GET", place_of(service, path), role=who.role, ident=who.id, org=who.org)

    def post(self, service: str, path: str, body: Row, who: Actor) -> requests.Response:
        """What is answered to a command."""
        return self.hub.ask("POST", place_of(service, path), body, role=who.role, ident=who.id, org=who.org)

    def ask(self, service: str, entrypoint: Any, path: str, who: Actor) -> requests.Response:
        """What is answered on a path, asked by its own method."""
        method, body = entrypoint.method, None if entrypoint.method == "GET" else {}
        return self.hub.ask(method, place_of(service, path), body, role=who.role, ident=who.id, org=who.org)

    def rows(self, service: str, path: str, who: Actor) -> list[Row]:
        """Every row of a list, page by page."""
        found: list[Row] = []
        after = ""
        while True:
            answer = self.get(service, f"{path}?limit=1000{after}", who)
            assert answer.status_code == 200, f"{service}{path} for {who}: {answer.text}"
            found += answer.json()["items"]
            if answer.json()["next"] is None:
                return found
            after = f"&after={answer.json()['next']}"

    def everything(self, service: str, path: str) -> list[Row]:
        """Every row that there is, as the hub's own services see it."""
        listed = [e for s, e in SHOWN if s == service and e.path == path and e.by is not None]
        if not listed:
            return []
        role = next(r for r in ("service", "auditor", "station_head") if not listed[0].roles or r in listed[0].roles)
        return self.rows(service, path, Actor(id="a-looker", role=role, org=YONGCHANG if role in BOUND else ""))

    def existing(self, service: str, path: str) -> str | None:
        """The id of something that there is, under a path with an id in it."""
        home = path.partition("/{")[0]
        rows = self.everything(service, home)
        return str(next(iter(rows[0].values()))) if rows else None


def existing_of(stories: Hubs, service: str, path: str) -> list[str]:
    """The ids of what there is, under a path with an id in it."""
    rows = stories.everything(service, path.partition("/{")[0])
    return [str(next(iter(row.values()))) for row in rows]


@pytest.fixture(scope="module")
def stories(on_one_machine: Told) -> Hubs:
    """The five stories, in the embedded hub, when everybody has heard everything."""
    more_of(on_one_machine.hub)
    expectations.settled(on_one_machine.teller)
    return Hubs(on_one_machine.hub)


def more_of(hub: Hub) -> None:
    """What the feature does not tell of: a household, a volunteer of the street, hours, and a child in danger."""
    head, at = people.KEEPER, "/volunteer/v1"

    def do(path: str, body: Row, ident: str = head.id) -> str:
        answer = hub.ask("POST", path, body, role=head.role, ident=ident, org=YONGCHANG)
        assert answer.status_code in (200, 201), f"{path}: {answer.text}"
        return str(answer.json()["id"])

    resident = {"station": YONGCHANG, "age_band": "adult", "residence_area": XINGHUA}
    person = do("/intake/v1/persons", resident)
    station = {"kind": "station", "code": "yongchang", "party": f"community:{YONGCHANG}"}
    here = do("/referral/v1/stations", station)
    at_point = {"kind": "point", "code": "xinghua-point", "party": f"community:{XINGHUA}", "parent_id": here}
    do("/referral/v1/stations", at_point)
    worker = do("/referral/v1/staff", {"code": "w-new", "employer": f"community:{YONGCHANG}"})
    do("/referral/v1/trainings", {"kind": "course", "organizer": f"community:{YONGCHANG}", "staff_ids": [worker]})
    project = {"code": "p", "operator": "organization:lotus", "commissioner": "authority:league", "level": "city"}
    do("/referral/v1/projects", project)
    do("/intake/v1/households", {"station": YONGCHANG, "members": [{"person_id": person}]})
    do("/intake/v1/safeguarding-concerns", {"situation_code": "7", "person_id": person})
    volunteer = do(f"{at}/volunteers", {"area": XINGHUA, "consent_ref": "paper-1"})
    gave = {"volunteer_id": volunteer, "activity": "visit", "day": "2022-09-01", "minutes": 60, "place_area": XINGHUA,
            "content_code": "companionship", "organizer": f"community:{XINGHUA}", "lead": f"worker:{head.id}"}  # fmt: skip
    do(f"{at}/service-hours", gave)


@pytest.fixture(scope="module")
def insiders(stories: Hubs) -> dict[str, Actor]:
    """For each role somebody who has to do with the stories."""
    team = next(row for row in stories.everything("referral", "/organizations") if row["kind"] == "volunteer_team")
    client = next(row for row in stories.everything("intake", "/cases") if row["person_id"])["person_id"]
    assignee = next(iter(stories.everything("volunteer", "/volunteers")), {"volunteer_id": str(uuid4())})
    org = str(team["organization_id"])
    named = {
        "worker": people.HCH, "grid_worker": people.ZYH, "supervisor": people.ZSL,
        "partner": Actor(id="p-01", role="partner", org=org), "team_leader": Actor(id="p-02", role="team_leader", org=org),
        "client": Actor(id=str(client), role="client"),
        "volunteer": Actor(id=str(assignee["volunteer_id"]), role="volunteer"),
    }  # fmt: skip
    usual = {role: Actor(id=f"x-{role}", role=role, org=YONGCHANG if role in BOUND else "") for role in ROLES}
    return usual | named


def scope_of(service: str, showing: Showing) -> Scope:
    """Who stands in which way to what a path shows."""
    scope = manifest(service).scope_of(showing.table)
    assert scope is not None
    return scope


def let_in(entrypoint: Any) -> Iterator[str]:
    """The roles that a path lets in at all."""
    return (role for role in ROLES if entrypoint.roles is None or not entrypoint.roles or role in entrypoint.roles)


def ids(cases: list[tuple[str, Any]]) -> list[str]:
    """How a case is called."""
    return [f"{service} {e.method} {e.path}" for service, e in cases]


def key_of(showing: Showing) -> Callable[[Row], tuple[str, ...]]:
    """What a row is told from another by."""
    names = [column.name for column in showing.table.primary_key]
    return lambda row: tuple(str(row[name]) for name in names)


LISTED = [(service, e) for service, e in SHOWN if e.by is not None]
SINGLE = [(service, e) for service, e in SHOWN if e.by is None]


@pytest.mark.parametrize(("service", "showing"), LISTED, ids=ids(LISTED))
def test_a_list_shows_to_each_role_what_the_table_opens(
    stories: Hubs, insiders: dict[str, Actor], service: str, showing: Showing
):
    scope, key = scope_of(service, showing), key_of(showing)
    everything = {key(row): row for row in stories.everything(service, showing.path)}
    for role in let_in(showing):
        for who in (insiders[role], stranger(role)):
            seen = stories.rows(service, showing.path, who)
            if "all" in scope.opens(role, scope.usual):
                assert {key(row) for row in seen} == everything.keys(), who
            for row in seen:
                shown = {name for name, value in row.items() if value is not None}
                never = {c for c in row if not scope.opens(role, scope.kinds.get(c, scope.usual)) & scope.ways.keys()}
                assert not shown & never, f"{who}: {shown & never}"
                whole = everything[key(row)]
                assert {n: v for n, v in row.items() if v is not None}.items() <= whole.items(), who


OPEN_TO_STRANGERS = {"open"}
"""Ways in which a stranger stands to a row of which he has never heard: what looks for people."""


@pytest.mark.parametrize(("service", "showing"), LISTED, ids=ids(LISTED))
def test_a_list_shows_a_stranger_nothing_of_anybodys(stories: Hubs, service: str, showing: Showing):
    scope = scope_of(service, showing)
    for role in let_in(showing):
        ways = scope.opens(role, scope.usual) & scope.ways.keys()
        if "all" in ways:
            continue
        seen = stories.rows(service, showing.path, stranger(role))
        assert not seen or ways & OPEN_TO_STRANGERS or nobodys(service, stories, seen), f"{role}: {seen[:2]}"


def nobodys(service: str, stories: Hubs, rows: list[Row]) -> bool:
    """Whether these are of volunteers who live nobody knows where: any station may ask them."""
    free = {row["volunteer_id"] for row in stories.everything("volunteer", "/volunteers") if row["area"] is None}
    return service == "volunteer" and all(row.get("volunteer_id") in free for row in rows)


@pytest.mark.parametrize(("service", "showing"), SINGLE, ids=ids(SINGLE))
def test_one_row_is_answered_as_it_stands_in_the_list_or_as_if_it_were_not_there(
    stories: Hubs, insiders: dict[str, Actor], service: str, showing: Showing
):
    home, key = showing.path.partition("/{")[0], key_of(showing)
    listed = next(e for s, e in LISTED if s == service and e.table is showing.table)
    for role in let_in(showing):
        for who in (insiders[role], stranger(role)):
            seen = {key(row): row for row in stories.rows(service, listed.path, who)} if role in let_in(listed) else {}
            nothing = stories.get(service, f"{home}/{uuid4()}", who)
            assert nothing.status_code == 404
            for row in stories.everything(service, listed.path)[:4]:
                answer = stories.get(service, f"{home}/{'/'.join(key(row))}", who)
                if key(row) in seen:
                    assert answer.json() == {n: v for n, v in seen[key(row)].items() if n not in showing.hides}
                else:
                    assert alike(answer, nothing), f"{who}: {answer.text}"


def alike(one: requests.Response, other: requests.Response) -> bool:
    """Whether two answers are the same, to the last byte that is not the clock's."""
    said = [
        ({n: v for n, v in each.headers.items() if n != "Date"}, each.status_code, each.content)
        for each in (one, other)
    ]
    return said[0] == said[1]


FITTING = {"address": "desk@example.org"}
"""Personal fields in which not every text may stand."""


@cache
def body_of(command: type) -> Row:
    """The least that a command of this kind must say."""
    told = {
        f.name: FITTING.get(f.name, "某")
        if marks(hints(command)[f.name], Sealed)
        else find(values(hints(command)[f.name], {}), lambda _: True)
        for f in fields(command)
        if f.default is MISSING and f.default_factory is MISSING
    }
    return dict(msgspec.to_builtins(told))


ABOUT = [(service, e) for service, e in ASKED if "{id}" in e.path]


@pytest.mark.parametrize(("service", "asking"), ABOUT, ids=ids(ABOUT))
def test_a_command_about_what_is_not_for_somebody_is_answered_as_if_it_were_not_there(
    stories: Hubs, service: str, asking: Asking
):
    reach = manifest(service).reach_of(asking.of)
    there = stories.existing(service, asking.path)
    assert reach is not None
    body = body_of(asking.command)
    for role in let_in(asking):
        if there is None or "all" in reach.scope.opens(role, reach.scope.usual):
            continue
        who = stranger(role)
        nothing, answer = (
            stories.post(service, re.sub("{id}", str(each), asking.path), body, who) for each in (uuid4(), there)
        )
        assert answer.status_code == 404 or in_the_open(service, stories, there), f"{who}: {answer.text}"
        assert alike(answer, nothing) or in_the_open(service, stories, there), f"{who}: {answer.text} {nothing.text}"


def in_the_open(service: str, stories: Hubs, key: str) -> bool:
    """Whether it is a volunteer whom any station may ask, for nobody knows where they live."""
    rows = stories.everything(service, "/volunteers") if service == "volunteer" else []
    return any(row["volunteer_id"] == key and row["area"] is None for row in rows)


NAMING = [
    (service, e, field)
    for service, e in ASKED
    if e.of.name in (manifest(service).reaches or {})
    for field in (manifest(service).reaches or {})[e.of.name].names.get(e.command, {})
]


@pytest.mark.parametrize(
    ("service", "asking", "field"), NAMING, ids=[f"{e.command.__name__}.{f}" for _, e, f in NAMING]
)
def test_nobody_names_in_a_command_what_is_not_for_him(stories: Hubs, service: str, asking: Asking, field: str):
    scope = (manifest(service).reaches or {})[asking.of.name].names[asking.command][field]
    path = next((e.path for s, e in LISTED if s == service and e.table is scope.table), "")
    rows = stories.everything(service, path)
    assert rows or scope.late, "the stories have none"
    for role in let_in(asking):
        if "all" in scope.opens(role, scope.usual) or not rows:
            continue
        who = stranger(role)
        place = re.sub("{id}", str(uuid4()), asking.path)
        for named in (str(next(iter(rows[0].values()))), str(uuid4())):
            answer = stories.post(service, place, body_of(asking.command) | {field: named}, who)
            plain = scope.plain and named in str(rows) and "{" not in asking.path
            assert answer.status_code == (403 if plain else 404), f"{who}: {answer.text}"


KEPT = [(service, e) for service, e in ABOUT if service == "referral" and e.of.name in keeping.REACHES]


@pytest.mark.parametrize(("service", "asking"), KEPT, ids=ids(KEPT))
def test_what_a_station_keeps_of_the_directory_no_other_station_changes(stories: Hubs, service: str, asking: Asking):
    """Staff, points, projects, organizations: everybody finds them, and each station commands its own."""
    there = stories.existing(service, asking.path)
    for role in let_in(asking):
        if there is None or role in ("administrator", "service"):
            continue
        path = re.sub("{id}", there, asking.path)
        answer = stories.post(service, path, body_of(asking.command), stranger(role))
        assert answer.status_code == 403, f"{role}: {answer.text}"
        assert role in answer.json()["allowed_roles"]


def test_the_stories_fill_most_of_what_is_shown(stories: Hubs):
    """What is tried on nothing shows nothing: of the lists most have rows, and those of people have all."""
    filled = {(service, e.path) for service, e in LISTED if stories.everything(service, e.path)}
    assert len(filled) > len(LISTED) / 2, sorted({(s, e.path) for s, e in LISTED} - filled)
    assert {
        ("intake", path) for path in ("/persons", "/cases", "/help-requests", "/visit-plans", "/consents")
    } <= filled
    assert {("referral", path) for path in ("/referrals", "/offers", "/grants")} <= filled
    assert {("volunteer", path) for path in ("/tasks", "/assignments", "/pairings")} <= filled


BY_ID = [(service, e) for service, e in FREE if "{id}" in e.path and e.method == "GET"]


@pytest.mark.parametrize(("service", "answering"), BY_ID, ids=ids(BY_ID))
def test_what_a_method_answers_about_somebody_a_stranger_cannot_tell_from_nothing(
    stories: Hubs, service: str, answering: Answering
):
    there = stories.existing(service, answering.path)
    query = "?why=casework" if "why" in answering.document.get("query", {}) else ""
    for role in let_in(answering):
        if there is None or answering.roles is None or "all" in opens(role, PUBLISHED.get(answering.path, "codes")):
            continue
        if (role, answering.path) in KEPT:
            continue
        who = stranger(role)
        first, second = (
            stories.get(service, re.sub("{id}", each, answering.path) + query, who)
            for each in (there, str(UUID(int=7)))
        )
        plain = [re.sub(rf"{there}|{UUID(int=7)}", "…", each.text) for each in (first, second)]
        assert (first.status_code, plain[0]) == (second.status_code, plain[1]) or whereabouts(answering, first), who


PUBLISHED: dict[str, Any] = {
    "/organizations/{id}/names": "directory", "/stations/{id}/names": "directory",
}  # fmt: skip
"""What a directory is there for: names, which everybody who works with it finds."""

KEPT = {("administrator", "/organizations/{id}/mail")}
"""Whoever looks after the hub keeps the entry of every organization, and is a stranger to none."""


def whereabouts(answering: Answering, answer: requests.Response) -> bool:
    """Where somebody has open matters is told to every station, and of others' matters nothing else (H4)."""
    at = answer.json().get("open", []) if answering.path.endswith("/open-matters") else [{"matter_id": "?"}]
    return all(row["matter_id"] is None for row in at)


EVERY = [(service, e) for service, e in (*SHOWN, *ASKED, *FREE) if e.roles is not None]


@pytest.mark.parametrize("service", CLASSES)
def test_who_acts_for_an_organization_is_nobody_without_one(stories: Hubs, service: str):
    """A token that names none is none, on every path of every service, in each role in which one works for somebody.

    But for what everybody may say in whatever role: that harm is suspected, and that it was reported (INV-10).
    """
    for _, entrypoint in (case for case in EVERY if case[0] == service and not getattr(case[1], "alone", False)):
        path = re.sub("{[a-z_]+}", str(UUID(int=7)), entrypoint.path)
        for role in sorted(BOUND):
            answer = stories.ask(service, entrypoint, path, Actor(id="w-hch", role=role))
            assert (answer.status_code, "not-signed-in" in answer.text) == (401, True), f"{role}: {path}"


@pytest.mark.parametrize("service", CLASSES)
def test_a_role_that_a_path_is_not_for_is_told_which_it_is_for(stories: Hubs, service: str):
    for _, entrypoint in (case for case in EVERY if case[0] == service and case[1].roles):
        path = re.sub("{[a-z_]+}", str(UUID(int=7)), entrypoint.path)
        for role in set(ROLES) - set(entrypoint.roles):
            sent = stories.ask(service, entrypoint, path, stranger(role))
            assert sent.status_code == 403, f"{role}: {path}: {sent.text}"
            assert all(each in sent.text for each in entrypoint.roles), f"{role}: {path}: {sent.text}"
