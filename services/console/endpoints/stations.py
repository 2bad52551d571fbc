"""An administrator's stations: opened with their points and grids, given other places, closed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from services.console.domain.account import KEEPER
from services.console.pages import stations as pages
from services.console.web import Visit, page_for
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound

ACTS = ("area", "closing")


class Stations:
    """The stations of the hub, as the directory has them."""

    @http("GET", "/admin/stations", roles=None, page=True)
    @page_for(KEEPER)
    def stations_page(self, v: Visit) -> Page:
        """Stations, points and grids, and the form for one more."""
        return v.page(_listed(v))

    @http("POST", "/admin/stations", roles=None, page=True)
    @page_for(KEEPER)
    def open_station_page(self, v: Visit) -> Page:
        """Open a station, a point or a grid: its area code is what accounts name."""
        form = v.request.form
        code = form.get("code", "").strip()
        body: dict[str, Any] = {"kind": form.get("kind") or "station", "code": code, "party": f"community:{code}"}
        body |= {"places": places(form.get("places") or code, form.get("edition", "").strip())}
        body |= {name: form[name].strip() for name in ("name", "parent_id") if form.get(name, "").strip()}
        answer = v.hub.post("referral", "/stations", body, form.get("key", ""))
        if not answer.ok:
            return v.page(_listed(v, answer.why(v.words.lang), dict(form)), 422)
        return v.go("/admin/stations", done=v.words("admin.done"))

    @http("GET", "/admin/stations/{id}", roles=None, page=True)
    @page_for(KEEPER)
    def station_page(self, v: Visit) -> Page:
        """One station: where it is, which places it serves, and what can be changed."""
        return v.page(_one(v))

    @http("POST", "/admin/stations/{id}/{act}", roles=None, page=True)
    @page_for(KEEPER)
    def change_station(self, v: Visit) -> Page:
        """Other places from now on, or the end of it; what was before stays on record."""
        form, act = v.request.form, str(v.request.path["act"])
        if act not in ACTS:
            raise NotFound("no such act")
        body: dict[str, Any] = {"reason_code": form.get("reason_code", "")}
        told = places(form.get("places", ""), form.get("edition", "").strip())
        body |= {"places": told} if act == "area" else {}
        answer = v.hub.post("referral", f"/stations/{v.id}/{act}", body, form.get("key", ""))
        if not answer.ok:
            return v.page(_one(v, answer.why(v.words.lang), form), 422)
        return v.go(f"/admin/stations/{v.id}", done=v.words("admin.done"))


def places(text: str, usual: str = "") -> list[dict[str, str]]:
    """Codes of places, however they were set apart, in the usual edition of the division codes or in that after an `@`."""
    parted = (part.partition("@") for part in re.split(r"[\s,，、;；]+", text) if part)
    told = ((code, edition or (usual if code.isdecimal() else "")) for code, _, edition in parted)
    return [{"code": code} | ({"edition": edition} if edition else {}) for code, edition in told]


def _listed(v: Visit, wrong: str = "", form: Mapping[str, str] | None = None) -> str:
    rows = v.hub.listed("referral", "/stations")
    return pages.page(v.frame("/admin/stations"), rows, wrong, {"key": uuid4().hex} | dict(form or {}))


def _one(v: Visit, wrong: str = "", form: Mapping[str, str] | None = None) -> str:
    answer = v.hub.get("referral", f"/stations/{v.id}")
    if not answer.ok:
        raise NotFound("no such station")
    return pages.one(v.frame("/admin/stations"), answer.body, wrong, dict(form or {}), uuid4().hex)
