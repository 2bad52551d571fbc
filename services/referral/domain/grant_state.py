"""What a grant remembers: a type per state, and what each event makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from services.contracts import referral as public
from services.contracts.clocks import STILL, Clock, clock_of
from services.contracts.words import Party

Event = (
    public.GrantApplied
    | public.GrantApproved
    | public.GrantRejected
    | public.GrantLapsed
    | public.GrantDisbursed
    | public.GrantReturned
    | public.GrantUseReported
    | public.GrantClosed
    | public.OverlapHinted
    | public.GrantReturnAsked
    | public.GrantReturnWaived
    | public.GrantReminded
    | public.GrantEscalated
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """What every state knows: whose it is, who decided what, and how much as far as anybody knows.

    `approved_fen` is None when unknown; `paid_known` is False once a payment of unknown amount was made; `hinted` is how
    many other givers were hinted at; `return_asked` says that what is left is asked back; `clock` is that of the next
    step.
    """

    grant_id: UUID
    matter_id: UUID
    case_id: UUID | None
    person_id: UUID | None
    purpose_code: str
    applicant: Party
    applied_by: str
    fund: Party
    approved_by: str = ""
    approved_fen: int | None = None
    paid_fen: int = 0
    paid_known: bool = True
    hinted: int = 0
    return_asked: bool = False
    clock: Clock = STILL


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """The giver has been asked."""

    money: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Approved:
    """The giver agreed and has paid nothing yet."""

    money: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class PartlyPaid:
    """Something was paid, and more is to come."""

    money: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Paid:
    """All is paid; its use is to be reported."""

    money: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class UseReported:
    """Its use is on record; a third person is to confirm it."""

    money: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed:
    """Confirmed."""

    money: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """The giver said no."""

    money: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Lapsed:
    """Nothing, or nothing more, will be paid."""

    money: Money


Known = Applied | Approved | PartlyPaid | Paid | UseReported | Closed | Rejected | Lapsed
State = Known | None


def evolve(state: State, event: Event) -> State:  # noqa: C901 - one line an event
    """What an event makes of a grant."""
    if isinstance(event, public.GrantApplied):
        return Applied(money=_asked_for(event))
    if state is None:
        return None
    money = state.money
    match event:
        case public.GrantApproved():
            return Approved(
                money=replace(
                    money,
                    fund=event.fund,
                    approved_by=event.approved_by,
                    approved_fen=event.amount_fen,
                    clock=clock_of(event.wait),
                )
            )
        case public.GrantDisbursed():
            sure = money.paid_known and event.amount_fen is not None
            paid = replace(
                money, paid_fen=money.paid_fen + (event.amount_fen or 0), paid_known=sure, clock=clock_of(event.wait)
            )
            return Paid(money=paid) if event.final else PartlyPaid(money=paid)
        case public.GrantReturned():
            left = max(0, money.paid_fen - (event.amount_fen or 0))
            clock = clock_of(event.wait)
            return replace(state, money=replace(money, paid_fen=left, return_asked=False, clock=clock))
        case public.GrantReturnAsked():
            return replace(state, money=replace(money, return_asked=True, clock=clock_of(event.wait)))
        case public.GrantReturnWaived():
            return replace(state, money=replace(money, return_asked=False, clock=clock_of(event.wait)))
        case public.GrantUseReported():
            return UseReported(money=replace(money, clock=clock_of(event.wait)))
        case public.GrantClosed():
            return Closed(money=replace(money, clock=STILL))
        case public.GrantRejected():
            return Rejected(money=replace(money, clock=STILL))
        case public.GrantLapsed():
            return Lapsed(money=replace(money, clock=clock_of(event.wait)))
        case public.OverlapHinted():
            return replace(state, money=replace(money, hinted=event.other_count))
        case public.GrantReminded():
            return replace(state, money=replace(money, clock=replace(money.clock, remind_at=None)))
        case public.GrantEscalated():
            return replace(state, money=replace(money, clock=STILL))
        case _:
            assert_never(event)


def _asked_for(event: public.GrantApplied) -> Money:
    return Money(
        grant_id=event.handoff.need_id or event.matter_id, matter_id=event.matter_id, case_id=event.case_id,
        person_id=event.person_id, purpose_code=event.purpose_code, applicant=event.applicant, applied_by=event.applied_by, fund=event.fund,
        clock=clock_of(event.wait),
    )  # fmt: skip
