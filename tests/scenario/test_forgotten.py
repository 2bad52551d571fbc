"""Whoever is forgotten still counts: somebody who was helped, and somebody who helped, with everything said twice."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from services.kernel.message import Actor
from tests.scenario.test_h10_erasure import DECISION, keys_of
from tests.support.reference import Reference
from tests.support.station import COMMUNITY, HEAD, STREET, WORKER, Station, Told, until
from tests.support.volunteering import Dispatch

pytestmark = [pytest.mark.scenario, pytest.mark.usefixtures("loud")]

MONTH, AT = "2019-05", "2019-05-06T10:00:00+08:00"
COUNTED = {"persons-served": 1, "contacts": 3, "cases-opened": 1, "cases-closed": 1}


def figures(hub: Station | Dispatch, month: str, station: str) -> dict[tuple[str, str], Told]:
    """The figures of a month at a station, when all that was said is counted."""
    auditor = Actor(id="a-01", role="auditor")
    head = hub.get("/audit/ledger/head", auditor)["size"]
    path = f"/audit/figures?month={month}&station={station}"
    counted = until(lambda: (f := hub.get(path, auditor)) and f["size"] >= head - 1 and f, "everything is counted")
    return {(line["indicator"], line["part"] or ""): line for line in counted["items"]}


# --- somebody who was helped ----------------------------------------------------------------------------------------------


def helped_in_may(station: Station) -> str:
    """Somebody who asked, was helped three times and whose case was closed, all of it long ago and written up now."""

    def do(path: str, **body: Any) -> str:
        return str(station.do(path, body, at=AT)["id"])

    person = do("/intake/persons", station=STREET, age_band="adult", residence_area=COMMUNITY, pseudonym="待忘者")
    yes = {"by": "self", "purposes": ["casework"], "categories": ["identity"], "method": "oral", "notice_version": "1"}
    do("/intake/consents", person_id=person, **yes)
    matter = do(
        "/intake/help-requests", unit=f"community:{COMMUNITY}", area=COMMUNITY, came_by="walk-in", person_id=person
    )
    do(f"/intake/help-requests/{matter}/triage", urgency="normal", disposition="case")
    case = do("/intake/cases", person_id=person, request_id=matter, owner=f"worker:{WORKER.id}", area=STREET)
    do(f"/intake/cases/{case}/assessment", need_codes=["economic-hardship"])
    do(f"/intake/cases/{case}/plan", goals=[{"code": "economic-support"}], agreed_by="client")
    for kind in ("sport", "companionship", "housework"):
        do(f"/intake/cases/{case}/services", kind=kind)
    do(f"/intake/cases/{case}/closing", reason_code="goals-reached", early_reason="client-wish")
    return person


def forgotten(station: Station, person: str) -> None:
    """The person has asked, and two have decided: the law lets go of what is so long ago, and the facts rest all the same."""
    asked = {"by": "self", "ground": "consent-withdrawn", "evidence_kind": "statement"}
    station.do(f"/intake/persons/{person}/erasure", asked)
    rests = [each | ({"until": "2099-12-31"} if each["fate"] == "restricted" else {}) for each in DECISION["decisions"]]
    path = f"/intake/persons/{person}/erasure/decision"
    station.do(path, {"decisions": rests}, HEAD, approved="decide-erasure", about=person)


def behind(station: Station, indicator: str) -> list[Told]:
    """The events that made a number."""
    return station.items(f"/audit/figures/{indicator}/events?month={MONTH}&station={STREET}")


def test_a_person_who_is_forgotten_stays_in_every_figure_with_the_events_behind_it(station: Station):
    """H10, INV-35, INV-45: not one number of the month is another one, and each opens down to the same events."""
    person = helped_in_may(station)
    station.settles()
    before = figures(station, MONTH, STREET)
    assert {code: before[code, ""]["value"] for code in COUNTED} == COUNTED
    events = {code: behind(station, code) for code in COUNTED}
    assert len(events["contacts"]) == 3

    forgotten(station, person)
    until(lambda: (station.get(f"/intake/erasures/{person}") or {}).get("done_at"), "the person is forgotten")
    station.settles()
    assert figures(station, MONTH, STREET) == before
    assert {code: behind(station, code) for code in COUNTED} == events


@pytest.fixture
def station(reference: Reference) -> Station:
    """A station in the reference deployment."""
    return Station(reference.hub)


# --- somebody who helped --------------------------------------------------------------------------------------------------


@pytest.fixture
def dispatch(reference: Reference) -> Dispatch:
    """A station that dispatches."""
    return Dispatch(reference.hub)


def by_two(dispatch: Dispatch, command: str, path: str, about: str, body: Told) -> None:
    """What takes two persons, done by both."""
    one, two = dispatch.coordinator, Actor(id="w-two", role="station_head", org=dispatch.street)
    given = body | {"approver": two.id}
    word = dispatch.hub.approved(command, about, given, asker=one.id, by=two.id, role=two.role, org=two.org)
    answer = dispatch.hub.ask(
        "POST",
        f"/volunteer/v1/volunteers/{about}/{path}",
        given,
        role=one.role,
        ident=one.id,
        org=one.org,
        Approval=word,
    )
    assert answer.status_code == 200, answer.text


def gave(dispatch: Dispatch, who: str, minutes: int, begins: str) -> str:
    """Confirmed time of a volunteer, in the same month long ago."""
    unit = Actor(id="w-colleague", role="worker", org=dispatch.unit)
    told = {
        "volunteer_id": who, "activity": f"visit-{begins[:2]}", "day": "2019-05-06", "minutes": minutes,
        "content_code": "companionship", "organizer": dispatch.unit, "lead": f"worker:{unit.id}",
        "began_at": f"2019-05-06T{begins}:00+08:00", "ended_at": f"2019-05-06T{int(begins[:2]) + 2}:00:00+08:00",
    }  # fmt: skip
    record = dispatch.do("/volunteer/service-hours", told, unit)
    dispatch.do(f"/volunteer/service-hours/{record}/confirmation", {}, unit)
    return record


def stated(dispatch: Dispatch, who: str) -> int:
    """How many minutes the unit's newest statement says."""
    unit = Actor(id="w-colleague", role="worker", org=dispatch.unit)
    dispatch.do(f"/volunteer/volunteers/{who}/record-statements", {"issuer": dispatch.unit}, unit)
    said = [e["data"] for e in dispatch.said(who) if e["type"] == "volunteer.statement-issued"]
    return int(said[-1]["minutes"])


