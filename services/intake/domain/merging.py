"""Two records of one human being: suspected, ruled out, merged and taken apart. No event moves, no owner changes (INV-39)."""

from __future__ import annotations

from typing import assert_never

from services.contracts import codes
from services.contracts import intake as public
from services.intake.domain import erasure
from services.intake.domain.known import known
from services.intake.domain.person_state import Active, Deceased, Erased, Leaving, Merged, Restricted, State
from services.intake.domain.rules import elsewhere, erased, still_there, two_persons
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask

Command = public.SuspectDuplicate | public.RuleOutDuplicate | public.MergePersons | public.UnmergePersons
Event = public.DuplicateSuspected | public.DuplicateRuledOut | public.PersonsMerged | public.PersonsUnmerged


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows when somebody says whose record this is."""
    if state is None:
        raise NotFound("no such person")
    match command:
        case public.SuspectDuplicate():
            return suspect(command, state)
        case public.RuleOutDuplicate():
            return rule_out(command, state, ask)
        case public.MergePersons():
            return merge(command, state, ask)
        case public.UnmergePersons():
            return unmerge(command, state, ask)
        case _:
            assert_never(command)


def suspect(command: public.SuspectDuplicate, state: State) -> list[Event]:
    """Note the likeness once for each pair; what somebody has ruled out is not brought up again (H4)."""
    if not isinstance(state, Active):
        return []
    if command.candidate_id in (state.person_id, *state.suspected, *state.ruled_out):
        return []
    return [
        public.DuplicateSuspected(
            person_id=state.person_id,
            candidate_id=command.candidate_id,
            rule=command.rule,
            score=command.score,
        )
    ]


def rule_out(command: public.RuleOutDuplicate, state: State, ask: Ask) -> list[Event]:
    """Somebody has looked; what is merged must be taken apart instead."""
    codes.SAME_PERSON.known(command.basis, field="basis")
    match state:
        case Merged():
            raise elsewhere()
        case Leaving() | Restricted() | Erased():
            raise erasure.gone(state)
        case Active() | Deceased():
            person = state if isinstance(state, Active) else state.before
        case _:
            assert_never(state)
    if command.candidate_id in person.ruled_out:
        return []
    if command.candidate_id == person.person_id or known(ask).person is None:
        raise _no_such_other("candidate_id")
    return [
        public.DuplicateRuledOut(person_id=person.person_id, candidate_id=command.candidate_id, basis=command.basis)
    ]


def merge(command: public.MergePersons, state: State, ask: Ask) -> list[Event]:
    """This record from now on is shown as the survivor, which must stand for itself: so no circle can be."""
    codes.SAME_PERSON.known(command.basis, field="basis")
    match state:
        case Merged(into=command.survivor_id):
            return []
        case Merged():
            raise elsewhere()
        case Deceased():
            raise Refused("person-deceased", "The person has died.", "该服务对象已去世。", allowed=("correct-death",))
        case Leaving() | Restricted() | Erased():
            raise erasure.gone(state)
        case Active():
            _survives(command, state, ask)
            return [
                public.PersonsMerged(
                    survivor_id=command.survivor_id,
                    merged_id=state.person_id,
                    basis=command.basis,
                    approver=command.approver,
                )
            ]
        case _:
            assert_never(state)


def _survives(command: public.MergePersons, state: Active, ask: Ask) -> None:
    """Two persons have seen to it that the survivor is somebody else's record, alive, and speaks for itself."""
    two_persons(ask, command.approver)
    survivor = known(ask).person
    if survivor is None or command.survivor_id == state.person_id:
        raise _no_such_other("survivor_id")
    if survivor.merged:
        raise Refused(
            "survivor-merged",
            "That record is merged into another itself; name the one that speaks for it.",
            "该档案已并入另一档案, 请填写保留的档案。",
            allowed=("merge-persons",),
            field="survivor_id",
        )
    if state.asked is not None:
        raise Refused(
            "erasure-waiting",
            "Somebody has asked that the data of this record be deleted: decide that first.",
            "该档案有待决定的删除请求, 请先决定。",
            allowed=("decide-erasure",),
        )
    still_there(survivor, "survivor_id")


def unmerge(command: public.UnmergePersons, state: State, ask: Ask) -> list[Event]:
    """Each stands for itself again; two persons say so."""
    codes.SAME_PERSON.known(command.basis, field="basis")
    if not isinstance(state, Merged):
        return []
    two_persons(ask, command.approver)
    survivor = known(ask).person
    if survivor is not None and survivor.gone:
        # What was erased of the one was erased of the other: there is nobody to come back.
        raise erased(None)
    return [
        public.PersonsUnmerged(
            survivor_id=state.into, merged_id=state.before.person_id, basis=command.basis, approver=command.approver
        )
    ]


def _no_such_other(field: str) -> Refused:
    return Refused(
        "no-such-person",
        "The other person must be somebody else who is registered.",
        "另一方须为另一已建档的服务对象。",
        allowed=("register-person",),
        field=field,
    )
