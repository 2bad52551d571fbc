"""What is known of one human being is known of all his records while they are merged, and of none once taken apart."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.contracts import intake as public
from services.contracts.words import Handoff
from services.intake import same
from services.intake import tables as t
from services.intake.domain import case, consent, disclosure, help_request, household, person, visit_plan
from services.intake.erasing import subjects_of
from services.intake.facts import FACTS, age_of, person_fact
from services.intake.reports import open_matters, visit_rates
from services.intake.scopes import SCOPES
from services.kernel.errors import Refused
from services.kernel.message import Actor
from tests.service.intake.desk import Desk
from tests.service.intake.test_policies import ACCEPTED, READY
from tests.unit.intake.stories import (
    CASE,
    COMMUNITY,
    CONSENT,
    DISCLOSURE,
    MOTHER,
    OTHER,
    PERSON,
    PLAN,
    REFERRAL,
    REQUEST,
    STREET,
    TEAM,
    TODAY,
    ZSL,
)

HUB = Actor(id="hub", role="service")
ELSEWHERE = "220102001"
THIRD = UUID(int=31)
FOURTH = UUID(int=32)
MERGE = public.MergePersons(survivor_id=OTHER, basis="stations-agree", approver="w-02")
UNMERGE = public.UnmergePersons(basis="mistake", approver="w-02")
GRANT = public.GrantConsent(
    person_id=OTHER,
    by="self",
    purposes=("casework", "referral", "visit"),
    categories=("identity", "contact"),
    receivers=(TEAM,),
    method="written",
    notice_version="v1",
)
OPEN = public.OpenCase(person_id=PERSON, owner=ZSL, area=STREET)
DISCLOSE = public.DiscloseIdentity(person_id=PERSON, receiver=TEAM, purpose="referral", need_id=REFERRAL)


@pytest.fixture
def desk() -> Desk:
    """孙大姐, taken in by two stations: where she is registered, and where she lives. The second has her consent."""
    desk = Desk()
    desk.asks(person.DECIDER, PERSON, public.RegisterPerson(station=STREET, age_band="adult"))
    desk.asks(person.DECIDER, OTHER, public.RegisterPerson(station=ELSEWHERE, age_band="adult"))
    desk.asks(consent.DECIDER, CONSENT, GRANT)
    return desk


def merged(desk: Desk) -> None:
    desk.asks(person.DECIDER, PERSON, MERGE)


def unmerged(desk: Desk) -> None:
    desk.asks(person.DECIDER, PERSON, UNMERGE)


def test_a_merged_record_is_shown_as_the_survivor_and_back(desk: Desk) -> None:
    merged(desk)
    row = desk.row(t.persons, PERSON)
    assert (row["state"], row["merged_into"]) == ("merged", OTHER)
    assert same.survivor_of(desk.look, PERSON) == OTHER
    assert same.records_of(desk.look, PERSON) == same.records_of(desk.look, OTHER) == [OTHER, PERSON]
    assert desk.row(t.duplicates, PERSON, OTHER)["state"] == "merged"
    unmerged(desk)
    assert (desk.row(t.persons, PERSON)["state"], desk.row(t.persons, PERSON)["merged_into"]) == ("active", None)
    assert same.records_of(desk.look, PERSON) == [PERSON]


def test_records_merged_step_by_step_are_one_and_each_step_can_be_taken_back(desk: Desk) -> None:
    for somebody in (THIRD, FOURTH):
        desk.asks(person.DECIDER, somebody, public.RegisterPerson(station=STREET))
    desk.asks(person.DECIDER, THIRD, replace(MERGE, survivor_id=PERSON))
    desk.asks(person.DECIDER, FOURTH, replace(MERGE, survivor_id=PERSON))
    merged(desk)
    assert set(same.records_of(desk.look, THIRD)) == {OTHER, PERSON, THIRD, FOURTH}
    assert same.survivors(desk.look, {PERSON, THIRD, FOURTH, OTHER, MOTHER}) == {OTHER, MOTHER}
    unmerged(desk)
    assert same.records_of(desk.look, FOURTH) == [PERSON, THIRD, FOURTH]
    assert same.records_of(desk.look, OTHER) == [OTHER]


def test_nobody_is_merged_in_a_circle(desk: Desk) -> None:
    merged(desk)
    with pytest.raises(Refused, match="survivor-merged"):
        desk.asks(person.DECIDER, OTHER, replace(MERGE, survivor_id=PERSON))


def test_a_merger_moves_no_event_and_no_owner(desk: Desk) -> None:
    """INV-39: what was said before stands where it was said, and two owners stay two owners."""
    desk.asks(case.DECIDER, CASE, replace(OPEN, legal_basis="pipl13-3"))
    desk.asks(case.DECIDER, THIRD, replace(OPEN, person_id=OTHER, owner="worker:w-other", area=ELSEWHERE))
    before = [(recorded.stream, recorded.version, recorded.event) for recorded in desk.log]
    merged(desk)
    unmerged(desk)
    merged(desk)
    assert [(r.stream, r.version, r.event) for r in desk.log[: len(before)]] == before
    assert {r.stream for r in desk.log[len(before) :]} == {f"person/{PERSON}"}
    owners = {(row["case_id"], row["person_id"], row["owner"]) for row in desk.look.all(t.cases)}
    assert owners == {(CASE, PERSON, ZSL), (THIRD, OTHER, "worker:w-other")}
    assert {row["holder"] for row in open_matters(desk.look, PERSON, HUB)["open"]} == {ZSL, "worker:w-other"}


def test_eligibility_after_a_merger_stands_on_all_records_and_after_it_on_each_alone(desk: Desk) -> None:
    """A bug of others: after a merger, eligibility was read off a record that nobody kept up (hmis-warehouse 5803)."""
    with pytest.raises(Refused, match="consent-needed"):
        desk.asks(case.DECIDER, CASE, OPEN)
    merged(desk)
    (opened,) = desk.asks(case.DECIDER, CASE, OPEN)
    assert (opened.person_id, opened.consent_id) == (PERSON, CONSENT)
    (disclosed,) = desk.asks(disclosure.DECIDER, DISCLOSURE, DISCLOSE)
    assert isinstance(disclosed, public.IdentityDisclosed)
    desk.asks(consent.DECIDER, CONSENT, public.WithdrawConsent())
    with pytest.raises(Refused, match="consent-needed"):
        desk.asks(case.DECIDER, THIRD, OPEN)
    assert desk.look.all(t.disclosures, state="live") == []
    unmerged(desk)
    with pytest.raises(Refused, match="consent-needed"):
        desk.asks(case.DECIDER, THIRD, OPEN)


def test_taken_apart_nobody_reads_on_the_consent_of_the_other(desk: Desk) -> None:
    """INV-5: what was disclosed of one record on the consent of another ends with the merger; each one's own goes on."""
    merged(desk)
    desk.asks(disclosure.DECIDER, DISCLOSURE, DISCLOSE)
    desk.asks(disclosure.DECIDER, THIRD, replace(DISCLOSE, person_id=OTHER))
    unmerged(desk)
    live = {row["disclosure_id"] for row in desk.look.all(t.disclosures, state="live")}
    assert live == {THIRD}


