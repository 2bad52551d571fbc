"""Coming in by an identity provider: there, back, and in; or a code for the administrator where nobody is bound yet."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa
from itsdangerous import BadSignature

from services.console.accounts import stored
from services.console.gate import tables as t
from services.console.gate.elsewhere import Failed, Provider
from services.console.gate.secrets import once
from services.console.gate.views import bound_to
from services.console.pages import signin
from services.console.web import Visit, cookie, home, page_for, signer
from services.kernel.entrypoints import Hand, Page, http
from services.kernel.errors import NotFound, Refused
from services.kernel.view import drop, put

GOING = "wushe_going"
GOING_SECONDS = 600
KNOCKS_FOR = timedelta(hours=24)
MOST_KNOCKS = 200


class Elsewhere:
    """The other door."""

    log: Hand

    @http("GET", "/sign-in/elsewhere", roles=None, page=True)
    @page_for(anybody=True)
    def go_elsewhere(self, v: Visit) -> Page:
        """Send the browser to the identity provider; what must come back with it goes into a cookie of this browser."""
        if not v.settings.oidc_issuer:
            raise NotFound("nobody signs in elsewhere here")
        begun = v.look.beside(Provider).begin(v.settings)
        kept = signer(v.settings, "going").dumps([begun.state, begun.nonce, begun.verifier])
        v.headers.append(cookie(v.settings, GOING, str(kept), GOING_SECONDS))
        return v.go(begun.address)

    @http("GET", "/sign-in/elsewhere/back", roles=None, page=True)
    @page_for(anybody=True)
    def come_back(self, v: Visit) -> Page:
        """Whoever comes back with what he was sent with is in, if an account is bound to him."""
        query, (state, nonce, verifier) = v.request.query, _going(v)
        v.headers.append(cookie(v.settings, GOING, "", 0))
        try:
            if not state or query.get("state") != state or not query.get("code"):
                raise Failed(
                    str(query.get("error", "state"))[:40] if query.get("error", "").isidentifier() else "state"
                )
            digest = v.look.beside(Provider).finish(v.settings, query["code"], nonce, verifier, v.words.now)
        except Refused as no:
            return v.page(signin.page((), v.frame("/sign-in"), v.words.pick(no.zh, no.en), elsewhere=True), 422)
        account_id = bound_to(digest, v.look)
        row = v.look.one(t.account, account_id) if account_id is not None else None
        if row is None:
            return v.page(signin.unbound(v.frame("/sign-in"), _knock(v, digest)), 403)
        if row["state"] != "active":
            return v.page(signin.page((), v.frame("/sign-in"), v.words("gate.suspended"), elsewhere=True), 403)
        v.begin(str(row["holder"]))
        return v.go(home(stored(str(row["holder"]), row)))


def _going(v: Visit) -> tuple[str, str, str]:
    """What this browser was sent with: state, nonce, verifier; empty where it was not sent."""
    with suppress(BadSignature, ValueError, TypeError):
        state, nonce, verifier = signer(v.settings, "going").loads(
            v.request.cookies.get(GOING, ""), max_age=GOING_SECONDS
        )
        return str(state), str(nonce), str(verifier)
    return "", "", ""


def _knock(v: Visit, digest: str) -> str:
    """A short code under which the administrator finds this sign-in for a day."""
    c = t.knock.c
    old = v.look.run(
        sa.select(c.code).where(sa.or_(c.at < v.words.now - KNOCKS_FOR, c.digest == digest)).limit(MOST_KNOCKS)
    )
    code = once(8)
    made = put(t.knock, code, digest=digest, issuer=v.settings.oidc_issuer, at=v.words.now)
    v.sessions.write(*(drop(t.knock, row["code"]) for row in old), made)
    return code
