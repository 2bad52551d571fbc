"""Visit plans: a visitor answers for them, a visit takes seconds to write down, an unanswered door acts at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.contracts import intake as public
from services.contracts.words import Handoff
from services.intake.domain import visit_plan as domain
from services.intake.domain.known import Known
from services.intake.domain.visit_plan_state import Ended, Running
from services.kernel.errors import NotFound
from tests.support.spec import NOON, Spec
from tests.unit.intake.stories import COMMUNITY, PEOPLE, PERSON, PLAN, PLAN_SET, STREET, TODAY

plan = Spec(domain.DECIDER)

SET = public.SetVisitPlan(
    person_id=PERSON, cadence="daily", visitor="worker:w-zyh", unit=COMMUNITY, area=STREET, basis="seen"
)
FACTS = Known(itself=PLAN, person=PEOPLE)
MADE = public.VisitMade(
    plan_id=PLAN, matter_id=PLAN, person_id=PERSON, visitor="worker:w-zyh", on=TODAY, mode="door", result="ok"
)
CONCERN = public.ConcernRaised(
    plan_id=PLAN, matter_id=PLAN, person_id=PERSON, on=TODAY, concern_code="no-answer", action_codes=("called-family",)
)
ENDED = public.VisitPlanEnded(plan_id=PLAN, matter_id=PLAN, reason_code="moved-away", on=TODAY)
MISSED = public.VisitMissed(
    plan_id=PLAN, matter_id=PLAN, person_id=PERSON, visitor="worker:w-zyh", on=TODAY, reason_code="worker-ill"
)


def test_the_visitor_answers_for_the_visits() -> None:
    plan.given().when(SET, facts=FACTS).then(PLAN_SET)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (Known(itself=PLAN), "no-such-person"),
        (Known(itself=PLAN, person=replace(PEOPLE, alive=False)), "person-deceased"),
    ],
)
def test_visits_are_to_registered_living_persons(facts: Known, code: str) -> None:
    plan.given().when(SET, facts=facts).then_refused(code)


def test_somebody_is_named_to_visit() -> None:
    plan.given().when(replace(SET, visitor="unknown"), facts=FACTS).then_refused("visitor-needed")
    change = public.ChangeVisitor(visitor="unknown", reason_code="worker-ill")
    plan.given(PLAN_SET).when(change).then_refused("visitor-needed")
    plan.given(PLAN_SET).when(SET, facts=FACTS).then_refused("already-there")


def test_one_tap_writes_todays_visit_down() -> None:
    plan.given(PLAN_SET).when(public.RecordVisit()).then(MADE)


def test_the_same_visit_said_twice_counts_once_and_another_way_of_visiting_counts_again() -> None:
    plan.given(PLAN_SET, MADE).when(public.RecordVisit()).then_nothing()
    plan.given(PLAN_SET, MADE).when(public.RecordVisit(mode="phone")).then(replace(MADE, mode="phone"))


def test_a_visit_written_down_at_night_is_of_the_day_it_took_place() -> None:
    plan.given(PLAN_SET).when(public.RecordVisit(), at=NOON - timedelta(days=1)).then(
        replace(MADE, on=date(2026, 3, 1))
    )


def test_an_unanswered_door_says_what_was_done_at_once() -> None:
    command = public.RecordVisit(result="no_answer")
    assert plan.given(PLAN_SET).when(command).then_refused("action-needed").field == "action_codes"
    acted = replace(command, action_codes=("called-family",))
    plan.given(PLAN_SET).when(acted).then(replace(MADE, result="no_answer"), CONCERN)


def test_a_concern_is_named_and_acted_on() -> None:
    command = public.RecordVisit(result="concern", action_codes=("called-120",))
    assert plan.given(PLAN_SET).when(command).then_refused("action-needed").field == "concern_code"
    plan.given(PLAN_SET).when(replace(command, concern_code="fall")).then(
        replace(MADE, result="concern"), replace(CONCERN, concern_code="fall", action_codes=("called-120",))
    )


def test_a_concern_can_be_raised_between_visits_with_nothing_but_its_kind() -> None:
    plan.given(PLAN_SET).when(public.RaiseConcern(concern_code="low-mood")).then(
        replace(CONCERN, concern_code="low-mood", action_codes=())
    )


def test_a_quarters_sheet_becomes_one_visit_a_day_in_their_order() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(60)]
    command = public.RecordVisits(visits=tuple(public.VisitDone(on=day) for day in reversed(days)))
    plan.given(PLAN_SET).when(command).then(*[replace(MADE, on=day) for day in days])


def test_a_sheet_sent_again_adds_only_what_is_new() -> None:
    days = [date(2026, 1, 1), date(2026, 1, 2)]
    command = public.RecordVisits(visits=tuple(public.VisitDone(on=day) for day in [*days, days[1]]))
    busy = Known(busy=frozenset({(days[0], "door")}))
    plan.given(PLAN_SET).when(command, facts=busy).then(replace(MADE, on=days[1]))


def test_a_sheet_that_comes_after_the_end_is_taken() -> None:
    command = public.RecordVisits(visits=(public.VisitDone(on=TODAY),))
    plan.given(PLAN_SET, ENDED).when(command).then(MADE)
    state = plan.given(PLAN_SET, ENDED, MADE).state
    assert isinstance(state, Ended)
    assert state.before.visits == 1


def test_on_a_sheet_all_was_well() -> None:
    command = public.RecordVisits(visits=(public.VisitDone(on=TODAY, result="no_answer"),))
    assert plan.given(PLAN_SET).when(command).then_refused("one-by-one").allowed == ("record-visit",)


@pytest.mark.parametrize(
    "command",
    [
        public.RecordVisit(on=TODAY + timedelta(days=1)),
        public.RecordVisits(visits=(public.VisitDone(on=TODAY + timedelta(days=1)),)),
        public.RecordMissedVisit(on=TODAY + timedelta(days=1), reason_code="worker-ill"),
        public.RaiseConcern(concern_code="fall", on=TODAY + timedelta(days=1)),
    ],
)
def test_what_has_not_come_yet_has_not_happened(command: Any) -> None:
    plan.given(PLAN_SET).when(command).then_refused("in-the-future")


def test_a_missed_visit_is_said_with_its_reason_and_somebody_else_goes() -> None:
    command = public.RecordMissedVisit(on=TODAY, reason_code="worker-ill")
    plan.given(PLAN_SET).when(command).then(MISSED)
    plan.given(PLAN_SET, MISSED).when(command).then_nothing()
    changed = public.VisitorChanged(
        plan_id=PLAN,
        matter_id=PLAN,
        handoff=Handoff(act="taken", matter_id=PLAN, giver="worker:w-zyh", takers=("worker:w-zb",)),
        visitor="worker:w-zb",
        reason_code="worker-ill",
    )
    change = public.ChangeVisitor(visitor="worker:w-zb", reason_code="worker-ill")
    plan.given(PLAN_SET, MISSED).when(change).then(changed)
    plan.given(PLAN_SET, changed).when(change).then_nothing()
    plan.given(PLAN_SET, changed).when(public.RecordVisit()).then(replace(MADE, visitor="worker:w-zb"))


def test_the_cadence_changes() -> None:
    command = public.ChangeVisitPlan(cadence="weekly", reason_code="recovered")
    changed = public.VisitPlanChanged(plan_id=PLAN, matter_id=PLAN, cadence="weekly", reason_code="recovered")
    plan.given(PLAN_SET).when(command).then(changed)
    plan.given(PLAN_SET, changed).when(command).then_nothing()
    assert isinstance(plan.given(PLAN_SET, changed).state, Running)


def test_a_plan_ends_once_and_nothing_is_visited_after() -> None:
    command = public.EndVisitPlan(reason_code="moved-away")
    plan.given(PLAN_SET).when(command).then(ENDED)
    plan.given(PLAN_SET, ENDED).when(command).then_nothing()
    assert plan.given(PLAN_SET, ENDED).when(public.RecordVisit()).then_refused("plan-ended").allowed == (
        "set-visit-plan",
    )


def test_nothing_is_found_where_nothing_was_planned() -> None:
    for command in (public.RecordVisit(), public.EndVisitPlan(reason_code="moved-away")):
        with pytest.raises(NotFound):
            plan.given().when(command).decided()
