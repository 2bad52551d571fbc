"""A directory and a desk of real size, asked by the standards: what a page of HSDS costs, and taking a need by FHIR.

A thousand organizations with a service each; one of them was offered five hundred needs of as many people. All of it comes
through the API, over every service's own process. One program asks, one request after the other.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator

import requests

from tests.bench.stage import Hub, Row, Stage, percentile, until
from tests.support.street import COMMUNITY, ORIGIN, Organization, Told
from tests.support.street import Street as Station

ORGANIZATIONS, NEEDS, TIMES = 1_000, 500, 60
AT_ONCE = 250
NEED = "housework"
MEDIA = "application/fhir+json"


def run(stage: Stage) -> Iterable[Row]:
    """A row for each thing that a program asks."""
    organizations, needs, times = stage.size(ORGANIZATIONS), stage.size(NEEDS), 5 if stage.quick else TIMES
    with Hub("intake", "referral", "partner", "console") as hub:
        station = Station(hub.hub)
        listed = [
            o for n in range(0, organizations, 50) for o in station.organizations(min(50, organizations - n), NEED)
        ]
        team = listed[0]
        offered(station, team, needs)
        program = Program(hub, team)
        yield from directory(program, listed, times)
        yield from desk(program, needs, times)


def offered(station: Station, team: Organization, needs: int) -> None:
    """So many people's needs are offered to the team, each on a consent of its own."""
    for start in range(0, needs, AT_ONCE):
        some(station, team, min(AT_ONCE, needs - start))


def some(station: Station, team: Organization, count: int) -> None:
    """Some of them, a request for each step of all."""
    who = {"station": COMMUNITY[:9], "age_band": "adult", "residence_area": COMMUNITY}
    persons = made(station, "intake", "register-person", [("", who)] * count)
    asked = {"unit": f"community:{COMMUNITY}", "area": COMMUNITY, "came_by": "walk-in"}
    matters = made(station, "intake", "receive-help-request", [("", asked | {"person_id": one}) for one in persons])
    to_refer = {"urgency": "normal", "disposition": "referral"}
    station.batch("intake", "triage-help-request", [(one, to_refer) for one in matters])
    given = {"by": "self", "categories": ["identity"], "method": "oral", "notice_version": "2026-1",
             "purposes": ["referral"], "receivers": [team.party]}  # fmt: skip
    consents = made(station, "intake", "grant-consent", [("", given | {"person_id": one}) for one in persons])
    station.hears("referral", "intake")
    slips = [
        {"matter_id": matter, "person_id": person, "kind": "referral", "need_codes": [NEED], "consent_id": consent,
         "origin": ORIGIN, "areas": [COMMUNITY]}
        for matter, person, consent in zip(matters, persons, consents, strict=True)
    ]  # fmt: skip
    referrals = made(station, "referral", "draft-referral", [("", slip) for slip in slips])
    station.batch("referral", "mark-referral-ready", [(one, {}) for one in referrals])
    station.batch("referral", "offer-referral", [(one, {"organization_id": team.id}) for one in referrals])


def made(station: Station, service: str, command: str, bodies: list[tuple[str, Told]]) -> list[str]:
    """The ids of what comes into being."""
    return [str(item["id"]) for item in station.batch(service, command, bodies)]


class Program:
    """A program of the team, straight at the referral service."""

    def __init__(self, hub: Hub, team: Organization) -> None:
        self.base, self.session = hub.url("referral"), requests.Session()
        self.session.headers["Authorization"] = f"Bearer {hub.hub.token_for(team.speaker)}"

    def get(self, path: str) -> Told:
        """What is answered, as its bytes come."""
        answer = self.session.get(self.base + path, timeout=60)
        assert answer.status_code == 200, answer.text
        return (
            dict(answer.json())
            if answer.headers["Content-Type"] != "application/x-ndjson"
            else {"lines": answer.text.count("\n")}
        )

    def put(self, task: Told, status: str) -> None:
        """The Task's new status, on the version that was read."""
        path, version = f"{self.base}/fhir/Task/{task['id']}", task["meta"]["versionId"]
        headers = {"Content-Type": MEDIA, "If-Match": f'W/"{version}"'}
        answer = self.session.put(path, json=task | {"status": status}, headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text


def directory(program: Program, listed: list[Organization], times: int) -> Iterator[Row]:
    """Pages of the directory, one service of it, and all of it at once."""
    size, chance = len(listed), random.Random("directory")
    until(lambda: program.get("/hsds/services?per_page=1")["total_items"] >= size, 120)
    pages = max(1, size // 50)
    yield timed(f"HSDS, {size:,} services: a page of 50 with all that belongs to them", 100, times,
                lambda: program.get(f"/hsds/services?per_page=50&full=true&page={chance.randint(1, pages)}"))  # fmt: skip
    yield timed(f"HSDS, {size:,} services: those of a community, searched by a word", 100, times,
                lambda: program.get(f"/hsds/services?division={COMMUNITY}&search=家务"))  # fmt: skip
    yield timed(f"HSDS, {size:,} services: all of it, a line each", 1_000, max(3, times // 10),
                lambda: program.get("/hsds/services?format=ndjson&full=true"))  # fmt: skip


def desk(program: Program, needs: int, times: int) -> Iterator[Row]:
    """What a desk that knows FHIR asks: what waits, one of them, and to take it."""
    found = f"FHIR, {needs:,} Tasks: a page of 50 that wait, with what is asked for"
    yield timed(found, 250, times, lambda: program.get("/fhir/Task?status=requested&_count=50&_include=Task:focus"))
    tasks = [each["resource"] for each in program.get("/fhir/Task?status=requested&_count=200")["entry"]]
    chance = random.Random("desk")
    yield timed(
        f"FHIR, {needs:,} Tasks: one of them",
        50,
        times,
        lambda: program.get(f"/fhir/Task/{chance.choice(tasks)['id']}"),
    )
    waiting = iter(tasks)
    yield timed(
        f"FHIR, {needs:,} Tasks: one is taken",
        100,
        min(times, len(tasks) - 1),
        lambda: program.put(next(waiting), "accepted"),
    )


def timed(what: str, goal: int, times: int, act: Callable[[], object]) -> Row:
    """How long it takes, after a first time that is not counted."""
    taken = []
    for _ in range(times + 1):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    p50, p95 = percentile(taken[1:], 0.5) * 1000, percentile(taken[1:], 0.95) * 1000
    return Row(
        what=f"{what}, p95", goal=f"≤ {goal:,} ms", ours=p95, unit="ms", reached=p95 <= goal, note=f"p50 {p50:.0f} ms"
    )
