"""Commands over HTTP: read, sealed, decided and durable before they are answered.

`asks` declares one command on one path. The command's id comes from the `Idempotency-Key`, scoped to service and
caller (who, in which role, for whom), so the same key again gets the first answer; a path without `{id}` brings a stream
into being, named by that id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
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
from services.kernel.entrypoints.log import Log, Opened
from services.kernel.entrypoints.problems import Edge, problem
from services.kernel.entrypoints.request import Reply, Request
from services.kernel.entrypoints.site import Route
from services.kernel.errors import ContractBroken, FieldProblem, HubError, NotAllowed, OutcomeUnknown
from services.kernel.ids import named, new_id
from services.kernel.message import Ask
from services.kernel.unit import Done, Order, Unit

ANSWER_SECONDS = 15
BATCH_COMMANDS = 500
BATCH_BYTES = 4 * 1024 * 1024
NAMES = UUID("6f0d6f0c-5a1b-5c58-9f3e-3f1f1d9a7c11")
"""The namespace of command ids that are made from idempotency keys."""

Subject = Callable[[Any, UUID], str]


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
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
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
        document = {"command": self.command, "creates": self.creates, "kind": "command"}
        self.opened.add(
            Route(self.opened.name, self.method, self.opened.url(self.path), name_of(self.command), self.answer, self.roles,
                  quick=True, max_body=self.opened.settings.max_body, json_body=True, document=document),
        )  # fmt: skip
        self.opened.commands[name_of(self.command)] = self

    # --- one request ---

    def answer(self, request: Request) -> Reply:
        """Read the command, hand it over, wait for it to be durable."""
        key, approval = request.header("idempotency-key"), request.header("approval")
        order = self.order(request, request.json, key, request.path, approval)
        return self.reply(ask_and_wait(self.opened, order))

    def order(self, request: Request, body: Any, key: str, path: dict[str, Any], approval: str) -> Order:
        """The command of a request, with its circumstances."""
        if isinstance(body, dict) and (extra := {k: str(v) for k, v in path.items() if k != "id" and k in self.fields}):
            body = body | extra
        command: Any
        command, happened = read_request(body, self.command)
        command_id = self._command_id(request, key)
        stream_id = path["id"] if not self.creates else named(command_id, "stream") if key else new_id()
        ask = self._guarded(request, command, _ask(request, command_id, happened), body, key, path, approval)
        rows: tuple[Any, ...] = ()
        if self.personal:
            command, ask, rows = self._seal(command, ask, stream_id)
        digest = self._digest(body, stream_id) if key else b""
        return Order(
            self.of, stream_id, command, ask, _expected(request), digest, rows, fresh=not key, founds=self.creates
        )

    def _guarded(
        self, request: Request, command: Any, ask: Ask, body: Any, key: str, path: dict[str, Any], approval: str
    ) -> Ask:
        """The circumstances with the second person in them; refuses who may not ask this of that."""
        actor, known = request.actor, ask.id if key else None
        if not self.guard.watches(actor, command):
            return ask
        about = None if self.creates else path["id"]
        second = tpool.execute(self.guard.let, actor, command, about, known, body, approval)
        return ask if second is None else msgspec.structs.replace(ask, approver=second)

    def _digest(self, body: Any, stream_id: UUID) -> bytes:
        """Tells one request from another under the same key; of personal values only that they are there.

        It outlives an erasure, so nobody may be able to guess a telephone number from it.
        """
        plain = {name: name in self.personal or value for name, value in body.items()}
        return sha256(
            f"{self.command.__name__} {stream_id} ".encode() + msgspec.json.encode(plain, order="sorted")
        ).digest()

    def _command_id(self, request: Request, key: str) -> UUID:
        if not key:
            return new_id()
        if len(key) > 200 or not key.isascii() or not key.isprintable():
            raise Edge("bad-header", field="Idempotency-Key")
        who = request.actor
        return named(NAMES, msgspec.json.encode([self.opened.name, who.id, who.role, who.org, key]).decode())

    def _seal(self, command: Any, ask: Ask, stream_id: UUID) -> tuple[Any, Ask, tuple[Any, ...]]:
        """The command without its personal values; their digests in its circumstances; their sealed rows."""
        given = {
            n: (category, value) for n, category in self.personal.items() if (value := getattr(command, n)) is not None
        }
        if not given:
            return command, ask, ()
        subject = self.subject(command, stream_id)
        digests, rows = tpool.execute(self.opened.hand.vault.seal, subject, given, ask.now)
        bare = replace(command, **dict.fromkeys(given))
        return bare, msgspec.structs.replace(ask, sealed=tuple(digests)), tuple(rows)

    def reply(self, done: Done) -> Reply:
        """A command's answer; 201 with its place where it brought something into being."""
        value = {"id": done.stream_id, "version": done.version, "position": done.position, "events": done.events}
        headers = [("ETag", f'"{done.version}"')] + ([("Idempotency-Replayed", "true")] if done.again else [])
        if self.creates:
            headers.append(("Location", f"{self.opened.url(self.path)}/{done.stream_id}"))
        return Reply(value, 201 if self.creates else 200, tuple(headers))


