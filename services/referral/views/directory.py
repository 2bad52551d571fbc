"""The directory: organizations and their names, agreements, offerings."""

from __future__ import annotations

from services.contracts import referral as public
from services.kernel.message import Recorded
from services.kernel.view import Change, put
from services.referral.views.tables import agreements, offerings, organization_names, organizations


def project(recorded: Recorded) -> list[Change]:
    """Which rows of the directory change by an event."""
    match recorded.event:
        case public.OrganizationRegistered() as event:
            return [
                _organization(
                    recorded, "registered", kind=event.kind, party=event.party, code=event.code, area=event.area,
                    uscc=event.uscc, parent_id=event.parent_id, registered_at=recorded.happened_at,
                ),
                *_names(recorded, event.sealed),
            ]  # fmt: skip
        case public.OrganizationAliased() as event:
            return [put(organizations, recorded.stream_id, version=recorded.version), *_names(recorded, event.sealed)]
        case public.OrganizationVerified() as event:
            state = {"state": "verified"} if event.first else {}
            evidence = {"evidence_kind": event.evidence_kind, "verified_until": event.valid_until}
            return [put(organizations, recorded.stream_id, version=recorded.version, **state, **evidence)]
        case public.OrganizationActivated() as event:
            return [_organization(recorded, "active", reason_code=event.reason_code)]
        case public.OrganizationSuspended() as event:
            return [_organization(recorded, "suspended", reason_code=event.reason_code)]
        case public.OrganizationRetired() as event:
            return [_organization(recorded, "retired", reason_code=event.reason_code)]
        case _:
            return _project_offerings(recorded)


def _project_offerings(recorded: Recorded) -> list[Change]:
    match recorded.event:
        case public.CooperationAgreementSigned() as event:
            return [
                put(
                    agreements, recorded.stream_id, version=recorded.version, state="signed", parties=list(event.parties),
                    purpose_codes=list(event.purpose_codes), agreement_ref=event.agreement_ref, pia_ref=event.pia_ref,
                    signed_on=event.signed_on, valid_until=event.valid_until,
                )
            ]  # fmt: skip
        case public.CooperationAgreementEnded() as event:
            ended = {"state": "ended", "reason_code": event.reason_code}
            return [put(agreements, recorded.stream_id, version=recorded.version, **ended)]
        case public.OfferingPublished() as event:
            return [
                put(
                    offerings, recorded.stream_id, version=recorded.version, state="published",
                    organization_id=event.organization_id, service_codes=list(event.service_codes),
                    areas=list(event.areas), conditions=list(event.conditions), capacity=event.capacity,
                    published_at=recorded.happened_at, area_edition=event.area_edition,
                    eligible_by=list(event.eligible_by), group_codes=list(event.group_codes),
                    age_bands=list(event.age_bands), agreement_needed=event.agreement_needed,
                )
            ]  # fmt: skip
        case public.CapacityChanged() as event:
            return [put(offerings, recorded.stream_id, version=recorded.version, capacity=event.capacity)]
        case public.OfferingWithdrawn():
            return [put(offerings, recorded.stream_id, version=recorded.version, state="withdrawn")]
        case _:
            return []


def _organization(recorded: Recorded, state: str, **columns: object) -> Change:
    return put(organizations, recorded.stream_id, version=recorded.version, state=state, **columns)


def _names(recorded: Recorded, digests: tuple[str, ...]) -> list[Change]:
    return [put(organization_names, recorded.stream_id, digest, position=recorded.position) for digest in digests]
