"""The page that a link opens: no script, nothing from elsewhere, in nobody's frame, in nobody's index, and no trace onwards."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.contracts.tables import BEIJING
from services.kernel.entrypoints import Page
from services.referral.mail.standing import Standing
from services.referral.mail.words import Words

HERE = Path(__file__).parents[1] / "pages"


@cache
def environment() -> Environment:
    """The templates; everything is escaped, and a misspelt name fails."""
    return Environment(
        loader=FileSystemLoader(HERE), autoescape=select_autoescape(("html",)), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


@cache
def css() -> str:
    """The one style sheet, inside the page."""
    return (HERE / "link.css").read_text(encoding="utf-8")


@cache
def headers() -> tuple[tuple[str, str], ...]:
    """What goes with every page."""
    styles = b64encode(sha256(css().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{styles}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return (
        ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ("X-Robots-Tag", "noindex, nofollow"), ("Cache-Control", "no-store"), ("Cross-Origin-Opener-Policy", "same-origin"),
    )  # fmt: skip


def page(stands: Standing, words: Words, now: datetime, *, done: str = "", failed: str = "", status: int = 0) -> Page:
    """What is the case, and what can be said."""
    until = f"{stands.until.astimezone(BEIJING):%Y-%m-%d %H:%M}" if stands.until else ""
    html = environment().get_template("link.html").render(
        t=words, stands=stands, css=css(), until=until, today=f"{now.astimezone(BEIJING):%Y-%m-%d}", done=done,
        failed=failed,
    )  # fmt: skip
    return Page(html, status or stands.status, headers())
