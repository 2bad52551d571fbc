"""Every decider of intake keeps the laws of deciders, whatever is asked of it in whatever order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.contracts import codes, codes_record
from services.contracts import intake as public
from services.intake.domain import (
    activity,
    case,
    consent,
    disclosure,
    help_request,
    household,
    merging,
    person,
    record,
    safeguarding,
    visit_plan,
)
from services.intake.domain.known import AccessFact, ConsentFact, GuardianFact, Known, PersonFact, RequestFact
from services.intake.domain.record_facts import RecordFact
from services.kernel.decider import Decider, members
from tests.support.laws import check_laws
from tests.unit.intake.stories import TODAY


def some(table: codes.Table) -> st.SearchStrategy[str]:
    """A few codes of a table."""
    return st.sampled_from(list(table.current.terms)[:3])


def lists(table: codes.Table) -> st.SearchStrategy[tuple[str, ...]]:
    """A few codes of a table, one at least."""
    return st.lists(some(table), min_size=1, max_size=2).map(tuple)


POOLS: dict[str, st.SearchStrategy[Any]] = {
    "need_codes": lists(codes.NEED),
    "came_by": some(codes.CAME_BY),
    "reporter_kind": some(codes.REPORTER_KIND),
    "place_kind": some(codes.PLACE_KIND),
    "emergency_contact": st.none() | some(codes.EMERGENCY_CONTACT),
    "topic_codes": lists(codes.TOPIC),
    "materials_have": lists(codes.MATERIAL),
    "materials_missing": st.sampled_from([(), (public.Missing(code="photo"),)]),
    "materials_supplied": st.sampled_from([(), ("photo",)]),
    "next_step_codes": st.sampled_from([(), ("wait",)]),
    "difficulty_codes": lists(codes.DIFFICULTY),
    "result_code": some(codes.FOLLOW_UP_RESULT),
    "confirmed_by": st.none() | some(codes.CONFIRMED_BY),
    "alternatives": lists(codes.ALTERNATIVE),
    "purposes": st.just(("casework", "referral")),
    "purpose": st.just("referral"),
    "method": some(codes.CONSENT_METHOD),
    "child_asked": st.none() | some(codes.CHILD_ASKED),
    "source_kinds": lists(codes.SOURCE_KIND),
    "source": some(codes.SOURCE_KIND),
    "goals": st.just((public.Goal(code="health"),)),
    "goal_codes": st.just(("health",)),
    "outcome_codes": st.just(("health",)),
    "goal_results": st.just((public.GoalResult(code="health", result="partly"),)),
    "activity_codes": lists(codes.VISIT_ACTIVITY),
    "concern_code": some(codes.CONCERN),
    "action_codes": st.just(()) | lists(codes.CONCERN_ACTION),
    "group_code": some(codes.CLIENT_GROUP),
    "relation": some(codes.RELATION),
    "evidence_kind": some(codes.EVIDENCE_KIND),
    "basis": some(codes.GROUP_BASIS),
    "basis_code": st.sampled_from(["pipl13-1", "pipl13-3"]),
    "legal_basis": st.none() | st.just("pipl13-3"),
    "reason_code": some(codes.REASON),
    "emergency_reason": st.none() | some(codes.REASON),
    "why": some(codes.READ_PURPOSE),
    "authority_kind": st.sampled_from(["police", "education"]),
    "id_number_override": st.none() | some(codes.NUMBER_OVERRIDE),
    "approver": st.sampled_from(["w-01", "w-02"]),
}


LOTUS = AccessFact(
    disclosure_id=UUID(int=3), receiver="team:lotus", purpose="referral", categories=("identity",), on_law=True
)


def facts(command: object) -> st.SearchStrategy[Known]:
    """What may be found for a command: often enough what allows it."""
    person = PersonFact(person_id=UUID(int=1), age_band="adult", guardians=(GuardianFact(guardian_id=UUID(int=2)),))
    child = PersonFact(person_id=UUID(int=1), age_band="unknown", guardians=(GuardianFact(guardian_id=UUID(int=2)),))
    yes = ConsentFact(
        consent_id=UUID(int=3),
        state="granted",
        purposes=("casework", "referral"),
        categories=("identity", "contact"),
        receivers=("team:lotus", "worker:w-01"),
    )
    return st.builds(
        Known,
        itself=st.just(UUID(int=1)),
        person=st.sampled_from([None, person, child]),
        consents=st.sampled_from([(), (yes,)]),
        request=st.sampled_from([None, RequestFact(request_id=UUID(int=2), state="triaged", unit="community:c1")]),
        strands=st.sampled_from([(), (UUID(int=1),)]),
        matter_id=st.sampled_from([None, UUID(int=2)]),
        accesses=st.sampled_from([(), (LOTUS,)]),
        registered=st.sampled_from([frozenset(), frozenset(UUID(int=n) for n in (1, 2, 3))]),
        household=st.sampled_from([None, frozenset({UUID(int=1)})]),
    )


def keeps(decider: Decider, commands: object, *repeatable: type, **pools: st.SearchStrategy[Any]) -> None:
    """All commands of an aggregate, with codes of the tables."""
    check_laws(decider, *members(commands), pools=POOLS | pools, facts=facts, repeatable=repeatable)


def test_a_help_request_keeps_the_laws() -> None:
    declines = some(codes.REQUEST_DECLINE) | some(codes.REASON)
    keeps(
        help_request.DECIDER,
        help_request.Command,
        public.FollowUpHelpRequest,
        public.ReadHelpRequestNotes,
        reason_code=declines,
    )


def decided(kinds: tuple[str, ...], fate: str, basis: str) -> tuple[public.KindDecided, ...]:
    """One fate for some kinds."""
    until = TODAY + timedelta(days=365) if fate == "restricted" else None
    return tuple(public.KindDecided(kind=kind, fate=fate, basis=basis, until=until) for kind in kinds)  # type: ignore[arg-type]


def test_a_person_keeps_the_laws() -> None:
    sealed, facts = ("identity", "contact", "narrative", "health"), ("facts",)
    gone = decided(sealed, "erased", "pipl47-erase")
    resting = decided(facts, "restricted", "pipl47-keep")
    again = (public.AmendPersonDetails, public.MovePerson, public.InvokeLegalBasis, public.ReadIdentity)
    keeps(
        person.DECIDER, person.Command, *again,
        ground=some(codes_record.ERASURE_GROUND),
        kinds=st.sampled_from([sealed, facts, (*sealed, "facts")]),
        decisions=st.sampled_from([gone, resting, (*gone, *resting), decided(sealed, "refused", "safeguarding")]),
    )  # fmt: skip


def test_mergers_keep_the_laws() -> None:
    keeps(person.DECIDER, merging.Command, basis=some(codes.SAME_PERSON), rule=st.just("same-phone"))


def test_a_household_keeps_the_laws() -> None:
    there = st.lists(st.sampled_from([UUID(int=n) for n in (1, 2, 3)]), min_size=1, max_size=3)
    members = there.map(lambda ids: tuple(public.Member(person_id=person_id) for person_id in ids))
    again = (public.JoinHousehold, public.LeaveHousehold)
    keeps(household.DECIDER, household.Command, *again, members=members, relation=some(codes.HOUSEHOLD_RELATION))


def test_a_consent_keeps_the_laws() -> None:
    keeps(consent.DECIDER, consent.Command)


def test_a_case_keeps_the_laws() -> None:
    reasons = some(codes.REASON) | some(codes.CLOSE_REASON)
    again = (public.RecordService, public.CollectInformation, public.FollowUpCase)
    keeps(case.DECIDER, case.Command, *again, reason_code=reasons, kind=some(codes.SERVICE_KIND))


def test_a_visit_plan_keeps_the_laws() -> None:
    keeps(visit_plan.DECIDER, visit_plan.Command, public.RecordVisits, public.RaiseConcern)


def test_an_activity_keeps_the_laws() -> None:
    keeps(activity.DECIDER, activity.Command, kind=some(codes.ACTIVITY_KIND))


def test_a_safeguarding_concern_keeps_the_laws() -> None:
    keeps(safeguarding.DECIDER, safeguarding.Command, public.ReadSafeguardingConcern)
    before = tuple(cls for cls in members(safeguarding.Command) if cls is not public.MakeMandatoryReport)
    keeps(safeguarding.DECIDER, before, public.ReadSafeguardingConcern, authority_kind=st.none())


def test_a_record_keeps_the_laws() -> None:
    said = (
        public.ServiceSaid(kind="sport"),
        public.VisitSaid(mode="door", result="ok"),
        public.RequestSaid(),
        public.AttendanceSaid(),
        None,
    )
    kinds = ("service", "visit", "request", "attendance", "note")
    found = st.sampled_from([
        RecordFact(record_id=UUID(int=1), kind=kind, about_id=UUID(int=2), said=one, matter_id=UUID(int=3),
                   person_id=UUID(int=3), on=TODAY, closed=closed, sealed=("A" * 43,))
        for kind, one in zip(kinds, said, strict=True) for closed in (True, False)
    ])  # fmt: skip
    again = (public.CorrectRequest, public.CorrectService, public.CorrectVisit, public.CorrectAttendance)
    person = PersonFact(person_id=UUID(int=1), age_band="adult")
    check_laws(
        record.DECIDER,
        *members(record.Command),
        pools=POOLS | {"reason_code": some(codes.REASON) | some(codes_record.REVIEW_REASON), "kind": st.just("sport")},
        facts=lambda command: st.builds(Known, record=found, person=st.sampled_from([None, person])),
        repeatable=again,
    )


def test_a_disclosure_keeps_the_laws() -> None:
    keeps(disclosure.DECIDER, disclosure.Command, reason_code=some(codes.REVOKE_REASON))
