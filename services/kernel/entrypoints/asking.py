"""Commands over HTTP: read, sealed, decided and durable before they are answered.

`asks` declares one command on one path. The command's id comes from the `Idempotency-Key`, scoped to service and
caller (who, in which role, for whom), so the same key again gets the first answer; a path without `{id}` brings a stream
into being, named by that id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from eventlet import tpool
from eventlet.event import Event
from eventlet.timeout import Timeout
from nameko.extensions import Entrypoint, register_entrypoint

from services.kernel.clock import system_clock
from services.kernel.contract import Happened, name_of, personal_fields, read_request
from services.kernel.decider import Decider
from services.kernel.entrypoints.bridge import Bridge
from services.kernel.entrypoints.guard import Guard
from services.kernel.entrypoints.keys import command_under
from services.kernel.entrypoints.log import Hand, Log, Opened
from services.kernel.entrypoints.problems import Edge
from services.kernel.entrypoints.request import Reply, Request
from services.kernel.entrypoints.site import Route
from services.kernel.errors import OutcomeUnknown, Refused
from services.kernel.ids import founded, new_id
from services.kernel.manifest import Look
from services.kernel.message import Actor, Ask
from services.kernel.scope import LookUp
from services.kernel.unit import Done, Order, Unit
from services.kernel.view import Change

ANSWER_SECONDS = 15
UNSEALED = "-" * 43
"""Stands for the digest of a personal value in a rehearsal, where nothing is sealed."""

Subject = Callable[[Any, UUID], str]

Judge = Callable[[Any, datetime], None]
"""Looks at a command's personal values before they are sealed, for no decision sees them: raises Refused, or lets it pass."""

Beside = Callable[[Hand, Any, UUID, datetime], Iterable[Change]]
"""Rows of the service's own that are made from personal values, and written with the command's events or not at all."""


@dataclass(frozen=True, kw_only=True)
class Personal:
    """What a service does with the personal values of a command beside sealing them."""

    judge: Judge | None = None
    beside: Beside | None = None


SEALED_ONLY = Personal()


def own_stream(command: Any, stream_id: UUID) -> str:
    """Personal values are sealed under the key of the stream itself, unless the service says otherwise."""
    return str(stream_id)


