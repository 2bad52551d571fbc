"""Whom an offering takes: by which ties to which places, of which groups and ages, under which agreement; and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.contracts import referral as public
from services.referral.domain.facts import OfferingFact
from services.referral.domain.offering import Client, why_not
from services.referral.lookup import agreed_until
from tests.service.referral.shelf import Shelf
from tests.unit.referral.samples import DRAFTED, LEIFENG, OFFERING, READY, facts, team
from tests.unit.referral.samples import referral as referrals

YOUTH = OfferingFact(
    offering_id=OFFERING, service_codes=("counselling",), areas=("220103", "cc-xinqu"),
    eligible_by=("residence", "work", "life"), group_codes=("youth-b1", "youth-a1"),
    age_bands=("from_8_to_13", "from_14_to_17"),
)  # fmt: skip
"""居住、工作、生活在宽城区、长春新区的重点青少年: not by 户籍."""


def against(client: Client, offering: OfferingFact = YOUTH, *places: str) -> tuple[str, ...]:
    """What speaks against this client."""
    return why_not(offering, ("counselling",), places, client=client)


@pytest.mark.parametrize("tie", ["residence", "work", "life"])
def test_it_is_enough_to_live_work_or_spend_ones_days_there(tie: public.Tie):
    """INV-41: the area is a set of places, with or without a division code."""
    for place in ("220103007", "cc-xinqu"):
        assert against(Client(ties={tie: (place,), "hukou": ("220102001",)})) == ()


def test_being_registered_there_is_not_enough_where_it_does_not_count():
    assert against(Client(ties={"hukou": ("220103007",), "residence": ("220102001",)})) == ("out-of-area",)
    by_register = replace(YOUTH, eligible_by=("hukou",))
    assert against(Client(ties={"hukou": ("220103007",), "residence": ("220102001",)}), by_register) == ()


def test_what_nobody_knows_excludes_nobody():
    """INV-29: an unknown place, group or age is a reason to ask, and not one against."""
    for client in (Client(), Client(ties={"hukou": ("220102001",)}), Client(age_band="unknown")):
        assert against(client) == ()
    assert against(Client(), YOUTH, "220102001") == ("out-of-area",)


def test_other_groups_and_ages_are_not_served():
    assert against(Client(group_codes=("living-alone",), age_band="from_80")) == ("group-not-served", "age-not-served")
    assert against(Client(group_codes=("living-alone", "youth-a1"), age_band="from_8_to_13")) == ()


@pytest.mark.parametrize(
    ("until", "fits"), [(None, False), (date(2026, 3, 1), False), (date(2026, 3, 2), True), (date.max, True)]
)
def test_who_works_under_an_agreement_alone_needs_one_that_stands_on_the_day(until: date | None, fits: bool):
    bound = replace(YOUTH, agreement_needed=True, agreed_until=until)
    assert (against(Client(day=date(2026, 3, 2)), bound) == ()) is fits


def test_the_longest_agreement_counts_and_an_ended_one_does_not():
    shelf = Shelf()
    for number, until in enumerate((date(2026, 1, 1), date(2027, 1, 1)), 1):
        signed = public.CooperationAgreementSigned(
            parties=(team(LEIFENG), "community:220104004"), purpose_codes=("support",), valid_until=until
        )
        shelf.play(UUID(int=90 + number), signed)
    assert agreed_until(shelf)[team(LEIFENG)] == date(2027, 1, 1)
    ended = public.CooperationAgreementEnded(parties=(team(LEIFENG), "community:220104004"), reason_code="over")
    shelf.play(UUID(int=92), ended)
    assert agreed_until(shelf)[team(LEIFENG)] == date(2026, 1, 1)
    shelf.play(UUID(int=91), ended)
    assert agreed_until(shelf) == {}


# --- the rule itself ------------------------------------------------------------------------------------------------


def test_nobody_is_offered_a_client_whom_the_offering_does_not_take():
    """INV-12: what the offering says is asked of every offer, and every reason is named in both languages."""
    drafted = replace(DRAFTED, group_codes=("living-alone",), age_band="from_80")
    offering = OfferingFact(
        offering_id=OFFERING, service_codes=("one-to-one-support",), group_codes=("youth-a1",),
        age_bands=("from_8_to_13",), agreement_needed=True,
    )  # fmt: skip
    ask = public.OfferReferral(organization_id=LEIFENG, mode="direct")
    refused = (
        referrals.given(drafted, READY)
        .when(ask, facts=facts(offerings=(offering,)))
        .then_refused("offering-does-not-fit")
    )
    assert "age-not-served, group-not-served, no-agreement" in refused.en
    assert "不服务该年龄段、不服务该类对象、无有效合作协议" in refused.zh
