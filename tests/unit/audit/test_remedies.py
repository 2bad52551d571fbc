"""What would close a break of custody is said with it, by acts that there are."""

from __future__ import annotations

from itertools import product
from typing import get_args
from uuid import UUID

import pytest

from services.audit import language
from services.audit.custody import Fault
from services.audit.remedies import told, ways
from services.kernel.contract import EVENTS

NEED = UUID(int=1)


@pytest.mark.parametrize(("fault", "need"), list(product(get_args(Fault), (None, NEED))))
def test_every_break_says_by_which_acts_it_can_be_closed(fault: Fault, need: UUID | None):
    """INV-1"""
    assert language.facts_of("case.closed").closes == "matter"
    named = [way.event for way in ways(fault, need)]
    assert len(named) >= 2 and set(named) <= set(EVENTS)
    assert all(each["en"] and each["zh"] for each in told(fault, need))


def test_a_suspended_holder_may_also_be_let_hold_again_and_of_two_one_gives_way():
    assert "organization.activated" in [way.event for way in ways("suspended", NEED)]
    assert "organization.activated" not in [way.event for way in ways("retired", NEED)]
    assert ways("two", NEED)[0].event == "referral.returned"