def test_a_refusal_under_one_record_is_remembered_under_the_other(desk: Desk) -> None:
    no = public.RefuseConsent(
        person_id=OTHER, by="self", purposes=("activity",), categories=("identity",), method="oral"
    )
    desk.asks(consent.DECIDER, THIRD, no)
    again = public.RequestConsent(
        person_id=PERSON, purposes=("activity",), categories=("identity",), notice_version="v1"
    )
    merged(desk)
    with pytest.raises(Refused, match="asked-before"):
        desk.asks(consent.DECIDER, FOURTH, again)
    unmerged(desk)
    assert desk.asks(consent.DECIDER, FOURTH, again)


def test_a_consent_that_comes_later_opens_the_matters_of_every_record(desk: Desk) -> None:
    receive = public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET, person_id=PERSON)
    desk.asks(help_request.DECIDER, REQUEST, receive)
    taken = Handoff(act="taken", matter_id=REQUEST, need_id=REFERRAL, giver=COMMUNITY, takers=("charity:fund",))
    accepted = replace(ACCEPTED, handoff=taken, person_id=PERSON)
    merged(desk)
    desk.hears("referral", "referral", REFERRAL, READY)
    desk.hears("referral", "referral", REFERRAL, accepted)
    desk.asks(consent.DECIDER, FOURTH, replace(GRANT, receivers=("charity:fund",)))
    (row,) = desk.look.all(t.disclosures, state="live")
    assert (row["person_id"], row["receiver"]) == (PERSON, "charity:fund")


