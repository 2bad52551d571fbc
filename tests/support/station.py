"""A station at work through the public API: what scenarios about records, deaths and erasure ask and look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from services.kernel.message import Actor
from tests.support.embedded import Hub
from tests.support.waiting import until

STREET, COMMUNITY = "220104004", "220104004001"
WORKER = Actor(id="w-zsl", role="worker", org=STREET)
COORDINATOR = Actor(id="w-01", role="coordinator", org=STREET)
HEAD = Actor(id="w-head", role="station_head", org=STREET)
SECOND = Actor(id="w-second", role="station_head", org=STREET)
AUDITOR = Actor(id="a-01", role="auditor")
SERVICES = ("intake", "referral", "volunteer", "audit", "partner")
Told = dict[str, Any]


@dataclass
class Station:
    """One station in a running hub; `second` approves what needs a second person."""

    hub: Hub

    # --- asking ---

    def send(
        self, path: str, body: Told | None = None, as_: Actor = COORDINATOR, *, approved: str = "", about: str = "",
        **happened: Any,
    ) -> requests.Response:  # fmt: skip
        """One command, whatever comes of it; `approved` is its name, where a second person approves it."""
        service, _, rest = path.lstrip("/").partition("/")
        given, headers = dict(body or {}), {}
        if approved:
            given["approver"] = SECOND.id
            headers["Approval"] = self.hub.approved(
                approved, about, given, asker=as_.id, by=SECOND.id, role=SECOND.role, org=SECOND.org
            )
        if happened:
            given["happened"] = happened
        return self.hub.ask("POST", f"/{service}/v1/{rest}", given, role=as_.role, ident=as_.id, org=as_.org, **headers)

    def do(self, path: str, body: Told | None = None, as_: Actor = COORDINATOR, **more: Any) -> Told:
        """One command that is granted."""
        answer = self.send(path, body, as_, **more)
        assert answer.status_code in (200, 201), f"{path}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    def refused(self, code: str, path: str, body: Told | None = None, as_: Actor = COORDINATOR, **more: Any) -> Told:
        """One command that is refused, with this code, in both languages."""
        answer = self.send(path, body, as_, **more)
        problem = dict(answer.json())
        assert problem.get("code") == code, f"{path}: {answer.status_code} {answer.text}"
        return problem

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

    def log(self, publisher: str, after: int = 0) -> list[Told]:
        """What a publisher has said after a position."""
        events: list[Told] = []
        while True:
            path = f"/{publisher}/events?after={after + len(events)}&limit=1000"
            page = self.hub.ask("GET", path, role="service", ident="a-looker", org="").json()
            if not page:
                return events
            events += page

    def head(self, publisher: str) -> int:
        """How far a publisher has spoken."""
        return int(self._standing(publisher)["head"])

    def _standing(self, service: str) -> Told:
        return dict(self.get(f"/{service}/position"))

    def settles(self) -> None:
        """Wait until all have heard each other, and what follows from that."""
        last: list[Told] = []

        def at_rest() -> bool:
            nonlocal last
            before, last = last, [self._standing(service) for service in SERVICES]
            heads = {service: standing["head"] for service, standing in zip(SERVICES, last, strict=True)}
            heard = all(heads.get(by, at) == at for standing in last for by, at in standing["heard"].items())
            return heard and last == before

        until(at_rest, "all have heard each other")

    def sound(self) -> bool:
        """Whether every entry of the ledger is what it was, read and hashed again."""
        found = self.hub.ask("GET", "/audit/v1/ledger/verification", role="auditor", ident="a-01", org="").json()
        return bool(found["sound"])

    def replay(self, matter: str, **times: str) -> Told:
        """A matter as it was, as it was known."""
        query = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in times.items())
        return dict(self.get(f"/audit/matters/{matter}/replay?purpose=audit&{query}".replace("?&", "?")))

    # --- people ---

    def person(self, **known: str) -> str:
        """An adult, with as little as is known."""
        who = {"station": STREET, "age_band": "adult", "residence_area": COMMUNITY, "pseudonym": "孙大姐"} | known
        return str(self.do("/intake/persons", who)["id"])

    def consents(self, person_id: str, *receivers: str, purposes: tuple[str, ...] = ("casework", "referral")) -> str:
        """A yes of the person's own."""
        yes = {
            "person_id": person_id, "by": "self", "purposes": list(purposes), "receivers": list(receivers),
            "categories": ["identity", "contact", "narrative"], "method": "written", "notice_version": "2026-1",
            "sensitive": True,
        }  # fmt: skip
        return str(self.do("/intake/consents", yes)["id"])

    def request(self, person_id: str, **more: Any) -> str:
        """A request of the person, triaged into a case."""
        asked = {"unit": f"community:{COMMUNITY}", "area": COMMUNITY, "came_by": "walk-in", "person_id": person_id,
                 "need_codes": ["economic-hardship"]}  # fmt: skip
        matter = str(self.do("/intake/help-requests", asked | more)["id"])
        self.do(f"/intake/help-requests/{matter}/triage", {"urgency": "normal", "disposition": "case"})
        return matter

    def case(self, person_id: str, matter: str, *, planned: bool = True) -> str:
        """An open case of the person, with a plan."""
        opened = {"person_id": person_id, "request_id": matter, "owner": f"worker:{WORKER.id}", "area": STREET}
        case_id = str(self.do("/intake/cases", opened)["id"])
        if planned:
            self.do(f"/intake/cases/{case_id}/assessment", {"need_codes": ["economic-hardship"]})
            plan = {"goals": [{"code": "economic-support"}], "agreed_by": "client"}
            self.do(f"/intake/cases/{case_id}/plan", plan)
        return case_id

    def record_of(self, about: str, kind: str) -> Told:
        """The last record of a kind under a case, plan or activity."""
        return self.items(f"/intake/records?about_id={about}&kind={kind}")[-1]
