"""The laws of deciders, tried on every aggregate of the volunteer service."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from services.contracts.volunteer import ContactClient
from services.volunteer.domain import task, volunteer
from services.volunteer.domain.known import Known
from tests.support.laws import check_laws
from tests.unit.volunteer.people import LIN, MEI, WEN, ZBS, fit

PEOPLE = st.just(Known(people=(fit(MEI), fit(LIN)), candidates=(fit(WEN),)))
GOING = st.sampled_from([(MEI,), (ZBS,), (MEI, ZBS), (LIN,)])
ONE = st.sampled_from([MEI, LIN, ZBS])
TASK_POOLS = {
    "assignees": GOING, "candidates": GOING, "leaving": GOING, "joining": GOING, "remaining": GOING, "assignee": ONE,
    "headcount": st.integers(1, 2),
}  # fmt: skip


def test_a_task_keeps_the_laws() -> None:
    asked = get_args(task.Command)
    check_laws(task.DECIDER, *asked, pools=TASK_POOLS, facts=lambda _: PEOPLE, repeatable=(ContactClient,))


def test_a_volunteer_keeps_the_laws() -> None:
    check_laws(volunteer.DECIDER, *get_args(volunteer.Command))
