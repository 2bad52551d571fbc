"""A street at work through the public API: the words in which scenarios of referrals are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from uuid import uuid4

import requests

from services.audit.times import HERE
from services.kernel.message import Actor
from tests.support.embedded import Hub
from tests.support.waiting import until

STREET, COMMUNITY = "220104004", "220104004001"
WORKER = Actor(id="w-zsl", role="worker", org=STREET)
COORDINATOR = Actor(id="w-01", role="coordinator", org=STREET)
HEAD = Actor(id="w-head", role="station_head", org=STREET)
AUDITOR = Actor(id="a-01", role="auditor")
SERVICE = Actor(id="a-looker", role="service")
ORIGIN, STATION_HEAD = f"worker:{WORKER.id}", f"worker:{HEAD.id}"
Told = dict[str, Any]

_numbers = count(1)


@dataclass(frozen=True)
class Organization:
    """One of the five societies, with somebody who speaks for it."""

    id: str
    party: str
    speaker: Actor

    @property
    def by_phone(self) -> dict[str, str]:
        """What a station names when it writes down this one's word."""
        return {"org": self.party, "evidence_kind": "phone", "evidence_ref": f"call-{self.id[:8]}"}


@dataclass(frozen=True)
class Person:
    """Somebody with an open matter; `consent` names the receivers of a referral, `casework` the station's own work."""

    id: str
    matter: str
    consent: str
    casework: str


