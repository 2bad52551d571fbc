"""The roster in memory, as columns: who may be sent, when they are bound, how much they have given, whom they know.

It follows the views: each look reads the rows that have changed since the last one (`changed` is the position of the
event that did), and nothing is made anew for a request. What is here can be thrown away; decisions look at the views.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from services.contracts.codes_volunteer import QUALIFICATION
from services.kernel.manifest import Look
from services.volunteer.domain.eligibility import day_of
from services.volunteer.facts_people import BOUND, aware
from services.volunteer.matching.columns import ALWAYS, Array, Columns, place_of, until
from services.volunteer.view_tables import (
    assignments,
    tasks,
    volunteer_checks,
    volunteer_limits,
    volunteer_skills,
    volunteers,
)

Row = dict[str, Any]
SOME = 400
"""With more changed rows than this, their skills and checks are read as whole tables."""

FAR = 2**62
"""Further than any view has come: whoever does not know how far it has, looks."""

HOUR = timedelta(hours=1)
WENT = ("assigned", "released")


def minute(moment: datetime) -> int:
    """Whole minutes since 1970."""
    return int(moment.timestamp() // 60)


def month(day: date) -> str:
    """The column of a month's minutes."""
    return f"month {day.year}-{day.month:02d}"


@dataclass(slots=True)
class _Traces:
    """What one task has left in the columns, so that it can be taken back when the task changes."""

    bound: list[int] = field(default_factory=list)
    minutes: tuple[str, int] | None = None
    who: tuple[int, ...] = ()
    person_id: UUID | None = None


