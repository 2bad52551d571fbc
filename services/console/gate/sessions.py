"""Sessions: who is in, kept in the console's own store and found by the hash of what a cookie holds.

A session ends when nobody has clicked for a while, when it is too old, when its holder or an administrator ends it, and
when anything happens to the account that puts people out. The account is read at each click, so a role that was taken
away is gone at the next one.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b, sha256
from typing import Any

import sqlalchemy as sa

from services.console.gate import tables as t
from services.console.views import aware
from services.kernel.entrypoints import Hand
from services.kernel.unit import Unit
from services.kernel.view import Change, drop, put

TOKEN_BYTES = 32
NOTED = timedelta(seconds=60)
"""That somebody clicked is written down at most so often."""
WRITE_SECONDS = 10
SWEPT = 100


@dataclass(frozen=True)
class Limits:
    """How long a session lives: without a click, and in all."""

    idle: timedelta
    longest: timedelta


USUAL = Limits(timedelta(hours=2), timedelta(hours=12))
STRICT = Limits(timedelta(minutes=15), timedelta(hours=8))
HALFWAY = Limits(timedelta(minutes=10), timedelta(minutes=10))
"""Of one who has shown his password and nothing else yet."""
STRICTLY = ("administrator", "auditor")
LONGEST = USUAL.longest


@dataclass(frozen=True, kw_only=True)
class Session:
    """One who is in, or on his way in (`stage` is `in`, `second` or `enrol`); `account` is None for the demo's."""

    holder: str
    stage: str
    begun_at: datetime
    seen_at: datetime
    account: Mapping[str, Any] | None
    prefs: Mapping[str, str]


def new_token() -> str:
    """What a cookie holds: chance, and nothing else."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> bytes:
    """What is kept of it."""
    return sha256(token.encode()).digest()


def mark(token: str) -> str:
    """What forms carry of it: it tells one session from another and opens none."""
    return blake2b(token.encode(), digest_size=18, person=b"wushe.form").hexdigest()


def limits_of(role: str, stage: str) -> Limits:
    """How long somebody may stay."""
    return HALFWAY if stage != "in" else STRICT if role in STRICTLY else USUAL


def is_good(found: Session, role: str, now: datetime) -> bool:
    """Whether a session still lives."""
    limits = limits_of(role, found.stage)
    if now - found.begun_at >= limits.longest or now - found.seen_at >= limits.idle:
        return False
    known = found.account
    if known is None:
        return True
    out = known["out_at"]
    return known["state"] == "active" and (out is None or found.begun_at > aware(out))


class Sessions:
    """The sessions of one hub."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand

    def write(self, *changes: Change) -> None:
        """Write, and wait until it is durable."""
        self._hand.store.submit(Unit(rows=list(changes))).result(timeout=WRITE_SECONDS)

    def find(self, token: str) -> Session | None:
        """What is kept under a cookie's value, whether it still lives or not."""
        rows = self._hand.look.run(FOUND.where(t.session.c.digest == digest(token))) if token else []
        if not rows:
            return None
        row = rows[0]
        known = {name: row[f"account_{name}"] for name in ACCOUNT} if row["account_role"] is not None else None
        prefs = {name: row[f"pref_{name}"] for name in PREFS if row[f"pref_{name}"]}
        return Session(
            holder=row["holder"], stage=row["stage"], begun_at=aware(row["begun_at"]), seen_at=aware(row["seen_at"]),
            account=known, prefs=prefs,
        )  # fmt: skip

    def begin(self, holder: str, stage: str, now: datetime, device: str = "", out_at: datetime | None = None) -> str:
        """A new session, and the value of its cookie; those that are over long since are swept out."""
        token = new_token()
        begun = now if out_at is None else max(now, aware(out_at) + timedelta(microseconds=1))
        row = put(t.session, digest(token), holder=holder, stage=stage, begun_at=begun, seen_at=now, device=device)
        self.write(row, *self._over(now))
        return token

    def _over(self, now: datetime) -> list[Change]:
        old = sa.select(t.session.c.digest).where(t.session.c.begun_at < now - LONGEST).limit(SWEPT)
        return [drop(t.session, bytes(row["digest"])) for row in self._hand.look.run(old)]

    def seen(self, token: str, found: Session, now: datetime) -> None:
        """Somebody clicked."""
        if now - found.seen_at >= NOTED:
            self._hand.store.submit(Unit(rows=[put(t.session, digest(token), seen_at=now)]))

    def end(self, token: str) -> None:
        """Over, now."""
        self.write(drop(t.session, digest(token)))

    def of(self, holder: str) -> Sequence[Mapping[str, Any]]:
        """Everything that is kept of one holder's sessions, the newest first."""
        c = t.session.c
        return self._hand.look.run(sa.select(t.session).where(c.holder == holder).order_by(c.begun_at.desc()))

    def end_of(self, holder: str, which: str) -> bool:
        """End one of a holder's own sessions, named by the beginning of its hash in hexadecimal."""
        found = [bytes(row["digest"]) for row in self.of(holder) if bytes(row["digest"]).hex()[:16] == which]
        self.write(*(drop(t.session, each) for each in found))
        return bool(found)

    def prefer(self, holder: str, **likings: str) -> None:
        """Keep how somebody likes to see pages."""
        self.write(put(t.preference, holder, **likings))


ACCOUNT = ("account_id", "role", "org", "state", "out_at", "has_second", "codes_left")
PREFS = ("lang", "theme", "type")
FOUND = sa.select(
    t.session,
    *(t.account.c[name].label(f"account_{name}") for name in ACCOUNT),
    *(t.preference.c[name].label(f"pref_{name}") for name in PREFS),
).select_from(
    t.session.outerjoin(t.account, t.account.c.holder == t.session.c.holder).outerjoin(
        t.preference, t.preference.c.holder == t.session.c.holder
    )
)  # fmt: skip

BROWSERS = (
    ("Edg/", "edge"),
    ("Firefox/", "firefox"),
    ("MicroMessenger", "wechat"),
    ("Chrome/", "chrome"),
    ("Safari/", "safari"),
)
SYSTEMS = (
    ("Android", "android"), ("iPhone", "iphone"), ("iPad", "ipad"), ("Windows", "windows"), ("Mac OS", "mac"), ("Linux", "linux"),
)  # fmt: skip


def device(agent: str) -> str:
    """A browser and its system as two codes: enough to know one's own machine again, too little to know a person by."""
    found = (next((code for sign, code in known if sign in agent), "other") for known in (BROWSERS, SYSTEMS))
    return "-".join(found)
