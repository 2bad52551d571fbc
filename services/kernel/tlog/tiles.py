"""Tiles by their paths (C2SP tlog-tiles): 256 hashes to a file, the last of each level as far as it is filled."""

from __future__ import annotations

from collections.abc import Callable

from services.kernel.tlog.lines import HASH, Malformed
from services.kernel.tlog.merkle import HEIGHT, WIDTH, Tile


def path(level: int, n: int, width: int = WIDTH) -> str:
    """Where a tile lies under a log's prefix: `tile/0/x001/x234/067`, and `.p/W` after it where it is not full."""
    groups = [f"{n % 1000:03d}"]
    while n := n // 1000:
        groups.insert(0, f"x{n % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def width(level: int, n: int, size: int) -> int:
    """How many hashes this tile has in a tree of that size; 0 where the tree does not reach it."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - n * WIDTH))


def reader(fetch: Callable[[str], bytes | None], size: int) -> Tile:
    """Reads a log's tiles through `fetch`, which is given their paths, each once, for a tree of this size.

    A log may have dropped a partial tile that has been filled since, so the full one is asked for after it.
    """
    kept: dict[tuple[int, int], bytes] = {}

    def read(level: int, n: int) -> bytes:
        if (level, n) not in kept:
            kept[level, n] = _fetched(fetch, level, n, width(level, n, size))
        return kept[level, n]

    return read


def _fetched(fetch: Callable[[str], bytes | None], level: int, n: int, filled: int) -> bytes:
    if not filled:
        return b""
    found = fetch(path(level, n, filled))
    if found is None and filled < WIDTH:
        found = fetch(path(level, n))
    if found is None or len(found) < filled * HASH or len(found) > WIDTH * HASH:
        raise Malformed(f"the log does not show its tile {path(level, n, filled)}")
    return found[: filled * HASH]
