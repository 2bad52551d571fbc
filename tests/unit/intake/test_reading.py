"""Reading what is sealed: own station, own case, or a live disclosure on a consent in force; always on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.contracts import intake as public
from services.intake.domain import person as domain
from services.intake.domain.known import AccessFact, CaseFact, Known
from services.kernel.message import Actor
from tests.support.spec import NOON, Spec
from tests.unit.intake.stories import CASE, DISCLOSURE, MOTHER, OPENED, PERSON, REGISTERED, STREET, TEAM, YES, ZSL

person = Spec(domain.DECIDER)

READ = public.ReadIdentity(why="casework")
ALL = ("identity", "contact", "narrative", "health")
DRIVER = Actor(id="p-01", role="partner", org=TEAM)
STRANGER = Actor(id="w-09", role="worker", org="220102001")
ACCESS = AccessFact(
    disclosure_id=DISCLOSURE, receiver=TEAM, purpose="referral", categories=("identity", "contact"), consent=YES
)
BY_DRIVER = public.IdentityRead(
    person_id=PERSON,
    reader="p-01",
    reader_role="partner",
    why="referral",
    categories=("identity", "contact"),
    reader_org=TEAM,
    disclosure_id=DISCLOSURE,
)
NO_DRIVER = public.IdentityReadRefused(
    person_id=PERSON, reader="p-01", reader_role="partner", why="referral", reader_org=TEAM
)
ASKS = public.ReadIdentity(why="referral")


ADULT = replace(REGISTERED, age_band="adult", sensitivity="personal")


def test_the_station_that_keeps_the_file_reads_it_on_record() -> None:
    """INV-33"""
    person.given(ADULT).when(READ).then(
        public.IdentityRead(
            person_id=PERSON,
            reader="w-01",
            reader_role="coordinator",
            why="casework",
            categories=ALL,
            reader_org=STREET,
        )
    )


def test_a_street_reads_for_its_communities_and_not_the_other_way_round() -> None:
    here = replace(REGISTERED, station="220104004001")
    assert isinstance(person.given(here).when(READ).decided()[0], public.IdentityRead)
    below = Actor(id="w-01", role="worker", org="220104004001")
    assert isinstance(person.given(REGISTERED).when(READ, actor=below).decided()[0], public.IdentityReadRefused)


def test_whoever_works_on_the_case_reads_wherever_the_file_is_kept() -> None:
    owner = Actor(id="w-zsl", role="worker", org="220102001")
    facts = Known(cases=(CaseFact(case_id=CASE, workers=frozenset({ZSL})),))
    person.given(REGISTERED).when(READ, actor=owner, facts=facts).then(
        public.IdentityRead(
            person_id=PERSON,
            reader="w-zsl",
            reader_role="worker",
            why="casework",
            categories=ALL,
            reader_org="220102001",
            case_id=CASE,
        )
    )
    assert OPENED.owner == ZSL


def test_of_a_childs_record_the_station_reads_who_it_is_and_those_named_on_the_case_the_rest() -> None:
    """Child protection is for those who are named (4.7, INV-11)."""
    (read,) = person.given(REGISTERED).when(READ).decided()
    assert read.categories == ("identity", "contact")
    facts = Known(cases=(CaseFact(case_id=CASE, workers=frozenset({"worker:w-01"})),))
    (read,) = person.given(REGISTERED).when(READ, facts=facts).decided()
    assert (read.categories, read.case_id) == (ALL, CASE)


def test_a_worker_reads_the_files_of_the_own_unit_and_of_those_he_visits_and_no_others() -> None:
    worker = Actor(id="w-05", role="worker", org="220104004005")
    own, visits = Known(places=("220104004005",)), Known(visitors=frozenset({"worker:w-05"}))
    for facts, allowed in ((own, True), (visits, True), (Known(places=("220104004006",)), False)):
        (read,) = person.given(ADULT).when(READ, actor=worker, facts=facts).decided()
        assert isinstance(read, public.IdentityRead) is allowed


def test_an_auditor_reads_when_a_second_person_has_approved_it() -> None:
    auditor, head = Actor(id="a-01", role="auditor"), Actor(id="w-09", role="station_head", org=STREET)
    (read,) = person.given(ADULT).when(READ, actor=auditor, approver=head).decided()
    assert read.categories == ALL
    (refused,) = person.given(ADULT).when(READ, actor=auditor).decided()
    assert isinstance(refused, public.IdentityReadRefused)


def test_a_client_reads_his_own_record_and_a_guardian_the_childs_unless_a_guardian_is_suspected() -> None:
    """INV-10."""
    himself, mother = (Actor(id=str(who), role="client") for who in (PERSON, MOTHER))
    guarded = Known(guardians=frozenset({str(MOTHER)}))
    suspected = replace(guarded, guardian_suspected=True)
    for actor, facts, allowed in (
        (himself, Known(), True), (mother, guarded, True), (mother, Known(), False), (mother, suspected, False),
    ):  # fmt: skip
        (read,) = person.given(REGISTERED).when(READ, actor=actor, facts=facts).decided()
        assert isinstance(read, public.IdentityRead) is allowed


@pytest.mark.parametrize(
    "actor",
    [STRANGER, Actor(id="w-02", role="dispatcher", org=STREET), Actor(id="a-01", role="auditor"), DRIVER],
)
def test_everybody_else_is_refused_and_the_attempt_is_on_record(actor: Actor) -> None:
    person.given(REGISTERED).when(READ, actor=actor).then(
        public.IdentityReadRefused(
            person_id=PERSON, reader=actor.id, reader_role=actor.role, why="casework", reader_org=actor.org or None
        )
    )


def test_a_partner_reads_what_was_disclosed_to_it() -> None:
    person.given(REGISTERED).when(ASKS, actor=DRIVER, facts=Known(accesses=(ACCESS,))).then(BY_DRIVER)


def test_a_partner_asks_for_some_and_gets_no_more_than_that() -> None:
    some = replace(ASKS, categories=("contact", "health"))
    person.given(REGISTERED).when(some, actor=DRIVER, facts=Known(accesses=(ACCESS,))).then(
        replace(BY_DRIVER, categories=("contact",))
    )
    none = replace(ASKS, categories=("health",))
    person.given(REGISTERED).when(none, actor=DRIVER, facts=Known(accesses=(ACCESS,))).then(NO_DRIVER)


@pytest.mark.parametrize(
    "access",
    [
        replace(ACCESS, receiver="team:other"),
        replace(ACCESS, until=NOON - timedelta(seconds=1)),
        replace(ACCESS, consent=None),
        replace(ACCESS, consent=replace(YES, state="withdrawn")),
        replace(ACCESS, consent=replace(YES, receivers=("charity:fund",))),
        replace(ACCESS, consent=replace(YES, valid_until=NOON)),
    ],
)
def test_a_withdrawn_or_expired_consent_closes_the_door_at_once(access: AccessFact) -> None:
    person.given(REGISTERED).when(ASKS, actor=DRIVER, facts=Known(accesses=(access,))).then(NO_DRIVER)


def test_a_category_that_was_withdrawn_is_read_no_longer() -> None:
    left = replace(ACCESS, consent=replace(YES, categories=("identity",)))
    person.given(REGISTERED).when(ASKS, actor=DRIVER, facts=Known(accesses=(left,))).then(
        replace(BY_DRIVER, categories=("identity",))
    )


def test_a_disclosure_on_the_law_needs_no_consent() -> None:
    lawful = replace(ACCESS, consent=None, on_law=True)
    person.given(REGISTERED).when(ASKS, actor=DRIVER, facts=Known(accesses=(lawful,))).then(BY_DRIVER)


@pytest.mark.parametrize(
    ("actor", "receiver"),
    [
        (Actor(id="p-01", role="partner", org="lotus"), "team:lotus"),
        (Actor(id="v-07", role="volunteer", org=""), "volunteer:v-07"),
        (Actor(id="w-09", role="worker", org="220102001"), "worker:w-09"),
        (Actor(id="s-01", role="volunteer", org="university:u"), "person:s-01"),
    ],
)
def test_a_disclosure_names_an_organization_or_one_who_helps(actor: Actor, receiver: str) -> None:
    access = replace(ACCESS, receiver=receiver, on_law=True)
    (read,) = person.given(REGISTERED).when(ASKS, actor=actor, facts=Known(accesses=(access,))).decided()
    assert isinstance(read, public.IdentityRead)


def test_the_dead_are_read_about_by_the_same_rules() -> None:
    died: Any = public.PersonDied(person_id=PERSON, evidence_kind="document")
    assert isinstance(person.given(REGISTERED, died).when(READ).decided()[0], public.IdentityRead)


def test_a_purpose_is_one_of_the_table() -> None:
    person.given(REGISTERED).when(public.ReadIdentity(why="curiosity")).then_refused("unknown-code")


def test_a_volunteer_does_not_read_what_the_team_was_told() -> None:
    facts = Known(accesses=(ACCESS,))
    for org in (TEAM, TEAM.partition(":")[2]):
        helper = Actor(id="v-01", role="volunteer", org=org)
        (refused,) = person.given(REGISTERED).when(ASKS, actor=helper, facts=facts).decided()
        assert isinstance(refused, public.IdentityReadRefused)
