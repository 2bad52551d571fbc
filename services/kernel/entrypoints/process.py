"""A process of the hub: one service, or all of them, behind one port; nameko containers over the same site."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from eventlet.event import Event
from nameko.containers import ServiceContainer

from services.kernel import log
from services.kernel.clock import Clock, system_clock
from services.kernel.clockwork import Clockwork
from services.kernel.config import Settings
from services.kernel.database import engine_for
from services.kernel.entrypoints.bus import BusRuntime
from services.kernel.entrypoints.callers import Callers, Remote
from services.kernel.entrypoints.log import Opened
from services.kernel.entrypoints.site import Site
from services.kernel.entrypoints.standing import stand, stand_for_all
from services.kernel.garbage import collect_less
from services.kernel.keyring import prepare_keys
from services.kernel.manifest import Manifest
from services.kernel.message import Actor
from services.kernel.settings import ISSUER
from services.kernel.store import Store
from services.kernel.tokens import verify
from services.kernel.vault import Vault

TURN_SECONDS = 0.001
"""So long one thread may keep another waiting: a command passes through five of them until the ledger has it."""


@dataclass
class Process:
    """The services of one process. `start` answers HTTP before it returns; `stop` loses nothing that was accepted."""

    settings: Mapping[str, Settings]
    clock: Clock = system_clock
    opened: dict[str, Opened] = field(default_factory=dict)
    containers: list[ServiceContainer] = field(default_factory=list)

    def __post_init__(self) -> None:
        keys = next(iter(self.settings.values())).token_public_keys
        self.site = Site(lambda token: self._verify(token, keys))
        first = next(iter(self.settings.values()))
        issuer = Remote(first.url_of(ISSUER), first.service_token)
        self.site.callers = Callers(issuer, first.rate_limit)

    def _verify(self, token: str, keys: tuple[bytes, ...]) -> Actor:
        return verify(token, keys, self.clock())

    def open(self, manifest: Manifest) -> Opened:
        """Open a service's store, vault and bus, once."""
        if manifest.name not in self.opened:
            self.site.bound |= manifest.bound
            self.opened[manifest.name] = self._open(manifest, self.settings[manifest.name])
            stand(self.opened[manifest.name])
            if manifest.issues is not None and self.site.callers is not None:
                self.site.callers.issuer = manifest.issues(self.opened[manifest.name].hand)
        return self.opened[manifest.name]

    def _open(self, manifest: Manifest, settings: Settings) -> Opened:
        store = Store(manifest, settings.database_url, owner_url=settings.owner_database_url or None, clock=self.clock)
        if behind := store.outdated():
            log.noticed(store.name, "views-outdated", level="warning", count=len(behind))
        vault = _vault(settings, store) if settings.keys_url else None
        urls = {publisher: settings.log_of(publisher) for publisher in manifest.hears}
        bus = BusRuntime(
            manifest, store, settings.amqp_url, urls, settings.service_token, single_events=settings.single_events
        )
        return Opened(manifest, settings, self.site, store, vault, bus, Clockwork(store, vault))

    def start(self, services: list[type]) -> None:
        """Bring the services up, then answer HTTP, then join the bus."""
        log.take_over(",".join(self.settings))
        for service in services:
            container = ServiceContainer(service, config={"process": self})
            container.start()
            self.containers.append(container)
        stand_for_all(self.site, list(self.opened.values()))
        host, port = next(iter(self.settings.values())).listen
        self.site.listen(host, port)
        for opened in self.opened.values():
            opened.join()
        collect_less()
        sys.setswitchinterval(TURN_SECONDS)
        log.noticed(",".join(self.opened), "started")

    def stop(self) -> None:
        """Answer no more, be quiet on the bus, finish what was accepted, close."""
        self.site.stop()
        for opened in self.opened.values():
            opened.leave()
        for container in self.containers:
            container.stop()
        log.noticed(",".join(self.opened), "stopped")

    def serve(self, ready: Callable[[], None] = lambda: None) -> None:
        """Run until SIGTERM or SIGINT, then stop cleanly."""
        ended, bridge = Event(), self.site.bridge
        asked: list[int] = []

        def end(sign: int, frame: object) -> None:
            if not asked:
                asked.append(sign)
                bridge.answer(ended, None)
                bridge.wake()  # a signal alone does not wake eventlet's hub from its sleep

        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, end)
        ready()
        ended.wait()
        self.stop()


def _vault(settings: Settings, store: Store) -> Vault:
    prepare_keys(settings.owner_keys_url or settings.keys_url, settings.keys_url)
    vault = Vault(engine_for(settings.keys_url), store.engine, *settings.keks, service=store.name)
    vault.open()
    return vault


def run(
    settings: Mapping[str, Settings], services: list[type], ready: Callable[[Process], None] = lambda process: None
) -> None:
    """Start these services in this process and serve until told to end."""
    process = Process(settings)
    process.start(services)
    process.serve(lambda: ready(process))
