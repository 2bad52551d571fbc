"""A help request: heard, triaged, guided or handed to a strand, and ended with an outcome that somebody stands by."""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from services.contracts import codes
from services.contracts import intake as public
from services.contracts.tables import dated
from services.contracts.words import Handoff, Wait
from services.intake.domain.help_request_clocks import asks_again, escalate, first_action, remind
from services.intake.domain.help_request_ends import (
    close,
    closed,
    decline,
    from_dispatcher,
    link_duplicate,
    mark_error,
    reopen,
)
from services.intake.domain.help_request_state import (
    ALLOWED,
    Carried,
    Converted,
    Core,
    Event,
    InService,
    Open,
    Received,
    Referred,
    State,
    Triaged,
    WaitingClient,
    evolve,
    left_with,
    not_now,
)
from services.intake.domain.known import itself, known
from services.intake.domain.late import delay_days
from services.intake.domain.reading import reads_here
from services.intake.domain.rules import already_there, day_of, erased
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask

Command = (
    public.ReceiveHelpRequest
    | public.LinkPersonToHelpRequest
    | public.TriageHelpRequest
    | public.GiveGuidance
    | public.FollowUpHelpRequest
    | public.OpenHelpRequestStrand
    | public.EndHelpRequestStrand
    | public.ConvertHelpRequest
    | public.DeclineHelpRequest
    | public.CloseHelpRequest
    | public.ReopenHelpRequest
    | public.LinkDuplicateRequest
    | public.MarkHelpRequestEnteredInError
    | public.ReadHelpRequestNotes
    | public.RemindHelpRequest
    | public.EscalateHelpRequest
)


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:  # noqa: C901 - one line a command
    """What follows when this is asked of the request."""
    if isinstance(command, public.ReceiveHelpRequest):
        return receive(command, state, ask)
    if state is None:
        raise NotFound("no such help request")
    match command:
        case public.LinkPersonToHelpRequest():
            return link_person(command, state, ask)
        case public.TriageHelpRequest():
            return triage(command, state, ask)
        case public.GiveGuidance():
            return guide(command, state, ask)
        case public.FollowUpHelpRequest():
            return follow_up(command, state, ask)
        case public.OpenHelpRequestStrand():
            return open_strand(command, state)
        case public.EndHelpRequestStrand():
            return end_strand(command, state, ask)
        case public.ConvertHelpRequest():
            return convert(command, state)
        case public.DeclineHelpRequest():
            return decline(command, state)
        case public.CloseHelpRequest():
            return close(command, state)
        case public.ReopenHelpRequest():
            return reopen(command, state, ask)
        case public.LinkDuplicateRequest():
            return link_duplicate(command, state, ask)
        case public.MarkHelpRequestEnteredInError():
            return mark_error(command, state, ask)
        case public.ReadHelpRequestNotes():
            return read_notes(command, state, ask)
        case public.RemindHelpRequest():
            return remind(state, ask)
        case public.EscalateHelpRequest():
            return escalate(state, ask)
        case _:
            assert_never(command)


def receive(command: public.ReceiveHelpRequest, state: State | None, ask: Ask) -> list[Event]:
    """Take a request in: the receiving unit answers for it from the first moment, whatever else is unknown."""
    if state is not None:
        raise already_there("help request", "求助")
    codes.NEED.known(*command.need_codes, field="need_codes")
    codes.CAME_BY.known(command.came_by, field="came_by")
    codes.REPORTER_KIND.known(command.reporter_kind, field="reporter_kind")
    codes.PLACE_KIND.known(command.place_kind, field="place_kind")
    _not_erased(ask)
    matter_id = itself(ask)
    reporter = command.reporter
    if reporter == "unknown" and command.reporter_kind == "self" and command.person_id is not None:
        reporter = f"person:{command.person_id}"
    received = public.HelpRequestReceived(
        matter_id=matter_id,
        handoff=Handoff(act="taken", matter_id=matter_id, giver=reporter, takers=(command.unit,)),
        unit=command.unit,
        area=command.area,
        came_by=command.came_by,
        reporter_kind=command.reporter_kind,
        person_id=command.person_id,
        need_codes=command.need_codes,
        urgency=command.urgency,
        place_kind=command.place_kind,
        sealed=ask.sealed,
        wait=first_action(command.urgency, ask),
    )
    if command.paper_ref is None:
        return [received]
    late = public.LateRequestDeclared(
        matter_id=matter_id,
        paper_ref=command.paper_ref,
        delay_days=delay_days(day_of(ask), ask),
        observed_by=command.observed_by,
    )
    return [received, late]