def test_a_guardian_taken_in_twice_may_consent_under_either_record(desk: Desk) -> None:
    for somebody in (MOTHER, THIRD):
        desk.asks(person.DECIDER, somebody, public.RegisterPerson(station=STREET, age_band="adult"))
    desk.asks(person.DECIDER, FOURTH, public.RegisterPerson(station=STREET))
    link = public.LinkGuardian(guardian_id=MOTHER, relation="mother", evidence_kind="statement")
    desk.asks(person.DECIDER, FOURTH, link)
    theirs = replace(GRANT, person_id=FOURTH, by="guardian", by_person_id=THIRD)
    with pytest.raises(Refused, match="not-the-guardian"):
        desk.asks(consent.DECIDER, UUID(int=40), theirs)
    desk.asks(person.DECIDER, MOTHER, replace(MERGE, survivor_id=THIRD))
    assert desk.asks(consent.DECIDER, UUID(int=40), theirs)


def test_a_death_ends_what_is_open_under_every_record(desk: Desk) -> None:
    desk.asks(case.DECIDER, CASE, replace(OPEN, legal_basis="pipl13-3"))
    merged(desk)
    desk.asks(person.DECIDER, OTHER, public.RecordDeath(evidence_kind="document"))
    assert desk.row(t.cases, CASE)["state"] == "closed"
    fact = person_fact(desk.look, PERSON)
    assert fact is not None and not fact.alive


def test_who_is_visited_under_two_records_is_one_human_being_and_two_once_taken_apart(desk: Desk) -> None:
    """H4: persons are counted after mergers, visits are added up, and both numbers return."""
    for plan, somebody in ((PLAN, PERSON), (THIRD, OTHER)):
        plans = public.SetVisitPlan(
            person_id=somebody, cadence="monthly", visitor="worker:w-zyh", unit=COMMUNITY, area=STREET, basis="seen"
        )
        desk.asks(visit_plan.DECIDER, plan, plans)
        desk.asks(visit_plan.DECIDER, plan, public.RecordVisit(on=TODAY, mode="door", result="ok"))
    for change, persons in ((None, 2), (merged, 1), (unmerged, 2)):
        if change is not None:
            change(desk)
        found = visit_rates(desk.look, "2026-03", "", HUB)
        assert (found["persons_due"], found["persons_visited"], found["visits"]) == (persons, persons, 2)


def test_an_erasure_reaches_what_lies_under_every_record(desk: Desk) -> None:
    """INV-35: every key of the human being, whichever of his records it belongs to."""
    desk.asks(case.DECIDER, CASE, replace(OPEN, legal_basis="pipl13-3"))
    merged(desk)
    assert set(subjects_of(desk.look, OTHER)) == {str(OTHER), str(PERSON), str(CASE), str(CONSENT)}
    found = FACTS[public.DecideErasure](public.DecideErasure(decisions=(), approver="w-02"), OTHER, desk.look)
    assert found.erasure.open_matters == 1
    unmerged(desk)
    assert subjects_of(desk.look, OTHER) == [str(OTHER), str(CONSENT)]


