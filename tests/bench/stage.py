"""What measurements stand on: servers that are started once and shared, fresh databases, and rows of the table."""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from signal import SIGTERM
from statistics import median
from typing import Self

import requests

from tests.support.reference import ROOT, Reference
from tests.support.servers import Kept, Postgres, Rabbit, free_port


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table. With `least` the peer's figure is wanted small as well (milliseconds, not rates)."""

    what: str
    goal: str
    ours: float
    unit: str
    peer: float | None = None
    reached: bool
    least: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer."""
        if not self.peer or not self.ours:
            return None
        return self.peer / self.ours if self.least else self.ours / self.peer

    def cells(self) -> tuple[str, ...]:
        """As the table shows it."""
        peer = "" if self.peer is None else number(self.peer)
        ratio = "" if self.ratio is None else f"{self.ratio:.1f} ×"
        return (
            self.what,
            self.goal,
            f"{number(self.ours)} {self.unit}",
            peer,
            ratio,
            "yes" if self.reached else "no",
            self.note,
        )


def number(value: float) -> str:
    """Three figures are enough."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def until(met: Callable[[], bool], seconds: float = 60, every: float = 0.02) -> float:
    """Wait for something; the moment (of `time.time`) when it was seen."""
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not come to pass")
        time.sleep(every)
    return time.time()


class Hub(Reference):
    """Some services of the reference deployment as processes, with settings of the measurement's own.

    PostgreSQL notes when each transaction was committed, which costs a little and tells when a row became durable.
    """

    def __init__(self, *services: str, **settings: str) -> None:
        super().__init__(*services)
        self.settings = settings
        self.postgres = Postgres(track_commit_timestamp="on", max_wal_size="4GB")

    def environment(self, name: str) -> dict[str, str]:
        """As the compose file has it, without log lines."""
        return super().environment(name) | {"HUB_LOG_LEVEL": "off"} | self.settings

    def owner_url(self, name: str) -> str:
        """A service's database, as the superuser."""
        return self.postgres.url(name)

    def peer_amqp(self) -> str:
        """The broker's address for a peer, that may do there what it likes."""
        return self.rabbit.add_user("peer", "peer", configure=".*", write=".*", read=".*")


class Stage:
    """A context manager: `rounds` measurements of everything, servers started at first sight."""

    def __init__(self, *, quick: bool = False, matters: int = 0) -> None:
        self.quick, self.rounds, self.matters = quick, 1 if quick else 3, matters
        self._stack, self._names = ExitStack(), (f"bench_{n}" for n in itertools.count())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def size(self, full: int) -> int:
        """How many, or far fewer where it is only to be seen that it runs."""
        return max(1, full // 20) if self.quick else full

    def medians(self, *measures: Callable[[], float]) -> list[float]:
        """The median of each, measured in turn, so that what disturbs the machine disturbs them alike."""
        found = [[measure() for measure in measures] for _ in range(self.rounds)]
        return [median(values) for values in zip(*found, strict=True)]

    @cached_property
    def postgres(self) -> Postgres:
        """A durable PostgreSQL."""
        return self._stack.enter_context(Postgres(max_wal_size="4GB"))

    @cached_property
    def rabbit(self) -> Rabbit:
        """A RabbitMQ."""
        return self._stack.enter_context(Rabbit())

    @cached_property
    def folder(self) -> Path:
        """A folder on disk."""
        return Path(
            self._stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-bench-", ignore_cleanup_errors=True))
        )

    def database(self, kind: str) -> str:
        """The URL of a new database: `postgresql` or `sqlite`."""
        name = next(self._names)
        return self.postgres.create_database(name) if kind == "postgresql" else f"sqlite:///{self.folder / name}.db"


class Peer:
    """A stock nameko service in a process of its own, with eventlet's monkey patching, on the same servers."""

    def __init__(self, module: str, folder: Path, amqp_url: str, database_url: str) -> None:
        self.port = free_port()
        environment = os.environ | {
            "PEER_AMQP_URL": amqp_url, "PEER_DATABASE_URL": database_url, "PEER_PORT": str(self.port),
            "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore",
            # psycopg's own way of waiting would stop all green threads: this one is the peer's better chance.
            "PSYCOPG_WAIT_FUNC": "wait_select",
        }  # fmt: skip
        command = [sys.executable, "-m", f"tests.bench.peers.{module}"]
        self.process = Kept(command, folder / f"{module}.log", SIGTERM, environment)

    def __enter__(self) -> Self:
        self.process.wait_until(self._answers, "the peer", 30)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stop()

    def url(self, path: str) -> str:
        """One of its paths."""
        return f"http://127.0.0.1:{self.port}{path}"

    def _answers(self) -> bool:
        try:
            return requests.get(self.url("/ready"), timeout=2).status_code == 200
        except requests.RequestException:
            return False
