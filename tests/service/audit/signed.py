"""A ledger on disk with one who signs it, as tests spoil it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from services.audit import tables
from services.audit.checkpointer import Checkpointer, Pen
from services.audit.domain import integrity
from services.audit.service import MANIFEST
from services.kernel.clock import Clock, system_clock
from services.kernel.cursor import Consumer
from services.kernel.heard import Heard
from services.kernel.message import Actor, Ask, Message, read_envelope
from services.kernel.store import Store
from services.kernel.unit import Order, Unit
from tests.unit.audit.said import NOON, said

ORIGIN = "hub.example/audit/v1"
PEN = Pen.of(ORIGIN, (b"k" * 32,))


class Signing:
    """A ledger on disk, and one who signs it turn by turn."""

    def __init__(self, folder: Path, pen: Pen = PEN, clock: Clock = system_clock) -> None:
        self.store = Store(MANIFEST, f"sqlite:///{folder / 'audit.db'}", clock=clock)
        self.consumer = Consumer(MANIFEST, self.store, lambda *_: [])
        self.store.start()
        self.look = self.store.look()
        self.signer = Checkpointer(self.store, self.look, pen)

    def hear(self, messages: Sequence[Message]) -> None:
        first = messages[0].envelope
        self.consumer.hear(Heard(first.publisher, first.position, [m.raw for m in messages]))

    def said_until(self, position: int, start: int = 1) -> None:
        self.hear([said(position=n, version=n) for n in range(start, position + 1)])

    def spoil(self, *statements: str) -> None:
        """As somebody does who owns the database."""
        with self.store.engine.begin() as connection:
            for table in (tables.entry, tables.checkpoint):
                for act in ("update", "delete", "replace"):
                    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table.name}_no_{act}")
            for statement in statements:
                connection.exec_driver_sql(statement)

    def ask(self, command: Any) -> Any:
        ask = Ask(id=uuid4(), now=NOON, at=NOON, actor=Actor(id="x", role="auditor"), channel="web")
        order = Order(integrity.DECIDER, integrity.STREAM, command, ask)
        (result,) = self.store.submit(Unit([order])).result(timeout=10)
        return result

    def sizes(self) -> list[int]:
        return [row["size"] for row in self.look.all(tables.checkpoint)]

    def told(self) -> list[str]:
        return [read_envelope(raw).type for raw in self.store.read(0, 100)]
