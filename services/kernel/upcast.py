"""Old shapes made new on read: stored rows are never rewritten.

An upcaster is a pure function on the decoded data of one version that gives the next version's; they are chained.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from services.kernel.contract import canonical, name_of, version_of

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTERS: dict[tuple[str, int], Upcaster] = {}


def upcasts(name: str, *, from_version: int) -> Callable[[Upcaster], Upcaster]:
    """Declare how data of this version of an event becomes data of the next."""

    def declare(step: Upcaster) -> Upcaster:
        UPCASTERS[name, from_version] = step
        return step

    return declare


def current(cls: type, version: int, data: bytes) -> bytes:
    """An event's data in the shape of today; what is of today, or of tomorrow, is handed back as it is."""
    newest = version_of(cls)
    if version >= newest:
        return data
    shape = msgspec.json.decode(data)
    for step in range(version, newest):
        shape = UPCASTERS[name_of(cls), step](shape)
    return canonical(shape)
