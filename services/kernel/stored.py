"""Reading the own log: without judging again what was judged before it was written.

A code's pattern and a count's limits take half of the time that reading takes. They were held before the event was
written (see `draft`), and it has happened whatever they say today. Events of others are read by `heard`, which judges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from services.kernel.contract import bare, hints, read_data, version_of
from services.kernel.message import Recorded, read_envelope
from services.kernel.upcast import current

Reads = Mapping[type, tuple[str, ...]]
"""Of some classes of events the fields that are wanted; the others are not even decoded."""

Reader = Callable[[bytes], Any]


class _Held(msgspec.Struct):
    data: msgspec.Raw
    schemaversion: int = 1


_held = msgspec.json.Decoder(_Held).decode


def read_stored(types: Mapping[str, type], rows: Iterable[tuple[str, bytes]], only: Reads) -> Iterator[Any]:
    """Events from their names and stored bytes, in today's shape; `types` are the classes by name.

    An event of a class that is in `only` has the fields named there and no others: who asks for another gets an
    AttributeError.
    """
    readers: dict[str, Reader] = {}
    for name, raw in rows:
        read = readers.get(name)
        if read is None:
            read = readers[name] = reader(types[name], only.get(types[name]))
        yield read(raw)


def read_recorded(types: Mapping[str, type], raws: list[bytes]) -> list[Recorded]:
    """Stored events with their envelopes; of a type that is not among `types` the event is None."""
    found = []
    for raw in raws:
        envelope = read_envelope(raw)
        cls = types.get(envelope.type)
        found.append(Recorded(envelope=envelope, raw=raw, event=None if cls is None else reader(cls, None)(raw)))
    return found


@cache
def reader(cls: type, fields: tuple[str, ...] | None) -> Reader:
    """A reader of one class of events, from stored bytes; of all fields, or of these alone."""
    if version_of(cls) > 1:
        return lambda raw: _in_any_shape(cls, raw)
    held: Any = msgspec.defstruct("Held", [("data", _loose(cls, fields))])
    decode = msgspec.json.Decoder(held).decode
    become = object.__setattr__

    def read(raw: bytes) -> Any:
        event = decode(raw).data
        become(event, "__class__", cls)
        return event

    return read


def _in_any_shape(cls: type, raw: bytes) -> Any:
    """An event that may have been stored in another shape."""
    held = _held(raw)
    return read_data(cls, current(cls, held.schemaversion, bytes(held.data)))


def _loose(cls: Any, fields: tuple[str, ...] | None) -> Any:
    """The class without its constraints, and where fields are named, with these alone.

    The codec reads both from the class; what it makes of the bytes becomes an event of the class itself, which has the
    same slots.
    """
    kept = cls.__dataclass_fields__ if fields is None else {name: cls.__dataclass_fields__[name] for name in fields}
    annotations = {name: unconstrained(hint) for name, hint in hints(cls).items() if name in kept}
    return type(cls.__name__, (cls,), {"__slots__": (), "__annotations__": annotations, "__dataclass_fields__": kept})


def unconstrained(hint: Any) -> Any:
    """An annotation without its constraints at any depth; contracts within it keep theirs."""
    base = bare(hint)
    origin, inner = get_origin(base), get_args(base)
    if origin is tuple:
        return tuple.__class_getitem__((unconstrained(inner[0]), ...))
    if origin in (Union, UnionType):
        return Union[tuple(unconstrained(part) for part in inner)]  # noqa: UP007 - made from parts
    return base
