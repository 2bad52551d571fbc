"""Forms for paper: empty ones for everybody at a station, and those of a matter filled with what the reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from services.console import papers
from services.console.endpoints.daily import listed
from services.console.hub import Hub
from services.console.pages import papers as pages
from services.console.pages.act import subjects
from services.console.pages.matter import Model
from services.console.papers.known import Known, Row
from services.console.papers.paper import Pen
from services.console.web import Visit, page_for
from services.contracts.visibility import unit_of
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound
from services.kernel.message import Actor

CODE = 32
"""No code of a statement is longer."""

CHECKER = Actor(id="console", role="service")
"""Who asks where nobody is signed in."""

READ = "identity,contact,narrative"
"""What a form with names asks of intake."""


class Console(Protocol):
    """What these pages need of the console."""

    def matter_model(self, v: Visit) -> Model:
        """The matter of a visit."""
        ...


class Papers:
    """What stations keep on paper."""

    @http("GET", "/papers", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def papers_page(self, v: Visit) -> Page:
        """Every form, empty."""
        return v.page(pages.index(v.frame("/papers")))

    @http("GET", "/papers/{form}", roles=None, page=True)
    @page_for(*STATION_ROLES, "team_leader", "volunteer")
    def blank_paper(self, v: Visit) -> Page:
        """One form, empty."""
        return _shown(v, Known(), "/papers")

    @http("GET", "/matters/{id}/papers", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def matter_papers(self: Console, v: Visit) -> Page:
        """The forms of a matter."""
        return v.page(pages.index(v.frame("/matters"), str(self.matter_model(v).matter_id)))

    @http("GET", "/matters/{id}/papers/{form}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def matter_paper(self: Console, v: Visit) -> Page:
        """One form of a matter; with `?names=1` also who it is, and that this was read is on record (INV-33)."""
        return _shown(v, _known(v, self.matter_model(v)), f"/matters/{v.id}/papers")

    @http("GET", "/volunteering/records/{code}", roles=None, page=True)
    @page_for(*STATION_ROLES, "team_leader", "volunteer")
    def record_sheet(self, v: Visit) -> Page:
        """A statement of service records as it is printed, with its code; says so where it is superseded (INV-21)."""
        code = str(v.request.path["code"])
        found = next((row for row in listed(v, "volunteer", "/record-statements") if row["verify_code"] == code), None)
        if found is None:
            raise NotFound("no such statement")
        checked = _got(v, "volunteer", f"/record-statements/{code}")
        current = bool(checked.get("current"))
        known = Known(statement=_stated(v, found), hours=_counted(v, found) if current else ())
        return _shown(v, known, "/volunteering/hours", "record", superseded=not current)

    @http("GET", "/records", roles=None, page=True)
    @page_for(anybody=True)
    def check_record(self, v: Visit) -> Page:
        """Whether a statement of service records holds, for whoever has its code in hand (民政部令第67号 17)."""
        code = v.request.query.get("code", "").strip()
        found: Mapping[str, Any] = {}
        if code.isascii() and code.isalnum() and len(code) <= CODE:
            answer = Hub(v.settings, CHECKER).get("volunteer", f"/record-statements/{code}")
            found = answer.body if answer.ok else {}
        return v.page(pages.check_page(v.frame("/records"), code, found), 404 if code and not found else 200)


def _shown(v: Visit, known: Known, back: str, form: str = "", superseded: bool = False) -> Page:
    made = papers.made(form or str(v.request.path["form"]), Pen(v.words), known)
    if made is None:
        raise NotFound("no such form")
    return v.page(pages.page(made, v.frame("/papers"), back, superseded))


def _got(v: Visit, service: str, path: str, **query: str) -> Mapping[str, Any]:
    """What a service shows; nothing where it shows nothing to this reader."""
    answer = v.hub.get(service, path, **query)
    return answer.body if answer.ok and isinstance(answer.body, dict) else {}


def _known(v: Visit, model: Model) -> Known:
    ids = {subject.kind: subject.id for subject in subjects(model)}
    case = _got(v, "intake", f"/cases/{ids['case']}") if "case" in ids else {}
    request_id = ids.get("help-request") or case.get("request_id") or v.id
    request = _got(v, "intake", f"/help-requests/{request_id}")
    person_id = case.get("person_id") or request.get("person_id")
    person, who = (_got(v, "intake", f"/persons/{person_id}"), _identity(v, person_id)) if person_id else ({}, {})
    referral = _got(v, "referral", f"/referrals/{ids['referral']}") if "referral" in ids else {}
    return Known(
        matter_id=str(model.matter_id), request=request, case=case, person=person, identity=who,
        notes=_notes(v, request), consent=_consent(v, person_id), referral=referral, offer=_offer(v, referral),
        records=_records(v, case), worker=v.words.pick(v.who.name_zh, v.who.name_en),
    )  # fmt: skip


def _identity(v: Visit, person_id: Any) -> Mapping[str, str]:
    if not v.request.query.get("names"):
        return {}
    return dict(
        _got(v, "intake", f"/persons/{person_id}/identity", why="casework", categories=READ).get("fields") or {}
    )


def _notes(v: Visit, request: Row) -> dict[str, str]:
    """What was told with the request, the latest of each field."""
    if not v.request.query.get("names") or not request:
        return {}
    notes = _got(v, "intake", f"/help-requests/{request['request_id']}/notes", why="casework").get("notes") or ()
    return {str(note["field"]): str(note["value"]) for note in notes}


def _consent(v: Visit, person_id: Any) -> Row:
    rows = listed(v, "intake", "/consents", person_id=str(person_id), state="granted") if person_id else []
    return rows[-1] if rows else {}


def _offer(v: Visit, referral: Row) -> Row:
    rows = listed(v, "referral", "/offers", referral_id=str(referral["referral_id"])) if referral else []
    return max(rows, key=lambda row: str(row.get("offered_at") or ""), default={})


def _records(v: Visit, case: Row) -> tuple[Row, ...]:
    """What was done in the case, contact by contact."""
    rows = _got(v, "intake", f"/cases/{case['case_id']}/records").get("records") or () if case else ()
    served = [row for row in rows if row.get("kind") == "service" and row.get("mark") is None]
    return tuple(row | _said(v, row) for row in served)


def _said(v: Visit, row: Row) -> dict[str, Any]:
    told = row.get("said")
    said: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    kind = said.get("kind") or said.get("service_kind")
    return {"what": v.words.code("service_kind", str(kind)) if kind else "", "minutes": said.get("minutes")}


def _stated(v: Visit, found: Row) -> dict[str, Any]:
    volunteer = _got(v, "volunteer", f"/volunteers/{found['volunteer_id']}")
    where = f"{v.settings.url.rstrip('/')}/records?code={found['verify_code']}"
    return dict(found) | {
        "national_no": volunteer.get("national_no"), "volunteer_no": str(found["volunteer_id"])[:8], "where": where,
    }  # fmt: skip


def _counted(v: Visit, found: Row) -> tuple[Row, ...]:
    """The records that a statement counts: what its issuer has confirmed, as far as that still comes to its sum."""
    rows = listed(v, "volunteer", "/service-hours", volunteer_id=str(found["volunteer_id"]), state="confirmed")
    own = [row for row in rows if unit_of(str(row.get("organizer"))) == unit_of(str(found["issuer"]))]
    counted = sorted(own, key=lambda row: str(row.get("day")))
    return tuple(counted) if sum(int(row["minutes"]) for row in counted) == int(found["minutes"]) else ()
