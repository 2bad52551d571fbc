"""Auditors' own work over HTTP: samples planned, drawn and covered; findings raised, answered, resolved and reopened."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import msgspec
import sqlalchemy as sa

from services.audit import archive, asked, language
from services.audit.archive import b64
from services.audit.domain import raised
from services.audit.domain import sample as samples
from services.audit.drawing import Began, draw
from services.audit.entries import read
from services.audit.finding_views import raised as findings
from services.audit.finding_views import sample
from services.audit.scopes import MATTERS, SCOPES, Lies
from services.audit.tables import entry
from services.audit.views import look as looks
from services.contracts.audit.findings import (
    AnswerFinding,
    PlanSample,
    RaiseFinding,
    ReopenFinding,
    ResolveFinding,
    WriteSample,
)
from services.contracts.words import STATION_ROLES
from services.kernel.contract import read_request
from services.kernel.entrypoints import Reply, Request, http, lists, shows
from services.kernel.errors import NotFound

AUDITORS = ("auditor",)
SEES = ("auditor", "service")
READERS = (*SEES, *STATION_ROLES)
ANSWERERS = ("station_head", "coordinator", "supervisor")
BODY = {"type": "object"}
MADE = {"type": "object", "required": ["id"]}
DRAWN = {"type": "object", "required": ["strata", "size", "root"]}
AT_ONCE = 400

_lies = msgspec.json.Decoder(Lies).decode


class Inspections:
    """Who raises a finding ends it; who is found fault with answers; nobody chooses what is looked at."""

    log: Any

    raised_findings = lists("/audit-findings", findings, by=("state", "matter_id", "sample_id"), roles=READERS)
    raised_finding = shows("/audit-findings/{id}", findings, roles=READERS)
    sample_plans = lists("/samples", sample, by=("purpose",), roles=SEES)

    @http("POST", "/samples", roles=AUDITORS, takes=BODY, answer=MADE, says="the sample as it is planned")
    def plan(self, request: Request) -> Reply:
        """Say how a sample will be drawn, from the ledger as it is now; what it draws can be had afterwards."""
        asked.only(request.query)
        plan, _ = read_request(request.json, PlanSample)
        size, sample_id = archive.size_of(self.log.look), uuid4()
        written = WriteSample(plan=plan, size=size, root=b64(archive.root_of(self.log.look, size)))
        self.log.ask(samples.DECIDER, sample_id, written, request, sample_id)
        return Reply({"id": str(sample_id), "size": size, "root": written.root}, 201)

    @http(
        "GET",
        "/samples/{id}/draw",
        roles=SEES,
        answer=DRAWN,
        says="what a sample draws, and how much of it was looked at",
    )
    def drawn(self, request: Request) -> object:
        """The matters that a plan draws, stratum by stratum, and which an auditor has looked at since."""
        asked.only(request.query)
        plan = self.log.look.one(sample, request.path["id"])
        if plan is None:
            raise NotFound("no such sample")
        strata = draw(
            began(self.log.look, plan["size"]), plan["seed"], plan["per_stratum"], plan["station"], plan["kind"]
        )
        seen = looked_at(self.log.look, [m for stratum in strata for m in stratum.drawn], plan["planned_at"])
        told = [
            {
                "station": stratum.station or None, "kind": stratum.kind, "population": stratum.population,
                "drawn": [{"matter_id": str(m), "looks": seen[m]} for m in stratum.drawn],
            }
            for stratum in strata
        ]  # fmt: skip
        coverage = {
            "population": sum(s.population for s in strata), "drawn": sum(len(s.drawn) for s in strata),
            "looked_at": sum(seen[m] > 0 for s in strata for m in s.drawn),
        }  # fmt: skip
        return {"seed": plan["seed"], "size": plan["size"], "root": plan["root"], "coverage": coverage, "strata": told}

    @http("POST", "/audit-findings", roles=AUDITORS, takes=BODY, answer=MADE, says="the finding that was raised")
    def raise_(self, request: Request) -> Reply:
        """Raise a finding in a matter, with the day by which its station is to answer."""
        wanted, _ = read_request(request.json, RaiseFinding)
        if self.log.seen(request, MATTERS, wanted.matter_id) is None:
            raise NotFound("no such matter")
        finding_id = uuid4()
        self.log.ask(raised.DECIDER, finding_id, wanted, request, finding_id)
        return Reply({"id": str(finding_id)}, 201)

    @http(
        "POST",
        "/audit-findings/{id}/answer",
        roles=ANSWERERS,
        takes=BODY,
        answer=MADE,
        says="the answer that was taken",
    )
    def answer(self, request: Request) -> object:
        """Answer a finding, for the station whose matter it is."""
        return self._on(request, AnswerFinding)

    @http("POST", "/audit-findings/{id}/resolution", roles=AUDITORS, takes=BODY, answer=MADE, says="that it is over")
    def resolve(self, request: Request) -> object:
        """Say that a finding is over."""
        return self._on(request, ResolveFinding)

    @http(
        "POST", "/audit-findings/{id}/reopening", roles=AUDITORS, takes=BODY, answer=MADE, says="that it is open again"
    )
    def reopen(self, request: Request) -> object:
        """Say that a finding is not over after all."""
        return self._on(request, ReopenFinding)

    def _on(self, request: Request, command: type[Any]) -> object:
        finding_id: UUID = request.path["id"]
        if self.log.seen(request, SCOPES[findings], finding_id) is None:
            raise NotFound("no such finding")
        wanted: Any = read_request(request.json, command)[0]
        self.log.ask(raised.DECIDER, finding_id, wanted, request)
        return {"id": str(finding_id)}


def began(look: Any, size: int) -> list[Began]:
    """Every matter of the ledger at this size, by its first entry; those that began restricted are left out."""
    c = entry.c
    firsts = sa.select(sa.func.min(c.idx)).where(c.idx < size, c.matter_id.is_not(None)).group_by(c.matter_id)
    hidden = sorted(language.restricted())
    found = []
    indices = [next(iter(row.values())) for row in look.run(firsts)]
    for start in range(0, len(indices), AT_ONCE):
        some = indices[start : start + AT_ONCE]
        rows = look.run(
            sa.select(c.idx, c.rt, c.raw, c.matter_id, c.stream, c.type).where(c.idx.in_(some), c.type.not_in(hidden))
        )
        found += [Began(row["matter_id"], _area(row), row["stream"].partition("/")[0]) for row in rows]
    return found


def _area(row: dict[str, Any]) -> str:
    try:
        return _lies(read(row).envelope.data).area or ""
    except msgspec.DecodeError:
        return ""


def looked_at(look: Any, matters: list[UUID], since: Any) -> Counter[UUID]:
    """How often an auditor has looked at each of these matters since then."""
    found: Counter[UUID] = Counter()
    for start in range(0, len(matters), AT_ONCE):
        some = matters[start : start + AT_ONCE]
        query = sa.select(looks.c.matter_id).where(looks.c.matter_id.in_(some), looks.c.at >= since)
        found.update(row["matter_id"] for row in look.run(query))
    return found
