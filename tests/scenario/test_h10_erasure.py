"""H10: a person wants everything deleted while the audit trail must stay verifiable."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from services.audit.times import HERE
from services.kernel.message import Actor
from tests.support.reference import Reference
from tests.support.station import COORDINATOR, HEAD, STREET, Station, Told
from tests.support.waiting import until

pytestmark = [pytest.mark.scenario, pytest.mark.usefixtures("loud")]

SEALED = ("identity", "contact", "narrative", "health")
NAME, PHONE, STORY = "待删除者甲", "000-7700-0001", "待删除的叙述"


@pytest.fixture
def station(reference: Reference) -> Station:
    """A station in the reference deployment."""
    return Station(reference.hub)


def fate(kind: str, what: str, basis: str) -> Told:
    """What becomes of one kind."""
    return {"kind": kind, "fate": what, "basis": basis}


DECISION = {
    "decisions": [
        *(fate(kind, "erased", "pipl47-erase") for kind in SEALED),
        fate("facts", "restricted", "pipl47-keep"),
        fate("safeguarding", "refused", "safeguarding"),
    ]
}


def known_person(station: Station) -> Told:
    """Somebody with a closed case, a story, and an organization that was told who it is."""
    organization = str(uuid4())
    person = station.person(name=NAME, phone=PHONE, note=STORY)
    consent = station.consents(person, f"organization:{organization}")
    matter = station.request(person, story=STORY)
    case = station.case(person, matter)
    station.do(f"/intake/cases/{case}/services", {"kind": "sport", "note": STORY})
    shown = {"person_id": person, "receiver": f"organization:{organization}", "purpose": "referral"}
    disclosure = station.do("/intake/disclosures", shown)["id"]
    closing = {"reason_code": "goals-reached", "early_reason": "client-wish"}
    station.do(f"/intake/cases/{case}/closing", closing)
    partner = Actor(id=f"p-{organization[:8]}", role="partner", org=organization)
    return {"person": person, "matter": matter, "case": case, "disclosure": disclosure, "consent": consent,
            "partner": partner}  # fmt: skip


def decided(station: Station, person: str) -> Told:
    """The person has asked, and two have decided."""
    asked = {"by": "self", "ground": "consent-withdrawn", "evidence_kind": "statement"}
    station.do(f"/intake/persons/{person}/erasure", asked)
    path = f"/intake/persons/{person}/erasure/decision"
    return station.do(path, DECISION, HEAD, approved="decide-erasure", about=person)


COUNTED = (
    "cases-opened",
    "cases-open",
    "cases-closed",
    "goals-reached",
    "persons-served",
    "contacts",
    "requests-settled",
)
"""The figures in which he stands; others follow the clock."""


def counted(station: Station) -> dict[tuple[str, str], tuple[Any, Any]]:
    """These figures of this month at the station, when all that was said is counted."""
    station.settles()
    head = station.get("/audit/ledger/head")["size"]
    path = f"/audit/figures?month={datetime.now(HERE):%Y-%m}&station={STREET}"
    told = until(lambda: (f := station.get(path)) and f["size"] >= head - 1 and f, "everything is counted")
    return {(line["indicator"], line["part"] or ""): (line["value"], line["of"]) for line in told["items"]
            if line["indicator"] in COUNTED}  # fmt: skip


def test_identity_goes_facts_rest_safeguarding_stays_and_every_proof_holds(station: Station, reference: Reference):
    """INV-34, INV-35."""
    nobody = counted(station)
    known = known_person(station)
    person, partner = known["person"], known["partner"]
    assert station.get(f"/intake/persons/{person}/identity?why=casework", COORDINATOR)["fields"]["name"] == NAME
    assert station.get(f"/intake/persons/{person}/identity?why=referral", partner)["fields"]["name"] == NAME
    station.settles()
    assert station.sound()
    before, figures = {event["id"]: event for event in station.log("intake")}, counted(station)
    for indicator in ("cases-opened", "cases-closed", "persons-served", "contacts"):
        assert figures[indicator, ""][0] == nobody[indicator, ""][0] + 1, indicator

    decided(station, person)
    # From the decision on nobody reads, whether the key is gone yet or not.
    for reader in (COORDINATOR, HEAD, partner):
        assert station.get(f"/intake/persons/{person}/identity?why=casework", reader) is None
    row = until(lambda: _state(station, person, "restricted"), "the decision is carried out")
    assert row["keys"] >= 3, "his own key, his case's, his request's"
    assert row["until"] is not None, "facts are decided about anew on a day"

    # Nothing of him is read: not by id, not through the case, not through the request.
    assert station.get(f"/intake/cases/{known['case']}/notes?why=casework", COORDINATOR) is None
    notes = station.get(f"/intake/help-requests/{known['matter']}/notes?why=casework", COORDINATOR)
    assert notes is None or notes["notes"] == []
    assert keys_of(reference, person, known["case"], known["matter"]) == [("destroyed", None)] * 3

    # Nothing of what he was called finds him: neither the words nor the blind index made of them.
    typed = {"name": NAME, "phone": PHONE}
    found = station.do("/intake/duplicate-hints", typed)
    assert person not in str(found)

    # Partners are told, and answer.
    station.settles()
    heard = station.hub.deliveries(partner)
    demanded = [event["data"] for event in heard if event["type"] == "identity.deletion-demanded"]
    assert [each["disclosure_id"] for each in demanded] == [known["disclosure"]]
    station.do(f"/intake/disclosures/{known['disclosure']}/deletion-answer", {"result": "deleted"}, partner)
    assert station.get(f"/intake/disclosures/{known['disclosure']}")["deletion"] == "deleted"

    # Every event is as it was, every proof holds, and he counts as before.
    after = {event["id"]: event for event in station.log("intake")}
    assert {one: after[one] for one in before} == before
    station.settles()
    assert station.sound()
    assert counted(station) == figures, "no number has changed: he is in them all, and in none by name"
    assert station.get(f"/intake/cases/{known['case']}")["state"] == "closed"
    assert station.get(f"/intake/persons/{person}")["residence_area"] is None

    # Who comes again is somebody new, and nothing links the two.
    again = station.person(name=NAME, phone=PHONE)
    assert again != person
    station.settles()
    said = [event for event in station.log("intake") if again in str(event)]
    assert said and not any(person in str(event) for event in said)
    station.refused("person-erased", f"/intake/persons/{person}/details", {"reason_code": "new-facts", "name": NAME})


def _state(station: Station, person: str, state: str) -> Any:
    row = station.get(f"/intake/erasures/{person}")
    return row if row and row["state"] == state else None


def keys_of(reference: Reference, *subjects: str) -> list[tuple[str, Any]]:
    """What the database of keys holds of these subjects."""
    rows: list[tuple[str, Any]] = []
    for database in databases(reference.keys):
        engine = sa.create_engine(reference.keys.url(database).replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            if sa.inspect(connection).has_table("subject_key"):
                query = sa.text("SELECT state, wrapped FROM subject_key WHERE subject = ANY(:subjects)")
                rows += [(row.state, row.wrapped) for row in connection.execute(query, {"subjects": list(subjects)})]
        engine.dispose()
    return rows


def databases(server: Any) -> list[str]:
    """The databases of a server."""
    engine = sa.create_engine(server.url("postgres").replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        names = [
            row[0] for row in connection.execute(sa.text("SELECT datname FROM pg_database WHERE NOT datistemplate"))
        ]
    engine.dispose()
    return names


def test_a_key_is_ended_though_the_service_is_killed_right_after_the_decision(station: Station, reference: Reference):
    """The decision is durable, the act is repeated until it is said to be done."""
    known = known_person(station)
    decided(station, known["person"])
    reference.kill9("intake")
    reference.start("intake")
    reference.ready("intake")
    until(lambda: _state(station, known["person"], "restricted"), "the key is ended after all")
    assert keys_of(reference, known["person"]) == [("destroyed", None)]
    events = [event["type"] for event in station.log("intake") if event["subject"] == f"person/{known['person']}"]
    assert events.count("person.data-erased") == 1


def test_what_the_law_has_kept_does_not_go_and_one_alone_does_not_decide(station: Station):
    known = known_person(station)
    person = known["person"]
    station.do(f"/intake/persons/{person}/erasure", {"by": "self", "ground": "other"})
    path = f"/intake/persons/{person}/erasure/decision"
    facts_go = {
        "decisions": [
            fate(d["kind"], "erased", "pipl47-erase") if d["kind"] == "facts" else d for d in DECISION["decisions"]
        ]
    }
    station.refused("retention-runs", path, facts_go, HEAD, approved="decide-erasure", about=person)
    harm_goes = {
        "decisions": [{**d, "fate": "erased"} if d["kind"] == "safeguarding" else d for d in DECISION["decisions"]]
    }
    station.refused("safeguarding-stays", path, harm_goes, HEAD, approved="decide-erasure", about=person)
    alone = station.send(path, DECISION | {"approver": HEAD.id}, HEAD)
    assert alone.status_code in (403, 409, 422), alone.text
    assert station.get(f"/intake/persons/{person}/identity?why=casework", COORDINATOR)["fields"]["name"] == NAME
