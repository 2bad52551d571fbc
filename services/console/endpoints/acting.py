"""The forms of acts: shown, and sent on as commands to the services that own what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import parse_qs
from uuid import UUID, uuid4

from services.console import acts
from services.console.acts.act import Act, Circumstances, Subject
from services.console.acts.options import Looking, options
from services.console.gate.second import Seconds, is_grave
from services.console.hub import Answer, Hub, Unreachable
from services.console.pages import act as page
from services.console.pages.matter import Model
from services.console.web import Visit, page_for
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound

SHOWN_AT = {
    "help-request": ("intake", "/help-requests"), "case": ("intake", "/cases"), "referral": ("referral", "/referrals"),
    "grant": ("referral", "/grants"), "task": ("volunteer", "/tasks"),
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

    @http("GET", "/matters/{id}/acts/{kind}/{subject}/{act}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def act_page(self: Console, v: Visit) -> Page:
        """The form of an act."""
        act, model, at = _circumstances(self, v)
        return v.page(_page(v, act, model, at, uuid4().hex))

    @http("POST", "/matters/{id}/acts/{kind}/{subject}/{act}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def do_act(self: Console, v: Visit) -> Page:
        """Ask for it; what was typed stays on the form if the service says no."""
        act, model, at = _circumstances(self, v)
        form, key = typed(v), v.request.form.get("key", "")
        if is_grave(act):
            Seconds(v.hand).ask(act, at.subject.id, v.id, v.who, act.body(at, form), v.words.now)
            return v.go("/approvals", done=v.words("second.asked"))
        answer, status, wrong = asked(v, act, at, form, key)
        if answer is None:
            return v.page(_page(v, act, model, at, key, form, wrong), status)
        if act.event:
            return self.go_on(v, *answer, f"/matters/{v.id}", act.event)
        return v.go(f"/matters/{v.id}", done=v.words("form.done", what=page.name_of_act(act, v.words)))


def typed(v: Visit) -> dict[str, list[str]]:
    """What was typed, every value of every field."""
    return parse_qs(v.request.body.decode("utf-8", "replace"))


def asked(
    v: Visit, act: Act, at: Circumstances, form: Mapping[str, list[str]], key: str
) -> tuple[tuple[str, Answer] | None, int, str]:
    """Ask for it: the service and its answer; or none of it, with a page's status and why not."""
    try:
        answer, no = done(v.hub, act, at, form, key)
    except Unreachable as gone:
        return None, 503, v.words("form.unreachable", service=gone.service)
    return (answer, 200, "") if no is None else (None, 422, no.why(v.words.lang))


def done(
    hub: Hub, act: Act, at: Circumstances, form: Mapping[str, list[str]], key: str
) -> tuple[tuple[str, Answer], Answer | None]:
    """What the service answered, or, where the act has a second step, what the second one did; and the one that said no."""
    said = act.service, hub.post(act.service, act.path.replace("{id}", str(at.subject.id)), act.body(at, form), key)
    if not said[1].ok:
        return said, said[1]
    if act.then is not None:
        service, path, body = act.then(at, said[1].body)
        said = service, hub.post(service, path, body, f"{key}-then")
    return said, None if said[1].ok else said[1]


def _circumstances(self: Console, v: Visit) -> tuple[Act, Model, Circumstances]:
    act = acts.found(str(v.request.path["kind"]), str(v.request.path["act"]))
    model = self.matter_model(v)
    subject = next((s for s in page.subjects(model) if str(s.id) == str(v.request.path["subject"])), None)
    if act is None or subject is None or subject.kind != act.of or v.who.role not in act.roles:
        raise NotFound("no such act")
    return act, model, _looked_up(v, subject, act)


def _looked_up(v: Visit, subject: Subject, act: Act) -> Circumstances:
    known = _known(v.hub, subject.kind, subject.id)
    request = known if subject.kind == "help-request" else _known(v.hub, "help-request", v.id)
    about = Subject(kind=subject.kind, id=subject.id, state=subject.state, needs=subject.needs, known=known)
    return Circumstances(matter_id=v.id, subject=about, actor_id=v.who.id, org=v.who.org, request=request)


def _known(hub: Hub, kind: str, ident: UUID) -> Mapping[str, Any]:
    """What a service shows of something; nothing where it shows nothing."""
    service, path = SHOWN_AT[kind]
    answer = hub.get(service, f"{path}/{ident}")
    return answer.body if answer.ok and isinstance(answer.body, dict) else {}


def _page(
    v: Visit, act: Act, model: Model, at: Circumstances, key: str, form: Mapping[str, list[str]] | None = None,
    wrong: str = "",
) -> str:  # fmt: skip
    looking = Looking(hub=v.hub, at=at, story=model.story, words=v.words)
    shown = page.shown(act, v.words, options(looking, act.sources))
    action, back = page.path_of(v.id, at.subject, act), f"/matters/{v.id}"
    given = _prefilled(at) if form is None else form
    given = {**given, **{name: [value] for name, value in looking.shown.items()}}
    drawn = page.Form(act=act, action=action, back=back, key=key, fields=shown, given=given, wrong=wrong)
    return page.page(drawn, v.frame("/matters"), at.subject)


def _prefilled(at: Circumstances) -> dict[str, list[str]]:
    """What the matter says already and a form may ask for."""
    return {"need_codes": list(at.subject.needs)} if at.subject.needs else {}
