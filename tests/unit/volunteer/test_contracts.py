"""The language of the volunteer service: what its contracts never hold, and that every event has its example."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from services.contracts import volunteer as public
from services.contracts.codes_volunteer import COMMITMENTS, SCHOOL_COMMITMENTS
from services.kernel.contract import about, canonical, name_of, read_data, version_of
from services.volunteer.domain import hours, pairing, task, volunteer

EXAMPLES = Path(__file__).parents[3] / "services" / "contracts" / "examples"
EVENTS = [e for d in (hours, pairing, task, volunteer) for e in d.DECIDER.event_types.values()]
MONEY = ("amount", "fen", "fee", "price", "pay", "payment", "reward", "points", "rank")


@pytest.mark.parametrize("event", EVENTS, ids=name_of)
def test_every_event_has_an_example_that_reads(event: type) -> None:
    data = (EXAMPLES / f"{name_of(event)}.v{version_of(event)}.json").read_bytes()
    read = read_data(event, data)
    assert read_data(event, canonical(read)) == read


def test_no_money_points_or_ranks_pass_through_volunteering() -> None:
    named = {f.name for cls in vars(public).values() if hasattr(cls, "__hub__") for f in fields(cls)}
    assert not [name for name in named for word in MONEY if word in name.split("_")]


@pytest.mark.parametrize("event", EVENTS, ids=name_of)
def test_what_opens_or_closes_a_need_says_who_answers(event: type) -> None:
    said = about(event)
    names = {f.name for f in fields(event)}
    assert bool(said.get("handoff")) == ("handoff" in names)
    if said.get("opens") or said.get("closes"):
        assert {"handoff", "matter_id"} <= names


def test_the_five_commitments_have_words() -> None:
    assert set(SCHOOL_COMMITMENTS) <= set(COMMITMENTS)
