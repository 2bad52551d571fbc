"""The forms of acts: shown, and sent on as commands to the services that own what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs
from uuid import UUID, uuid4

from services.console import acts, refusals, views
from services.console.acts.act import Act, Circumstances, Subject
from services.console.acts.looking import Looking
from services.console.acts.options import options
from services.console.gate.second import WAITS, Seconds, can_wait, is_grave
from services.console.hub import Answer, Hub, Unreachable
from services.console.pages import act as page
from services.console.pages import file
from services.console.pages.matter import Model
from services.console.web import Visit, page_for
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound

SHOWN_AT = {
    "help-request": ("intake", "/help-requests"), "case": ("intake", "/cases"), "referral": ("referral", "/referrals"),
    "grant": ("referral", "/grants"), "task": ("volunteer", "/tasks"), "pairing": ("volunteer", "/pairings"),
    "told-grant": ("referral", "/grants"), "visit-plan": ("intake", "/visit-plans"),
    "person": ("intake", "/persons"), "consent": ("intake", "/consents"),
}  # fmt: skip
"""Where the services show what can be acted on."""


class Console(Protocol):
    """What these pages need of the console."""

    def matter_model(self, v: Visit) -> Model:
        """The matter of a visit."""
        ...

    def go_on(self, v: Visit, service: str, answer: Answer, to: str, event: str, otherwise: str = "") -> Page:
        """Go where what was done can be seen."""
        ...


class Acting:
    """Acts on a matter, each with a page of its own, so that everything works without scripts."""

    @http("GET", "/matters/{id}/acts/{kind}/{subject_id}/{act}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def act_page(self: Console, v: Visit) -> Page:
        """The form of an act."""
        act, model, at = _circumstances(self, v)
        return v.page(_page(v, act, model, at, uuid4().hex))

    @http("POST", "/matters/{id}/acts/{kind}/{subject_id}/{act}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def do_act(self: Console, v: Visit) -> Page:
        """Ask for it; what was typed stays on the form if the service says no."""
        act, model, at = _circumstances(self, v)
        form, key = typed(v), v.request.form.get("key", "")
        if is_grave(act):
            Seconds(v.hand).ask(act, at.subject.asked_of, v.id, v.who, act.body(at, form), v.words.now, key)
            return v.go("/approvals", done=v.words("second.asked"))
        answer, no = asked(v, act, at, form, key)
        if answer is None:
            if no.code == WAITS and can_wait(act):
                Seconds(v.hand).ask(act, at.subject.asked_of, v.id, v.who, act.body(at, form), v.words.now, key)
                return v.go("/approvals", done=v.words("second.asked"))
            return v.page(_page(v, act, model, at, key, form, no.why), no.status)
        if act.code == "raise-safeguarding-concern" and not v.request.form.get("authority_kind"):
            return v.go(_report(v, answer[1]), done=v.words("concern.raised"))
        if act.event:
            here = f"/matters/{v.id}"
            to = f"/matters/{answer[1].body['id']}" if act.begins else here
            return self.go_on(v, *answer, to, act.event, here)
        return v.go(f"/matters/{v.id}", done=v.words("form.done", what=page.name_of_act(act, v.words)))


def _report(v: Visit, raised: Answer) -> str:
    """Where whoever raised a concern writes down that the authority was told."""
    return f"/matters/{v.id}/acts/concern/{raised.body['id']}/make-mandatory-report"


def typed(v: Visit) -> dict[str, list[str]]:
    """What was typed, every value of every field."""
    return parse_qs(v.request.body.decode("utf-8", "replace"))


@dataclass(frozen=True, kw_only=True)
class Not:
    """Why something was not done: a page's status, the sentence, and the code by which the service said no."""

    status: int = 200
    why: str = ""
    code: str = ""


def asked(
    v: Visit, act: Act, at: Circumstances, form: Mapping[str, list[str]], key: str
) -> tuple[tuple[str, Answer] | None, Not]:
    """Ask for it: the service and its answer; or none of it, and why not."""
    try:
        answer, no = done(v.hub, act, at, form, key)
    except Unreachable as gone:
        return None, Not(status=503, why=v.words("form.unreachable", service=gone.service))
    return (answer, Not()) if no is None else (None, Not(status=422, why=no.why(v.words.lang), code=no.code))


def done(
    hub: Hub, act: Act, at: Circumstances, form: Mapping[str, list[str]], key: str
) -> tuple[tuple[str, Answer], Answer | None]:
    """What the service answered, or, where the act has a second step, what the second one did; and the one that said no."""
    said = (
        act.service,
        hub.post(act.service, act.path_of(at, form), act.body(at, form), key),
    )
    if not said[1].ok:
        return said, said[1]
    if act.then is not None:
        service, path, body = act.then(at, said[1].body)
        said = service, hub.post(service, path, body | act.more(form), f"{key}-then")
    return said, None if said[1].ok else said[1]


