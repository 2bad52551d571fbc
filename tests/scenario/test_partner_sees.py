"""What a partner sees when consent is withdrawn at each point: exactly what the matrix says, on every way.

Marked personal data is looked for in everything that ever left for a partner: its feed, its queue, its webhooks, its mails
and the pages that they lead to, its spreadsheet, its calendar, and what it reads by FHIR and by HSDS.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

import pytest
import requests
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat

from tests.support.called import Endpoints
from tests.support.courier import Courier
from tests.support.member import Member, admitted
from tests.support.reader import Seen, read_feed, read_queue
from tests.support.reference import Reference
from tests.support.street import HEAD, Organization, Person, Street, Told
from tests.support.volunteering import Dispatch, now
from tests.support.waiting import until

pytestmark = pytest.mark.scenario
NEED = "housework"
MARKED = ("孙大姐", "000-0000", "somewhere", "\\u5b59")
ALL = {"by": "self", "scope": "all"}


@dataclass
class Partner:
    """A partner that takes part by all three ways at once."""

    street: Street
    reference: Reference
    member: Member
    called: Endpoints
    folder: Path

    def told(self, referral_id: str) -> list[Told]:
        """What its feed says of a referral, and of what was disclosed for it."""
        feed = self.street.feed(self.member.organization)
        return [e for e in feed if referral_id in (e["subject"].partition("/")[2], e["data"].get("need_id"))]

    def row(self, referral_id: str) -> Told | None:
        """The referral as it is shown to the partner."""
        found = self.street.get(f"/referral/referrals/{referral_id}", self.member.organization.speaker)
        return None if found is None else dict(found)

    def who(self, reference: str) -> int:
        """What is answered to whoever follows a `dataref` with the partner's token."""
        speaker = self.member.organization.speaker
        return self.street.hub.ask("GET", reference, role=speaker.role, ident=speaker.id, org=speaker.org).status_code


@pytest.fixture(scope="module")
def partner(reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Partner]:
    street = Street(reference.hub)
    (team,) = street.organizations(1, NEED)
    with Endpoints() as called:
        member = admitted(reference, team)
        street.do("/partner/endpoints", {"url": called.url("/x")}, team.speaker)
        yield Partner(street, reference, member, called, tmp_path_factory.mktemp("partner"))


def offered(partner: Partner) -> tuple[Person, str]:
    """Somebody's need that was offered to the partner."""
    person = partner.street.person(partner.member.organization)
    referral_id = partner.street.referral(person, NEED)
    partner.street.offer(referral_id, partner.member.organization)
    return person, referral_id


def withdrawn(partner: Partner, person: Person, referral_id: str) -> None:
    partner.street.do(f"/intake/consents/{person.consent}/withdrawal", ALL)
    partner.street.in_state(referral_id, "withdrawn")
    partner.street.settles("partner")


REST = tuple(f"/referral/v1/{each}" for each in ("referrals/{}", "referrals", "offers", "inbox", "inbox/sheet?format=csv", "deadlines")) \
    + tuple(f"/intake/v1/{each}" for each in ("disclosures", "consents", "cases", "persons"))  # fmt: skip
FHIR = (
    "/fhir/ServiceRequest/{}",
    "/fhir/ServiceRequest/{}/_history",
    "/fhir/Task?_include=Task:focus&_count=200",
    "/fhir/Consent",
)
OWN = "/referral/v1/referrals/{}"


def shows_whose(partner: Partner, person: Person, referral_id: str) -> list[str]:
    """The paths by which the partner is shown who stands behind a referral, by any reference to the person."""
    speaker, found = partner.member.organization.speaker, []
    for path in (*REST, *FHIR):
        place = path.format(referral_id)
        answer = partner.street.hub.ask("GET", place, role=speaker.role, ident=speaker.id, org=speaker.org)
        assert answer.status_code in (200, 403, 404), f"{place}: {answer.text}"
        found += [path] if person.id in answer.text or person.consent in answer.text else []
    return found


def types(partner: Partner, referral_id: str) -> list[str]:
    return [event["type"] for event in partner.told(referral_id)]


def test_withdrawn_before_the_answer_it_sees_the_offer_end_and_never_whose_it_was(partner: Partner) -> None:
    person, referral_id = offered(partner)
    withdrawn(partner, person, referral_id)
    assert types(partner, referral_id) == ["referral.offered", "offer.withdrawn"]
    row = partner.row(referral_id)
    assert row is not None and NEED in str(row["need_codes"])
    assert shows_whose(partner, person, referral_id) == []