class Asking(Entrypoint):
    """One command, taken by HTTP; it goes to the appender and its answer comes back from there."""

    def __init__(
        self,
        method: str,
        path: str,
        command: type,
        of: Decider,
        roles: tuple[str, ...] = (),
        subject: Subject = own_stream,
        treats: Personal = SEALED_ONLY,
        alone: bool = False,
        follows: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.treats, self.alone, self.follows = treats, alone, follows
        self.method, self.path, self.command, self.of, self.roles, self.subject = (
            method,
            path,
            command,
            of,
            roles,
            subject,
        )

    def setup(self) -> None:
        """Take the route; the log it writes to is the service's own."""
        log = next(d for d in self.container.dependencies if isinstance(d, Log))
        self.opened: Opened = log.opened
        self.personal = personal_fields(self.command)
        self.creates = "{id}" not in self.path
        self.fields = {f.name for f in fields(self.command)}
        self.guard = Guard(self.opened, self.of, self.command)
        self.status = 202 if self.follows else 201 if self.creates else 200
        document = {"command": self.command, "creates": self.creates, "kind": "command", "status": self.status}
        self.opened.add(
            Route(self.opened.name, self.method, self.opened.url(self.path), name_of(self.command), self.answer, self.roles,
                  quick=True, max_body=self.opened.settings.max_body, json_body=True, alone=self.alone, document=document),
        )  # fmt: skip
        self.opened.commands[name_of(self.command)] = self

    # --- one request ---

    def answer(self, request: Request) -> Reply:
        """Read the command, hand it over, wait for it to be durable."""
        request.only()
        key, approval = request.header("idempotency-key"), request.header("approval")
        asked = self.read(request, request.json, key, request.path, approval)
        try:
            if asked.waits:
                tpool.execute(asked.make_ready)
            return self.reply(ask_and_wait(self.opened, asked.order))
        except Refused as no:
            no.allowed = self._open_to(request.actor, no.allowed)
            raise

    def _open_to(self, actor: Actor, names: tuple[str, ...]) -> tuple[str, ...]:
        """Of the commands that a refusal names, those that are asked by this role: others are no way out for it."""
        known = self.opened.commands
        return tuple(n for n in names if n not in known or not known[n].roles or actor.role in known[n].roles)

    def read(self, request: Request, body: Any, key: str, path: dict[str, Any], approval: str) -> Asked:
        """The command of a request with its circumstances, as far as the request alone tells them."""
        if isinstance(body, dict) and (extra := {k: str(v) for k, v in path.items() if k != "id" and k in self.fields}):
            body = body | extra
        command: Any
        command, happened = read_request(body, self.command)
        command_id = command_under(self.opened.name, request, key) if key else new_id()
        stream_id = path["id"] if not self.creates else founded(command_id) if key else new_id()
        digest = self._digest(body, stream_id) if key else b""
        ask = _ask(request, command_id, happened, stream_id if self.creates else None)
        order = Order(self.of, stream_id, command, ask, _expected(request), digest, fresh=not key, founds=self.creates)
        return Asked(self, order, body, approval)

    def _digest(self, body: Any, stream_id: UUID) -> bytes:
        """Tells one request from another under the same key; of personal values only that they are there.

        It outlives an erasure, so nobody may be able to guess a telephone number from it: personal values are told apart
        by a mark that is made with the person's key (see `Asked`).
        """
        plain = {name: name in self.personal or value for name, value in body.items()}
        if "happened" in plain:
            plain["happened"] = _without_evidence(plain["happened"])
        return sha256(
            f"{self.command.__name__} {stream_id} ".encode() + msgspec.json.encode(plain, order="sorted")
        ).digest()

    def reply(self, done: Done) -> Reply:
        """A command's answer, with the place of what it brought into being; 202 where what was asked for is made later."""
        value = {"id": done.stream_id, "version": done.version, "position": done.position, "events": done.events}
        headers = [("ETag", f'"{done.version}"')] + ([("Idempotency-Replayed", "true")] if done.again else [])
        if self.creates:
            headers.append(("Location", f"{self.opened.url(self.path)}/{done.stream_id}"))
        return Reply(value, self.status, tuple(headers))


@dataclass(slots=True)
class Asked:
    """A command that was read: who asks is still to be let through, and its personal values are still to be sealed."""

    asking: Asking
    order: Order
    body: Any
    approval: str

    @property
    def waits(self) -> bool:
        """Whether anything is left to do for which a database must answer."""
        return self.is_watched or self.is_personal

    @property
    def is_watched(self) -> bool:
        """Whether the guard has anything to look at."""
        return self.asking.guard.watches(self.order.ask.actor, self.order.command, self.asking.creates)

    def make_ready(self, look: Look | None = None) -> None:
        """Let through whoever may ask this, and seal what is personal; raises what stands against it."""
        self.check(look)
        self.seal()

    def looks(self) -> list[LookUp]:
        """What will be looked up before it is let through."""
        order = self.order
        return self.asking.guard.looks(order.ask.actor, order.command, None if self.asking.creates else order.stream_id)

    def check(self, look: Look | None = None) -> None:
        """Refuse who may not ask this of that, by the committed views or by others; put the second person in."""
        if not self.is_watched:
            return
        order, asking = self.order, self.asking
        about = None if asking.creates else order.stream_id
        known = None if order.fresh else order.ask.id
        second = asking.guard.let(order.ask.actor, order.command, about, known, self.body, self.approval, look)
        if second is not None:
            order.ask = msgspec.structs.replace(order.ask, approver=second)

    @property
    def subject(self) -> str:
        """Under whose key its personal values are sealed."""
        return self.asking.subject(self.order.command, self.order.stream_id)

    def _given(self) -> dict[str, tuple[str, Any]]:
        command = self.order.command
        found = ((name, category, getattr(command, name)) for name, category in self.asking.personal.items())
        return {name: (category, value) for name, category, value in found if value is not None}

    @property
    def is_personal(self) -> bool:
        """Whether there is anything to seal."""
        return bool(self.asking.personal and self._given())

    def seal(self) -> None:
        """Take the personal values out; their digests are in the circumstances, their sealed rows beside the command."""
        if given := self._given():
            self._judge()
            order, hand, treats = self.order, self.asking.opened.hand, self.asking.treats
            subject, now = self.subject, order.ask.now
            digests, rows = hand.vault.seal(subject, given, now)
            more = treats.beside(hand, order.command, order.stream_id, now) if treats.beside is not None else ()
            self._bare(subject, given, tuple(digests))
            order.rows = (*rows, *more)

    def leave_unsealed(self, has_key: bool) -> None:
        """Take the personal values out and keep them nowhere; who has no key yet has said nothing before."""
        if given := self._given():
            self._judge()
            self._bare(self.subject if has_key else None, given, (UNSEALED,) * len(given))

    def _judge(self) -> None:
        if self.asking.treats.judge is not None:
            self.asking.treats.judge(self.order.command, self.order.ask.now)

    def _bare(self, subject: str | None, given: dict[str, tuple[str, Any]], digests: tuple[str, ...]) -> None:
        order = self.order
        if order.digest and subject is not None:
            order.digest = sha256(order.digest + self.asking.opened.hand.vault.mark(subject, given)).digest()
        order.command = replace(order.command, **dict.fromkeys(given))
        order.ask = msgspec.structs.replace(order.ask, sealed=digests)


def asks(
    method: str, path: str, command: type, *, of: Decider, roles: tuple[str, ...] = (), subject: Subject = own_stream,
    personal: Personal = SEALED_ONLY, alone: bool = False, follows: bool = False,
) -> Callable[..., Any]:  # fmt: skip
    """Declare a command of a service: `accept = asks("POST", "/referrals/{id}/acceptance", AcceptReferral, of=…)`.

    `alone` hears whoever asks, also where his role acts for an organization and his token names none. What `follows`
    is on record and made later: the answer is 202, and the place in it is where to look.
    """

    def ask(self: object, request: Request) -> None:
        """Answered by the entrypoint itself."""

    ask.__doc__ = command.__doc__
    register_entrypoint(ask, Asking(method, path, command, of, roles, subject, personal, alone, follows))
    return ask


def _ask(request: Request, command_id: UUID, happened: Happened, founds: UUID | None) -> Ask:
    now = system_clock()
    return Ask(
        id=command_id, now=now, actor=request.actor, at=happened.at or (now if happened.precision != "unknown" else None),
        precision=happened.precision, channel=happened.channel, behalf=happened.behalf, correlation=_correlation(request),
        founds=founds,
    )  # fmt: skip


def _correlation(request: Request) -> UUID | None:
    given = request.header("correlation-id")
    try:
        return UUID(given) if given else None
    except ValueError as wrong:
        raise Edge("bad-header", field="Correlation-Id", expected="a UUID", expected_zh="UUID") from wrong


def _without_evidence(happened: Any) -> Any:
    """The circumstances without where they are written down: the same row in a newer copy of a register is the same."""
    if not (isinstance(happened, dict) and isinstance(behalf := happened.get("behalf"), dict)):
        return happened
    return happened | {"behalf": {name: value for name, value in behalf.items() if name != "evidence_ref"}}


def _expected(request: Request) -> int | None:
    given = request.header("if-match").strip()
    if not given or given == "*":
        return None
    digits = given.strip('"')
    if not (digits.isdecimal() and len(digits) < 17):
        raise Edge("bad-header", field="If-Match", expected="the version that you have read, or *",
                   expected_zh="读取时的版本号, 或 *")  # fmt: skip
    return int(digits)


# --- waiting for the appender --------------------------------------------------------------------------------------


def ask_and_wait(opened: Opened, order: Order) -> Done:
    """Hand one order over and wait for its answer on this green thread."""
    (result,) = wait(opened, [Unit([order])])
    if isinstance(result, BaseException):
        raise result
    return result


def wait(opened: Opened, units: list[Unit]) -> list[Done | BaseException]:
    """Hand units of one order each over and wait for their answers on this green thread."""
    event, bridge = Event(), opened.bridge
    results: list[Any] = [None] * len(units)
    for place, unit in enumerate(units):
        unit.answer = _answering(bridge, event, results, place)
    results.append(len(units))
    opened.store.post(*units)
    with Timeout(ANSWER_SECONDS, OutcomeUnknown("the answer took too long")):
        event.wait()
    return results[:-1]


def _answering(bridge: Bridge, event: Event, results: list[Any], place: int) -> Callable[[Any], None]:
    """What the appender's thread calls: it alone touches `results`, whose last element counts what is still open."""

    def answer(outcome: Any) -> None:
        results[place] = outcome[0] if isinstance(outcome, list) else outcome
        results[-1] -= 1
        if results[-1] == 0:
            bridge.answer(event, None)

    return answer
