"""What each command may know of other aggregates: read from intake's own views inside the commit that decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from services.contracts import intake as public
from services.intake import erasure_facts, record_lookup, same
from services.intake import tables as t
from services.intake.domain.known import AccessFact, CaseFact, ConsentFact, GuardianFact, Known, PersonFact, RequestFact
from services.intake.domain.rules import CHILD_BANDS, local_day
from services.intake.served import serving
from services.intake.tables import split
from services.kernel.manifest import Facts, Look

Row = dict[str, Any]


def person_fact(look: Look, person_id: UUID) -> PersonFact | None:
    """A person with those who may consent for him, or None; of records merged into one, what is known of any (H4)."""
    row = look.one(t.persons, person_id)
    if row is None:
        return None
    rows = same.merged_rows(look, same.survivor_row(look, row))
    return PersonFact(
        person_id=person_id,
        age_band=age_of([each["age_band"] for each in rows]),
        station=row["station"],
        alive=rows[0]["state"] == "active",
        gone=rows[0]["state"] in erasure_facts.GONE,
        merged=row["merged_into"] is not None,
        same=frozenset(each["person_id"] for each in rows),
        guardians=tuple(guardian for each in rows for guardian in _guardians(look, each["person_id"])),
    )


def age_of(bands: list[str]) -> str:
    """How old one is whose records differ: a child if any says so (INV-8), else as the first that knows."""
    known = [band for band in bands if band != "unknown"]
    children = [band for band in known if band in CHILD_BANDS]
    return (children or known or ["unknown"])[0]


def _guardians(look: Look, person_id: UUID) -> list[GuardianFact]:
    """Who may consent, under any record of theirs."""
    return [
        GuardianFact(guardian_id=record, since=row["since"], until=row["until"])
        for row in look.all(t.guardians, person_id=person_id)
        for record in same.records_of(look, row["guardian_id"])
    ]


def consent_facts(look: Look, person_id: UUID) -> tuple[ConsentFact, ...]:
    """All consents of a person that were ever answered, whichever of his records they were given under."""
    return tuple(
        ConsentFact(
            consent_id=row["consent_id"],
            state=row["state"],
            purposes=split(row["purposes"]),
            categories=split(row["categories"]),
            receivers=split(row["receivers"]),
            valid_until=row["valid_until"],
        )
        for record in same.records_of(look, person_id)
        for row in look.all(t.consents, person_id=record)
    )


def _about_person(command: Any, itself: UUID, look: Look) -> Known:
    """The person that the command names, with all consents."""
    return Known(
        itself=itself,
        person=person_fact(look, command.person_id),
        consents=consent_facts(look, command.person_id),
    )


def _for_disclosure(command: public.DiscloseIdentity, itself: UUID, look: Look) -> Known:
    """The person, the consents, and whether the pair that would read lacks a mentor."""
    pair = look.one(t.pairings, command.need_id) if command.need_id else None
    school = pair is not None and pair["kind"] == "school_community"
    lacking = school and None in (pair["community_mentor"], pair["academy_mentor"]) if pair else False
    return replace(_about_person(command, itself, look), mentors_missing=lacking)


def _about_answer(command: public.AnswerConsentRequest, itself: UUID, look: Look) -> Known:
    """The person of whom the consent was asked."""
    row = look.one(t.consents, itself)
    return Known(itself=itself, person=person_fact(look, row["person_id"]) if row else None)


def _for_superseding(command: public.SupersedeConsent, itself: UUID, look: Look) -> Known:
    """The later consent, if it was given of the same human being."""
    row = look.one(t.consents, itself)
    later = consent_facts(look, row["person_id"]) if row else ()
    return Known(itself=itself, consents=tuple(c for c in later if c.consent_id == command.by_consent_id))


def _for_case(command: public.OpenCase, itself: UUID, look: Look) -> Known:
    """The person, the consents, and the request that is to become the case."""
    return Known(
        itself=itself,
        person=person_fact(look, command.person_id),
        consents=consent_facts(look, command.person_id),
        request=request_fact(look, command.request_id) if command.request_id else None,
        household=_members(look, command.household_id) if command.household_id else None,
    )


def _members(look: Look, household_id: UUID) -> frozenset[UUID] | None:
    """Who lives in a household now, or None where there is none under this id."""
    if look.one(t.households, household_id) is None:
        return None
    rows = look.all(t.household_members, household_id=household_id, lives_there=True)
    return frozenset(record for row in rows for record in same.records_of(look, row["person_id"]))


def request_fact(look: Look, request_id: UUID) -> RequestFact | None:
    """A help request, and the case it has become, if it has."""
    row = look.one(t.help_requests, request_id)
    if row is None:
        return None
    case = next((c for c in look.all(t.cases, request_id=request_id) if c["state"] != "entered_in_error"), None)
    return RequestFact(
        request_id=request_id,
        state=row["state"],
        unit=row["unit"],
        case_id=case["case_id"] if case else None,
        case_open=case is not None and case["state"] in (*erasure_facts.OPEN_CASES, "transferred"),
    )


def _whose_need(command: public.ReceiveHelpRequest | public.LinkPersonToHelpRequest, itself: UUID, look: Look) -> Known:
    """Whose need it is said to be."""
    return Known(itself=itself, person=person_fact(look, command.person_id) if command.person_id else None)


def _for_request(command: object, itself: UUID, look: Look) -> Known:
    """The request itself with the day on which it ended, the case that it has become, and the person whose need it is."""
    row = look.one(t.help_requests, itself)
    whose = row["person_id"] if row else None
    return Known(
        itself=itself,
        request=request_fact(look, itself),
        person=person_fact(look, whose) if whose else None,
        closed_on=_closed_on(row),
    )


def _for_triage(command: public.TriageHelpRequest, itself: UUID, look: Look) -> Known:
    """Whether a safeguarding concern was raised about this matter or this person."""
    row = look.one(t.help_requests, itself) or {}
    person_id = row.get("person_id")
    raised = look.all(t.safeguarding, matter_id=itself) or (
        look.all(t.safeguarding, person_id=person_id) if person_id else []
    )
    return Known(itself=itself, concern_raised=bool(raised))


def _for_duplicate(command: public.LinkDuplicateRequest, itself: UUID, look: Look) -> Known:
    return Known(itself=itself, request=request_fact(look, command.other_request_id))


def _for_guardian(command: public.LinkGuardian, itself: UUID, look: Look) -> Known:
    return Known(itself=itself, person=person_fact(look, command.guardian_id))


def _for_notice(command: public.NotifyLater, itself: UUID, look: Look) -> Known:
    """Whether a guardian is suspected to harm the person, under any record of theirs."""
    records = same.records_of(look, itself)
    suspected = (look.all(t.safeguarding, person_id=record, guardian_suspected=True) for record in records)
    return Known(itself=itself, guardian_suspected=any(suspected))


def _for_survivor(command: public.MergePersons, itself: UUID, look: Look) -> Known:
    return Known(itself=itself, person=person_fact(look, command.survivor_id))


def _for_taking_apart(command: public.UnmergePersons, itself: UUID, look: Look) -> Known:
    row = look.one(t.persons, itself)
    return Known(itself=itself, person=person_fact(look, row["merged_into"]) if row and row["merged_into"] else None)


def _for_candidate(command: public.RuleOutDuplicate, itself: UUID, look: Look) -> Known:
    return Known(itself=itself, person=person_fact(look, command.candidate_id))


def _for_household(command: public.FormHousehold, itself: UUID, look: Look) -> Known:
    """Which of the members named are registered."""
    named = [member.person_id for member in command.members]
    rows = look.run(sa.select(t.persons.c.person_id).where(t.persons.c.person_id.in_(named)))
    return Known(itself=itself, registered=frozenset(row["person_id"] for row in rows))


def _for_information(command: public.CollectInformation, itself: UUID, look: Look) -> Known:
    """The consents of the third person whom the information is about."""
    about = command.about_person_id
    return Known(itself=itself, consents=consent_facts(look, about) if about else ())


def _for_reopening(command: object, itself: UUID, look: Look) -> Known:
    """The person whose case it is, the day of its closing, and what another organization still holds of its matter."""
    row = look.one(t.cases, itself)
    if row is None:
        return Known(itself=itself)
    strands = look.all(t.strands, matter_id=row["matter_id"], is_open=True)
    held = tuple(s["need_id"] for s in strands if row["transferred_to"] and s["receiver"] == row["transferred_to"])
    person = person_fact(look, row["person_id"])
    return Known(itself=itself, person=person, closed_on=_closed_on(row), strands=held)


def _closed_on(row: Row | None) -> date | None:
    ended = row["closed_at"] if row else None
    return None if ended is None else local_day(ended)


def _for_closing(command: object, itself: UUID, look: Look) -> Known:
    """The strands of the case's matter that are still open, as far as intake has heard."""
    row = look.one(t.cases, itself)
    if row is None:
        return Known(itself=itself)
    strands = look.all(t.strands, matter_id=row["matter_id"], is_open=True)
    return Known(itself=itself, strands=tuple(s["need_id"] for s in strands))