class Roster:
    """All volunteers; `refresh` reads what has changed. Any thread may ask, one at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.columns = Columns()
        self.ids: list[UUID] = []
        self.index: dict[UUID, int] = {}
        self.workers: dict[str, int] = {}
        self.usual: dict[UUID, Counter[int]] = {}
        self.bound = np.zeros((3, 1024), dtype="int64")
        self._free = list(range(1023, -1, -1))
        self._traces: dict[UUID, _Traces] = {}
        self._volunteers_seen = self._tasks_seen = 0

    def refresh(self, look: Look, volunteers_at: int | None = FAR, tasks_at: int | None = FAR) -> None:
        """Read what has changed since it was read last; nothing, where that is as far as the views have come."""
        if (volunteers_at or 0) > self._volunteers_seen:
            self._read_volunteers(look)
        if (tasks_at or 0) > self._tasks_seen:
            self._read_tasks(look)

    def _read_volunteers(self, look: Look) -> None:
        v = volunteers.c
        changed = look.run(sa.select(volunteers).where(v.changed > self._volunteers_seen).order_by(v.volunteer_id))
        if changed:
            self._take_volunteers(changed, look)
            self._volunteers_seen = max(row["changed"] for row in changed)

    def _read_tasks(self, look: Look) -> None:
        t = tasks.c
        columns = (t.task_id, t.state, t.slot_start, t.slot_end, t.began_at, t.ended_at, t.person_id, t.changed)
        moved = look.run(sa.select(*columns).where(t.changed > self._tasks_seen).order_by(t.changed))
        if moved:
            self._take_tasks(moved, look)
            self._tasks_seen = max(row["changed"] for row in moved)

    def party(self, at: int) -> str:
        """Who stands at a place."""
        return f"volunteer:{self.ids[at]}"

    def places(self, parties: Iterable[str]) -> list[int]:
        """Where these stand, those who are volunteers or also volunteers."""
        return [at for party in parties if (at := self.place(party)) is not None]

    def place(self, party: str) -> int | None:
        """Where one stands; None where he is no volunteer."""
        kind, _, name = party.partition(":")
        if kind != "volunteer":
            return self.workers.get(party)
        try:
            return self.index.get(UUID(name))
        except ValueError:
            return None

    def is_bound(self, start: int, end: int) -> Array:
        """Who is bound elsewhere in these minutes."""
        who, begins, ends = self.bound
        busy = np.zeros(self.columns.size, dtype=bool)
        busy[who[(begins < end) & (start < ends)]] = True
        return busy

    # --- volunteers ---

    def _take_volunteers(self, rows: list[Row], look: Look) -> None:
        ids = [row["volunteer_id"] for row in rows]
        for row in rows:
            self._take(row)
        for skill in _beside(volunteer_skills, ids, look):
            self._take_skill(skill)
        for check in _beside(volunteer_checks, ids, look):
            if check["check_kind"] == QUALIFICATION and check["result"] == "clear":
                self._set(f"qualified {check['skill']}", check, until(check["valid_until"], none=ALWAYS))
        for limit in _beside(volunteer_limits, ids, look):
            self._set(f"limit {limit['demand']}", limit, 1)

    def _take(self, row: Row) -> None:
        volunteer_id = row["volunteer_id"]
        at = self.index.get(volunteer_id)
        if at is None:
            at = self.index[volunteer_id] = self.columns.add()
            self.ids.append(volunteer_id)
        self.columns.clear(at, ("held ", "trained ", "qualified ", "limit "))
        c = self.columns
        c["active"][at] = row["state"] == "active"
        c["grown"][at] = row["minor"] is False
        c["consented"][at] = bool(row["guardian_consent"])
        for name in ("insured_from", "insured_until", "cleared_until"):
            c[name][at] = until(row[name])
        c["place"][at] = place_of(row["area"])
        if row["worker"]:
            self.workers[row["worker"]] = at

    def _take_skill(self, skill: Row) -> None:
        self._set(f"held {skill['skill']}", skill, 1)
        if skill["trained_on"] is not None:
            self._set(f"trained {skill['skill']}", skill, until(skill["valid_until"], none=ALWAYS))

    def _set(self, name: str, row: Row, value: int) -> None:
        at = self.index.get(row["volunteer_id"])
        if at is not None:
            self.columns.of(name, "int32", 0)[at] = value

    # --- tasks ---

    def _take_tasks(self, rows: list[Row], look: Look) -> None:
        ids = [row["task_id"] for row in rows]
        a = assignments.c
        query = sa.select(a.task_id, a.assignee, a.state)
        gone = look.run(query.where(a.task_id.in_(ids)) if len(ids) <= SOME else query)
        found: dict[UUID, list[Row]] = {}
        for row in gone:
            found.setdefault(row["task_id"], []).append(row)
        for row in rows:
            self._take_task(row, found.get(row["task_id"], []))

    def _take_task(self, row: Row, people: list[Row]) -> None:
        self._take_back(row["task_id"])
        went = [one["assignee"] for one in people if one["state"] in WENT]
        traces = _Traces(who=tuple(self.places(went)))
        for at in self.places(one["assignee"] for one in people if one["state"] == "in_vain"):
            self.columns["thanked"][at] = True
        if row["state"] in (*BOUND, "completed", "verified"):
            self.columns["thanked"][list(traces.who)] = False
            self._trace(row, traces)
        self._traces[row["task_id"]] = traces

    def _trace(self, row: Row, traces: _Traces) -> None:
        start, end = aware(row["began_at"] or row["slot_start"]), aware(row["ended_at"] or row["slot_end"])
        if start is not None:
            lasts = (end or start + HOUR) - start
            traces.minutes = (month(day_of(start)), max(0, int(lasts.total_seconds() // 60)))
            self._count(traces, 1)
        begins = aware(row["slot_start"])
        if row["state"] in BOUND and begins is not None:
            ends = aware(row["slot_end"]) or begins + HOUR
            traces.bound = [self._bind(at, minute(begins), minute(ends)) for at in traces.who]
        if row["state"] in ("completed", "verified") and row["person_id"] is not None:
            traces.person_id = row["person_id"]
            self.usual.setdefault(row["person_id"], Counter()).update(traces.who)

    def _take_back(self, task_id: UUID) -> None:
        before = self._traces.pop(task_id, None)
        if before is None:
            return
        for place in before.bound:
            self.bound[:, place] = 0
            self._free.append(place)
        self._count(before, -1)
        if before.person_id is not None:
            self.usual[before.person_id].subtract(before.who)

    def _count(self, traces: _Traces, sign: int) -> None:
        if traces.minutes is not None and traces.who:
            name, minutes = traces.minutes
            self.columns.of(name, "int32", 0)[list(traces.who)] += sign * minutes

    def _bind(self, at: int, begins: int, ends: int) -> int:
        if not self._free:
            room = self.bound.shape[1]
            self.bound = np.concatenate([self.bound, np.zeros((3, room), dtype="int64")], axis=1)
            self._free = list(range(2 * room - 1, room - 1, -1))
        place = self._free.pop()
        self.bound[:, place] = at, begins, ends
        return place


def _beside(table: sa.Table, ids: list[UUID], look: Look) -> list[Row]:
    query = sa.select(table)
    return look.run(query.where(table.c.volunteer_id.in_(ids)) if len(ids) <= SOME else query)
