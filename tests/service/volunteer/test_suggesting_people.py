"""Who is suggested for a task: the roster in memory follows the views, keeps the same rules as decisions, and says why."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.contracts import referral
from services.contracts.codes_matching import (
    EASING,
    VOLUNTEER_AGAINST,
    VOLUNTEER_REASON,
    Reason,
    volunteer_words,
)
from services.contracts.volunteer import (
    AcceptTask,
    AssignTask,
    ClearVolunteer,
    CompleteTask,
    DeclareRelative,
    InsureVolunteer,
    OpenTask,
    OpenWave,
    OverrideSuggestion,
    RegisterVolunteer,
    SuspendVolunteer,
    TrainVolunteer,
    VerifyTask,
    VerifyVolunteer,
)
from services.kernel.store import Views
from services.volunteer.domain import task, volunteer
from services.volunteer.domain.eligibility import Needs, faults
from services.volunteer.facts_people import people_of
from services.volunteer.matching.choosing import EASED, Choice, Search
from services.volunteer.matching.columns import place_of
from services.volunteer.matching.reading import choice_for
from services.volunteer.matching.roster import Roster
from services.volunteer.view_tables import assignments, choices, overrides, task_clocks, tasks
from tests.service.volunteer.desk import Desk
from tests.support.spec import NOON
from tests.unit.volunteer.people import MATTER, TODAY, XINGHUA

SLOT = NOON + timedelta(days=1)
CLIENT = UUID(int=70)
CALL = OpenTask(
    matter_id=MATTER, holder=XINGHUA, kind="small-repair", area="220104004005", person_id=CLIENT, slot_start=SLOT,
    slot_end=SLOT + timedelta(hours=2),
)  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty log."""
    made = Desk(tmp_path)
    yield made
    made.store.stop()


def somebody(desk: Desk, area: str | None = "220104004005", **about: object) -> str:
    """An active volunteer of the community."""
    who = desk.asks(RegisterVolunteer(area=area, consent_ref="paper-1", **about), volunteer.DECIDER)  # type: ignore[arg-type]
    desk.asks(VerifyVolunteer(minor=False, evidence_kind="seen"), volunteer.DECIDER, who)
    desk.asks(
        TrainVolunteer(training_code="basics", minutes=60, organizer=XINGHUA, trained_on=TODAY), volunteer.DECIDER, who
    )
    return f"volunteer:{who}"


def named(party: str) -> UUID:
    """A volunteer's id."""
    return UUID(party.partition(":")[2])


def suggested(desk: Desk, call: OpenTask = CALL) -> tuple[Choice, UUID]:
    """The choice for a new task."""
    task_id = desk.asks(call, task.DECIDER)
    found = choice_for(desk.store.views, task_id)
    assert found is not None
    return found, task_id


def first(choice: Choice) -> list[str]:
    """Who is suggested, in order."""
    return [one.party for one in choice.first(9)]


def codes(choice: Choice, party: str) -> set[str]:
    """What speaks for one."""
    one = choice.one(party)
    assert one is not None
    return {reason.code for reason in one.reasons}


def done(desk: Desk, party: str, call: OpenTask = CALL, day: int = 0) -> None:
    """This one has gone there and it was verified."""
    begins = SLOT + timedelta(days=day)
    task_id = desk.asks(replace(call, slot_start=begins, slot_end=begins + timedelta(hours=2)), task.DECIDER)
    desk.asks(AssignTask(assignees=(party,)), task.DECIDER, task_id)
    desk.asks(CompleteTask(result="done"), task.DECIDER, task_id)
    desk.asks(VerifyTask(by="client", on_site=True), task.DECIDER, task_id)


# --- the order and its reasons ----------------------------------------------------------------------------------------


def test_a_known_face_comes_first_then_the_nearer_then_who_has_given_less(desk: Desk) -> None:
    far, near, known, busy = (
        somebody(desk, "220102001001"),
        somebody(desk),
        somebody(desk, "220104009001"),
        somebody(desk),
    )
    done(desk, known, day=2)
    done(desk, busy, replace(CALL, person_id=UUID(int=71)), day=3)
    choice, _ = suggested(desk)
    assert first(choice) == [known, near, busy, far]
    assert {"usual", "same-district"} <= codes(choice, known)
    assert codes(choice, near) == {"same-community", "free-this-month"}
    assert codes(choice, busy) == {"same-community", "hours-this-month"}
    assert "elsewhere" in codes(choice, far)


