"""Erasure through the pages: somebody asks, one decides kind by kind, a second person approves, receivers answer."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID, uuid4

from services.console.acts.erasing import ANSWER, DECIDE, DECIDERS, REQUEST
from services.console.acts.reading import happened
from services.console.endpoints.acting import typed
from services.console.gate.second import Seconds
from services.console.pages import erasing, file
from services.console.pages.matter import Model
from services.console.web import Visit, page_for
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound


class Console(Protocol):
    """What these pages need of the console."""

    def matter_model(self, v: Visit) -> Model:
        """The matter of a visit."""
        ...


class Erasing:
    """What becomes of a person's data."""

    @http("GET", "/matters/{id}/erasure", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def erasure_page(self: Console, v: Visit) -> Page:
        """Where it stands, and what can be done about it now."""
        return v.page(_page(v, _person(self, v)))

    @http("POST", "/matters/{id}/erasure/request", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def request_erasure(self: Console, v: Visit) -> Page:
        """Write down that somebody asks for it."""
        person, form = _person(self, v), typed(v)
        body: dict[str, Any] = {name: form[name][0] for name in ("by", "ground", "evidence_kind") if form.get(name)}
        body |= {"kinds": form["kinds"]} if form.get("kinds") else {}
        path = REQUEST.path.replace("{id}", person)
        answer = v.hub.post("intake", path, body | {"happened": happened(form)}, v.request.form.get("key", ""))
        if not answer.ok:
            return v.page(_page(v, person, answer.why(v.words.lang)), 422)
        return v.go(f"/matters/{v.id}/erasure", done=v.words("erasure.asked"))

    @http("POST", "/matters/{id}/erasure/decision", roles=None, page=True)
    @page_for(*DECIDERS)
    def decide_erasure(self: Console, v: Visit) -> Page:
        """Decide about each kind; nothing happens before a second person has approved (INV-35)."""
        person, form = _person(self, v), v.request.form
        row = file.one(v.hub, "intake", f"/erasures/{person}")
        if row.get("state") not in DECIDE.states or _waits(v, person):
            return v.page(_page(v, person, v.words("erasure.not-now")), 422)
        decisions = erasing.decided(erasing.listed(row.get("kinds")), form)
        body = {"decisions": decisions, "happened": happened(typed(v))}
        Seconds(v.hand).ask(DECIDE, UUID(person), v.id, v.who, body, v.words.now, form.get("key", ""))
        return v.go("/approvals", done=v.words("second.asked"))

    @http("POST", "/matters/{id}/erasure/deletions/{disclosure_id}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def answer_deletion(self: Console, v: Visit) -> Page:
        """Write down what a receiver says became of what it was given, with how it was said: the will is its own."""
        disclosure = str(v.request.path["disclosure_id"])
        told = file.rows(v.hub, "intake", "/deletions", person_id=_person(self, v))
        receiver = next((str(row["receiver"]) for row in told if str(row["disclosure_id"]) == disclosure), "")
        if not receiver:
            raise NotFound("nobody was told under this id")
        body: dict[str, Any] = {name: v.request.form[name] for name in ("result", "basis") if v.request.form.get(name)}
        how = v.request.form.get("how", "")
        body["happened"] = {"channel": "web", "behalf": {"org": receiver, "evidence_kind": how or "phone"}}
        answer = v.hub.post("intake", ANSWER.path.replace("{id}", disclosure), body, v.request.form.get("key", ""))
        to = f"/matters/{v.id}/erasure"
        if not answer.ok:
            return v.go(to, failed=v.words("form.failed", why=answer.why(v.words.lang)))
        return v.go(to, done=v.words("erasure.answered"))


def _person(self: Console, v: Visit) -> str:
    found = file.person_of(v.hub, self.matter_model(v))
    if not found:
        raise NotFound("nobody is known")
    return found


def _waits(v: Visit, person: str) -> bool:
    """Whether a decision waits for its second person."""
    return Seconds(v.hand).is_asked(DECIDE, UUID(person), v.words.now)


def _page(v: Visit, person: str, wrong: str = "") -> str:
    shown = erasing.Erasure(
        matter_id=v.id, person_id=person, row=file.one(v.hub, "intake", f"/erasures/{person}"),
        deletions=[row for row in file.rows(v.hub, "intake", "/deletions", person_id=person) if row.get("deletion")],
        role=v.who.role, waits=_waits(v, person), key=uuid4().hex, given=dict(v.request.form) if wrong else {}, wrong=wrong,
    )  # fmt: skip
    return erasing.page(shown, v.frame("/matters"))