def _for_visits(command: public.RecordVisits, itself: UUID, look: Look) -> Known:
    """The days on record within the span of the sheet."""
    days = [visit.on for visit in command.visits]
    v = t.visits.c
    rows = look.run(
        sa.select(v.visited_on, v.mode).where(v.plan_id == itself, v.visited_on.between(min(days), max(days)))
    )
    return Known(itself=itself, busy=frozenset((row["visited_on"], row["mode"]) for row in rows))


def _for_attendance(command: public.RecordAttendance, itself: UUID, look: Look) -> Known:
    row = look.one(t.cases, command.case_id) if command.case_id else None
    there = frozenset(at["person_id"] for at in look.all(t.attendances, activity_id=itself))
    return Known(itself=itself, matter_id=row["matter_id"] if row else None, attending=there)


def _for_reading(command: public.ReadIdentity, itself: UUID, look: Look) -> Known:
    """The cases of the person with those who work on them, and the live disclosures with what they stand on now.

    A merger opens nothing: who works on a case of one record reads no other record for it.
    """
    cases = tuple(
        CaseFact(
            case_id=row["case_id"],
            workers=frozenset(p for p in (row["owner"], row["supervisor"], *split(row["workers"])) if p),
        )
        for row in look.all(t.cases, person_id=itself)
        if row["state"] != "entered_in_error"
    )
    consents = {consent.consent_id: consent for consent in consent_facts(look, itself)}
    live = look.all(t.disclosures, person_id=itself, state="live")
    plans = look.all(t.visit_plans, person_id=itself, state="running")
    guards = look.all(t.guardians, person_id=itself)
    suspected = look.all(t.safeguarding, person_id=itself, guardian_suspected=True)
    return Known(
        itself=itself,
        cases=cases,
        accesses=tuple(_access(row, consents) for row in live),
        places=_places(look.one(t.persons, itself) or {}, look),
        visitors=frozenset(row["visitor"] for row in plans if row["visitor"]),
        guardians=frozenset(str(row["guardian_id"]) for row in guards),
        guardian_suspected=bool(suspected),
    )


