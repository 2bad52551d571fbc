"""H9: a mistake is corrected without erasing history; three acts for three mistakes, each with its trace."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.reference import Reference
from tests.support.station import AUDITOR, COMMUNITY, COORDINATOR, HEAD, SECOND, Station, Told
from tests.support.waiting import until

pytestmark = [pytest.mark.scenario, pytest.mark.usefixtures("loud")]

UNIT = f"community:{COMMUNITY}"
TOLD = "认错人的叙述"


@pytest.fixture
def station(reference: Reference) -> Station:
    """A station in the reference deployment."""
    return Station(reference.hub)


def entry_of(station: Station, event_id: str) -> bytes:
    """An event's bytes as its publisher keeps them."""
    page = station.hub.ask("GET", "/intake/events?after=0&limit=1", role="service", ident="a-looker", org="")
    assert page.status_code == 200
    found = next(event for event in station.log("intake") if event["id"] == event_id)
    return sha256(str(sorted(found.items())).encode()).digest()


def test_a_wrong_number_is_corrected_beside_what_was(station: Station):
    """INV-31: readers see the current value with a mark, auditors both; the event itself is untouched."""
    person = station.person()
    station.consents(person)
    matter = station.request(person)
    case = station.case(person, matter)
    station.do(f"/intake/cases/{case}/services", {"kind": "sport", "participants": 30})
    record = station.record_of(case, "service")
    before = entry_of(station, record["record_id"])
    path = f"/intake/records/{record['record_id']}/service-correction"
    station.do(path, {"reason_code": "typing-error", "participants": 3})
    shown = station.get(f"/intake/records/{record['record_id']}", COORDINATOR)
    assert (shown["said"]["participants"], shown["mark"]) == (3, "corrected")
    (both,) = station.items(f"/intake/corrections?record_id={record['record_id']}", AUDITOR)
    assert (both["was"]["participants"], both["now"]["participants"], both["by"]) == (30, 3, COORDINATOR.id)
    assert entry_of(station, record["record_id"]) == before

    # Once the case is closed, one alone corrects nothing; with a second person's own act it goes.
    station.do(f"/intake/cases/{case}/closing", {"reason_code": "goals-reached", "early_reason": "client-wish"})
    again = {"reason_code": "typing-error", "participants": 4}
    station.refused("second-person-needed", path, again)
    station.do(path, again, approved="correct-service", about=record["record_id"])
    station.settles()
    assert station.sound()


def test_money_that_was_paid_by_mistake_goes_back_by_an_act_of_its_own(station: Station):
    """The third act: what was paid is reversed, with its reason, and stays on record as paid (INV-31)."""
    person = station.person()
    station.consents(person, purposes=("casework", "grant"))
    matter = station.request(person)
    station.settles()
    asked = {"matter_id": matter, "person_id": person, "purpose_code": "tuition", "applicant": "worker:w-zsl"}
    giver: Told = {"behalf": {"org": "unknown", "evidence_kind": "unknown"}}
    grant = station.do("/referral/grants", asked)["id"]
    at = f"/referral/grants/{grant}"
    station.do(f"{at}/approval", {"amount_fen": 50000}, HEAD, **giver)
    station.do(f"{at}/payments", {"payee_kind": "family", "amount_fen": 30000, "final": False}, SECOND, **giver)
    station.do(f"{at}/refunds", {"amount_fen": 30000, "reason_code": "other"}, SECOND, **giver)
    said = [event for event in station.log("referral") if event["subject"].endswith(grant)]
    assert [event["type"] for event in said] == ["grant.applied", "grant.approved", "grant.disbursed", "grant.returned"]
    assert [event["data"].get("amount_fen") for event in said][-2:] == [30000, 30000]


def test_what_should_not_exist_counts_no_more_and_stays_readable(station: Station):
    person = station.person()
    plan = station.do("/intake/visit-plans", {"person_id": person, "cadence": "daily", "visitor": "worker:w-zyh",
                      "unit": UNIT, "area": COMMUNITY, "basis": "seen"})["id"]  # fmt: skip
    station.do(f"/intake/visit-plans/{plan}/visits", {})
    record = station.record_of(plan, "visit")
    station.do(f"/intake/records/{record['record_id']}/error", {"reason_code": "wrong-person"})
    assert station.get(f"/intake/visit-plans/{plan}")["visits"] == 0
    assert station.items(f"/intake/visits?plan_id={plan}") == []
    assert station.get(f"/intake/records/{record['record_id']}")["mark"] == "entered-in-error"
    station.settles()
    lines = station.replay(plan)["timeline"]
    (made,) = [line for line in lines if line["type"] == "visit.made"]
    assert made["struck_by"] is not None, "an auditor sees the visit, and that it was struck"


