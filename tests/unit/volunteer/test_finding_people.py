"""Finding people for a task: who is asked, who may go, and whose the need is meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.contracts.volunteer import (
    AcceptTask,
    AssignTask,
    DeclareUnfilled,
    DeclineTask,
    OffersSuperseded,
    OfferTask,
    TaskAccepted,
    TaskDeclined,
    TaskOffered,
    TaskUnfilled,
)
from services.kernel.message import Actor
from services.volunteer.domain.eligibility import Person, Span, Training
from services.volunteer.domain.known import Known
from services.volunteer.domain.task import DECIDER
from tests.support.spec import NOON, Spec
from tests.unit.volunteer.people import (
    ALL,
    DISPATCHER,
    FOR_ONE,
    LIN,
    MATTER,
    MEI,
    MEI_HERSELF,
    OPEN,
    OPENED,
    SLOT,
    TASK,
    WEN,
    XINGHUA,
    ZBS,
    ZYH,
    assigned,
    fit,
    handed,
)

task = Spec(DECIDER)
ASKED = TaskOffered(matter_id=MATTER, assignee=MEI)


def late(*asked: str) -> OffersSuperseded:
    """These were asked and need not answer any more."""
    return OffersSuperseded(matter_id=MATTER, assignees=asked)


YES = TaskAccepted(matter_id=MATTER, assignee=MEI, still_asked=0, answered_via="api")


def test_opening_a_task_gives_the_need_to_the_dispatcher() -> None:
    task.when(OPEN).then(OPENED)


def test_opening_it_twice_changes_nothing() -> None:
    task.given(OPENED).when(OPEN).then_nothing()


def test_a_slot_ends_after_it_begins() -> None:
    task.when(replace(OPEN, slot_end=SLOT - timedelta(minutes=1))).then_refused("slot-wrong")


def test_a_slot_lies_in_this_century() -> None:
    task.when(replace(OPEN, slot_start=SLOT.replace(year=1), slot_end=None)).then_refused("slot-wrong")


def test_a_task_without_a_slot_never_runs_out_of_time() -> None:
    task.when(replace(OPEN, slot_start=None, slot_end=None)).then(
        replace(OPENED, slot_start=None, slot_end=None, unfilled_at=None)
    )


def test_two_workers_take_the_need_together() -> None:
    task.given(OPENED).when(AssignTask(assignees=(ZBS, "worker:unnamed"))).then(assigned(ZBS, "worker:unnamed"))


def test_one_worker_is_too_few_where_two_are_needed() -> None:
    task.given(OPENED).when(AssignTask(assignees=(ZBS,))).then_refused("too-few")


def test_three_are_too_many_where_two_are_needed() -> None:
    too_many = task.given(OPENED).when(AssignTask(assignees=(ZBS, ZYH, "worker:w-9"))).then_refused("too-many")
    assert too_many.allowed == ("assign-task",), "nobody has said yes who could say no"


def test_assigning_the_same_again_changes_nothing() -> None:
    task.given(OPENED, assigned(ZBS, ZYH)).when(AssignTask(assignees=(ZYH, ZBS))).then_nothing()


def test_an_organization_is_not_sent_but_a_person() -> None:
    task.given(FOR_ONE).when(AssignTask(assignees=("team:leifeng",))).then_refused("not-assignable")


def test_asking_binds_nobody() -> None:
    task.given(OPENED).when(OfferTask(candidates=(MEI, LIN)), facts=ALL).then(
        ASKED, TaskOffered(matter_id=MATTER, assignee=LIN)
    )


def test_who_was_asked_is_not_asked_again() -> None:
    task.given(OPENED, ASKED).when(OfferTask(candidates=(MEI,)), facts=ALL).then_nothing()


def test_the_first_of_two_who_says_yes_waits_for_the_second() -> None:
    task.given(OPENED, ASKED).when(AcceptTask(assignee=MEI), facts=ALL).then(YES)


def test_the_last_yes_that_is_needed_assigns_the_task() -> None:
    second = TaskAccepted(matter_id=MATTER, assignee=LIN, still_asked=0, answered_via="api")
    task.given(OPENED, ASKED, YES).when(AcceptTask(assignee=LIN), facts=ALL).then(second, assigned(MEI, LIN))


def test_a_worker_completes_those_who_said_yes() -> None:
    task.given(OPENED, ASKED, YES).when(AssignTask(assignees=(ZBS,)), facts=ALL).then(assigned(MEI, ZBS))


def test_who_comes_too_late_is_told_so() -> None:
    task.given(FOR_ONE, assigned(MEI)).when(AcceptTask(assignee=LIN), facts=ALL).then_refused("taken")


def test_saying_yes_twice_changes_nothing() -> None:
    task.given(OPENED, ASKED, YES).when(AcceptTask(assignee=MEI), facts=ALL).then_nothing()


def test_a_volunteer_answers_for_nobody_else() -> None:
    task.given(OPENED).when(AcceptTask(assignee=LIN), actor=MEI_HERSELF, facts=ALL).then_refused("not-yours")


def test_a_team_leader_answers_for_the_team() -> None:
    leader = Actor(id="p-1", role="team_leader", org="team:leifeng")
    facts = Known(people=(replace(fit(MEI), teams=("team:leifeng",)),))
    task.given(OPENED).when(AcceptTask(assignee=MEI), actor=leader, facts=facts).then(YES)
    task.given(OPENED).when(AcceptTask(assignee=LIN), actor=leader, facts=ALL).then_refused("not-yours")


def test_no_reason_is_owed_for_a_no() -> None:
    no = TaskDeclined(matter_id=MATTER, assignee=MEI, still_asked=0, answered_via="api")
    task.given(OPENED, ASKED).when(DeclineTask(assignee=MEI), facts=ALL).then(no)
    task.given(OPENED, ASKED, no).when(DeclineTask(assignee=MEI), facts=ALL).then_nothing()
    task.given(OPENED, ASKED, YES).when(DeclineTask(assignee=MEI), facts=ALL).then(no)
    task.given(OPENED).when(DeclineTask(assignee=MEI), facts=ALL).then_refused("not-asked")


def test_when_nobody_is_found_the_holder_answers_again() -> None:
    unfilled = TaskUnfilled(matter_id=MATTER, attempts=1, handoff=handed("returned", DISPATCHER, XINGHUA))
    task.given(OPENED, ASKED).when(DeclareUnfilled()).then(unfilled)
    task.given(OPENED, ASKED, unfilled).when(DeclareUnfilled()).then_nothing()
    task.given(OPENED, ASKED, unfilled).when(AssignTask(assignees=(ZBS, ZYH))).then(
        assigned(ZBS, ZYH, by=XINGHUA), late(MEI)
    )
    task.given(OPENED, assigned(ZBS, ZYH)).when(DeclareUnfilled()).then_refused("not-in-this-state")


RISKY = replace(FOR_ONE, risk="some")
WITH_CHILD = replace(FOR_ONE, with_minor=True)
SKILLED = replace(FOR_ONE, skills=("repair",))
DEMANDING = replace(FOR_ONE, demands=("stairs",))
WELL = fit(MEI)


@pytest.mark.parametrize(
    ("opened", "person", "code"),
    [
        (FOR_ONE, Person(party=LIN), "not-a-volunteer"),
        (FOR_ONE, replace(WELL, state="verified"), "not-active"),
        (FOR_ONE, replace(WELL, state="suspended"), "not-active"),
        (FOR_ONE, replace(WELL, minor=True), "guardian-consent"),
        (FOR_ONE, replace(WELL, minor=None), "guardian-consent"),
        (RISKY, replace(WELL, minor=True, guardian_consent=True), "minor-at-risk"),
        (RISKY, replace(WELL, insured_from=None), "not-insured"),
        (RISKY, replace(WELL, insured_until=date(2026, 3, 1)), "not-insured"),
        (RISKY, replace(WELL, insured_from=date(2026, 3, 3)), "not-insured"),
        (SKILLED, replace(WELL, trained=()), "skill-missing"),
        (SKILLED, replace(WELL, trained=(Training(skill="repair", valid_until=date(2026, 3, 1)),)), "skill-missing"),
        (DEMANDING, replace(WELL, limits=("stairs",)), "beyond-ability"),
        (WITH_CHILD, replace(WELL, cleared_until=None), "not-cleared"),
        (WITH_CHILD, replace(WELL, cleared_until=date(2026, 3, 1)), "not-cleared"),
        (FOR_ONE, replace(WELL, busy=(Span(start=SLOT + timedelta(minutes=30)),)), "clash"),
    ],
)
def test_nobody_is_asked_or_sent_who_is_not_fit_for_it(opened: object, person: Person, code: str) -> None:
    facts = Known(people=(person,))
    for command in (OfferTask(candidates=(MEI,)), AcceptTask(assignee=MEI), AssignTask(assignees=(MEI,))):
        task.given(opened).when(command, facts=facts).then_refused(code)


@pytest.mark.parametrize("opened", [FOR_ONE, RISKY, SKILLED, WITH_CHILD, DEMANDING])
def test_one_who_is_fit_is_sent(opened: object) -> None:
    before = Span(start=SLOT - timedelta(hours=2), end=SLOT)
    facts = Known(people=(replace(WELL, busy=(before,)),))
    task.given(opened).when(AssignTask(assignees=(MEI,)), facts=facts).then(assigned(MEI))


def test_a_minor_with_consent_may_go_where_there_is_no_danger() -> None:
    facts = Known(people=(replace(WELL, minor=True, guardian_consent=True),))
    task.given(FOR_ONE).when(AssignTask(assignees=(MEI,)), facts=facts).then(assigned(MEI))


def test_a_task_that_was_never_opened_is_not_known() -> None:
    refused = task.given().when(AssignTask(assignees=(ZBS,))).then_refused("task-unknown")
    assert refused.allowed == ()


def test_one_who_may_not_be_sent_any_more_does_not_hold_up_the_others() -> None:
    """INV-15: the yes of one whose insurance has lapsed does not count, and the next one's does."""
    opened, yes = replace(OPENED, risk="some"), YES
    lapsed = Known(people=(replace(WELL, insured_until=date(2026, 3, 1)), fit(WEN)))
    dropped = TaskDeclined(matter_id=MATTER, assignee=MEI, still_asked=0, reason_code="not-insured", answered_via="hub")
    wens = TaskAccepted(matter_id=MATTER, assignee=WEN, still_asked=0, answered_via="api")
    task.given(opened, yes).when(AcceptTask(assignee=WEN), facts=lapsed).then(dropped, wens)
    again = task.given(opened, yes, dropped, wens)
    lins = TaskAccepted(matter_id=MATTER, assignee=LIN, still_asked=0, answered_via="api")
    again.when(AcceptTask(assignee=LIN), facts=ALL).then(lins, assigned(WEN, LIN))
    task.given(opened, yes).when(AssignTask(assignees=(WEN,)), facts=lapsed).then_refused("not-insured")


