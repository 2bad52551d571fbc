"""Calling a volunteer by the pages: name and number of one who is asked or goes, for a reason, on record (INV-33)."""

from __future__ import annotations

from uuid import UUID

from services.console.templating import render
from services.console.web import Visit, page_for
from services.contracts.codes import READ_PURPOSE
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Page, http


class Calling:
    """Each look is asked for by hand, with its reason; the volunteer service decides, and writes down who looked."""

    @http("POST", "/dispatch/calls/{id}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def volunteer_to_call(self, v: Visit) -> Page:
        """Whom to call, as long as the task binds; who may not see it is told so, and nothing else."""
        why, back = v.request.form.get("why", ""), _task(v.request.form.get("task", ""))
        if why not in READ_PURPOSE.current.terms:
            return v.go(back, failed=v.words("served.say-why"))
        found = v.hub.get("volunteer", f"/volunteers/{v.id}/identity", why=why)
        if not found.ok:
            gone = v.words("calling.not-now") if found.status == 404 else found.why(v.words.lang)
            return v.go(back, failed=gone)
        frame = v.frame("/dispatch")
        return v.page(
            render("dispatch_person.html", frame, fields=found.body["fields"], why=why, back=back, who=str(v.id))
        )


def _task(text: str) -> str:
    """The page of the task from which it was asked; the board, where it was none."""
    try:
        return f"/dispatch/tasks/{UUID(text)}"
    except ValueError:
        return "/dispatch"
