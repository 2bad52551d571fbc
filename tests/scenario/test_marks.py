"""No personal data outside the vault: marked people live every story, and the marks are looked for everywhere else.

Over RabbitMQ and PostgreSQL. The personal fields of all commands bear marks, by their contracts; whatever the databases,
the broker, the logs, the figures and the answers of the wrong roles hold is searched for them, in many forms. Marks that
are planted outside are found, so the search bites.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import amqp
import pytest
from psycopg import sql

from services.contracts.visibility import BOUND, cell
from services.kernel.contract import hints
from services.kernel.entrypoints.showing import Answering
from services.kernel.message import Actor
from tests.scenario.test_matrix import ASKED, FREE, LISTED, let_in, place_of, stranger
from tests.support.embedded import Hub
from tests.support.marks import FIELDS, NAME, PHONE, TEXT, Marking, found_in
from tests.support.outside import Tap, everywhere
from tests.support.reference import Reference
from tests.support.station import COMMUNITY, COORDINATOR, HEAD, STREET, Station
from tests.support.street import Organization, Street
from tests.support.volunteering import Dispatch, now, volunteer
from wushe.demo import expectations
from wushe.demo.hub import Hub as Teller
from wushe.demo.load import Report, load

pytestmark = pytest.mark.scenario

UNIT, WORKER = f"community:{COMMUNITY}", "worker:w-zsl"
FAR = Actor(id="w-far", role="station_head", org="3301")


@dataclass
class Lived:
    """The marked people in the hub: who asked, through which session, with the broker's tap open."""

    reference: Reference
    hub: Hub
    marking: Marking
    tap: Tap
    report: Report
    team: Organization
    """A team that was told who somebody is, and is told it no more; of another need it is told still."""


@pytest.fixture(scope="module")
def lived(reference: Reference) -> Iterator[Lived]:
    """Every story, and the commands that no story has, with a mark in each personal field."""
    marking = Marking()
    hub = Hub(reference.hub.url, reference.hub.token_for, marking)
    with Tap(reference.rabbit) as tap:
        report = load(hub.url, hub.token_for, session=marking)
        for part in (a_whole_case, a_request_and_a_round, a_child, a_directory, volunteers):
            part(hub)
        team = an_organization_that_reads(hub)
        expectations.settled(Teller(hub.url, hub.token_for))
        yield Lived(reference, hub, marking, tap, report, team)


# --- the lives that no story tells -----------------------------------------------------------------------------------


def a_whole_case(hub: Hub) -> None:
    """Amended, moved, planned twice, followed up, moved to another file, merged, closed and erased."""
    station = Station(hub)
    person, other = station.person(), station.person()
    at = f"/intake/persons/{person}"
    station.do(f"{at}/details", {"reason_code": "new-facts"})
    station.do(f"{at}/move", {"to_area": COMMUNITY})
    asked = {"person_id": person, "purposes": ["grant"], "categories": ["identity"], "notice_version": "2026-1"}
    request = station.do("/intake/consent-requests", asked)["id"]
    station.do(f"/intake/consents/{request}/answer", {"answer": "yes", "by": "self", "method": "oral"})
    station.consents(person)
    matter = station.request(person)
    case = station.case(person, matter)
    station.do(f"/intake/cases/{case}/services", {"kind": "sport"})
    plan = {"goals": [{"code": "economic-support"}], "agreed_by": "client", "reason_code": "new-facts"}
    station.do(f"/intake/cases/{case}/plan/revision", plan)
    record = station.record_of(case, "service")["record_id"]
    moving = {"to_person_id": other, "reason_code": "wrong-person"}
    station.do(f"/intake/records/{record}/move", moving, approved="move-note", about=record)
    station.do(f"/intake/cases/{case}/closing", {"reason_code": "goals-reached", "early_reason": "client-wish"})
    station.do(f"/intake/cases/{case}/follow-ups", {"result_code": "doing-well"})
    typed = {"name": NAME, "aliases": [NAME], "phone": PHONE, "born_on": "1907-03-19"}
    assert station.do("/intake/duplicate-hints", typed)["hints"], "they are found by what is typed, and nothing is kept"
    merging = {"survivor_id": other, "basis": "stations-agree"}
    station.do(f"{at}/merging", merging, approved="merge-persons", about=person)


