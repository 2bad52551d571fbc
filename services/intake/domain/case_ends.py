"""How a case ends, and how an end is taken back: closed, followed up, reopened, transferred, an error."""

from __future__ import annotations

from uuid import UUID

from services.contracts import codes
from services.contracts import intake as public
from services.contracts.words import Handoff, Party
from services.intake.domain.case_state import (
    Closed,
    EnteredInError,
    Evaluated,
    Event,
    FollowedUp,
    Intervening,
    Open,
    State,
    Transferred,
    not_now,
)
from services.intake.domain.known import known
from services.intake.domain.rules import registered, reopened_by_two, two_persons
from services.kernel.errors import Refused
from services.kernel.message import Ask

TRANSFER_RETURNED = "transfer-returned"


def close(command: public.CloseCase, state: State, ask: Ask) -> list[Event]:
    """End it, for a reason. Without an evaluation one more reason; no strand is left behind unsaid."""
    codes.CLOSE_REASON.known(command.reason_code, field="reason_code")
    codes.GOAL.known(*(result.code for result in command.goal_results), field="goal_results")
    if isinstance(state, Closed) and state.reason_code == command.reason_code:
        return []
    if not isinstance(state, Open):
        raise not_now(state)
    if not isinstance(state, Evaluated) and command.early_reason is None:
        raise Refused(
            "evaluate-first",
            "Evaluate the progress first, or say why the case closes without.",
            "请先追踪评估, 或说明未评估即结案的原因。",
            allowed=("evaluate-progress", "close-case") if isinstance(state, Intervening) else ("close-case",),
            field="early_reason",
        )
    _nothing_left(command.strands_handled, known(ask).strands)
    return [_closed(state, command, ask)]


def _nothing_left(handled: tuple[UUID, ...], strands: tuple[UUID, ...]) -> None:
    left = [strand for strand in strands if strand not in handled]
    if left:
        raise Refused(
            "strands-open",
            f"{len(left)} referral(s), task(s) or grant(s) are open; end them, or name each as handled.",
            f"尚有 {len(left)} 项转介、任务或资助未结束; 请先结束, 或逐项注明已处理。",
            field="strands_handled",
        )


def _closed(state: State, command: public.CloseCase, ask: Ask) -> public.CaseClosed:
    return public.CaseClosed(
        case_id=state.file.case_id,
        matter_id=state.file.matter_id,
        reason_code=command.reason_code,
        goal_results=command.goal_results,
        aftercare=command.aftercare,
        early_reason=command.early_reason,
        strands_handled=command.strands_handled,
        sealed=ask.sealed,
    )


def close_on_death(state: State, ask: Ask) -> list[Event]:
    """The client has died: whatever is open ends with the case, also with one that another organization owns."""
    if not isinstance(state, Open | Transferred):
        return []
    ended = public.CloseCase(reason_code="deceased", early_reason="deceased", strands_handled=known(ask).strands)
    return [_closed(state, ended, ask)]


def follow_up(command: public.FollowUpCase, state: State, ask: Ask) -> list[Event]:
    """Ask after the closing how the client fares."""
    codes.FOLLOW_UP_RESULT.known(command.result_code, field="result_code")
    if not isinstance(state, Closed | FollowedUp):
        raise not_now(state)
    file = state.file
    return [
        public.CaseFollowUpDone(
            case_id=file.case_id, matter_id=file.matter_id, result_code=command.result_code, sealed=ask.sealed
        )
    ]


def reopen(command: public.ReopenCase, state: State, ask: Ask) -> list[Event]:
    """Open it again: its last owner answers for it, or the one who is named. For the dead nothing begins (INV-44).

    So does a case come back that had moved to another organization, once that one holds it no longer (INV-43).
    """
    codes.REASON.known(command.reason_code, field="reason_code")
    if not isinstance(state, Closed | FollowedUp | Transferred):
        raise not_now(state)
    if isinstance(state, Transferred) and known(ask).strands:
        raise Refused(
            "transfer-stands",
            "Another organization has this case; it comes back when that one returns it, or leaves.",
            "该个案已移交且仍由接收机构负责; 待其退回或退出后方可接回。",
            allowed=("return-referral", "reroute-referral", "withdraw-referral"),
        )
    if known(ask).person is not None:
        registered(ask)
    reopened_by_two(command.approver, ask)
    before = state.before if isinstance(state, Transferred) else state.file.owner
    return [_reopened(state, command.owner or before, command.reason_code, command.approver)]


def _reopened(state: State, owner: Party, reason_code: str, approver: str | None = None) -> public.CaseReopened:
    file = state.file
    return public.CaseReopened(
        case_id=file.case_id,
        matter_id=file.matter_id,
        handoff=Handoff(act="taken", matter_id=file.matter_id, giver=file.owner, takers=(owner,)),
        owner=owner,
        reason_code=reason_code,
        approver=approver,
    )


def take_back(command: public.TakeCaseBack, state: State) -> list[Event]:
    """What was transferred has come back, and its matter with it: nobody answers for what he has given back (INV-1)."""
    if not isinstance(state, Transferred) or state.referral_id != command.referral_id:
        return []
    return [_reopened(state, command.owner or state.before, TRANSFER_RETURNED)]


def transfer_out(command: public.TransferCaseOut, state: State) -> list[Event]:
    """The case itself moves: the other side has accepted it (INV-2)."""
    if isinstance(state, Transferred) and state.to_org == command.to_org:
        return []
    if not isinstance(state, Open):
        raise not_now(state)
    file = state.file
    return [
        public.CaseTransferredOut(
            case_id=file.case_id,
            matter_id=file.matter_id,
            handoff=Handoff(act="taken", matter_id=file.matter_id, giver=file.owner, takers=(command.to_org,)),
            referral_id=command.referral_id,
            to_org=command.to_org,
        )
    ]


def mark_error(command: public.MarkCaseEnteredInError, state: State, ask: Ask) -> list[Event]:
    """It should never have existed; two persons say so. A case that moved away is not ours to mark."""
    codes.REASON.known(command.reason_code, field="reason_code")
    if isinstance(state, EnteredInError):
        return []
    if isinstance(state, Transferred):
        raise not_now(state)
    two_persons(ask, command.approver)
    file = state.file
    return [
        public.CaseEnteredInError(
            case_id=file.case_id,
            matter_id=file.matter_id,
            reason_code=command.reason_code,
            approver=command.approver,
        )
    ]
