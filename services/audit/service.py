"""The audit service: it receives, translates and hands over; no rule lives here."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from services.audit import archive, asked, finding_views, language, policies, reconciling, replay, tables, views
from services.audit.archive import b64
from services.audit.checkpointer import Checkpointer, witnessing
from services.audit.custody import custody
from services.audit.domain import access, export, finding, gap, integrity, look, raised, reconciliation, report, sample
from services.audit.endpoints.access import AccessLedger
from services.audit.endpoints.exports import Exports
from services.audit.endpoints.figures import Figures
from services.audit.endpoints.inspections import Inspections
from services.audit.endpoints.integrity import AUDITORS, PUBLISHERS, Integrity
from services.audit.endpoints.log import PublicLog
from services.audit.endpoints.moments import Moments
from services.audit.endpoints.receipts import Receipts
from services.audit.endpoints.reconciliations import Reconciliations
from services.audit.endpoints.reports import Reports
from services.audit.endpoints.seals import Seals
from services.audit.endpoints.verifying import Verifications
from services.audit.endpoints.witnesses import Vouching
from services.audit.entries import Entry
from services.audit.follow import CustodyFollower, barring
from services.audit.inspecting import Inspector
from services.audit.ledger import Ledger
from services.audit.moments.follower import ReplayFollower
from services.audit.places import PlacesFollower
from services.audit.receipts import ReceiptFollower
from services.audit.refolding import Refolding
from services.audit.remedies import told
from services.audit.scopes import SCOPES, stands, words
from services.audit.sealer import Publishing, Sealer
from services.audit.statistics.counting import StatisticsFollower
from services.contracts.audit import RecordReplay
from services.contracts.visibility import APPROVERS, BOUND
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Log, Reply, Request, http, lists, shows
from services.kernel.entrypoints.standing import WITHHELD
from services.kernel.errors import NotFound
from services.kernel.manifest import Manifest

MANIFEST = Manifest(
    name="audit",
    deciders=(
        access.DECIDER,
        raised.DECIDER,
        sample.DECIDER,
        export.EXPORTS,
        export.VERIFIERS,
        finding.DECIDER,
        gap.DECIDER,
        integrity.DECIDER,
        look.DECIDER,
        reconciliation.DECIDER,
        report.DECIDER,
    ),
    metadata=views.METADATA,
    project=finding_views.project,
    hears=PUBLISHERS,
    record=Ledger,
    kept=tables.KEPT,
    followers=(CustodyFollower(), StatisticsFollower(), ReplayFollower(), ReceiptFollower(), PlacesFollower()),
    duties=(
        Checkpointer.duty,
        Inspector.duty,
        witnessing,
        Sealer.duty,
        Publishing.duty,
        reconciling.duty,
        Refolding.duty,
    ),
    on_gap=policies.on_gap,
    on_filled=policies.on_filled,
    scopes=SCOPES,
    bound=BOUND,
)

READERS = ("auditor", "service", *STATION_ROLES)

TIMES = {
    "known_at": {"kind": "string", "format": "date-time"},
    "valid_at": {"kind": "string", "format": "date-time"},
    "purpose": "string",
}
PAGE = {
    "after": {"kind": "integer", "minimum": 0},
    "limit": {"kind": "integer", "minimum": 1, "maximum": asked.MOST},
}
HEADED = {"type": "object", "required": ["size", "root"]}


class AuditService(
    Receipts,
    AccessLedger,
    Figures,
    Inspections,
    Moments,
    Reports,
    Exports,
    PublicLog,
    Integrity,
    Seals,
    Reconciliations,
    Verifications,
    Vouching,
):
    """Auditors replay matters, see who answered, and check the ledger; stations see their chains, figures and reports."""

    name = "audit"
    log = Log(MANIFEST)

    matters = lists("/matters", views.matter, by=("open", "holders", "society", "broken"), roles=READERS)
    matter = shows("/matters/{id}", views.matter, roles=READERS)
    findings = lists(
        "/findings", views.finding, by=("state", "fault", "matter_id"), roles=READERS,
        adds=lambda row: {"closed_by": told(row["fault"], row["need_id"])},
    )  # fmt: skip
    gaps = lists("/gaps", views.gap, by=("state", "publisher"), roles=AUDITORS)
    looks = lists("/looks", views.look, by=("matter_id", "actor"), roles=AUDITORS)
    verifications = lists("/verifications", views.check, by=("kind",), roles=AUDITORS)

    @http("GET", "/matters/{id}/replay", roles=READERS, query=TIMES, answer=HEADED, says="the matter as it was")
    def replay(self, request: Request) -> object:
        """The matter as it was at `valid_at`, by what was known at `known_at`, with the ledger's size and root then."""
        found = Asked(self.log, request, "replay")
        state = replay.state(
            found.matter_id, found.entries, barring(self.log.look, size=found.size), **found.times.micros
        )
        return found.answer(state, state["entries"])

    @http("GET", "/matters/{id}/custody", roles=READERS, query=TIMES, answer=HEADED, says="who answered, when")
    def custody(self, request: Request) -> object:
        """Who answered for the matter and each of its needs, from beginning to end, and what was wrong with that."""
        found = Asked(self.log, request, "custody")
        chain = custody(found.entries, barring(self.log.look, size=found.size), **found.times.micros)
        drawn = {"open": None in chain.open, "holders": list(chain.holders()), **replay.chart(chain)}
        return found.answer(drawn, len(chain.steps))

    @http("GET", "/matters/{id}/timeline", roles=READERS, query=TIMES | PAGE, answer=HEADED, says="what happened")
    def timeline(self, request: Request) -> object:
        """Everything that happened, in the order in which it happened, page by page."""
        found = Asked(self.log, request, "timeline", "after", "limit")
        after, limit = asked.page(request.query)
        lines = replay.told(found.entries, **found.times.micros)
        more = after + limit if len(lines) > after + limit else None
        items = [replay.line(happening) for happening in lines[after : after + limit]]
        return found.answer({"items": items, "next": more, "total": len(lines)}, len(items))

    @http("GET", "/ledger", roles=AUDITORS, query=PAGE, answer=HEADED, says="entries as they are")
    def ledger(self, request: Request) -> Reply:
        """Entries from the `after`-th on, each in its own bytes with its hash; `next` goes on, null at the end.

        Of what is restricted an auditor gets the hash alone, unless a second person has approved that he reads it: the
        tree can be checked all the same, and nobody learns whom it is about.
        """
        asked.only(request.query, "after", "limit")
        after, limit = asked.page(request.query)
        size = archive.size_of(self.log.look)
        rows = [row for row in archive.page(self.log.look, after, limit) if row["idx"] < size]
        hidden = self._withheld(request)
        items = b",".join(
            b'{"entry":%b,"idx":%d,"leaf":"%b"}'
            % (b"null" if row["type"] in hidden else bytes(row["raw"]), row["idx"], b64(bytes(row["leaf"])).encode())
            for row in rows
        )
        end = rows[-1]["idx"] + 1 if rows else after
        following = b"%d" % end if end < size else b"null"
        root = b64(archive.root_of(self.log.look, size)).encode()
        return Reply(raw=b'{"items":[%b],"next":%b,"root":"%b","size":%d}' % (items, following, root, size))

    def _withheld(self, request: Request) -> frozenset[str]:
        """The types of which this reader gets no bytes."""
        if request.actor.role == "service":
            return frozenset()
        if request.header("approval"):
            self.log.second(request, WITHHELD, "audit", APPROVERS["unseal-child"])
            return frozenset()
        return language.restricted()


