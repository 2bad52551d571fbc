"""Accounts, as administrators look after them: on pages, and over HTTP for the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.console import views
from services.console.domain.account import INVITED_FOR, KEEPER, Command, stream_of
from services.console.endpoints.elsewhere import KNOCKS_FOR
from services.console.gate import tables as t
from services.console.gate.door import Keeper
from services.console.pages import accounts as pages
from services.console.views import aware
from services.console.web import Visit, page_for
from services.contracts import console as public
from services.kernel.contract import read_request
from services.kernel.entrypoints import Hand, Page, Reply, Request, http
from services.kernel.errors import ContractBroken, FieldProblem, HubError, NotFound, Refused
from services.kernel.ids import new_id
from services.kernel.view import drop, put

FOR_ORGANIZATIONS = ("partner", "team_leader")
MARGIN = timedelta(minutes=1)
OPENING = {
    "type": "object", "required": ["holder", "role"], "additionalProperties": False,
    "properties": {
        "holder": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$"}, "role": {"type": "string"},
        "org": {"type": ["string", "null"]},
    },
}  # fmt: skip
OPENED = {"type": "object", "required": ["holder", "link"], "properties": {"link": {"type": "string", "format": "uri"}}}
LISTED = {"type": "object", "required": ["items"], "properties": {"items": {"type": "array"}}}
SHOWN = ("holder", "role", "org", "state", "has_password", "has_second", "opened_at")


class Accounts:
    """Who may come in, and as whom."""

    log: Hand

    # --- over HTTP ---

    @http("GET", "/accounts", roles=(KEEPER,), says="all accounts", answer=LISTED)
    def accounts(self, request: Request) -> object:
        """Every account with its role; no secret, and nobody's name."""
        rows = self.log.look.run(sa.select(t.account).order_by(t.account.c.holder))
        return {"items": [{name: row[name] for name in SHOWN} for row in rows]}

    @http("POST", "/accounts", roles=(KEEPER,), takes=OPENING, says="the account's link, once", answer=OPENED)
    def open_account(self, request: Request) -> Reply:
        """Open an account, or find it open the same way, and make the link by which its holder sets a password."""
        command: public.OpenAccount = read_request(request.json, public.OpenAccount)[0]
        keeper = Keeper(self.log)
        keeper.ask(command.holder, command, request.actor)
        return Reply({"holder": command.holder, "link": _link(keeper, command.holder, request.actor)}, 201)

    # --- on pages ---

    @http("GET", "/admin/accounts", roles=None, page=True)
    @page_for(KEEPER)
    def accounts_page(self, v: Visit) -> Page:
        """Every account, and a form for one more."""
        return v.page(_listed(v))

    @http("POST", "/admin/accounts", roles=None, page=True)
    @page_for(KEEPER)
    def open_account_page(self, v: Visit) -> Page:
        """Open one; the link for its holder is shown once."""
        form, keeper = v.request.form, Keeper(v.hand)
        try:
            body = {
                "holder": form.get("holder", "").strip(),
                "role": form.get("role", ""),
                "org": _org(v),
            }
            command: public.OpenAccount = read_request(body, public.OpenAccount)[0]
            keeper.ask(command.holder, command, v.who.actor)
            link = _link(keeper, command.holder, v.who.actor)
        except (Refused, ContractBroken) as no:
            return v.page(_listed(v, why(v, no), dict(form)), 422)
        return v.page(_one(v, command.holder, link=link))

    @http("GET", "/admin/accounts/{id}", roles=None, page=True)
    @page_for(KEEPER)
    def one_account_page(self, v: Visit) -> Page:
        """One account, and what may be done about it."""
        return v.page(_one(v, _holder(v)))

    @http("POST", "/admin/accounts/{id}/{act}", roles=None, page=True)
    @page_for(KEEPER)
    def keep_account(self, v: Visit) -> Page:
        """Do one of these things; what stands against it is said beside the account."""
        holder, act = _holder(v), ACTS.get(str(v.request.path["act"]))
        if act is None:
            raise NotFound("no such act")
        try:
            link = act(v, holder)
        except (Refused, ContractBroken) as no:
            return v.page(_one(v, holder, why(v, no)), 422)
        if link:
            return v.page(_one(v, holder, link=link))
        return v.go(f"/admin/accounts/{v.id}", done=v.words("admin.done"))