def _not_erased(ask: Ask) -> None:
    """Nothing new is laid to somebody whose data were erased: who comes again is somebody new (H10)."""
    person = known(ask).person
    if person is not None and person.gone:
        raise erased("person_id")


def link_person(command: public.LinkPersonToHelpRequest, state: State, ask: Ask) -> list[Event]:
    """Say whose need it is; a person once named is not exchanged silently."""
    if state.core.person_id == command.person_id:
        return []
    if state.core.person_id is not None:
        raise Refused(
            "another-person-linked",
            "The request belongs to another person already; mark it as entered in error and take it in anew.",
            "该求助已关联另一人; 请标记误录后重新受理。",
            allowed=("mark-help-request-entered-in-error",),
        )
    if not isinstance(state, Open):
        raise not_now(state)
    _not_erased(ask)
    return [public.HelpRequestPersonLinked(matter_id=state.core.matter_id, person_id=command.person_id)]


def triage(command: public.TriageHelpRequest, state: State, ask: Ask) -> list[Event]:
    """Decide what it becomes. Emergencies and safeguarding have a duty that comes first (INV-10, INV-42)."""
    codes.EMERGENCY_CONTACT.known(command.emergency_contact, field="emergency_contact")
    if not isinstance(state, Received):
        raise not_now(state)
    if command.urgency == "emergency" and command.emergency_contact is None:
        raise Refused(
            "contact-first",
            "An emergency needs human contact now; say which was made: 110, 120, 119, on site or by telephone.",
            "紧急情况须先联系到人; 请注明 110、120、119、到场或电话。",
            field="emergency_contact",
        )
    if command.disposition == "safeguarding" and not known(ask).concern_raised:
        raise Refused(
            "concern-first",
            "Raise the safeguarding concern first; it needs no consent and no further field.",
            "请先登记侵害疑似; 不需同意, 也没有其他必填项。",
            allowed=("raise-safeguarding-concern",),
        )
    return [
        public.HelpRequestTriaged(
            matter_id=state.core.matter_id,
            urgency=command.urgency,
            disposition=command.disposition,
            risk_level=command.risk_level,
            emergency_contact=command.emergency_contact,
            handoff=_to_dispatcher(command, state.core),
            wait=first_action(command.urgency, ask),
        )
    ]


def _to_dispatcher(command: public.TriageHelpRequest, core: Core) -> Handoff | None:
    """The need goes to the dispatcher; the matter stays with its unit. The request's own id names the need."""
    if command.dispatcher is None:
        return None
    return Handoff(
        act="taken", matter_id=core.matter_id, need_id=core.matter_id, giver=core.unit, takers=(command.dispatcher,)
    )


def guide(command: public.GiveGuidance, state: State, ask: Ask) -> list[Event]:
    """Help by information. What is missing or promised keeps the request open; otherwise it is answered (INV-27)."""
    codes.TOPIC.known(*command.topic_codes, field="topic_codes")
    codes.MATERIAL.known(*command.materials_have, *(m.code for m in command.materials_missing), field="materials")
    codes.SUPPLIER_KIND.known(*(m.supplier_kind for m in command.materials_missing), field="materials_missing")
    codes.NEXT_STEP.known(*command.next_step_codes, field="next_step_codes")
    codes.DIFFICULTY.known(*command.difficulty_codes, field="difficulty_codes")
    if not isinstance(state, Received | Triaged):
        raise not_now(state)
    promised = bool(command.materials_missing or command.next_step_codes)
    given = public.GuidanceGiven(
        matter_id=state.core.matter_id,
        topic_codes=command.topic_codes,
        materials_have=command.materials_have,
        materials_missing=command.materials_missing,
        next_step_codes=command.next_step_codes,
        difficulty_codes=command.difficulty_codes,
        follow_up_by=command.follow_up_by,
        handoff=_to_client(state.core) if promised else None,
        sealed=ask.sealed,
        wait=asks_again(command.follow_up_by, ask.now),
    )
    return [given] if promised or command.follow_up_by else [given, closed(state.core, "answered", None)]