@pytest.mark.parametrize(
    ("skill", "person", "code"),
    [
        ("tutoring", replace(WELL, trained=()), "skill-missing"),
        ("driving", WELL, "skill-missing"),
        ("first-aid", replace(WELL, qualified=(Training(skill="first-aid"),)), "skill-missing"),
        ("first-aid", replace(WELL, trained=(Training(skill="first-aid"),)), "not-qualified"),
        ("unheard-of", replace(WELL, skills=("unheard-of",)), "skill-missing"),
    ],
)
def test_training_or_a_qualification_comes_first_where_the_skill_needs_it(
    skill: str, person: Person, code: str
) -> None:
    """INV-15, 志愿服务条例 art. 16."""
    opened = replace(FOR_ONE, skills=(skill,))
    task.given(opened).when(AssignTask(assignees=(MEI,)), facts=Known(people=(person,))).then_refused(code)


@pytest.mark.parametrize(
    ("skill", "person"),
    [
        ("tutoring", replace(WELL, skills=("tutoring",), trained=())),
        ("driving", replace(WELL, qualified=(Training(skill="driving", valid_until=date(2026, 3, 2)),))),
        (
            "first-aid",
            replace(WELL, trained=(Training(skill="first-aid"),), qualified=(Training(skill="first-aid"),)),
        ),
        ("unheard-of", replace(WELL, trained=(Training(skill="unheard-of"),))),
    ],
)
def test_who_has_what_the_skill_needs_is_sent(skill: str, person: Person) -> None:
    opened = replace(FOR_ONE, skills=(skill,))
    task.given(opened).when(AssignTask(assignees=(MEI,)), facts=Known(people=(person,))).then(assigned(MEI))