def test_two_records_of_one_volunteer_are_one_or_two_as_people_decide_and_one_who_is_forgotten_still_counts(
    dispatch: Dispatch, reference: Reference
):
    """INV-18, INV-35, INV-39: no hours move, the statement follows, keys end, and the figures stay."""
    one, other = dispatch.volunteers(
        2, name="待忘志愿者", phone="000-7700-0002", limits=["stairs"], teams=["team:leifeng"]
    )
    records = {gave(dispatch, one, 60, "09:00"): one, gave(dispatch, other, 90, "14:00"): other}
    before = {record: dispatch.said(record) for record in records}

    by_two(dispatch, "merge-volunteers", "merging", other, {"survivor_id": one, "basis": "documents"})
    assert stated(dispatch, one) == 150
    twice = {"volunteer_id": other, "activity": "again", "day": "2019-05-07", "minutes": 30, "content_code": "companionship",
             "organizer": dispatch.unit, "lead": "worker:w-colleague"}  # fmt: skip
    dispatch.refused("volunteer-gone", "/volunteer/service-hours", twice)
    by_two(dispatch, "unmerge-volunteers", "unmerging", other, {"basis": "mistake"})
    states = {who: dispatch.get(f"/volunteer/volunteers/{who}")["state"] for who in (one, other)}
    assert states == {one: "active", other: "active"}
    by_two(dispatch, "merge-volunteers", "merging", other, {"survivor_id": one, "basis": "documents"})
    assert {record: dispatch.said(record) for record in records} == before, "nothing was said of any hours"
    counted = until(lambda: (now := of_hours(dispatch))["volunteers-active"] == 1 and now, "two records count as one")
    assert counted["volunteer-hours"] == 150

    by_two(dispatch, "erase-volunteer", "erasure", one, {"evidence_kind": "statement"})
    gone = until(
        lambda: row_of(dispatch, one)["state"] == "erased" and row_of(dispatch, other), "the volunteer is forgotten"
    )
    assert (gone["state"], gone["area"]) == ("erased", None)
    assert keys_of(reference, one, other) == [("destroyed", None)] * 2
    for beside in ("volunteer-skills", "volunteer-teams", "volunteer-checks"):
        assert auditor_sees(dispatch, f"/volunteer/{beside}?volunteer_id={one}") == []
    assert left_in(reference, one, other) == {}, (
        "neither what he can and cannot do, nor to whom he is related or belongs"
    )
    dispatch.hears("audit", "volunteer")
    until(lambda: of_hours(dispatch) == counted, "the figures stay")
    shown = [auditor_sees(dispatch, f"/volunteer/service-hours?volunteer_id={who}") for who in (one, other)]
    assert [[row["minutes"] for row in rows] for rows in shown] == [[60], [90]]
    answer = dispatch.hub.ask("GET", "/audit/v1/ledger/verification", role="auditor", ident="a-01", org="")
    assert answer.json()["sound"]


