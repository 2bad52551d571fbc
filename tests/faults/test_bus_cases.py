"""What a bus can do to a hub: say things twice, out of order, never, or spoilt; and who may read what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import Any

import psycopg
import pytest
from psycopg import sql

from services.kernel.message import Actor
from tests.faults.sending import ledger_is_whole
from tests.support.clocked import Clocked
from tests.support.courier import Courier, couriers
from tests.support.reference import ROOT
from tests.support.street import AUDITOR, COORDINATOR, ORIGIN, Organization, Person, Street, Told
from tests.support.waiting import until
from wushe.services import CLASSES

pytestmark = pytest.mark.faults

NEED = "goods"
OF_THE_SCHEMA = ("migration",)
"""Tables that say which shape the others have."""
CONSUMERS = ("intake", "referral", "audit", "partner", "console")


@pytest.fixture(scope="module")
def street(reference: Clocked) -> Street:
    """A station at work."""
    return Street(reference.hub)


@pytest.fixture(scope="module")
def teams(street: Street) -> list[Organization]:
    """Two teams that give goods."""
    return street.organizations(2, NEED)


def whole_matter(street: Street, teams: list[Organization]) -> tuple[Person, str]:
    """A need is declined by one, taken by another, withdrawn for one receiver, served, and confirmed."""
    person = street.person(*teams)
    referral_id = street.referral(person, NEED)
    at = f"/referral/referrals/{referral_id}"
    street.offer(referral_id, *teams)
    no = {"organization_id": teams[0].id, "reason_code": "no-capacity"}
    street.do(f"{at}/refusal", no, teams[0].speaker)
    street.accept(referral_id, teams[1])
    street.disclosed(referral_id)
    partly = {"by": "self", "scope": "receiver", "receivers": [teams[0].party]}
    street.do(f"/intake/consents/{person.consent}/withdrawal", partly)
    street.do(f"{at}/start", {}, teams[1].speaker)
    street.do(f"{at}/outcome", {"outcome": "delivered"}, teams[1].speaker)
    street.do(f"{at}/confirmation", {"client_asked": True})
    street.settles("partner")
    return person, referral_id


def shape(street: Street, person: Person, referral_id: str) -> dict[str, Any]:
    """What is left at the end, without ids and times."""
    row = street.row(referral_id)
    return {
        "said": [event["type"] for event in street.log("referral") if event["subject"].endswith(referral_id)],
        "disclosed": Counter(e["type"] for e in street.log("intake") if e["data"].get("need_id") == referral_id),
        "state": (row["state"], row["outcome"], row["confirmed"], row["offers_count"]),
        "answers": sorted(offer["state"] for offer in street.items(f"/referral/offers?referral_id={referral_id}")),
        "held": len(street.holders(person, referral_id)),
        "faults": street.custody(person)["findings"],
    }


def feed_of(street: Street, organization: Organization) -> list[Told]:
    """An organization's whole feed."""
    return street.feed(organization)


def test_duplicate_delivery_and_reordering_across_services_leave_the_same_end(
    street: Street, teams: list[Organization], reference: Clocked
):
    quiet = shape(street, *whole_matter(street, teams))
    ways = [(consumer, publisher) for consumer in CONSUMERS for publisher in ("intake", "referral")]
    with couriers(reference.rabbit, *ways, seed=62) as carrying:
        loud = shape(street, *whole_matter(street, teams))
    assert loud == quiet
    assert quiet["faults"] == []
    assert sum(courier.repeated for courier in carrying) > 10
    street.settles("partner")
    ledger_is_whole(reference.hub, tuple(CLASSES))


def test_an_event_that_audit_has_seen_and_referral_has_not_is_fetched(
    street: Street, teams: list[Organization], reference: Clocked
):
    with Courier(reference.rabbit, "referral", "intake", loses=True):
        behind = street.get("/referral/position")["heard"]["intake"]
        person_id = street.do("/intake/persons", {"station": "220104004", "age_band": "adult"})["id"]
        consent = {"person_id": person_id, "by": "self", "purposes": ["referral"], "categories": ["identity"],
                   "method": "oral", "notice_version": "2026-1", "receivers": [teams[0].party]}  # fmt: skip
        street.do("/intake/consents", consent)
        head = street.head("intake")
        street.hears("audit", "intake")
        # Nobody says it again: referral asks for what is missing, by itself.
        until(lambda: street.get("/referral/position")["heard"]["intake"] >= head, "referral has fetched it", 120)
    assert behind < head
    ledger_is_whole(reference.hub, tuple(CLASSES))


