"""Every command in every state of every aggregate: events, nothing, or a refusal that says what could be asked instead."""

from __future__ import annotations

import inspect
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from services.contracts.referral import AcceptanceRefused
from services.contracts.volunteer import AcceptedInVain
from services.intake.service import IntakeService
from services.kernel.contract import COMMANDS, about, kebab
from services.kernel.decider import members
from services.kernel.entrypoints.asking import Asking
from services.referral.service import ReferralService
from services.volunteer.service import VolunteerService
from tests.histories import test_laws_of_intake as intake
from tests.histories import test_laws_of_referral as referral
from tests.histories import test_laws_of_volunteer as volunteer
from tests.histories.states.leads import LEADS
from tests.histories.states.reading import Step, tables
from tests.service.volunteer import test_plans as plans
from tests.support.trying import NOT_NOW, Deal, Tried, dealt, explored

SERVICES: tuple[Any, ...] = (IntakeService, ReferralService, VolunteerService)
DEALS: dict[str, Deal] = {
    deal.decider.name: replace(deal, leads=LEADS.get(deal.decider.name, ()))
    for deal in dealt(intake, referral, volunteer, plans)
}
TABLES = tables()

IN_VAIN = (AcceptanceRefused, AcceptedInVain)
"""Events that say no and are on record: what has only these for an answer is not possible."""

TRIED_ELSEWHERE = {
    "confirm-answer": "what was written down about this very offer: tests/service/referral/test_told_answers.py",
    "dispute-answer": "what was written down about this very offer: tests/service/referral/test_told_answers.py",
    "hint-overlap": "what others have paid for the same need of this person: tests/unit/referral/test_grant.py",
}
"""What only a hub with a past does, with the tests in which it does so."""


SECOND_PERSON = "approve"
"""What a second person does is no command: it is that person's word beside one."""

MANY = ("pairing-round",)
"""Whose refusals speak of one of many things in it, and not of its own state."""


TURNS = 6
"""So often is everything tried anew while something that must be possible has not been seen."""


@cache
def everything(name: str) -> tuple[Tried, ...]:
    """What was tried of one aggregate."""
    found: list[Tried] = []
    for turn in range(TURNS):
        found += explored(DEALS[name], turn)
        if not (unreached(name, found) or idle(name, found) or untaken(name, found) or lies(name, found)):
            break
    return tuple(found)


def unreached(name: str, found: Iterable[Tried]) -> set[type]:
    """The states to which nothing has led."""
    return set(members(DEALS[name].decider.states)) - {type(one.after) for one in found if one.events}


def idle(name: str, found: Iterable[Tried]) -> set[str]:
    """The commands that had no effect anywhere."""
    able = set[str]().union(*done(found).values())
    return {kebab(cls.__name__) for cls in DEALS[name].commands} - able - set(TRIED_ELSEWHERE)


def steps(found: Iterable[Tried]) -> set[Step]:
    """What led from which state to which."""
    return {
        (one.where, type(event).__name__, type(one.after).__name__)
        for one in found for event in one.events if not about(type(event)).get("reading")
    }  # fmt: skip


def untaken(name: str, found: Iterable[Tried]) -> set[Step]:
    """The steps of the table that were not taken."""
    return TABLES[name].must - steps(found) if name in TABLES else set()


def lies(name: str, found: Iterable[Tried]) -> Counter[tuple[str, str, str, str]]:
    """What refusals have named, of the same aggregate, and was always refused in that state.

    What brings another into being is possible whatever this one's state.
    """
    possible: dict[str, set[str]] = defaultdict(set)
    for one in found:
        if one.refused is None and not one.missing:
            possible[one.where].add(one.name)
    mine = {kebab(cls.__name__) for cls in DEALS[name].commands} - possible["NoneType"]
    return Counter(
        (one.where, one.name, one.refused.code, named)
        for one in found
        if one.refused is not None and one.state is not None
        for named in one.refused.allowed
        if named in mine - possible[one.where]
    )


def done(found: Iterable[Tried]) -> dict[str, set[str]]:
    """By state, the commands that had an effect there."""
    able: dict[str, set[str]] = defaultdict(set)
    for one in found:
        if any(not isinstance(event, IN_VAIN) for event in one.events):
            able[one.where].add(one.name)
    return able


@cache
def asked_by_people() -> frozenset[str]:
    """The commands that may be asked over HTTP, readings left out: of those nobody is told that they are possible."""
    return frozenset(
        kebab(entry.command.__name__)
        for service in SERVICES
        for _, method in inspect.getmembers(service, inspect.isfunction)
        for entry in getattr(method, "nameko_entrypoints", ())
        if isinstance(entry, Asking)
    )


def test_everything_that_decides_is_tried_with_everything_that_may_be_asked_of_it() -> None:
    deciders = {decider.name: decider for service in SERVICES for decider in service.log.manifest.deciders}
    assert set(DEALS) == set(deciders)
    for deal in DEALS.values():
        assert set(deal.commands) == {cls for commands, _, _ in deal.hands for cls in commands}, deal.decider.name
    tried = {kebab(cls.__name__) for deal in DEALS.values() for cls in deal.commands}
    assert asked_by_people() - tried == set()


@pytest.mark.parametrize("name", DEALS)
def test_every_state_is_reached_and_every_command_has_an_effect_in_one(name: str) -> None:
    assert unreached(name, everything(name)) == set()
    assert idle(name, everything(name)) == set()


@pytest.mark.parametrize("name", DEALS)
def test_a_refusal_has_a_stable_code_and_names_commands_that_there_are(name: str) -> None:
    for one in everything(name):
        if one.refused is not None:
            assert re.fullmatch(r"[a-z]+(-[a-z]+)*", one.refused.code)
            assert one.refused.en and one.refused.zh
            assert set(one.refused.allowed) <= {*COMMANDS, SECOND_PERSON}, one.refused.code


@pytest.mark.parametrize("name", DEALS)
def test_what_a_refusal_names_is_not_refused_in_that_state(name: str) -> None:
    assert lies(name, everything(name)) == Counter()


@pytest.mark.parametrize("name", sorted(set(DEALS) - set(MANY)))
def test_who_is_refused_for_the_state_alone_is_told_everything_that_is_possible(name: str) -> None:
    able = done(everything(name))
    founding = able["NoneType"]
    told: dict[str, set[str]] = defaultdict(set)
    for one in everything(name):
        if one.refused is not None and one.refused.code == NOT_NOW:
            told[one.where] |= set(one.refused.allowed)
    untold = {state: sorted((able[state] & asked_by_people()) - told[state] - founding) for state in told}
    assert {state: names for state, names in untold.items() if names} == {}


@pytest.mark.parametrize("name", TABLES)
def test_the_states_of_an_aggregate_follow_each_other_as_the_domain_says(name: str) -> None:
    """Each step of the table is taken, and no step by its events, or to another state, that is not on the page."""
    table, seen = TABLES[name], steps(everything(name))
    assert untaken(name, everything(name)) == set(), "the domain says that this is possible"
    named, may = {event for _, event, _ in table.must}, table.must | table.may
    beyond = {
        step for step in seen - may
        if (step[1] in named or step[0] != step[2]) and step[:2] not in table.previous
    }  # fmt: skip
    assert beyond == set(), "the domain says nothing of this"
    assert table.previous <= {step[:2] for step in seen}
