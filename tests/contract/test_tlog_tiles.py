"""The ledger keeps to C2SP tlog-tiles at any size: paths, partial tiles, what is not there, caching and content types.

Read is a ledger of three hundred thousand entries, by a client that is written from the specifications alone
(tests/support/c2sp.py); that the same comes over HTTP, from a hub that runs, tests/scenario/test_public_log.py shows.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from services.audit.checkpointer import Pen
from services.audit.endpoints.log import PublicLog
from services.audit.ledger import COLUMNS, grown
from services.audit.service import MANIFEST
from services.audit.tables import checkpoint, entry, tile
from services.kernel.entrypoints import Request
from services.kernel.entrypoints.problems import problem
from services.kernel.errors import HubError
from services.kernel.message import Actor
from services.kernel.store import Store
from services.kernel.tlog.merkle import Frontier, leaf_hash
from tests.support.c2sp import Prover, Served, path_of

SIZE, SIGNED = 300_300, 300_200
PEN = Pen.of("hub.example/audit/v1", (b"k" * 32,))
VKEY = str(PEN.signers[0].verifier)
THERE = (0, 255, 256, 65_535, 65_536, 131_073, 256_000, 262_144, 300_100, SIGNED - 1)
"""Entries of which the bytes are stored: at the edges of tiles of every level, and in the last, partial ones."""
MIRROR = Actor(id="mirror", role="service")


def said(index: int) -> bytes:
    """The bytes of an entry."""
    return b'{"alg":"sha256","event":{},"index":%d}' % index


class Log(PublicLog):
    """The public log over tables that hold such a ledger; it is signed up to less than it holds."""

    def __init__(self, folder: Path) -> None:
        self.store, frontier = Store(MANIFEST, f"sqlite:///{folder / 'audit.db'}"), Frontier()
        edge: dict[int, bytes] = {}
        tiles = grown(frontier, edge, [leaf_hash(said(i)) for i in range(SIGNED)])
        root = frontier.root()
        tiles += grown(frontier, edge, [leaf_hash(said(i)) for i in range(SIGNED, SIZE)])
        stored = {c.key: c.sets["data"] for c in tiles}
        bundles = sorted({i for at in THERE for i in range(at // 256 * 256, min(SIZE, at // 256 * 256 + 256))})
        with self.store.engine.begin() as db:
            db.execute(tile.insert(), [{"level": at, "n": n, "data": data} for (at, n), data in stored.items()])
            db.execute(entry.insert(), [self._row(index) for index in bundles])
            db.execute(checkpoint.insert().values(size=SIGNED, root=root, note=PEN.sign(SIGNED, root), signed_at=0))
        self.log = SimpleNamespace(look=self.store.look(), settings=SimpleNamespace(witness_policy=None))

    @staticmethod
    def _row(index: int) -> dict[str, Any]:
        leaf = leaf_hash(said(index))
        row = (
            index,
            "intake",
            index + 1,
            f"case/{index}",
            1,
            "visit.made",
            None,
            False,
            None,
            index,
            leaf,
            said(index),
        )
        return dict(zip(COLUMNS, row, strict=True))

    def asks(self, path: str, who: Actor | None = MIRROR, **headers: str) -> Served:
        """What is served under a path."""
        prefix, _, rest = path.partition("/")
        environ = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        request = Request("GET", path, {"path": rest}, environ, b"", who)
        try:
            page = self.tile(request) if prefix == "tile" else self.checkpoint(request)
        except HubError as no:
            return Served(problem(no)[0], {}, b"")
        assert isinstance(page.html, bytes)
        return Served(page.status, {"Content-Type": page.content_type, **dict(page.headers)}, page.html)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """Made once: nothing changes it."""
    made = Log(tmp_path_factory.mktemp("log"))
    yield made
    made.store.engine.dispose()


@pytest.mark.parametrize("index", THERE)
def test_a_client_written_from_the_specification_proves_entries_of_a_large_log_by_few_tiles(
    log: Log, index: int
) -> None:
    prover = Prover.of(log.asks, VKEY)
    assert prover.head.size == SIGNED
    assert prover.entry(index) == said(index)
    assert prover.proves(index, prover.entry(index))
    assert not prover.proves(index, said(index + 1))
    assert len(prover.read) <= 8, "a bundle, and the tiles on the way: not more with a longer log"


@pytest.mark.parametrize(
    ("path", "bytes_"),
    [
        ("tile/0/000", 256 * 32), ("tile/0/x001/000", 256 * 32), ("tile/0/x001/171", 256 * 32),
        ("tile/0/x001/172.p/168", 168 * 32), ("tile/1/003", 256 * 32), ("tile/1/004.p/148", 148 * 32),
        ("tile/2/000.p/4", 4 * 32), ("tile/0/x001/172.p/1", 32), ("tile/0/000.p/255", 255 * 32), ("tile/2/000.p/1", 32),
    ],
)  # fmt: skip
def test_tiles_are_served_full_and_partial_for_ever(log: Log, path: str, bytes_: int) -> None:
    served = log.asks(path, who=None)
    assert (served.status, len(served.body)) == (200, bytes_)
    assert served.headers["Content-Type"] == "application/octet-stream"
    assert served.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/x001/172", "tile/0/x001/172.p/169", "tile/1/004", "tile/1/004.p/149", "tile/2/000", "tile/2/000.p/5",
        "tile/3/000", "tile/3/000.p/1", "tile/63/000.p/1", "tile/64/000", "tile/0/x001/173.p/1", "tile/entries/x001/172",
        "tile/entries/x001/172.p/169", "tile/entries/x999/999", "tile/0/1", "tile/0/x000/000", "tile/0/000.p/256",
        "tile/0/000.p/0", "tile/00/000", "tile/data/000",
    ],
)  # fmt: skip
def test_what_lies_beyond_the_signed_head_or_is_not_written_so_is_not_there(log: Log, path: str) -> None:
    """What was recorded and is not signed yet is stored here, and not served: nobody could check it."""
    assert log.asks(path).status == 404


def test_a_checkpoint_is_text_and_soon_stale(log: Log) -> None:
    served = log.asks("checkpoint", who=None)
    assert served.headers == {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "public, max-age=1"}
    assert served.body.endswith(b"\n")


def test_a_bundle_is_the_same_bytes_compressed_or_not_and_no_shared_cache_keeps_it(log: Log) -> None:
    path = path_of("entries", 1172, 168)
    plain, packed = log.asks(path), log.asks(path, accept_encoding="gzip, br")
    assert plain.headers["Content-Type"] == packed.headers["Content-Type"] == "application/octet-stream"
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    for served in (plain, packed):
        assert served.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert served.headers["Vary"] == "Accept-Encoding, Authorization"
    assert log.asks(path, who=None).status == 401
    assert log.asks(path, who=Actor(id="w-01", role="coordinator")).status == 403


def test_a_tile_that_is_damaged_in_the_tables_is_not_served(log: Log) -> None:
    kept = log.log.look.one(tile, 0, 5)["data"]
    try:
        with log.store.engine.begin() as db:
            db.execute(sa.update(tile).where(tile.c.level == 0, tile.c.n == 5).values(data=kept[:-32]))
        assert log.asks("tile/0/005").status == 404
    finally:
        with log.store.engine.begin() as db:
            db.execute(sa.update(tile).where(tile.c.level == 0, tile.c.n == 5).values(data=kept))
