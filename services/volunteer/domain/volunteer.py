"""A volunteer: what may be asked in each state, from registration to leaving."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from services.contracts.codes_volunteer import MINOR_PROTECTION, MINOR_PROTECTION_DAYS
from services.contracts.tables import dated
from services.contracts.volunteer import (
    ClearVolunteer,
    InsureVolunteer,
    IssueRecordStatement,
    JoinTeam,
    LeaveTeam,
    RegisterVolunteer,
    ReinstateVolunteer,
    ReviewStars,
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
    WithdrawVolunteer,
)
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.eligibility import day_of
from services.volunteer.domain.known import known
from services.volunteer.domain.recognition import issue_statement, review_stars
from services.volunteer.domain.refusing import (
    ORGANIZATIONS_PEOPLE,
    must_be_of,
    must_be_own,
)
from services.volunteer.domain.volunteer_states import (
    Active,
    Event,
    Registered,
    State,
    Suspended,
    Verified,
    Withdrawn,
    cannot,
    evolve,
    named,
)

Later = (
    VerifyVolunteer | ClearVolunteer | TrainVolunteer | InsureVolunteer | JoinTeam | LeaveTeam | SuspendVolunteer
    | ReinstateVolunteer
)  # fmt: skip
Command = RegisterVolunteer | Later | WithdrawVolunteer | IssueRecordStatement | ReviewStars


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows from this command."""
    if isinstance(command, RegisterVolunteer):
        return register(command, state, ask)
    if isinstance(command, IssueRecordStatement):
        return issue_statement(command, state, ask)
    if isinstance(command, WithdrawVolunteer):
        return withdraw(command, state, ask)
    if isinstance(command, ReviewStars):
        return review_stars(state, ask)
    if state is None or isinstance(state, Withdrawn):
        raise cannot(state)
    return _decide_known(command, state, ask)


def _decide_known(command: Later, state: State, ask: Ask) -> list[Event]:
    match command:
        case VerifyVolunteer():
            return verify(command, state)
        case ClearVolunteer():
            return clear(command, state, ask)
        case TrainVolunteer():
            return train(command, state, ask)
        case InsureVolunteer():
            return insure(command, state)
        case JoinTeam():
            return join(command, state, ask)
        case LeaveTeam():
            return leave(command, state, ask)
        case SuspendVolunteer():
            return suspend(command, state, ask)
        case ReinstateVolunteer():
            return reinstate(command, state)
        case _ as never:
            assert_never(never)


def register(command: RegisterVolunteer, state: State | None, ask: Ask) -> list[Event]:
    """A person registers, or an organization enters the person with consent (民政部令第67号 art. 6)."""
    if state is not None:
        return []
    if ask.actor.role != "volunteer" and command.consent_ref is None:
        raise Refused(
            "consent-missing", "An organization enters a volunteer only with that person's consent; say where it is.",
            "组织录入志愿者信息须经本人同意, 请注明同意凭据。", field="consent_ref",
        )  # fmt: skip
    registered = VolunteerRegistered(
        national_no=command.national_no, area=command.area, minor=command.minor,
        guardian_consent_ref=command.guardian_consent_ref, consent_ref=command.consent_ref, worker=command.worker,
        skills=command.skills, limits=command.limits, service_codes=command.service_codes, teams=command.teams,
        sealed=ask.sealed,
    )  # fmt: skip
    return [registered]


def verify(command: VerifyVolunteer, state: State) -> list[Event]:
    """Somebody has seen who it is; a minor needs the guardian's consent."""
    if isinstance(state, Verified | Active):
        return []
    if not isinstance(state, Registered):
        raise cannot(state)
    if command.minor and not (command.guardian_consent_ref or state.profile.guardian_consent):
        raise Refused("guardian-consent", "A minor volunteers only with the guardian's consent; say where it is.",
                      "未成年人参加志愿服务须经监护人同意, 请注明凭据。", field="guardian_consent_ref")  # fmt: skip
    verified = VolunteerVerified(
        state="active" if state.profile.trained else "verified",
        minor=command.minor,
        evidence_kind=command.evidence_kind,
        guardian_consent_ref=command.guardian_consent_ref,
    )
    return [verified]


