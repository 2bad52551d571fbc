"""What every request to the console goes through: who it is, how they like to see pages, and that a form is ours.

A session is kept by the console (`gate.sessions`); its cookie holds chance and nothing else. A form carries a token bound
to the session. Language, theme and type size are set by a link that works without JavaScript: for whoever is in they are
kept with his account, for everybody in cookies of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import parse_qs, quote, urlencode
from uuid import UUID

from itsdangerous import BadSignature, URLSafeTimedSerializer

from services.console import demo
from services.console.accounts import Account, settled, stored
from services.console.gate import sessions as kept
from services.console.gate.sessions import Session, Sessions
from services.console.gate.tables import account as accounts
from services.console.hub import Hub, Unreachable
from services.console.templating import Frame, render
from services.console.words import LANGS, Lang, Words
from services.contracts.words import ROLES
from services.kernel.clock import system_clock
from services.kernel.config import Settings
from services.kernel.entrypoints import Hand, Page, Request
from services.kernel.errors import HubError, NotAllowed, NotFound, NotSignedIn, Refused, TooOften
from services.kernel.manifest import Look

SESSION, FLASH = "wushe_session", "wushe_said"
SESSION_SECONDS = int(kept.LONGEST.total_seconds())
FLASH_SECONDS = 60
YEAR = 365 * 24 * 3600
MINUTE = timedelta(minutes=1)
"""Times are said in whole minutes: the next one is safe."""
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
    """One request to a page, read: session, preferences, words; and the headers that its answer will carry.

    `session` is what the cookie holds; `halfway` is whose session it is that is not in yet.
    """

    request: Request
    hand: Hand
    words: Words
    prefs: dict[str, str]
    session: str
    account: Account | None
    halfway: Session | None = None
    known: Session | None = None
    done: str = ""
    failed: str = ""
    headers: Headers = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The console's settings."""
        return self.hand.settings

    @property
    def look(self) -> Look:
        """The console's own views."""
        return self.hand.look

    @property
    def sessions(self) -> Sessions:
        """The sessions of the hub."""
        return Sessions(self.hand)

    @property
    def csrf(self) -> str:
        """The token that a form of this session carries; it tells nobody what the cookie holds."""
        return str(signer(self.settings, "form").dumps(kept.mark(self.session)))

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
            said = signer(self.settings, "said").dumps([done, failed])
            self.headers.append(cookie(self.settings, FLASH, str(said), FLASH_SECONDS))
        return Page("", 303, (*SECURITY, ("Location", path), ("Cache-Control", "no-store"), *self.headers))

    def begin(self, holder: str, stage: str = "in") -> None:
        """Begin a new session for somebody, under a value that nobody had before; the old one is over."""
        row = self.look.all(accounts, holder=holder)
        agent = kept.device(self.request.header("user-agent"))
        token = self.sessions.begin(holder, stage, self.words.now, agent, row[0]["out_at"] if row else None)
        self.sessions.end(self.session)
        self.keep(token)

    def end(self) -> None:
        """End the session."""
        self.sessions.end(self.session)
        self.keep(kept.new_token())

    def keep(self, token: str) -> None:
        """Let the browser come with this from now on."""
        self.session = token
        self.headers.append(cookie(self.settings, session_cookie(self.settings), token, SESSION_SECONDS))


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
        return (
            ("/offers", t("nav.offers")), ("/served", t("nav.served")), ("/capacity", t("nav.capacity")),
            ("/programs", t("nav.programs")), *(going if who.role == "team_leader" else ()),
        )  # fmt: skip
    if who.role == "administrator":
        return (
            ("/admin", t("nav.admin")), ("/admin/accounts", t("nav.accounts")), ("/admin/stations", t("nav.stations")),
            ("/admin/tables", t("nav.tables")), ("/admin/dead-letters", t("nav.dead")),
        )  # fmt: skip
    if who.role == "auditor":
        return (
            ("/audit", t("nav.audit")), ("/matters", t("nav.matters")), ("/audit/samples", t("nav.samples")),
            ("/findings", t("nav.findings")), ("/audit/ledger", t("nav.ledger")), ("/figures", t("nav.figures")),
            ("/approvals", t("nav.seconds")),
        )  # fmt: skip
    return (
        ("/", t("nav.worklist")), ("/take", t("nav.take")), ("/search", t("nav.search")), ("/visits", t("nav.visits")),
        ("/dispatch", t("nav.dispatch")), ("/matters", t("nav.matters")), ("/approvals", t("nav.seconds")),
        ("/directory", t("nav.directory")), ("/figures", t("nav.figures")), ("/papers", t("nav.papers")),
    )  # fmt: skip


def home(who: Account) -> str:
    """The first page of a role."""
    return {
        "partner": "/offers", "team_leader": "/offers", "auditor": "/audit", "volunteer": "/volunteering",
        "administrator": "/admin",
    }.get(who.role, "/")  # fmt: skip


def signer(settings: Settings, what: str) -> URLSafeTimedSerializer:
    """What signs one kind of short-lived thing that a browser keeps for us."""
    return URLSafeTimedSerializer(settings.session_secret, salt=f"console.{what}")


