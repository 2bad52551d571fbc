"""Bundles over HTTP: an export is asked for, stands in the ledger, and is given once that is signed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import sqlalchemy as sa

from services.audit import archive, asked, language, sealer, witnesses
from services.audit.bundle import chosen, parts
from services.audit.bundle.asked_for import BODY, Wanted, hash_of, is_of, there, wanted
from services.audit.bundle.chosen import Case, Chosen, Told
from services.audit.bundle.histories import Histories
from services.audit.bundle.parts import CaseParts, Export, FullParts, Head
from services.audit.bundle.zipped import zipped
from services.audit.checkpointer import Pen
from services.audit.domain import export, integrity
from services.audit.entries import Entry, envelope_of
from services.audit.scopes import stands, words
from services.audit.tables import entry
from services.audit.views import check
from services.contracts.audit import (
    BundleExported,
    ExportBundle,
    LedgerSealed,
)
from services.contracts.visibility import APPROVERS
from services.contracts.words import STATION_ROLES
from services.kernel.contract import Said, read_data
from services.kernel.entrypoints import Flow, Request, aside, http
from services.kernel.errors import NotFound, Refused, Unavailable
from services.kernel.message import Actor
from services.kernel.tlog.policy import Party, Policy

AUDITORS = ("auditor", "service")
READERS = (*AUDITORS, *STATION_ROLES, "client")
ANSWER = {"type": "object", "required": ["id", "size"]}
LISTED = {"type": "object", "required": ["items"]}
PATIENCE = timedelta(seconds=15)
"""For how long an export waits for witnesses; after that the bundle says itself that they are missing."""
NO_VALUES = ("disclosures.ndjson", iter((b"",)))


class NotSignedYet(Unavailable):
    """The export stands in the ledger, and no signed head covers it yet: ask again in a second."""

    code = "not-signed-yet"


class Data(msgspec.Struct, frozen=True):
    """Whom an event is about."""

    person_id: UUID | None = None


_data = msgspec.json.Decoder(Data).decode


@dataclass
class Exporting:
    """Makes exports and bundles of one ledger."""

    log: Any
    histories: Histories

    @property
    def look(self) -> Any:
        """The tables."""
        return self.log.look

    def may(self, request: Request, matter_id: UUID) -> None:
        """Refuse whom the matter is not shown to; a matter that is not there looks the same."""
        entries = archive.entries_of(self.look, matter_id, restricted=False)
        if not entries or not (stands(self.look, request.actor, words(entries)) or _his(request, entries)):
            raise NotFound("no such matter")

    def approver(self, request: Request, matter_id: UUID | None) -> Actor | None:
        """Who has approved that an auditor takes what is restricted in a matter as well; of itself nobody does (INV-11)."""
        if matter_id is None or request.actor.role != "auditor" or not request.header("approval"):
            return None
        second: Actor = self.log.second(request, "unseal", matter_id, APPROVERS["unseal-child"])
        return second

    def export(self, found: Wanted, request: Request) -> dict[str, Any]:
        """Seal the ledger and say what is given; what is said is in the ledger before anything is given."""
        second = self.approver(request, found.matter_id)
        if found.old is not None and found.old > archive.size_of(self.look):
            raise asked.wrong("old", Said("a size that the ledger has had", "账本曾有的条数"))
        self._publish(request)
        size = self._sealed(request)
        told = self._told(found, request, size, unsealed=second is not None)
        export_id = uuid4()
        command = ExportBundle(
            scope=found.scope, matter_id=found.matter_id, role=request.actor.role, purpose=found.purpose, size=size,
            entries=told.entries, entries_hash=told.entries_hash, withheld=told.withheld, disclosed=len(found.opened),
            erased=len(found.erased), disclosures_hash=hash_of(found.opened, found.erased), old=found.old,
        )  # fmt: skip
        self.log.ask(export.EXPORTS, export_id, command, request, approver=second)
        return {"id": str(export_id), "size": size, "entries": told.entries, "withheld": told.withheld}

    def _told(self, found: Wanted, request: Request, size: int, *, unsealed: bool) -> Told:
        if found.matter_id is None:
            there(found, ())
            return chosen.told_of_all(self.look, size, _hidden(request))
        case = Case.of(self.look, found.matter_id, size, unsealed=unsealed)
        there(found, chosen.digests(case.entries))
        return chosen.told_of(case)

    def _publish(self, request: Request) -> None:
        self.log.ask(export.VERIFIERS, export.PROGRAMS, sealer.verifiers(), request)

    def _sealed(self, request: Request) -> int:
        """Seal the ledger as it is, and answer its size; should another seal have gone further, as it then is."""
        while True:
            command = sealer.sealing(self.look, self.histories)
            with contextlib.suppress(Refused):
                self.log.ask(integrity.DECIDER, integrity.STREAM, command, request)
                return command.size

    # --- giving ---

    def files(self, export_id: UUID, request: Request) -> parts.Files:
        """The files of an export that is signed; raises NotSignedYet until it is."""
        told = chosen.read(self.look, entry.c.publisher == "audit", entry.c.stream == f"export/{export_id}")
        if not told:
            raise self._unheard(export_id)
        envelope = envelope_of(told[0].raw)
        if envelope.actorid != request.actor.id or envelope.actorrole != request.actor.role:
            raise NotFound("no such export")
        said: BundleExported = read_data(BundleExported, bytes(envelope.data))
        sealed = self._seal_at(said.size) if said.scope == "case" else None
        since = self.log.store.clock() - envelope.time
        head = self._head(max(told[0].idx, sealed.idx if sealed else 0), since)
        exported = Export(told[0].idx, said)
        nothing = () if said.disclosed or said.erased else (NO_VALUES,)
        if said.matter_id is None or sealed is None:
            return _joined(FullParts(self.look, head, exported, said.old, _hidden(request)).files(), nothing)
        case = Case.of(self.look, said.matter_id, said.size, unsealed=bool(envelope.approverid))
        histories = self.histories.at(self.look, said.size)
        return _joined(CaseParts(self.look, head, exported, said.old, case, sealed, histories).files(), nothing)

    def _unheard(self, export_id: UUID) -> Exception:
        """It may be on its way from audit's own log into the ledger."""
        known = self.log.store.stream(f"export/{export_id}")
        return NotSignedYet("the export is not in the ledger yet") if known else NotFound("no such export")

    def _seal_at(self, size: int) -> Chosen:
        """The seal with a map at this size; where it stands in audit's own log, a view says."""
        there = sa.select(check.c.position).where(check.c.kind == "sealed", check.c.size == size)
        positions = [row["position"] for row in self.look.run(there)]
        for found in chosen.read(self.look, entry.c.publisher == "audit", entry.c.position.in_(positions)):
            said: LedgerSealed = read_data(LedgerSealed, bytes(envelope_of(found.raw).data))
            if said.to_size == size and said.map_root is not None:
                return found
        raise NotSignedYet("the seal is not in the ledger yet")

    def _head(self, idx: int, since: timedelta) -> Head:
        """The first head over this entry that the quorum has vouched for; should it take its time, one that is signed."""
        settings = self.log.settings
        policy = settings.witness_policy or Policy()
        signed = witnesses.covering(self.look, idx, policy)
        if signed is None:
            raise NotSignedYet("no signed head covers the export yet")
        note = witnesses.cosigned(self.look, signed)
        logs = tuple(Party(s.name, s.verifier) for s in Pen.of(settings.log_origin, settings.log_keys).signers)
        whole = replace(policy, logs=logs)
        if not whole.judge(note).met and since < PATIENCE:
            raise NotSignedYet("the witnesses have not cosigned a head over the export yet")
        return Head(settings.log_origin, signed.size, bytes(note), bytes(whole))


