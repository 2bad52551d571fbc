"""What an organization says about a need that it was asked for or has taken: from a button, or from a form for each answer."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import uuid4

import sqlalchemy as sa

from services.console import acts, views
from services.console.acts.act import Act, Circumstances, Subject
from services.console.acts.referrals import ANSWERING
from services.console.endpoints.acting import asked, typed
from services.console.hearing import Said
from services.console.hub import Answer, Unreachable
from services.console.pages import act as page
from services.console.pages import offers
from services.console.web import Visit, page_for
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound

TOLD = {"confirmation": "answers/confirmation", "dispute": "answers/dispute"}


class Console(Protocol):
    """What these pages need of the console."""

    def go_on(self, v: Visit, service: str, answer: Answer, to: str, event: str, otherwise: str = "") -> Page:
        """Go where what was done can be seen."""
        ...


class Answering:
    """Offers and answers of organizations; each answer is one command, whether a button or a form sends it."""

    @http("GET", "/offers", roles=None, page=True)
    @page_for(*ANSWERING)
    def offers_page(self, v: Visit) -> Page:
        """What was offered to the signed-in person's organization, and what stations wrote down for it."""
        rows = v.look.run(sa.select(views.offer).where(views.offer.c.organization_id == organization_of(v)))
        return v.page(offers.page(offers.build(rows, _told(v)), v.frame("/offers"), uuid4().hex))

    @http("GET", "/offers/{id}/acts/{act}", roles=None, page=True)
    @page_for(*ANSWERING)
    def answer_page(self: Console, v: Visit) -> Page:
        """The form of an answer."""
        act, at = _circumstances(v)
        return v.page(_page(v, act, at, uuid4().hex))

    @http("POST", "/offers/{id}/acts/{act}", roles=None, page=True)
    @page_for(*ANSWERING)
    def give_answer(self: Console, v: Visit) -> Page:
        """Send it to the referral that holds the offer; what was typed stays on the form if that says no."""
        act, at = _circumstances(v)
        form, key = typed(v), v.request.form.get("key", "")
        answer, no = asked(v, act, at, form, f"{key}-{v.id}")
        if answer is None:
            return v.page(_page(v, act, at, key, form, no.why), no.status)
        return self.go_on(v, *answer, "/offers", act.event)

    @http("POST", "/offers/{id}/told/{word}", roles=None, page=True)
    @page_for(*ANSWERING)
    def stand_by(self, v: Visit) -> Page:
        """Stand by what a station wrote down for the organization, or deny it."""
        offer, word = _offer(v), str(v.request.path["word"])
        if word not in TOLD:
            raise NotFound("no such answer")
        body: dict[str, object] = {"organization_id": str(offer["organization_id"]), "happened": {"channel": "web"}}
        if word == "dispute":
            body |= {name: v.request.form.get(name, "") for name in ("answer", "reason_code")}
        key = f"{v.request.form.get('key', '')}-{v.id}"
        answer = v.hub.post("referral", f"/referrals/{offer['referral_id']}/{TOLD[word]}", body, key)
        if answer.ok:
            return v.go("/offers", done=v.words(f"told.{word}.done"))
        return v.go("/offers", failed=v.words("form.failed", why=answer.why(v.words.lang)))


def organization_of(v: Visit) -> object:
    """The organization that the signed-in person speaks for; an id that nothing has where there is none."""
    return Said({"org": v.who.org}).ident("org") or uuid4()


def _told(v: Visit) -> list[dict[str, object]]:
    """What stations wrote down for the organization; nothing while the referral service is away."""
    try:
        return v.hub.listed("referral", "/inbox/told")
    except Unreachable:
        return []


def _offer(v: Visit) -> dict[str, Any]:
    offer = v.look.one(views.offer, v.id)
    if offer is None or offer["organization_id"] != organization_of(v):
        raise NotFound("no such offer")
    return dict(offer)


def _circumstances(v: Visit) -> tuple[Act, Circumstances]:
    offer, act = _offer(v), acts.found("offer", str(v.request.path["act"]))
    if act is None:
        raise NotFound("no such answer")
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
