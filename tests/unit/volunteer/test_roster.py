"""Volunteers: registered with consent, verified, trained, checked, insured, suspended, withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.contracts.volunteer import (
    ClearVolunteer,
    DeclareRelative,
    InsureVolunteer,
    IssueRecordStatement,
    JoinTeam,
    LeaveTeam,
    LinkWorker,
    RecordStatementIssued,
    RegisterVolunteer,
    ReinstateVolunteer,
    RelativeDeclared,
    SuspendVolunteer,
    TrainVolunteer,
    VerifyVolunteer,
    VolunteerCleared,
    VolunteerInsured,
    VolunteerJoinedTeam,
    VolunteerLeftTeam,
    VolunteerRegistered,
    VolunteerReinstated,
    VolunteerSuspended,
    VolunteerTrained,
    VolunteerVerified,
    VolunteerWithdrew,
    VolunteerWorkerLinked,
    WithdrawVolunteer,
)
from services.kernel.message import Actor, Behalf
from services.volunteer.domain.known import Known, Statement
from services.volunteer.domain.volunteer import DECIDER, Active, Registered, Suspended, Verified
from tests.support.spec import Spec
from tests.unit.volunteer.people import MEI_HERSELF, MEI_ID, TASK

volunteer = Spec(DECIDER)
REGISTERED = VolunteerRegistered(area="220104004", consent_ref="paper-17", skills=("repair",))
VERIFIED = VolunteerVerified(state="verified", minor=False, evidence_kind="id-card")
TRAINED = VolunteerTrained(
    state="active", training_code="first-steps", minutes=120, organizer="organization:jida", trained_on=date(2026, 1, 9)
)
CLEARED = VolunteerCleared(
    check_kind="minor-protection", result="clear", checked_on=date(2026, 3, 1), valid_until=date(2027, 3, 1)
)
INSURED = VolunteerInsured(policy_ref="p-1", valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31))
ON_TRACK = volunteer.given(REGISTERED, VERIFIED, TRAINED)

VERIFY = VerifyVolunteer(minor=False, evidence_kind="id-card")
TRAIN = TrainVolunteer(
    training_code="first-steps", minutes=120, organizer="organization:jida", trained_on=date(2026, 1, 9)
)
CLEAR = ClearVolunteer(
    check_kind="minor-protection", result="clear", checked_on=date(2026, 3, 1), valid_until=date(2027, 3, 1)
)


def test_an_organization_enters_a_volunteer_with_consent() -> None:
    enter = RegisterVolunteer(area="220104004", consent_ref="paper-17", skills=("repair",))
    volunteer.when(enter, sealed=("A" * 43,)).then(replace(REGISTERED, sealed=("A" * 43,)))
    volunteer.when(replace(enter, consent_ref=None)).then_refused("consent-missing")
    volunteer.given(REGISTERED).when(enter).then_nothing()


def test_a_person_registers_by_itself_and_owes_no_paper() -> None:
    volunteer.when(RegisterVolunteer(minor=False), actor=MEI_HERSELF).then(VolunteerRegistered(minor=False))


def test_whether_it_is_a_minor_may_be_unknown_until_verified() -> None:
    volunteer.given(REGISTERED).when(VERIFY).then(VERIFIED)
    volunteer.given(REGISTERED, VERIFIED).when(VERIFY).then_nothing()


def test_a_minor_is_verified_with_the_guardians_consent() -> None:
    minor = replace(VERIFY, minor=True)
    volunteer.given(REGISTERED).when(minor).then_refused("guardian-consent")
    volunteer.given(REGISTERED).when(replace(minor, guardian_consent_ref="g-1")).then(
        VolunteerVerified(state="verified", minor=True, evidence_kind="id-card", guardian_consent_ref="g-1")
    )
    before = replace(REGISTERED, guardian_consent_ref="g-1")
    volunteer.given(before).when(minor).then(replace(VERIFIED, minor=True))


REGISTER = RegisterVolunteer(area="220104004", consent_ref="paper-17", skills=("repair",))
SUSPEND = SuspendVolunteer(reason_code="complaint")
REINSTATE = ReinstateVolunteer(reason_code="cleared-up")


@pytest.mark.parametrize(
    ("commands", "state"),
    [
        ((REGISTER,), Registered),
        ((REGISTER, TRAIN), Registered),
        ((REGISTER, VERIFY), Verified),
        ((REGISTER, VERIFY, TRAIN), Active),
        ((REGISTER, TRAIN, VERIFY), Active),
        ((REGISTER, VERIFY, TRAIN, SUSPEND), Suspended),
        ((REGISTER, VERIFY, TRAIN, SUSPEND, TRAIN, REINSTATE), Active),
        ((REGISTER, VERIFY, SUSPEND, TRAIN), Suspended),
        ((REGISTER, VERIFY, SUSPEND, TRAIN, REINSTATE), Active),
        ((REGISTER, VERIFY, SUSPEND, REINSTATE), Verified),
        ((REGISTER, SUSPEND, REINSTATE), Registered),
    ],
)
def test_only_who_is_verified_and_trained_is_active(commands: tuple[object, ...], state: type) -> None:
    events: list[object] = []
    for command in commands:
        events += volunteer.given(*events).when(command).decided()
    assert isinstance(volunteer.given(*events).state, state)


def test_trainings_checks_and_insurances_are_recorded_once() -> None:
    volunteer.given(REGISTERED, VERIFIED).when(TRAIN).then(TRAINED)
    volunteer.given(REGISTERED, TRAINED).when(TRAIN).then_nothing()
    volunteer.given(REGISTERED).when(CLEAR).then(CLEARED)
    volunteer.given(REGISTERED, CLEARED).when(CLEAR).then_nothing()
    insure = InsureVolunteer(policy_ref="p-1", valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31))
    volunteer.given(REGISTERED).when(insure).then(INSURED)
    volunteer.given(REGISTERED, INSURED).when(insure).then_nothing()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(TRAIN, trained_on=date(2026, 3, 3)), "dates-wrong"),
        (replace(CLEAR, checked_on=date(2026, 3, 3)), "dates-wrong"),
        (replace(CLEAR, valid_until=date(2027, 3, 3)), "holds-one-year"),
        (InsureVolunteer(policy_ref="p", valid_from=date(2026, 2, 2), valid_until=date(2026, 2, 1)), "dates-wrong"),
    ],
)
def test_dates_that_cannot_be_are_refused(command: object, code: str) -> None:
    volunteer.given(REGISTERED).when(command).then_refused(code)


def test_teams_are_joined_and_left() -> None:
    joined = VolunteerJoinedTeam(team="team:leifeng")
    left = VolunteerLeftTeam(team="team:leifeng")
    ON_TRACK.when(JoinTeam(team="team:leifeng")).then(joined)
    volunteer.given(REGISTERED, joined).when(JoinTeam(team="team:leifeng")).then_nothing()
    volunteer.given(REGISTERED, joined).when(LeaveTeam(team="team:leifeng")).then(left)
    volunteer.given(REGISTERED, joined, left).when(LeaveTeam(team="team:leifeng")).then_nothing()


def test_a_suspension_names_the_tasks_that_wait_for_somebody_else() -> None:
    suspended = VolunteerSuspended(reason_code="complaint", open_tasks=(TASK,))
    reinstated = VolunteerReinstated(state="active", reason_code="cleared-up")
    ON_TRACK.when(SuspendVolunteer(reason_code="complaint"), facts=Known(open_tasks=(TASK,))).then(suspended)
    again = volunteer.given(REGISTERED, VERIFIED, TRAINED, suspended)
    again.when(SuspendVolunteer(reason_code="complaint")).then_nothing()
    again.when(ReinstateVolunteer(reason_code="cleared-up")).then(reinstated)
    ON_TRACK.when(ReinstateVolunteer(reason_code="cleared-up")).then_nothing()


def test_nobody_is_kept_from_leaving_but_what_was_taken_is_given_back_first() -> None:
    leave = WithdrawVolunteer()
    ON_TRACK.when(leave).then(VolunteerWithdrew())
    ON_TRACK.when(leave, facts=Known(open_tasks=(TASK,))).then_refused("assignments-open")
    gone = volunteer.given(REGISTERED, VolunteerWithdrew())
    gone.when(leave).then_nothing()
    gone.when(JoinTeam(team="team:leifeng")).then_refused("not-in-this-state")


def test_a_volunteer_leaves_and_joins_for_nobody_else() -> None:
    for command in (WithdrawVolunteer(), JoinTeam(team="team:leifeng"), LeaveTeam(team="team:leifeng")):
        ON_TRACK.when(command, actor=MEI_HERSELF, facts=Known(itself=TASK)).then_refused("not-yours")
    ON_TRACK.when(WithdrawVolunteer(), actor=MEI_HERSELF, facts=Known(itself=MEI_ID)).then(VolunteerWithdrew())


def test_the_organizing_unit_states_its_records_and_nobody_else() -> None:
    jida = Actor(id="p-9", role="partner", org="organization:jida")
    issue = IssueRecordStatement(issuer="organization:jida")
    found = Statement(records=(UUID(int=5),), minutes=180)
    issued = RecordStatementIssued(
        issuer="organization:jida", records=(UUID(int=5),), minutes=180, verify_code="795a0b5d4c5b5d0b"
    )
    (said,) = ON_TRACK.when(issue, actor=jida, facts=found).decided()
    assert replace(said, verify_code=issued.verify_code) == issued
    volunteer.given(REGISTERED, said).when(issue, actor=jida, facts=found).then_nothing()
    ON_TRACK.when(issue, facts=found).then_refused("not-yours")
    ON_TRACK.when(issue, actor=jida, facts=Statement()).then_refused("nothing-on-record")


def test_what_was_never_registered_is_not_known() -> None:
    for command in (VERIFY, WithdrawVolunteer(), IssueRecordStatement(issuer="organization:jida")):
        volunteer.given().when(command).then_refused("volunteer-unknown")


LEADER = Actor(id="l-1", role="team_leader", org="team:leifeng")


def test_a_leader_adds_and_removes_own_members_alone() -> None:
    told, own = Behalf(org=f"volunteer:{MEI_ID}", evidence_kind="phone"), Known(itself=MEI_ID)
    joined = VolunteerJoinedTeam(team="team:leifeng")
    ON_TRACK.when(JoinTeam(team="team:leifeng"), actor=LEADER, behalf=told, facts=own).then(joined)
    ON_TRACK.when(JoinTeam(team="team:leifeng"), actor=LEADER, facts=own).then_refused("consent-missing")
    ON_TRACK.when(JoinTeam(team="team:other"), actor=LEADER, behalf=told, facts=own).then_refused("not-yours")
    member = volunteer.given(REGISTERED, joined, VolunteerJoinedTeam(team="team:other"))
    member.when(LeaveTeam(team="team:leifeng"), actor=LEADER).then(VolunteerLeftTeam(team="team:leifeng"))
    member.when(LeaveTeam(team="team:other"), actor=LEADER).then_refused("not-yours")
    member.when(WithdrawVolunteer(), actor=LEADER).then(VolunteerWithdrew())
    ON_TRACK.when(WithdrawVolunteer(), actor=LEADER).then_refused("not-yours")


def test_a_partner_states_nothing_in_the_name_of_another_unit() -> None:
    issue, found = IssueRecordStatement(issuer="organization:jida"), Statement(records=(UUID(int=5),), minutes=60)
    other = Actor(id="p-8", role="partner", org="organization:lotus")
    claimed = Behalf(org="organization:jida", evidence_kind="phone")
    ON_TRACK.when(issue, actor=other, behalf=claimed, facts=found).then_refused("not-yours")


def test_one_who_has_come_of_age_is_seen_again() -> None:
    minor = replace(VERIFIED, minor=True, guardian_consent_ref="paper-2")
    grown = replace(VERIFIED, state="active", minor=False)
    seen = VerifyVolunteer(minor=False, evidence_kind=VERIFIED.evidence_kind)
    volunteer.given(REGISTERED, minor, TRAINED).when(seen).then(grown)
    volunteer.given(REGISTERED, minor).when(seen).then(replace(grown, state="verified"))
    volunteer.given(REGISTERED, minor, TRAINED, grown).when(seen).then_nothing()


def test_a_qualification_names_its_skill_and_stands_beside_other_checks() -> None:
    qualified = ClearVolunteer(
        check_kind="qualification", result="clear", checked_on=CLEAR.checked_on, valid_until=date(2030, 3, 1),
        skill="driving",
    )  # fmt: skip
    cleared = VolunteerCleared(
        check_kind="qualification", result="clear", checked_on=CLEAR.checked_on, valid_until=date(2030, 3, 1),
        skill="driving",
    )  # fmt: skip
    ON_TRACK.when(qualified).then(cleared)
    other = replace(cleared, skill="first-aid")
    volunteer.given(REGISTERED, cleared, other).when(qualified).then_nothing()
    ON_TRACK.when(replace(qualified, skill=None)).then_refused("skill-missing")


def test_one_human_in_two_roles_is_on_record() -> None:
    """INV-17."""
    linked = VolunteerWorkerLinked(worker="worker:w-zyh")
    ON_TRACK.when(LinkWorker(worker="worker:w-zyh")).then(linked)
    volunteer.given(REGISTERED, linked).when(LinkWorker(worker="worker:w-zyh")).then_nothing()
    ON_TRACK.when(LinkWorker(worker="team:leifeng")).then_refused("not-a-worker")


@pytest.mark.parametrize(
    "command",
    [VERIFY, CLEAR, TRAIN, InsureVolunteer(policy_ref="p", valid_from=date(2026, 1, 1), valid_until=date(2026, 9, 1)),
     ReinstateVolunteer(reason_code="cleared-up")],
)  # fmt: skip
def test_nobody_judges_on_duty_the_volunteer_that_he_is(command: object) -> None:
    """H15: the conflict of interest blocks self-approval."""
    both = volunteer.given(REGISTERED, VolunteerWorkerLinked(worker="worker:w-01"))
    both.when(command).then_refused("own-matter")


def test_an_organization_speaks_of_its_own_volunteers_alone() -> None:
    insure = InsureVolunteer(policy_ref="p", valid_from=date(2026, 1, 1), valid_until=date(2026, 9, 1))
    for command in (VERIFY, TRAIN, insure):
        ON_TRACK.when(command, actor=LEADER).then_refused("not-yours")
    member = volunteer.given(REGISTERED, VERIFIED, VolunteerJoinedTeam(team="team:leifeng"))
    assert member.when(insure, actor=LEADER).decided()
    register = RegisterVolunteer(consent_ref="paper-1", teams=("team:other",))
    volunteer.when(register, actor=LEADER).then_refused("not-yours")


def test_a_relative_of_a_client_says_so_once_and_for_himself() -> None:
    """H15."""
    person = UUID(int=31)
    declare, declared = (
        DeclareRelative(person_id=person, relation="mother"),
        RelativeDeclared(person_id=person, relation="mother"),
    )
    own = Known(itself=MEI_ID)
    ON_TRACK.when(declare, actor=MEI_HERSELF, facts=own).then(declared)
    volunteer.given(REGISTERED, declared).when(declare, actor=MEI_HERSELF, facts=own).then_nothing()
    ON_TRACK.when(declare, actor=MEI_HERSELF, facts=Known(itself=TASK)).then_refused("not-yours")
