"""Reading the own log: many events at once, and without judging them again.

A code's pattern and a count's limits take half of the time that reading takes. They were held before the event was
written (see `draft`), and it has happened whatever they say today. Events of others are read by `heard`, which judges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby
from operator import itemgetter
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from services.kernel.contract import bare, hints, read_data, version_of
from services.kernel.message import Envelope, Recorded
from services.kernel.upcast import current

type_of = itemgetter(0)


class _Held(msgspec.Struct):
    data: msgspec.Raw
    schemaversion: int = 1


_held = msgspec.json.Decoder(_Held).decode
_envelopes = msgspec.json.Decoder(list[Envelope]).decode


def read_stored(types: Mapping[str, type], rows: Iterable[tuple[str, bytes]]) -> Iterator[Any]:
    """Events from their names and stored bytes, in today's shape; `types` are the classes by name."""
    for name, run in groupby(rows, type_of):
        yield from _of_one_class(types[name], [raw for _, raw in run])


def read_recorded(types: Mapping[str, type], raws: list[bytes]) -> list[Recorded]:
    """Stored events with their envelopes; of a type that is not among `types` the event is None."""
    envelopes = _envelopes(_listed(raws))
    events: list[Any] = []
    for name, run in groupby(zip((e.type for e in envelopes), raws, strict=True), type_of):
        same = [raw for _, raw in run]
        events += _of_one_class(types[name], same) if name in types else [None] * len(same)
    return [
        Recorded(envelope=envelope, raw=raw, event=event)
        for envelope, raw, event in zip(envelopes, raws, events, strict=True)
    ]


def _of_one_class(cls: type, raws: list[bytes]) -> list[Any]:
    return _many(cls)(raws) if version_of(cls) == 1 else [_one(cls, raw) for raw in raws]


def _listed(raws: list[bytes]) -> bytes:
    return b"[" + b",".join(raws) + b"]"


def _one(cls: type, raw: bytes) -> Any:
    """An event that may have been stored in another shape."""
    held = _held(raw)
    return read_data(cls, current(cls, held.schemaversion, bytes(held.data)))


@cache
def _many(cls: type) -> Callable[[list[bytes]], list[Any]]:
    """A reader of many events of one class that has never had another shape."""
    # The codec reads constraints from the annotations: this is the class without them, and what it makes of the bytes
    # becomes an event of the class itself, which has the same slots.
    annotations = {name: unconstrained(hint) for name, hint in hints(cls).items()}
    loose: Any = type(cls.__name__, (cls,), {"__slots__": (), "__annotations__": annotations})
    held: Any = msgspec.defstruct("Held", [("data", loose)])
    decode = msgspec.json.Decoder(list[held]).decode
    become = object.__setattr__

    def read(raws: list[bytes]) -> list[Any]:
        events = [held.data for held in decode(_listed(raws))]
        for event in events:
            become(event, "__class__", cls)
        return events

    return read


def unconstrained(hint: Any) -> Any:
    """An annotation without its constraints at any depth; contracts within it keep theirs."""
    base = bare(hint)
    origin, inner = get_origin(base), get_args(base)
    if origin is tuple:
        return tuple.__class_getitem__((unconstrained(inner[0]), ...))
    if origin in (Union, UnionType):
        return Union[tuple(unconstrained(part) for part in inner)]  # noqa: UP007 - made from parts
    return base
