"""A station that dispatches volunteers, through the public API: the words in which its scenarios are told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from typing import Any
from uuid import uuid4

import requests

from services.kernel.clock import system_clock
from services.kernel.message import Actor
from tests.support.embedded import Hub
from tests.support.waiting import until

COORDINATOR = Actor(id="w-vc", role="coordinator", org="220104004")
AUDITOR = Actor(id="a-01", role="auditor")
Told = dict[str, Any]

_numbers = count(1)


def now() -> datetime:
    """This moment, in whole seconds."""
    return system_clock().astimezone(UTC).replace(microsecond=0)


def volunteer(volunteer_id: str) -> Actor:
    """One who speaks for himself."""
    return Actor(id=volunteer_id, role="volunteer")


@dataclass(frozen=True)
class Call:
    """Somebody asked for help: the matter, the person, the unit that took the call."""

    matter: str
    person: str
    unit: str


@dataclass
class Dispatch:
    """A station of its own in a running hub; no other street's volunteers are asked for its tasks."""

    hub: Hub
    street: str = field(default_factory=lambda: f"2299{next(_numbers):02d}{uuid4().int % 1000:03d}")

    @property
    def unit(self) -> str:
        """The community that takes the calls."""
        return f"community:{self.street}001"

    @property
    def coordinator(self) -> Actor:
        """Who works at the station, and does what nobody else is named for."""
        return replace(COORDINATOR, org=self.street)

    # --- asking and looking ---

    def send(self, path: str, body: Told | None = None, as_: Actor | None = None, **happened: Any) -> requests.Response:
        """One command, whatever comes of it. `path` is `/<service>/<path>`."""
        service, _, rest = path.lstrip("/").partition("/")
        as_ = as_ or self.coordinator
        given = {**(body or {}), **({"happened": happened} if happened else {})}
        return self.hub.ask("POST", f"/{service}/v1/{rest}", given, role=as_.role, ident=as_.id, org=as_.org)

    def do(self, path: str, body: Told | None = None, as_: Actor | None = None, **happened: Any) -> str:
        """One command that is granted; answers the id of what it is about."""
        answer = self.send(path, body, as_, **happened)
        assert answer.status_code in (200, 201, 202), f"{path}: {answer.status_code} {answer.text}"
        return str(answer.json()["id"])

    def refused(self, code: str, path: str, body: Told | None = None, as_: Actor | None = None) -> Told:
        """One command that is refused, with this code, in both languages."""
        answer = self.send(path, body, as_)
        problem = dict(answer.json())
        assert problem.get("code") == code, f"{path}: {answer.status_code} {answer.text}"
        assert problem["detail"] and problem["detail_zh"]
        return problem

    def many(self, command: str, bodies: list[tuple[str, Told]], as_: Actor | None = None) -> list[str]:
        """The same command of the volunteer service for many, in one request; answers the ids."""
        as_ = as_ or self.coordinator
        items = [{"command": command, "path": {"id": one} if one else {}, "body": body} for one, body in bodies]
        answer = self.hub.ask("POST", "/volunteer/v1/commands", items, role=as_.role, ident=as_.id, org=as_.org)
        done = list(answer.json())
        assert all(item["status"] in (200, 201) for item in done), done
        return [str(item["id"]) for item in done]

    def get(self, path: str, as_: Actor | None = None) -> Any:
        """What is shown."""
        as_ = as_ or self.coordinator
        service, _, rest = path.lstrip("/").partition("/")
        answer = self.hub.ask("GET", f"/{service}/v1/{rest}", role=as_.role, ident=as_.id, org=as_.org)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def said(self, stream_id: str, publisher: str = "volunteer") -> list[Told]:
        """The events of one stream, in their order."""
        events: list[Told] = []
        while True:
            path = f"/{publisher}/events?after={len(events)}&limit=1000"
            page = self.hub.ask("GET", path, role="service", ident="a-looker", org="").json()
            if not page:
                return [event for event in events if event["subject"].endswith(stream_id)]
            events += page

    def hears(self, service: str, *publishers: str) -> None:
        """Wait until a service has heard all that these have said until now."""
        heads = {name: self.get(f"/{name}/position", AUDITOR)["head"] for name in publishers}

        def heard() -> bool:
            at = self.get(f"/{service}/position", AUDITOR)["heard"]
            return all(at[name] >= head for name, head in heads.items())

        until(heard, f"{service} has heard {', '.join(publishers)}")

    def chain(self, matter: str, need: str) -> list[Told]:
        """Who answered for a need from beginning to end, without a gap and by one party at a time; nothing was broken."""
        self.hears("audit", "intake", "volunteer")
        custody = self.get(f"/audit/matters/{matter}/custody", AUDITOR)
        assert custody["findings"] == []
        held = [interval for interval in custody["intervals"] if interval["need_id"] == need]
        assert not any(interval["broken"] for interval in held)
        for before, after in pairwise(held):
            assert before["to"] == after["from"], "there is no moment in which nobody answers"
        return held

    # --- people ---

    def call(self, dispatcher: Actor | None = None) -> Call:
        """Somebody phones, and the desk hands the need to the dispatcher."""
        area = self.unit.partition(":")[2]
        who = {"pseudonym": "孙大姐", "phone": "000-0000", "address": "somewhere"}
        person = self.do("/intake/persons", {"station": area, "age_band": "from_60", "residence_area": area} | who)
        request = {"unit": self.unit, "area": area, "came_by": "phone", "person_id": person}
        desk = Actor(id="w-desk", role="worker", org=area)
        matter = self.do("/intake/help-requests", request, desk)
        sends = f"worker:{(dispatcher or self.coordinator).id}"
        triage = {"urgency": "normal", "disposition": "dispatch", "dispatcher": sends}
        self.do(f"/intake/help-requests/{matter}/triage", triage, desk)
        return Call(matter, person, self.unit)

    def volunteers(self, number: int, **registered: Any) -> list[str]:
        """So many volunteers of this street, who are verified and trained."""
        usual = {"area": self.unit.partition(":")[2], "consent_ref": "paper-1"} | registered
        ids = self.many("register-volunteer", [("", usual)] * number)
        self.many("verify-volunteer", [(one, {"minor": False, "evidence_kind": "id-card"}) for one in ids])
        first = {"training_code": "first", "minutes": 60, "organizer": self.unit, "trained_on": "2026-01-05"}
        self.many("train-volunteer", [(one, first) for one in ids])
        return ids

    def task(self, call: Call, begins: datetime | None, dispatcher: Actor | None = None, **more: Any) -> str:
        """Somebody is needed."""
        dispatcher = dispatcher or self.coordinator
        self.hears("volunteer", "intake")
        needed = {
            "matter_id": call.matter, "holder": call.unit, "kind": "companionship", "area": self.unit.partition(":")[2],
            "dispatcher": f"worker:{dispatcher.id}",
        }  # fmt: skip
        slot = {} if begins is None else {
            "slot_start": begins.isoformat(), "slot_end": (begins + timedelta(hours=1)).isoformat()
        }  # fmt: skip
        return self.do("/volunteer/tasks", needed | slot | more, dispatcher)

    def goes(self, volunteer_id: str, task_id: str) -> None:
        """A volunteer says yes."""
        yes = {"assignee": f"volunteer:{volunteer_id}"}
        self.do(f"/volunteer/tasks/{task_id}/acceptance", yes, volunteer(volunteer_id))