def test_withdrawn_between_acceptance_and_disclosure_it_is_told_of_a_refusal(partner: Partner) -> None:
    """INV-5: the owner of the data has the last word."""
    for _ in range(5):
        person, referral_id = offered(partner)
        with Courier(partner.reference.rabbit, "referral", "intake", loses=True):
            partner.street.do(f"/intake/consents/{person.consent}/withdrawal", ALL)
            raced = "referral.accepted" in partner.street.accept(referral_id, partner.member.organization)["events"]
        if raced:
            break
    assert raced
    partner.street.in_state(referral_id, "withdrawn")
    until(lambda: "identity.disclosure-refused" in types(partner, referral_id), "it is told")
    assert "identity.disclosed" not in types(partner, referral_id)
    assert partner.street.reads(person, partner.member.organization.speaker) is None
    assert shows_whose(partner, person, referral_id) == []


def test_withdrawn_between_disclosure_and_reading_the_reference_leads_nowhere(partner: Partner) -> None:
    person, referral_id = offered(partner)
    partner.street.accept(referral_id, partner.member.organization)
    partner.street.disclosed(referral_id)
    until(lambda: "identity.disclosed" in types(partner, referral_id), "it is told")
    (disclosed,) = [e for e in partner.told(referral_id) if e["type"] == "identity.disclosed"]
    assert {OWN, *FHIR} <= set(shows_whose(partner, person, referral_id)), "while it holds the need"
    partner.street.do(f"/intake/consents/{person.consent}/withdrawal", ALL)
    until(lambda: partner.who(disclosed["dataref"]) == 404, "access ends", 1.0)
    until(lambda: shows_whose(partner, person, referral_id) == [], "the references end with the access", 1.0)
    withdrawn_reads = partner.street.items(f"/intake/reads?person_id={person.id}&limit=100")
    assert any(not row["allowed"] for row in withdrawn_reads), "the attempt is on record (INV-33)"
    until(lambda: "identity.access-revoked" in types(partner, referral_id), "it is told to delete")


def test_withdrawn_after_reading_the_delivery_again_discloses_nothing_anew(partner: Partner) -> None:
    person, referral_id = offered(partner)
    partner.street.accept(referral_id, partner.member.organization)
    partner.street.disclosed(referral_id)
    until(lambda: "identity.disclosed" in types(partner, referral_id), "it is told")
    (disclosed,) = [e for e in partner.told(referral_id) if e["type"] == "identity.disclosed"]
    assert partner.who(disclosed["dataref"]) == 200
    reads = partner.street.items(f"/intake/reads?person_id={person.id}&limit=100")
    assert [row["allowed"] for row in reads] == [True], "the reading is on record (INV-33)"
    withdrawn(partner, person, referral_id)
    assert partner.who(disclosed["dataref"]) == 404
    (again,) = [e for e in partner.told(referral_id) if e["type"] == "identity.disclosed"]
    assert again == disclosed, "the delivery is what it was, and leads nowhere now"
    assert shows_whose(partner, person, referral_id) == []


def test_closed_with_its_outcome_the_reference_is_shown_no_more_though_the_consent_stands(partner: Partner) -> None:
    person, referral_id = offered(partner)
    street, team = partner.street, partner.member.organization
    street.accept(referral_id, team)
    street.disclosed(referral_id)
    street.do(f"/referral/referrals/{referral_id}/start", {}, team.speaker)
    street.do(f"/referral/referrals/{referral_id}/outcome", {"outcome": "delivered"}, team.speaker)
    assert OWN in shows_whose(partner, person, referral_id)
    street.do(f"/referral/referrals/{referral_id}/confirmation", {"client_asked": True})
    row = partner.row(referral_id)
    assert row is not None and (row["state"], row["outcome"]) == ("closed", "delivered"), "its own work stays in view"
    until(lambda: shows_whose(partner, person, referral_id) == [], "all references end")


