"""What a station wrote down for an organization, and what the organization says of that later (H12, INV-38)."""

from dataclasses import replace

import msgspec

from services.contracts import referral as public
from services.referral import views
from services.referral.domain import referral_state as states
from services.referral.domain.facts import Known, ToldFact
from services.referral.lookup import FACTS
from services.referral.views.told import told as table
from tests.service.referral.shelf import Shelf
from tests.unit.referral.samples import (
    ANSWER_BY,
    DRAFTED,
    LEIFENG,
    LOTUS,
    OF_THE_OFFER,
    READY,
    REFERRAL,
    REPORTED,
    RETURNED,
    STARTED,
    STATION,
    accepted,
    declined,
    facts,
    offer_id,
    offered,
    partner,
    phoned,
    referral,
)

ACCEPTED = (DRAFTED, READY, offered(), accepted(answered_via="phone"))
STAND_BY = public.ConfirmAnswer(organization_id=LEIFENG)
NOT_OURS = public.DisputeAnswer(organization_id=LEIFENG, answer="acceptance", reason_code="other")
CONFIRMED = public.AnswerConfirmed(**OF_THE_OFFER, answers=("acceptance", "start"))
DISPUTED = public.AnswerDisputed(**OF_THE_OFFER, answer="acceptance", reason_code="other")


def told(*answers: str, standing: str = "told") -> Known:
    """These answers were written down about the offer to the drivers."""
    return facts(
        told=tuple(ToldFact(offer_id=offer_id(LEIFENG), answer=answer, standing=standing) for answer in answers)  # type: ignore[arg-type]
    )


def test_an_organization_stands_by_all_that_was_written_down_for_it():
    given = referral.given(*ACCEPTED, STARTED)
    given.when(STAND_BY, actor=partner(LEIFENG), facts=told("acceptance", "start")).then(CONFIRMED)


def test_it_stands_by_it_once():
    given = referral.given(*ACCEPTED, STARTED, CONFIRMED)
    confirmed = told("acceptance", "start", standing="confirmed")
    given.when(STAND_BY, actor=partner(LEIFENG), facts=confirmed).then_nothing()


def test_what_it_said_itself_is_not_asked_about():
    referral.given(*ACCEPTED).when(STAND_BY, actor=partner(LEIFENG), facts=facts()).then_refused("nothing-told")
    unsaid = replace(NOT_OURS, answer="outcome")
    given = referral.given(*ACCEPTED)
    given.when(unsaid, actor=partner(LEIFENG), facts=told("acceptance")).then_refused("nothing-told")


def test_a_station_cannot_stand_by_its_own_writing():
    given = referral.given(*ACCEPTED)
    given.when(STAND_BY, actor=STATION, behalf=phoned(LEIFENG), facts=told("acceptance")).then_refused("own-word-only")
    given.when(NOT_OURS, actor=STATION, behalf=phoned(LEIFENG), facts=told("acceptance")).then_refused("own-word-only")


def test_another_organization_has_no_say():
    given = referral.given(*ACCEPTED)
    given.when(STAND_BY, actor=partner(LOTUS), facts=told("acceptance")).then_refused("not-yours")


def test_a_denied_acceptance_gives_the_need_back():
    """Nobody answers for what he never took on (INV-1)."""
    back = replace(RETURNED, reason_code="answer-disputed")
    for past in (ACCEPTED, (*ACCEPTED, STARTED)):
        given = referral.given(*past)
        given.when(NOT_OURS, actor=partner(LEIFENG), facts=told("acceptance")).then(DISPUTED, back)


def test_a_denied_refusal_stays_on_record_and_changes_nothing_else():
    given = referral.given(DRAFTED, READY, offered(), declined())
    never = replace(NOT_OURS, answer="refusal")
    given.when(never, actor=partner(LEIFENG), facts=told("refusal")).then(replace(DISPUTED, answer="refusal"))


def test_a_denied_outcome_is_open_to_be_reported_anew():
    given = referral.given(*ACCEPTED, STARTED, REPORTED)
    never = replace(NOT_OURS, answer="outcome")
    denied = replace(DISPUTED, answer="outcome", wait=ANSWER_BY)
    given.when(never, actor=partner(LEIFENG), facts=told("outcome")).then(denied)
    assert isinstance(referral.given(*given.past, denied).state, states.Disputed)


def test_it_denies_once_and_not_what_it_stood_by():
    given = referral.given(*ACCEPTED)
    given.when(NOT_OURS, actor=partner(LEIFENG), facts=told("acceptance", standing="disputed")).then_nothing()
    stood_by = told("acceptance", standing="confirmed")
    given.when(NOT_OURS, actor=partner(LEIFENG), facts=stood_by).then_refused("answer-confirmed")


# --- what the views keep of it --------------------------------------------------------------------------------------


def by_phone(shelf: Shelf, event: object) -> None:
    """The station writes down what was said on the telephone."""
    recorded = shelf.recorded(REFERRAL, event)
    told_by = msgspec.structs.replace(
        recorded.envelope, actorid="w-zsl", behalforg=phoned(LEIFENG).org, behalfevidence="phone", behalfref="call-17"
    )
    shelf.apply(views.project(replace(recorded, envelope=told_by)))


def test_the_view_shows_whose_will_it_was_and_who_wrote_it_down():
    shelf = Shelf()
    shelf.play(REFERRAL, DRAFTED, READY, offered())
    by_phone(shelf, accepted(answered_via="phone"))
    row = shelf.one(table, offer_id(LEIFENG), "acceptance")
    assert row is not None
    assert (row["standing"], row["behalf"], row["told_by"]) == ("told", phoned(LEIFENG).org, "w-zsl")
    assert (row["evidence_kind"], row["evidence_ref"]) == ("phone", "call-17")
    looked_up = FACTS[public.ConfirmAnswer](STAND_BY, REFERRAL, shelf)
    assert looked_up.told == told("acceptance").told


def test_what_the_organization_says_itself_is_not_in_it():
    shelf = Shelf()
    shelf.play(REFERRAL, DRAFTED, READY, offered(), accepted(), STARTED)
    assert shelf.all(table) == []


def test_the_view_shows_what_the_organization_says_of_it():
    shelf = Shelf()
    shelf.play(REFERRAL, DRAFTED, READY, offered())
    by_phone(shelf, accepted(answered_via="phone"))
    by_phone(shelf, STARTED)
    shelf.play(REFERRAL, replace(CONFIRMED, answers=("start",)), DISPUTED)
    assert {row["answer"]: row["standing"] for row in shelf.all(table)} == {
        "acceptance": "disputed",
        "start": "confirmed",
    }
    assert FACTS[public.DisputeAnswer](NOT_OURS, REFERRAL, shelf).told == (
        *told("acceptance", standing="disputed").told, *told("start", standing="confirmed").told,
    )  # fmt: skip
