"""Who is suggested for a need and who is not, with reasons; the fewest for a household; what to do when nobody is left."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.contracts import referral as public
from services.contracts import volunteer
from services.contracts.codes_matching import CANDIDATE_AGAINST, CANDIDATE_REASON, RELAXATION, Reason, words
from services.contracts.tables import BEIJING
from services.referral.domain.facts import ConsentFact, OfferingFact, OrganizationFact
from services.referral.domain.offering import Client
from services.referral.domain.routing.candidates import Asked, Candidate, Found, candidates
from services.referral.domain.routing.household import Share, together
from services.referral.domain.routing.record import Answered, record
from services.referral.domain.routing.relaxing import relaxations
from services.referral.domain.routing.suggesting import Network, suggested
from services.referral.domain.routing.weights import WEIGHTS
from services.referral.endpoints.candidates import _network, asked_for, of_case, shown
from services.referral.lookup_network import NETWORK_FACTS, network
from services.referral.views import tables
from tests.service.referral.shelf import Shelf
from tests.service.referral.test_policies import granted
from tests.service.referral.test_views import ACTIVE, PUBLISHED, REGISTERED
from tests.support.spec import NOON
from tests.unit.referral.samples import (
    CASE,
    CONSENT,
    DRAFTED,
    HARBOR,
    LEIFENG,
    LOTUS,
    MATTER,
    OFFERING,
    ORIGIN,
    PERSON,
    READY,
    REFERRAL,
    accepted,
    declined,
    facts,
    offered,
    referral,
    team,
)

TODAY = date(2026, 3, 2)
ASKED = Asked(services=("counselling",), client=Client(day=TODAY))


def hours_ago(days: float, took: float = 24.0, said: Any = "yes") -> Answered:
    """An answer that came so many days ago, so many hours after the asking."""
    end = datetime(2026, 3, 2, 12, tzinfo=BEIJING) - timedelta(days=days)
    return Answered(said=said, asked_at=end - timedelta(hours=took), answered_at=end)


def offers(code: str, organization_id: UUID = LEIFENG, **changes: Any) -> Found:
    """An active team that offers counselling and has answered often enough not to be new."""
    usual: dict[str, Any] = {"answers": tuple(hours_ago(n) for n in (1, 2, 3)), "asked_at": NOON - timedelta(days=1)}
    offering = changes.pop("offering", {})
    organization = changes.pop("organization", {})
    return Found(
        organization=OrganizationFact(
            **{"organization_id": organization_id, "state": "active", "party": f"organization:{organization_id}"}
            | organization
        ),
        code=code,
        offering=OfferingFact(**{"offering_id": organization_id, "service_codes": ("counselling",)} | offering),
        **usual | changes,
    )


def named(found: list[Candidate]) -> list[str]:
    """Their codes, in order."""
    return [one.found.code for one in found]


def against(one: Found, asked: Asked = ASKED) -> tuple[str, ...]:
    """What speaks against it."""
    return candidates(asked, [one])[0].against


# --- the filter -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"offering": {"service_codes": ("counselling",), "areas": ("2202",)}}, "out-of-area"),
        ({"offering": {"capacity": 2, "taken": 2}}, "no-capacity"),
        ({"offering": {"agreement_needed": True, "agreed_until": date(2026, 3, 1)}}, "no-agreement"),
        ({"organization": {"state": "suspended"}}, "organization-suspended"),
        ({"organization": {"verified_until": date(2026, 3, 1)}}, "registration-expired"),
        ({"organization": {"party": ORIGIN}}, "is-origin"),
    ],
)
def test_each_hard_rule_keeps_an_organization_out_and_is_named(changes: dict[str, Any], code: str):
    """INV-12, INV-43: whoever may not be offered the need is not suggested for it."""
    asked = replace(ASKED, places=("220104",), origin=ORIGIN)
    assert against(offers("lotus", **changes), asked) == (code,)
    assert code in CANDIDATE_AGAINST.current.terms


def test_a_consent_that_names_others_keeps_an_organization_out_and_none_at_all_is_a_reason_to_ask():
    lotus = offers("lotus", LOTUS)
    theirs = ConsentFact(consent_id=CONSENT, granted=True, receivers=(lotus.organization.party,))
    others = replace(theirs, receivers=("team:harbor",))
    assert against(lotus, replace(ASKED, consents=(others,))) == ("consent-not-named",)
    assert against(lotus, replace(ASKED, consents=(others, theirs))) == ()
    assert against(lotus, replace(ASKED, consents=(replace(others, granted=False),))) == ()
    (one,) = candidates(replace(ASKED, consents=()), [lotus])
    assert one.fits and Reason(code="consent-to-ask") in one.reasons


def test_a_team_in_which_nobody_is_cleared_is_not_suggested_for_a_minor():
    """INV-16, seen from the referral: 未成年人保护法 §62."""
    for_child = replace(ASKED, client=Client(day=TODAY, age_band="from_8_to_13"))
    drivers = offers("drivers", organization={"party": team(LEIFENG)})
    assert against(drivers, for_child) == ("not-cleared",)
    assert against(replace(drivers, cleared_until=date(2026, 3, 1)), for_child) == ("not-cleared",)
    assert against(replace(drivers, cleared_until=TODAY), for_child) == ()
    assert against(drivers) == ()
    (one,) = candidates(for_child, [offers("lotus")])
    assert Reason(code="clearance-to-check") in one.reasons


def test_with_whom_the_person_is_in_dispute_is_not_suggested_and_no_rule_is_relaxed_for_it():
    asked = replace(ASKED, disputed=frozenset({LEIFENG}))
    assert against(offers("lotus"), asked) == ("dispute-open",)
    assert relaxations(asked, [offers("lotus")]) == []


# --- the order ------------------------------------------------------------------------------------------------------


def test_who_says_yes_soon_comes_before_who_says_yes_late_and_who_says_no():
    slow = offers("slow", HARBOR, answers=tuple(hours_ago(n, took=120) for n in range(6)))
    never = offers("never", LOTUS, answers=tuple(hours_ago(n, said="no") for n in range(6)))
    soon = offers("soon", LEIFENG, answers=tuple(hours_ago(n, took=6) for n in range(6)))
    assert named(candidates(ASKED, [never, slow, soon])) == ["soon", "slow", "never"]


def test_what_is_long_ago_counts_for_less():
    turned_good = [hours_ago(n, said="no") for n in range(300, 306)] + [hours_ago(n) for n in range(6)]
    turned_bad = [hours_ago(n) for n in range(300, 306)] + [hours_ago(n, said="no") for n in range(6)]
    now = NOON
    assert record(turned_good, now).chance > 0.8
    assert record(turned_bad, now).chance < 0.4
    assert record(turned_bad, now).accepted == record(turned_good, now).accepted == 6


def test_the_emptier_comes_first_among_equals():
    full = offers("full", LOTUS, offering={"capacity": 10, "taken": 9})
    empty = offers("roomy", LEIFENG, offering={"capacity": 10, "taken": 1})
    asked = offers("asked", HARBOR, offering={"capacity": 10, "taken": 1}, waiting=5)
    assert named(candidates(ASKED, [full, asked, empty])) == ["roomy", "asked", "full"]


def test_whoever_is_new_is_asked_first_once_a_month_unless_it_is_urgent():
    known = offers("known", LEIFENG)
    new = offers("new", LOTUS, answers=(), asked_at=None)
    assert named(candidates(ASKED, [known, new])) == ["new", "known"]
    assert Reason(code="newcomer") in candidates(ASKED, [new])[0].reasons
    lately = replace(new, asked_at=NOON - timedelta(days=20))
    assert named(candidates(ASKED, [known, lately])) == ["known", "new"]
    again = replace(new, asked_at=NOON - timedelta(days=31))
    assert named(candidates(ASKED, [known, again])) == ["new", "known"]
    assert named(candidates(replace(ASKED, urgency="urgent"), [known, new])) == ["known", "new"]


def test_who_serves_the_person_already_comes_first_among_equals():
    asked = replace(ASKED, serving=frozenset({LOTUS}))
    first, _ = candidates(asked, [offers("a", LEIFENG), offers("b", LOTUS)])
    assert first.found.code == "b" and Reason(code="knows-the-person") in first.reasons


def test_an_organization_with_several_offerings_is_named_once_by_its_best():
    far = offers("lotus", offering={"offering_id": UUID(int=32), "areas": ("2202",)})
    (one,) = candidates(replace(ASKED, places=("220104",)), [far, offers("lotus")])
    assert one.fits


def test_the_order_does_not_depend_on_the_order_of_the_directory():
    found = [offers(f"o-{n}", UUID(int=50 + n), offering={"capacity": 9, "taken": n % 3}) for n in range(9)]
    assert candidates(ASKED, found) == candidates(ASKED, found[::-1])


def test_every_reason_and_every_rule_reads_in_both_languages_and_none_is_a_score():
    (one,) = candidates(ASKED, [offers("lotus", offering={"capacity": 4, "taken": 1})])
    read = [words(reason) for reason in one.reasons]
    assert "还可接收 3 例" in read and "近期询问 3 次, 接收 3 次" in read and "通常 30 小时内答复" in read
    assert "accepted 3 of the last 3 askings" in [words(reason, "en") for reason in one.reasons]
    for table in (CANDIDATE_REASON, CANDIDATE_AGAINST, RELAXATION):
        assert all(term.zh and term.en for term in table.current.terms.values())
    assert set(WEIGHTS.relaxing) == set(RELAXATION.current.terms)


# --- what is not known is asked -------------------------------------------------------------------------------------


def test_what_is_unknown_is_said_as_something_to_ask():
    """INV-29: an unknown place, group or age excludes nobody."""
    picky = {"areas": ("220103",), "group_codes": ("youth-b1",), "age_bands": ("from_8_to_13",)}
    (one,) = candidates(ASKED, [offers("lotus", offering=picky)])
    assert one.fits
    assert {"area-unknown", "group-unknown", "age-unknown"} <= {reason.code for reason in one.reasons}


# --- when nobody is left --------------------------------------------------------------------------------------------


def test_the_three_cheapest_relaxations_are_named_each_with_who_is_left_then():
    asked = replace(ASKED, places=("220104",), tried={LEIFENG: "declined"})
    found = [
        offers("again", LEIFENG),
        offers("far", LOTUS, offering={"areas": ("2202",)}),
        offers("full", HARBOR, offering={"capacity": 1, "taken": 1}),
        offers("unsigned", UUID(int=24), offering={"agreement_needed": True}),
        offers("both", UUID(int=25), offering={"areas": ("2202",), "capacity": 0}),
    ]
    assert not any(one.fits for one in candidates(asked, found))
    able = [(one.code, named(list(one.candidates))) for one in relaxations(asked, found)]
    assert able == [("asked-already", ["again"]), ("out-of-area", ["far"]), ("no-capacity", ["full"])]


def test_whoever_offers_none_of_it_is_no_help_however_the_need_is_split():
    asked = replace(ASKED, services=("counselling", "goods"))
    part = offers("part")
    none = offers("none", LOTUS, offering={"service_codes": ("legal-aid",)})
    (one,) = relaxations(asked, [part, none])
    assert (one.code, named(list(one.candidates))) == ("service-not-offered", ["part"])


# --- a household with several needs ---------------------------------------------------------------------------------

NEEDS = [UUID(int=60 + n) for n in range(5)]


def test_a_household_is_sent_to_as_few_organizations_as_can_be_one_of_them_leading():
    one_for_all = offers("all", LEIFENG, answers=tuple(hours_ago(n, took=200) for n in range(4)))
    quick = {n: offers(f"quick-{n}", UUID(int=70 + n)) for n in range(3)}
    needs = {NEEDS[n]: candidates(ASKED, [one_for_all, quick[n]]) for n in range(3)}
    assert together(needs).shares == (Share(organization_id=LEIFENG, needs=tuple(NEEDS[:3]), lead=True),)


def test_nobody_takes_more_than_it_has_places_for_and_what_nobody_takes_is_said():
    two_places = offers("two", LEIFENG, offering={"capacity": 2})
    other = offers("other", LOTUS)
    needs = {need: candidates(ASKED, [two_places, other] if need == NEEDS[2] else [two_places]) for need in NEEDS[:3]}
    found = together(needs | {NEEDS[3]: []})
    assert [(share.organization_id, len(share.needs), share.lead) for share in found.shares] == [
        (LEIFENG, 2, True), (LOTUS, 1, False),
    ]  # fmt: skip
    assert found.open == (NEEDS[3],)


def test_the_fewest_are_found_where_taking_the_largest_first_would_need_more():
    """The largest share first would need three: {1, 2, 3} leaves 4 and 5, which nobody takes together."""
    takes = {"largest": (1, 2, 3), "left": (0, 1, 2), "right": (3, 4)}
    ids = {name: UUID(int=80 + n) for n, name in enumerate(takes)}
    needs = {
        need: candidates(ASKED, [offers(name, ids[name]) for name, of in takes.items() if n in of])
        for n, need in enumerate(NEEDS)
    }
    assert {share.organization_id for share in together(needs).shares} == {ids["left"], ids["right"]}


def test_without_needs_there_is_nobody():
    assert together({}).shares == () and together({}).open == ()


# --- what was suggested goes on record with the choice --------------------------------------------------------------

NETWORK = Network(asked=ASKED, found=(offers("lotus", LOTUS), offers("far", HARBOR, organization={"state": "retired"})))


def shown_of(found: Network, day: date = TODAY) -> public.Shown:
    """What somebody saw on that day."""
    return public.Shown(digest=found.on(day).digest, position=7)


def test_a_choice_from_a_suggestion_records_what_was_suggested_and_what_was_chosen():
    command = public.OfferReferral(organization_id=LEIFENG, suggestion=shown_of(NETWORK))
    first, second = (
        referral.given(DRAFTED, READY).when(command, facts=facts(network=NETWORK)).decided()
    )  # fmt: skip
    assert isinstance(first, public.ReferralSuggested) and isinstance(second, public.ReferralOffered)
    assert (first.matter_id, first.case_id, first.position, first.as_shown) == (MATTER, CASE, 7, True)
    assert (first.chosen, [one.organization_id for one in first.ranked]) == ((LEIFENG,), [LOTUS])
    assert first.left_out == (public.LeftOut(organization_id=HARBOR, against=("organization-retired",)),)
    assert first.excluded == (public.Excluded(code="organization-retired", number=1),)


def test_where_the_world_has_changed_since_the_record_says_so():
    command = public.OfferReferral(organization_id=LEIFENG, suggestion=shown_of(Network(asked=ASKED, found=())))
    first, _ = referral.given(DRAFTED, READY).when(command, facts=facts(network=NETWORK)).decided()
    assert not first.as_shown and first.digest == command.suggestion.digest


def test_a_choice_of_ones_own_records_no_suggestion():
    command = public.OfferReferral(organization_id=LEIFENG)
    assert len(referral.given(DRAFTED, READY).when(command, facts=facts(network=NETWORK)).decided()) == 1


def test_a_suggestion_is_the_same_all_day_and_another_when_the_world_is():
    assert NETWORK.on(TODAY).digest == Network(asked=ASKED, found=NETWORK.found[::-1]).on(TODAY).digest
    assert NETWORK.on(TODAY).digest != Network(asked=ASKED, found=NETWORK.found[:1]).on(TODAY).digest


def test_a_long_list_is_cut_on_record_and_its_rules_are_counted():
    many = tuple(offers(f"o-{n}", UUID(int=100 + n), organization={"state": "retired"}) for n in range(80))
    event = suggested(Network(asked=ASKED, found=many).on(TODAY), shown_of(NETWORK), MATTER, None, (LOTUS,))
    assert (len(event.left_out), event.excluded[0].number) == (32, 80)


def test_a_refusal_names_who_could_be_asked_instead():
    nothing = (OfferingFact(offering_id=OFFERING, service_codes=("goods",)),)
    command = public.OfferReferral(organization_id=LEIFENG)
    given = referral.given(DRAFTED, READY)
    said = given.when(command, facts=facts(offerings=nothing, network=NETWORK)).then_refused("offering-does-not-fit")
    assert "Could be asked instead: lotus." in said.en and "可改为询问: lotus" in said.zh
    assert said.allowed == ("offer-referral",)
    full = Network(asked=ASKED, found=(offers("full", offering={"capacity": 0}),))
    said = given.when(command, facts=facts(offerings=nothing, network=full)).then_refused("offering-does-not-fit")
    assert "请机构增加名额或等待" in said.zh and "(full)" in said.en
    nobody = Network(asked=ASKED, found=())
    said = given.when(command, facts=facts(offerings=nothing, network=nobody)).then_refused("offering-does-not-fit")
    assert "Nobody else offers it" in said.en


def test_whose_verification_is_over_is_not_asked():
    late = OrganizationFact(
        organization_id=LEIFENG, state="active", party=team(LEIFENG), verified_until=date(2026, 3, 1)
    )
    command = public.OfferReferral(organization_id=LEIFENG)
    referral.given(DRAFTED, READY).when(command, facts=facts(organization=late)).then_refused("verification-over")


# --- on what the views know -----------------------------------------------------------------------------------------


@pytest.fixture
def shelf() -> Shelf:
    """An active team that offers the need, and a registered one elsewhere that does."""
    kept = Shelf()
    kept.play(LEIFENG, *ACTIVE)
    kept.play(LOTUS, replace(REGISTERED, organization_id=LOTUS, party=team(LOTUS), code="lotus"))
    kept.play(OFFERING, PUBLISHED)
    kept.play(UUID(int=32), replace(PUBLISHED, organization_id=LOTUS, areas=("2202",), capacity=None))
    kept.play(REFERRAL, DRAFTED, READY)
    return kept


def seen(shelf: Shelf, query: dict[str, str] | None = None) -> dict[str, Any]:
    """The suggestion for the referral as people read it."""
    return shown(_network(shelf, REFERRAL, query).on(TODAY))


def test_candidates_are_named_with_reasons_and_the_others_with_why_not(shelf: Shelf):
    shelf.hear(granted())
    first, second = seen(shelf)["items"]
    assert (first["code"], first["fits"], first["why_not"]) == ("leifeng-nanguan", True, [])
    assert [reason["code"] for reason in first["reasons"]] == [
        "newcomer", "offers-service", "serves-area", "free-places", "consent-names", "never-asked",
    ]  # fmt: skip
    assert first["reasons"][3] == {"code": "free-places", "number": 2, "zh": "还可接收 2 例", "en": "free places: 2"}
    assert (second["code"], second["fits"]) == ("lotus", False)
    assert [why["code"] for why in second["why_not"]] == ["out-of-area", "organization-registered"]
    assert not any("score" in str(item) or "days" in item for item in (first, second))


def test_who_declined_is_named_last_with_what_could_be_done(shelf: Shelf):
    shelf.play(REFERRAL, offered(), declined())
    answer = seen(shelf)
    leifeng = next(one for one in answer["items"] if one["organization_id"] == LEIFENG)
    assert [why["code"] for why in leifeng["why_not"]] == ["asked-already.declined"]
    assert {"accepted-of", "replies-in-hours"} <= {reason["code"] for reason in leifeng["reasons"]}
    assert [one["code"] for one in answer["relaxations"]] == ["asked-already"]


def test_what_an_organization_holds_counts_at_once_and_not_when_it_says_so(shelf: Shelf):
    shelf.play(REFERRAL, offered(), accepted())
    other = network(shelf, asked_for({"service": "one-to-one-support"})).on(TODAY)
    (one,) = [c for c in other.ranked if c.organization_id == LEIFENG]
    assert Reason(code="free-places", number=1) in one.reasons


def test_whose_members_are_cleared_is_heard_of_the_volunteers(shelf: Shelf):
    """INV-16: a volunteer that is suspended clears nobody."""
    child = {"age": "from_8_to_13"}
    assert "not-cleared" in [why["code"] for why in seen(shelf, child)["items"][0]["why_not"]]

    def hear(event: Any) -> None:
        recorded = shelf.recorded(UUID(int=7), event, "volunteer")
        from services.referral import views

        shelf.apply(views.project_heard(recorded))

    hear(volunteer.VolunteerRegistered(teams=(team(LEIFENG),)))
    hear(
        volunteer.VolunteerCleared(
            check_kind="minor-protection", result="clear", checked_on=TODAY, valid_until=date(2027, 3, 1)
        )
    )
    assert seen(shelf, child)["items"][0]["why_not"] == []
    hear(volunteer.VolunteerSuspended(reason_code="other"))
    assert seen(shelf, child)["items"][0]["why_not"] != []


def test_the_needs_of_a_case_go_to_one_organization(shelf: Shelf):
    second = UUID(int=15)
    shelf.play(second, replace(DRAFTED, referral_id=second), replace(READY, need_id=second))
    found = of_case(shelf, [REFERRAL, second], TODAY)
    (one,) = found["items"]
    assert (one["organization_id"], one["lead"], set(one["referrals"])) == (LEIFENG, True, {REFERRAL, second})
    assert found["open"] == []


def test_the_choice_is_recorded_as_it_was_shown(shelf: Shelf):
    answer = seen(shelf)
    command = public.OfferReferral(
        organization_id=LEIFENG, suggestion=public.Shown(digest=answer["suggestion"]["digest"], position=9)
    )
    looked_up = NETWORK_FACTS[public.OfferReferral](command, REFERRAL, shelf)
    first, _ = referral.given(DRAFTED, READY).when(command, facts=looked_up).decided()
    assert first.as_shown and first.ranked[0].organization_id == LEIFENG
    shelf.play(REFERRAL, first)
    assert shelf.one(tables.referrals, REFERRAL)["person_id"] == PERSON
