"""A toy shop: one small aggregate with every habit that the store must cope with, for tests of the kernel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from msgspec import Meta

from services.kernel.contract import Code, Count, Instant, Sealed, asked, published
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.manifest import Do, Look, Manifest, Timer
from services.kernel.message import Actor, Ask, Recorded
from services.kernel.unit import Order, Unit
from services.kernel.upcast import upcasts
from services.kernel.view import Change, add, put

CLERK = Actor(id="w-01", role="coordinator", org="shop-1")
SHELF_PLACES = 3
LONG_AGO = datetime(2026, 1, 5, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of a toy."""

    name: Code
    grams: Count = 0


@asked(zh="制作玩具")
class BuildToy:
    """Make a toy; its note is personal."""

    kind: Code
    parts: tuple[Part, ...] = ()
    weight: Count | None = None
    ready: bool = False
    note: Annotated[str, Meta(max_length=200), Sealed("narrative")] | None = None


@asked(zh="涂漆")
class PaintToy:
    """Paint a toy, coat by coat."""

    colour: Code
    coats: Count = 1


@asked(zh="损坏玩具")
class BreakToy:
    """The toy is broken."""


@asked(zh="上架")
class PlaceToy:
    """Put a toy on a shelf, where only so many have room."""

    shelf: Code


@asked(zh="借出玩具")
class LendToy:
    """Lend a toy until an instant."""

    until: Instant


@asked(zh="归还玩具")
class ReturnToy:
    """The toy is back."""


@asked(zh="提醒归还玩具")
class RemindOfToy:
    """Ask for the toy."""


@asked(zh="玩具题字")
class WriteOnToy:
    """Write something on a toy: what the store must not let into an event."""

    text: Annotated[str, Meta(max_length=2_000_000)]


@asked(zh="玩具失控")
class RuinToy:
    """A fault in the rules."""


@published("toy.built", zh="玩具已制作")
class ToyBuilt:
    """A toy was made."""

    kind: Code
    sealed: tuple[str, ...] = ()


@published("toy.painted", zh="玩具已涂漆", version=2)
class ToyPainted:
    """A toy has one coat more; in version 1 the colour was spelt otherwise."""

    colour: Code
    coat: Count


@published("toy.broken", zh="玩具已损坏")
class ToyBroken:
    """A toy is broken."""

    coats: Count


@published("toy.placed", zh="玩具已上架")
class ToyPlaced:
    """A toy has its place on a shelf."""

    shelf: Code


@published("toy.lent", zh="玩具已借出")
class ToyLent:
    """A toy is with somebody until then."""

    until: Instant


@published("toy.returned", zh="玩具已归还")
class ToyReturned:
    """A toy is back."""


@published("toy.asked-for", zh="玩具已催还")
class ToyAskedFor:
    """Somebody was asked for a toy."""


@published("toy.written-on", zh="玩具已题字")
class ToyWrittenOn:
    """Something stands on a toy."""

    text: str


