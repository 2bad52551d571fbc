"""A case: opened on a consent, owned by exactly one worker, worked on by a plan, and closed with a reason."""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from services.contracts import codes
from services.contracts import intake as public
from services.contracts.tables import dated
from services.contracts.words import Handoff
from services.intake.domain import case_ends, case_work
from services.intake.domain.case_state import Event, Open, State, evolve, not_now
from services.intake.domain.known import itself, known
from services.intake.domain.rules import already_there, on_law, registered
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask

Command = (
    public.OpenCase
    | public.TakeOverCase
    | public.CollectInformation
    | public.AssessNeeds
    | public.ChangeRiskLevel
    | public.AgreeServicePlan
    | public.ReviseServicePlan
    | public.RecordService
    | public.EvaluateProgress
    | public.SuspendCase
    | public.ResumeCase
    | public.CloseCase
    | public.CloseCaseOnDeath
    | public.FollowUpCase
    | public.ReopenCase
    | public.TransferCaseOut
    | public.TakeCaseBack
    | public.MarkCaseEnteredInError
)


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:  # noqa: C901 - one line a command
    """What follows when this is asked of the case."""
    if isinstance(command, public.OpenCase):
        return open_case(command, state, ask)
    if state is None:
        raise NotFound("no such case")
    match command:
        case public.RecordService():
            return case_work.record_service(command, state, ask)
        case public.TakeOverCase():
            return take_over(command, state)
        case public.CollectInformation():
            return case_work.collect(command, state, ask)
        case public.AssessNeeds():
            return case_work.assess(command, state, ask)
        case public.ChangeRiskLevel():
            return case_work.change_risk(command, state)
        case public.AgreeServicePlan():
            return case_work.agree_plan(command, state, ask)
        case public.ReviseServicePlan():
            return case_work.revise_plan(command, state, ask)
        case public.EvaluateProgress():
            return case_work.evaluate(command, state, ask)
        case public.SuspendCase():
            return case_work.suspend(command, state)
        case public.ResumeCase():
            return case_work.resume(state)
        case public.CloseCase():
            return case_ends.close(command, state, ask)
        case public.CloseCaseOnDeath():
            return case_ends.close_on_death(state, ask)
        case public.FollowUpCase():
            return case_ends.follow_up(command, state, ask)
        case public.ReopenCase():
            return case_ends.reopen(command, state, ask)
        case public.TransferCaseOut():
            return case_ends.transfer_out(command, state)
        case public.TakeCaseBack():
            return case_ends.take_back(command, state)
        case public.MarkCaseEnteredInError():
            return case_ends.mark_error(command, state, ask)
        case _:
            assert_never(command)


def open_case(command: public.OpenCase, state: State | None, ask: Ask) -> list[Event]:
    """Open it: for a person who is registered, on a consent to casework or a legal basis, with one owner."""
    if state is not None:
        raise already_there("case", "个案")
    codes.NEED.known(*command.need_codes, field="need_codes")
    consent_id = _may_work(command, ask)
    _household_of(command, ask)
    unit = _request_unit(command, ask)
    case_id = itself(ask)
    matter_id = command.request_id or case_id
    opened = public.CaseOpened(
        case_id=case_id,
        matter_id=matter_id,
        handoff=Handoff(act="taken", matter_id=matter_id, giver=unit, takers=(command.owner,)),
        subject_kind=command.subject_kind,
        person_id=command.person_id,
        owner=command.owner,
        area=command.area,
        workers=command.workers,
        supervisor=command.supervisor,
        request_id=command.request_id,
        household_id=command.household_id,
        project_id=command.project_id,
        pairing_id=command.pairing_id,
        need_codes=command.need_codes,
        consent_id=consent_id,
        legal_basis=command.legal_basis,
    )
    if command.taken_over_from is None:
        return [opened]
    came = Handoff(act="taken", matter_id=matter_id, giver=command.taken_over_from, takers=(command.owner,))
    taken = public.CaseTakenOver(
        case_id=case_id, matter_id=matter_id, handoff=came, owner=command.owner, reason_code="handed-over"
    )
    return [opened, taken]


def _may_work(command: public.OpenCase, ask: Ask) -> UUID | None:
    """The consent to casework that it stands on, or None where a legal basis does."""
    found = known(ask)
    if command.owner == "unknown":
        raise Refused("owner-needed", "A case has an owner from its first moment.", "个案须有负责人。", field="owner")
    registered(ask)
    if command.legal_basis is not None:
        on_law(command.legal_basis)
        return None
    consent = found.consent_to("casework", ask.now)
    if consent is None:
        raise Refused(
            "consent-needed",
            "No consent to casework is in force; record one, or name a legal basis.",
            "没有有效的个案服务同意; 请先登记同意, 或注明法定依据。",
            allowed=("grant-consent",),
        )
    return consent.consent_id


def _household_of(command: public.OpenCase, ask: Ask) -> None:
    """A household that is a subject is on record, and the person through whom it is met lives there."""
    if command.subject_kind != "household" and command.household_id is None:
        return
    person, members = registered(ask), known(ask).household
    if members is None or not (person.same | {person.person_id}) & members:
        raise Refused(
            "not-of-the-household",
            "Name a household on record to which this person belongs.",
            "请填写该服务对象所在的已登记的户。",
            allowed=("form-household", "join-household"),
            field="household_id",
        )


BEFORE_A_CASE = {
    "received": ("triage-help-request",),
    "waiting_client": ("follow-up-help-request",),
    "closed": ("reopen-help-request",),
}
"""What makes a request ready to become a case, by its state; of what a task or referral carries, the end of that."""


def _request_unit(command: public.OpenCase, ask: Ask) -> str:
    """Who answered for the matter so far; a request must be triaged, and becomes one case only."""
    if command.request_id is None:
        return "unknown"
    request = known(ask).request
    if request is None:
        raise Refused("no-such-request", "There is no such help request.", "没有该求助。", field="request_id")
    if request.case_id is not None:
        raise Refused(
            "case-open-already",
            "This help request has become a case already.",
            "该求助已转为个案。",
            field="request_id",
        )
    if request.state != "triaged":
        raise Refused(
            "request-not-triaged",
            "Triage the help request first.",
            "请先分诊。",
            allowed=BEFORE_A_CASE.get(request.state, ()),
            field="request_id",
        )
    return request.unit


def take_over(command: public.TakeOverCase, state: State) -> list[Event]:
    """Exactly one owner before and after; the matter goes with the case."""
    codes.REASON.known(command.reason_code, field="reason_code")
    if not isinstance(state, Open):
        raise not_now(state)
    file = state.file
    if command.owner == file.owner:
        return []
    if command.owner == "unknown":
        raise Refused("owner-needed", "Name the new owner.", "请注明新的负责人。", field="owner")
    over = Handoff(act="taken", matter_id=file.matter_id, giver=file.owner, takers=(command.owner,))
    return [
        public.CaseTakenOver(
            case_id=file.case_id,
            matter_id=file.matter_id,
            handoff=over,
            owner=command.owner,
            reason_code=command.reason_code,
        )
    ]


DECIDER = Decider(
    name="case", decide=dated(decide), evolve=evolve, events=Event, states=State,
    reads={public.ServiceDelivered: ("under_plan",)},
)  # fmt: skip
