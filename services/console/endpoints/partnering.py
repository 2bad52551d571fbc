"""Whom an organization serves, as far as consent allows at this moment; and what it can take."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from services.console import effects, views
from services.console.acts.referrals import ANSWERING
from services.console.endpoints.acting import typed
from services.console.endpoints.answering import organization_of
from services.console.endpoints.inspecting import number
from services.console.hub import Answer
from services.console.pages import partnering
from services.console.web import Visit, page_for
from services.contracts.codes import READ_PURPOSE
from services.kernel.entrypoints import Page, http


class Partnering:
    """Each look at a person is asked for by hand, with its reason, and on record before anything is shown (INV-33)."""

    @http("GET", "/served", roles=None, page=True)
    @page_for(*ANSWERING)
    def served_page(self, v: Visit) -> Page:
        """The needs in the organization's hands, and of which it was told who stands behind them."""
        o = views.offer.c
        offers = v.look.run(
            sa.select(views.offer).where(o.organization_id == organization_of(v), o.state.in_(effects.OURS))
        )
        disclosures = v.hub.listed("intake", "/disclosures")
        return v.page(partnering.served(offers, disclosures, v.frame("/served"), uuid4().hex))

    @http("POST", "/served/{id}", roles=None, page=True)
    @page_for(*ANSWERING)
    def who_it_is(self, v: Visit) -> Page:
        """Who it is, for a reason, by the consent of this moment (INV-5); what was withdrawn is not there any more."""
        why = v.request.form.get("why", "")
        if why not in READ_PURPOSE.current.terms:
            return v.go("/served", failed=v.words("served.say-why"))
        found = v.hub.get("intake", f"/disclosures/{v.id}/identity", why=why)
        if not found.ok:
            gone = v.words("served.gone") if found.status == 404 else found.why(v.words.lang)
            return v.go("/served", failed=gone)
        return v.page(partnering.person(found.body, why, v.frame("/served")))

    # --- what it can take ---

    @http("GET", "/capacity", roles=None, page=True)
    @page_for(*ANSWERING)
    def capacity_page(self, v: Visit) -> Page:
        """What the organization has published that it takes, and the form for more."""
        rows = v.hub.listed("referral", "/offerings", organization_id=str(organization_of(v)))
        return v.page(partnering.capacity(rows, v.frame("/capacity"), uuid4().hex))

    @http("POST", "/capacity", roles=None, page=True)
    @page_for(*ANSWERING)
    def publish_offering(self, v: Visit) -> Page:
        """Say what the organization takes, where, and how much of it at a time."""
        form = typed(v)
        body: dict[str, Any] = {"organization_id": v.who.org, "service_codes": form.get("service_codes", [])}
        body |= {"areas": "".join(form.get("areas", [])).replace("，", " ").replace(",", " ").split()}
        body |= many(v)
        return _told(v, v.hub.post("referral", "/offerings", body | WEB, v.request.form.get("key", "")), "published")

    @http("POST", "/capacity/{id}", roles=None, page=True)
    @page_for(*ANSWERING)
    def change_capacity(self, v: Visit) -> Page:
        """More, fewer, or nobody knows."""
        answer = v.hub.post("referral", f"/offerings/{v.id}/capacity", many(v) | WEB, _key(v))
        return _told(v, answer, "changed")

    @http("POST", "/capacity/{id}/withdrawal", roles=None, page=True)
    @page_for(*ANSWERING)
    def withdraw_offering(self, v: Visit) -> Page:
        """Take no new needs under this offering."""
        body = {"reason_code": v.request.form.get("reason_code", "")} | WEB
        return _told(v, v.hub.post("referral", f"/offerings/{v.id}/withdrawal", body, _key(v)), "withdrawn")


WEB = {"happened": {"channel": "web"}}


def many(v: Visit) -> dict[str, Any]:
    """How many at a time; unknown where the field was left empty (INV-29)."""
    text = v.request.form.get("capacity", "").strip()
    return {"capacity": number(text)} if text else {}


def _key(v: Visit) -> str:
    return f"{v.request.form.get('key', '')}-{v.id}"


def _told(v: Visit, answer: Answer, what: str) -> Page:
    if answer.ok:
        return v.go("/capacity", done=v.words(f"capacity.{what}"))
    return v.go("/capacity", failed=v.words("form.failed", why=answer.why(v.words.lang)))
