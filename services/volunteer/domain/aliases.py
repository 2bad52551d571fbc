"""Two records of one volunteer are one or two as people decide, and a volunteer who wants it is forgotten (INV-35, INV-39)."""

from __future__ import annotations

from services.contracts import codes
from services.contracts.volunteer import (
    CarryOutVolunteerErasure,
    EraseVolunteer,
    MergeVolunteers,
    UnmergeVolunteers,
    VolunteerDataErased,
    VolunteerErasureDecided,
    VolunteersMerged,
    VolunteersUnmerged,
)
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.known import known
from services.volunteer.domain.refusing import two_persons
from services.volunteer.domain.volunteer_states import (
    Erased,
    Event,
    Leaving,
    Merged,
    State,
    Suspended,
    cannot,
)

STANDING = ("registered", "verified", "active")
"""The states in which a record can speak for another."""
FORGOTTEN = ("leaving", "erased")
"""Those of one whose data are gone, or going."""


def merge(command: MergeVolunteers, state: State | None, ask: Ask) -> list[Event]:
    """This record is shown as the survivor, which must stand for itself: so no circle can be. No hours are moved."""
    codes.SAME_PERSON.known(command.basis, field="basis")
    if isinstance(state, Merged) and state.into == command.survivor_id:
        return []
    if state is None or isinstance(state, Merged | Leaving | Erased | Suspended):
        raise cannot(state)
    two_persons(ask, command.approver)
    facts = known(ask)
    survivor = facts.person(f"volunteer:{command.survivor_id}")
    if command.survivor_id == facts.itself or survivor.state not in STANDING:
        raise Refused("survivor-unknown", "Name another record, of a volunteer who is registered and not suspended.",
                      "请填写另一份在册且未暂停的志愿者档案。", field="survivor_id")  # fmt: skip
    _must_wait_for_nobody(ask)
    return [
        VolunteersMerged(
            survivor_id=command.survivor_id, merged_id=facts.itself or ask.id, basis=command.basis,
            approver=command.approver,
        )
    ]  # fmt: skip


def unmerge(command: UnmergeVolunteers, state: State | None, ask: Ask) -> list[Event]:
    """Each stands for itself again; two persons say so."""
    codes.SAME_PERSON.known(command.basis, field="basis")
    if state is None:
        raise cannot(state)
    if not isinstance(state, Merged):
        return []
    if known(ask).person(f"volunteer:{state.into}").state in FORGOTTEN:
        raise Refused("volunteer-forgotten", "The volunteer was forgotten under all records; nothing of this one can stand again.",
                      "该志愿者的各份档案均已按本人要求删除, 不能再拆分恢复。")  # fmt: skip
    two_persons(ask, command.approver)
    return [
        VolunteersUnmerged(
            survivor_id=state.into, merged_id=known(ask).itself or ask.id, state=state.before, basis=command.basis,
            approver=command.approver,
        )
    ]  # fmt: skip


def erase(command: EraseVolunteer, state: State | None, ask: Ask) -> list[Event]:
    """At the volunteer's wish, and never while somebody waits for that volunteer."""
    if isinstance(state, Leaving | Erased):
        return []
    if state is None or isinstance(state, Merged):
        raise cannot(state)
    two_persons(ask, command.approver)
    _must_wait_for_nobody(ask)
    return [VolunteerErasureDecided(evidence_kind=command.evidence_kind, approver=command.approver)]


def carry_out(command: CarryOutVolunteerErasure, state: State | None) -> list[Event]:
    """The keys are gone; said once."""
    done = VolunteerDataErased(keys=command.keys, records=command.records)
    return [done] if isinstance(state, Leaving) else []


def _must_wait_for_nobody(ask: Ask) -> None:
    if known(ask).open_tasks:
        raise Refused("assignments-open", "There are tasks that wait for this volunteer; cancel or reassign them first.",
                      "尚有未完成的指派, 请先取消或改派。", allowed=("cancel-assignment", "reassign-task"))  # fmt: skip