def test_what_has_an_end_says_until_when_it_holds(desk: Desk) -> None:
    who = named(somebody(desk))
    trained = TrainVolunteer(
        training_code="repairs",
        minutes=90,
        organizer=XINGHUA,
        trained_on=TODAY,
        skill="repair",
        valid_until=date(2027, 3, 1),
    )
    desk.asks(trained, volunteer.DECIDER, who)
    cleared = ClearVolunteer(
        check_kind="minor-protection", result="clear", checked_on=TODAY, valid_until=date(2026, 9, 30)
    )
    desk.asks(cleared, volunteer.DECIDER, who)
    insured = InsureVolunteer(policy_ref="p-1", valid_from=TODAY, valid_until=date(2026, 12, 31))
    desk.asks(insured, volunteer.DECIDER, who)
    choice, _ = suggested(desk, replace(CALL, skills=("repair",), with_minor=True, risk="some"))
    (one,) = choice.first(5)
    said = [volunteer_words(reason) for reason in one.reasons]
    assert {"培训有效至 2027 年 3 月", "从业查询有效至 2026 年 9 月", "保险有效至 2026 年 12 月"} <= set(said)


def test_who_said_yes_in_vain_comes_first_next_time_and_once(desk: Desk) -> None:
    one, two, three = somebody(desk), somebody(desk), somebody(desk)
    task_id = desk.asks(CALL, task.DECIDER)
    desk.asks(OpenWave(), task.DECIDER, task_id)
    desk.asks(AcceptTask(assignee=one), task.DECIDER, task_id)
    desk.asks(AcceptTask(assignee=two), task.DECIDER, task_id)
    later = replace(CALL, slot_start=SLOT + timedelta(days=40), slot_end=None, person_id=None)
    choice, _ = suggested(desk, later)
    assert first(choice) == [two, one, three] and "thanked" in codes(choice, two)
    done(desk, two, day=5)
    assert "thanked" not in codes(suggested(desk, later)[0], two)


# --- the filter -------------------------------------------------------------------------------------------------------


def test_the_roster_follows_what_happens_without_being_made_anew(desk: Desk) -> None:
    mei, lin = somebody(desk), somebody(desk)
    choice, task_id = suggested(desk)
    assert set(first(choice)) == {mei, lin}
    desk.asks(SuspendVolunteer(reason_code="other"), volunteer.DECIDER, named(mei))
    after = choice_for(desk.store.views, task_id)
    assert after is not None and after.roster is choice.roster
    assert first(after) == [lin] and after.kept_out == {"not-active": 1}
    wen = somebody(desk)
    again = choice_for(desk.store.views, task_id)
    assert again is not None and set(first(again)) == {lin, wen}


def test_nobody_is_suggested_whose_only_team_is_suspended(desk: Desk) -> None:
    """INV-43: the suggestion knows what the decision would refuse, and forgets it when the team may act again."""
    team, other = f"team:{UUID(int=21)}", "team:other"
    theirs, both, nobodys = somebody(desk, teams=(team,)), somebody(desk, teams=(team, other)), somebody(desk)
    desk.hears("referral", referral.OrganizationSuspended(reason_code="inspection", party=team), UUID(int=21))
    choice, task_id = suggested(desk)
    assert set(first(choice)) == {both, nobodys}
    assert choice.why_not(theirs) == ("not-active",) and choice.kept_out == {"not-active": 1}
    desk.hears("referral", referral.OrganizationActivated(), UUID(int=21))
    again = choice_for(desk.store.views, task_id)
    assert again is not None and theirs in first(again)


def test_who_is_bound_at_the_time_is_kept_out_until_that_is_over(desk: Desk) -> None:
    mei = somebody(desk)
    other = desk.asks(replace(CALL, slot_start=SLOT + timedelta(hours=1), slot_end=None), task.DECIDER)
    desk.asks(AssignTask(assignees=(mei,)), task.DECIDER, other)
    choice, task_id = suggested(desk)
    assert first(choice) == [] and choice.why_not(mei) == ("clash",)
    assert choice.eased() == [("clash", 1)]
    desk.asks(CompleteTask(result="done"), task.DECIDER, other)
    free = choice_for(desk.store.views, task_id)
    assert free is not None and first(free) == [mei]


