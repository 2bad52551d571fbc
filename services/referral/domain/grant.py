"""A grant: a giver is asked for money for one need; applied -> approved -> partly paid -> paid -> use reported -> closed.

Giver, amounts and days may be unknown. What is known holds: paid is not more than approved, used is not more than paid;
and the one who applies, the one who approves and the one who confirms are three.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from services.contracts import referral as public
from services.contracts.tables import dated
from services.contracts.words import Act, Handoff, Party
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask
from services.referral.domain.facts import itself, known
from services.referral.domain.grant_state import (
    Applied,
    Approved,
    Closed,
    Event,
    Lapsed,
    Money,
    Paid,
    PartlyPaid,
    Rejected,
    State,
    UseReported,
    evolve,
)
from services.referral.domain.grant_waiting import escalate, owed, owed_still, remind
from services.referral.domain.overlap import other_givers
from services.referral.domain.speaking import ORGANIZATIONS_PEOPLE, decided_by, must_be_open, must_be_origin, not_now

ByTheHub = public.HintOverlap | public.RemindGrant | public.EscalateGrant
Command = (
    public.ApplyForGrant
    | public.ApproveGrant
    | public.RejectGrant
    | public.LapseGrant
    | public.DisburseGrant
    | public.ReturnGrant
    | public.ReportGrantUse
    | public.CloseGrant
    | public.AskGrantReturn
    | public.WaiveGrantReturn
    | ByTheHub
)

ASKED_BACK = ("ask-grant-return", "waive-grant-return")
ALLOWED: dict[type, tuple[str, ...]] = {
    Applied: ("approve-grant", "reject-grant", "lapse-grant"),
    Approved: ("disburse-grant", "lapse-grant"),
    PartlyPaid: ("disburse-grant", "return-grant", "lapse-grant", *ASKED_BACK),
    Paid: ("report-grant-use", "return-grant", *ASKED_BACK),
    UseReported: ("close-grant",),
    Closed: (),
    Rejected: (),
    Lapsed: ("return-grant",),
}


def _no(state: State) -> Refused | NotFound:
    return not_now(state, ALLOWED, "grant", "资助")


def _handoff(act: Act, money: Money, giver: Party, taker: Party) -> Handoff:
    return Handoff(act=act, matter_id=money.matter_id, giver=giver, takers=(taker,), need_id=money.grant_id)


def apply(command: public.ApplyForGrant, state: State, ask: Ask) -> list[Event]:
    """Nobody asks for money for a person of his own family, and so it is declared."""
    if state is not None:
        if (state.money.matter_id, state.money.purpose_code) == (command.matter_id, command.purpose_code):
            return []
        raise Refused("grant-known", "This grant is for another need.", "该资助申请已用于其他需求。")
    must_be_origin(ask)
    must_be_open(known(ask).matter)
    if command.interested_party:
        raise Refused("interested-party", "Somebody without an interest of his own must apply.", "利害关系人不得申请, 请由他人办理。",
                      field="interested_party")  # fmt: skip
    applicant = command.applicant or f"worker:{ask.actor.id}"
    offered = Handoff(
        act="offered", matter_id=command.matter_id, giver=applicant, takers=(command.fund,), need_id=itself(ask)
    )
    return [
        public.GrantApplied(
            matter_id=command.matter_id, case_id=command.case_id, person_id=command.person_id, applicant=applicant,
            holder=applicant,
            applied_by=ask.actor.id, fund=command.fund, amount_fen=command.amount_fen, purpose_code=command.purpose_code,
            consent_id=command.consent_id, handoff=offered, wait=owed("decision", ask),
        )
    ]  # fmt: skip


def approve(command: public.ApproveGrant, state: State, ask: Ask) -> list[Event]:
    """The giver's yes: its own, or written down on its behalf; never of the one who applied."""
    match state:
        case Applied(money=money):
            _own_fund(money, ask)
            by, fund = decided_by(ask), _giver(command, money)
            if by == money.applied_by:
                raise _third_person("The one who applied cannot approve; name the giver under `happened.behalf`.",
                                    "申请人不能批准; 请在 happened.behalf 中注明资助方。")  # fmt: skip
            if not _is_word_of(fund, ask):
                raise Refused("not-yours", "Only the giver decides; name it and the evidence under `happened.behalf`.",
                              "只有资助方可以决定; 请在 happened.behalf 中注明资助方及凭据。")  # fmt: skip
            return [
                public.GrantApproved(
                    matter_id=money.matter_id, case_id=money.case_id, approved_by=by, fund=fund,
                    amount_fen=command.amount_fen, decided_on=command.decided_on,
                    handoff=_handoff("taken", money, money.applicant, fund), wait=owed("payment", ask),
                )
            ]  # fmt: skip
        case Approved():
            return []
        case _:
            raise _no(state)


