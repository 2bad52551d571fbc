"""How events of the roster change its rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from services.contracts.codes_volunteer import MINOR_PROTECTION
from services.contracts.volunteer import (
    RecordStatementIssued,
    RelativeDeclared,
    StarLevelReached,
    StarLevelRevised,
    VolunteerClearanceLapsed,
    VolunteerCleared,
    VolunteerDataErased,
    VolunteerErasureDecided,
    VolunteerInsured,
    VolunteerJoinedTeam,
    VolunteerLeftTeam,
    VolunteerRegistered,
    VolunteerReinstated,
    VolunteersMerged,
    VolunteersUnmerged,
    VolunteerSuspended,
    VolunteerTrained,
    VolunteerVerified,
    VolunteerWithdrew,
    VolunteerWorkerLinked,
)
from services.contracts.worktime import end_of
from services.kernel.message import Recorded
from services.kernel.view import Change, clear, drop, put
from services.volunteer.view_tables import (
    no_shows,
    stars,
    statement_records,
    statements,
    volunteer_checks,
    volunteer_limits,
    volunteer_relatives,
    volunteer_sealed,
    volunteer_skills,
    volunteer_teams,
    volunteers,
)

EMPTIED = (
    "erase_due", "area", "minor", "guardian_consent", "national_no", "worker", "cleared_until", "insured_from", "insured_until",
)  # fmt: skip
"""What is shown of a volunteer who is forgotten no more; what was given stays."""

BESIDE = (volunteer_skills, volunteer_checks, volunteer_relatives, volunteer_limits, volunteer_teams, volunteer_sealed)
"""What is about the human being who volunteers, and goes with the own data."""


def about_volunteer(recorded: Recorded, volunteer_id: UUID) -> Iterable[Change]:
    """The rows that an event of this volunteer changes."""
    event = recorded.event
    if isinstance(event, VolunteerRegistered):
        return _registered(event, volunteer_id)
    if isinstance(event, RecordStatementIssued):
        return _stated(event, volunteer_id, recorded)
    if isinstance(event, StarLevelReached | StarLevelRevised):
        return [_starred(event, volunteer_id, recorded)]
    if isinstance(event, VolunteerErasureDecided):
        return [put(volunteers, volunteer_id, state="leaving", erase_due=recorded.recorded_at, lapses_at=None)]
    if isinstance(event, VolunteerDataErased):
        return [change for record in (volunteer_id, *event.records) for change in _forgotten(record)]
    return [*_beside(event, volunteer_id), put(volunteers, volunteer_id, **_columns(event))]


def _forgotten(volunteer_id: UUID) -> Iterable[Change]:
    """Of one record nothing stays but that there was one, and what was given under it (INV-35)."""
    yield put(volunteers, volunteer_id, state="erased", **dict.fromkeys(EMPTIED))
    yield drop(no_shows, f"volunteer:{volunteer_id}")
    yield from (clear(table, volunteer_id) for table in BESIDE)


def _columns(event: object) -> dict[str, Any]:
    match event:
        case VolunteerVerified():
            consent = {"guardian_consent": True} if event.guardian_consent_ref else {}
            return {"state": event.state, "minor": event.minor, **consent}
        case VolunteerCleared() if event.check_kind == MINOR_PROTECTION:
            clear = event.result == "clear"
            lapses_at = end_of(event.valid_until) if clear else None
            return {"cleared_until": event.valid_until if clear else None, "lapses_at": lapses_at}
        case VolunteerClearanceLapsed():
            return {"lapses_at": None}
        case VolunteerInsured():
            return {"insured_from": event.valid_from, "insured_until": event.valid_until}
        case VolunteerTrained() | VolunteerReinstated():
            return {"state": event.state}
        case VolunteerWorkerLinked():
            return {"worker": event.worker}
        case VolunteerSuspended():
            return {"state": "suspended"}
        case VolunteersMerged():
            return {"state": "merged", "merged_into": event.survivor_id}
        case VolunteersUnmerged():
            return {"state": event.state, "merged_into": None}
        case VolunteerWithdrew():
            return {"state": "withdrawn", "lapses_at": None}
        case _:
            return {}


def _beside(event: object, volunteer_id: UUID) -> Iterable[Change]:
    match event:
        case VolunteerTrained() if event.skill is not None:
            trained = {"trained_on": event.trained_on, "valid_until": event.valid_until}
            yield put(volunteer_skills, volunteer_id, event.skill, **trained)
        case VolunteerCleared():
            checked = {"result": event.result, "checked_on": event.checked_on, "valid_until": event.valid_until}
            yield put(volunteer_checks, volunteer_id, event.check_kind, event.skill or "", **checked)
        case RelativeDeclared():
            yield put(volunteer_relatives, volunteer_id, event.person_id, relation=event.relation)
        case VolunteerJoinedTeam():
            yield put(volunteer_teams, volunteer_id, event.team)
        case VolunteerLeftTeam():
            yield drop(volunteer_teams, volunteer_id, event.team)
        case _:
            return


def _starred(event: StarLevelReached | StarLevelRevised, volunteer_id: UUID, recorded: Recorded) -> Change:
    counted = {"level": event.level, "minutes": event.minutes}
    return put(stars, volunteer_id, event.scheme_id, since=recorded.recorded_at, **counted)


def _stated(event: RecordStatementIssued, volunteer_id: UUID, recorded: Recorded) -> Iterable[Change]:
    stated = {
        "issuer": event.issuer,
        "minutes": event.minutes,
        "issued_at": recorded.recorded_at,
        "position": recorded.position,
    }
    yield put(statements, event.verify_code, volunteer_id=volunteer_id, **stated)
    for record_id in event.records:
        yield put(statement_records, event.verify_code, record_id)


def _registered(event: VolunteerRegistered, volunteer_id: UUID) -> Iterable[Change]:
    yield put(
        volunteers, volunteer_id, state="registered", area=event.area, minor=event.minor,
        guardian_consent=event.guardian_consent_ref is not None, national_no=event.national_no, worker=event.worker,
        minutes_confirmed=0,
    )  # fmt: skip
    for skill in event.skills:
        yield put(volunteer_skills, volunteer_id, skill)
    for demand in event.limits:
        yield put(volunteer_limits, volunteer_id, demand)
    for team in event.teams:
        yield put(volunteer_teams, volunteer_id, team)
