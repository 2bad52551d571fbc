"""Waiting until what is derived from the ledger has come as far as somebody asks: a moment, not for good."""

from __future__ import annotations

from time import monotonic, sleep

from services.kernel.store import Store

MOMENT_SECONDS = 3.0
"""Followers are a fraction of a second behind; whoever asks about just now need not ask again."""


def followed(store: Store, place: str, size: int) -> int:
    """How far a follower has come: at least to `size`, unless that takes longer than a moment."""
    until = monotonic() + MOMENT_SECONDS
    while (reached := store.cursor(place)) < size and monotonic() < until:
        sleep(0.02)
    return reached
