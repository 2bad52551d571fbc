"""Projects: who commissions them at which level, where and for whom, and which reports are owed to whom."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from services.contracts.referral.words import Codes, ServedPlaces
from services.contracts.words import Party
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
    evidence_ref: Ref | None = None


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