def test_a_qualification_that_has_lapsed_is_none() -> None:
    lapsed = replace(WELL, qualified=(Training(skill="driving", valid_until=date(2026, 3, 1)),))
    opened = replace(FOR_ONE, skills=("driving",))
    refused = task.given(opened).when(AssignTask(assignees=(MEI,)), facts=Known(people=(lapsed,)))
    assert refused.then_refused("skill-missing").allowed == ()


LEIFENG = "team:leifeng"
LEADER = Actor(id="l-1", role="team_leader", org=LEIFENG)
MEMBER = Known(people=(replace(fit(MEI), teams=(LEIFENG,)), Person(party=LEIFENG)))
TEAM_ASKED = TaskOffered(matter_id=MATTER, assignee=LEIFENG)


def test_a_team_is_asked_as_a_whole_and_its_leader_names_the_members() -> None:
    task.given(FOR_ONE).when(OfferTask(candidates=(LEIFENG,)), facts=Known()).then(TEAM_ASKED)
    asked = task.given(FOR_ONE, TEAM_ASKED)
    asked.when(AcceptTask(assignee=LEIFENG), actor=LEADER, facts=MEMBER).then_refused("name-members")
    one = TaskAccepted(matter_id=MATTER, assignee=MEI, still_asked=1, answered_via="api")
    asked.when(AcceptTask(assignee=MEI), actor=LEADER, facts=MEMBER).then(one, assigned(MEI), late(LEIFENG))
    task.given(FOR_ONE).when(AssignTask(assignees=(LEIFENG,)), facts=Known()).then_refused("not-assignable")


