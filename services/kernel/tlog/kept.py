"""Heads that somebody kept: whether two of them can be of one log that only grew, by the log's own tiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from services.kernel.tlog.checkpoint import Checkpoint
from services.kernel.tlog.merkle import root_at
from services.kernel.tlog.tiles import reader

Standing = Literal["first", "same", "grown", "older", "forked"]
"""No head was kept before; the same head; the kept one is its beginning, or it is the kept one's; neither is true."""


def compare(kept: Checkpoint | None, came: Checkpoint, fetch: Callable[[str], bytes | None]) -> Standing:
    """How a head stands to the one that was kept; both have been found to be signed by their log.

    Where their sizes differ the tree at both sizes is computed from the log's tiles, which `fetch` reads by their
    paths: hashes that give both roots are a proof that one is the beginning of the other, and there are no others.
    """
    if kept is None:
        return "first"
    if kept.size == came.size:
        return "same" if kept.root == came.root else "forked"
    tile = reader(fetch, max(kept.size, came.size))
    if any(root_at(tile, each.size) != each.root for each in (kept, came)):
        return "forked"
    return "grown" if kept.size < came.size else "older"
