"""Making a plan that is due: the planner runs in a process of its own, which may die without anything being half done.

It is begun once more if it died; then the plan is reported as failed. What it says is one command, so that it is on
record as a whole or not at all. Replaying events runs no planner.
"""

from __future__ import annotations

import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from math import ceil
from time import monotonic
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.contracts.volunteer import (
    FailPlan,
    PlanChange,
    PlannedPair,
    ProposePlan,
    ReadAt,
    Shortage,
    UnservedTask,
)
from services.contracts.volunteer.plans import FailureCause
from services.kernel.manifest import Chore, Do, Look
from services.kernel.tables import cursor, head
from services.kernel.vault import Vault
from services.kernel.view import put
from services.volunteer.day_input import Day, day_input
from services.volunteer.domain import plan
from services.volunteer.matching.weights import WEIGHTS
from services.volunteer.planning.document import CONTRADICTORY
from services.volunteer.planning.relaxing import MOST
from services.volunteer.views_plans import plan_inputs, plans

ATTEMPTS = 2
SECONDS, PATIENCE = 240, 420
"""After so many seconds the planner stops looking for something better; after so many it is thought to hang."""
PLANNER: tuple[str, ...] = (sys.executable, "-m", "services.volunteer.planning", str(SECONDS))


@dataclass(frozen=True)
class Planner:
    """How the planner is started: a test may start something else."""

    command: Sequence[str] = PLANNER
    patience: float = PATIENCE

    def act(self, row: dict[str, Any], look: Look, vault: Vault | None, now: datetime) -> Do:
        """Plan the day of this request; whatever comes of it, the answer is a command."""
        day = day_input(row["area"], row["day"], look, row["seed"], row["workers"] or ())
        read_at = _read_at(look)
        began = monotonic()
        found = self.run(day.input)
        if not isinstance(found, dict):
            return Do(plan.DECIDER, row["plan_id"], found)
        milliseconds = int(1000 * (monotonic() - began))
        inputs = put(plan_inputs, row["plan_id"], input=day.input)
        return Do(plan.DECIDER, row["plan_id"], proposal(day, found, read_at, milliseconds), (inputs,))

    def run(self, data: bytes) -> dict[str, Any] | FailPlan:
        """What the planner says of this input, or why it says nothing."""
        cause: FailureCause = "killed"
        for _ in range(ATTEMPTS):
            try:
                done = subprocess.run(  # noqa: S603 - our own module, and what it reads goes in by a pipe
                    self.command, input=data, capture_output=True, timeout=self.patience, check=False
                )
            except subprocess.TimeoutExpired:
                cause = "too_late"
                continue
            if done.returncode == CONTRADICTORY:
                return FailPlan(cause="contradictory", attempts=1)
            if done.returncode == 0:
                return msgspec.json.decode(done.stdout, type=dict[str, Any])
            cause = "killed"
        return FailPlan(cause=cause, attempts=ATTEMPTS)


def proposal(day: Day, found: dict[str, Any], read_at: tuple[ReadAt, ...], milliseconds: int) -> ProposePlan:
    """The plan as it is put on record."""
    areas = msgspec.json.decode(day.input)["areas"]
    unserved = [
        UnservedTask(task_id=UUID(one["visit"]), cause=one["cause"], changes=_changes(one, day))
        for one in found["unserved"]
    ]
    unserved += [UnservedTask(task_id=task_id, cause="too_many_at_once") for task_id in day.too_many]
    cost, bound = round(found["cost"]), int(found["bound"])
    return ProposePlan(
        model=found["model"], weights=WEIGHTS.version, read_at=read_at,
        input_digest=urlsafe_b64encode(sha256(day.input).digest()).decode().rstrip("="),
        cost=cost, bound=bound, gap_ppm=1_000_000 * max(0, cost - bound) // max(1, bound), milliseconds=milliseconds,
        cut_short=found["cut_short"],
        pairs=tuple(
            PlannedPair(task_id=UUID(task), assignee=who)
            for who, route in found["assignments"].items() for task in route if UUID(task) not in day.agreed
        ),
        unserved=tuple(unserved),
        shortages=tuple(
            Shortage(skill=one["skill"], area=areas[one["community"]] or None, value=round(one["value"]))
            for one in found["shortages"]
        ),
    )  # fmt: skip


def _changes(one: dict[str, Any], day: Day) -> tuple[PlanChange, ...]:
    """What would be enough: of those whom the rules allow as the planner says, else by the rules; nobody is named."""
    known = [(each["code"].replace("_", "-"), ceil(each["amount"])) for each in one["relaxations"]]
    known += day.eased.get(UUID(one["visit"]), []) if one["cause"] == "nobody_may" else []
    return tuple(PlanChange(code=code, amount=amount) for code, amount in known[:MOST])


def _read_at(look: Look) -> tuple[ReadAt, ...]:
    own = look.run(sa.select(head.c.position))
    heard = look.run(sa.select(cursor.c.publisher, cursor.c.position).order_by(cursor.c.publisher))
    others = (
        ReadAt(publisher=row["publisher"], position=row["position"]) for row in heard if ":" not in row["publisher"]
    )
    mine = ReadAt(publisher="volunteer", position=own[0]["position"] if own else 0)
    return (mine, *(one for one in others if one.publisher != "volunteer"))


PLAN_TIMERS = (Chore(name="planning", table=plans, due="due", act=Planner().act),)