@dataclass
class Street:
    """One station and whom it works with, in a running hub."""

    hub: Hub
    looked: dict[str, int] = field(default_factory=dict)

    # --- asking ---

    def send(self, path: str, body: Told | None = None, as_: Actor = WORKER, *, behalf: Told | None = None, key: str = "",
             **happened: Any) -> requests.Response:  # fmt: skip
        """One command, whatever comes of it. `path` is `/<service>/<path>`."""
        service, _, rest = path.lstrip("/").partition("/")
        told = happened | ({"behalf": behalf} if behalf else {})
        given = {**(body or {}), **({"happened": told} if told else {})}
        headers = {"Idempotency_Key": key} if key else {}
        return self.hub.ask("POST", f"/{service}/v1/{rest}", given, role=as_.role, ident=as_.id, org=as_.org, **headers)

    def do(self, path: str, body: Told | None = None, as_: Actor = WORKER, **more: Any) -> Told:
        """One command that is granted."""
        answer = self.send(path, body, as_, **more)
        assert answer.status_code in (200, 201), f"{path}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    def refused(self, code: str, path: str, body: Told | None = None, as_: Actor = WORKER, **more: Any) -> Told:
        """One command that is refused, with this code, in both languages."""
        answer = self.send(path, body, as_, **more)
        problem = dict(answer.json())
        assert problem.get("code") == code, f"{path}: {answer.status_code} {answer.text}"
        assert problem["detail"] and problem["detail_zh"]
        return problem

    def batch(self, service: str, command: str, bodies: list[tuple[str, Told]], as_: Actor = WORKER) -> list[Told]:
        """The same command for many, in one request; the ids of the streams stand first."""
        items = [{"command": command, "path": {"id": one} if one else {}, "body": body} for one, body in bodies]
        path = f"/{service}/v1/commands"
        answer = self.hub.ask("POST", path, items, role=as_.role, ident=as_.id, org=as_.org)
        assert answer.status_code == 200, answer.text
        done = list(answer.json())
        assert all(item["status"] in (200, 201) for item in done), done
        return done

    # --- looking ---

    def get(self, path: str, as_: Actor = AUDITOR) -> Any:
        """What is shown, or None where nothing is."""
        service, _, rest = path.lstrip("/").partition("/")
        answer = self.hub.ask("GET", f"/{service}/v1/{rest}", role=as_.role, ident=as_.id, org=as_.org)
        if answer.status_code == 404:
            return None
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def items(self, path: str, as_: Actor = AUDITOR) -> list[Told]:
        """The rows of a list."""
        return list(self.get(path, as_)["items"])

    def feed(self, organization: Organization) -> list[Told]:
        """All that was delivered to an organization."""
        return self.hub.deliveries(organization.speaker)

    def log(self, publisher: str, after: int = 0) -> list[Told]:
        """What a publisher has said after a position."""
        events: list[Told] = []
        while True:
            path = f"/{publisher}/events?after={after + len(events)}&limit=1000"
            page = self.hub.ask("GET", path, role="service", ident=SERVICE.id, org="").json()
            if not page:
                return events
            events += page

    def mark(self) -> None:
        """From here on `said` looks."""
        self.looked = {publisher: self.head(publisher) for publisher in ("intake", "referral")}

    def said(self, publisher: str, **about: str) -> list[Told]:
        """What was said since the mark in the stream, or with the fields, that are named."""
        stream = about.pop("stream", "")
        return [
            event
            for event in self.log(publisher, self.looked.get(publisher, 0))
            if (not stream or event["subject"].endswith(stream))
            and all(event["data"].get(name) == value for name, value in about.items())
        ]

    def head(self, publisher: str) -> int:
        """How far a publisher has spoken."""
        return int(self.get(f"/{publisher}/position")["head"])

    def hears(self, service: str, *publishers: str) -> None:
        """Wait until a service has heard all that these have said until now."""
        heads = {publisher: self.head(publisher) for publisher in publishers}

        def heard() -> bool:
            at = self.get(f"/{service}/position")["heard"]
            return all(at[publisher] >= head for publisher, head in heads.items())

        until(heard, f"{service} has heard {', '.join(publishers)}")

    def settles(self, *more: str) -> None:
        """Wait until intake, referral and audit have heard each other, and what follows from that."""
        for _ in range(2):
            for service in ("intake", "referral"):
                self.hears(service, "intake", "referral")
        for service in ("audit", *more):
            self.hears(service, "intake", "referral")

    # --- people and organizations ---

    def organizations(
        self, number: int, *services: str, kind: str = "volunteer_team", **offer: Any
    ) -> list[Organization]:
        """So many new organizations that offer these services, in four requests."""
        codes = [f"{kind.replace('_', '-')}-{next(_numbers)}-{uuid4().hex[:6]}" for _ in range(number)]
        made = self.batch("referral", "register-organization", [("", {"kind": kind, "code": c}) for c in codes], HEAD)
        ids = [item["id"] for item in made]
        seen = {"evidence_kind": "known-locally"}
        self.batch("referral", "verify-organization", [(one, seen) for one in ids], HEAD)
        self.batch("referral", "activate-organization", [(one, {}) for one in ids], HEAD)
        offering = {"service_codes": list(services), "areas": [STREET], **offer}
        self.batch("referral", "publish-offering", [("", {"organization_id": one, **offering}) for one in ids], HEAD)
        prefix = {"volunteer_team": "team", "charity": "charity", "social_organization": "organization"}[kind]
        return [Organization(one, f"{prefix}:{one}", Actor(id=f"p-{one[:8]}", role="partner", org=one)) for one in ids]

    def person(
        self, *receivers: Organization, purposes: tuple[str, ...] = ("referral", "grant"), **consent: Any
    ) -> Person:
        """An adult with an open matter, a consent to casework, and one that names these receivers."""
        who = {"station": STREET, "age_band": "adult", "residence_area": COMMUNITY, "pseudonym": "孙大姐",
               "phone": "000-0000", "address": "somewhere"}  # fmt: skip
        person_id = self.do("/intake/persons", who)["id"]
        request = {"unit": f"community:{COMMUNITY}", "area": COMMUNITY, "came_by": "walk-in", "person_id": person_id}
        matter = self.do("/intake/help-requests", request)["id"]
        triaged = {"urgency": "normal", "disposition": "referral"}
        self.do(f"/intake/help-requests/{matter}/triage", triaged)
        given = {"person_id": person_id, "by": "self", "categories": ["identity", "contact"], "method": "oral",
                 "notice_version": "2026-1"}  # fmt: skip
        casework = self.do("/intake/consents", given | {"purposes": ["casework"]})["id"]
        named = {"purposes": list(purposes), "receivers": [each.party for each in receivers]}
        consent_id = self.do("/intake/consents", given | named | consent)["id"]
        self.hears("referral", "intake")
        return Person(person_id, matter, consent_id, casework)

    # --- referrals ---

    def referral(self, person: Person, *needs: str, **changes: Any) -> str:
        """A need of the person's matter, ready to be offered."""
        slip = {
            "matter_id": person.matter, "person_id": person.id, "kind": "referral", "need_codes": list(needs),
            "consent_id": person.consent, "origin": ORIGIN, "areas": [COMMUNITY],
        }  # fmt: skip
        referral_id = str(self.do("/referral/referrals", slip | changes)["id"])
        self.do(f"/referral/referrals/{referral_id}/readiness")
        return referral_id

    def offer(self, referral_id: str, *organizations: Organization, **more: Any) -> None:
        """Ask these organizations, several of them at once."""
        mode = {"mode": "broadcast"} if len(organizations) > 1 else {}
        bodies = [(referral_id, {"organization_id": each.id, **mode, **more}) for each in organizations]
        self.batch("referral", "offer-referral", bodies)

    def accept(self, referral_id: str, organization: Organization, **more: Any) -> Told:
        """The organization says yes, at its own screen."""
        body = {"organization_id": organization.id}
        return self.do(f"/referral/referrals/{referral_id}/acceptance", body, organization.speaker, **more)

    def accepted(self, person: Person, organization: Organization, *needs: str, **changes: Any) -> str:
        """A need that the organization has taken on, and may know whose it is."""
        referral_id = self.referral(person, *needs, **changes)
        self.offer(referral_id, organization)
        self.accept(referral_id, organization)
        self.disclosed(referral_id)
        return referral_id

    def disclosed(self, referral_id: str) -> Told:
        """Wait until intake has released identity for this need."""
        rows = until(lambda: self.items(f"/intake/disclosures?need_id={referral_id}"), "identity is disclosed")
        return dict(rows[0])

    def row(self, referral_id: str) -> Told:
        """The referral as it stands."""
        return dict(self.get(f"/referral/referrals/{referral_id}"))

    def in_state(self, referral_id: str, state: str) -> Told:
        """Wait until the referral is in a state."""
        until(lambda: self.row(referral_id)["state"] == state, f"the referral is {state}")
        return self.row(referral_id)

    def events(self, referral_id: str) -> list[Told]:
        """All that was said of a referral since the mark."""
        return self.said("referral", stream=f"referral/{referral_id}")

    def types(self, referral_id: str) -> list[str]:
        """The names of all that was said of a referral since the mark."""
        return [event["type"] for event in self.events(referral_id)]

    # --- what is known of somebody ---

    def reads(self, person: Person, reader: Actor, categories: str = "") -> Told | None:
        """Who the person is, if this reader may know; None where he may not."""
        found = self.get(f"/intake/persons/{person.id}/identity?why=referral{categories}", reader)
        return None if found is None else dict(found)

    def custody(self, person: Person) -> Told:
        """Who answered for the person's matter, from beginning to end."""
        return dict(self.get(f"/audit/matters/{person.matter}/custody"))

    def holders(self, person: Person, need_id: str | None) -> list[list[str]]:
        """Who answered for the matter or one of its needs, one after the other."""
        chain = [each["holders"] for each in self.custody(person)["intervals"] if each["need_id"] == need_id]
        return [holders for place, holders in enumerate(chain) if place == 0 or chain[place - 1] != holders]

    def figures(self) -> dict[str, Told]:
        """The numbers of this month at the station, when all that was said is counted."""
        self.settles()
        head = self.get("/audit/ledger/head")["size"]
        path = f"/audit/figures?month={datetime.now(HERE):%Y-%m}&station={STREET}"
        counted = until(lambda: (f := self.get(path)) and f["size"] >= head - 1 and f, "everything is counted")
        return {line["indicator"]: line for line in counted["items"] if not line["part"]}

    def ledger(self, matter_id: str) -> list[Told]:
        """Every entry of the ledger about a matter, as the auditor finds it."""
        page = self.get(f"/audit/matters/{matter_id}/timeline?limit=500")
        return list(page["items"])
