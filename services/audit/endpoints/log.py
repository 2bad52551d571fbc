"""The ledger as a public log: its checkpoint, its tree and its entries, under the paths of C2SP tlog-tiles.

The prefix is `/audit/v1`. Checkpoint and tiles are open to everybody: they hold hashes of entries that nobody can guess.
Entries hold codes, ids and digests, and among them what only named readers may know of (INV-11): a bundle goes to the
hub's services and to auditors, and to these only with a second person's word where something restricted is in it. What
lies beyond the last signed head is not served: nobody could check it.
"""

from __future__ import annotations

import gzip
from typing import Any

import sqlalchemy as sa

from services.audit import checkpoints, language, witnesses
from services.audit.tables import entry, tile
from services.contracts.visibility import APPROVERS
from services.kernel.entrypoints import Page, Request, http
from services.kernel.entrypoints.standing import WITHHELD
from services.kernel.errors import NotAllowed, NotFound, NotSignedIn, Refused
from services.kernel.tlog.merkle import HASH, HEIGHT, WIDTH
from services.kernel.tlog.places import LONGEST_ENTRY, Place, bundle, place

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
BRIEFLY = ("Cache-Control", "public, max-age=1")
FOR_EVER = ("Cache-Control", "public, max-age=31536000, immutable")
FOR_EVER_HIS_OWN = ("Cache-Control", "private, max-age=31536000, immutable")
READERS = ("auditor", "service")


class PublicLog:
    """Anybody's C2SP client reads it."""

    log: Any

    @http("GET", "/checkpoint", roles=None, media=TEXT, says="the last signed head")
    def checkpoint(self, request: Request) -> Page:
        """The newest head that its witnesses vouch for, or simply the newest where nobody is asked (C2SP tlog-checkpoint)."""
        last = witnesses.newest(self.log.look, self.log.settings.witness_policy)
        if last is None:
            raise NotFound("nothing is signed yet")
        return Page(bytes(witnesses.cosigned(self.log.look, last)), headers=(BRIEFLY,), content_type=TEXT)

    @http("GET", "/tile/{path}", roles=None, media=BYTES, says="a tile of the tree, or a bundle of entries")
    def tile(self, request: Request) -> Page:
        """Hashes of the tree, `tile/<L>/<N>[.p/<W>]`, or entries, `tile/entries/<N>[.p/<W>]` (C2SP tlog-tiles)."""
        named = place(str(request.path["path"]))
        last = checkpoints.latest(self.log.look)
        if named is None or last is None or named.end > last.size >> HEIGHT * (named.level or 0):
            raise NotFound("the signed tree has no such tile")
        if named.level is None:
            return self._entries(request, named)
        return Page(self._hashes(named), headers=(FOR_EVER,), content_type=BYTES)

    def _hashes(self, named: Place) -> bytes:
        row = self.log.look.one(tile, named.level, named.n)
        data = bytes(row["data"])[: named.width * HASH] if row else b""
        if len(data) != named.width * HASH:
            raise NotFound("this tile is damaged")
        return data

    def _entries(self, request: Request, named: Place) -> Page:
        self._may_read(request)
        c, first = entry.c, named.n * WIDTH
        query = sa.select(c.type, c.raw).where(c.idx >= first, c.idx < named.end).order_by(c.idx)
        rows = self.log.look.run(query)
        if any(row["type"] in language.restricted() for row in rows):
            self._has_second(request)
        return packed(request, [bytes(row["raw"]) for row in rows])

    @staticmethod
    def _may_read(request: Request) -> None:
        if request.signed_in is None:
            raise NotSignedIn("a bearer token is needed")
        if request.signed_in.role not in READERS:
            raise NotAllowed(READERS)

    def _has_second(self, request: Request) -> None:
        """INV-11"""
        if request.actor.role == "service":
            return
        if not request.header("approval"):
            raise Refused(
                "restricted-entries",
                "In this bundle are entries that only named readers may know of; a second person must approve, or read "
                "/audit/v1/ledger, which shows their hashes alone.",
                "此数据包含有仅限指定人员知悉的记录; 须由第二人批准, 或改读 /audit/v1/ledger (仅示其哈希)。",
            )
        self.log.second(request, WITHHELD, "audit", APPROVERS["unseal-child"])


def packed(request: Request, raws: list[bytes]) -> Page:
    """The bundle, compressed for whoever takes it so."""
    if any(len(raw) > LONGEST_ENTRY for raw in raws):
        raise Refused(
            "entry-too-long",
            "An entry here is longer than a bundle can hold; read /audit/v1/ledger.",
            "此处有记录超出数据包所能容纳的长度; 请改读 /audit/v1/ledger。",
        )
    body = bundle(raws)
    headers: tuple[tuple[str, str], ...] = (FOR_EVER_HIS_OWN, ("Vary", "Accept-Encoding, Authorization"))
    if "gzip" in request.header("accept-encoding"):
        return Page(
            gzip.compress(body, 6, mtime=0), headers=(*headers, ("Content-Encoding", "gzip")), content_type=BYTES
        )
    return Page(body, headers=headers, content_type=BYTES)