def a_request_and_a_round(hub: Hub) -> None:
    """A round of visits on which something was not right."""
    station = Station(hub)
    person = station.person()
    plan = {
        "person_id": person,
        "cadence": "daily",
        "visitor": "worker:w-zyh",
        "unit": UNIT,
        "area": COMMUNITY,
        "basis": "seen",
    }
    plan_id = station.do("/intake/visit-plans", plan)["id"]
    station.do(f"/intake/visit-plans/{plan_id}/concerns", {"concern_code": "ill", "action_codes": ["called-120"]})


def a_child(hub: Hub) -> None:
    """Somebody suspects harm, and says what was seen."""
    station = Station(hub)
    child = station.person(age_band="from_8_to_13")
    station.do("/intake/safeguarding-concerns", {"situation_code": "4", "person_id": child})


def a_directory(hub: Hub) -> None:
    """A station and one who works there."""
    station = Station(hub)
    ward = f"community:{STREET}{uuid4().int % 1000:03d}"
    station.do("/referral/stations", {"kind": "station", "code": f"p-{uuid4().hex[:6]}", "party": ward}, HEAD)
    station.do("/referral/staff", {"code": f"s-{uuid4().hex[:6]}", "employer": ward}, HEAD)


def volunteers(hub: Hub) -> None:
    """One goes instead of another, and has given an hour."""
    dispatch = Dispatch(hub)
    mei, lin = dispatch.volunteers(2)
    task = dispatch.task(dispatch.call(), now() + timedelta(hours=3))
    dispatch.goes(mei, task)
    instead = {"leaving": [f"volunteer:{mei}"], "joining": [f"volunteer:{lin}"], "reason_code": "other"}
    dispatch.do(f"/volunteer/tasks/{task}/reassignment", instead)
    gave = {"volunteer_id": mei, "activity": "visit", "day": "2026-03-02", "minutes": 60, "content_code": "companionship",
            "organizer": dispatch.unit, "lead": f"worker:{dispatch.coordinator.id}"}  # fmt: skip
    dispatch.do("/volunteer/service-hours", gave, volunteer(mei))


def an_organization_that_reads(hub: Hub) -> Organization:
    """A team is told who somebody is, reads it, and is told no more; what is kept of that holds nothing of it."""
    street = Street(hub)
    (team,) = street.organizations(1, "housework")
    opened = hub.ask("POST", f"/partner/v1/queues/{team.id}/opening", {}, role="administrator", ident="x-1", org="")
    assert opened.ok, opened.text
    person = street.person(team)
    street.do(f"/referral/organizations/{team.id}/mail", {"address": "offers@example.org"}, HEAD)
    street.accepted(person, team, "housework")
    read = street.reads(person, team.speaker)
    assert read is not None and found_in(str(read).encode()), "who may read does"
    street.do(f"/intake/consents/{person.consent}/withdrawal", {"by": "self", "scope": "all"})
    street.accepted(street.person(team), team, "housework")
    street.settles("partner")
    return team


def test_every_personal_field_of_every_command_was_taken_in(lived: Lived):
    """A new field is marked by itself; a command that nobody asks here must be given its place in a life above."""
    assert sorted(FIELDS.keys() - lived.marking.accepted) == []


def test_no_answer_to_a_command_holds_what_it_was_told(lived: Lived):
    assert lived.marking.told == []


def everything_marked(command: type) -> dict[str, Any]:
    """A body with a mark in each field in which text may stand, whatever text that should be."""
    return {
        name: [NAME] if "tuple" in str(hint) else NAME for name, hint in hints(command).items() if "str" in str(hint)
    }


@pytest.mark.parametrize("service", sorted({service for service, _ in ASKED}))
def test_a_refusal_repeats_nothing_of_what_was_asked(lived: Lived, service: str):
    """INV-6: where names stand in the place of codes, what is wrong is said, and not what stood there."""
    leaks: list[str] = []
    for _, asking in (case for case in ASKED if case[0] == service):
        path = f"/{service}/v1{re.sub('{[a-z_]+}', str(UUID(int=7)), asking.path)}"
        who = insider(next(iter(let_in(asking))))
        answer = lived.hub.ask(
            "POST", path, everything_marked(asking.command), role=who.role, ident=who.id, org=who.org
        )
        leaks += [f"{path}: {hit}" for hit in found_in(answer.content + str(answer.headers).encode())]
    assert leaks == []


# --- databases, broker, logs, figures -------------------------------------------------------------------------------


