"""The origin speaks with the person about a referral, as often as it takes (H1, H13)."""

from services.contracts import referral as public
from services.referral.views.contacts import contacts
from tests.service.referral.shelf import Shelf
from tests.unit.referral.samples import (
    CASE,
    CLOSED,
    CONFIRMED,
    DRAFTED,
    LEIFENG,
    MATTER,
    READY,
    REFERRAL,
    REPORTED,
    STARTED,
    STATION,
    accepted,
    declined,
    offered,
    partner,
    referral,
)

TELL = public.ContactPerson(about="nobody-found")
TOLD = public.PersonContacted(matter_id=MATTER, case_id=CASE, about="nobody-found", mode="phone", result="reached")
UNMET = (DRAFTED, READY, offered(), declined())
OVER = (DRAFTED, READY, offered(), accepted(), STARTED, REPORTED, CONFIRMED, CLOSED)


def test_she_is_told_how_it_stands_and_told_again():
    referral.given(*UNMET).when(TELL, actor=STATION).then(TOLD)
    referral.given(*UNMET, TOLD).when(TELL, actor=STATION).then(TOLD)
    referral.given(*OVER).when(TELL, actor=STATION).then(TOLD)


def test_that_nobody_was_reached_is_on_record_too():
    tried = public.ContactPerson(about="no-first-contact", mode="visit", result="no-answer")
    missed = public.PersonContacted(
        matter_id=MATTER, case_id=CASE, about="no-first-contact", mode="visit", result="no-answer"
    )
    referral.given(*UNMET).when(tried, actor=STATION).then(missed)


def test_of_a_draft_there_is_nothing_to_tell():
    referral.given(DRAFTED).when(TELL, actor=STATION).then_refused("not-in-this-state")


def test_the_receiver_does_not_speak_for_the_origin():
    referral.given(*UNMET).when(TELL, actor=partner(LEIFENG)).then_refused("origin-only")


def test_the_view_shows_each_contact():
    shelf = Shelf()
    shelf.play(REFERRAL, *UNMET, TOLD, TOLD)
    assert [(row["about"], row["result"]) for row in shelf.all(contacts)] == [("nobody-found", "reached")] * 2