def _giver(command: public.ApproveGrant, money: Money) -> Party:
    """Who gives: the one who was asked; where that was nobody knows whom, the one who is named now, if anybody is.

    One whom nobody knows says yes as well, through whoever heard it (INV-29).
    """
    if money.fund != "unknown" and command.fund not in (None, money.fund):
        raise Refused("another-giver", "Another giver was asked; apply to the one that gives.",
                      "该申请是向另一资助方提出的, 请向实际资助方另行申请。", field="fund",
                      allowed=("apply-for-grant", "lapse-grant"))  # fmt: skip
    return money.fund if money.fund != "unknown" else command.fund or "unknown"


def _own_fund(money: Money, ask: Ask) -> None:
    """A giver decides about what was asked of itself."""
    if ask.actor.role in ORGANIZATIONS_PEOPLE and not _is_word_of(money.fund, ask):
        raise Refused("not-yours", "This was asked of another giver.", "该申请并非向贵机构提出。")


def _is_word_of(fund: Party, ask: Ask) -> bool:
    names = {fund, fund.partition(":")[2]} - {""}
    told = ask.actor.role not in ORGANIZATIONS_PEOPLE and ask.behalf is not None and ask.behalf.org in names
    return ask.actor.org in names or told


def _third_person(en: str, zh: str) -> Refused:
    return Refused("second-person-needed", en, zh)


def reject(command: public.RejectGrant, state: State, ask: Ask) -> list[Event]:
    """The giver's no."""
    match state:
        case Applied(money=money):
            _own_fund(money, ask)
            refused = _handoff("refused", money, money.fund, money.applicant)
            return [
                public.GrantRejected(
                    matter_id=money.matter_id, case_id=money.case_id, reason_code=command.reason_code, handoff=refused
                )
            ]
        case Rejected():
            return []
        case _:
            raise _no(state)


def lapse(command: public.LapseGrant, state: State, ask: Ask) -> list[Event]:
    """What has not been paid will not be."""
    match state:
        case Applied(money=money) | Approved(money=money) | PartlyPaid(money=money):
            _own_fund(money, ask)
            act: Act = "refused" if isinstance(state, Applied) else "returned"
            return [
                public.GrantLapsed(
                    matter_id=money.matter_id, case_id=money.case_id, reason_code=command.reason_code,
                    handoff=_handoff(act, money, money.fund, money.applicant),
                    wait=owed("return", ask) if money.return_asked else None,
                )
            ]  # fmt: skip
        case Lapsed():
            return []
        case _:
            raise _no(state)


def disburse(command: public.DisburseGrant, state: State, ask: Ask) -> list[Event]:
    """Never more than was approved, as far as the amounts are known (INV-23); with the last one the worker owes a report."""
    if not isinstance(state, Approved | PartlyPaid):
        raise _no(state)
    money = state.money
    _own_fund(money, ask)
    paid = money.paid_fen + (command.amount_fen or 0)
    if money.approved_fen is not None and paid > money.approved_fen:
        raise Refused("over-approved", f"Approved are {money.approved_fen} fen, paid would be {paid}.",
                      f"批准金额为 {money.approved_fen} 分, 发放合计将为 {paid} 分。", field="amount_fen")  # fmt: skip
    released = _handoff("released", money, money.fund, money.applicant) if command.final else None
    paid_out = public.GrantDisbursed(
        matter_id=money.matter_id, case_id=money.case_id, fund=money.fund, amount_fen=command.amount_fen,
        payee_kind=command.payee_kind, voucher_ref=command.voucher_ref, final=command.final, handoff=released,
        wait=owed("use" if command.final else "payment", ask),
    )  # fmt: skip
    return [paid_out, *_overlap(money, ask, ask.happened_at)]


def hint(state: State, ask: Ask) -> list[Event]:
    """Two records turned out to be of one person: what was paid under the one overlaps with what was paid under the other."""
    if state is None:
        raise _no(state)
    own = known(ask).paid_at
    return [] if own is None else _overlap(state.money, ask, own)


def _overlap(money: Money, ask: Ask, paid_at: datetime) -> list[Event]:
    """A hint where other givers have paid for the same of late; once, and again only when there is one more of them."""
    others = other_givers(money.fund, known(ask).payments, paid_at)
    if money.person_id is None or others <= money.hinted:
        return []
    return [
        public.OverlapHinted(
            matter_id=money.matter_id, case_id=money.case_id, person_id=money.person_id, need_code=money.purpose_code,
            other_count=others,
        )
    ]  # fmt: skip