def _places(person: Row, look: Look) -> tuple[str, ...]:
    """Where a person lives and is registered, who serves those places, and the unit that took down who he is."""
    areas = [area for name in ("residence_area", "hukou_area") if (area := person.get(name))]
    units = [unit for area in areas for unit in serving(look, area)]
    return (*areas, *units, *((person["kept_by"],) if person.get("kept_by") else ()))


def _for_notes(command: public.ReadHelpRequestNotes, itself: UUID, look: Look) -> Known:
    """Who serves the place of the request."""
    row = look.one(t.help_requests, itself)
    return Known(itself=itself, places=serving(look, row["area"]) if row else ())


def _access(row: Row, consents: Mapping[UUID, ConsentFact]) -> AccessFact:
    return AccessFact(
        disclosure_id=row["disclosure_id"],
        receiver=row["receiver"],
        purpose=row["purpose"],
        categories=split(row["categories"]),
        until=row["expires_due"],
        on_law=row["legal_basis"] is not None,
        consent=consents.get(row["consent_id"]),
    )


FACTS: Mapping[type, Facts] = cast(
    Mapping[type, Facts],
    {
        public.RequestConsent: _about_person,
        public.GrantConsent: _about_person,
        public.RefuseConsent: _about_person,
        public.AnswerConsentRequest: _about_answer,
        public.SupersedeConsent: _for_superseding,
        public.DiscloseIdentity: _for_disclosure,
        public.SetVisitPlan: _about_person,
        public.OpenCase: _for_case,
        public.ReceiveHelpRequest: _whose_need,
        public.LinkPersonToHelpRequest: _whose_need,
        public.ReopenHelpRequest: _for_request,
        public.MarkHelpRequestEnteredInError: _for_request,
        public.TriageHelpRequest: _for_triage,
        public.LinkDuplicateRequest: _for_duplicate,
        public.LinkGuardian: _for_guardian,
        public.NotifyLater: _for_notice,
        public.MergePersons: _for_survivor,
        public.UnmergePersons: _for_taking_apart,
        public.RuleOutDuplicate: _for_candidate,
        public.FormHousehold: _for_household,
        public.JoinHousehold: _about_person,
        public.CollectInformation: _for_information,
        public.CloseCase: _for_closing,
        public.ReopenCase: _for_reopening,
        public.CloseCaseOnDeath: _for_closing,
        public.RecordVisits: _for_visits,
        public.RecordAttendance: _for_attendance,
        public.ReadIdentity: _for_reading,
        public.ReadHelpRequestNotes: _for_notes,
        public.DecideErasure: erasure_facts.for_decision,
    }
    | record_lookup.FACTS,
)
"""Which commands look something up. Those that do not can share a commit with any others."""
