"""Tasks, ServiceRequests and bundles with their fields, as R4 and the guide have them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from services.contracts.codes import OUTCOME
from services.referral.fhir import systems as s
from services.referral.fhir.course import Asking, Task

Row = Mapping[str, Any]
Resource = dict[str, Any]


def task(version: Task, row: Row) -> Resource:
    """A Task in one of its versions; `row` is its referral as whoever asks may see it now."""
    made: Resource = {
        "resourceType": "Task", "id": str(version.task_id), "meta": _meta(version, s.TASK_PROFILE),
        "partOf": [_to("Task", version.part_of)] if version.part_of else None, "status": version.status,
        "statusReason": s.reason(version.reason) if version.reason else None,
        "businessStatus": _stage(version.business), "intent": "order",
        "priority": s.PRIORITY.get(row["urgency"] or "", "routine"),
        "code": s.concept(s.TASK_CODE, "fulfill", "Fulfill the focal request"),
        "focus": _to("ServiceRequest", row["referral_id"]), "for": subject(row), "authoredOn": s.instant(version.authored_at),
        "lastModified": s.instant(version.at), "requester": _party(row["origin"]),
        "owner": _to("Organization", version.organization_id),
        "executionPeriod": {"start": s.instant(version.started_at)} if version.started_at else None,
        "restriction": {"period": {"end": s.instant(version.respond_by)}} if version.respond_by else None,
        "output": _outputs(version) or None,
    }  # fmt: skip
    return _filled(made)


def _meta(version: Task | Asking, profile: str) -> Resource:
    return {"versionId": str(version.version), "lastUpdated": s.instant(version.at), "profile": [profile]}


def _stage(code: str | None) -> Resource | None:
    return None if code is None else s.concept(f"{s.OURS}:stage", code, s.SAID[code][1], s.SAID[code][0])


def _outputs(version: Task) -> list[Resource]:
    """What came of it; the activity by its code, and by the organization's own reference where it gave one."""
    if version.outcome not in ("delivered", "partially"):
        return []
    kind = s.concept(s.SDOHCC, "resulting-activity", "Resulting Activity")
    found: list[Resource] = [{"type": kind, "valueCodeableConcept": s.of_table(OUTCOME, version.outcome)}]
    if version.evidence:
        found.append({"type": kind, "valueReference": {"reference": version.evidence}})
    if version.quantity is not None:
        unit = {"unit": version.unit, "system": f"{s.OURS}:unit", "code": version.unit} if version.unit else {}
        quantity = {"value": version.quantity} | unit
        found.append({"type": s.concept(f"{s.OURS}:output", "quantity", "how much"), "valueQuantity": quantity})
    return found


def service_request(version: Asking, row: Row) -> Resource:
    """A referral in one of its versions, with what whoever asks may see of the need now."""
    needs = list(row["need_codes"] or ())
    made: Resource = {
        "resourceType": "ServiceRequest", "id": str(row["referral_id"]), "meta": _meta(version, s.REQUEST_PROFILE),
        "status": version.status, "intent": "order",
        "category": [s.concept(s.SDOHCC, domain) for domain in sorted({s.DOMAINS.get(n, s.UNSPECIFIED) for n in needs})],
        "priority": s.PRIORITY.get(row["urgency"] or "", "routine"), "code": _needs(needs), "subject": subject(row),
        "occurrencePeriod": {"end": row["required_by"].isoformat()} if row["required_by"] else None,
        "authoredOn": s.instant(row["drafted_at"]), "requester": _party(row["origin"]),
        "locationCode": [s.concept(f"{s.OURS}:division", area) for area in row["areas"] or ()] or None,
        "reasonCode": [s.group(code) for code in row["group_codes"] or ()] or None,
    }  # fmt: skip
    return _filled(made)


def _needs(codes: list[str]) -> Resource | None:
    concepts = [s.need(code) for code in codes]
    if not concepts:
        return None
    codings = [coding for concept in concepts for coding in concept["coding"]]
    return {"coding": codings, "text": "、".join(concept["text"] for concept in concepts)}


def subject(row: Row) -> Resource:
    """Whose need it is: a reference of ours while it may be known, and before and after that nothing but the referral."""
    if row["person_id"] is not None:
        return {"type": "Patient", "identifier": {"system": s.PERSON, "value": str(row["person_id"])}}
    return {"type": "Patient", "identifier": {"system": s.SUBJECT, "value": str(row["referral_id"])}}


def _party(party: str | None) -> Resource:
    return {"identifier": {"system": s.PARTY, "value": party or "unknown"}}


def _to(kind: str, ident: UUID | None) -> Resource:
    return {"reference": f"{kind}/{ident}"}


def _filled(fields: Resource) -> Resource:
    return {name: value for name, value in fields.items() if value is not None}


def history(base: str, kind: str, versions: Iterable[Resource]) -> Resource:
    """All versions of one resource, the newest first."""
    found = list(versions)
    entries = [_version(base, kind, one, place == 0) for place, one in enumerate(found)]
    return {"resourceType": "Bundle", "type": "history", "total": len(found), "entry": entries[::-1]}


def _version(base: str, kind: str, one: Resource, is_first: bool) -> Resource:
    path = kind if is_first else f"{kind}/{one['id']}"
    answer = {"status": "201" if is_first else "200", "etag": etag(one), "lastModified": one["meta"]["lastUpdated"]}
    return {
        "fullUrl": f"{base}/{kind}/{one['id']}", "resource": one,
        "request": {"method": "POST" if is_first else "PUT", "url": path}, "response": answer,
    }  # fmt: skip


def etag(one: Resource) -> str:
    """The version of a resource as a header has it."""
    return f'W/"{one["meta"]["versionId"]}"'