@upcasts("toy.painted", from_version=1)
def spelt_anew(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 said `color`."""
    return {"colour": data["color"], "coat": data["coat"]}


@dataclass(frozen=True, kw_only=True, slots=True)
class Whole:
    """A toy to play with."""

    kind: str
    colour: str = "none"
    coats: int = 0
    lent_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """A toy no more."""

    coats: int


def decide(command: Any, state: Whole | Broken | None, ask: Ask) -> list[Any]:
    """What becomes of a toy."""
    if isinstance(command, RuinToy):
        raise ZeroDivisionError("a fault in the rules")
    if isinstance(command, BuildToy):
        return [] if state is not None else [ToyBuilt(kind=command.kind, sealed=ask.sealed)]
    if state is None:
        raise Refused("no-such-toy", "There is no such toy.", "没有这个玩具。")
    if isinstance(state, Broken):
        if isinstance(command, BreakToy):
            return []
        raise Refused("toy-broken", "This toy is broken.", "玩具已损坏。", allowed=("break-toy",))
    return _of_whole(command, state, ask)


def _of_whole(command: Any, state: Whole, ask: Ask) -> list[Any]:
    match command:
        case PaintToy(colour=colour, coats=coats):
            return [ToyPainted(colour=colour, coat=state.coats + n) for n in range(1, coats + 1)]
        case BreakToy():
            return [ToyBroken(coats=state.coats)]
        case PlaceToy(shelf=shelf):
            if ask.facts >= SHELF_PLACES:
                raise Refused("shelf-full", "This shelf is full.", "此架已满。", field="shelf")
            return [ToyPlaced(shelf=shelf)]
        case LendToy(until=until):
            return [ToyLent(until=until)]
        case ReturnToy():
            return [ToyReturned()] if state.lent_until else []
        case WriteOnToy(text=text):
            return [ToyWrittenOn(text=text)]
        case _:
            return [ToyAskedFor()]


def evolve(state: Any, event: Any) -> Any:
    """What has become of a toy."""
    match event:
        case ToyBuilt(kind=kind):
            return Whole(kind=kind)
        case ToyPainted(colour=colour):
            return replace(state, colour=colour, coats=state.coats + 1)
        case ToyBroken(coats=coats):
            return Broken(coats=coats)
        case ToyLent(until=until):
            return replace(state, lent_until=until)
        case ToyReturned():
            return replace(state, lent_until=None)
        case _:
            return state


TOY = Decider(
    name="toy", decide=decide, evolve=evolve, states=Whole | Broken,
    events=ToyBuilt | ToyPainted | ToyBroken | ToyPlaced | ToyLent | ToyReturned | ToyAskedFor | ToyWrittenOn,
)  # fmt: skip

METADATA = sa.MetaData()
toys = sa.Table(
    "toys", METADATA,
    sa.Column("id", sa.Uuid, primary_key=True), sa.Column("version", sa.BigInteger), sa.Column("kind", sa.String),
    sa.Column("state", sa.String), sa.Column("coats", sa.BigInteger), sa.Column("due", sa.DateTime(timezone=True)),
    sa.Column("remind_at", sa.DateTime(timezone=True)), sa.Column("reminders", sa.BigInteger),
)  # fmt: skip
shelves = sa.Table(
    "shelves", METADATA, sa.Column("shelf", sa.String, primary_key=True), sa.Column("toys", sa.BigInteger)
)


def project(recorded: Recorded) -> list[Change]:
    """Toys as they stand, and how full the shelves are."""
    stream, event = recorded.stream_id, recorded.event
    changes = [put(toys, stream, version=recorded.version)]
    match event:
        case ToyBuilt(kind=kind):
            changes.append(put(toys, stream, kind=kind, state="whole", coats=0))
        case ToyPainted():
            changes.append(add(toys, stream, coats=1))
        case ToyBroken():
            changes.append(put(toys, stream, state="broken"))
        case ToyPlaced(shelf=shelf):
            changes.append(add(shelves, shelf, toys=1))
        case ToyLent(until=until):
            changes.append(put(toys, stream, due=until, remind_at=until))
        case ToyReturned():
            changes.append(put(toys, stream, due=None))
        case ToyAskedFor():
            changes.append(add(toys, stream, reminders=1))
    return changes


def on_shelf(command: PlaceToy, stream_id: UUID, look: Look) -> int:
    """How many toys stand there already."""
    row = look.one(shelves, command.shelf)
    return int(row["toys"]) if row else 0


def returned(row: dict[str, Any]) -> Do:
    """A toy whose time is up comes back: its row has no due time any more."""
    return Do(TOY, row["id"], ReturnToy())


def reminded(row: dict[str, Any]) -> Do:
    """A toy is asked for: its row stays due."""
    return Do(TOY, row["id"], RemindOfToy())


SHOP = Manifest(name="shop", deciders=(TOY,), metadata=METADATA, project=project, facts={PlaceToy: on_shelf})
CLOCKED = replace(
    SHOP,
    timers=(
        Timer(name="returns", table=toys, due="due", command=returned),
        Timer(name="reminders", table=toys, due="remind_at", command=reminded),
    ),
)


def order(stream: UUID, command: Any, key: UUID | None = None, digest: bytes = b"", **more: Any) -> Order:
    """A command for a toy; without a key it is asked but once."""
    ask = Ask(id=key or uuid4(), now=LONG_AGO, at=LONG_AGO, actor=CLERK)
    return Order(TOY, stream, command, ask, digest=digest, fresh=key is None, **more)


def unit(*orders: Order, **more: Any) -> Unit:
    """A unit of these orders."""
    return Unit(list(orders), **more)
