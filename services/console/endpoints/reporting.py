"""The monthly report: looked at, sealed by the head of the station, printed, and taken away as a sheet."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

from services.console.hub import Unreachable
from services.console.pages import figures, report
from services.console.web import SECURITY, Visit, page_for
from services.console.words import local
from services.contracts.visibility import unit_of
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound

READERS = (*STATION_ROLES, "auditor", "administrator")
SEALERS = ("station_head", "administrator")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Reporting:
    """A month, handed in."""

    @http("GET", "/figures/report", roles=None, page=True)
    @page_for(*READERS)
    def report_page(self, v: Visit) -> Page:
        """The report of a month: as it was sealed (INV-36), or as it stands and not sealed yet."""
        month, station = _asked(v)
        sealed = v.hub.get("audit", f"/monthly-reports/{station}/{month}")
        own = {} if station == "hub" else {"station": station}
        now = v.hub.get("audit", "/figures", month=month, **own)
        days = v.hub.get("audit", f"/monthly-report-days/{month}")
        due = str(days.body.get("due_by") or "")[:10] if days.ok else ""
        if not sealed.ok and not now.ok:
            v.failed = v.words("figures.away", why=now.why(v.words.lang))
        found = report.build(month, station, sealed.body if sealed.ok else {}, now.body if now.ok else {}, due, v.words)
        return v.page(report.page(found, v.frame("/figures"), uuid4().hex, v.who.role in SEALERS))

    @http("POST", "/figures/report", roles=None, page=True)
    @page_for(*SEALERS)
    def seal_report(self, v: Visit) -> Page:
        """Seal it: from then on a correction restates it in a later report, and never changes it."""
        month, station = _asked(v)
        back = f"/figures/report?month={month}"
        body = {"month": month, "station": None if station == "hub" else station}
        try:
            answer = v.hub.post("audit", "/monthly-reports", body, f"{v.request.form.get('key', '')}-{month}")
        except Unreachable as gone:
            return v.go(back, failed=v.words("form.unreachable", service=gone.service))
        if answer.ok:
            return v.go(back, done=v.words("report.sealed-now"))
        return v.go(back, failed=v.words("form.failed", why=answer.why(v.words.lang)))

    @http("GET", "/figures/sheet", roles=None, page=True)
    @page_for(*READERS)
    def report_sheet(self, v: Visit) -> Page:
        """A sealed report as a spreadsheet."""
        month, station = _asked(v)
        file = BytesIO()
        if not v.hub.save("audit", f"/monthly-reports/{station}/{month}/sheet", file).ok:
            raise NotFound("no such report")
        name = f'attachment; filename="report-{station}-{month}.xlsx"'
        headers = (*SECURITY, ("Cache-Control", "no-store"), ("Content-Disposition", name))
        return Page(file.getvalue(), 200, headers, XLSX)


def _asked(v: Visit) -> tuple[str, str]:
    """The month, and whose report: one's own station's, or the hub's."""
    told = v.request.form.get("month") if v.request.method == "POST" else v.request.query.get("month")
    station = unit_of(v.who.org) if v.who.works_at_station else "hub"
    return figures.month_of(told or "", local(v.words.now)), station
