"""Breaking the seal: an auditor asks to see who somebody is, with a reason; another person approves; then it is opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID, uuid4

from services.console.gate.unsealing import CATEGORIES, Asked, Unsealings
from services.console.pages import file
from services.console.pages import unsealing as pages
from services.console.pages.matter import Model
from services.console.web import Visit, page_for
from services.contracts.codes import READ_PURPOSE
from services.kernel.entrypoints import Hand, Page, http
from services.kernel.errors import NotFound, Refused

AUDITORS = ("auditor",)
SECONDS = ("auditor", "station_head", "supervisor")
TOLD = frozenset({"narrative", "health"})
"""The categories of what was told in a case."""


class Console(Protocol):
    """What these pages need of the console."""

    log: Hand

    def matter_model(self, v: Visit) -> Model:
        """The matter of a visit."""
        ...


class Unsealing:
    """Who somebody is, for one who does not work with them."""

    log: Hand

    @http("GET", "/matters/{id}/unsealing", roles=None, page=True)
    @page_for(*AUDITORS)
    def unsealing_page(self: Console, v: Visit) -> Page:
        """What was asked about this matter, and the form to ask."""
        self.matter_model(v)
        return v.page(_page(v))

    @http("POST", "/matters/{id}/unsealing", roles=None, page=True)
    @page_for(*AUDITORS)
    def ask_unsealing(self: Console, v: Visit) -> Page:
        """Ask: with a reason, and for what; it waits for a second person."""
        model, form = self.matter_model(v), v.request.form
        asked = [each for each in v.several("categories") if each in CATEGORIES]
        person = _person(v, model)
        if form.get("why") not in READ_PURPOSE.current.terms or not asked:
            return v.page(_page(v, v.words("unsealing.incomplete")), 422)
        told = {"why": form["why"], "categories": asked, "key": form.get("key") or uuid4().hex}
        Unsealings(v.hand).ask(v.id, person, v.who, told, v.words.now)
        return v.go(f"/matters/{v.id}/unsealing", done=v.words("second.asked"))

    @http("POST", "/unsealings/{id}/approval", roles=None, page=True)
    @page_for(*SECONDS)
    def approve_unsealing(self, v: Visit) -> Page:
        """Approve it: the one who asked can open it for an hour, and each time it is on record with both."""
        store = Unsealings(v.hand)
        store.approve(store.waiting(v.id, v.who, v.words.now), v.who, v.words.now)
        return v.go("/approvals", done=v.words("unsealing.approved"))

    @http("POST", "/unsealings/{id}/refusal", roles=None, page=True)
    @page_for(*SECONDS)
    def refuse_unsealing(self, v: Visit) -> Page:
        """Turn it down."""
        store = Unsealings(v.hand)
        store.drop(store.waiting(v.id, v.who, v.words.now).id)
        return v.go("/approvals", done=v.words("second.refused"))

    @http("POST", "/unsealings/{id}/withdrawal", roles=None, page=True)
    @page_for(*AUDITORS)
    def withdraw_unsealing(self, v: Visit) -> Page:
        """Take back what one has asked, whether it was approved or not."""
        store = Unsealings(v.hand)
        one = store.mine(v.id, v.who, v.words.now)
        store.drop(one.id)
        return v.go(f"/matters/{one.matter_id}/unsealing", done=v.words("second.withdrawn"))

    @http("POST", "/unsealings/{id}/opening", roles=None, page=True)
    @page_for(*AUDITORS)
    def open_unsealing(self, v: Visit) -> Page:
        """Open it: the service that keeps the data puts the reading on record first, then shows what it may."""
        one = Unsealings(v.hand).mine(v.id, v.who, v.words.now)
        if not one.is_open(v.words.now):
            raise Refused("not-open", "This is not open: it was not approved, or its hour is over. Ask again.",
                          "此次查阅未获批准或一小时已过, 请重新申请。")  # fmt: skip
        word = Unsealings(v.hand).word(one, v.words.now)
        found = v.hub.get_approved(
            "intake", f"/persons/{one.person_id}/identity", word, why=one.why, categories=",".join(one.categories)
        )
        if not found.ok:
            raise Refused("not-shown", found.why("en"), found.why("zh"))
        return v.page(pages.opened(one, found.body.get("fields") or {}, _notes(v, one, word), v.frame("/matters")))


def _notes(v: Visit, one: Asked, word: str) -> list[Mapping[str, Any]]:
    """What was told in the cases of the matter, where that was asked for."""
    told = sorted(TOLD & set(one.categories))
    if not told:
        return []
    cases = file.rows(v.hub, "intake", "/cases", matter_id=str(one.matter_id))
    found: list[Mapping[str, Any]] = []
    for case in cases:
        path = f"/cases/{case['case_id']}/notes"
        answer = v.hub.get_approved("intake", path, word, why=one.why, categories=",".join(told))
        found += answer.body.get("notes") or [] if answer.ok else []
    return found


def _person(v: Visit, model: Model) -> Mapping[str, Any]:
    ident = file.person_of(v.hub, model)
    person = file.one(v.hub, "intake", f"/persons/{UUID(ident)}") if ident else {}
    if not person:
        raise NotFound("nobody is known")
    return person


def _page(v: Visit, wrong: str = "") -> str:
    asked = Unsealings(v.hand).of(v.id, v.who, v.words.now)
    return pages.page(v.id, asked, v.frame("/matters"), uuid4().hex, wrong)
