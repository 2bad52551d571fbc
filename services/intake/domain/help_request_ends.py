"""How a help request ends, and how an end is taken back: declined, closed, reopened, a duplicate, an error."""

from __future__ import annotations

from services.contracts import codes
from services.contracts import intake as public
from services.contracts.words import Handoff
from services.intake.domain.help_request_clocks import first_action
from services.intake.domain.help_request_state import (
    OPEN_STATES,
    Closed,
    Converted,
    Core,
    Declined,
    Duplicate,
    EnteredInError,
    Event,
    Open,
    Received,
    State,
    Triaged,
    WaitingClient,
    not_now,
)
from services.intake.domain.known import known
from services.intake.domain.rules import registered, reopened_by_two, two_persons
from services.kernel.errors import Refused
from services.kernel.message import Ask


def decline(command: public.DeclineHelpRequest, state: State) -> list[Event]:
    """Not taken up: with a reason, and never without alternatives."""
    codes.REQUEST_DECLINE.known(command.reason_code, field="reason_code")
    codes.ALTERNATIVE.known(*command.alternatives, field="alternatives")
    if isinstance(state, Declined):
        return []
    if not isinstance(state, Received | Triaged):
        raise not_now(state)
    return [
        public.HelpRequestDeclined(
            matter_id=state.core.matter_id, reason_code=command.reason_code, alternatives=command.alternatives
        )
    ]


def close(command: public.CloseHelpRequest, state: State) -> list[Event]:
    """End it with an outcome. `resolved` needs somebody who says so; what was promised is not yet `answered`."""
    codes.CONFIRMED_BY.known(command.confirmed_by, field="confirmed_by")
    if isinstance(state, Closed) and state.outcome == command.outcome:
        return []
    if not isinstance(state, Open):
        raise not_now(state)
    if command.outcome == "resolved" and command.confirmed_by is None:
        raise Refused(
            "confirmation-needed",
            "Say who confirmed that the need is met; without that it is not resolved.",
            "请注明由谁确认已解决; 未确认不得以“已解决”办结。",
            field="confirmed_by",
        )
    if command.outcome == "answered" and isinstance(state, WaitingClient) and state.missing:
        raise Refused(
            "materials-missing",
            "Something is still missing, so the request is not answered; follow it up.",
            "材料尚缺, 不能以“已解答”办结; 请继续回访。",
            allowed=("follow-up-help-request",),
        )
    return [closed(state.core, command.outcome, command.confirmed_by)]


def closed(core: Core, outcome: public.CloseOutcome, confirmed_by: str | None) -> public.HelpRequestClosed:
    """The end; a need that was with a dispatcher comes back to the unit that received the call (INV-28)."""
    return public.HelpRequestClosed(
        matter_id=core.matter_id, outcome=outcome, confirmed_by=confirmed_by, handoff=from_dispatcher(core)
    )


def from_dispatcher(core: Core) -> Handoff | None:
    """The way back of a need that was given to a dispatcher; None where there was none."""
    if core.dispatcher is None:
        return None
    return Handoff(
        act="released", matter_id=core.matter_id, need_id=core.matter_id, giver=core.dispatcher, takers=(core.unit,)
    )


def reopen(command: public.ReopenHelpRequest, state: State, ask: Ask) -> list[Event]:
    """It was not over after all, or the case that it had become was a mistake; for the dead nothing begins (INV-44)."""
    codes.REASON.known(command.reason_code, field="reason_code")
    if not isinstance(state, Closed | Converted):
        raise not_now(state)
    _no_case_carries(state, ask)
    if known(ask).person is not None:
        registered(ask)
    reopened_by_two(command.approver, ask)
    core = state.core
    again = Handoff(act="taken", matter_id=core.matter_id, giver=core.unit, takers=(core.unit,))
    return [
        public.HelpRequestReopened(
            matter_id=core.matter_id, reason_code=command.reason_code, handoff=again,
            wait=first_action(core.urgency, ask), approver=command.approver,
        )
    ]  # fmt: skip


def _no_case_carries(state: State, ask: Ask, *, only_if_open: bool = False) -> None:
    """What has become a case is the case's matter, as long as that stands: it ends and goes on with the case (INV-1)."""
    request = known(ask).request
    if not isinstance(state, Converted) or request is None or request.case_id is None:
        return
    if request.case_open or not only_if_open:
        raise Refused(
            "case-carries-it",
            "This request has become a case, which carries the matter; act on the case.",
            "该求助已转为个案, 事项由个案承担; 请在个案上办理。",
            allowed=("close-case", "reopen-case", "mark-case-entered-in-error"),
        )


def link_duplicate(command: public.LinkDuplicateRequest, state: State, ask: Ask) -> list[Event]:
    """The same need as another request, which must itself be open."""
    if isinstance(state, Duplicate) and state.other_request_id == command.other_request_id:
        return []
    if not isinstance(state, Open):
        raise not_now(state)
    other = known(ask).request
    if command.other_request_id == state.core.matter_id or other is None or other.state not in OPEN_STATES:
        raise Refused(
            "other-not-open",
            "The other request must be another one, and open.",
            "须指向另一件未办结的求助。",
            field="other_request_id",
        )
    return [public.DuplicateRequestLinked(matter_id=state.core.matter_id, other_request_id=command.other_request_id)]


def mark_error(command: public.MarkHelpRequestEnteredInError, state: State, ask: Ask) -> list[Event]:
    """It should never have existed; two persons say so."""
    codes.REASON.known(command.reason_code, field="reason_code")
    if isinstance(state, EnteredInError):
        return []
    _no_case_carries(state, ask, only_if_open=True)
    two_persons(ask, command.approver)
    return [
        public.HelpRequestEnteredInError(
            matter_id=state.core.matter_id, reason_code=command.reason_code, approver=command.approver
        )
    ]