def test_nothing_that_left_for_a_partner_says_who_anybody_is(partner: Partner) -> None:
    """INV-6: its feed, its queue, its webhooks, byte by byte."""
    street, team = partner.street, partner.member.organization
    _, referral_id = offered(partner)
    street.accept(referral_id, team)
    street.disclosed(referral_id)
    street.settles("partner")
    persons = {row["person_id"] for row in street.items("/referral/referrals?limit=1000") if row["person_id"]}
    assert persons
    head = len(street.feed(team))
    until(lambda: set(partner.called.numbers("/x")) >= set(range(1, head + 1)), "all was called")
    queue, feed = Seen(partner.folder / "queue"), Seen(partner.folder / "feed")
    read_queue(partner.member.url, partner.member.queue, queue, lambda: None)
    while read_feed(street.hub.url, street.hub.token_for(team.speaker), feed):
        pass
    assert all("ledger-head" in {name.lower() for name in call.headers} for call in partner.called.calls["/x"][-1:])
    calls = {int(c.event["sequence"]): c.event for c in partner.called.calls["/x"]}
    assert queue.events == feed.events == [calls[number] for number in sorted(calls)]
    for number, call in {int(each.event["sequence"]): each for each in partner.called.calls["/x"]}.items():
        event = from_http_event(HTTPMessage(call.headers, call.body))
        told = JSONFormat().read(None, json.dumps(feed.events[number - 1]))
        assert (event.get_attributes(), event.get_data()) == (told.get_attributes(), told.get_data())
    sent = [partner.folder.joinpath(name).read_text(encoding="utf-8") for name in ("queue", "feed")]
    sent += [call.body.decode() + json.dumps(call.headers) for call in partner.called.calls["/x"]]
    for text in sent:
        assert not [mark for mark in MARKED if mark in text]
        assert not [person for person in persons if person in text]


def test_nor_does_what_it_is_mailed_takes_as_a_sheet_or_reads_by_a_standard(partner: Partner) -> None:
    """INV-6: its letters and their pages, its spreadsheet, its calendar, FHIR in all versions and HSDS, as they come."""
    street, (team,) = partner.street, partner.street.organizations(1, NEED)
    address = f"lotus.{uuid4().hex[:8]}@example.org"
    street.do(f"/referral/organizations/{team.id}/mail", {"address": address}, HEAD)
    held = street.accepted(street.person(team), team, NEED)
    open_ = street.referral(street.person(team), NEED)
    street.offer(open_, team)
    visited(partner, team)
    post = partner.reference.post
    letters = until(
        lambda: len(post.to(address)) >= 2 and post.to(address), "it is told of what waits and of what it took"
    )
    found = {f"letter {n}": bytes(letter.mail) + letter.text.encode() for n, letter in enumerate(letters)}
    found |= {f"page {letter.link}": requests.get(letter.link, timeout=30).content for letter in letters}
    found |= {path: read(partner, path, team) for path in told_by(partner, team, held, open_)}
    for name, content in (*found.items(), *unpacked(found["/referral/v1/inbox/sheet"])):
        assert content, f"{name} is empty"
        assert not [mark for mark in MARKED if mark.encode() in content], name
    assert held.encode() in b"".join(content for _, content in unpacked(found["/referral/v1/inbox/sheet"]))
    assert b"BEGIN:VEVENT" in next(content for path, content in found.items() if path.endswith(".ics"))


def visited(partner: Partner, team: Organization) -> None:
    """Somebody of the team goes to see somebody whom the hub knows by name."""
    dispatch = Dispatch(partner.street.hub)
    (mei,) = dispatch.volunteers(1, teams=[team.party])
    dispatch.goes(mei, dispatch.task(dispatch.call(), now() + timedelta(days=2)))
    dispatch.hears("partner", "volunteer", "intake")


def told_by(partner: Partner, team: Organization, *referrals: str) -> list[str]:
    """The paths of everything that the team may read, beside its sequence."""
    calendar = partner.street.do("/partner/calendars", {"party": team.party}, team.speaker)["path"]
    tasks = json.loads(read(partner, "/fhir/Task?_include=Task:focus", team))["entry"]
    resources = [f"/fhir/{e['resource']['resourceType']}/{e['resource']['id']}" for e in tasks]
    assert {f"/fhir/ServiceRequest/{each}" for each in referrals} <= set(resources)
    return [
        calendar, "/referral/v1/inbox/sheet", "/referral/v1/inbox/sheet?format=csv", "/fhir/Task?_include=Task:focus",
        "/fhir/Consent", f"/fhir/Organization/{team.id}", f"/fhir/HealthcareService?organization=Organization/{team.id}",
        *(path + more for path in resources for more in ("", "/_history")),
        *(f"/hsds/{kind}?full=true&per_page=1000" for kind in ("organizations", "services", "service_at_locations")),
    ]  # fmt: skip


def read(partner: Partner, path: str, team: Organization) -> bytes:
    """What the team is answered."""
    who = team.speaker
    answer = partner.street.hub.ask("GET", path, role=who.role, ident=who.id, org=who.org)
    assert answer.status_code == 200, answer.text
    return answer.content


def unpacked(workbook: bytes) -> list[tuple[str, bytes]]:
    """The parts of a spreadsheet, as they are in the file."""
    with ZipFile(BytesIO(workbook)) as packed:
        return [(name, packed.read(name)) for name in packed.namelist()]
