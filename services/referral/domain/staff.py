"""A worker of a station or an organization: working -> leaving -> left. One person may hold several posts (INV-17, H15)."""

from __future__ import annotations

from typing import assert_never

from services.contracts import referral as public
from services.contracts.codes_directory import CERTIFICATE, LEAVING_REASON, STAFF_ROLE
from services.contracts.tables import dated
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.speaking import not_now
from services.referral.domain.staff_reading import read
from services.referral.domain.staff_state import (
    Certificate,
    Command,
    Event,
    Leaving,
    Left,
    State,
    Working,
    evolve,
    years_after,
)
from services.referral.domain.staffing import itself, must_be_free, staffing

HERE = (
    "take-post", "leave-post", "record-certificate", "assign-supervisor", "give-notice", "leave-staff",
)  # fmt: skip
ALLOWED: dict[type, tuple[str, ...]] = {Working: HERE, Leaving: HERE, Left: ()}


def register(command: public.RegisterStaff, state: State, ask: Ask) -> list[Event]:
    """Under the code that their token carries, which nobody else has."""
    if state is not None:
        if state.worker == f"worker:{command.code}":
            return []
        raise Refused("staff-known", "This worker is registered already.", "该工作人员已登记。")
    must_be_free(ask)
    return [
        public.StaffRegistered(
            staff_id=itself(ask), code=command.code, worker=f"worker:{command.code}", employer=command.employer,
            since=command.since, sealed=ask.sealed,
        )
    ]  # fmt: skip


def take_post(command: public.TakePost, state: Working | Leaving, ask: Ask) -> list[Event]:
    """At a station that is open; the same post twice is one."""
    STAFF_ROLE.known(command.role, field="role")
    here = staffing(ask).station
    if command.station_id is not None and (here is None or here.state != "open"):
        raise Refused("station-unknown", "There is no such station, or it is closed.", "没有该站点, 或已撤销。",
                      field="station_id", allowed=("open-station",))  # fmt: skip
    if any((post.role, post.station_id) == (command.role, command.station_id) for post in state.posts):
        return []
    return [
        public.PostTaken(
            staff_id=state.staff_id, post_id=ask.new_id("post"), role=command.role, station_id=command.station_id,
            since=command.since,
        )
    ]  # fmt: skip


def leave_post(command: public.LeavePost, state: Working | Leaving) -> list[Event]:
    """A post is left once."""
    LEAVING_REASON.known(command.reason_code, field="reason_code")
    if command.post_id in state.posts_left:
        return []
    if all(post.post_id != command.post_id for post in state.posts):
        raise Refused("post-unknown", "This worker holds no such post.", "该人员没有这一岗位。", field="post_id",
                      allowed=("take-post",))  # fmt: skip
    return [
        public.PostLeft(
            staff_id=state.staff_id, post_id=command.post_id, reason_code=command.reason_code, until=command.until
        )
    ]


def certify(command: public.RecordCertificate, state: Working | Leaving, ask: Ask) -> list[Event]:
    """Valid three years unless it says otherwise; a day that nobody knows stays unknown (INV-29)."""
    CERTIFICATE.known(command.level, field="level")
    edition = CERTIFICATE.edition_with(command.level)
    until = command.valid_until
    if until is None and command.registered_on is not None:
        until = years_after(command.registered_on, edition.terms[command.level].numbers.get("years", 3))
    if until and command.registered_on and until < command.registered_on:
        raise Refused("validity-wrong", "It would end before it begins.", "有效期早于登记日期。", field="valid_until")
    if Certificate(level=command.level, valid_from=command.registered_on, valid_until=until) in state.certificates:
        return []
    return [
        public.StaffCertified(
            staff_id=state.staff_id, certificate_id=ask.new_id("certificate"), level=command.level,
            table_version=edition.version, valid_from=command.registered_on, valid_until=until,
            evidence_ref=command.evidence_ref,
        )
    ]  # fmt: skip


def supervise(command: public.AssignSupervisor, state: Working | Leaving) -> list[Event]:
    """Nobody supervises their own work."""
    if command.supervisor == state.worker:
        raise Refused("own-supervisor", "Nobody supervises their own work.", "不能督导自己的工作。", field="supervisor")
    if command.supervisor == state.supervisor:
        return []
    return [public.SupervisorAssigned(staff_id=state.staff_id, supervisor=command.supervisor, since=command.since)]


def give_notice(command: public.GiveNotice, state: Working | Leaving) -> list[Event]:
    """The last day may be moved by another notice."""
    LEAVING_REASON.known(command.reason_code, field="reason_code")
    if isinstance(state, Leaving) and state.last_day == command.last_day:
        return []
    return [
        public.NoticeGiven(
            staff_id=state.staff_id, worker=state.worker, last_day=command.last_day, reason_code=command.reason_code
        )
    ]


def leave(command: public.LeaveStaff, state: Working | Leaving, ask: Ask) -> list[Event]:
    """Blocked while they answer for anything, unless it is said why they are gone all the same; then it is flagged (H14)."""
    LEAVING_REASON.known(command.reason_code, field="reason_code")
    LEAVING_REASON.known(command.left_open_reason, field="left_open_reason")
    matters, needs = staffing(ask).matters, staffing(ask).needs
    if matters + needs and command.left_open_reason is None:
        raise Refused(
            "matters-open",
            f"{matters} matters and {needs} needs are theirs; name new owners first, or say why they are gone already.",
            f"名下尚有 {matters} 件事项、{needs} 项需求; 请先交接, 或注明未交接即离职的原因。",
            allowed=("take-over-cases", "take-over-case", "change-visitor", "reassign-task"),
            field="left_open_reason",
        )
    last_day = command.last_day or (state.last_day if isinstance(state, Leaving) else None)
    return [
        public.StaffLeft(
            staff_id=state.staff_id, worker=state.worker, reason_code=command.reason_code, open_matters=matters,
            open_needs=needs, last_day=last_day, left_open_reason=command.left_open_reason,
        )
    ]  # fmt: skip


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """What follows from a command about a worker."""
    if isinstance(command, public.RegisterStaff):
        return register(command, state, ask)
    if isinstance(command, public.LeaveStaff) and isinstance(state, Left):
        return []
    if isinstance(command, public.ReadStaffIdentity) and state is not None:
        return [*read(command, state, ask)]
    if not isinstance(state, Working | Leaving):
        raise not_now(state, ALLOWED, "worker", "工作人员")
    match command:
        case public.TakePost():
            return take_post(command, state, ask)
        case public.LeavePost():
            return leave_post(command, state)
        case public.RecordCertificate():
            return certify(command, state, ask)
        case public.AssignSupervisor():
            return supervise(command, state)
        case public.GiveNotice():
            return give_notice(command, state)
        case public.LeaveStaff():
            return leave(command, state, ask)
        case public.ReadStaffIdentity():
            return [*read(command, state, ask)]
        case _:
            assert_never(command)


DECIDER = Decider(name="staff", decide=dated(decide), evolve=evolve, events=Event, states=State)
