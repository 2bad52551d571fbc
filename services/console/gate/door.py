"""The door: how often one may try, and what is checked of what somebody shows.

Trying is limited for each account and for each source, before anything is hashed: hashing a password is dear, so a flood
of tries would be an attack by itself. One password is hashed at a time, and few wait for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address, ip_network
from uuid import uuid4

from limits import RateLimitItem, RateLimitItemPerMinute

from services.console.domain import account as domain
from services.console.gate import secrets
from services.console.gate import tables as t
from services.console.gate.sessions import WRITE_SECONDS
from services.contracts import console as public
from services.kernel.entrypoints import Hand, Request
from services.kernel.entrypoints.callers import Often
from services.kernel.errors import ConcurrentChange, HubError, Refused, TooOften
from services.kernel.message import Actor, Ask
from services.kernel.unit import Order, Unit
from services.kernel.view import Change, Rows, drop, put

TRIES: RateLimitItem = RateLimitItemPerMinute(10, 15)
"""Wrong tries at one account."""
SOURCE_TRIES: RateLimitItem = RateLimitItemPerMinute(50, 15)
"""Wrong tries from one source, at whichever accounts: a station's machines share one."""
MOST_WAITING = 8
HASH_SECONDS = 10
SECOND_FOR = ("administrator", "auditor")
"""The roles that come in with a second factor and not without."""


