"""A project that somebody commissions: running -> ended, with reports owed, handed in or waived."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, assert_never
from uuid import UUID

from services.contracts import referral as public
from services.contracts.clocks import STILL, Clock, clock_of
from services.contracts.codes import CLIENT_GROUP
from services.contracts.codes_directory import PROJECT_REPORT
from services.contracts.codes_times import wait_until
from services.contracts.tables import BEIJING, dated
from services.contracts.words import Party
from services.contracts.worktime import end_of
from services.kernel.decider import Decider, changed
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.speaking import not_now
from services.referral.domain.staffing import itself, must_be_free, must_stand_in_an_edition

Clocked = public.RemindReport | public.MarkReportOverdue
Command = (
    public.StartProject | public.OweReport | public.SubmitReport | public.WaiveReport | public.EndProject | Clocked
)  # fmt: skip
Event = (
    public.ProjectStarted | public.ReportOwed | public.ReportSubmitted | public.ReportWaived | public.ProjectEnded
    | public.ReportReminded | public.ReportOverdue
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A report that was asked for, and whether it is still owed."""

    report_id: UUID
    kind: str
    to: str
    due_on: date
    state: Literal["owed", "submitted", "waived"] = "owed"
    clock: Clock = STILL


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """It runs."""

    project_id: UUID
    code: str
    operator: Party
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """It is over; reports that are owed may still be handed in."""

    project_id: UUID
    code: str
    operator: Party
    reports: tuple[Report, ...] = ()


State = Running | Ended | None

ALLOWED: dict[type, tuple[str, ...]] = {
    Running: ("owe-report", "submit-report", "waive-report", "end-project"),
    Ended: ("submit-report", "waive-report"),
}


def start(command: public.StartProject, state: State, ask: Ask) -> list[Event]:
    """A code of its own; its groups come from the table of client groups, whose edition stays on record (INV-40)."""
    if state is not None:
        if isinstance(state, Running) and state.code == command.code:
            return []
        raise Refused("project-known", "Another project stands under this id.", "该编号已用于其他项目。")
    must_be_free(ask)
    must_stand_in_an_edition(command.places)
    CLIENT_GROUP.known(*command.group_codes, field="group_codes")
    if command.starts_on and command.ends_on and command.ends_on < command.starts_on:
        raise Refused("period-wrong", "It would end before it begins.", "结束日期早于开始日期。", field="ends_on")
    edition = CLIENT_GROUP.edition_with(command.group_codes[0]).version if command.group_codes else None
    return [
        public.ProjectStarted(
            project_id=itself(ask), code=command.code, operator=command.operator, commissioner=command.commissioner,
            level=command.level, places=command.places, group_codes=command.group_codes, table_version=edition,
            starts_on=command.starts_on, ends_on=command.ends_on,
        )
    ]  # fmt: skip


def owe(command: public.OweReport, state: Running, ask: Ask) -> list[Event]:
    """The same report to the same party by the same day is owed once."""
    PROJECT_REPORT.known(command.kind, field="kind")
    if any((r.kind, r.to, r.due_on) == (command.kind, command.to, command.due_on) for r in state.reports):
        return []
    return [
        public.ReportOwed(
            project_id=state.project_id, report_id=ask.new_id("report"), kind=command.kind, to=command.to,
            due_on=command.due_on, wait=wait_until(end_of(command.due_on), ask.now),
        )
    ]  # fmt: skip


def submit(command: public.SubmitReport, state: Running | Ended, ask: Ask) -> list[Event]:
    """Once; late is what comes after its day, in Beijing."""
    report = _report(command.report_id, state)
    if report.state != "owed":
        return []
    late = ask.happened_at.astimezone(BEIJING).date() > report.due_on
    return [
        public.ReportSubmitted(
            project_id=state.project_id, report_id=report.report_id, late=late, evidence_ref=command.evidence_ref
        )
    ]


def waive(command: public.WaiveReport, state: Running | Ended) -> list[Event]:
    """Whoever asked for it wants it no more."""
    report = _report(command.report_id, state)
    if report.state != "owed":
        return []
    return [
        public.ReportWaived(project_id=state.project_id, report_id=report.report_id, reason_code=command.reason_code)
    ]