class Asked:
    """A question about one matter: its entries, the times it is asked for, and the ledger as it then was."""

    def __init__(self, log: Any, request: Request, view: str, *more: str) -> None:
        asked.only(request.query, *TIMES, *more)
        self.log, self.request, self.view = log, request, view
        self.matter_id: UUID = request.path["id"]
        self.times, self.purpose = asked.times(request.query), asked.purpose(request.query)
        self.size = archive.size_at(log.look, self.times.micros["known_at"])
        self.entries: list[Entry] = archive.entries_of(log.look, self.matter_id, restricted=self.unsealed)
        if not self.entries or not stands(log.look, request.actor, words(self.entries)):
            raise NotFound("no such matter")

    @property
    def audits(self) -> bool:
        """Whether an auditor asks: that he looked is on record."""
        return self.request.actor.role == "auditor"

    @property
    def unsealed(self) -> bool:
        """Whether a second person has approved that he sees that something restricted happened; of itself nobody does."""
        if not (self.audits and self.request.header("approval")):
            return False
        self.log.second(self.request, "unseal", self.matter_id, APPROVERS["unseal-child"])
        return True

    def answer(self, found: dict[str, Any], entries: int) -> dict[str, Any]:
        """What was found, with the size and root of the ledger that make it reproducible."""
        root = b64(archive.root_of(self.log.look, self.size))
        if self.audits:
            self._record(entries, root)
        return {
            "matter_id": str(self.matter_id),
            "known_at": None if self.times.known_at is None else self.times.known_at.isoformat(),
            "valid_at": None if self.times.valid_at is None else self.times.valid_at.isoformat(),
            "size": self.size,
            "root": root,
            **found,
        }

    def _record(self, entries: int, root: str) -> None:
        looked = RecordReplay(
            matter_id=self.matter_id,
            view=self.view,
            known_at=self.times.known_at,
            valid_at=self.times.valid_at,
            purpose=self.purpose,
            entries=entries,
            size=self.size,
            root=root,
        )
        self.log.ask(look.DECIDER, uuid4(), looked, self.request)
