"""What every request to the console goes through: who it is, how they like to see pages, and that a form is ours.

A session is a signed cookie that names an account and lasts a working day. A form carries a token bound to the session.
Language, theme and type size are cookies of their own, set by a link that works without JavaScript.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from urllib.parse import parse_qs, quote, urlencode
from uuid import UUID

from itsdangerous import BadSignature, URLSafeTimedSerializer

from services.console import demo
from services.console.accounts import Account, settled
from services.console.hub import Hub, Unreachable
from services.console.templating import Frame, render
from services.console.words import LANGS, Lang, Words
from services.kernel.clock import system_clock
from services.kernel.config import Settings
from services.kernel.entrypoints import Page, Request
from services.kernel.errors import HubError, NotAllowed, NotFound, NotSignedIn
from services.kernel.manifest import Look

SESSION, FLASH = "wushe_session", "wushe_said"
SESSION_SECONDS = 12 * 3600
FLASH_SECONDS = 60
YEAR = 365 * 24 * 3600
PREFERENCES = {"lang": LANGS, "theme": ("light", "dark"), "type": ("normal", "large")}

SECURITY = (
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
"""Headers of every page: nothing from elsewhere, nothing inline, in nobody's frame."""

Headers = list[tuple[str, str]]


@dataclass
class Visit:
    """One request to a page, read: session, preferences, words; and the headers that its answer will carry."""

    request: Request
    settings: Settings
    look: Look
    words: Words
    prefs: dict[str, str]
    session: str
    account: Account | None
    done: str = ""
    failed: str = ""
    headers: Headers = field(default_factory=list)

    @property
    def csrf(self) -> str:
        """The token that a form of this session carries."""
        return str(_signer(self.settings, "form").dumps(self.session))

    @property
    def who(self) -> Account:
        """Who is signed in; raises NotSignedIn."""
        if self.account is None:
            raise NotSignedIn("nobody is signed in")
        return self.account

    @property
    def hub(self) -> Hub:
        """The other services, with this person's rights."""
        return Hub(self.settings, self.who.actor)

    @property
    def id(self) -> UUID:
        """The id in the path."""
        return UUID(str(self.request.path["id"]))

    def frame(self, path: str | None = None) -> Frame:
        """What surrounds the page."""
        who, t = self.account, self.words
        return Frame(
            words=t,
            path=path or own_path(self.request.url),
            user=t.pick(who.name_zh, who.name_en) if who else "",
            theme=self.prefs.get("theme", "auto"),
            type=self.prefs.get("type", "normal"),
            csrf=self.csrf,
            done=self.done,
            failed=self.failed,
            nav=navigation(who, t),
            demo=self.settings.demo,
        )

    def several(self, name: str) -> list[str]:
        """All values of a repeated field of the form."""
        return [v for v in parse_qs(self.request.body.decode("utf-8", "replace")).get(name, []) if v]

    def page(self, html: str, status: int = 200) -> Page:
        """The answer: a page that is not kept by anybody on the way."""
        headers = (*SECURITY, ("Cache-Control", "no-store"), *self.headers)
        return Page(html, status, headers)

    def go(self, path: str, done: str = "", failed: str = "") -> Page:
        """Go elsewhere with GET, and there say what was done or why it was not."""
        if done or failed:
            said = _signer(self.settings, "said").dumps([done, failed])
            self.headers.append(cookie(self.settings, FLASH, str(said), FLASH_SECONDS))
        return Page("", 303, (*SECURITY, ("Location", path), ("Cache-Control", "no-store"), *self.headers))

    def sign(self, account_id: str) -> None:
        """Begin a new session, for an account or (empty) for nobody."""
        self.session = secrets.token_urlsafe(16)
        value = _signer(self.settings, "session").dumps([self.session, account_id])
        self.headers.append(cookie(self.settings, SESSION, str(value), SESSION_SECONDS))


def own_path(url: str) -> str:
    """The path that was asked for, as a link or a header may hold it: on this host, and on one line."""
    return "/" + quote(url.lstrip("/").encode("latin-1", "replace"), safe="/")


def navigation(who: Account | None, t: Words) -> tuple[tuple[str, str], ...]:
    """Where one may go from everywhere."""
    if who is None:
        return ()
    going = (("/volunteering", t("nav.volunteering")), ("/volunteering/hours", t("nav.hours")))
    if who.role == "volunteer":
        return going
    if who.role in ("partner", "team_leader"):
        return (("/offers", t("nav.offers")), *(going if who.role == "team_leader" else ()))
    if who.role == "auditor":
        return (
            ("/audit", t("nav.audit")), ("/matters", t("nav.matters")), ("/audit/samples", t("nav.samples")),
            ("/findings", t("nav.findings")), ("/audit/ledger", t("nav.ledger")), ("/figures", t("nav.figures")),
        )  # fmt: skip
    return (
        ("/", t("nav.worklist")), ("/take", t("nav.take")), ("/visits", t("nav.visits")), ("/dispatch", t("nav.dispatch")),
        ("/matters", t("nav.matters")), ("/directory", t("nav.directory")), ("/figures", t("nav.figures")),
    )  # fmt: skip


