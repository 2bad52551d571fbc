"""Monthly reports over HTTP: sealed by the head of a station, read by everybody, as a sheet for those who want one."""

from __future__ import annotations

from typing import Any

from services.audit import asked, sheets
from services.audit.domain import report
from services.audit.endpoints.figures import PLACE, READERS, SEES_ALL, at_home, month_of, station_of
from services.audit.report_views import monthly_report
from services.audit.sealing import Said, Sealing
from services.audit.statistics.shown import adjusted, told_lines
from services.contracts.audit import MonthlyReportSealed, SealMonthlyReport
from services.kernel import contract
from services.kernel.contract import EVENTS, read_request
from services.kernel.entrypoints import Page, Request, http, lists
from services.kernel.errors import NotFound, Refused
from services.kernel.stored import read_recorded

SEALERS = ("station_head", "administrator")
BODY = {
    "type": "object",
    "required": ["month"],
    "additionalProperties": False,
    "properties": {
        "month": {"type": "string"},
        "station": {"type": ["string", "null"]},
        "recipients": {"type": "array", "items": {"type": "string"}},
    },
}
SEALED = {"type": "object", "required": ["month", "figures_hash"]}
DAYS = {"type": "object", "required": ["month", "opens_at", "due_by"]}
FORMATS = {"format": {"enum": list(sheets.FORMATS)}}


class Reports:
    """A report is sealed once, never changes, and is restated by the reports after it (INV-36)."""

    log: Any

    reports = lists("/monthly-reports", monthly_report, by=("month", "station", "state"), roles=READERS)

    @http("POST", "/monthly-reports", roles=SEALERS, takes=BODY, answer=SEALED, says="the report as it was sealed")
    def seal(self, request: Request) -> object:
        """Seal the report of a month that is over; what was learnt since about earlier ones comes with it."""
        asked.only(request.query)
        wanted, _ = read_request(request.json, SealMonthlyReport)
        month_of(wanted.month)
        if request.actor.role != "administrator" and not (
            wanted.station and at_home(self.log.look, request, wanted.station)
        ):
            raise not_yours()
        sealing = Sealing(self.log.look, wanted, self.log.store.cursor(PLACE))
        written = sealing.report(told(self.log, wanted.station))
        self.log.ask(report.DECIDER, report.stream_for(wanted.station), written, request)
        return found(self.log, request, wanted.station, wanted.month)

    @http("GET", "/monthly-report-days/{month}", roles=READERS, answer=DAYS, says="when a month's report is sealed")
    def report_days(self, request: Request) -> object:
        """From when on the report of a month may be sealed, and until when it is to be, in the stations' working days."""
        asked.only(request.query)
        month = str(month_of(str(request.path["month"])))
        return {
            "month": month,
            "opens_at": report.opens_at(month).isoformat(),
            "due_by": report.due_by(month).isoformat(),
        }

    @http("GET", "/monthly-reports/{station}/{month}", roles=READERS, answer=SEALED, says="a sealed report")
    def sealed_report(self, request: Request) -> object:
        """A sealed report with its figures and adjustments, and where it was restated; `hub` is the hub's."""
        asked.only(request.query)
        return found(self.log, request, *named(request))

    @http("GET", "/monthly-reports/{station}/{month}/sheet", roles=READERS, query=FORMATS, says="a report as a sheet")
    def sheet(self, request: Request) -> Page:
        """A sealed report as a spreadsheet: XLSX, or CSV in UTF-8."""
        asked.only(request.query, "format")
        kind = request.query.get("format", "xlsx")
        if kind not in sheets.FORMATS:
            options = ", ".join(sheets.FORMATS)
            raise asked.wrong("format", contract.Said(f"one of: {options}", f"以下之一: {options}"))
        station, month = named(request)
        made, media_type = sheets.FORMATS[kind]
        header = f'attachment; filename="report-{station or report.HUB}-{month}.{kind}"'
        shown = found(self.log, request, station, month)
        return Page(made(shown), headers=(("Content-Disposition", header),), content_type=media_type)


def named(request: Request) -> tuple[str | None, str]:
    """The station and month of a path."""
    station, month = str(request.path["station"]), str(request.path["month"])
    return (None if station == report.HUB else station_of(station)), str(month_of(month))


def told(log: Any, station: str | None) -> list[Said]:
    """Everything that was said of a station's reports, in order."""
    raws = log.store.stream(f"{report.DECIDER.name}/{report.stream_for(station)}")
    return [recorded.event for recorded in read_recorded(EVENTS, raws)]


def found(log: Any, request: Request, station: str | None, month: str) -> dict[str, Any]:
    """A report as whoever asks may see it: small numbers are masked outside the station."""
    said = [each for each in told(log, station) if each.month == month]
    sealed = next((each for each in said if isinstance(each, MonthlyReportSealed)), None)
    if sealed is None:
        raise NotFound("no such report")
    own = request.actor.role in SEES_ALL or at_home(log.look, request, station or "")
    later = [each.in_month for each in said if not isinstance(each, MonthlyReportSealed)]
    return {
        "month": sealed.month,
        "station": sealed.station,
        "state": "restated" if later else "sealed",
        "size": sealed.size,
        "root": sealed.root,
        "definitions": sealed.definitions,
        "figures_hash": sealed.figures_hash,
        "recipients": sealed.recipients,
        "figures": told_lines(sealed.figures, masked=not own),
        "adjustments": [adjusted(line, masked=not own) for line in sealed.adjustments],
        "restated_in": later,
        "due_by": report.due_by(sealed.month).isoformat(),
    }


def not_yours() -> Refused:
    """A report is sealed by the head of its own station."""
    return Refused(
        "not-your-station",
        "A station's report is sealed by its own head; the hub's by an administrator.",
        "站点月报由本站站长封存; 全枢纽月报由管理员封存。",
        field="station",
    )
