"""Consents by FHIR R4 under /fhir/Consent: whoever received somebody's data sees the consent it stands on, and itself in it."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from services.contracts.fhir import BUNDLE, MEDIA, OPERATION_OUTCOME, RESOURCE, id_of, searchset, words
from services.contracts.visibility import unit_of
from services.intake import tables as t
from services.intake.consent_resource import consent
from services.intake.endpoints.query import only
from services.intake.endpoints.readers import READING
from services.intake.scopes import CONSENTS, DISCLOSURES
from services.kernel.entrypoints import Hand, Reply, Request, http
from services.kernel.errors import NotFound

fhir = partial(http, rooted=True, words=words, media=MEDIA, problem_media=MEDIA, problem=OPERATION_OUTCOME)
RECEIVERS = ("partner", "team_leader", "volunteer")
MOST = 500


class Fhir:
    """A consent as R4 has it: for what, whose data, until when, and of the receivers the one who asks."""

    log: Hand

    @fhir("GET", "/fhir/Consent", roles=READING, says="consents, the newest first", answer=BUNDLE)
    def fhir_consents(self, request: Request) -> Reply:
        """The consents on which the caller was told whose need it is, as long as that may be known."""
        only(request, {})
        rows = self._consents(request)
        found = searchset("/fhir", [_shown(request, row) for row in rows], [], {"self": "/fhir/Consent"})
        return Reply(found, content_type=MEDIA)

    @fhir("GET", "/fhir/Consent/{key}", roles=READING, says="a consent", answer=RESOURCE)
    def fhir_consent(self, request: Request) -> Reply:
        """One of them."""
        only(request, {})
        consent_id = id_of(request.path["key"])
        rows = self._consents(request, consent_id) if consent_id else []
        if not rows:
            raise NotFound("no such Consent")
        return Reply(_shown(request, rows[0]), headers=(("ETag", f'W/"{rows[0]["version"]}"'),), content_type=MEDIA)

    def _consents(self, request: Request, consent_id: UUID | None = None) -> list[dict[str, Any]]:
        """As the scope of consents opens them; for a receiver, those that a disclosure to it stands on now."""
        query = CONSENTS.select(request.actor)
        if request.actor.role in RECEIVERS:
            stands = [
                row["consent_id"] for row in self.log.look.run(DISCLOSURES.select(request.actor)) if row["consent_id"]
            ]
            query = t.consents.select().where(t.consents.c.consent_id.in_(stands))
        if consent_id is not None:
            query = query.where(t.consents.c.consent_id == consent_id)
        return self.log.look.run(query.order_by(t.consents.c.valid_from.desc(), t.consents.c.consent_id).limit(MOST))


def _shown(request: Request, row: dict[str, Any]) -> dict[str, Any]:
    actor = request.actor
    whose = {unit_of(actor.org), actor.id} if actor.role in RECEIVERS else None
    return consent(row, whose)