def why(v: Visit, no: HubError) -> str:
    """What stands against something, for people."""
    if isinstance(no, Refused):
        return v.words.pick(no.zh, no.en)
    problems = no.problems if isinstance(no, ContractBroken) else ()
    said = (f"{v.words.field(p.field)}: {v.words.pick(p.expected_zh, p.expected_en)}" for p in problems)
    return "; ".join(said)


def _link(keeper: Keeper, holder: str, actor: Any) -> str:
    until = keeper.hand.store.clock() + INVITED_FOR - MARGIN
    return f"{keeper.hand.settings.outside}/invitation/{keeper.invite(holder, actor, until)}"


def _holder(v: Visit) -> str:
    row = v.look.one(t.account, v.id)
    if row is None:
        raise NotFound("no such account")
    return str(row["holder"])


def _org(v: Visit) -> str | None:
    """For whom somebody works, as it was typed; an organization is found by its code in the directory, or by its name."""
    told = v.request.form.get("org", "").strip()
    if v.request.form.get("role") not in FOR_ORGANIZATIONS:
        return told or None
    named = (r for r in v.look.all(views.organization) if told in (r["code"], v.words.party_name(str(r["party"]))))
    return next((str(row["organization_id"]) for row in named), told) or None


def _known(v: Visit) -> list[pages.Known]:
    rows = v.look.all(views.organization)
    return sorted((str(row["code"]), v.words.party(str(row["party"]))) for row in rows if row["kind"] != "community")


def _listed(v: Visit, wrong: str = "", form: dict[str, str] | None = None) -> str:
    rows = v.look.run(sa.select(t.account).order_by(t.account.c.state, t.account.c.role, t.account.c.holder))
    return pages.page(v.frame("/admin/accounts"), rows, wrong, form or {}, _known(v))


def _one(v: Visit, holder: str, wrong: str = "", link: str = "") -> str:
    row = v.look.one(t.account, stream_of(holder))
    bound = v.look.all(t.binding, account_id=stream_of(holder))
    return pages.one(v.frame("/admin/accounts"), row or {}, bound, v.who.id == holder, wrong, link, _known(v))


# --- what is done about an account ------------------------------------------------------------------------------------


def _ask(make: Callable[[Visit], Command]) -> Callable[[Visit, str], str]:
    def act(v: Visit, holder: str) -> str:
        Keeper(v.hand).ask(holder, make(v), v.who.actor)
        return ""

    return act


def _change(v: Visit) -> public.ChangeAccountRole:
    body = {"role": v.request.form.get("role", ""), "org": _org(v)}
    command: public.ChangeAccountRole = read_request(body, public.ChangeAccountRole)[0]
    return command


def _reset(v: Visit, holder: str) -> str:
    Keeper(v.hand).reset_second(holder, v.who.actor, "lost")
    return ""


def _invite(v: Visit, holder: str) -> str:
    return _link(Keeper(v.hand), holder, v.who.actor)


def _bind(v: Visit, holder: str) -> str:
    """By the code that whoever tried to sign in elsewhere was shown."""
    knock = v.look.one(t.knock, v.request.form.get("code", "").strip().lower())
    if knock is None or aware(knock["at"]) < v.words.now - KNOCKS_FOR:
        expected = FieldProblem(
            field="binding_code",
            code="invalid",
            expected_en="the code that was shown at sign-in",
            expected_zh="登录页显示的绑定码",
        )
        raise ContractBroken(expected)
    binding_id = new_id()
    rows = (put(t.sign_in, binding_id, digest=knock["digest"], issuer=knock["issuer"]), drop(t.knock, knock["code"]))
    Keeper(v.hand).ask(holder, public.BindAccount(binding_id=binding_id, sign_in=knock["digest"]), v.who.actor, rows)
    return ""


def _unbind(v: Visit, holder: str) -> str:
    for row in v.look.all(t.binding, account_id=stream_of(holder)):
        gone = row["binding_id"]
        Keeper(v.hand).ask(holder, public.UnbindAccount(binding_id=gone), v.who.actor, (drop(t.sign_in, gone),))
    return ""


ACTS: dict[str, Callable[[Visit, str], str]] = {
    "role": _ask(_change),
    "suspension": _ask(lambda v: public.SuspendAccount(reason_code=v.request.form.get("reason_code", "") or "left")),
    "reinstatement": _ask(lambda v: public.ReinstateAccount()),
    "sessions-end": _ask(lambda v: public.EndAccountSessions(reason_code="asked")),
    "second-reset": _reset,
    "invitation": _invite,
    "binding": _bind,
    "unbinding": _unbind,
}
"""What an administrator does about an account, by the last part of the path; what it answers is a link to be shown."""