def _circumstances(self: Console, v: Visit) -> tuple[Act, Model, Circumstances]:
    act = acts.found(str(v.request.path["kind"]), str(v.request.path["act"]))
    model = self.matter_model(v)
    subject = _subject(v, model, str(v.request.path["kind"]), str(v.request.path["subject_id"]))
    if act is None or subject is None or subject.kind != act.of or v.who.role not in act.roles:
        raise NotFound("no such act")
    return act, model, _looked_up(v, subject, act)


def _subject(v: Visit, model: Model, kind: str, ident: str) -> Subject | None:
    """What the path names: a part of the matter, or something that belongs to whose matter it is."""
    of_matter = next((s for s in page.subjects(model) if s.kind == kind and str(s.id) == ident), None)
    if of_matter is not None or kind not in ("person", "consent", "concern"):
        return of_matter
    if kind == "concern":  # whether there is one, its own service says to nobody who may not know (INV-11)
        return Subject(kind=kind, id=UUID(ident), state="raised")
    known = _known(v.hub, kind, UUID(ident))
    if not known or str(known.get("person_id")) != file.person_of(v.hub, model):
        return None
    return Subject(kind=kind, id=UUID(ident), state=str(known.get("state")), known=known)


def _looked_up(v: Visit, subject: Subject, act: Act) -> Circumstances:
    known = _offer(v, subject) if subject.kind == "told" else subject.known or _known(v.hub, subject.kind, subject.id)
    request = known if subject.kind == "help-request" else _known(v.hub, "help-request", v.id)
    about = Subject(kind=subject.kind, id=subject.id, state=subject.state, needs=subject.needs, code=subject.code,
                    known=known, on=subject.on)  # fmt: skip
    return Circumstances(matter_id=v.id, subject=about, actor_id=v.who.id, org=v.who.org, request=request)


def _offer(v: Visit, subject: Subject) -> Mapping[str, Any]:
    """Which organization was asked, as the console has heard it."""
    row = v.look.one(views.offer, subject.id)
    return {} if row is None else {"organization_id": row["organization_id"], "party": row["organization"]}


def _known(hub: Hub, kind: str, ident: UUID) -> Mapping[str, Any]:
    """What a service shows of something; nothing where it shows nothing."""
    if kind not in SHOWN_AT:
        return {}
    service, path = SHOWN_AT[kind]
    answer = hub.get(service, f"{path}/{ident}")
    return answer.body if answer.ok and isinstance(answer.body, dict) else {}


def _page(
    v: Visit, act: Act, model: Model, at: Circumstances, key: str, form: Mapping[str, list[str]] | None = None,
    wrong: str = "",
) -> str:  # fmt: skip
    looking = Looking(hub=v.hub, at=at, story=model.story, words=v.words)
    shown = page.shown(act, v.words, options(looking, act.sources), _against(v, act, at, form))
    action, back = page.path_of(v.id, at.subject, act), f"/matters/{v.id}"
    given = _prefilled(at) if form is None else form
    given = {**given, **{name: [value] for name, value in looking.shown.items()}}
    drawn = page.Form(act=act, action=action, back=back, key=key, fields=shown, given=given, wrong=wrong)
    return page.page(drawn, v.frame("/matters"), at.subject)


def _against(v: Visit, act: Act, at: Circumstances, form: Mapping[str, list[str]] | None) -> dict[str, str]:
    """What the service would say to each choice of the field that is tried, where it would say no to that choice.

    Asked as a dry run, with what is typed so far; a no for another field than this one speaks against no choice.
    """
    tried = next((each for each in act.fields if each.name == act.tries), None)
    if tried is None:
        return {}
    typed = form or {each.name: [each.start or each.choices[-1]] for each in act.fields if each.needed}
    said = {choice: _tried(v, act, at, act.body(at, {**typed, tried.name: [choice]})) for choice in tried.choices}
    return {
        choice: refusals.said(no, v.words.lang)
        for choice, no in said.items()
        if no.get("status") == 409 and no.get("field") in (None, tried.name)
    }


def _tried(v: Visit, act: Act, at: Circumstances, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What would be answered: one trial a request, for in one request each stands on those before it."""
    wanted = [{"command": act.code, "path": {"id": str(at.subject.asked_of)}, "body": body}]
    answer = v.hub.post(act.service, "/commands?dry_run=true", wanted, "")
    return answer.body[0] if answer.ok and isinstance(answer.body, list) else {}


def _prefilled(at: Circumstances) -> dict[str, list[str]]:
    """What the matter says already and a form may ask for."""
    return {"need_codes": list(at.subject.needs)} if at.subject.needs else {}