@contextmanager
def planted(lived: Lived) -> Iterator[set[str]]:
    """Marks that got out, one in each kind of place and each in another form."""
    reference, table = lived.reference, sql.Identifier("planted")
    made = sql.SQL("CREATE UNLOGGED TABLE {} AS SELECT {}::bytea AS held").format(
        table, sql.Literal(f"…{NAME}".encode("utf-16"))
    )
    reference.postgres.execute(made, "referral")
    log = reference.folder / "planted.log"
    log.write_text(f'{{"path": "/persons?name={quote(NAME)}"}}\n')
    with lived.tap.connection("hub") as connection, closing(connection.channel()) as channel:
        hidden = amqp.Message(b64encode(f"she is {NAME}".encode()), application_headers={"who": "biao ben da bing"})
        channel.basic_publish(hidden, exchange="referral.events", routing_key="planted")
    try:
        yield {"table referral.planted", f"file {reference.folder.name}/planted.log", "message publish.referral.events"}
    finally:
        reference.postgres.execute(sql.SQL("DROP TABLE {}").format(table), "referral")
        log.unlink()


def test_no_table_message_log_or_figure_holds_a_mark_save_those_that_are_planted(lived: Lived):
    """INV-6."""
    with planted(lived) as expected:
        looked: set[str] = set()
        found: dict[str, list[str]] = {}
        for place, content in everywhere(lived.reference, lived.tap):
            looked.add(place)
            if hits := found_in(content):
                found[place] = hits
    journal = {place for place in found if "pg_wal" in place}
    assert found.keys() - journal == expected, {
        place: hits[:3] for place, hits in found.items() if place not in expected
    }
    assert {f"figures of {name}" for name in lived.reference.processes} <= looked
    assert {"table intake.event", "table intake.sealed", "table audit.entry", "keys intake_keys.subject_key"} <= looked
    heard = {f"{name}.{end}" for name in ("intake", "referral", "volunteer", "partner") for end in ("events", "log")}
    assert heard | {"partners"} <= lived.tap.exchanges, lived.tap.exchanges


# --- the answers of the wrong roles ----------------------------------------------------------------------------------

OPENED = {
    "/persons/{id}/identity": "identity", "/disclosures/{id}/identity": "identity", "/cases/{id}/notes": "narrative",
    "/help-requests/{id}/notes": "narrative", "/safeguarding-concerns/{id}": "child", "/staff/{id}/identity": "directory",
    "/organizations/{id}/names": "directory", "/stations/{id}/names": "directory", "/volunteers/{id}/identity": "roster",
    **dict.fromkeys(
        ("/hsds/organizations", "/hsds/organizations/{id}", "/hsds/services", "/hsds/services/{id}", "/hsds/service_at_locations",
         "/hsds/service_at_locations/{id}", "/fhir/Organization/{key}", "/fhir/HealthcareService", "/fhir/HealthcareService/{key}"),
        "directory",
    ),
}  # fmt: skip
"""The paths that open the vault, with the kind of information that they show; no other path shows anything of it."""
PLACES = {"matters": ("help-requests", "cases", "visit-plans")}
"""What lies under a path that is not called like what it is about."""


def may_read(role: str, path: str) -> bool:
    """Whether somebody of this role may be shown such things at all, without a second person."""
    return path in OPENED and any(seen.how != "approver" for seen in cell(role, OPENED[path]))  # type: ignore[arg-type]


def insider(role: str) -> Actor:
    """One in this role at the station where the marked people were taken in."""
    return Actor(id=f"x-{role}", role=role, org=STREET if role in BOUND else "")


def ids(lived: Lived, path: str) -> list[str]:
    """Some of what is marked, under a path with an id in it."""
    home = path.split("/")[1]
    made = [found for (_, at), found in lived.marking.made.items() if at.strip("/") in PLACES.get(home, (home,))]
    return [one for found in made for one in found[-2:]] or [str(UUID(int=7))]


READS = [(service, e) for service, e in FREE if e.method == "GET" and e.roles is not None]


@pytest.mark.parametrize("service", sorted({service for service, _ in READS}))
def test_what_the_wrong_roles_are_answered_holds_no_mark(lived: Lived, service: str):
    """INV-5, INV-11: strangers in every role, and those of the station who may not read such things."""
    reads = [e for s, e in READS if s == service and "/stream" not in e.path]
    leaks = [leak for each in reads for who in wrong_ones(each) for leak in answers(lived, service, each, who)]
    assert leaks == []


def wrong_ones(answering: Answering) -> Iterator[Actor]:
    """Those who may not read what lies behind a path: strangers, and of the station those whose roles do not open it."""
    opened = OPENED.get(answering.path)
    for role in let_in(answering):
        if opened not in (None, "directory"):
            yield stranger(role)
        if not may_read(role, answering.path):
            yield insider(role)


