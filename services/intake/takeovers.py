"""Taking over in bulk: when a worker leaves, everything that is theirs in intake finds a new owner in one step (H14)."""

from __future__ import annotations

from uuid import UUID

from services.contracts import intake as public
from services.contracts.words import Party
from services.intake import tables as t
from services.intake.domain import case, visit_plan
from services.intake.policies import OPEN_CASES
from services.kernel.errors import Refused
from services.kernel.manifest import Do, Look


def take_over(command: public.TakeOverCases, look: Look) -> list[Do]:
    """One command for each case and each round of visits that moves; each is decided by its own rules."""
    if command.owner == command.from_worker:
        raise Refused("same-owner", "The new owner is the old one.", "新负责人与原负责人相同。", field="owner")
    cases = _named(command, open_cases(look, command.from_worker))
    plans = [] if command.case_ids else rounds(look, command.from_worker)
    owner = public.TakeOverCase(owner=command.owner, reason_code=command.reason_code)
    visitor = public.ChangeVisitor(visitor=command.owner, reason_code=command.reason_code)
    return [
        *(Do(case.DECIDER, case_id, owner) for case_id in cases),
        *(Do(visit_plan.DECIDER, plan_id, visitor) for plan_id in plans),
    ]


def _named(command: public.TakeOverCases, theirs: list[UUID]) -> list[UUID]:
    strangers = set(command.case_ids) - set(theirs)
    if strangers:
        raise Refused(
            "not-their-case",
            f"{len(strangers)} of these are not open cases of {command.from_worker}.",
            f"其中 {len(strangers)} 件不是 {command.from_worker} 的在办个案。",
            field="case_ids",
        )
    return [case_id for case_id in theirs if not command.case_ids or case_id in command.case_ids]


def open_cases(look: Look, worker: Party) -> list[UUID]:
    """The open cases that a worker owns."""
    return [row["case_id"] for row in look.all(t.cases, owner=worker) if row["state"] in OPEN_CASES]


def rounds(look: Look, worker: Party) -> list[UUID]:
    """The rounds of visits that a worker makes."""
    return [row["plan_id"] for row in look.all(t.visit_plans, visitor=worker, state="running")]
