"""What the volunteer service shows: volunteers, tasks and who goes, hours, pairings and their commitments.

All of it is folded from the service's own log and can be thrown away.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.contracts.volunteer import (
    HoursAnswerOverdue,
    HoursAnswerReminded,
    PairingCaseLinked,
    PairingCommitmentFulfilled,
    PairingCommitmentWaived,
    PairingEnded,
    PairingFormed,
    PairingMentorAssigned,
    PairingOverdue,
    PairingReminded,
    PairingReported,
    PairingSupervised,
    ServiceHoursConfirmed,
    ServiceHoursCorrected,
    ServiceHoursQuestioned,
    ServiceHoursRecorded,
    ServiceHoursUpheld,
    ServiceHoursVoided,
    ServiceQualityRated,
)
from services.kernel.message import Recorded
from services.kernel.view import Change, add, drop, put
from services.volunteer.notes import about_notes
from services.volunteer.reading import about_reading
from services.volunteer.view_tables import (
    MADE,
    METADATA,
    commitments,
    hours,
    hours_clocks,
    hours_due,
    pairing_clocks,
    pairing_parties,
    pairing_reports,
    pairings,
    volunteers,
)
from services.volunteer.views_plans import about_plan, plans
from services.volunteer.views_roster import about_volunteer
from services.volunteer.views_rounds import about_round
from services.volunteer.views_tasks import about_task

__all__ = ["METADATA", "project"]


def project(recorded: Recorded) -> list[Change]:
    """The rows that an event changes, and who brought them into being; the version of its own row always."""
    return [*_about(recorded), *_made(recorded)]


def _made(recorded: Recorded) -> list[Change]:
    """Who brought it into being, and for whom; what the hub does of its own accord is nobody's."""
    table, actor = (MADE | {"plan": plans}).get(recorded.stream.partition("/")[0]), recorded.actor
    if recorded.version != 1 or table is None or actor.role == "service":
        return []
    return [put(table, recorded.stream_id, made_by=actor.id, kept_by=actor.org)]


def _about(recorded: Recorded) -> list[Change]:
    kind, key = recorded.stream.partition("/")[0], recorded.stream_id
    match kind:
        case "volunteer":
            changed = put(volunteers, key, version=recorded.version, changed=recorded.position)
            return [changed, *about_volunteer(recorded, key), *about_reading(recorded, key)]
        case "task":
            return list(about_task(recorded, key))
        case "service-hours":
            row = put(hours, key, version=recorded.version)
            return [row, *_about_hours(recorded, key), *_about_answer(recorded, key)]
        case "plan":
            return list(about_plan(recorded, key))
        case "pairing-round":
            return list(about_round(recorded, key))
        case "notes":
            return about_notes(recorded)
        case "pairing":
            return [put(pairings, key, version=recorded.version), *_about_pairing(recorded, key)]
        case _:
            return []


def _about_hours(recorded: Recorded, record_id: Any) -> Iterable[Change]:
    event = recorded.event
    match event:
        case ServiceHoursRecorded():
            yield put(
                hours, record_id, state="recorded", volunteer_id=event.volunteer_id, matter_id=event.matter_id,
                task_id=event.task_id, pairing_id=event.pairing_id, activity=event.activity, day=event.day,
                minutes=event.minutes, began_at=event.began_at, ended_at=event.ended_at, place_area=event.place_area,
                content_code=event.content_code, organizer=event.organizer, lead=event.lead,
                record_by=event.record_by, late=event.late, paper_ref=event.paper_ref, questioned=False,
            )  # fmt: skip
        case ServiceHoursConfirmed():
            yield put(hours, record_id, state="confirmed", late=event.late)
            yield add(volunteers, event.volunteer_id, minutes_confirmed=event.minutes)
            if event.task_id is not None:
                yield drop(hours_due, event.task_id, event.volunteer_id)
        case ServiceHoursQuestioned():
            yield put(hours, record_id, questioned=True)
        case ServiceHoursUpheld():
            yield put(hours, record_id, questioned=False)
        case ServiceHoursCorrected():
            yield put(
                hours, record_id, minutes=event.minutes_after, minutes_before=event.minutes_before,
                began_at=event.began_at, ended_at=event.ended_at, questioned=False, changed=recorded.position,
            )  # fmt: skip
            if event.counted:
                yield add(volunteers, event.volunteer_id, minutes_confirmed=event.minutes_after - event.minutes_before)
        case ServiceHoursVoided():
            yield put(
                hours, record_id, state="voided", minutes=0, minutes_before=event.minutes_before,
                changed=recorded.position,
            )  # fmt: skip
            if event.counted:
                yield add(volunteers, event.volunteer_id, minutes_confirmed=-event.minutes_before)
        case ServiceQualityRated():
            yield put(hours, record_id, score=event.score, rated_on=event.rated_on, rated_late=event.late)
        case _:
            return