def test_the_family_those_who_were_asked_and_those_who_go_are_kept_out(desk: Desk) -> None:
    aunt, asked, free = somebody(desk), somebody(desk), somebody(desk)
    desk.asks(DeclareRelative(person_id=CLIENT, relation="child"), volunteer.DECIDER, named(aunt))
    task_id = desk.asks(replace(CALL, headcount=2), task.DECIDER)
    desk.asks(OpenWave(), task.DECIDER, task_id)
    desk.asks(AcceptTask(assignee=asked), task.DECIDER, task_id)
    choice = choice_for(desk.store.views, task_id)
    assert choice is not None
    assert choice.why_not(aunt) == ("own-family",)
    assert choice.why_not(asked) == ("goes-already",)
    assert choice.why_not(free) == ("asked-already",)
    assert choice.why_not("volunteer:nobody") == ("not-a-volunteer",)


def test_of_a_task_that_nobody_knows_there_is_no_choice(desk: Desk) -> None:
    assert choice_for(desk.store.views, UUID(int=99)) is None


def test_of_a_task_that_the_one_who_asks_does_not_see_there_is_no_choice_either(desk: Desk) -> None:
    _, task_id = suggested(desk)
    assert choice_for(desk.store.views, task_id, tasks.c.area == "220104004005") is not None
    assert choice_for(desk.store.views, task_id, tasks.c.area == "220105001001") is None


class Asking:
    """Views that tell what they are asked."""

    def __init__(self, views: Views) -> None:
        self.one, self.all, self.beside, self._views = views.one, views.all, views.beside, views
        self.asked: list[str] = []

    def run(self, statement: sa.Select[Any]) -> list[dict[str, Any]]:
        """Noted, and answered."""
        self.asked.append(str(statement))
        return self._views.run(statement)


def test_the_roster_is_read_again_where_it_has_changed_and_not_otherwise(desk: Desk) -> None:
    """A suggestion waits for each statement that it asks: what is as it was is not asked for."""
    who = somebody(desk)
    _, task_id = suggested(desk)
    views = Asking(desk.store.views)
    assert choice_for(views, task_id) is not None
    (told,) = views.asked
    assert "FROM tasks" in told
    desk.asks(SuspendVolunteer(reason_code="other"), volunteer.DECIDER, named(who))
    after = choice_for(views, task_id)
    assert after is not None and after.why_not(who) == ("not-active",)
    assert "WHERE volunteers.changed >" in views.asked[2]


SKILLS = ("repair", "companionship", "driving", "cooking", "no-table-has-it")


def _drawn(desk: Desk, dice: random.Random) -> str:
    """A volunteer of whom anything may be so."""
    about = {
        "skills": tuple(s for s in SKILLS if dice.random() < 0.4),
        "limits": ("stairs",) if dice.random() < 0.3 else (),
    }
    who = desk.asks(RegisterVolunteer(area="220104004", consent_ref="paper-1", **about), volunteer.DECIDER)  # type: ignore[arg-type]
    if dice.random() < 0.9:
        minor = dice.random() < 0.2
        seen = VerifyVolunteer(minor=minor, evidence_kind="seen", guardian_consent_ref="paper-2" if minor else None)
        desk.asks(seen, volunteer.DECIDER, who)
        until = dice.choice([None, TODAY, date(2027, 1, 1)])
        skill = dice.choice([None, *SKILLS])
        trained = TrainVolunteer(
            training_code="t", minutes=60, organizer=XINGHUA, trained_on=TODAY, skill=skill, valid_until=until
        )
        desk.asks(trained, volunteer.DECIDER, who)
    if dice.random() < 0.5:
        kind = dice.choice(["minor-protection", "qualification"])
        check = ClearVolunteer(
            check_kind=kind, result=dice.choice(["clear", "not_clear"]), checked_on=TODAY,
            valid_until=dice.choice([TODAY, date(2026, 9, 1)]), skill="driving" if kind == "qualification" else None,
        )  # fmt: skip
        desk.asks(check, volunteer.DECIDER, who)
    if dice.random() < 0.5:
        insured = InsureVolunteer(
            policy_ref="p", valid_from=TODAY, valid_until=dice.choice([TODAY, date(2026, 12, 31)])
        )
        desk.asks(insured, volunteer.DECIDER, who)
    return f"volunteer:{who}"