def clear(command: ClearVolunteer, state: State, ask: Ask) -> list[Event]:
    """A check was made; for work with minors it holds a year and no longer (INV-16)."""
    lasts = (command.valid_until - command.checked_on).days
    if command.valid_until < command.checked_on or command.checked_on > day_of(ask.now):
        raise Refused("dates-wrong", "A check was made before it can hold.", "核验日期有误。", field="valid_until")
    if command.check_kind == MINOR_PROTECTION and lasts > MINOR_PROTECTION_DAYS:
        raise Refused("holds-one-year", "A check for work with minors holds one year.", "未成年人保护从业查询有效期一年。",
                      field="valid_until")  # fmt: skip
    cleared = VolunteerCleared(
        check_kind=command.check_kind, result=command.result, checked_on=command.checked_on,
        valid_until=command.valid_until,
    )  # fmt: skip
    return [] if cleared in state.profile.cleared else [cleared]


def train(command: TrainVolunteer, state: State, ask: Ask) -> list[Event]:
    """The volunteer was trained, today or before."""
    if command.trained_on > day_of(ask.now) or (command.valid_until and command.valid_until < command.trained_on):
        raise Refused(
            "dates-wrong", "Trainings are recorded after they took place.", "培训日期有误。", field="trained_on"
        )
    trained = VolunteerTrained(
        state="active" if isinstance(state, Verified) else named(state),
        training_code=command.training_code, minutes=command.minutes, organizer=command.organizer,
        trained_on=command.trained_on, skill=command.skill, valid_until=command.valid_until,
    )  # fmt: skip
    again = any(replace(known, state=trained.state) == trained for known in state.profile.trained)
    return [] if again else [trained]


def insure(command: InsureVolunteer, state: State) -> list[Event]:
    """An insurance covers the volunteer."""
    if command.valid_until < command.valid_from:
        raise Refused("dates-wrong", "An insurance ends after it begins.", "保险期间有误。", field="valid_until")
    insured = VolunteerInsured(
        policy_ref=command.policy_ref, valid_from=command.valid_from, valid_until=command.valid_until
    )
    return [] if state.profile.insured == insured else [insured]


def join(command: JoinTeam, state: State, ask: Ask) -> list[Event]:
    """The volunteer belongs to a team: by his own word, which the team's leader may write down as such."""
    must_be_own(ask, known(ask).itself)
    must_be_of(ask, command.team)
    told = ask.behalf is not None and ask.behalf.org == f"volunteer:{known(ask).itself}"
    if ask.actor.role in ORGANIZATIONS_PEOPLE and not told:
        raise Refused(
            "consent-missing", "Nobody is put into a team; name the volunteer and the evidence under `happened.behalf`.",
            "加入队伍须出于本人意愿, 请在 happened.behalf 中注明志愿者本人及凭据。", allowed=("join-team",),
        )  # fmt: skip
    return [] if command.team in state.profile.teams else [VolunteerJoinedTeam(team=command.team)]


def leave(command: LeaveTeam, state: State, ask: Ask) -> list[Event]:
    """The volunteer belongs to it no more."""
    must_be_own(ask, known(ask).itself)
    must_be_of(ask, command.team)
    return [VolunteerLeftTeam(team=command.team)] if command.team in state.profile.teams else []


def suspend(command: SuspendVolunteer, state: State, ask: Ask) -> list[Event]:
    """Sent nowhere; the tasks that wait for somebody else now are named."""
    if isinstance(state, Suspended):
        return []
    return [VolunteerSuspended(reason_code=command.reason_code, open_tasks=known(ask).open_tasks)]


def reinstate(command: ReinstateVolunteer, state: State) -> list[Event]:
    """May be sent again."""
    if not isinstance(state, Suspended):
        return []
    before = "active" if state.before == "verified" and state.profile.trained else state.before
    return [VolunteerReinstated(state=before, reason_code=command.reason_code)]


def withdraw(command: WithdrawVolunteer, state: State | None, ask: Ask) -> list[Event]:
    """Nobody is compelled to volunteer; but what was taken is given back first, so that somebody answers for it."""
    if state is None:
        raise cannot(state)
    must_be_own(ask, known(ask).itself)
    must_be_of(ask, *state.profile.teams)
    if isinstance(state, Withdrawn):
        return []
    if known(ask).open_tasks:
        raise Refused("assignments-open", "There are tasks that wait for this volunteer; cancel or reassign them first.",
                      "尚有未完成的指派, 请先取消或改派。", allowed=("cancel-assignment", "reassign-task"))  # fmt: skip
    return [VolunteerWithdrew(reason_code=command.reason_code)]


DECIDER = Decider(name="volunteer", decide=dated(decide), evolve=evolve, events=Event, states=State)