def answers(lived: Lived, service: str, answering: Answering, who: Actor) -> Iterator[str]:
    """The marks in what one is answered on one path."""
    some = ids(lived, answering.path) if answering.path in OPENED else ids(lived, answering.path)[-1:]
    known = answering.document.get("query", {})
    query = {name: value for name, value in (("why", "casework"), ("purpose", "audit")) if name in known}
    for one in some:
        path = place_of(service, re.sub(r"{\w+}", one, answering.path))
        answer = ask(lived, path, who, **query)
        assert b'"no-such-path"' not in answer, f"{path}: nothing is there, so nothing was looked at"
        yield from (f"{who}: {path}: {hit}" for hit in found_in(answer))


def ask(lived: Lived, path: str, who: Actor, **query: str) -> bytes:
    """What is answered, with its headers."""
    asked = "?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else ""
    answer = lived.hub.ask("GET", path + asked, role=who.role, ident=who.id, org=who.org)
    return answer.content + str(answer.headers).encode()


LISTS = (
    "/fhir/Task?_include=Task:focus&_count=200", "/fhir/HealthcareService", "/hsds/organizations?full=true&per_page=1000",
    "/hsds/services?full=true&per_page=1000", "/hsds/service_at_locations?full=true&per_page=1000",
)  # fmt: skip
SOME = 12


@pytest.mark.parametrize("role", ["partner", "station_head", "coordinator"])
def test_by_the_standards_nobody_reads_a_mark(lived: Lived, role: str):
    """INV-6: things that there are, in every version, by whoever holds the need and by whoever gave it away."""
    who = lived.team.speaker if role == "partner" else insider(role)
    read = {path: answered(lived, path, who) for path in (*LISTS, *(("/fhir/Consent",) if role == "partner" else ()))}
    entries = [each for path, told in read.items() if path.startswith("/fhir") for each in told.get("entry", ())]
    assert {each["resource"]["resourceType"] for each in entries} >= {"Task", "ServiceRequest", "HealthcareService"}
    assert all(read[path]["contents"] for path in LISTS if "/hsds/organizations" in path or "/hsds/services" in path)
    for each in entries[:SOME] + entries[-SOME:]:
        kind, ident = each["resource"]["resourceType"], each["resource"]["id"]
        versions = ("", "/_history") if kind in ("Task", "ServiceRequest") else ("",)
        read |= {path: answered(lived, path, who) for path in (f"/fhir/{kind}/{ident}{more}" for more in versions)}
    said = {path: json.dumps(told, ensure_ascii=False) for path, told in read.items()}
    assert any(found_in(text.encode()) for text in said.values()), "organizations are called by their names"
    assert [hit for text in said.values() for hit in found_in(without_names(text).encode())] == []


def without_names(text: str) -> str:
    """What is left where the names are taken out that organizations publish of themselves in the directory."""
    for published in (("register-organization", "name"), ("add-organization-alias", "alias")):
        text = text.replace(f"{NAME}{TEXT}{FIELDS[published]:03d}", "")
    return text


def answered(lived: Lived, path: str, who: Actor) -> dict[str, Any]:
    """What is there for this one."""
    answer = lived.hub.ask("GET", path, role=who.role, ident=who.id, org=who.org)
    assert answer.status_code == 200, f"{path} for {who}: {answer.text}"
    return dict(answer.json())


def test_the_right_ones_do_read_the_marks(lived: Lived):
    """So that an empty answer to the others says something."""
    path = "/intake/v1/persons/%s/identity"
    read = {
        who: [ask(lived, path % one, who, why="casework") for one in ids(lived, "/persons/{id}")]
        for who in (COORDINATOR, FAR)
    }
    assert any(map(found_in, read[COORDINATOR]))
    assert not any(map(found_in, read[FAR]))


@pytest.mark.parametrize("service", sorted({service for service, _ in LISTED}))
def test_no_row_that_is_shown_holds_a_mark(lived: Lived, service: str):
    """Whoever sees every row of a view sees nothing of what was sealed."""
    leaks: list[str] = []
    for _, showing in (case for case in LISTED if case[0] == service):
        role = next(r for r in ("service", "auditor", "station_head") if not showing.roles or r in showing.roles)
        who = insider(role)
        leaks += [
            f"{showing.path}: {hit}" for hit in found_in(ask(lived, f"/{service}/v1{showing.path}", who, limit="1000"))
        ]
    assert leaks == []