def test_a_poison_message_holds_up_its_own_stream_and_nothing_else(
    street: Street, teams: list[Organization], reference: Clocked
):
    person = street.person(*teams)
    poisoned, other = street.referral(person, NEED), street.referral(person, NEED)
    with reference.cannot_read("partner", "offer.declined"):
        for referral_id in (poisoned, other):
            street.offer(referral_id, *teams)
        no = {"organization_id": teams[0].id, "reason_code": "no-capacity"}
        street.do(f"/referral/referrals/{poisoned}/refusal", no, teams[0].speaker)
        street.accept(poisoned, teams[1])
        street.accept(other, teams[1])
        street.settles("partner")

        heard = [event["subject"] for event in feed_of(street, teams[1]) if "accepted" in event["type"]]
        assert f"referral/{other}" in heard
        assert f"referral/{poisoned}" not in heard
        aside = [row for row in dead(reference, "list", "partner") if row["stream"] == f"referral/{poisoned}"]
        assert aside[0]["state"] == "poison"
        assert {row["state"] for row in aside[1:]} == {"waiting"}
        assert "spoilt by a test" in aside[0]["reason"]

    # Mended, it is handled again, and what waited behind it follows in order.
    dead(reference, "replay", "partner", "referral", str(aside[0]["position"]))
    ended = f"referral/{poisoned}"

    def told() -> list[str]:
        return [i["type"] for i in feed_of(street, teams[0]) if i["subject"] == ended]

    until(lambda: told() == ["referral.offered", "offer.declined"], "what was set aside is told")
    until(
        lambda: (
            [i["type"] for i in feed_of(street, teams[1]) if i["subject"] == ended]
            == ["referral.offered", "referral.accepted"]
        ),
        "what waited behind it is told",
    )
    assert dead(reference, "list", "partner") == []


def dead(reference: Clocked, act: str, service: str, *more: str) -> Any:
    """What `wushe dead` answers about one service."""
    named = ["--service", service] if act == "list" else [service]
    command = [sys.executable, "-m", "wushe.cli", "dead", act, *named, *more, "--from-environment", "--json"]
    done = subprocess.run(
        command, cwd=ROOT, env=reference.environment(service), capture_output=True, text=True, timeout=60
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_new_partner_sequence_is_filled_from_the_whole_log_and_discloses_nothing_anew(
    street: Street, teams: list[Organization], reference: Clocked
):
    """The partner service loses everything it had, and reads all that was ever said."""
    whole_matter(street, teams)
    before = {team.id: feed_of(street, team) for team in teams}
    intake, referral = street.head("intake"), street.head("referral")
    reads = len(street.items("/intake/reads?limit=1000", AUDITOR))

    reference.kill9("partner")
    empty(reference, "partner")
    reference.start("partner")
    reference.ready("partner")
    street.hears("partner", "intake", "referral")

    for team in teams:
        again = until(lambda team=team: len(f := feed_of(street, team)) == len(before[team.id]) and f, "it is full")
        assert [int(event["sequence"]) for event in again] == list(range(1, len(again) + 1))
        assert facts(again) == facts(before[team.id])
    assert (street.head("intake"), street.head("referral")) == (intake, referral)
    assert len(street.items("/intake/reads?limit=1000", AUDITOR)) == reads


def facts(feed: list[Told]) -> dict[str, list[str]]:
    """The facts of a feed without their numbers, stream by stream: between streams there is no order."""
    found: dict[str, list[str]] = {}
    for event in feed:
        told = {name: value for name, value in event.items() if name != "sequence"}
        found.setdefault(event["subject"], []).append(json.dumps(told, sort_keys=True))
    return found


def empty(reference: Clocked, database: str) -> None:
    """A service's database as it was on its first day: the tables, and nothing in them."""
    with psycopg.connect(reference.postgres.conninfo(database), autocommit=True) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        kept = [sql.Identifier(str(name)) for (name,) in rows if name not in OF_THE_SCHEMA]
        # The log is never changed, and its own triggers see to that; here a disk is lost.
        connection.execute("SET session_replication_role = replica")
        connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(kept)))


def test_a_partners_feed_is_read_by_that_partner_alone(street: Street, teams: list[Organization]):
    person = street.person(*teams)
    referral_id = street.accepted(person, teams[0], NEED)
    street.settles("partner")
    mine, others = feed_of(street, teams[0]), feed_of(street, teams[1])
    assert [event for event in mine if referral_id in event["subject"]]
    assert not [item for item in others if referral_id in str(item)]
    assert {event["data"].get("organization_id", teams[1].id) for event in others} == {teams[1].id}

    hub = street.hub
    for actor in (COORDINATOR, AUDITOR, Actor(id="v-1", role="volunteer", org=teams[0].id)):
        answer = hub.ask("GET", "/partner/v1/events", role=actor.role, ident=actor.id, org=actor.org)
        assert answer.status_code == 403, actor
    nobody = hub.ask("GET", "/partner/v1/events", role="partner", ident="p-x", org="")
    assert nobody.status_code == 401  # a token of no organization is nobody's
    assert hub.session.get(f"{hub.url}/partner/v1/events", timeout=10).status_code == 401
    # Nor does it help to ask where it all comes from.
    for publisher in ("intake", "referral"):
        answer = hub.ask("GET", f"/{publisher}/events", role="partner", ident="p-x", org=teams[0].id)
        assert answer.status_code == 403
    shown = hub.ask("GET", f"/referral/v1/referrals/{referral_id}", role="partner", ident="p-x", org=teams[1].id)
    assert shown.status_code in (403, 404)
    assert street.reads(person, teams[1].speaker) is None
    assert street.holders(person, referral_id)[0] == [ORIGIN]
