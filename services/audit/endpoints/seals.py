"""Seals over HTTP: the ledger sealed when somebody asks, and a matter's history shown to be whole as of the last seal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.audit import asked, sealer
from services.audit.archive import b64
from services.audit.bundle.chosen import own
from services.audit.bundle.histories import Histories
from services.audit.domain import integrity
from services.audit.endpoints.moments import headed
from services.audit.entries import envelope_of
from services.audit.language import restricted
from services.audit.scopes import MATTERS
from services.audit.seal import Absence, matter_name
from services.audit.tables import entry
from services.contracts.audit import LedgerSealed
from services.contracts.words import STATION_ROLES
from services.kernel.contract import read_data
from services.kernel.entrypoints import Request, aside, http
from services.kernel.errors import NotFound
from services.kernel.manifest import Look

KEEPERS = ("auditor", "administrator", "service")
READERS = ("auditor", "service", *STATION_ROLES)
SEALED = {"type": "object", "required": ["size", "root", "rows", "map_root"]}
COMPLETE = {"type": "object", "required": ["matter_id", "seal", "matter", "entries", "since"]}


class Seals:
    """Sealing is a duty of the service; whoever asks is ahead of it. What a seal says of a matter, its readers may know."""

    log: Any

    @http("POST", "/ledger/seals", roles=KEEPERS, waits=True, answer=SEALED, says="the ledger as it is sealed now")
    def seal_ledger(self, request: Request) -> object:
        """Seal the ledger now and not when the duty comes to it."""
        asked.only(request.query)
        look = self.log.look
        command = aside(sealer.sealing, look, look.beside(Histories))
        self.log.ask(integrity.DECIDER, integrity.STREAM, command, request)
        return {"size": command.size, "root": command.root, "rows": command.rows, "map_root": command.map_root}

    @http(
        "GET", "/matters/{id}/completeness", roles=READERS, waits=True, answer=COMPLETE,
        says="that nothing about a matter was left out, as of the last seal",
    )  # fmt: skip
    def completeness(self, request: Request) -> object:
        """How many entries about the matter the last seal counts, with the way from that to the seal's root (INV-32).

        `entries` are those up to the seal by their leaf hashes, from which `matter.head` follows (docs/bundle.md, Seal);
        `since` are those that came after it. `matter` is null where the seal is older than the matter.
        """
        asked.only(request.query)
        matter_id: UUID = request.path["id"]
        if self.log.seen(request, MATTERS, matter_id) is None:
            raise NotFound("no such matter")
        last = last_seal(self.log.look)
        if last is None:
            raise NotFound("the ledger was not sealed yet")
        return {"matter_id": str(matter_id), **aside(shown, self.log, last, matter_id)}


def last_seal(look: Look) -> tuple[int, LedgerSealed] | None:
    """The last seal with a map that is in the ledger, and at which entry."""
    for found in reversed(own(look, f"{integrity.DECIDER.name}/{integrity.STREAM}", "ledger.sealed", most=5)):
        said: LedgerSealed = read_data(LedgerSealed, bytes(envelope_of(found.raw).data))
        if said.map_root is not None:
            return found.idx, said
    return None


def shown(log: Any, last: tuple[int, LedgerSealed], matter_id: UUID) -> dict[str, Any]:
    """What the seal says of the matter, under a head that covers the seal."""
    idx, sealed = last
    found = log.look.beside(Histories).at(log.look, sealed.to_size).proof(matter_name(matter_id))
    row = None
    if not isinstance(found, Absence):
        path = [b64(hashed) for hashed in found.path]
        row = {"count": found.row.count, "head": b64(found.row.head), "row": found.place, "path": path}
    seal = {
        "entry": idx, "size": sealed.to_size, "root": sealed.root, "rows": sealed.rows, "map_root": sealed.map_root,
    }  # fmt: skip
    leaves = about(log.look, matter_id)
    told = [{"entry": at, "leaf": b64(leaf)} for at, leaf in leaves if at < sealed.to_size]
    return {"seal": seal, "matter": row, "entries": told, "since": len(leaves) - len(told), **headed(log, idx + 1)}


def about(look: Look, matter_id: UUID) -> list[tuple[int, bytes]]:
    """The entries about a matter as a seal counts them, each with its hash."""
    c = entry.c
    query = sa.select(c.idx, c.leaf).where(c.matter_id == matter_id, c.type.not_in(sorted(restricted())))
    return [(row["idx"], bytes(row["leaf"])) for row in look.run(query.order_by(c.idx))]
