"""Projects: who commissions them at which level, where and for whom, and which reports are owed to whom."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from services.contracts.referral.words import Codes, ServedPlaces
from services.contracts.words import Evidence, Party, Wait
from services.kernel.contract import Code, Ref, asked, published

ProjectLevel = Literal["province", "city", "district", "street", "other"]


@asked(zh="立项")
class StartProject:
    """An organization carries out a project that somebody commissions, in these places, for these groups."""

    code: Code
    operator: Party
    commissioner: Party
    level: ProjectLevel
    places: ServedPlaces = ()
    group_codes: Codes = ()
    starts_on: date | None = None
    ends_on: date | None = None


@asked(zh="登记应交报告")
class OweReport:
    """A report is owed: of this kind, to this party, by this day."""

    kind: Code
    to: Party
    due_on: date


@asked(zh="提交报告")
class SubmitReport:
    """The report was handed in; where it lies."""

    report_id: UUID
    evidence_ref: Evidence | None = None


@asked(zh="免交报告")
class WaiveReport:
    """The report is not wanted any more."""

    report_id: UUID
    reason_code: Code


@asked(zh="结项")
class EndProject:
    """The project is over; reports that are still owed need a reason."""

    reason_code: Code
    reports_owed_reason: Code | None = None


@asked(zh="催交报告")
class RemindReport:
    """Remind whoever owes a report; asked by the clock."""

    report_id: UUID


@asked(zh="报告逾期")
class MarkReportOverdue:
    """The day by which a report was owed is over; asked by the clock."""

    report_id: UUID


@published("project.started", zh="项目立项")
class ProjectStarted:
    """A project runs: commissioned by one party, carried out by another; `table_version` is that of its groups."""

    project_id: UUID
    code: Code
    operator: Party
    commissioner: Party
    level: ProjectLevel
    places: ServedPlaces = ()
    group_codes: tuple[Code, ...] = ()
    table_version: Code | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@published("project.report-owed", zh="应交报告")
class ReportOwed:
    """A report is owed to this party by this day."""

    project_id: UUID
    report_id: UUID
    kind: Code
    to: Party
    due_on: date
    wait: Wait | None = None


@published("project.report-reminded", zh="报告催交")
class ReportReminded:
    """Whoever carries out the project has been reminded of a report that it owes."""

    project_id: UUID
    report_id: UUID
    operator: Party
    to: Party
    due_on: date


@published("project.report-overdue", zh="报告逾期")
class ReportOverdue:
    """A report was not handed in by its day; whoever it is owed to, and whoever owes it, are told."""

    project_id: UUID
    report_id: UUID
    operator: Party
    to: Party
    due_on: date


@published("project.report-submitted", zh="报告提交")
class ReportSubmitted:
    """The report was handed in, in time or late."""

    project_id: UUID
    report_id: UUID
    late: bool
    evidence_ref: Ref | None = None


@published("project.report-waived", zh="报告免交")
class ReportWaived:
    """The report is not owed any more."""

    project_id: UUID
    report_id: UUID
    reason_code: Code


@published("project.ended", zh="项目结项")
class ProjectEnded:
    """The project is over; where reports were still owed, why it ended all the same."""

    project_id: UUID
    reason_code: Code
    reports_owed_reason: Code | None = None
