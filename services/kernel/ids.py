"""Ids of commands, streams and events, made with few steps: several are needed for each command.

New ids begin with their time (RFC 9562, version 7): what is made together then lies together in every index, and a
commit of many new streams writes few pages instead of one for each.
"""

from __future__ import annotations

from hashlib import sha1
from os import urandom
from threading import local
from uuid import UUID

import msgspec

from services.kernel.clock import system_clock

ID_BYTES = 16
CHANCE_BYTES = 10
AT_ONCE = 256
FREE = ~(0xF000 << 64 | 0xC000 << 48)
"""Every bit of an id but those that say its version and variant."""
TIMED, NAMED = (0x7000 << 64 | 0x8000 << 48), (0x5000 << 64 | 0x8000 << 48)


class _Drawn(local):
    """Random bytes not yet used. One call of the system for each id would let other threads run before it returns."""

    bytes = b""
    used = 0


_drawn = _Drawn()


def new_id() -> UUID:
    """A new id: the millisecond, then chance."""
    start = _drawn.used
    if start == len(_drawn.bytes):
        _drawn.bytes, start = urandom(CHANCE_BYTES * AT_ONCE), 0
    _drawn.used = start + CHANCE_BYTES
    chance = int.from_bytes(_drawn.bytes[start : start + CHANCE_BYTES], "big")
    return UUID(int=(int(system_clock().timestamp() * 1000) << 80 | chance) & FREE | TIMED)


def named(space: UUID, name: str) -> UUID:
    """The id with this name in a namespace, the same as `uuid5` makes."""
    digest = sha1(space.bytes + name.encode(), usedforsecurity=False).digest()
    return UUID(int=int.from_bytes(digest[:ID_BYTES], "big") & FREE | NAMED)


SHARED_KEYS = UUID("0b1c6a3e-9d57-5a0e-8c56-2f6f7ce1d9b4")
"""The namespace of command ids that are made from idempotency keys which an organization shares."""


def shared(service: str, org: str, key: str) -> UUID:
    """The id of the command that whoever it is of an organization sends to a service under a shared key."""
    return named(SHARED_KEYS, msgspec.json.encode([service, org, key]).decode())


def founded(command_id: UUID) -> UUID:
    """The stream that a command with an idempotency key brings into being."""
    return named(command_id, "stream")
