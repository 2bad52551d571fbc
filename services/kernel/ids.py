"""Ids, as the standard library makes them, but quicker: several are needed for each command."""

from __future__ import annotations

from hashlib import sha1
from os import urandom
from threading import local
from uuid import UUID

ID_BYTES = 16
AT_ONCE = 256
FREE = ~(0xF000 << 64 | 0xC000 << 48)
"""Every bit of an id but those that say its version and variant."""
RANDOM, NAMED = (0x4000 << 64 | 0x8000 << 48), (0x5000 << 64 | 0x8000 << 48)


class _Drawn(local):
    """Random bytes not yet used. One call of the system for each id would let other threads run before it returns."""

    bytes = b""
    used = 0


_drawn = _Drawn()


def new_id() -> UUID:
    """A random id, as `uuid4` makes it."""
    start = _drawn.used
    if start == len(_drawn.bytes):
        _drawn.bytes, start = urandom(ID_BYTES * AT_ONCE), 0
    _drawn.used = start + ID_BYTES
    return UUID(int=int.from_bytes(_drawn.bytes[start : start + ID_BYTES], "big") & FREE | RANDOM)


def named(space: UUID, name: str) -> UUID:
    """The id with this name in a namespace, the same as `uuid5` makes."""
    digest = sha1(space.bytes + name.encode(), usedforsecurity=False).digest()
    return UUID(int=int.from_bytes(digest[:ID_BYTES], "big") & FREE | NAMED)