def test_who_sees_one_of_two_records_sees_that_they_are_alike_and_a_household_is_its_stations(desk: Desk) -> None:
    here, there, stranger = (
        Actor(id=f"w-{org}", role="coordinator", org=org) for org in (STREET, ELSEWHERE, "220103001")
    )
    desk.asks(person.DECIDER, PERSON, public.SuspectDuplicate(candidate_id=OTHER, rule="same-phone", score=50))
    members = (public.Member(person_id=OTHER, relation="head"),)
    desk.asks(household.DECIDER, THIRD, public.FormHousehold(station=ELSEWHERE, members=members), actor=there)

    def seen(who: Actor, table: sa.Table) -> int:
        return len(desk.look.run(SCOPES[table].select(who)))

    assert [seen(who, t.duplicates) for who in (here, there, stranger)] == [1, 1, 0]
    assert [seen(who, t.households) for who in (here, there, stranger)] == [0, 1, 0]
    assert [seen(who, t.household_members) for who in (here, there, stranger)] == [0, 1, 0]
    herself = Actor(id=str(OTHER), role="client")
    assert [seen(herself, table) for table in (t.households, t.household_members)] == [1, 1]


def test_a_merger_opens_nothing_to_whoever_works_on_the_other_record(desk: Desk) -> None:
    desk.asks(case.DECIDER, CASE, replace(OPEN, legal_basis="pipl13-3"))
    merged(desk)
    worker = Actor(id="w-zsl", role="worker", org="organization:ark")
    (own,) = desk.asks(person.DECIDER, PERSON, public.ReadIdentity(why="casework"), actor=worker)
    (other,) = desk.asks(person.DECIDER, OTHER, public.ReadIdentity(why="casework"), actor=worker)
    assert (type(own), type(other)) == (public.IdentityRead, public.IdentityReadRefused)


def test_a_household_counts_its_member_under_any_record(desk: Desk) -> None:
    members = (public.Member(person_id=OTHER, relation="head"),)
    desk.asks(household.DECIDER, THIRD, public.FormHousehold(station=STREET, members=members))
    theirs = replace(OPEN, subject_kind="household", household_id=THIRD, legal_basis="pipl13-3")
    with pytest.raises(Refused, match="not-of-the-household"):
        desk.asks(case.DECIDER, CASE, theirs)
    merged(desk)
    assert desk.asks(case.DECIDER, CASE, theirs)


def test_a_household_shows_who_lives_there(desk: Desk) -> None:
    members = (public.Member(person_id=OTHER, relation="head"),)
    desk.asks(household.DECIDER, THIRD, public.FormHousehold(station=STREET, members=members))
    desk.asks(household.DECIDER, THIRD, public.JoinHousehold(person_id=PERSON))
    assert desk.row(t.households, THIRD)["size"] == 2
    desk.asks(household.DECIDER, THIRD, public.LeaveHousehold(person_id=OTHER, reason_code="moved-away", until=TODAY))
    assert desk.row(t.households, THIRD)["size"] == 1
    gone = desk.row(t.household_members, THIRD, OTHER)
    assert (gone["lives_there"], gone["until"]) == (False, TODAY)


@pytest.mark.parametrize(
    ("bands", "age"),
    [
        (["unknown", "adult"], "adult"),
        (["adult", "from_80"], "adult"),
        (["adult", "under_8"], "under_8"),
        (["unknown", "unknown"], "unknown"),
    ],
)
def test_where_records_differ_a_child_is_a_child(bands: list[str], age: str) -> None:
    """INV-8: the protection of a child is not lost in a merger; what nobody knew is taken from the one who knows."""
    assert age_of(bands) == age
