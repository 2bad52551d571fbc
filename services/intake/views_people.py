"""How persons, consents, disclosures and readings show: codes and ids, never a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from services.contracts import intake as public
from services.intake import tables as t
from services.intake.domain.rules import local_day
from services.intake.tables import joined
from services.kernel.message import Recorded
from services.kernel.view import Change, drop, put

Show = Callable[[Recorded, Any], Iterable[Change]]


def _person(recorded: Recorded, **columns: Any) -> Change:
    return put(t.persons, recorded.stream_id, version=recorded.version, **columns)


def _registered(recorded: Recorded, event: public.PersonRegistered) -> list[Change]:
    return [
        _person(
            recorded,
            state="active",
            station=event.station,
            age_band=event.age_band,
            sensitivity=event.sensitivity,
            residence_area=event.residence_area,
            hukou_area=event.hukou_area,
            residence_edition=event.residence_edition,
            hukou_edition=event.hukou_edition,
            id_number_override=event.id_number_override,
            registered_at=recorded.effective_at,
        )
    ]


def _amended(recorded: Recorded, event: public.PersonDetailsAmended) -> list[Change]:
    given = {"age_band": event.age_band, "sensitivity": event.sensitivity, "hukou_area": event.hukou_area,
             "hukou_edition": event.hukou_edition, "id_number_override": event.id_number_override}  # fmt: skip
    return [_person(recorded, **{name: value for name, value in given.items() if value is not None})]


def _grouped(recorded: Recorded, event: public.ClientGroupAssigned) -> list[Change]:
    group = put(t.client_groups, event.person_id, event.group_code, table_version=event.table_version,
                basis=event.basis, since=event.since or local_day(recorded.happened_at), until=None)  # fmt: skip
    return [_person(recorded), group]


def _ungrouped(recorded: Recorded, event: public.ClientGroupRemoved) -> list[Change]:
    """What somebody was stays on record with the day on which it ended."""
    ended = local_day(recorded.happened_at)
    return [_person(recorded), put(t.client_groups, event.person_id, event.group_code, until=ended)]


def _guarded(recorded: Recorded, event: public.GuardianLinked) -> list[Change]:
    link = put(t.guardians, event.person_id, event.guardian_id, relation=event.relation,
               evidence_kind=event.evidence_kind, since=event.since, until=event.until)  # fmt: skip
    return [_person(recorded), link]


def _on_law(recorded: Recorded, event: public.LegalBasisInvoked) -> list[Change]:
    row = put(
        t.legal_bases, event.person_id, event.basis_code, reason_code=event.reason_code, approver=event.approver,
        invoked_at=recorded.effective_at,
        **({"notify_by": event.notify_later_by, "told_at": None, "told_to": None} if event.notify_later_by else {}),
    )  # fmt: skip
    return [_person(recorded), row]


def _told_later(recorded: Recorded, event: public.PersonNotifiedLater) -> list[Change]:
    told = {"notify_by": None, "told_at": recorded.effective_at, "told_to": event.to}
    return [_person(recorded), put(t.legal_bases, event.person_id, event.basis_code, **told)]


def _read(recorded: Recorded, event: public.IdentityRead | public.IdentityReadRefused) -> list[Change]:
    let = isinstance(event, public.IdentityRead)
    row = put(
        t.reads,
        recorded.position,
        person_id=event.person_id,
        reader=event.reader,
        reader_role=event.reader_role,
        reader_org=event.reader_org,
        why=event.why,
        categories=joined(event.categories) if isinstance(event, public.IdentityRead) else "",
        disclosure_id=event.disclosure_id if isinstance(event, public.IdentityRead) else None,
        case_id=event.case_id if isinstance(event, public.IdentityRead) else None,
        at=recorded.recorded_at,
        allowed=let,
    )
    return [_person(recorded), row]


def _consent(recorded: Recorded, **columns: Any) -> Change:
    return put(t.consents, recorded.stream_id, version=recorded.version, **columns)


def _asked(
    recorded: Recorded, event: public.ConsentRequested | public.ConsentRefused | public.ConsentGranted
) -> list[Change]:
    state = {public.ConsentRequested: "requested", public.ConsentRefused: "refused"}.get(type(event), "granted")
    return [
        _consent(
            recorded,
            state=state,
            person_id=event.person_id,
            purposes=joined(event.purposes),
            categories=joined(event.categories),
            receivers=joined(event.receivers),
        )
    ]


def _granted(recorded: Recorded, event: public.ConsentGranted) -> list[Change]:
    more = _consent(
        recorded,
        given_by=event.by,
        by_person_id=event.by_person_id,
        method=event.method,
        notice_version=event.notice_version,
        sensitive=event.sensitive,
        valid_from=event.valid_from,
        valid_until=event.valid_until,
        expires_due=event.valid_until,
    )
    return [*_asked(recorded, event), more]


def _withdrawn(recorded: Recorded, event: public.ConsentWithdrawn) -> list[Change]:
    over = event.scope == "all" or not event.categories_left
    left = {"receivers": joined(event.receivers_left), "categories": joined(event.categories_left)}
    if not over:
        return [_consent(recorded, **left)]
    return [_consent(recorded, state="withdrawn", expires_due=None, **left)]


def _disclosure(recorded: Recorded, **columns: Any) -> Change:
    return put(t.disclosures, recorded.stream_id, version=recorded.version, **columns)


def _disclosed(recorded: Recorded, event: public.IdentityDisclosed) -> list[Change]:
    return [
        _disclosure(
            recorded,
            state="live",
            person_id=event.person_id,
            receiver=event.receiver,
            purpose=event.purpose,
            categories=joined(event.categories),
            legal_basis=event.legal_basis,
            consent_id=event.consent_id,
            matter_id=event.matter_id,
            need_id=event.need_id,
            disclosed_at=recorded.recorded_at,
            expires_due=event.expires_at,
        )
    ]


def _not_disclosed(recorded: Recorded, event: public.IdentityDisclosureRefused) -> list[Change]:
    return [
        _disclosure(
            recorded,
            state="refused",
            person_id=event.person_id,
            receiver=event.receiver,
            purpose=event.purpose,
            reason_code=event.reason_code,
            matter_id=event.matter_id,
            need_id=event.need_id,
        )
    ]


def _revoked(recorded: Recorded, event: public.IdentityAccessRevoked) -> list[Change]:
    return [
        _disclosure(
            recorded, state="revoked", reason_code=event.reason_code, ended_at=recorded.recorded_at, expires_due=None
        )
    ]


SHOWN: dict[type, Show] = {
    public.PersonRegistered: _registered,
    public.PersonDetailsAmended: _amended,
    public.ClientGroupAssigned: _grouped,
    public.ClientGroupRemoved: _ungrouped,
    public.GuardianLinked: _guarded,
    public.GuardianUnlinked: lambda r, e: [_person(r), drop(t.guardians, e.person_id, e.guardian_id)],
    public.PersonMoved: lambda r, e: [_person(r, residence_area=e.to_area, residence_edition=e.to_edition)],
    public.PersonDied: lambda r, e: [_person(r, state="deceased")],
    public.DeathCorrected: lambda r, e: [_person(r, state="active")],
    public.LegalBasisInvoked: _on_law,
    public.PersonNotifiedLater: _told_later,
    public.IdentityRead: _read,
    public.IdentityReadRefused: _read,
    public.ConsentRequested: _asked,
    public.ConsentGranted: _granted,
    public.ConsentRefused: _asked,
    public.ConsentWithdrawn: _withdrawn,
    public.ConsentExpired: lambda r, e: [_consent(r, state="expired", expires_due=None)],
    public.ConsentSuperseded: lambda r, e: [_consent(r, state="superseded", expires_due=None)],
    public.IdentityDisclosed: _disclosed,
    public.IdentityDisclosureRefused: _not_disclosed,
    public.IdentityAccessRevoked: _revoked,
}
