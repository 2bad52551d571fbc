"""Coming in and going out: by a password and a second factor, by a link that an administrator gave, as the demo's people."""

from __future__ import annotations

from services.console import demo
from services.console.accounts import Account, stored
from services.console.gate import secrets
from services.console.gate import tables as t
from services.console.gate.door import SECOND_FOR, Keeper, source_of
from services.console.pages import signin
from services.console.views import aware
from services.console.web import Visit, home, page_for, refused, too_often
from services.kernel.entrypoints import Hand, Page, http
from services.kernel.errors import TooOften


class Signing:
    """The door of the console."""

    log: Hand

    @http("GET", "/sign-in", roles=None, page=True)
    @page_for(anybody=True)
    def sign_in_page(self, v: Visit) -> Page:
        """A name and a password; in a demo one button for each role; who is in already goes on."""
        if v.account is not None:
            return v.go(home(v.account))
        return v.page(_first(v))

    @http("POST", "/sign-in", roles=None, page=True)
    @page_for(anybody=True)
    def sign_in(self, v: Visit) -> Page:
        """Begin a session for whoever shows a password; what else he must show, he shows next."""
        if v.request.form.get("account"):
            return _as_demo(v, v.request.form["account"])
        holder, password = v.request.form.get("holder", "").strip().lower(), v.request.form.get("password", "")
        keeper, source = Keeper(v.hand), source_of(v.request, v.settings.proxies)
        try:
            right = keeper.is_password(holder, password, source)
        except TooOften as error:
            return _wrong(v, 429, too_often(error, v.words), holder)
        rows = v.look.all(t.account, holder=holder)
        if not right or not rows or rows[0]["state"] != "active":
            return _wrong(v, 422, v.words("gate.wrong"), holder)
        return _after(v, holder, stored(holder, rows[0]), bool(rows[0]["has_second"]))

    @http("GET", "/sign-in/second", roles=None, page=True)
    @page_for(anybody=True)
    def second_page(self, v: Visit) -> Page:
        """Ask for the code of the moment."""
        if _halfway(v, "second") is None:
            return v.go("/sign-in")
        return v.page(signin.second(v.frame("/sign-in/second")))

    @http("POST", "/sign-in/second", roles=None, page=True)
    @page_for(anybody=True)
    def second(self, v: Visit) -> Page:
        """Whoever shows it is in, by a session that nobody had before."""
        who = _halfway(v, "second")
        if who is None:
            return v.go("/sign-in", failed=v.words("gate.again"))
        source = source_of(v.request, v.settings.proxies)
        code = v.request.form.get("code", "")
        if not Keeper(v.hand).shows_second(who.id, who.actor, code, source, v.words.now):
            return v.page(signin.second(v.frame("/sign-in/second"), v.words("gate.wrong-code")), 422)
        v.begin(who.id)
        return v.go(home(who))

    @http("GET", "/sign-in/enrol", roles=None, page=True)
    @page_for(anybody=True)
    def enrol_page(self, v: Visit) -> Page:
        """A secret for the authenticator of one whose role comes in with a second factor only."""
        who = _halfway(v, "enrol")
        if who is None:
            return v.go("/sign-in")
        return v.page(_enrolling(v, who, ""))

    @http("POST", "/sign-in/enrol", roles=None, page=True)
    @page_for(anybody=True)
    def enrol(self, v: Visit) -> Page:
        """Take it for his own once he shows a code of it; he is in, and sees the codes for when it is lost."""
        who = _halfway(v, "enrol")
        if who is None:
            return v.go("/sign-in", failed=v.words("gate.again"))
        codes = Keeper(v.hand).enrol(who.id, who.actor, v.request.form.get("code", ""), v.words.now)
        if not codes:
            return v.page(_enrolling(v, who, v.words("gate.wrong-code")), 422)
        v.begin(who.id)
        v.account, v.halfway = who, None
        return v.page(signin.codes(v.frame("/account"), codes, home(who)))

    @http("GET", "/invitation/{code}", roles=None, page=True)
    @page_for(anybody=True)
    def invitation_page(self, v: Visit) -> Page:
        """Where somebody sets his password by the link that he was given."""
        holder = _invited(v)
        if not holder:
            return refused(v, 404, v.words("gate.link-over"))
        return v.page(signin.invitation(v.frame(), holder))

    @http("POST", "/invitation/{code}", roles=None, page=True)
    @page_for(anybody=True)
    def accept_invitation(self, v: Visit) -> Page:
        """Keep the password; the link is used up, and he signs in with what he has chosen."""
        holder = _invited(v)
        if not holder:
            return refused(v, 404, v.words("gate.link-over"))
        wrong = chosen_wrong(v, holder)
        if wrong:
            return v.page(signin.invitation(v.frame(), holder, wrong), 422)
        actor = stored(holder, v.look.all(t.account, holder=holder)[0]).actor
        Keeper(v.hand).set_password(holder, actor, v.request.form["password"], invited=True)
        return v.go("/sign-in", done=v.words("gate.password.set"))

    @http("POST", "/sign-out", roles=None, page=True)
    @page_for(anybody=True)
    def sign_out(self, v: Visit) -> Page:
        """End the session."""
        v.end()
        return v.go("/sign-in")


def chosen_wrong(v: Visit, holder: str) -> str:
    """What is wrong with the password that was typed twice; empty where nothing is."""
    password = v.request.form.get("password", "")
    if password != v.request.form.get("again", ""):
        return v.words("gate.password.differs")
    key = secrets.weakness(password, holder)
    return v.words(key) if key else ""


def _demo(v: Visit) -> tuple[Account, ...]:
    return demo.ROLES if v.settings.demo else ()


def _as_demo(v: Visit, account_id: str) -> Page:
    """In a demo one is whoever one likes to be."""
    chosen = demo.found(account_id) if v.settings.demo else None
    if chosen is None:
        return v.go("/sign-in", failed=v.words("gate.again"))
    v.begin(chosen.id)
    return v.go(home(chosen))


def _wrong(v: Visit, status: int, why: str, holder: str) -> Page:
    return v.page(_first(v, why, holder), status)


def _first(v: Visit, wrong: str = "", holder: str = "") -> str:
    return signin.page(_demo(v), v.frame("/sign-in"), wrong, holder, elsewhere=bool(v.settings.oidc_issuer))


def _after(v: Visit, holder: str, who: Account, has_second: bool) -> Page:
    """What comes after the password."""
    if has_second:
        v.begin(holder, "second")
        return v.go("/sign-in/second")
    if who.role in SECOND_FOR:
        v.begin(holder, "enrol")
        return v.go("/sign-in/enrol")
    v.begin(holder)
    return v.go(home(who))


def _halfway(v: Visit, stage: str) -> Account | None:
    """Who is on his way in, at this stage; None where nobody is."""
    found = v.halfway
    if found is None or found.stage != stage or found.account is None:
        return None
    return stored(found.holder, found.account)


def _enrolling(v: Visit, who: Account, wrong: str) -> str:
    secret = Keeper(v.hand).offered(who.id)
    return signin.enrolment(v.frame("/sign-in/enrol"), secret, secrets.address(secret, who.id), "/sign-in/enrol", wrong)


def _invited(v: Visit) -> str:
    """Whose link this is, while it is good."""
    holder = Keeper(v.hand).invited(str(v.request.path["code"]))
    rows = v.look.all(t.account, holder=holder) if holder else []
    until = rows[0]["invited_until"] if rows and rows[0]["state"] == "active" else None
    return holder if until is not None and aware(until) > v.words.now else ""
