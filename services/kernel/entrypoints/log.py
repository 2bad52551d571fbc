"""A service's log as a nameko dependency: the store, the vault, the bus and the clocks of one service in one process."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from nameko.extensions import DependencyProvider

from services.kernel import log
from services.kernel.approvals import approver_of, needed, wanted
from services.kernel.clock import system_clock
from services.kernel.clockwork import Clockwork
from services.kernel.config import Settings
from services.kernel.decider import Decider
from services.kernel.declaring import Declaring
from services.kernel.entrypoints.bridge import Bridge
from services.kernel.entrypoints.bus import BusRuntime
from services.kernel.entrypoints.duties import Duties
from services.kernel.entrypoints.keys import command_under
from services.kernel.entrypoints.request import Request
from services.kernel.entrypoints.site import Route, Site
from services.kernel.entrypoints.waiting import Waiting
from services.kernel.errors import HubError, Unavailable
from services.kernel.heads import signers
from services.kernel.manifest import Companion, Do, Manifest
from services.kernel.message import Actor, Ask
from services.kernel.scope import Scope
from services.kernel.store import Store, Views
from services.kernel.unit import Done, Order, Unit
from services.kernel.vault import Vault
from services.kernel.view import Change
from services.kernel.watching import Watcher

if TYPE_CHECKING:
    from services.kernel.entrypoints.asking import Asking
    from services.kernel.entrypoints.process import Process

ANSWER_SECONDS = 15
COMPANION_SECONDS = 5.0
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass
class Opened:
    """A service that is open in this process: everything its entrypoints work with."""

    manifest: Manifest
    settings: Settings
    site: Site
    store: Store
    vault: Vault | None
    bus: BusRuntime
    clockwork: Clockwork
    commands: dict[str, Asking] = field(default_factory=dict)
    threads: list[tuple[Companion, threading.Thread]] = field(default_factory=list)
    leaving: threading.Event = field(default_factory=threading.Event)

    @property
    def name(self) -> str:
        """The service's name."""
        return self.manifest.name

    @property
    def bridge(self) -> Bridge:
        """The way back from the store's thread to requests that wait."""
        return self.site.bridge

    def url(self, path: str) -> str:
        """A path of this service in the hub's one URL space."""
        return f"/{self.name}/v1{path}"

    def add(self, route: Route) -> None:
        """Answer one more path."""
        self.site.add(route)

    def start(self) -> None:
        """Take commands, then speak and listen on the bus, then let the clocks run."""
        self.store.appender.rounds.append(self.bridge.wake)
        self.store.start()

    def join(self) -> None:
        """Speak and listen on the bus and let the clocks run, now that HTTP answers."""
        self.bus.start()
        self.clockwork.start()
        watching = [self.watcher] if self.manifest.watches else []
        for companion in (*watching, *self.manifest.companions(self.hand)):
            thread = threading.Thread(
                target=self._keep, args=(companion,), name=f"{self.name}-{companion.name}", daemon=True
            )
            self.threads.append((companion, thread))
            thread.start()
        self.duties.start()

    def _keep(self, companion: Companion) -> None:
        """A companion runs until it is stopped: one that fell to an error of its own is put to work again."""
        while not self.leaving.is_set():
            try:
                companion.run()
            except Exception as fault:  # noqa: BLE001 - a companion that ended silently would be worse than any error
                log.noticed(self.name, "companion-failed", level="error", code=companion.name, error=fault)
                self.leaving.wait(COMPANION_SECONDS)
            else:
                return

    def leave(self) -> None:
        """Be quiet on the bus and let the clocks rest; commands are still taken."""
        self.leaving.set()
        self.duties.stop()
        for companion, _ in self.threads:
            companion.stop()
        self.clockwork.stop()
        self.bus.stop()
        for _, thread in self.threads:
            thread.join(COMPANION_SECONDS)

    def stop(self) -> None:
        """Finish what was handed over and close."""
        self.store.stop()

    @cached_property
    def watcher(self) -> Watcher:
        """Who tells that a stream has grown."""
        return Watcher(self.store)

    @cached_property
    def waiting(self) -> Waiting:
        """Answers that wait for a stream to grow."""
        waiting = Waiting(self.bridge)
        self.watcher.listeners.append(waiting.grown)
        return waiting

    @cached_property
    def hand(self) -> Hand:
        """What the service's own methods work with."""
        return Hand(self)

    @cached_property
    def duties(self) -> Duties:
        """What the service does beside its log."""
        made = [make(self.hand) for make in self.manifest.duties]
        if self.settings.head_keys:
            made.append(Declaring(self.store, signers(self.name, self.settings.head_keys), self.settings.head_apart))
        return Duties(self.store, made)