@dataclass
class Door:
    """What one process remembers of tries; the same for all that hash."""

    often: Often = field(default_factory=Often)
    _hashing: threading.Lock = field(default_factory=threading.Lock)
    _room: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(MOST_WAITING))

    def check(self, holder: str, source: str) -> None:
        """Raises TooOften where there were too many wrong tries, with the seconds until there is room again."""
        for allowed, whose in ((TRIES, f"account {holder}"), (SOURCE_TRIES, f"source {source}")):
            if self.often.is_over(allowed, whose):
                raise TooOften(self.often.wait(allowed, whose))

    def wrong(self, holder: str, source: str) -> None:
        """One more wrong try."""
        self.often.note(TRIES, f"account {holder}")
        self.often.note(SOURCE_TRIES, f"source {source}")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The turn of one who hashes; raises TooOften where too many wait, or for too long."""
        if not self._room.acquire(blocking=False):
            raise TooOften(HASH_SECONDS)
        try:
            if not self._hashing.acquire(timeout=HASH_SECONDS):
                raise TooOften(HASH_SECONDS)
            try:
                yield
            finally:
                self._hashing.release()
        finally:
            self._room.release()


def source_of(request: Request, proxies: tuple[str, ...]) -> str:
    """Where a request comes from: what the proxy in front says, if it is one of ours, else whoever connects."""
    peer = str(request.environ.get("REMOTE_ADDR", ""))
    said = request.header("x-forwarded-for").rpartition(",")[2].strip()
    return said if said and _is_within(peer, proxies) and _is_address(said) else peer


def _is_within(peer: str, networks: tuple[str, ...]) -> bool:
    return _is_address(peer) and any(ip_address(peer) in ip_network(network) for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class Keeper:
    """Asks the console's own log, and keeps secrets with the events that tell of them."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        self.door: Door = hand.look.beside(Door)
        self.sealer = secrets.Sealer(hand.settings.session_secret)

    def ask(self, holder: str, command: domain.Command, actor: Actor, rows: tuple[Change, ...] = ()) -> None:
        """Have one command about an account done, in somebody's name; raises what stands against it."""
        now = self.hand.store.clock()
        asked = Ask(id=uuid4(), now=now, at=now, actor=actor, channel="web")
        order = Order(domain.DECIDER, domain.stream_of(holder), command, asked, fresh=True, rows=rows)
        (result,) = self.hand.store.submit(Unit([order])).result(timeout=WRITE_SECONDS)
        if isinstance(result, HubError):
            raise result

    def credential(self, holder: str) -> dict[str, object]:
        """What is kept of a holder's secrets."""
        found: dict[str, object] | None = self.hand.look.one(t.credential, holder)
        return found or {}

    # --- the first factor ---

    def is_password(self, holder: str, password: str, source: str) -> bool:
        """Whether this is the holder's password; raises TooOften for whoever has tried too often."""
        with self.door.alone():
            self.door.check(holder, source)
            kept = self.credential(holder).get("password")
            right = secrets.is_password(str(kept) if kept else None, password[: secrets.LONGEST])
        if not right:
            self.door.wrong(holder, source)
        return right

    def set_password(self, holder: str, actor: Actor, password: str, invited: bool = False) -> None:
        """Keep a new password; whatever else opened the account by itself is over."""
        with self.door.alone():
            kept = secrets.hashed(password)
        rows = (put(t.credential, holder, password=kept), drop(t.invitation, holder))
        self.ask(holder, public.SetPassword(invited=invited), actor, rows)

    def invite(self, holder: str, actor: Actor, until: datetime) -> str:
        """A new link by which the holder sets a password."""
        link = secrets.new_link()
        row = put(t.invitation, holder, digest=secrets.digest_of(link))
        self.ask(holder, public.InviteHolder(until=until), actor, (row,))
        return link

    def invited(self, link: str) -> str:
        """The holder whom a link is for; empty where it is nobody's."""
        rows = self.hand.look.all(t.invitation, digest=secrets.digest_of(link)) if link else []
        return str(rows[0]["holder"]) if rows else ""

    # --- the second factor ---

    def offered(self, holder: str, anew: bool = False) -> str:
        """The secret that the holder is about to enrol, made where there is none."""
        kept = self.sealer.open(_bytes(self.credential(holder).get("offered")), holder)
        if kept and not anew:
            return kept
        made = secrets.new_secret()
        self._write(put(t.credential, holder, offered=self.sealer.seal(made, holder)))
        return made

    def enrol(self, holder: str, actor: Actor, code: str, now: datetime) -> list[str]:
        """Take the offered secret for the holder's own, if this is its code; his codes for when it is lost, shown once."""
        made = self.offered(holder)
        step = secrets.step_of(made, code, now)
        if step is None or not self._takes(holder, step):
            return []
        codes = [secrets.once() for _ in range(secrets.CODES)]
        rows = [put(t.credential, holder, secret=self.sealer.seal(made, holder), offered=None)]
        rows += [put(t.recovery, holder, n, digest=secrets.digest_of(c)) for n, c in enumerate(codes)]
        self.ask(holder, public.EnrolSecondFactor(recovery_codes=len(codes)), actor, tuple(rows))
        return codes

    def shows_second(self, holder: str, actor: Actor, code: str, source: str, now: datetime) -> bool:
        """Whether this is a code of now, or one that is left; each is used up by it. Raises TooOften."""
        self.door.check(holder, source)
        secret = self.sealer.open(_bytes(self.credential(holder).get("secret")), holder)
        step = secrets.step_of(secret, code, now) if secret else None
        right = self._takes(holder, step) if step is not None else self._uses(holder, actor, code)
        if not right:
            self.door.wrong(holder, source)
        return right

    def reset_second(self, holder: str, actor: Actor, reason_code: str) -> None:
        """Forget the second factor and its codes."""
        rows = (
            put(t.credential, holder, secret=None, offered=None),
            *(drop(t.recovery, holder, n) for n in range(secrets.CODES)),
        )
        self.ask(holder, public.ResetSecondFactor(reason_code=reason_code), actor, rows)

    def _takes(self, holder: str, step: int) -> bool:
        """Use a moment up; False where it was used before, in whichever process."""
        old = [row["step"] for row in self.hand.look.all(t.code_used, holder=holder) if row["step"] < step - 10]
        try:
            self._write(
                Rows(t.code_used, ("holder", "step"), [(holder, step)]), *(drop(t.code_used, holder, n) for n in old)
            )
        except ConcurrentChange:
            return False
        return True

    def _uses(self, holder: str, actor: Actor, code: str) -> bool:
        """Use one of the codes up that are good once."""
        kept = self.hand.look.all(t.recovery, holder=holder)
        number = next((row["number"] for row in kept if secrets.is_code(row["digest"], code)), None)
        if number is None:
            return False
        try:
            self.ask(holder, public.UseRecoveryCode(number=number), actor, (drop(t.recovery, holder, number),))
        except Refused:
            return False
        return True

    def _write(self, *rows: Change | Rows) -> None:
        self.hand.store.submit(Unit(rows=list(rows))).result(timeout=WRITE_SECONDS)


def _bytes(kept: object) -> bytes | None:
    return bytes(kept) if isinstance(kept, bytes | memoryview) else None
