"""A worker leaves: everything that is theirs in intake finds a new owner in one step, each with an event of its own (H14)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from services.contracts import intake as public
from services.intake import tables as t
from services.intake.domain import case, consent, person, visit_plan
from services.intake.takeovers import take_over
from services.kernel.errors import Refused
from tests.service.intake.desk import Desk
from tests.service.intake.test_policies import GRANT
from tests.unit.intake.stories import CASE, CONSENT, PERSON, PLAN, STREET, WZ, ZSL

OTHER_CASE, CLOSED_CASE = UUID(int=41), UUID(int=42)
EVERYTHING = public.TakeOverCases(from_worker=ZSL, owner=WZ, reason_code="worker-left")


@pytest.fixture
def desk() -> Desk:
    """A worker with two open cases, a closed one and a round of visits."""
    desk = Desk()
    desk.asks(person.DECIDER, PERSON, public.RegisterPerson(station=STREET, age_band="adult"))
    desk.asks(consent.DECIDER, CONSENT, GRANT)
    for case_id in (CASE, OTHER_CASE, CLOSED_CASE):
        desk.asks(case.DECIDER, case_id, public.OpenCase(person_id=PERSON, owner=ZSL, area=STREET))
    close = public.CloseCase(reason_code="client-unwilling", early_reason="client-wish")
    desk.asks(case.DECIDER, CLOSED_CASE, close)
    desk.asks(visit_plan.DECIDER, PLAN, ROUND)
    return desk


ROUND = public.SetVisitPlan(
    person_id=PERSON, visitor=ZSL, unit="community:220104004001", area=STREET, cadence="daily", basis="told",
)  # fmt: skip


def owners(desk: Desk) -> dict[UUID, str]:
    """Who owns which case."""
    return {row["case_id"]: row["owner"] for row in desk.look.all(t.cases)}


def test_all_open_cases_and_rounds_move_and_nothing_is_left_behind(desk: Desk):
    desk.does(take_over(EVERYTHING, desk.look))
    assert owners(desk) == {CASE: WZ, OTHER_CASE: WZ, CLOSED_CASE: ZSL}
    assert desk.row(t.visit_plans, PLAN)["visitor"] == WZ
    moved = desk.events(public.CaseTakenOver)
    assert [(event.case_id, event.handoff.giver, event.owner) for event in moved] == [
        (CASE, ZSL, WZ), (OTHER_CASE, ZSL, WZ),
    ]  # fmt: skip
    assert take_over(EVERYTHING, desk.look) == []


def test_cases_may_go_to_different_people(desk: Desk):
    desk.does(take_over(replace(EVERYTHING, case_ids=(OTHER_CASE,)), desk.look))
    assert owners(desk) == {CASE: ZSL, OTHER_CASE: WZ, CLOSED_CASE: ZSL}
    assert desk.row(t.visit_plans, PLAN)["visitor"] == ZSL


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (replace(EVERYTHING, owner=ZSL), "same-owner"),
        (replace(EVERYTHING, case_ids=(UUID(int=99),)), "not-their-case"),
        (replace(EVERYTHING, case_ids=(CASE, CLOSED_CASE)), "not-their-case"),
    ],
)
def test_nobody_takes_over_from_himself_or_what_is_not_theirs(desk: Desk, wrong: public.TakeOverCases, code: str):
    with pytest.raises(Refused) as refused:
        take_over(wrong, desk.look)
    assert refused.value.code == code
    assert owners(desk)[CASE] == ZSL
