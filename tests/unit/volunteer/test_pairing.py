"""Pairings: one-to-one support and pairs of school and community, what they promise and how they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid5

import pytest

from services.contracts.codes_times import wait_until
from services.contracts.volunteer import (
    AssignMentor,
    Commitment,
    EndPairing,
    EscalatePairing,
    FormPairing,
    FulfilCommitment,
    LinkPairingCase,
    PairingCaseLinked,
    PairingCommitmentFulfilled,
    PairingCommitmentWaived,
    PairingConcluded,
    PairingConvened,
    PairingEnded,
    PairingFormed,
    PairingMentorAssigned,
    PairingOverdue,
    PairingReminded,
    PairingReported,
    PairingSupervised,
    RemindPairing,
    ReportPairing,
    SupervisePairing,
    WaiveCommitment,
)
from services.contracts.words import Handoff
from services.contracts.worktime import end_of
from services.kernel.message import Actor
from services.volunteer.domain.eligibility import Person
from services.volunteer.domain.known import Known
from services.volunteer.domain.pairing import DECIDER
from services.volunteer.domain.pairing_states import Active, Formed
from tests.support.spec import NOON, Spec
from tests.unit.volunteer.people import MEI, fit

pairing = Spec(DECIDER)
PAIR = uuid5(UUID(int=1), "stream")
MATTER, CASE = UUID(int=7), UUID(int=8)
TEAM, OWNER = "team:leifeng-nanguan", "worker:w-zsl"
HUAYANG, COLLEGE, ASSOCIATION = "community:220102001001", "university:nenu-sw", "organization:cc-swa"
WORKER, STUDENT = "worker:w-zxy", "person:s-zmy"

PROMISED = (Commitment(code="pay-tuition", giver=TEAM), Commitment(code="outings", giver=TEAM))
SUPPORT = FormPairing(
    kind="one_to_one", parties=(TEAM,), holder=OWNER, matter_id=MATTER, case_id=CASE, formed_on=date(2026, 3, 1),
    commitments=PROMISED,
)  # fmt: skip
SUPPORTED = PairingFormed(
    matter_id=MATTER, kind="one_to_one", parties=(TEAM,), holder=OWNER, case_id=CASE, formed_on=date(2026, 3, 1),
    commitments=PROMISED,
    handoff=Handoff(act="taken", matter_id=MATTER, need_id=PAIR, giver=OWNER, takers=(TEAM,)),
)  # fmt: skip


def kept(code: str, evidence: str, giver: str | None = TEAM, matter: UUID = MATTER) -> PairingCommitmentFulfilled:
    return PairingCommitmentFulfilled(matter_id=matter, commitment_code=code, giver=giver, evidence_ref=evidence)


def test_the_team_takes_the_support_and_the_case_keeps_its_owner() -> None:
    pairing.when(SUPPORT).then(SUPPORTED)
    pairing.given(SUPPORTED).when(SUPPORT).then_nothing()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(SUPPORT, commitments=()), "giver-missing"),
        (replace(SUPPORT, commitments=(Commitment(code="outings"),)), "giver-missing"),
        (replace(SUPPORT, commitments=(Commitment(code="outings", giver="team:another"),)), "giver-missing"),
        (replace(SUPPORT, commitments=PROMISED[:1] * 2), "giver-missing"),
        (replace(SUPPORT, matter_id=None), "matter-missing"),
    ],
)
def test_support_without_a_giver_or_a_matter_is_no_support(command: FormPairing, code: str) -> None:
    pairing.when(command).then_refused(code)


def test_a_promise_is_kept_many_times_each_with_its_evidence() -> None:
    first, second = kept("outings", "film-1"), kept("outings", "film-2")
    film = FulfilCommitment(commitment_code="outings", evidence_ref="film-1")
    pairing.given(SUPPORTED).when(film).then(first)
    pairing.given(SUPPORTED, first).when(film).then_nothing()
    pairing.given(SUPPORTED, first).when(replace(film, evidence_ref="film-2")).then(second)
    pairing.given(SUPPORTED).when(replace(film, commitment_code="c1")).then_refused("no-such-commitment")


def ended(result: str, *left: str, reason: str | None = None) -> PairingEnded:
    back = Handoff(act="returned", matter_id=MATTER, need_id=PAIR, giver=TEAM, takers=(OWNER,))
    return PairingEnded(
        matter_id=MATTER, case_id=CASE, kind="one_to_one", result=result, reason_code=reason, parties=(TEAM,),
        open_commitments=left, handoff=back,
    )  # fmt: skip


def test_what_is_open_when_it_ends_is_with_the_case_owner_again() -> None:
    film = kept("outings", "film-1")
    off = EndPairing(result="broken_off", reason_code="moved-away")
    pairing.given(SUPPORTED, film).when(off).then(ended("broken_off", "pay-tuition", reason="moved-away"))
    pairing.given(SUPPORTED, film, ended("broken_off", "pay-tuition")).when(off).then_nothing()
    pairing.given(SUPPORTED).when(replace(off, reason_code=None)).then_refused("reason-missing")
    pairing.given(SUPPORTED, film).when(EndPairing(result="fulfilled")).then_refused("commitments-open")


def test_what_was_waived_is_not_open() -> None:
    waived = PairingCommitmentWaived(matter_id=MATTER, commitment_code="pay-tuition", reason_code="school-waived-it")
    waive = WaiveCommitment(commitment_code="pay-tuition", reason_code="school-waived-it")
    pairing.given(SUPPORTED).when(waive).then(waived)
    pairing.given(SUPPORTED, waived).when(waive).then_nothing()
    pairing.given(SUPPORTED, waived, kept("outings", "f")).when(EndPairing(result="fulfilled")).then(ended("fulfilled"))


FIVE = tuple(Commitment(code=c, due=date(2022, 12, 31) if c == "c2" else None) for c in ("c1", "c2", "c3", "c4", "c5"))
SCHOOL = FormPairing(
    kind="school_community", parties=(WORKER, STUDENT), holder=HUAYANG, convener=ASSOCIATION, units=(HUAYANG, COLLEGE),
    formed_on=date(2022, 7, 15),
)  # fmt: skip
CONVENED = PairingConvened(
    matter_id=PAIR, convener=ASSOCIATION, holder=HUAYANG, units=(HUAYANG, COLLEGE),
    handoff=Handoff(act="taken", matter_id=PAIR, giver=ASSOCIATION, takers=(HUAYANG,)),
)  # fmt: skip
PAIRED = PairingFormed(
    matter_id=PAIR, kind="school_community", parties=(WORKER, STUDENT), holder=HUAYANG, convener=ASSOCIATION,
    units=(HUAYANG, COLLEGE), formed_on=date(2022, 7, 15), commitments=FIVE,
    handoff=Handoff(act="taken", matter_id=PAIR, need_id=PAIR, giver=HUAYANG, takers=(WORKER, STUDENT)),
)  # fmt: skip
COMMUNITY_MENTOR = PairingMentorAssigned(matter_id=PAIR, mentor_kind="community", mentor="unknown", unit=HUAYANG)
ACADEMY_MENTOR = PairingMentorAssigned(matter_id=PAIR, mentor_kind="academy", mentor="unknown", unit=COLLEGE)
LED = (CONVENED, PAIRED, COMMUNITY_MENTOR, ACADEMY_MENTOR)
LINK = LinkPairingCase(case_id=CASE)


def test_school_and_community_pair_up_with_five_commitments() -> None:
    pairing.when(SCHOOL).then(CONVENED, PAIRED)
    pairing.given(CONVENED, PAIRED).when(SCHOOL).then_nothing()
    assert isinstance(pairing.given(CONVENED, PAIRED).state, Formed)
    assert isinstance(pairing.given(*LED).state, Active)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(SCHOOL, units=(HUAYANG,)), "two-units"),
        (replace(SCHOOL, units=(HUAYANG, "community:220104004001")), "two-units"),
        (replace(SCHOOL, holder=COLLEGE), "two-units"),
        (replace(SCHOOL, parties=(STUDENT,)), "two-units"),
        (replace(SCHOOL, commitments=FIVE[:4]), "five-commitments"),
    ],
)
def test_a_pair_that_lacks_a_side_or_a_commitment_is_refused(command: FormPairing, code: str) -> None:
    pairing.when(command).then_refused(code)


def test_a_pair_with_one_mentor_meets_no_client() -> None:
    for events in ((CONVENED, PAIRED), (CONVENED, PAIRED, COMMUNITY_MENTOR)):
        pairing.given(*events).when(LINK).then_refused("mentors-missing")
        pairing.given(*events).when(FulfilCommitment(commitment_code="c1", evidence_ref="e")).then_refused(
            "mentors-missing"
        )
        pairing.given(*events).when(ReportPairing(to_org=HUAYANG, form_code="talk")).then_refused("mentors-missing")


def test_each_side_names_one_mentor_who_is_not_of_the_pair() -> None:
    name = AssignMentor(mentor_kind="academy", mentor="unknown", unit=COLLEGE)
    pairing.given(CONVENED, PAIRED, COMMUNITY_MENTOR).when(name).then(ACADEMY_MENTOR)
    pairing.given(*LED).when(name).then_nothing()
    known = replace(name, mentor="worker:t-1")
    pairing.given(*LED).when(known).then_refused("mentor-taken")
    pairing.given(*LED).when(replace(known, instead_of="unknown")).then(replace(ACADEMY_MENTOR, mentor="worker:t-1"))
    pairing.given(CONVENED, PAIRED).when(replace(name, unit=HUAYANG)).then_refused("not-a-unit")
    pairing.given(CONVENED, PAIRED).when(replace(name, mentor=STUDENT)).then_refused("own-mentor")
    pairing.given(SUPPORTED).when(name).then_refused("not-a-unit")


def test_both_mentors_supervise() -> None:
    once = SupervisePairing(mentor_kinds=("community", "academy"), supervised_on=date(2022, 8, 1))
    said = PairingSupervised(matter_id=PAIR, mentor_kinds=("academy", "community"), supervised_on=date(2022, 8, 1))
    pairing.given(*LED).when(once).then(said)
    pairing.given(*LED, said).when(once).then_nothing()
    pairing.given(CONVENED, PAIRED, COMMUNITY_MENTOR).when(once).then_refused("mentors-missing")


def test_who_cannot_be_supervised_or_done_yet_is_told_what_can_be_done() -> None:
    once = SupervisePairing(mentor_kinds=("community",), supervised_on=date(2022, 8, 1))
    assert pairing.given(SUPPORTED).when(once).then_refused("not-a-unit").allowed == ()
    fulfilled = EndPairing(result="fulfilled")
    unled = pairing.given(CONVENED, PAIRED).when(fulfilled).then_refused("commitments-open")
    assert unled.allowed == ("assign-mentor", "waive-commitment", "end-pairing")


LINKED = PairingCaseLinked(matter_id=PAIR, case_id=CASE)


def test_the_pair_has_one_case() -> None:
    pairing.given(*LED).when(LINK).then(LINKED)
    pairing.given(*LED, LINKED).when(LINK).then_nothing()
    pairing.given(*LED, LINKED).when(LinkPairingCase(case_id=UUID(int=9))).then_refused("one-case")


def test_it_ends_fulfilled_when_both_units_have_heard() -> None:
    met = [kept(code, f"e-{code}", None, PAIR) for code in ("c1", "c2", "c3", "c4", "c5")]
    reports = [PairingReported(matter_id=PAIR, to_org=unit, form_code="talk") for unit in (HUAYANG, COLLEGE)]
    over = EndPairing(result="fulfilled")
    pairing.given(*LED, LINKED, *met).when(ReportPairing(to_org=COLLEGE, form_code="talk")).then(reports[1])
    pairing.given(*LED, *met, reports[0]).when(over).then_refused("report-missing")
    pairing.given(*LED, *met).when(FulfilCommitment(commitment_code="c1", evidence_ref="again")).then_nothing()
    pairing.given(*LED).when(ReportPairing(to_org=TEAM, form_code="talk")).then_refused("not-a-unit")
    back = Handoff(act="returned", matter_id=PAIR, need_id=PAIR, giver=WORKER, takers=(HUAYANG,))
    pairing.given(*LED, LINKED, *met, *reports).when(over).then(
        PairingEnded(
            matter_id=PAIR, case_id=CASE, kind="school_community", result="fulfilled", parties=(WORKER, STUDENT),
            handoff=back,
        ),
        PairingConcluded(
            matter_id=PAIR,
            handoff=Handoff(act="released", matter_id=PAIR, giver=HUAYANG, takers=(ASSOCIATION,)),
        ),
    )  # fmt: skip


def test_an_ended_or_unknown_pairing_takes_nothing_more() -> None:
    pairing.given(SUPPORTED, ended("partly")).when(LINK).then_refused("not-in-this-state")
    pairing.given().when(LINK).then_refused("pairing-unknown")
    pairing.given().when(EndPairing(result="partly")).then_refused("pairing-unknown")


def test_another_organization_has_no_say_in_a_pairing() -> None:
    other = Actor(id="p-8", role="partner", org="organization:lotus")
    kept = FulfilCommitment(commitment_code="outings", evidence_ref="photo-1")
    given = pairing.given(*pairing.when(SUPPORT).decided())
    given.when(kept, actor=other).then_refused("not-yours")
    assert given.when(kept, actor=replace(other, org=TEAM)).decided()


def test_what_is_open_goes_back_to_whoever_owns_the_case_now() -> None:
    """INV-26: the case was taken over while the support lasted."""
    off = EndPairing(result="broken_off", reason_code="moved-away")
    back = Handoff(act="returned", matter_id=MATTER, need_id=PAIR, giver=TEAM, takers=("worker:w-new",))
    over = replace(ended("broken_off", "pay-tuition", "outings", reason="moved-away"), handoff=back)
    pairing.given(SUPPORTED).when(off, facts=Known(holder="worker:w-new")).then(over)


def test_of_the_five_commitments_a_case_and_supervision_are_met_when_they_are_seen() -> None:
    """INV-25: one case within the year, and supervision by the two mentors."""
    case = FulfilCommitment(commitment_code="c2", evidence_ref="case-1")
    pairing.given(*LED).when(case).then_refused("case-missing")
    pairing.given(*LED, LINKED).when(case).then(kept("c2", "case-1", None, PAIR))
    led = FulfilCommitment(commitment_code="c3", evidence_ref="minutes-1")
    said = PairingSupervised(matter_id=PAIR, mentor_kinds=("academy", "community"), supervised_on=date(2022, 8, 1))
    pairing.given(*LED).when(led).then_refused("not-supervised")
    pairing.given(*LED, said).when(led).then(kept("c3", "minutes-1", None, PAIR))


def test_nobody_has_supervised_tomorrow() -> None:
    once = SupervisePairing(mentor_kinds=("community",), supervised_on=date(2026, 3, 3))
    pairing.given(*LED).when(once).then_refused("dates-wrong")


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (replace(fit(MEI), cleared_until=None), "not-cleared"),
        (replace(fit(MEI), cleared_until=date(2026, 3, 1)), "not-cleared"),
        (replace(fit(MEI), state="suspended"), "not-active"),
        (replace(fit(MEI), minor=True), "guardian-consent"),
    ],
)
def test_a_volunteer_who_supports_a_child_is_fit_and_cleared(person: Person, code: str) -> None:
    """INV-16: within a year."""
    promised = (Commitment(code="outings", giver=MEI),)
    support = replace(SUPPORT, parties=(MEI,), commitments=promised, with_minor=True)
    pairing.when(support, facts=Known(itself=PAIR, people=(person,))).then_refused(code)
    assert pairing.when(support, facts=Known(itself=PAIR, people=(fit(MEI),))).decided()


# --- what a pair owes, and until when ---------------------------------------------------------------------------------


def test_a_pair_is_reminded_of_its_case_and_its_reports_and_is_late_after_the_year() -> None:
    """E8, INV-25: by 31 December one case, and a report to both units."""
    this_year = replace(SCHOOL, formed_on=date(2026, 3, 2))
    five = tuple(replace(one, due=date(2026, 12, 31) if one.code == "c2" else None) for one in FIVE)
    until = wait_until(end_of(date(2026, 12, 31)), NOON)
    paired = replace(PAIRED, formed_on=date(2026, 3, 2), commitments=five, wait=until)
    pairing.when(this_year).then(CONVENED, paired)
    told = PairingReported(matter_id=PAIR, to_org=COLLEGE, form_code="talk")
    led = (CONVENED, paired, COMMUNITY_MENTOR, ACADEMY_MENTOR, told)
    owed = {"matter_id": PAIR, "parties": (WORKER, STUDENT), "open_commitments": ("c1", "c2", "c3", "c4", "c5")}
    reminded = PairingReminded(**owed, unheard=(HUAYANG,))
    late = PairingOverdue(**owed, unheard=(HUAYANG,), holder=HUAYANG)
    given = pairing.given(*led)
    given.when(RemindPairing(), now=until.remind_at - timedelta(seconds=1)).then_nothing()
    given.when(RemindPairing(), now=until.remind_at).then(reminded)
    given.when(EscalatePairing(), now=until.due_at).then(late)
    after = pairing.given(*led, reminded, late)
    after.when(RemindPairing(), now=until.due_at).then_nothing()
    after.when(EscalatePairing(), now=until.due_at).then_nothing()


def test_of_a_year_that_is_over_and_of_no_day_nobody_is_reminded() -> None:
    pairing.when(SCHOOL).then(CONVENED, PAIRED)
    pairing.given(SUPPORTED).when(RemindPairing(), now=NOON + timedelta(days=900)).then_nothing()
    pairing.given(SUPPORTED).when(EscalatePairing(), now=NOON + timedelta(days=900)).then_nothing()
