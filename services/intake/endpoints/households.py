"""Households over HTTP."""

from __future__ import annotations

from services.contracts import intake as public
from services.intake import tables
from services.intake.domain import household
from services.intake.endpoints.readers import READING, STATION
from services.kernel.entrypoints import asks, lists, shows

HOUSEHOLD = household.DECIDER


class Households:
    """Persons live together, come and leave."""

    form_household = asks("POST", "/households", public.FormHousehold, of=HOUSEHOLD, roles=STATION)
    join_household = asks("POST", "/households/{id}/members", public.JoinHousehold, of=HOUSEHOLD, roles=STATION)
    leave_household = asks(
        "POST", "/households/{id}/members/removal", public.LeaveHousehold, of=HOUSEHOLD, roles=STATION
    )
    one_household = shows("/households/{id}", tables.households, roles=READING)
    all_households = lists("/households", tables.households, by=("station", "area"), roles=READING)
    household_members = lists(
        "/household-members", tables.household_members, by=("household_id", "person_id", "lives_there"), roles=READING
    )
