"""Consents and disclosures over HTTP."""

from __future__ import annotations

from services.contracts import intake as public
from services.intake import tables
from services.intake.domain import consent, disclosure
from services.intake.endpoints.readers import READING, STATION
from services.intake.endpoints.sealing import subject
from services.kernel.entrypoints import asks, lists, shows

CONSENT, DISCLOSURE = consent.DECIDER, disclosure.DECIDER


class Consents:
    """A person says yes or no, for whom and for what; identity is released on that ground, or on the law's."""

    request_consent = asks("POST", "/consent-requests", public.RequestConsent, of=CONSENT, roles=STATION)
    answer_consent = asks("POST", "/consents/{id}/answer", public.AnswerConsentRequest, of=CONSENT, roles=STATION)
    grant = asks("POST", "/consents", public.GrantConsent, of=CONSENT, roles=STATION, subject=subject)
    refuse = asks("POST", "/consent-refusals", public.RefuseConsent, of=CONSENT, roles=STATION)
    withdraw = asks("POST", "/consents/{id}/withdrawal", public.WithdrawConsent, of=CONSENT, roles=STATION)
    supersede = asks("POST", "/consents/{id}/superseding", public.SupersedeConsent, of=CONSENT, roles=STATION)
    one_consent = shows("/consents/{id}", tables.consents, roles=READING)
    all_consents = lists("/consents", tables.consents, by=("person_id", "state"), roles=READING)
    disclose = asks("POST", "/disclosures", public.DiscloseIdentity, of=DISCLOSURE, roles=STATION)
    revoke = asks("POST", "/disclosures/{id}/revocation", public.RevokeIdentityAccess, of=DISCLOSURE, roles=STATION)
    one_disclosure = shows("/disclosures/{id}", tables.disclosures, roles=READING)
    all_disclosures = lists(
        "/disclosures",
        tables.disclosures,
        by=("person_id", "receiver", "state", "need_id", "matter_id", "consent_id"),
        roles=READING,
    )