def _about_answer(recorded: Recorded, record_id: Any) -> Iterable[Change]:
    """The clock of the answer that a questioned record waits for."""
    event = recorded.event
    match event:
        case ServiceHoursQuestioned() if event.wait is not None:
            yield put(hours_clocks, record_id, "reminder", due=event.wait.remind_at)
            yield put(hours_clocks, record_id, "lateness", due=event.wait.due_at)
        case HoursAnswerReminded():
            yield drop(hours_clocks, record_id, "reminder")
        case HoursAnswerOverdue() | ServiceHoursUpheld() | ServiceHoursCorrected() | ServiceHoursVoided():
            yield from (drop(hours_clocks, record_id, kind) for kind in ("reminder", "lateness"))
            yield put(hours, record_id, answer_late=isinstance(event, HoursAnswerOverdue))
        case _:
            return


def _about_pairing(recorded: Recorded, pairing_id: Any) -> Iterable[Change]:
    event = recorded.event
    match event:
        case PairingFormed():
            yield from _formed(event, pairing_id)
        case PairingMentorAssigned(mentor_kind="community"):
            yield put(pairings, pairing_id, community_mentor=event.mentor)
        case PairingMentorAssigned():
            yield put(pairings, pairing_id, academy_mentor=event.mentor)
        case PairingSupervised():
            yield put(pairings, pairing_id, supervised_on=event.supervised_on)
            yield add(pairings, pairing_id, supervisions=1)
        case PairingCaseLinked():
            yield put(pairings, pairing_id, case_id=event.case_id)
        case PairingCommitmentFulfilled():
            yield put(
                commitments, pairing_id, event.commitment_code, state="fulfilled", evidence_ref=event.evidence_ref
            )
            yield add(commitments, pairing_id, event.commitment_code, times=1)
        case PairingCommitmentWaived():
            yield put(commitments, pairing_id, event.commitment_code, state="waived")
        case PairingReported():
            yield put(pairings, pairing_id, state="reporting")
            yield put(
                pairing_reports, pairing_id, event.to_org, form_code=event.form_code, reported_at=recorded.happened_at
            )
        case PairingReminded():
            yield drop(pairing_clocks, pairing_id, "reminder")
        case PairingOverdue():
            yield drop(pairing_clocks, pairing_id, "lateness")
        case PairingEnded():
            yield put(pairings, pairing_id, state="ended", result=event.result)
            yield from (drop(pairing_clocks, pairing_id, kind) for kind in ("reminder", "lateness"))
        case _:
            return


def _formed(event: PairingFormed, pairing_id: Any) -> Iterable[Change]:
    yield put(
        pairings, pairing_id, state="formed" if event.kind == "school_community" else "active", kind=event.kind,
        matter_id=event.matter_id, case_id=event.case_id, referral_id=event.referral_id,
        agreement_id=event.agreement_id, holder=event.holder, convener=event.convener, formed_on=event.formed_on,
        with_minor=event.with_minor,
    )  # fmt: skip
    if event.wait is not None:
        yield put(pairing_clocks, pairing_id, "reminder", due=event.wait.remind_at)
        yield put(pairing_clocks, pairing_id, "lateness", due=event.wait.due_at)
    for party in event.parties:
        yield put(pairing_parties, pairing_id, party, role="party")
    for unit in event.units:
        yield put(pairing_parties, pairing_id, unit, role="unit")
    for one in event.commitments:
        yield put(commitments, pairing_id, one.code, giver=one.giver, due=one.due, state="open")
