"""One's own account: the password, the second factor, and everywhere that one is in."""

from __future__ import annotations

from services.console.endpoints.signing import chosen_wrong
from services.console.gate import secrets
from services.console.gate import tables as t
from services.console.gate.door import Keeper, source_of
from services.console.gate.sessions import digest, is_good, limits_of
from services.console.pages import own, signin
from services.console.web import Visit, page_for
from services.kernel.entrypoints import Hand, Page, http
from services.kernel.errors import NotFound


class Own:
    """What somebody looks after himself."""

    log: Hand

    @http("GET", "/account", roles=None, page=True)
    @page_for()
    def account_page(self, v: Visit) -> Page:
        """Who one is here, and where one is in."""
        return v.page(own.page(v.frame("/account"), v.who, _row(v), _sessions(v)))

    @http("POST", "/account/password", roles=None, page=True)
    @page_for()
    def change_password(self, v: Visit) -> Page:
        """Another password for whoever knows the one that is; everywhere else he is out."""
        row = _on_record(v)
        wrong = chosen_wrong(v, v.who.id)
        if not wrong and not _knows(v):
            wrong = v.words("gate.wrong")
        if wrong:
            return v.page(own.page(v.frame("/account"), v.who, row, _sessions(v), wrong), 422)
        Keeper(v.hand).set_password(v.who.id, v.who.actor, v.request.form["password"])
        v.begin(v.who.id)
        return v.go("/account", done=v.words("gate.password.set"))

    @http("GET", "/account/second", roles=None, page=True)
    @page_for()
    def own_second_page(self, v: Visit) -> Page:
        """A secret for the authenticator, in place of the one that there is."""
        _on_record(v)
        return v.page(_enrolment(v, Keeper(v.hand).offered(v.who.id, anew=True)))

    @http("POST", "/account/second", roles=None, page=True)
    @page_for()
    def own_second(self, v: Visit) -> Page:
        """Take it for one's own."""
        _on_record(v)
        keeper = Keeper(v.hand)
        if not _knows(v):
            return v.page(_enrolment(v, keeper.offered(v.who.id), v.words("gate.wrong")), 422)
        made = keeper.enrol(v.who.id, v.who.actor, v.request.form.get("code", ""), v.words.now)
        if not made:
            return v.page(_enrolment(v, keeper.offered(v.who.id), v.words("gate.wrong-code")), 422)
        return v.page(signin.codes(v.frame("/account"), made, "/account"))

    @http("POST", "/account/sessions/{which}/end", roles=None, page=True)
    @page_for()
    def end_own_session(self, v: Visit) -> Page:
        """End one of one's own sessions, at whichever machine it is."""
        if not v.sessions.end_of(v.who.id, str(v.request.path["which"])):
            raise NotFound("no such session")
        return v.go("/account", done=v.words("own.session.ended"))


def _row(v: Visit) -> dict[str, object] | None:
    rows = v.look.all(t.account, holder=v.who.id)
    return rows[0] if rows else None


def _on_record(v: Visit) -> dict[str, object]:
    """The account as it is on record; the demo's people have none, and nothing to change."""
    row = _row(v)
    if row is None:
        raise NotFound("the demo's people have no account of their own")
    return row


def _knows(v: Visit) -> bool:
    """Whether whoever sits there knows the password, and not only the machine."""
    source = source_of(v.request, v.settings.proxies)
    return Keeper(v.hand).is_password(v.who.id, v.request.form.get("current", ""), source)


def _sessions(v: Visit) -> list[own.Place]:
    mine, now = digest(v.session), v.words.now
    limits = limits_of(v.who.role, "in")
    return [
        own.Place(
            which=bytes(row["digest"]).hex()[:16], begun_at=own.aware(row["begun_at"]), seen_at=own.aware(row["seen_at"]),
            device=str(row["device"] or ""), is_this=bytes(row["digest"]) == mine,
            ends_at=own.aware(row["begun_at"]) + limits.longest,
        )
        for row in v.sessions.of(v.who.id)
        if row["stage"] == "in" and is_good(own.as_session(row, _row(v)), v.who.role, now)
    ]  # fmt: skip


def _enrolment(v: Visit, secret: str, wrong: str = "") -> str:
    address = secrets.address(secret, v.who.id)
    return signin.enrolment(v.frame("/account"), secret, address, "/account/second", wrong, password=True)