def _joined(files: parts.Files, more: Iterable[tuple[str, Iterator[bytes]]]) -> parts.Files:
    yield from files
    yield from more


def _hidden(request: Request) -> frozenset[str]:
    """INV-11: nobody outside of the hub gets the bytes of what only named readers may know of."""
    return frozenset() if request.actor.role == "service" else language.restricted()


def _his(request: Request, entries: Iterable[Entry]) -> bool:
    return any(is_of(_person(e), request.actor) for e in entries)


def _person(e: Entry) -> UUID | None:
    try:
        return _data(e.envelope.data).person_id
    except msgspec.DecodeError:
        return None


class Exports:
    """Auditors take everything or a matter; stations and clients what is theirs. Each export is on record first."""

    log: Any

    def _exporting(self) -> Exporting:
        return Exporting(self.log, self.log.look.beside(Histories))

    @http("GET", "/matters/{id}/digests", roles=READERS, answer=LISTED, says="digests of the values in a matter")
    def digests(self, request: Request) -> object:
        """The digests of the personal values in a matter's bundle, by the service that keeps them."""
        asked.only(request.query)
        matter_id = request.path["id"]
        self._exporting().may(request, matter_id)
        entries = Case.of(self.log.look, matter_id, archive.size_of(self.log.look)).entries
        items = [{"publisher": e.publisher, "digest": digest} for e in entries for digest in e.cited.sealed]
        return {"items": items}

    @http("POST", "/exports", roles=READERS, takes=BODY, answer=ANSWER, says="an export, which is on record now")
    def export(self, request: Request) -> object:
        """Say what is to be given: it stands in the ledger, and is given when that is signed (`/exports/{id}/bundle`).

        With a second person's word (`Approval`: `unseal` of the matter) an auditor's bundle of it holds what is restricted,
        too; who approved is in the export's entry.
        """
        asked.only(request.query)
        found, exporting = wanted(request.json), self._exporting()
        if found.matter_id is not None:
            exporting.may(request, found.matter_id)
        elif request.actor.role not in AUDITORS:
            raise NotFound("nothing for this reader")
        return exporting.export(found, request)

    @http("GET", "/exports/{id}/bundle", roles=READERS, waits=True, media="application/zip", says="the bundle")
    def bundle(self, request: Request) -> Flow:
        """The bundle of an export, for whoever asked for it. Values that were shown are not in it: put them in."""
        asked.only(request.query)
        export_id = request.path["id"]
        files = aside(self._exporting().files, export_id, request)
        header = ("Content-Disposition", f'attachment; filename="bundle-{export_id}.zip"')
        pieces = zipped(files)
        return Flow(
            iter(lambda: aside(next, pieces, b"") or b"", b""), headers=(header,), content_type="application/zip"
        )
