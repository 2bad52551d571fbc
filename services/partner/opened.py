"""What each scope of an API token opens: the paths of the hub's services, by name. Data; what is not here no token opens."""

from __future__ import annotations

from collections.abc import Iterable

OPENS: dict[str, frozenset[str]] = {
    "feed": frozenset({"partner:events", "partner:stream", "partner:my_queue", "partner:sequence"}),
    "offers": frozenset(
        {
            "referral:inbox", "referral:inbox_sheet", "referral:told_to_us", "referral:referral", "referral:referrals", "referral:offers",
            "referral:deadlines", "referral:told_answers", "referral:organization", "referral:organizations",
            "referral:names", "referral:offering", "referral:offerings", "referral:hsds_organizations",
            "referral:hsds_organization", "referral:hsds_services", "referral:hsds_service", "referral:hsds_at_locations",
            "referral:hsds_at_location", "referral:hsds_taxonomies", "referral:hsds_taxonomy_terms",
            "referral:fhir_tasks", "referral:fhir_task", "referral:fhir_task_history", "referral:fhir_task_version",
            "referral:fhir_request", "referral:fhir_request_history", "referral:fhir_request_version",
            "referral:fhir_organization", "referral:fhir_services", "referral:fhir_service",
        }
    ),
    "answers": frozenset(
        {
            "referral:view-offer", "referral:request-information", "referral:accept-referral", "referral:decline-offer",
            "referral:start-service", "referral:pause-service", "referral:resume-service", "referral:return-referral",
            "referral:reroute-referral", "referral:report-outcome", "referral:confirm-answer", "referral:dispute-answer",
            "referral:answer_by_sheet",
            "referral:fhir_update_task",
        }
    ),
    "capacity": frozenset({"referral:publish-offering", "referral:change-capacity", "referral:withdraw-offering"}),
    "identity": frozenset(
        {
            "intake:disclosed_identity", "intake:one_disclosure", "intake:all_disclosures", "intake:answer-deletion",
            "intake:fhir_consents", "intake:fhir_consent",
        }
    ),
    "webhooks": frozenset(
        {
            "partner:add_endpoint", "partner:endpoints", "partner:endpoint", "partner:rotate", "partner:disable",
            "partner:enable", "partner:remove", "partner:redeliver", "partner:attempts",
        }
    ),
}  # fmt: skip


def opened_by(scopes: Iterable[str]) -> frozenset[str]:
    """All that these scopes open; a scope that is not known any more opens nothing."""
    return frozenset[str]().union(*(OPENS.get(scope, frozenset()) for scope in scopes))


def needed_by(scopes: Iterable[str]) -> dict[str, str]:
    """Of each path that these scopes do not open, the scope that does."""
    given = set(scopes)
    return {path: scope for scope, paths in OPENS.items() if scope not in given for path in sorted(paths)}
