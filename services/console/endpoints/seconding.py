"""What waits for a second person: to be looked at, approved or turned down by him, or taken back by who asked."""

from __future__ import annotations

from typing import Protocol

from services.console import acts
from services.console.acts.act import Act
from services.console.gate.second import Seconds, Waiting
from services.console.gate.unsealing import Unsealings
from services.console.hub import Answer
from services.console.pages import seconds as pages
from services.console.pages.act import name_of_act
from services.console.web import Visit, page_for
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Hand, Page, http
from services.kernel.errors import NotFound


class Console(Protocol):
    """What these pages need of the console."""

    log: Hand

    def go_on(self, v: Visit, service: str, answer: Answer, to: str, event: str, otherwise: str = "") -> Page:
        """Go where what was done can be seen."""
        ...


class Seconding:
    """The second person's own pages."""

    log: Hand

    @http("GET", "/approvals", roles=None, page=True)
    @page_for(*STATION_ROLES, "auditor")
    def approvals_page(self, v: Visit) -> Page:
        """What waits for this one as the second person, and what he has asked himself."""
        others, own = Seconds(v.hand).all_for(v.who, v.words.now)
        sealed = Unsealings(v.hand).waiting_for(v.who, v.words.now)
        return v.page(pages.page(v.frame("/approvals"), _shown(others), _shown(own), sealed))

    @http("POST", "/approvals/{id}/approval", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def approve_waiting(self: Console, v: Visit) -> Page:
        """Approve it: it is done at once, in the name of who asked; if the service says no, it waits on."""
        seconds = Seconds(v.hand)
        one = seconds.one(v.id, v.who, v.words.now, own=False)
        act = _act(one)
        answer = seconds.approve(one, act, v.who, v.words.now)
        if not answer.ok:
            return v.go("/approvals", failed=v.words("form.failed", why=answer.why(v.words.lang)))
        seconds.drop(one.id)
        if not act.event:
            return v.go(pages.place_of(one), done=v.words("form.done", what=name_of_act(act, v.words)))
        return self.go_on(v, act.service, answer, f"/matters/{one.matter_id}", act.event, otherwise="/approvals")

    @http("POST", "/approvals/{id}/refusal", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def refuse_waiting(self, v: Visit) -> Page:
        """Turn it down: nothing is done."""
        seconds = Seconds(v.hand)
        seconds.drop(seconds.one(v.id, v.who, v.words.now, own=False).id)
        return v.go("/approvals", done=v.words("second.refused"))

    @http("POST", "/approvals/{id}/withdrawal", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def withdraw_waiting(self, v: Visit) -> Page:
        """Take back what one has asked."""
        seconds = Seconds(v.hand)
        seconds.drop(seconds.one(v.id, v.who, v.words.now, own=True).id)
        return v.go("/approvals", done=v.words("second.withdrawn"))


def _act(one: Waiting) -> Act:
    found = acts.found(one.of, one.act)
    if found is None:
        raise NotFound("no such act")
    return found


def _shown(found: list[Waiting]) -> list[pages.Shown]:
    return [pages.Shown(one=one, act=act) for one in found if (act := acts.found(one.of, one.act)) is not None]