def cookie(settings: Settings, name: str, value: str, seconds: int) -> tuple[str, str]:
    """A `Set-Cookie` header: out of reach of scripts, not sent by other sites' forms."""
    secure = "; Secure" if settings.is_secure else ""
    return ("Set-Cookie", f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")


def session_cookie(settings: Settings) -> str:
    """What the session's cookie is called: where there is TLS, so that no other host can set it (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{SESSION}" if settings.is_secure else SESSION


def visit(request: Request, hand: Hand, names: Callable[[Lang], Callable[[str], str | None]]) -> Visit:
    """Read a request; `names` gives, for a language, what parties are called."""
    now, token = system_clock(), request.cookies.get(session_cookie(hand.settings), "")
    session = Sessions(hand).find(token)
    account = None if session is None else account_of(session, hand)
    is_good = session is not None and account is not None and kept.is_good(session, account.role, now)
    prefs = _preferences(request, session if is_good else None)
    lang: Lang = "en" if prefs.get("lang") == "en" else "zh"
    is_in = is_good and session is not None and session.stage == "in"
    words = Words(lang, now, names(lang))
    found = Visit(
        request, hand, words, prefs, token, account if is_in else None, None if is_in or not is_good else session
    )
    found.known = session if is_good else None
    if not _is_token(token) or (session is not None and not is_good):
        found.keep(kept.new_token())
    _hear_said(found)
    return found


def _preferences(request: Request, session: Session | None) -> dict[str, str]:
    """How pages are liked: as it is kept with the account, else as it is kept with the browser."""
    asked = dict(session.prefs) if session is not None else {}
    return {
        name: value for name, known in PREFERENCES.items()
        if (value := asked.get(name) or request.cookies.get(name, "")) in known
    }  # fmt: skip


def _is_token(value: str) -> bool:
    """Whether a cookie could be one of ours: long enough that nobody guesses it."""
    return 40 <= len(value) <= 64 and value.isascii() and value.replace("-", "").replace("_", "").isalnum()


def account_of(session: Session, hand: Hand) -> Account | None:
    """Whose session this is, as his account stands now; the demo's people have none, and only come in where it is on."""
    row = session.account
    if row is not None:
        return stored(session.holder, row)
    found = demo.found(session.holder) if hand.settings.demo else None
    return None if found is None else settled(found, hand.look)


def _hear_said(found: Visit) -> None:
    value = found.request.cookies.get(FLASH, "")
    if not value or found.request.method != "GET":
        return
    with suppress(BadSignature, ValueError, TypeError):  # an old or foreign cookie says nothing
        found.done, found.failed = signer(found.settings, "said").loads(value, max_age=FLASH_SECONDS)
    found.headers.append(cookie(found.settings, FLASH, "", 0))


def is_ours(found: Visit) -> bool:
    """Whether a posted form was made for this session."""
    try:
        said = signer(found.settings, "form").loads(found.request.form.get("csrf", ""))
        return bool(said == kept.mark(found.session))
    except BadSignature:
        return False


SEEN_BY = "seen_by"
"""Where a handler says whose page it is: the roles; an empty one for whoever comes."""

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

        setattr(handle, SEEN_BY, ("",) if anybody else roles or ROLES)
        return handle

    return wrap


def _is_click(request: Request) -> bool:
    """Whether somebody did something: a page that keeps itself up to date does not keep a session alive."""
    return request.method == "POST" or request.header("sec-fetch-mode") in ("", "navigate")


def _checked(self: Any, found: Visit, fn: Handler, roles: tuple[str, ...], anybody: bool) -> Page:
    if found.known is not None and _is_click(found.request):
        found.sessions.seen(found.session, found.known, found.words.now)
    changed = {name: v for name, v in found.request.query.items() if v in PREFERENCES.get(name, ())}
    if changed and found.request.method == "GET":
        rest = urlencode({k: v for k, v in found.request.query.items() if k not in PREFERENCES})
        found.headers += [cookie(found.settings, name, value, YEAR) for name, value in changed.items()]
        if found.known is not None and found.known.account is not None and found.account is not None:
            found.sessions.prefer(
                found.account.id, **changed
            )  # the demo's people are many: what one likes is not all's
        return found.go(f"{own_path(found.request.url)}{'?' if rest else ''}{rest}")
    if found.request.method == "POST" and not is_ours(found):
        return found.go("/" if found.account else "/sign-in", failed=found.words("form.csrf"))
    if not anybody and found.account is None:
        return found.go(f"/sign-in/{found.halfway.stage}" if found.halfway is not None else "/sign-in")
    if roles and found.who.role not in roles:
        raise NotAllowed(roles)
    return fn(self, found)


def _error(found: Visit, error: HubError) -> Page:
    if isinstance(error, NotFound):
        return refused(found, 404, found.words("matter.not-found"))
    if isinstance(error, NotAllowed):
        return refused(found, 403, found.words("error.not-allowed"))
    if isinstance(error, TooOften):
        found.headers.append(("Retry-After", str(error.seconds)))
        return refused(found, 429, too_often(error, found.words))
    if isinstance(error, Refused):
        return refused(found, 409, found.words.pick(error.zh, error.en))
    return refused(found, 503 if error.code == "unavailable" else 409, str(error))


def too_often(error: TooOften, words: Words) -> str:
    """When one may try again."""
    again = words.now + timedelta(seconds=error.seconds)
    return words("gate.too-often", span=words.span(again - words.now + MINUTE), clock=words.clock(again + MINUTE))


def refused(found: Visit, status: int, why: str) -> Page:
    """A page that says why not, and where to go instead."""
    home_path = home(found.account) if found.account else "/sign-in"
    return found.page(render("error.html", found.frame(), why=why, home=home_path), status)
