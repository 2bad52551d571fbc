"""How what stands in a request is read."""

from __future__ import annotations

from uuid import UUID

import msgspec


def uuid_of(text: str) -> UUID | None:
    """The id that a text is, or None."""
    try:
        return msgspec.convert(text, UUID)
    except msgspec.ValidationError:
        return None
