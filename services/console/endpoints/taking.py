"""Taking a request in: the short form, who may be on record already, and what follows in one go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import uuid4

from services.console.hub import Answer, Unreachable
from services.console.pages import hints, take
from services.console.web import Visit, page_for
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Page, http

RECEIVED = "help-request.received"
BASIS = "person-says"
"""Why somebody is said not to be one who looks alike: nobody but the person has been asked yet."""


class Console(Protocol):
    """What these pages need of the console."""

    def go_on(self, v: Visit, service: str, answer: Answer, to: str, event: str, otherwise: str = "") -> Page:
        """Go where what was done can be seen."""
        ...


class Refusal(Exception):
    """A service said no, or nothing; `keeps` is whether the same key must come again."""

    def __init__(self, why: str, keeps: bool = False) -> None:
        super().__init__(why)
        self.keeps = keeps


class Taking:
    """Somebody is heard in half a minute."""

    @http("GET", "/take", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def take_page(self, v: Visit) -> Page:
        """The short form."""
        return v.page(take.page(v.frame(), uuid4().hex))

    @http("POST", "/take/hints", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def take_hints(self, v: Visit) -> Page:
        """Who may be on record already: asked by POST, for an address would keep what was typed."""
        return v.page(hints.fragment(_hints(v), v.frame("/take"), v.request.form.get("same", "")))

    @http("POST", "/take", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def take_request(self: Console, v: Visit) -> Page:
        """Take a request in; what was typed stays on the form if intake says no."""
        form, needs = v.request.form, v.several("need")
        if form.get("look"):
            return _again(v, "", 200)
        if take.says_nothing(form, needs):
            return _again(v, v.words("take.empty"), 422)
        try:
            person_id = take.same(form) or _registered(v)
            answer = _asked(v, "/help-requests", take.receive(form, needs, v.who.org, person_id))
        except Refusal as no:
            return _again(v, str(no), 422, keeps=no.keeps)
        to = f"/matters/{answer.body['id']}"
        if wrong := _guided(v, str(answer.body["id"])):
            return v.go(to, v.words("form.done", what=v.words.event(RECEIVED)), v.words("form.failed", why=wrong))
        return self.go_on(v, "intake", answer, to, RECEIVED, otherwise="/")


def _registered(v: Visit) -> str:
    """The record of whoever was typed in, made now; of those shown as alike none, where that was said. Empty for nobody."""
    body = take.person(v.request.form, v.who.org)
    if not body:
        return ""
    made = str(_asked(v, "/persons", body, "-person").body["id"])
    if v.request.form.get("same") == hints.NONE:
        for place, other in enumerate(v.several("alike")[: hints.SHOWN]):
            ruled_out = {"candidate_id": other, "basis": BASIS}
            _asked(v, f"/persons/{made}/duplicates/ruling-out", ruled_out, f"-not-{place}")
    return made


def _guided(v: Visit, matter_id: str) -> str:
    """Say which papers are there and which are missing, where that was typed; why not, for the request stands without it."""
    try:
        if body := take.guidance(v.request.form):
            _asked(v, f"/help-requests/{matter_id}/guidance", body, "-guidance")
    except Refusal as no:
        return str(no)
    return ""


def _asked(v: Visit, path: str, body: dict[str, Any], suffix: str = "") -> Answer:
    try:
        answer = v.hub.post("intake", path, body, f"{v.request.form.get('key', '')}{suffix}")
    except Unreachable as gone:
        raise Refusal(v.words("form.unreachable", service=gone.service), keeps=True) from gone
    if not answer.ok:
        raise Refusal(answer.why(v.words.lang))
    return answer


def _again(v: Visit, wrong: str, status: int, keeps: bool = False) -> Page:
    """The form once more, with what was typed. What was refused was not written: it comes again under another key."""
    form = v.request.form
    key = form.get("key", "") if keeps else uuid4().hex
    return v.page(take.page(v.frame("/take"), key, form, v.several("need"), wrong, _hints(v)), status)


def _hints(v: Visit) -> hints.Hints:
    """Who is alike to what is typed in the form."""
    return alike(v, take.who(v.request.form))


def alike(v: Visit, who: Mapping[str, Any]) -> hints.Hints:
    """Who is alike, as far as whoever asks may know; nobody while intake is away."""
    try:
        answer = v.hub.post("intake", "/duplicate-hints", dict(who), "") if who else None
        if answer is None or not answer.ok:
            return hints.Hints()
        found = tuple(_hint(v, row) for row in answer.body["hints"][: hints.SHOWN])
    except Unreachable:
        return hints.Hints()
    elsewhere = tuple(str(each["station"]) for each in answer.body["elsewhere"])
    return hints.Hints(found=found, elsewhere=elsewhere, asked=True)


def _hint(v: Visit, row: dict[str, Any]) -> hints.Hint:
    person, matters = (v.hub.get("intake", f"/persons/{row['person_id']}{path}") for path in ("", "/open-matters"))
    known = person.body if person.ok else {}
    return hints.hint(row, known, matters.body["open"] if matters.ok else ())