def give_back(command: public.ReturnGrant, state: State, ask: Ask) -> list[Event]:
    """Not more can go back than was paid, as far as the amounts are known; also after the rest has lapsed (INV-23)."""
    if not isinstance(state, PartlyPaid | Paid | Lapsed):
        raise _no(state)
    money = state.money
    _own_fund(money, ask)
    if money.paid_known and command.amount_fen is not None and command.amount_fen > money.paid_fen:
        raise _over_paid(money, "amount_fen")
    return [
        public.GrantReturned(
            matter_id=money.matter_id, case_id=money.case_id, amount_fen=command.amount_fen,
            reason_code=command.reason_code, voucher_ref=command.voucher_ref, wait=owed_still(state, ask),
        )
    ]  # fmt: skip


def _was_paid(money: Money) -> bool:
    return money.paid_fen > 0 or not money.paid_known


def ask_back(command: public.AskGrantReturn, state: State, ask: Ask) -> list[Event]:
    """What was paid and not used is asked back, once; what was used or never paid is not."""
    match state:
        case PartlyPaid(money=money) | Paid(money=money) | Lapsed(money=money):
            if money.return_asked or not _was_paid(money):
                return []
            known_fen = money.paid_fen if money.paid_known else None
            return [
                public.GrantReturnAsked(
                    matter_id=money.matter_id, case_id=money.case_id, amount_fen=known_fen,
                    reason_code=command.reason_code, wait=owed("return", ask),
                )
            ]  # fmt: skip
        case None:
            raise _no(state)
        case _:
            return []


def waive_return(command: public.WaiveGrantReturn, state: State, ask: Ask) -> list[Event]:
    """It is asked back no more."""
    if state is None:
        raise _no(state)
    money = state.money
    if not money.return_asked:
        return []
    return [
        public.GrantReturnWaived(
            matter_id=money.matter_id, case_id=money.case_id, reason_code=command.reason_code,
            wait=owed_still(state, ask),
        )
    ]  # fmt: skip


def _over_paid(money: Money, field: str) -> Refused:
    return Refused("over-paid", f"Only {money.paid_fen} fen were paid.", f"已发放仅 {money.paid_fen} 分。", field=field)


def report_use(command: public.ReportGrantUse, state: State, ask: Ask) -> list[Event]:
    """Not more can be used than was paid, as far as the amounts are known (INV-23)."""
    match state:
        case Paid(money=money):
            must_be_origin(ask)
            if money.paid_known and command.used_fen is not None and command.used_fen > money.paid_fen:
                raise _over_paid(money, "used_fen")
            return [
                public.GrantUseReported(
                    matter_id=money.matter_id, case_id=money.case_id, used_fen=command.used_fen,
                    use_codes=command.use_codes, evidence_ref=command.evidence_ref, wait=owed("confirm", ask),
                )
            ]  # fmt: skip
        case UseReported():
            return []
        case _:
            raise _no(state)


def close(command: public.CloseGrant, state: State, ask: Ask) -> list[Event]:
    """Confirmed by somebody who neither applied nor approved (INV-23)."""
    match state:
        case UseReported(money=money):
            must_be_origin(ask)
            if {ask.actor.id, decided_by(ask)} & {money.applied_by, money.approved_by}:
                raise _third_person(
                    "Somebody who neither applied nor approved must confirm.", "须由申请人和批准人以外的人确认。"
                )
            return [
                public.GrantClosed(
                    matter_id=money.matter_id, case_id=money.case_id, need_id=money.grant_id,
                    result_code=command.result_code, confirmed_by=decided_by(ask),
                )
            ]  # fmt: skip
        case Closed():
            return []
        case _:
            raise _no(state)


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """What follows from a command about a grant."""
    match command:
        case public.ApplyForGrant():
            return apply(command, state, ask)
        case public.ApproveGrant():
            return approve(command, state, ask)
        case public.RejectGrant():
            return reject(command, state, ask)
        case public.LapseGrant():
            return lapse(command, state, ask)
        case public.DisburseGrant():
            return disburse(command, state, ask)
        case public.ReturnGrant():
            return give_back(command, state, ask)
        case public.ReportGrantUse():
            return report_use(command, state, ask)
        case public.CloseGrant():
            return close(command, state, ask)
        case public.AskGrantReturn():
            return ask_back(command, state, ask)
        case public.WaiveGrantReturn():
            return waive_return(command, state, ask)
        case _:
            return _of_itself(command, state, ask)


def _of_itself(command: ByTheHub, state: State, ask: Ask) -> list[Event]:
    """What the hub asks of a grant by itself."""
    match command:
        case public.HintOverlap():
            return hint(state, ask)
        case public.RemindGrant():
            return remind(state, ask)
        case public.EscalateGrant():
            return escalate(state, ask)
        case _:
            assert_never(command)


DECIDER = Decider(name="grant", decide=dated(decide), evolve=evolve, events=Event, states=State)