def _to_client(core: Core) -> Handoff:
    """The next step is the client's; the unit answers for the request until somebody has asked again."""
    client = f"person:{core.person_id}" if core.person_id else "unknown"
    return Handoff(act="offered", matter_id=core.matter_id, giver=core.unit, takers=(client,))


def follow_up(command: public.FollowUpHelpRequest, state: State, ask: Ask) -> list[Event]:
    """Write down what came of promised steps."""
    codes.FOLLOW_UP_RESULT.known(command.result_code, field="result_code")
    codes.MATERIAL.known(*command.materials_supplied, field="materials_supplied")
    if not isinstance(state, WaitingClient):
        raise not_now(state)
    told = public.HelpRequestFollowedUp(
        matter_id=state.core.matter_id,
        result_code=command.result_code,
        leaves=command.leaves,
        materials_supplied=command.materials_supplied,
        follow_up_by=command.follow_up_by,
        sealed=ask.sealed,
        wait=_next(command, state.core, ask),
    )
    if command.leaves != "closed":
        return [told]
    if command.outcome is None:
        raise Refused(
            "outcome-needed",
            "Closing needs an outcome.",
            "办结须有结果。",
            allowed=ALLOWED[type(state)],
            field="outcome",
        )
    after = evolve(state, told)
    asked = public.CloseHelpRequest(outcome=command.outcome, confirmed_by=command.confirmed_by)
    return [told, *close(asked, after or state)]


def _next(command: public.FollowUpHelpRequest, core: Core, ask: Ask) -> Wait | None:
    if command.leaves == "triaged":
        return first_action(core.urgency, ask)
    return asks_again(command.follow_up_by, ask.now) if command.leaves == "waiting" else None


def open_strand(command: public.OpenHelpRequestStrand, state: State) -> list[Event]:
    """A task or referral carries the need. Where a case carries the matter, the strand is the case's."""
    if isinstance(state, Converted) or _carries(state, command.strand_id):
        return []
    if not isinstance(state, Received | Triaged | WaitingClient | InService | Referred):
        raise not_now(state)
    return [
        public.HelpRequestStrandOpened(matter_id=state.core.matter_id, kind=command.kind, strand_id=command.strand_id)
    ]


def _carries(state: State, strand_id: UUID) -> bool:
    return isinstance(state, Carried) and any(c.strand_id == strand_id for c in state.carriers)


def end_strand(command: public.EndHelpRequestStrand, state: State, ask: Ask) -> list[Event]:
    """A strand has ended; with a confirmed outcome and no other strand, so has the request."""
    if not isinstance(state, Carried) or not _carries(state, command.strand_id):
        return []
    left = tuple(c for c in state.carriers if c.strand_id != command.strand_id)
    resolved = command.resolved and not left
    ended = public.HelpRequestStrandEnded(
        matter_id=state.core.matter_id,
        strand_id=command.strand_id,
        result_code=command.result_code,
        leaves=left_with(left),
        wait=None if left or resolved else first_action(state.core.urgency, ask),
    )
    if resolved:
        return [ended, closed(state.core, "resolved", command.confirmed_by)]
    return [ended]


def convert(command: public.ConvertHelpRequest, state: State) -> list[Event]:
    """The case carries the matter. It has been opened, so no open state stands against it."""
    if isinstance(state, Converted) and state.case_id == command.case_id:
        return []
    if not isinstance(state, Open):
        raise not_now(state)
    back = from_dispatcher(state.core)
    return [public.HelpRequestConverted(matter_id=state.core.matter_id, case_id=command.case_id, handoff=back)]


def read_notes(command: public.ReadHelpRequestNotes, state: State, ask: Ask) -> list[Event]:
    """The station that has the request may read what was told; whoever asks is on record (INV-33)."""
    codes.READ_PURPOSE.known(command.why, field="why")
    actor, places = ask.actor, (state.core.area, *known(ask).places)
    return [
        public.HelpRequestNotesRead(
            matter_id=state.core.matter_id,
            reader=actor.id,
            reader_role=actor.role,
            why=command.why,
            allowed=reads_here((*places, state.core.unit.partition(":")[2]), actor),
            reader_org=actor.org or None,
        )
    ]


DECIDER = Decider(name="help-request", decide=dated(decide), evolve=evolve, events=Event, states=State)