def test_a_leader_says_no_for_the_team_and_for_no_other() -> None:
    asked = task.given(FOR_ONE, TEAM_ASKED)
    no = TaskDeclined(matter_id=MATTER, assignee=LEIFENG, still_asked=0, answered_via="api")
    asked.when(DeclineTask(assignee=LEIFENG), actor=LEADER, facts=Known()).then(no)
    other = replace(LEADER, org="team:other")
    asked.when(DeclineTask(assignee=LEIFENG), actor=other, facts=Known()).then_refused("not-yours")


UNFILLED = TaskUnfilled(matter_id=MATTER, attempts=1, handoff=handed("returned", DISPATCHER, XINGHUA))


def test_a_late_yes_still_helps_and_takes_the_need_from_the_holder() -> None:
    late = task.given(FOR_ONE, ASKED, UNFILLED)
    yes = replace(YES, unfilled=True)
    late.when(AcceptTask(assignee=MEI), facts=ALL).then(yes, assigned(MEI, by=XINGHUA))
    late.when(DeclineTask(assignee=MEI), facts=ALL).then(
        TaskDeclined(matter_id=MATTER, assignee=MEI, still_asked=0, answered_via="api", unfilled=True)
    )
    late.when(OfferTask(candidates=(LIN,)), facts=ALL).then(TaskOffered(matter_id=MATTER, assignee=LIN, unfilled=True))


def test_a_need_that_nobody_takes_goes_back_to_whoever_answers_for_the_matter_now() -> None:
    """INV-1: the case was taken over since the task was opened."""
    taken_over = Known(holder="worker:w-new")
    unfilled = replace(UNFILLED, handoff=handed("returned", DISPATCHER, "worker:w-new"))
    task.given(OPENED, ASKED).when(DeclareUnfilled(), facts=taken_over).then(unfilled)
    sent = task.given(OPENED, ASKED, unfilled).when(AssignTask(assignees=(ZBS, ZYH)))
    sent.then(assigned(ZBS, ZYH, by="worker:w-new"), late(MEI))


def test_an_emergency_waits_for_no_slot_and_no_queue() -> None:
    """INV-42."""
    now = replace(OPEN, urgency="emergency", slot_start=None, slot_end=None)
    (opened,) = task.when(now, facts=Known(itself=TASK)).decided()
    assert opened.unfilled_at == NOON + timedelta(minutes=10)
    task.when(replace(now, slot_start=NOON + timedelta(minutes=31)), facts=Known(itself=TASK)).then_refused(
        "not-an-emergency"
    )
    (soon,) = task.when(replace(now, slot_start=NOON + timedelta(minutes=30)), facts=Known(itself=TASK)).decided()
    assert soon.unfilled_at == NOON + timedelta(minutes=10)


FAMILY = Known(people=(replace(fit(MEI), relative=True, hats=(ZYH,)), Person(party=ZYH, hats=(MEI,), relative=True)))


@pytest.mark.parametrize(
    ("command", "actor"),
    [
        (AcceptTask(assignee=MEI), MEI_HERSELF),
        (AssignTask(assignees=(MEI,)), Actor(id="w-zyh", role="grid_worker", org="220104004005")),
        (AssignTask(assignees=(ZYH,)), Actor(id="w-zyh", role="grid_worker", org="220104004005")),
    ],
)
def test_nobody_sends_himself_to_his_own_family_in_whichever_role(command: object, actor: Actor) -> None:
    """H15: the conflict of interest blocks self-assignment."""
    task.given(FOR_ONE).when(command, actor=actor, facts=FAMILY).then_refused("own-family")


def test_somebody_else_may_send_a_relative() -> None:
    task.given(FOR_ONE).when(AssignTask(assignees=(MEI,)), facts=FAMILY).then(assigned(MEI))
