"""Values with their proofs: disclosures for a bundle, given to those who may read them, with what is gone named as such."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from services.intake import tables
from services.intake.endpoints.query import WHY, only, wrong
from services.intake.endpoints.readers import SEALED
from services.kernel.entrypoints import Hand, Request, http
from services.kernel.errors import ContractBroken, NotFound

MOST = 20_000
BODY = {
    "type": "object",
    "required": ["digests"],
    "additionalProperties": False,
    "properties": {"digests": {"type": "array", "maxItems": MOST, "items": {"type": "string"}}},
}
SHOWN = {"type": "object", "required": ["items"]}


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The digests that events of a matter hold."""

    digests: tuple[str, ...]


class Shown:
    """Each attempt to read is on record before anything is opened (INV-33); that something is gone is no secret."""

    log: Hand

    @http(
        "POST", "/matters/{id}/disclosures", roles=SEALED, takes=BODY, query=WHY, answer=SHOWN,
        says="values of a matter with their proofs",
    )  # fmt: skip
    def disclosures_of_matter(self, request: Request) -> object:
        """Of these digests the disclosures (RFC 9901) that the reader may see, and which values have been erased."""
        only(request, WHY)
        rows = self._rows(request)
        subjects = {row["subject"] for row in rows}
        gone = {subject for subject in subjects if self.log.vault.is_destroyed(subject)}
        items = [{"digest": row["digest"], "erased": True} for row in rows if row["subject"] in gone]
        left = [row for row in rows if row["subject"] not in gone]
        if left and (request.actor.role != "auditor" or request.header("approval")):
            items += self._opened(request, left)
        return {"items": sorted(items, key=lambda item: item["digest"])}

    def _rows(self, request: Request) -> list[dict[str, Any]]:
        try:
            digests = msgspec.convert(request.json, Wanted).digests
        except msgspec.ValidationError as broken:
            raise ContractBroken(wrong("digests", "digests of a matter's events")) from broken
        found = (self.log.look.one(tables.sealed_values, digest) for digest in dict.fromkeys(digests[:MOST]))
        own = self._subjects(request.path["id"])
        return [row for row in found if row is not None and row["subject"] in own]

    def _subjects(self, matter_id: UUID) -> set[str]:
        """Under whose keys the values of a matter lie: the request's, its cases', its persons'."""
        cases = self.log.look.all(tables.cases, matter_id=matter_id)
        requests = self.log.look.all(tables.help_requests, matter_id=matter_id)
        persons = {row["person_id"] for row in (*cases, *requests)} - {None}
        plans = [row["plan_id"] for one in persons for row in self.log.look.all(tables.visit_plans, person_id=one)]
        return {str(one) for one in (matter_id, *(row["case_id"] for row in cases), *plans, *persons)}

    def _opened(self, request: Request, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        person_id = self._person(request.path["id"])
        if person_id is None:
            return []
        try:
            read = self._allowed(request, person_id)  # type: ignore[attr-defined]  # of Reading, beside which this stands
        except NotFound:
            return []
        about = None if read["disclosure_id"] is None else {str(read["case_id"]), str(person_id)}
        categories = frozenset(tables.split(read["categories"]))
        return [
            {"digest": digest, "disclosure": text}
            for subject in {row["subject"] for row in rows}
            if about is None or subject in about
            for digest, (category, text) in self.log.vault.disclosures(
                subject, [row["digest"] for row in rows if row["subject"] == subject]
            ).items()
            if category in categories
        ]

    def _person(self, matter_id: UUID) -> UUID | None:
        row = self.log.look.one(tables.help_requests, matter_id)
        return None if row is None else row["person_id"]