class Hand:
    """What a service's methods get as `self.log`: to look, to ask, to open what is sealed."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self.settings = opened.settings
        self.store = opened.store
        self.look: Views = opened.store.views

    @property
    def watcher(self) -> Watcher:
        """Who tells that a stream has grown, to those that are not on the thread of HTTP."""
        return self._opened.watcher

    @property
    def waiting(self) -> Waiting:
        """Bells for answers that wait for a stream to grow."""
        return self._opened.waiting

    def still(self, request: Request) -> bool:
        """Whether whoever asked might ask again now: for answers that go on for long."""
        return self._opened.site.still(request)

    @property
    def duties(self) -> Duties:
        """What the service does beside its log, and how that stands."""
        return self._opened.duties

    @property
    def vault(self) -> Vault:
        """The vault of a service that seals; raises where the service has none."""
        if self._opened.vault is None:
            raise Unavailable("this service keeps no vault")
        return self._opened.vault

    def ask(
        self, decider: Decider, stream_id: UUID, command: Any, request: Request, command_id: UUID | None = None,
        approver: Actor | None = None, rows: tuple[Change, ...] = (), digest: bytes = b"",
    ) -> Done:  # fmt: skip
        """Have one command done for whoever made the request, and wait until it is durable; `rows` come with its events.

        With a `command_id` (see `key`) it is done once, however often it is sent; `digest` tells it from others under the id.
        """
        now = system_clock()
        ask = Ask(id=command_id or uuid4(), now=now, at=now, actor=request.actor, channel="web", approver=approver)
        order = Order(decider, stream_id, command, ask, digest=digest, fresh=command_id is None, rows=rows)
        (result,) = self.store.submit(Unit([order])).result(timeout=ANSWER_SECONDS)
        if isinstance(result, HubError):
            raise result
        return result

    def key(self, request: Request) -> UUID | None:
        """The id of the command that is asked under the request's `Idempotency-Key`; None where it has none."""
        key = request.header("idempotency-key")
        return command_under(self._opened.name, request, key) if key else None

    def seen(self, request: Request, scope: Scope, *key: Any) -> dict[str, Any] | None:
        """The row under this key as whoever asks sees it; None where there is none, or none for him."""
        columns = zip(scope.table.primary_key, key, strict=True)
        rows = self.look.run(scope.select(request.actor).where(*(column == value for column, value in columns)))
        return rows[0] if rows else None

    def second(
        self, request: Request, command: str, about: object, roles: Collection[str], body: Mapping[str, Any] = NOTHING
    ) -> Actor:
        """The second person who has approved this for whoever asks (`Approval`); raises Refused where nobody has."""
        what = wanted(command, about, request.actor.id, body)
        keys = self.settings.token_public_keys
        second = approver_of(request.header("approval"), what, keys, system_clock())
        if second.role not in roles:
            raise needed(what, "The one who approved may not approve this.", "该批准人无权批准此事。")
        return second

    def ask_all(self, dos: Sequence[Do], request: Request) -> list[Done]:
        """Have several commands done for whoever made the request, in one commit: all of them, or none."""
        now = system_clock()
        asks = (Ask(id=uuid4(), now=now, at=now, actor=request.actor, channel="web") for _ in dos)
        orders = [Order(d.decider, d.stream_id, d.command, a, fresh=True) for d, a in zip(dos, asks, strict=True)]
        results = self.store.submit(Unit(orders)).result(timeout=ANSWER_SECONDS)
        if wrong := next((result for result in results if isinstance(result, HubError)), None):
            raise wrong
        return [result for result in results if isinstance(result, Done)]


class Log(DependencyProvider):
    """Declared once in a service's class: `log = Log(MANIFEST)`; its methods find a `Hand` there."""

    def __init__(self, manifest: Manifest, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.manifest = manifest

    @cached_property
    def opened(self) -> Opened:
        """The service as it is open in this process; made at first sight, by whichever extension is set up first."""
        process: Process = self.container.config["process"]
        return process.open(self.manifest)

    def start(self) -> None:
        """Take commands."""
        self.opened.start()

    def stop(self) -> None:
        """Finish and close."""
        self.opened.stop()

    def get_dependency(self, worker_ctx: object) -> Hand:
        """What the service's methods work with."""
        return self.opened.hand