def test_the_roster_in_memory_says_no_for_exactly_the_rules_for_which_a_decision_would(desk: Desk) -> None:
    """INV-15, INV-16: one set of rules, whoever asks them, over every volunteer and many kinds of tasks."""
    dice = random.Random(7)
    everybody = [_drawn(desk, dice) for _ in range(60)]
    roster = Roster()
    roster.refresh(desk.store.views)
    people = {one.party: one for one in people_of(everybody, UUID(int=1), desk.store.views)}
    for _ in range(60):
        needs = Needs(
            skills=tuple(s for s in SKILLS if dice.random() < 0.25), demands=dice.choice([(), ("stairs",), ("night",)]),
            risk=dice.choice(["none", "some"]), with_minor=dice.random() < 0.4, slot_start=SLOT,
        )  # fmt: skip
        choice = Choice(roster, Search(needs=needs, day=SLOT.date()))
        for who in everybody:
            assert choice.why_not(who) == tuple(faults(people[who], needs, NOON)), (who, needs)
        assert set(first(choice)) <= {who for who in everybody if not any(faults(people[who], needs, NOON))}


def test_nobody_is_lost_when_the_columns_grow() -> None:
    roster = Roster()
    roster.columns._room = 1024
    for number in range(3000):
        assert roster.columns.add() == number
    assert roster.columns["active"].size == 3000


def test_every_reason_and_rule_has_words_in_both_languages_and_none_is_a_score() -> None:
    for table in (VOLUNTEER_REASON, VOLUNTEER_AGAINST, EASING):
        assert all(term.zh and term.en for term in table.current.terms.values())
    assert set(EASED) == set(EASING.current.terms)
    assert volunteer_words(Reason(code="usual", number=3)) == "曾为该服务对象服务 3 次"
    assert place_of("220104004") == 220104004000 and place_of(None) == 0


# --- waves on what the views know -------------------------------------------------------------------------------------


def test_waves_run_by_the_clock_until_somebody_above_looks_after_it(desk: Desk) -> None:
    """INV-13: what a volunteer does not answer expires by a deadline that is a row, however often it is read."""
    desk.now = NOON - timedelta(hours=3)
    everybody = {somebody(desk) for _ in range(5)}
    task_id = desk.asks(CALL, task.DECIDER)
    desk.asks(OpenWave(), task.DECIDER, task_id)
    wave = {row["assignee"] for row in desk.sees(assignments, task_id=task_id, state="asked")}
    assert len(wave) == 3 and wave < everybody
    assert desk.passes(timedelta(minutes=59)) == 0
    desk.passes(timedelta(minutes=1, seconds=1))
    assert {row["assignee"] for row in desk.sees(assignments, state="expired")} == wave
    desk.passes(timedelta(minutes=60, seconds=1))
    assert desk.sees(tasks)[0]["level"] == "coordinator"
    desk.passes(timedelta(minutes=31))
    assert desk.sees(tasks)[0]["level"] == "street_duty"
    (winner, *_) = wave
    desk.asks(AcceptTask(assignee=winner), task.DECIDER, task_id)
    assert desk.sees(task_clocks) == [] and desk.state(tasks, task_id) == "assigned"


def test_whoever_has_an_open_offer_for_the_time_is_not_in_another_wave(desk: Desk) -> None:
    for _ in range(4):
        somebody(desk)
    one, two = (desk.asks(replace(CALL, person_id=None), task.DECIDER) for _ in range(2))
    desk.asks(OpenWave(), task.DECIDER, one)
    desk.asks(OpenWave(), task.DECIDER, two)
    waves = [{row["assignee"] for row in desk.sees(assignments, task_id=each)} for each in (one, two)]
    assert len(waves[0]) == 3 and len(waves[1]) == 1 and not waves[0] & waves[1]


def test_overrides_are_counted_by_month_and_reason_and_nobody_is_named_there(desk: Desk) -> None:
    near, far = somebody(desk), somebody(desk, "220102001001")
    task_id = desk.asks(CALL, task.DECIDER)
    desk.asks(OverrideSuggestion(assignees=(far,), reason_code="client-asked"), task.DECIDER, task_id)
    done(desk, near, day=4)
    (row,) = desk.sees(overrides)
    assert (row["month"], row["reason_code"], row["waived"]) == ("2026-03", "client-asked", ["place"])
    assert not {near, far} & {str(value) for value in row.values()}
    assert desk.sees(choices) == [{"month": "2026-03", "chosen": 2, "overridden": 1}]