def remind(command: public.RemindReport, state: Running | Ended, ask: Ask) -> list[Event]:
    """Part of the time is over, and the report is still owed."""
    report = _report(command.report_id, state)
    if report.state != "owed" or not report.clock.reminds(ask.now):
        return []
    return [
        public.ReportReminded(
            project_id=state.project_id, report_id=report.report_id, operator=state.operator, to=report.to,
            due_on=report.due_on,
        )
    ]  # fmt: skip


def mark_overdue(command: public.MarkReportOverdue, state: Running | Ended, ask: Ask) -> list[Event]:
    """Its day is over, also of a project that has ended; handing it in late ends that."""
    report = _report(command.report_id, state)
    if report.state != "owed" or not report.clock.is_late(ask.now):
        return []
    return [
        public.ReportOverdue(
            project_id=state.project_id, report_id=report.report_id, operator=state.operator, to=report.to,
            due_on=report.due_on,
        )
    ]  # fmt: skip


def _report(report_id: UUID, state: Running | Ended) -> Report:
    for report in state.reports:
        if report.report_id == report_id:
            return report
    raise Refused("report-unknown", "No such report is owed by this project.", "该项目没有这份应交报告。", field="report_id",
                  allowed=("owe-report",) if isinstance(state, Running) else ())  # fmt: skip


def end(command: public.EndProject, state: Running) -> list[Event]:
    """Nothing owed is forgotten: reports are handed in, waived, or left owed for a reason."""
    owed = [report for report in state.reports if report.state == "owed"]
    if owed and command.reports_owed_reason is None:
        raise Refused("reports-owed", f"{len(owed)} reports are still owed.", f"尚有 {len(owed)} 份报告未交。",
                      field="reports_owed_reason", allowed=("submit-report", "waive-report"))  # fmt: skip
    return [
        public.ProjectEnded(
            project_id=state.project_id, reason_code=command.reason_code,
            reports_owed_reason=command.reports_owed_reason if owed else None,
        )
    ]  # fmt: skip


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """What follows from a command about a project."""
    match command, state:
        case public.StartProject(), _:
            return start(command, state, ask)
        case public.SubmitReport(), Running() | Ended():
            return submit(command, state, ask)
        case public.WaiveReport(), Running() | Ended():
            return waive(command, state)
        case public.RemindReport(), Running() | Ended():
            return remind(command, state, ask)
        case public.MarkReportOverdue(), Running() | Ended():
            return mark_overdue(command, state, ask)
        case public.OweReport(), Running():
            return owe(command, state, ask)
        case public.EndProject(), Running():
            return end(command, state)
        case public.EndProject(), Ended():
            return []
        case _:
            raise not_now(state, ALLOWED, "project", "项目")


def evolve(state: State, event: Event) -> State:
    """What an event makes of a project."""
    if isinstance(event, public.ProjectStarted):
        return Running(project_id=event.project_id, code=event.code, operator=event.operator)
    if state is None:
        return None
    match event:
        case public.ReportOwed():
            report = Report(
                report_id=event.report_id, kind=event.kind, to=event.to, due_on=event.due_on, clock=clock_of(event.wait)
            )
            return changed(state, reports=(*state.reports, report))
        case public.ReportSubmitted():
            return _set(state, event.report_id, state="submitted")
        case public.ReportWaived():
            return _set(state, event.report_id, state="waived")
        case public.ReportReminded():
            return _clocked(state, event.report_id, remind_at=None)
        case public.ReportOverdue():
            return _clocked(state, event.report_id, due_at=None)
        case public.ProjectEnded():
            return Ended(
                project_id=state.project_id, code=state.code, operator=state.operator, reports=state.reports
            )  # fmt: skip
        case _:
            assert_never(event)


def _set(state: Running | Ended, report_id: UUID, /, **now: Any) -> Running | Ended:
    return changed(state, reports=tuple(replace(r, **now) if r.report_id == report_id else r for r in state.reports))


def _clocked(state: Running | Ended, report_id: UUID, /, **now: None) -> Running | Ended:
    clocks = {report.report_id: replace(report.clock, **now) for report in state.reports}
    return _set(state, report_id, clock=clocks.get(report_id, STILL))


DECIDER = Decider(name="project", decide=dated(decide), evolve=evolve, events=Event, states=State)
