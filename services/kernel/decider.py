"""A decider: the pure heart of one kind of aggregate, with how its state is kept between two readings.

`decide(command, state, ask) -> [events]` knows the rules; `evolve(state, event) -> state` knows the consequences.
The kernel runs them inside the commit (see `appender`), so a decision always stands on the newest state.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec

from services.kernel.contract import name_of
from services.kernel.message import Ask

T = TypeVar("T")
Decide = Callable[[Any, Any, Ask], list[Any]]
Evolve = Callable[[Any, Any], Any]


@dataclass(frozen=True, kw_only=True)
class Decider:
    """One kind of aggregate: `name` is the first part of its streams (`referral/<uuid>`).

    `events` and `states` are the dataclasses (or unions of them) that it writes and that it may be in; a state of None
    is "never heard of it". Events and states are frozen dataclasses.

    `reads` names, of events that a stream has very many of, the fields that `evolve` asks for: when a stream is read
    the others are not decoded.
    """

    name: str
    decide: Decide
    evolve: Evolve
    events: Any
    states: Any
    reads: Mapping[type, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def event_types(self) -> dict[str, type]:
        """Its events by their name on the wire."""
        return {name_of(cls): cls for cls in members(self.events)}

    @cached_property
    def state_types(self) -> dict[str, type]:
        """Its states by class name, as snapshots name them."""
        return {cls.__name__: cls for cls in members(self.states)}

    @cached_property
    def fingerprint(self) -> str:
        """Changes with the code that makes states, so that no snapshot outlives a change of the rules.

        It covers every file beside those that declare `evolve` and the states: what they call lives there too.
        """
        declaring: list[Any] = [self.evolve, *self.state_types.values()]
        files = {Path(inspect.getfile(declared)) for declared in declaring}
        sources = sorted(
            {
                source
                for file in files
                for source in (file.parent.glob("*.py") if file.parent.name == "domain" else (file,))
            }
        )
        return sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]

    def fold(self, state: Any, events: Iterable[Any]) -> Any:
        """The state after these events."""
        for event in events:
            state = self.evolve(state, event)
        return state

    def pack(self, state: Any) -> bytes:
        """A state as bytes, for a snapshot."""
        return msgspec.json.encode([type(state).__name__, state])

    def unpack(self, packed: bytes) -> Any:
        """A state from a snapshot's bytes."""
        name, raw = msgspec.json.decode(packed, type=tuple[str, msgspec.Raw])
        return msgspec.json.decode(raw, type=self.state_types[name])


@cache
def _slots(cls: Any) -> list[tuple[str, Callable[[Any], Any], Callable[[Any, Any], None]]]:
    names = [field.name for field in fields(cls)]
    return [(name, getattr(cls, name).__get__, getattr(cls, name).__set__) for name in names]


def changed(state: T, **changes: Any) -> T:
    """A copy of a frozen dataclass with slots in which some fields are others, as `dataclasses.replace` makes it.

    It takes half the time, for it does not ask what may be replaced: for what `evolve` does with every event of a long
    stream.
    """
    cls: Any = type(state)
    made: T = object.__new__(cls)
    for name, get, put in _slots(cls):
        put(made, changes.pop(name) if name in changes else get(state))
    if changes:
        raise TypeError(f"{cls.__name__} has no {', '.join(changes)}")
    return made


def members(kinds: Any) -> tuple[type, ...]:
    """The classes of a union, a tuple or a single class; None left out."""
    found = kinds if isinstance(kinds, tuple) else get_args(kinds) or (kinds,)
    return tuple(cls for cls in found if is_dataclass(cls) and isinstance(cls, type))
