"""What may be told of a person before anybody has accepted: codes, no finer than a community, and no numbers (INV-6)."""

from dataclasses import replace

import pytest

from services.contracts import referral as public
from tests.unit.referral.samples import DRAFT, DRAFTED, LEIFENG, READY, STATION, facts, offered, referral


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("need_codes", ("no-such-need",), "unknown-code"),
        ("group_codes", ("who-lives-at-the-corner",), "unknown-code"),
        ("goal_code", "no-such-goal", "unknown-code"),
        ("age_band", "eleven", "unknown-code"),
        ("areas", ("22010400400101",), "place-too-fine"),
        ("areas", ("13800000000",), "place-too-fine"),
        ("areas", ("cc-13800000000",), "looks-personal"),
    ],
)
def test_a_summary_that_could_tell_who_it_is_is_not_drafted(field: str, value: object, code: str):
    refused = referral.given().when(replace(DRAFT, **{field: value}), actor=STATION, facts=facts()).then_refused(code)
    assert refused.field == field
    assert "13800000000" not in refused.en + refused.zh


def test_an_old_draft_is_looked_at_again_before_it_is_ready():
    old = replace(DRAFTED, areas=("22010400400101",))
    referral.given(old).when(public.MarkReferralReady(), actor=STATION, facts=facts()).then_refused("place-too-fine")


@pytest.mark.parametrize("areas", [("22",), ("220102", "220102001"), ("220104004001",), ("cc-xinqu",)])
def test_places_down_to_a_community_may_be_named(areas: tuple[str, ...]):
    drafted = replace(DRAFTED, areas=areas)
    referral.given().when(replace(DRAFT, areas=areas), actor=STATION, facts=facts()).then(drafted)


def test_an_answer_to_an_organization_holds_no_number_of_a_person():
    question = public.MoreInformationRequested(
        matter_id=DRAFTED.matter_id, offer_id=offered().offer_id, organization_id=LEIFENG, question_codes=("when",),
        respond_by=None, remind_at=offered().remind_at,
    )  # fmt: skip
    answer = public.SupplyInformation(organization_id=LEIFENG, answer_codes=("call-13800000000",))
    referral.given(DRAFTED, READY, offered(), question).when(answer, actor=STATION).then_refused("looks-personal")


def test_while_a_case_is_being_transferred_no_second_transfer_is_ready():
    """One case, two new owners: the double share of a peer must not be possible (INV-2)."""
    drafted = replace(DRAFTED, kind="transfer")
    given = referral.given(drafted)
    given.when(public.MarkReferralReady(), actor=STATION, facts=facts(moving=True)).then_refused("transfer-open")
    ready = given.when(public.MarkReferralReady(), actor=STATION, facts=facts()).decided()
    assert ready == [replace(READY, kind="transfer")]
    twin = referral.given(DRAFTED).when(public.MarkReferralReady(), actor=STATION, facts=facts(moving=True))
    twin.then(READY)