def test_a_note_on_the_wrong_person_goes_under_the_right_one_s_key(station: Station, reference: Reference):
    wrong, right = station.person(pseudonym="孙大姐"), station.person(pseudonym="洪阿姨")
    station.consents(wrong)
    matter = station.request(wrong)
    case = station.case(wrong, matter)
    station.do(f"/intake/cases/{case}/services", {"kind": "sport", "note": TOLD})
    record = station.record_of(case, "service")
    assert told_in(station, f"/intake/cases/{case}/notes?why=casework") == [TOLD]
    path = f"/intake/records/{record['record_id']}/move"
    moving = {"to_person_id": right, "reason_code": "wrong-person"}
    alone = station.send(path, moving | {"approver": COORDINATOR.id})
    assert alone.status_code >= 400
    station.do(path, moving, approved="move-note", about=record["record_id"])
    assert told_in(station, f"/intake/cases/{case}/notes?why=casework") == []
    until(lambda: TOLD in told_in_file(station, right), "the right person's file holds it")
    assert subjects_of(reference, wrong, case, right).count(right) >= 1

    # With the wrong person's keys gone, what was told is still read; those keys opened it no more.
    (moved,) = [event for event in station.log("intake") if event["type"] == "record.note-rekeyed"
                and event["data"]["record_id"] == record["record_id"]]  # fmt: skip
    assert moved["data"]["values"] == 1
    assert laid_under(reference, case) == 0, "nothing of the case lies under the case's own key any more"
    station.settles()
    assert station.sound()


def told_in(station: Station, path: str) -> list[Any]:
    """What is read of notes."""
    found = station.get(path, COORDINATOR)
    return [note["value"] for note in found["notes"]] if found else []


def told_in_file(station: Station, person: str) -> list[Any]:
    """What is read of a person's own file."""
    found = station.get(f"/intake/persons/{person}/identity?why=casework", COORDINATOR)
    return list(found["fields"].values())


def sealed_rows(reference: Reference, query: str, **given: Any) -> list[Any]:
    """Rows of intake's sealed table."""
    engine = sa.create_engine(reference.postgres.url("intake"))
    with engine.connect() as connection:
        rows = list(connection.execute(sa.text(query), given))
    engine.dispose()
    return rows


def subjects_of(reference: Reference, *subjects: str) -> list[str]:
    """Under whose keys values lie."""
    query = "SELECT subject FROM sealed WHERE subject = ANY(:subjects) AND field = 'note'"
    return [row.subject for row in sealed_rows(reference, query, subjects=list(subjects))]


def laid_under(reference: Reference, subject: str) -> int:
    """How many values lie under a key."""
    return len(sealed_rows(reference, "SELECT digest FROM sealed WHERE subject = :subject", subject=subject))


def test_hours_typed_wrong_total_what_was_given_and_a_statement_from_before_no_longer_holds(station: Station):
    """H9: 3.0 hours after correction; the certificate issued before shows as superseded on verification."""
    desk = {"as_": COORDINATOR}
    volunteer = station.do(
        "/volunteer/volunteers", {"minor": False, "consent_ref": "paper-1", "area": COMMUNITY}, **desk
    )["id"]
    hours = {"volunteer_id": volunteer, "activity": "visit-1", "day": "2026-03-02", "minutes": 1080,
             "content_code": "companionship", "organizer": UNIT, "lead": "worker:w-lead"}  # fmt: skip
    said: Told = {"behalf": {"org": UNIT, "evidence_kind": "paper", "evidence_ref": "sheet-1"}}
    record = station.do("/volunteer/service-hours", hours, **desk, **said)["id"]
    station.do(f"/volunteer/service-hours/{record}/confirmation", {}, **desk, **said)
    station.do(f"/volunteer/volunteers/{volunteer}/record-statements", {"issuer": UNIT}, **desk, **said)
    issued = next(e for e in station.log("volunteer") if e["type"] == "volunteer.statement-issued"
                  and e["subject"].endswith(volunteer))["data"]  # fmt: skip
    code = issued["verify_code"]
    assert station.get(f"/volunteer/record-statements/{code}")["current"] is True
    assert station.get(f"/volunteer/service-hours/{record}")["late"] is True, "INV-19: later than ten working days"
    station.do(f"/volunteer/service-hours/{record}/correction", {"minutes": 180, "reason_code": "typing-error"},
               **desk, **said)  # fmt: skip
    assert station.get(f"/volunteer/service-hours/{record}")["minutes"] == 180
    assert station.get(f"/volunteer/record-statements/{code}")["current"] is False
