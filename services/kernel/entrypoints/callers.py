"""Who calls: whoever shows a signed token says it himself; of an opaque one, the service that issued it is asked.

What it says is kept for a second, so a token that is revoked is good for no longer than that. An opaque token opens the
paths that it was issued for and no others, and may ask so often and no more often. While its issuer is away nobody gets in by it.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from time import monotonic
from typing import Protocol
from urllib.parse import urlsplit

import msgspec
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from services.kernel.clock import system_clock
from services.kernel.errors import NotInScope, NotSignedIn, TooOften, Unavailable
from services.kernel.message import Actor

PREFIX = "hub_"
LONGEST = 200
FRESH_SECONDS = 1.0
REMEMBERED = 10_000
SECONDS = 5.0
GUESSES = RateLimitItemPerMinute(60)
"""So many tokens that are none are looked up for one address."""


class Opens(msgspec.Struct, frozen=True):
    """What an opaque token is: whose, which paths it opens, as `<service>:<name of the path>`, and what others would need."""

    id: str
    role: str
    org: str
    opens: frozenset[str]
    needs: dict[str, str] = {}
    """Of paths that it does not open: the scope that would."""

    def must_open(self, path: str) -> None:
        """Refuse a path that it was not issued for. Raises NotInScope."""
        if path not in self.opens:
            raise NotInScope((self.needs[path],) if path in self.needs else ())

    @property
    def actor(self) -> Actor:
        """Who asks with it."""
        return Actor(id=self.id, role=self.role, org=self.org)


class Issuer(Protocol):
    """Knows what was issued, by whatever way."""

    def look_up(self, token: str) -> Opens | None:
        """What a token is now; None where it is nothing. May wait for a database or the network; raises Unavailable."""
        ...


class Answer(msgspec.Struct):
    """What the issuer answers over HTTP (after RFC 7662)."""

    active: bool
    opens: Opens | None = None


_read = msgspec.json.Decoder(Answer).decode


@dataclass(frozen=True)
class Remote:
    """An issuer in another process, asked over HTTP."""

    base: str
    service_token: str

    def look_up(self, token: str) -> Opens | None:
        """Ask it."""
        parts = urlsplit(self.base)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
        headers = {"Authorization": f"Bearer {self.service_token}", "Content-Type": "application/json"}
        try:
            body = msgspec.json.encode({"token": token})
            connection.request("POST", f"{parts.path}/tokens/introspection", body, headers)
            answer = connection.getresponse()
            found = answer.read()
            if answer.status != http.client.OK:
                raise Unavailable(f"the issuer of tokens answers {answer.status}")
            return _read(found).opens
        except (OSError, http.client.HTTPException, msgspec.DecodeError) as away:
            raise Unavailable("the issuer of tokens does not answer") from away
        finally:
            connection.close()


class Often:
    """How often somebody may do something: a moving window each, in this process."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, allowed: RateLimitItem, whose: str) -> None:
        """Count one; raises TooOften with the seconds until there is room again."""
        if not self._limiter.hit(allowed, whose):
            raise TooOften(self.wait(allowed, whose))

    def wait(self, allowed: RateLimitItem, whose: str) -> int:
        """Whole seconds until there is room, at least one."""
        free_at = self._limiter.get_window_stats(allowed, whose).reset_time
        return max(1, int(free_at - system_clock().timestamp()) + 1)

    def is_over(self, allowed: RateLimitItem, whose: str) -> bool:
        """Whether there is no room now; counts nothing."""
        return not self._limiter.test(allowed, whose)

    def note(self, allowed: RateLimitItem, whose: str) -> None:
        """Count one, and let it pass."""
        self._limiter.hit(allowed, whose)


@dataclass
class Callers:
    """Finds who calls by an opaque token; safe between threads, and waits: do it aside."""

    issuer: Issuer
    allowed: RateLimitItem
    guesses: RateLimitItem = GUESSES
    often: Often = field(default_factory=Often)
    monotonic: Callable[[], float] = monotonic
    _known: dict[bytes, tuple[Opens, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fresh(self, token: str) -> Opens | None:
        """What is known of a token of less than a second ago."""
        known = self._known.get(_digest(token))
        return known[0] if known is not None and self.monotonic() < known[1] else None

    def find(self, token: str, environ: Mapping[str, object]) -> Opens:
        """What a token is; raises NotSignedIn where it is nothing, TooOften for whoever guesses."""
        if len(token) > LONGEST or not token.isascii():
            raise NotSignedIn("this is no token of this hub")
        digest, where = _digest(token), f"guess {environ.get('REMOTE_ADDR', '')}"
        if digest not in self._known and self.often.is_over(self.guesses, where):
            raise TooOften(self.often.wait(self.guesses, where))
        found = self.issuer.look_up(token)
        if found is None:
            self._known.pop(digest, None)
            self.often.note(self.guesses, where)
            raise NotSignedIn("this token is unknown, has expired or was revoked")
        with self._lock:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[digest] = (found, self.monotonic() + FRESH_SECONDS)
        return found

    def count(self, caller: Opens) -> None:
        """One more request of this caller's; raises TooOften."""
        self.often.take(self.allowed, f"{caller.org} {caller.id}")


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
