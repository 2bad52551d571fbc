"""The laws of deciders, tried on every aggregate of the volunteer service."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import get_args
from uuid import UUID

from hypothesis import strategies as st

from services.contracts.codes_volunteer import MINOR_PROTECTION
from services.contracts.volunteer import Commitment, ContactClient, ProposedPair, ReadVolunteerIdentity
from services.volunteer.domain import hours, notes, pairing, pairing_round, task, volunteer
from services.volunteer.domain.known import HoursKnown, Known, Statement, Suggestion, Willing
from services.volunteer.domain.reading import Findable
from tests.support.laws import check_laws
from tests.unit.volunteer.people import LIN, LIN_ID, MEI, MEI_ID, WEN, ZBS, fit

THERE = Known(people=(fit(MEI), fit(LIN)), candidates=(fit(WEN),), record_by=date(2026, 3, 16))
PEOPLE = st.sampled_from(
    [
        THERE,
        replace(THERE, candidates=()),
        replace(THERE, suggestion=Suggestion(willing=(Willing(party=MEI), Willing(party=LIN)))),
    ]
)
GOING = st.sampled_from([(MEI,), (ZBS,), (MEI, ZBS), (LIN,)])
ONE = st.sampled_from([MEI, LIN, ZBS])
TASK_POOLS = {
    "assignees": GOING, "candidates": GOING, "leaving": GOING, "joining": GOING, "remaining": GOING, "assignee": ONE,
    "headcount": st.integers(1, 2), "service": st.just("120"), "reason_code": st.sampled_from(["alpha", "other"]),
    "wave": st.just(1), "skills": st.sampled_from([(), ("repair",)]), "demands": st.sampled_from([(), ("alpha",)]),
}  # fmt: skip


def test_a_task_keeps_the_laws() -> None:
    asked = get_args(task.Command)
    check_laws(task.DECIDER, *asked, pools=TASK_POOLS, facts=lambda _: PEOPLE, repeatable=(ContactClient,))


def test_notes_keep_the_laws() -> None:
    person = st.just(UUID(int=1))
    check_laws(notes.DECIDER, *get_args(notes.Command), facts=lambda _: person, examples=25)


KNOWN = st.sampled_from([
    replace(THERE, itself=MEI_ID, minutes=120 * 60), replace(THERE, itself=MEI_ID, minutes=0),
    Statement(records=(UUID(int=1),), minutes=60), Findable(volunteer_id=MEI_ID, places=("220104004",)),
])  # fmt: skip
VOLUNTEER_POOLS = {
    "survivor_id": st.sampled_from([LIN_ID, MEI_ID]), "basis": st.just("documents"),
    "check_kind": st.sampled_from([MINOR_PROTECTION, "alpha"]), "result": st.just("clear"), "why": st.just("contact"),
}  # fmt: skip


def test_a_volunteer_keeps_the_laws() -> None:
    check_laws(
        volunteer.DECIDER, *get_args(volunteer.Command), pools=VOLUNTEER_POOLS, facts=lambda _: KNOWN, examples=25,
        repeatable=(ReadVolunteerIdentity,),
    )  # fmt: skip


HOURS = st.just(HoursKnown(record_by=date(2026, 3, 16), volunteer_state="active", assignees=(MEI, LIN)))
RECORD_POOLS = {
    "volunteer_id": st.just(MEI_ID), "organizer": st.sampled_from(["team:lotus", "community:220104004001"]),
    "minutes": st.integers(30, 33),
}  # fmt: skip


def test_service_hours_keep_the_laws() -> None:
    check_laws(hours.DECIDER, *get_args(hours.Command), pools=RECORD_POOLS, facts=lambda _: HOURS, examples=25)


UNITS = st.just(("community:220104004001", "university:nenu"))
PAIR_POOLS = {
    "units": UNITS, "holder": st.just("community:220104004001"), "parties": st.just(("worker:w-01", "team:lotus")),
    "commitment_code": st.sampled_from(["c1", "c2", "alpha"]), "unit": st.sampled_from(["university:nenu", "community:220104004001"]),
    "commitments": st.sampled_from([(), (Commitment(code="alpha", giver="team:lotus"),)]),
    "to_org": st.sampled_from(["community:220104004001", "university:nenu"]),
}  # fmt: skip


def test_a_pairing_keeps_the_laws() -> None:
    check_laws(pairing.DECIDER, *get_args(pairing.Command), pools=PAIR_POOLS)


WISHES = {
    "party": st.sampled_from([MEI, LIN]), "wishes": st.sampled_from([(MEI, LIN), (LIN, MEI)]),
    "pairs": st.sampled_from([(ProposedPair(one=MEI, other=LIN),), ()]), "one": st.just(MEI), "other": st.just(LIN),
    "by": st.sampled_from([MEI, LIN]),
}  # fmt: skip


def test_a_pairing_round_keeps_the_laws() -> None:
    check_laws(pairing_round.DECIDER, *get_args(pairing_round.Command), pools=WISHES)