def of_hours(dispatch: Dispatch) -> dict[str, Any]:
    """What volunteers gave at this station in that month, in figures."""
    dispatch.hears("audit", "volunteer")
    return {code: line["value"] for (code, part), line in figures(dispatch, MONTH, dispatch.street).items()
            if not part and code in ("volunteer-hours", "volunteers-active", "hours-in-time")}  # fmt: skip


def row_of(dispatch: Dispatch, who: str) -> Told:
    return dict(dispatch.get(f"/volunteer/volunteers/{who}", Actor(id="a-01", role="auditor")))


def auditor_sees(dispatch: Dispatch, path: str) -> list[Told]:
    return list(dispatch.get(path, Actor(id="a-01", role="auditor"))["items"])


BESIDE = {
    "volunteer": ("volunteer_skills", "volunteer_checks", "volunteer_relatives", "volunteer_limits", "volunteer_teams"),
    "referral": ("team_members", "cleared_volunteers"),
    "partner": ("member",),
}
"""By service: where something of a volunteer stands beside the roster."""


def left_in(reference: Reference, *volunteers: str) -> dict[str, int]:
    """The tables in which anything stands beside the roster of these, once everybody has heard of it."""

    def found() -> dict[str, int]:
        counts: dict[str, int] = {}
        for service, tables in BESIDE.items():
            engine = sa.create_engine(reference.postgres.url(service))
            with engine.connect() as connection:
                for table in tables:
                    column = "volunteer" if table == "member" else "volunteer_id"
                    query = sa.text(
                        f"SELECT count(*) FROM {table} WHERE replace({column}::text, 'volunteer:', '') = ANY(:ids)"
                    )
                    if count := connection.execute(query, {"ids": list(volunteers)}).scalar():
                        counts[table] = int(count)
            engine.dispose()
        return counts

    until(lambda: not found(), f"nothing of the volunteer is left but {found()}")
    return found()


def test_nobody_merges_or_forgets_a_volunteer_alone(dispatch: Dispatch):
    one, other = dispatch.volunteers(2)
    alone = {"survivor_id": one, "basis": "documents", "approver": dispatch.coordinator.id}
    answer = dispatch.send(f"/volunteer/volunteers/{other}/merging", alone)
    assert answer.status_code in (403, 409, 422), answer.text
    answer = dispatch.send(f"/volunteer/volunteers/{one}/erasure", {"evidence_kind": "statement", "approver": "w-two"})
    assert answer.status_code in (403, 409, 422), answer.text
    assert {row_of(dispatch, who)["state"] for who in (one, other)} == {"active"}
