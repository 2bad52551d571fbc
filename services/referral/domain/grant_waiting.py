"""What is waited for between two steps of a grant: who owes it, who is reminded, and before whom it goes when it is late."""

from __future__ import annotations

from typing import NamedTuple

from services.contracts import referral as public
from services.contracts.codes_times import wait
from services.contracts.words import Party, Wait
from services.kernel.message import Ask
from services.referral.domain.grant_state import (
    Applied,
    Approved,
    Event,
    Known,
    Lapsed,
    Money,
    Paid,
    PartlyPaid,
    State,
    UseReported,
)


class Debt(NamedTuple):
    """Who owes the next step, what it is, and whom it concerns when it does not come."""

    owed_by: Party
    what: str
    to: Party


def owed(step: str, ask: Ask) -> Wait:
    """Until when this step is owed."""
    return wait(f"grant-{step}", ask.happened_at, ask.now)


def owed_still(state: Known, ask: Ask) -> Wait | None:
    """Until when the next step is owed once money has come back, or is asked back no more."""
    match state:
        case PartlyPaid():
            return owed("payment", ask)
        case Paid():
            return owed("use", ask)
        case UseReported():
            return owed("confirm", ask)
        case _:
            return None


def debt(state: Known) -> Debt | None:
    """The next step of a grant; nothing is owed where it has ended."""
    money = state.money
    if money.return_asked and isinstance(state, PartlyPaid | Paid | Lapsed):
        return _of_worker(money, "return-asked")
    match state:
        case Applied():
            return Debt(money.fund, "undecided", money.applicant)
        case Approved() | PartlyPaid():
            return Debt(money.fund, "unpaid", money.applicant)
        case Paid():
            return _of_worker(money, "use-unreported")
        case UseReported():
            return _of_worker(money, "use-unconfirmed")
        case _:
            return None


def _of_worker(money: Money, what: str) -> Debt:
    return Debt(money.applicant, what, money.fund)


def remind(state: State, ask: Ask) -> list[Event]:
    """Part of the time is over: whoever owes the next step is reminded, once for each step."""
    found = _due(state, ask, late=False)
    if state is None or found is None:
        return []
    money = state.money
    return [
        public.GrantReminded(
            matter_id=money.matter_id, case_id=money.case_id, to=found.owed_by, reason_code=found.what
        )
    ]  # fmt: skip


def escalate(state: State, ask: Ask) -> list[Event]:
    """All of it is over: whoever waits for the step is told that it is late (INV-14)."""
    found = _due(state, ask, late=True)
    if state is None or found is None:
        return []
    money = state.money
    return [
        public.GrantEscalated(
            matter_id=money.matter_id, case_id=money.case_id, owed_by=found.owed_by, to=found.to, reason_code=found.what
        )
    ]  # fmt: skip


def _due(state: State, ask: Ask, *, late: bool) -> Debt | None:
    if state is None:
        return None
    moment = state.money.clock.due_at if late else state.money.clock.remind_at
    return debt(state) if moment is not None and ask.now >= moment else None