def home(who: Account) -> str:
    """The first page of a role."""
    return {"partner": "/offers", "team_leader": "/offers", "auditor": "/audit", "volunteer": "/volunteering"}.get(
        who.role, "/"
    )


def _signer(settings: Settings, what: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.session_secret, salt=f"console.{what}")


def cookie(settings: Settings, name: str, value: str, seconds: int) -> tuple[str, str]:
    """A `Set-Cookie` header: out of reach of scripts, not sent by other sites' forms."""
    secure = "; Secure" if settings.url.startswith("https:") else ""
    return ("Set-Cookie", f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")


def visit(
    request: Request, settings: Settings, look: Look, names: Callable[[Lang], Callable[[str], str | None]]
) -> Visit:
    """Read a request; `names` gives, for a language, what parties are called."""
    prefs = {name: v for name, known in PREFERENCES.items() if (v := request.cookies.get(name, "")) in known}
    lang: Lang = "en" if prefs.get("lang") == "en" else "zh"
    session, account_id = _opened(settings, request.cookies.get(SESSION, ""))
    account = signed_in(account_id, settings, look)
    words = Words(lang, system_clock(), names(lang))
    found = Visit(request, settings, look, words, prefs, session, account)
    if not session:
        found.sign("")
    _hear_said(found)
    return found


def signed_in(account_id: str, settings: Settings, look: Look) -> Account | None:
    """The account of this id, if it may sign in here."""
    found = demo.found(account_id) if settings.demo else None
    return None if found is None else settled(found, look)


def _opened(settings: Settings, value: str) -> tuple[str, str]:
    """Session and account of a cookie; empty where it is not ours or too old."""
    try:
        session, account_id = _signer(settings, "session").loads(value, max_age=SESSION_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return "", ""
    return str(session), str(account_id)


def _hear_said(found: Visit) -> None:
    value = found.request.cookies.get(FLASH, "")
    if not value or found.request.method != "GET":
        return
    with suppress(BadSignature, ValueError, TypeError):  # an old or foreign cookie says nothing
        found.done, found.failed = _signer(found.settings, "said").loads(value, max_age=FLASH_SECONDS)
    found.headers.append(cookie(found.settings, FLASH, "", 0))


def is_ours(found: Visit) -> bool:
    """Whether a posted form was made for this session."""
    try:
        return bool(_signer(found.settings, "form").loads(found.request.form.get("csrf", "")) == found.session)
    except BadSignature:
        return False


Handler = Callable[[Any, Visit], Page]


def page_for(*roles: str, anybody: bool = False) -> Callable[[Handler], Callable[[Any, Request], Page]]:
    """Make a page handler: signed in, in one of these roles (none: any), with a form of ours; errors become pages."""

    def wrap(fn: Handler) -> Callable[[Any, Request], Page]:
        @wraps(fn)
        def handle(self: Any, request: Request) -> Page:
            found: Visit = self.visit(request)
            try:
                return _checked(self, found, fn, roles, anybody)
            except Unreachable as gone:
                return refused(found, 503, found.words("form.unreachable", service=gone.service))
            except HubError as error:
                return _error(found, error)

        return handle

    return wrap


def _checked(self: Any, found: Visit, fn: Handler, roles: tuple[str, ...], anybody: bool) -> Page:
    changed = {name: v for name, v in found.request.query.items() if v in PREFERENCES.get(name, ())}
    if changed and found.request.method == "GET":
        rest = urlencode({k: v for k, v in found.request.query.items() if k not in PREFERENCES})
        found.headers += [cookie(found.settings, name, value, YEAR) for name, value in changed.items()]
        return found.go(f"{own_path(found.request.url)}{'?' if rest else ''}{rest}")
    if found.request.method == "POST" and not is_ours(found):
        return found.go("/" if found.account else "/sign-in", failed=found.words("form.csrf"))
    if not anybody and found.account is None:
        return found.go("/sign-in")
    if roles and found.who.role not in roles:
        raise NotAllowed(roles)
    return fn(self, found)


def _error(found: Visit, error: HubError) -> Page:
    if isinstance(error, NotFound):
        return refused(found, 404, found.words("matter.not-found"))
    if isinstance(error, NotAllowed):
        return refused(found, 403, found.words("error.not-allowed"))
    return refused(found, 503 if error.code == "unavailable" else 409, str(error))


def refused(found: Visit, status: int, why: str) -> Page:
    """A page that says why not, and where to go instead."""
    home_path = home(found.account) if found.account else "/sign-in"
    return found.page(render("error.html", found.frame(), why=why, home=home_path), status)
