"""The service's views over a database in memory: events are played into them, and policies look at them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import msgspec
import sqlalchemy as sa

from services.kernel.contract import canonical, name_of
from services.kernel.decider import Decider
from services.kernel.message import Envelope, Recorded
from services.kernel.view import Change
from services.referral import views
from tests.support.empty import with_tables
from tests.support.spec import NOON, ask


class Shelf:
    """Tables as the kernel keeps them, and the reading that it offers (`Look`)."""

    def __init__(self) -> None:
        self.engine = with_tables(sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool), views.METADATA)
        self.position = 0
        self.versions: dict[UUID, int] = {}
        self.states: dict[UUID, Any] = {}

    # --- writing ---

    def recorded(self, stream: UUID, event: Any, publisher: str = "referral") -> Recorded:
        """An event as the store would hand it out."""
        self.position += 1
        self.versions[stream] = self.versions.get(stream, 0) + 1
        envelope = Envelope(
            id=uuid4(), source=f"/{publisher}", type=name_of(event), subject=f"stream/{stream}", time=NOON,
            position=self.position, streamversion=self.versions[stream], effectiveat=NOON,
            data=msgspec.Raw(canonical(event)),
        )  # fmt: skip
        return Recorded(envelope=envelope, raw=b"", event=event)

    def play(self, stream: UUID, *events: Any) -> Recorded | None:
        """Events of this service."""
        recorded = None
        for event in events:
            recorded = self.recorded(stream, event)
            self.apply(views.project(recorded))
        return recorded

    def hear(self, event: Any, publisher: str = "intake") -> Recorded:
        """An event of another service."""
        recorded = self.recorded(uuid4(), event, publisher)
        self.apply(views.project_heard(recorded))
        return recorded

    def ask(self, decider: Decider, stream: UUID, command: Any, **circumstances: Any) -> list[Any]:
        """A command decided on what has been asked so far, with what followed played into the views."""
        state = self.states.get(stream)
        given = {"id": uuid5(stream, f"{type(command).__name__}-{self.position}")} | circumstances
        events = decider.decide(command, state, ask(**given))
        self.states[stream] = decider.fold(state, events)
        self.play(stream, *events)
        return events

    def apply(self, changes: list[Change]) -> None:
        """Rows set, increased and dropped, one after the other."""
        with self.engine.begin() as connection:
            for change in changes:
                self._apply(connection, change)

    def _apply(self, connection: sa.Connection, change: Change) -> None:
        keys = [column.name for column in change.table.primary_key]
        here = sa.and_(*(change.table.c[k] == v for k, v in zip(keys, change.key, strict=not change.drop)))
        if change.drop:
            connection.execute(sa.delete(change.table).where(here))
            return
        row = connection.execute(sa.select(change.table).where(here)).mappings().first()
        added = {name: ((row and row[name]) or 0) + amount for name, amount in change.adds.items()}
        values = {**change.sets, **added}
        if row is None:
            connection.execute(sa.insert(change.table).values(dict(zip(keys, change.key, strict=True)) | values))
        elif values:
            connection.execute(sa.update(change.table).where(here).values(values))

    # --- reading ---

    def one(self, table: sa.Table, *key: Any) -> dict[str, Any] | None:
        """The row under this primary key, or None."""
        names = [column.name for column in table.primary_key]
        found = self.all(table, **dict(zip(names, key, strict=True)))
        return found[0] if found else None

    def all(self, table: sa.Table, **equals: Any) -> list[dict[str, Any]]:
        """All rows whose columns equal these values."""
        return self.run(sa.select(table).where(*(table.c[k] == v for k, v in equals.items())))

    def run(self, statement: sa.Select[Any]) -> list[dict[str, Any]]:
        """The rows of any select."""
        with self.engine.connect() as connection:
            return [
                {name: _aware(value) for name, value in row.items()} for row in connection.execute(statement).mappings()
            ]


def _aware(value: Any) -> Any:
    """An instant with its offset, as the kernel hands it out."""
    return value.replace(tzinfo=NOON.tzinfo) if isinstance(value, datetime) and value.tzinfo is None else value
