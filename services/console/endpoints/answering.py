"""What an organization says about a need that it was asked for or has taken: one form for each answer."""

from __future__ import annotations

from typing import Protocol
from uuid import uuid4

from services.console import acts, views
from services.console.acts.act import Act, Circumstances, Subject
from services.console.acts.referrals import ANSWERING
from services.console.endpoints.acting import asked, typed
from services.console.hearing import Said
from services.console.hub import Answer
from services.console.pages import act as page
from services.console.web import Visit, page_for
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound


class Console(Protocol):
    """What these pages need of the console."""

    def go_on(self, v: Visit, service: str, answer: Answer, to: str, event: str, otherwise: str = "") -> Page:
        """Go where what was done can be seen."""
        ...


class Answering:
    """Answers of organizations."""

    @http("GET", "/offers/{id}/acts/{act}", roles=None, page=True)
    @page_for(*ANSWERING)
    def answer_page(self: Console, v: Visit) -> Page:
        """The form of an answer."""
        act, at = _circumstances(v)
        return v.page(_page(v, act, at, uuid4().hex))

    @http("POST", "/offers/{id}/acts/{act}", roles=None, page=True)
    @page_for(*ANSWERING)
    def give_answer(self: Console, v: Visit) -> Page:
        """Send it to the referral that holds the offer."""
        act, at = _circumstances(v)
        form, key = typed(v), v.request.form.get("key", "")
        answer, status, wrong = asked(v, act, at, form, key)
        if answer is None:
            return v.page(_page(v, act, at, key, form, wrong), status)
        return self.go_on(v, *answer, "/offers", act.event)


def _circumstances(v: Visit) -> tuple[Act, Circumstances]:
    offer, act = v.look.one(views.offer, v.id), acts.found("offer", str(v.request.path["act"]))
    mine = Said({"org": v.who.org}).ident("org")
    if act is None or offer is None or mine is None or offer["organization_id"] != mine:
        raise NotFound("no such offer")
    needs = tuple(str(offer["needs"] or "").split())
    subject = Subject(kind="offer", id=offer["referral_id"], state=str(offer["state"]), needs=needs)
    return act, Circumstances(matter_id=offer["matter_id"], subject=subject, actor_id=v.who.id, org=v.who.org)


def _page(
    v: Visit, act: Act, at: Circumstances, key: str, form: dict[str, list[str]] | None = None, wrong: str = ""
) -> str:
    shown, action = page.shown(act, v.words, {}), f"/offers/{v.id}/acts/{act.code}"
    given = {"question_codes": list(at.subject.needs)} if form is None else form
    drawn = page.Form(act=act, action=action, back="/offers", key=key, fields=shown, given=given, wrong=wrong)
    return page.page(drawn, v.frame("/offers"), at.subject)