def asks(
    method: str, path: str, command: type, *, of: Decider, roles: tuple[str, ...] = (), subject: Subject = own_stream
) -> Callable[..., Any]:
    """Declare a command of a service: `accept = asks("POST", "/referrals/{id}/acceptance", AcceptReferral, of=…)`."""

    def ask(self: object, request: Request) -> None:
        """Answered by the entrypoint itself."""

    ask.__doc__ = command.__doc__
    register_entrypoint(ask, Asking(method, path, command, of, roles, subject))
    return ask


def _ask(request: Request, command_id: UUID, happened: Happened) -> Ask:
    now = system_clock()
    return Ask(
        id=command_id, now=now, actor=request.actor, at=happened.at or (now if happened.precision != "unknown" else None),
        precision=happened.precision, channel=happened.channel, behalf=happened.behalf, correlation=_correlation(request),
    )  # fmt: skip


def _correlation(request: Request) -> UUID | None:
    given = request.header("correlation-id")
    try:
        return UUID(given) if given else None
    except ValueError as wrong:
        raise Edge("bad-header", field="Correlation-Id") from wrong


def _expected(request: Request) -> int | None:
    given = request.header("if-match").strip()
    if not given or given == "*":
        return None
    digits = given.strip('"')
    if not (digits.isdecimal() and len(digits) < 17):
        raise Edge("bad-header", field="If-Match")
    return int(digits)


# --- waiting for the appender --------------------------------------------------------------------------------------


def ask_and_wait(opened: Opened, order: Order) -> Done:
    """Hand one order over and wait for its answer on this green thread."""
    (result,) = _wait(opened, [Unit([order])])
    if isinstance(result, BaseException):
        raise result
    return result


def _wait(opened: Opened, units: list[Unit]) -> list[Done | BaseException]:
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


# --- many commands in one request -----------------------------------------------------------------------------------


def batch(opened: Opened) -> Callable[[Request], Reply]:
    """`POST /commands`: up to 500 commands, each `{command, key, path?, approval?, body}`, each with an answer of its own."""

    def answer(request: Request) -> Reply:
        items = request.json
        if not isinstance(items, list) or not 0 < len(items) <= BATCH_COMMANDS:
            raise ContractBroken(
                _wrong("", f"a list of 1 to {BATCH_COMMANDS} commands", f"1 至 {BATCH_COMMANDS} 条命令的列表")
            )
        read = [_read(opened, request, item) for item in items]
        units = [Unit([order]) for _, order in read if isinstance(order, Order)]
        done = iter(_wait(opened, units) if units else ())
        return Reply(
            [_item(asking, order, next(done) if isinstance(order, Order) else order) for asking, order in read]
        )

    return answer


def _read(opened: Opened, request: Request, item: Any) -> tuple[Asking | None, Order | HubError]:
    asking: Asking | None = None
    try:
        if (
            not isinstance(item, dict)
            or not isinstance(item.get("command"), str)
            or item["command"] not in opened.commands
        ):
            raise ContractBroken(_wrong("command", "the name of a command of this service", "本服务的命令名称"))
        asking = opened.commands[item["command"]]
        if asking.roles and request.actor.role not in asking.roles:
            raise NotAllowed(asking.roles)
        key, approval = str(item.get("key") or ""), str(item.get("approval") or "")
        return asking, asking.order(request, item.get("body"), key, _path(asking, item), approval)
    except HubError as error:
        return asking, error


def _path(asking: Asking, item: dict[str, Any]) -> dict[str, Any]:
    path = item.get("path") or {}
    if not isinstance(path, dict):
        raise ContractBroken(_wrong("path", "a JSON object", "JSON 对象"))
    if asking.creates:
        return path
    try:
        return path | {"id": UUID(str(path["id"]))}
    except (KeyError, ValueError) as wrong:
        raise ContractBroken(_wrong("path.id", "a UUID", "UUID 标识")) from wrong


def _item(asking: Asking | None, order: Order | HubError, outcome: Any) -> dict[str, Any]:
    if isinstance(outcome, Done) and asking is not None:
        reply = asking.reply(outcome)
        return {"status": reply.status, **reply.value}
    status, document = problem(outcome)
    return document | {"status": status}


def _wrong(field: str, en: str, zh: str) -> FieldProblem:
    return FieldProblem(field=field, code="invalid", expected_en=en, expected_zh=zh)
