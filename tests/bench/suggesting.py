"""Who could go, of twenty thousand: with reasons and with how many each rule kept out, in process and over HTTP."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import requests
import sqlalchemy as sa

from services.kernel.message import Actor
from services.kernel.tables import head, relay
from services.volunteer.domain.eligibility import Needs
from services.volunteer.matching.choosing import Choice, Search
from services.volunteer.matching.roster import Roster
from tests.bench.stage import Hub, Row, Stage, percentile, until
from tests.support.volunteering import now

VOLUNTEERS, ASKED, WARMING, CHANGING = 20_000, 400, 20, 10
COORDINATOR = Actor(id="w-bench", role="coordinator", org="2201")
SKILLS = ("companionship", "tutoring", "cooking", "repair", "elder-care")
TODAY = date(2026, 3, 2)


def run(stage: Stage) -> Iterable[Row]:
    """Two rows; beside them, the time of the same look over plain rows of Python in the same process."""
    size = stage.size(VOLUNTEERS)
    roster, rows = filled(size)
    took = [timed(roster, number) for number in range(stage.size(ASKED) + WARMING)][WARMING:]
    plain = min(looked_at(rows) for _ in range(3))
    yield Row(what=f"suggestion with reasons, {size:,} volunteers, p99", goal="≤ 5 ms", ours=1000 * percentile(took, 0.99),
              unit="ms", peer=1000 * plain, least=True, reached=percentile(took, 0.99) <= 0.005,
              note=f"one pass over rows in Python, without reasons; ours p50 {1000 * percentile(took, 0.5):.2f} ms")  # fmt: skip
    with Hub("volunteer") as hub:
        found = over_http(hub, size, stage.size(ASKED))
    yield Row(what=f"the same over HTTP on PostgreSQL, {size:,} volunteers, p99", goal="≤ 50 ms", unit="ms",
              ours=1000 * percentile(found, 0.99), reached=percentile(found, 0.99) <= 0.05,
              note=f"p50 {1000 * percentile(found, 0.5):.1f} ms, one after the other, the roster changed before every tenth")  # fmt: skip


def filled(size: int) -> tuple[Roster, list[dict[str, Any]]]:
    """A roster of people of whom anything may be so."""
    dice, roster, rows = random.Random(1), Roster(), list[dict[str, Any]]()
    for number in range(size):
        row = {
            "volunteer_id": UUID(int=number + 1), "state": "active" if dice.random() < 0.9 else "suspended", "minor": dice.random() < 0.05,
            "guardian_consent": False, "worker": None, "cleared_until": dice.choice([None, date(2026, 12, 31)]),
            "insured_from": TODAY, "insured_until": dice.choice([TODAY, date(2026, 12, 31)]),
            "area": f"2201{dice.randrange(2, 9):02d}{dice.randrange(1, 20):03d}{dice.randrange(1, 10):03d}",
        }  # fmt: skip
        roster._take(row)
        row["skills"] = {skill for skill in SKILLS if dice.random() < 0.4}
        for skill in row["skills"]:
            of = {"volunteer_id": row["volunteer_id"], "skill": skill, "trained_on": TODAY, "valid_until": None}
            roster._take_skill(of)
        rows.append(row)
    return roster, rows


def timed(roster: Roster, number: int) -> float:
    """Seconds for one suggestion of eight, with all that goes with it."""
    start = now() + timedelta(days=1)
    needs = Needs(skills=(SKILLS[number % 5],), with_minor=number % 3 == 0, risk="some", slot_start=start)
    began = time.perf_counter()
    choice = Choice(roster, Search(needs=needs, day=date(2026, 6, 1), area=f"2201{2 + number % 7:02d}003005"))
    assert len(choice.first(8)) == 8 or roster.columns.size < VOLUNTEERS
    assert choice.kept_out
    return time.perf_counter() - began


def looked_at(rows: list[dict[str, Any]]) -> float:
    """Seconds for the filter and the order alone, row by row."""
    began = time.perf_counter()
    fit = [
        r for r in rows if r["state"] == "active" and not r["minor"] and r["cleared_until"] and "repair" in r["skills"]
    ]
    sorted(fit, key=lambda row: row["area"] != "220104003005")[:8]
    return time.perf_counter() - began


def over_http(hub: Hub, size: int, times: int) -> list[float]:
    """Seconds for each request, after the first."""
    url, session = f"{hub.url('volunteer')}/volunteer/v1", requests.Session()
    session.headers["Authorization"] = f"Bearer {hub.hub.token_for(COORDINATOR)}"
    rows, dice = list[tuple[str, dict[str, Any]]](), random.Random(2)
    for _ in range(size):
        area = f"2201{dice.randrange(2, 9):02d}{dice.randrange(1, 20):03d}{dice.randrange(1, 10):03d}"
        rows.append(("register-volunteer", {"area": area, "consent_ref": "p", "skills": ["companionship"]}))
    ids = _many(session, url, [("register-volunteer", "", body) for _, body in rows])
    _many(session, url, [("verify-volunteer", one, {"minor": False, "evidence_kind": "seen"}) for one in ids])
    trained = {"training_code": "t", "minutes": 60, "organizer": "organization:x", "trained_on": "2026-03-02"}
    _many(session, url, [("train-volunteer", one, trained) for one in ids])
    until(lambda: _is_said(hub), 300, 0.5)
    start = (now() + timedelta(days=1)).isoformat()
    called = {"matter_id": str(UUID(int=9)), "holder": "community:220104003005", "kind": "companionship",
              "skills": ["companionship"], "area": "220104003005", "slot_start": start}  # fmt: skip
    (task,) = _many(session, url, [("open-task", "", called)])
    found = []
    for number in range(times + WARMING):
        if number % CHANGING == 0:
            _many(session, url, [("train-volunteer", ids[number], trained)])
        found.append(_asked(session, f"{url}/tasks/{task}/suggestions?k=8"))
    return found[WARMING:]


def _is_said(hub: Hub) -> bool:
    """Whether everybody has been told of all that was written: a roster is there long before somebody is looked for."""
    engine = sa.create_engine(hub.owner_url("volunteer"))
    with engine.connect() as connection:
        least = connection.execute(sa.select(sa.func.min(relay.c.position))).scalar()
        written = connection.execute(sa.select(head.c.position)).scalar()
    engine.dispose()
    return least is not None and written is not None and least >= written


def _asked(session: requests.Session, url: str) -> float:
    began = time.perf_counter()
    answer = session.get(url, timeout=60)
    took = time.perf_counter() - began
    assert len(answer.json()["items"]) == 8, answer.text
    return took


def _many(session: requests.Session, url: str, asked: list[tuple[str, str, dict[str, Any]]]) -> list[str]:
    ids: list[str] = []
    for at in range(0, len(asked), 200):
        items = [
            {"command": name, "path": {"id": one} if one else {}, "body": body}
            for name, one, body in asked[at : at + 200]
        ]
        answer = session.post(f"{url}/commands", json=items, timeout=60)
        answer.raise_for_status()
        done = answer.json()
        assert all(item["status"] in (200, 201) for item in done), done[0]
        ids += [str(item["id"]) for item in done]
    return ids
