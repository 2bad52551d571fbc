"""Erasure: asked by who may, decided kind by kind by two persons, done about the keys, and decided anew in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.contracts import intake as public
from services.contracts.codes_times import RETENTION
from services.contracts.tables import edition
from services.intake import erasing
from services.intake import tables as t
from services.intake.domain import consent
from services.intake.domain import disclosure as disclosures
from services.intake.domain import person as domain
from services.intake.domain.known import ErasureFact, Known
from services.intake.erasure_facts import kept_until
from services.intake.erasure_tables import erasures
from services.kernel.errors import NotFound
from services.kernel.message import Actor, Behalf
from tests.service.intake.desk import Desk
from tests.support.spec import NOON, Spec, ask
from tests.unit.intake.stories import CONSENT, DISCLOSED, DISCLOSURE, MOTHER, PERSON, REGISTERED, STREET, TEAM, TODAY

person, disclosure = Spec(domain.DECIDER), Spec(disclosures.DECIDER)

REQUEST_ID = ask().new_id("erasure")
KEPT = date(2029, 3, 2)
SEALED = ("identity", "contact", "narrative", "health")
ASKED = public.ErasureRequested(
    person_id=PERSON, request_id=REQUEST_ID, by="self", ground="consent-withdrawn", kinds=public.EVERY_KIND
)
DIED = public.PersonDied(person_id=PERSON, evidence_kind="document")


def fate(kind: Any, fate: Any, basis: str, until: date | None = None) -> public.KindDecided:
    """What becomes of one kind."""
    return public.KindDecided(kind=kind, fate=fate, basis=basis, until=until)


GO = tuple(fate(kind, "erased", "pipl47-erase") for kind in SEALED)
FACTS_REST = fate("facts", "restricted", "pipl47-keep", KEPT)
HARM_STAYS = fate("safeguarding", "refused", "safeguarding")
USUAL = (*GO, FACTS_REST, HARM_STAYS)
DECIDED = public.ErasureDecided(
    person_id=PERSON, request_id=REQUEST_ID, decisions=USUAL, approver="w-02", schedule="2022"
)
ERASED = public.PersonalDataErased(person_id=PERSON, request_id=REQUEST_ID, kinds=SEALED, keys=3)
RESTS = public.ProcessingRestricted(
    person_id=PERSON, request_id=REQUEST_ID, kinds=("facts",), bases=("pipl47-keep",), until=KEPT
)
DECIDE = public.DecideErasure(decisions=USUAL, approver="w-02")
LAW = Known(erasure=ErasureFact(keep_until=KEPT))


# --- asking -----------------------------------------------------------------------------------------------------------


def test_the_person_may_ask_that_everything_goes() -> None:
    """PIPL 47."""
    person.given(REGISTERED).when(public.RequestErasure(by="self", ground="consent-withdrawn")).then(ASKED)


def test_asked_twice_it_waits_once() -> None:
    person.given(REGISTERED, ASKED).when(public.RequestErasure(by="self", ground="other")).then_nothing()


@pytest.mark.parametrize("by", ["self", "guardian", "agent"])
def test_of_the_dead_only_near_relatives_ask(by: Any) -> None:
    """INV-44: their rights are requests; PIPL 49."""
    asked = public.RequestErasure(by=by, ground="other")
    person.given(REGISTERED, DIED).when(asked).then_refused("not-entitled")
    relatives = public.RequestErasure(by="near_relative", ground="relatives")
    person.given(REGISTERED, DIED).when(relatives).then(replace(ASKED, by="near_relative", ground="relatives"))


def test_relatives_of_the_living_are_not_near_relatives_of_the_dead() -> None:
    asked = public.RequestErasure(by="near_relative", ground="relatives")
    person.given(REGISTERED).when(asked).then_refused("not-entitled")


def test_what_was_asked_for_the_living_is_still_waiting_after_a_death() -> None:
    person.given(REGISTERED, ASKED, DIED).when(DECIDE, facts=LAW).then(DECIDED)


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_two_persons_decide_kind_by_kind() -> None:
    """H10: (a) goes, (b) rests until a day, (c) is refused with its reason."""
    person.given(REGISTERED, ASKED).when(DECIDE, facts=LAW).then(DECIDED)


def test_nobody_decides_alone() -> None:
    alone = replace(DECIDE, approver="w-01")
    person.given(REGISTERED, ASKED).when(alone, facts=LAW).then_refused("second-person-needed")


def test_without_a_day_facts_rest_as_long_as_the_law_says() -> None:
    """INV-34."""
    command = replace(DECIDE, decisions=(*GO, replace(FACTS_REST, until=None), HARM_STAYS))
    person.given(REGISTERED, ASKED).when(command, facts=LAW).then(DECIDED)


@pytest.mark.parametrize(
    "facts", [fate("facts", "erased", "pipl47-erase"), replace(FACTS_REST, until=KEPT - timedelta(days=1))]
)
def test_facts_do_not_go_before_the_law_lets_them(facts: public.KindDecided) -> None:
    command = replace(DECIDE, decisions=(*GO, facts, HARM_STAYS))
    refused = person.given(REGISTERED, ASKED).when(command, facts=LAW).then_refused("retention-runs")
    assert str(KEPT) in refused.en


def test_facts_that_nobody_must_keep_may_go() -> None:
    gone = fate("facts", "erased", "pipl47-erase")
    command = replace(DECIDE, decisions=(*GO, gone, HARM_STAYS))
    person.given(REGISTERED, ASKED).when(command, facts=Known(erasure=ErasureFact())).then(
        replace(DECIDED, decisions=(*GO, gone, HARM_STAYS))
    )


def test_safeguarding_does_not_go_whether_there_is_any_or_not() -> None:
    """INV-11: the answer is the same, so it tells nothing."""
    command = replace(DECIDE, decisions=(*GO, FACTS_REST, fate("safeguarding", "erased", "pipl47-erase")))
    for found in (LAW, Known(erasure=ErasureFact(keep_until=KEPT, concern_open=True))):
        refused = person.given(REGISTERED, ASKED).when(command, facts=found)
        refused.then_refused("safeguarding-stays" if found is LAW else "duty-stands")


def test_while_a_duty_to_protect_stands_open_the_person_stays_known() -> None:
    harm = Known(erasure=ErasureFact(keep_until=KEPT, concern_open=True))
    person.given(REGISTERED, ASKED).when(DECIDE, facts=harm).then_refused("duty-stands")


def test_what_lies_under_one_key_has_one_fate() -> None:
    mixed = (*GO[:3], fate("health", "refused", "dispute"), FACTS_REST, HARM_STAYS)
    command = replace(DECIDE, decisions=mixed)
    person.given(REGISTERED, ASKED).when(command, facts=LAW).then_refused("one-key")


def test_each_kind_is_decided_once() -> None:
    for decisions in (USUAL[:-1], (*USUAL, HARM_STAYS)):
        command = replace(DECIDE, decisions=decisions)
        person.given(REGISTERED, ASKED).when(command, facts=LAW).then_refused("decide-each-kind")


def test_open_matters_are_ended_first() -> None:
    busy = Known(erasure=ErasureFact(keep_until=KEPT, open_matters=2))
    refused = person.given(REGISTERED, ASKED).when(DECIDE, facts=busy).then_refused("matters-open")
    assert "close-case" in refused.allowed


def test_what_nobody_asked_is_not_decided() -> None:
    person.given(REGISTERED).when(DECIDE, facts=LAW).then_refused("nothing-to-decide")
    person.given(REGISTERED, ASKED, DECIDED).when(DECIDE, facts=LAW).then_refused("person-erased")


def test_who_is_refused_everything_goes_on_as_before() -> None:
    """PIPL 50: refused with its reason, kind by kind."""
    no = (*(fate(kind, "refused", "dispute") for kind in (*SEALED, "facts")), HARM_STAYS)
    told = replace(DECIDED, decisions=no)
    busy = Known(erasure=ErasureFact(open_matters=1, keep_until=KEPT))
    person.given(REGISTERED, ASKED).when(replace(DECIDE, decisions=no), facts=busy).then(told)
    moved = public.PersonMoved(person_id=PERSON, from_area=None, to_area="220102001")
    person.given(REGISTERED, ASKED, told).when(public.MovePerson(to_area="220102001")).then(moved)


# --- carrying out -----------------------------------------------------------------------------------------------------


def test_when_the_keys_are_ended_it_is_said_what_went_and_what_rests() -> None:
    person.given(REGISTERED, ASKED, DECIDED).when(public.CarryOutErasure(keys=3)).then(ERASED, RESTS)


def test_groups_and_guardians_of_the_erased_go_too() -> None:
    grouped = public.ClientGroupAssigned(
        person_id=PERSON, group_code="living-alone", table_version="2022", basis="seen"
    )
    linked = public.GuardianLinked(person_id=PERSON, guardian_id=MOTHER, relation="mother", evidence_kind="statement")
    person.given(REGISTERED, grouped, linked, ASKED, DECIDED).when(public.CarryOutErasure(keys=3)).then(
        public.ClientGroupRemoved(person_id=PERSON, group_code="living-alone", reason_code="erased"),
        public.GuardianUnlinked(person_id=PERSON, guardian_id=MOTHER, reason_code="erased"),
        ERASED,
        RESTS,
    )


def test_said_again_it_is_done_once() -> None:
    done = (REGISTERED, ASKED, DECIDED, ERASED, RESTS)
    person.given(*done).when(public.CarryOutErasure(keys=3)).then_nothing()


@pytest.mark.parametrize("past", [(DECIDED,), (DECIDED, ERASED, RESTS)])
def test_from_the_decision_on_nobody_reads(past: tuple[Any, ...]) -> None:
    """INV-35: not only when the key is gone."""
    read = public.ReadIdentity(why="casework")
    person.given(REGISTERED, ASKED, *past).when(read).then(
        public.IdentityReadRefused(
            person_id=PERSON, reader="w-01", reader_role="coordinator", why="casework", reader_org=STREET
        )
    )


@pytest.mark.parametrize("past", [(DECIDED,), (DECIDED, ERASED, RESTS)])
@pytest.mark.parametrize(
    "command",
    [public.AmendPersonDetails(reason_code="new-facts", age_band="adult"), public.MovePerson(to_area="220102001"),
     public.RecordDeath(evidence_kind="document"), public.RequestErasure(by="self", ground="other")],
)  # fmt: skip
def test_nothing_is_added_to_who_was_erased(past: tuple[Any, ...], command: Any) -> None:
    refused = person.given(REGISTERED, ASKED, *past).when(command).then_refused("person-erased")
    assert refused.allowed == ("register-person",)


def test_what_rests_is_neither_read_nor_changed() -> None:
    """PIPL 47, last paragraph: stored and protected, and nothing else."""
    resting = tuple(replace(d, fate="restricted", until=KEPT) if d.kind in SEALED else d for d in USUAL)
    rests = replace(RESTS, kinds=(*SEALED, "facts"), bases=("pipl47-erase", "pipl47-keep"))
    past = (REGISTERED, ASKED, replace(DECIDED, decisions=resting))
    person.given(*past).when(public.CarryOutErasure(keys=0)).then(rests)
    person.given(*past, rests).when(public.MovePerson(to_area="1101")).then_refused("processing-restricted")
    assert isinstance(person.given(*past, rests).when(public.ReadIdentity(why="audit")).decided()[0],
                      public.IdentityReadRefused)  # fmt: skip


# --- in time ----------------------------------------------------------------------------------------------------------

LATER = NOON.replace(year=2029)
ENDED = public.RetentionEnded(person_id=PERSON, request_id=REQUEST_ID, kinds=("facts",))
LONG_AGO = (REGISTERED, ASKED, DECIDED, ERASED, RESTS)


def test_when_the_time_is_over_a_new_decision_is_asked_for_once() -> None:
    person.given(*LONG_AGO).when(public.EndRetention(), now=LATER - timedelta(days=1)).then_nothing()
    person.given(*LONG_AGO).when(public.EndRetention(), now=LATER).then(ENDED)
    person.given(*LONG_AGO, ENDED).when(public.EndRetention(), now=LATER).then_nothing()


def test_then_the_facts_may_be_let_go() -> None:
    gone = fate("facts", "erased", "pipl47-erase")
    decided = replace(DECIDED, decisions=(gone,))
    command = public.DecideErasure(decisions=(gone,), approver="w-02")
    person.given(*LONG_AGO, ENDED).when(command, now=LATER, facts=LAW).then(decided)
    person.given(*LONG_AGO, ENDED, decided).when(public.CarryOutErasure(keys=0), now=LATER).then(
        replace(ERASED, kinds=("facts",), keys=0)
    )


def test_or_rest_for_another_while() -> None:
    longer = replace(FACTS_REST, basis="dispute", until=date(2030, 1, 1))
    decided = replace(DECIDED, decisions=(longer,))
    command = public.DecideErasure(decisions=(longer,), approver="w-02")
    person.given(*LONG_AGO, ENDED).when(command, now=LATER, facts=LAW).then(decided)
    again = replace(RESTS, bases=("dispute",), until=date(2030, 1, 1))
    person.given(*LONG_AGO, ENDED, decided).when(public.CarryOutErasure(keys=0), now=LATER).then(again)


# --- receivers --------------------------------------------------------------------------------------------------------

REVOKED = public.IdentityAccessRevoked(
    disclosure_id=DISCLOSURE, person_id=PERSON, receiver=TEAM, reason_code="erased", matter_id=DISCLOSED.matter_id,
    need_id=DISCLOSED.need_id,
)  # fmt: skip
DEMANDED = public.DeletionDemanded(
    disclosure_id=DISCLOSURE, person_id=PERSON, receiver=TEAM, reason_code="erased", answer_by=date(2026, 3, 17),
    matter_id=DISCLOSED.matter_id, need_id=DISCLOSED.need_id,
)  # fmt: skip
ANSWERED = public.DeletionAnswered(
    disclosure_id=DISCLOSURE, person_id=PERSON, receiver=TEAM, result="deleted", matter_id=DISCLOSED.matter_id,
    need_id=DISCLOSED.need_id,
)  # fmt: skip
DEMAND = public.DemandDeletion(reason_code="erased")
LOTUS = Actor(id="p-01", role="partner", org="lotus")
HARBOR = Actor(id="p-02", role="partner", org="harbor")


def test_whoever_still_reads_stops_and_is_told_to_delete() -> None:
    disclosure.given(DISCLOSED).when(DEMAND).then(REVOKED, DEMANDED)
    disclosure.given(DISCLOSED, REVOKED).when(DEMAND).then(DEMANDED)
    disclosure.given(DISCLOSED, REVOKED, DEMANDED).when(DEMAND).then_nothing()


def test_an_organization_of_the_directory_hears_of_it_in_its_own_sequence() -> None:
    lotus = UUID(int=77)
    told = disclosure.given(replace(DISCLOSED, receiver=f"team:{lotus}")).when(DEMAND).decided()[-1]
    assert told.organization_id == lotus


def test_the_receiver_answers_for_itself() -> None:
    past = (DISCLOSED, REVOKED, DEMANDED)
    answer = public.AnswerDeletion(result="deleted")
    disclosure.given(*past).when(answer, actor=LOTUS).then(ANSWERED)
    disclosure.given(*past, ANSWERED).when(answer, actor=LOTUS).then_nothing()
    with pytest.raises(NotFound):
        disclosure.given(*past).when(answer, actor=HARBOR).decided()


def test_the_station_writes_an_answer_down_with_what_shows_it() -> None:
    """INV-38."""
    past = (DISCLOSED, REVOKED, DEMANDED)
    answer = public.AnswerDeletion(result="deleted")
    disclosure.given(*past).when(answer).then_refused("behalf-needed")
    disclosure.given(*past).when(answer, behalf=Behalf(org="lotus", evidence_kind="phone")).then(ANSWERED)


def test_who_keeps_something_says_why() -> None:
    past = (DISCLOSED, REVOKED, DEMANDED)
    disclosure.given(*past).when(public.AnswerDeletion(result="kept"), actor=LOTUS).then_refused("basis-needed")
    kept = public.AnswerDeletion(result="kept", basis="pipl47-keep")
    disclosure.given(*past).when(kept, actor=LOTUS).then(replace(ANSWERED, result="kept", basis="pipl47-keep"))


def test_nobody_answers_what_was_not_demanded() -> None:
    answer = public.AnswerDeletion(result="deleted")
    disclosure.given(DISCLOSED, REVOKED).when(answer, actor=LOTUS).then_refused("nothing-demanded")


# --- all of it together -----------------------------------------------------------------------------------------------


class Keys:
    """A vault of which only the ends of keys are looked at."""

    def __init__(self) -> None:
        self.destroyed: list[str] = []
        self.restricted: list[str] = []

    def destroy(self, subject: str, now: object) -> None:
        """Remember it."""
        self.destroyed.append(subject)

    def restrict(self, subject: str, now: object) -> None:
        """Remember it."""
        self.restricted.append(subject)


def known_person(desk: Desk) -> None:
    """A person with a consent, a disclosure and a visit plan that has ended."""
    desk.asks(
        domain.DECIDER, PERSON, public.RegisterPerson(station=STREET, age_band="adult", residence_area="220104004001")
    )
    grant = public.GrantConsent(
        person_id=PERSON, by="self", purposes=("casework", "referral"), categories=("identity",), receivers=(TEAM,),
        sensitive=False, method="oral", notice_version="v1",
    )  # fmt: skip
    desk.asks(consent.DECIDER, CONSENT, grant)
    disclose = public.DiscloseIdentity(person_id=PERSON, receiver=TEAM, purpose="referral")
    desk.asks(disclosures.DECIDER, DISCLOSURE, disclose)


def test_a_decision_ends_consents_tells_receivers_and_leaves_the_keys_to_be_ended() -> None:
    desk = Desk()
    known_person(desk)
    desk.asks(domain.DECIDER, PERSON, public.RequestErasure(by="self", ground="consent-withdrawn"))
    decisions = (*GO, replace(FACTS_REST, until=None), HARM_STAYS)
    (decided,) = desk.asks(domain.DECIDER, PERSON, public.DecideErasure(decisions=decisions, approver="w-02"))
    assert decided.decisions[4].until == date(2029, 3, 2), "three years after the last disclosure"
    assert desk.row(t.consents, CONSENT)["state"] == "withdrawn"
    assert desk.row(t.disclosures, DISCLOSURE)["deletion"] == "demanded"
    row = desk.row(erasures, PERSON)
    assert (row["state"], row["act"], row["act_due"] is None) == ("decided", "destroy", False)
    keys: Any = Keys()
    do = erasing.end_keys(row, desk.look, keys, NOON)
    assert keys.destroyed == [str(PERSON), str(CONSENT)], "what was said with the consent lies under its own key"
    desk.does([do])
    row = desk.row(erasures, PERSON)
    assert (row["state"], row["act_due"], row["until"], row["keys"]) == ("restricted", None, date(2029, 3, 2), 2)
    shown = desk.row(t.persons, PERSON)
    assert (shown["state"], shown["residence_area"]) == ("erased", None)
    again = desk.folded_anew()
    assert again.row(erasures, PERSON) == row
    assert again.row(t.persons, PERSON) == shown


def test_a_period_ends_on_the_day_of_its_month() -> None:
    assert kept_until("handoff", TODAY) == date(2029, 3, 2)
    assert kept_until("access-log", date(2026, 8, 31)) == date(2027, 3, 1)
    assert kept_until("handoff", date(2024, 2, 29)) == date(2027, 3, 1)
    assert kept_until("handoff", date(2023, 12, 31)) == date(2026, 12, 31)


def test_the_law_s_floor_holds_under_whatever_a_station_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """INV-34: handoffs and disclosures three years, access logs six months."""
    short = edition("own", date(2022, 1, 1), "handoff | 交接 | handoffs | months=1 least=36")
    monkeypatch.setattr(RETENTION, "editions", (short,))
    assert kept_until("handoff", TODAY) == date(2029, 3, 2)
