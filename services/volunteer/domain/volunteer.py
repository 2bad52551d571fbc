"""A volunteer: what may be asked in each state, from registration to leaving."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from services.contracts.codes_volunteer import MINOR_PROTECTION, MINOR_PROTECTION_DAYS, QUALIFICATION
from services.contracts.tables import dated
from services.contracts.volunteer import (
    CarryOutVolunteerErasure,
    ClearVolunteer,
    DeclareRelative,
    EraseVolunteer,
    InsureVolunteer,
    IssueRecordStatement,
    JoinTeam,
    LapseClearance,
    LeaveTeam,
    LinkWorker,
    MergeVolunteers,
    ReadVolunteerIdentity,
    RegisterVolunteer,
    ReinstateVolunteer,
    RelativeDeclared,
    ReviewStars,
    SuspendVolunteer,
    TrainVolunteer,
    UnmergeVolunteers,
    VerifyVolunteer,
    VolunteerClearanceLapsed,
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
from services.contracts.worktime import end_of
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain import aliases, reading
from services.volunteer.domain.eligibility import day_of
from services.volunteer.domain.known import known
from services.volunteer.domain.recognition import issue_statement, review_stars
from services.volunteer.domain.refusing import (
    ORGANIZATIONS_PEOPLE,
    must_all_be_of,
    must_be_of,
    must_be_own,
    own_matter,
)
from services.volunteer.domain.volunteer_states import (
    Active,
    Event,
    Gone,
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
    | ReinstateVolunteer | LinkWorker | DeclareRelative
)  # fmt: skip
Aliased = MergeVolunteers | UnmergeVolunteers | EraseVolunteer | CarryOutVolunteerErasure
Command = (
    RegisterVolunteer | Later | WithdrawVolunteer | IssueRecordStatement | ReviewStars | LapseClearance | Aliased
    | ReadVolunteerIdentity
)  # fmt: skip

JUDGED = VerifyVolunteer | ClearVolunteer | TrainVolunteer | InsureVolunteer | ReinstateVolunteer
"""What is said of a volunteer by somebody else: not even on duty does anybody say it of himself (H15)."""


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows from this command."""
    if isinstance(command, RegisterVolunteer):
        return register(command, state, ask)
    if isinstance(command, ReadVolunteerIdentity):
        return [*reading.read(command, state, ask)]
    if isinstance(command, Aliased):
        return _decide_aliased(command, state, ask)
    if isinstance(state, Gone):
        return _decide_gone(command, state)
    if isinstance(command, IssueRecordStatement):
        return issue_statement(command, state, ask)
    if isinstance(command, WithdrawVolunteer):
        return withdraw(command, state, ask)
    if isinstance(command, ReviewStars):
        return review_stars(state, ask)
    if isinstance(command, LapseClearance):
        return lapse_clearance(state, ask)
    if state is None or isinstance(state, Withdrawn):
        raise cannot(state)
    return _decide_known(command, state, ask)


def _decide_aliased(command: Aliased, state: State | None, ask: Ask) -> list[Event]:
    match command:
        case MergeVolunteers():
            return aliases.merge(command, state, ask)
        case UnmergeVolunteers():
            return aliases.unmerge(command, state, ask)
        case EraseVolunteer():
            return aliases.erase(command, state, ask)
        case CarryOutVolunteerErasure():
            return aliases.carry_out(command, state)
        case _ as never:
            assert_never(never)


def _decide_gone(command: Command, state: Gone) -> list[Event]:
    """What the clock and the hub ask is without object; whatever else is asked belongs to the record that speaks for it."""
    if isinstance(command, ReviewStars | LapseClearance):
        return []
    raise cannot(state)


def _decide_known(command: Later, state: State, ask: Ask) -> list[Event]:
    if isinstance(command, JUDGED) and state.profile.worker == f"worker:{ask.actor.id}":
        raise own_matter()
    match command:
        case VerifyVolunteer():
            return verify(command, state, ask)
        case ClearVolunteer():
            return clear(command, state, ask)
        case TrainVolunteer():
            return train(command, state, ask)
        case InsureVolunteer():
            return insure(command, state, ask)
        case JoinTeam():
            return join(command, state, ask)
        case LeaveTeam():
            return leave(command, state, ask)
        case SuspendVolunteer():
            return suspend(command, state, ask)
        case ReinstateVolunteer():
            return reinstate(command, state)
        case LinkWorker():
            return link_worker(command, state)
        case DeclareRelative():
            return declare_relative(command, state, ask)
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
    must_all_be_of(ask, *command.teams)
    registered = VolunteerRegistered(
        national_no=command.national_no, area=command.area, minor=command.minor,
        guardian_consent_ref=command.guardian_consent_ref, consent_ref=command.consent_ref, worker=command.worker,
        skills=command.skills, limits=command.limits, service_codes=command.service_codes, teams=command.teams,
        sealed=ask.sealed,
    )  # fmt: skip
    return [registered]


def verify(command: VerifyVolunteer, state: State, ask: Ask) -> list[Event]:
    """Somebody has seen who it is; a minor needs the guardian's consent. Seen again, one who has come of age is no minor."""
    must_be_of(ask, *state.profile.teams)
    if isinstance(state, Verified | Active) and command.minor == state.profile.minor:
        return []
    if not isinstance(state, Registered | Verified | Active):
        raise cannot(state)
    if command.minor and not (command.guardian_consent_ref or state.profile.guardian_consent):
        raise Refused("guardian-consent", "A minor volunteers only with the guardian's consent; say where it is.",
                      "未成年人参加志愿服务须经监护人同意, 请注明凭据。", field="guardian_consent_ref")  # fmt: skip
    verified = VolunteerVerified(
        state="active" if state.profile.trained else named(state) if isinstance(state, Active) else "verified",
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
    if command.check_kind == QUALIFICATION and command.skill is None:
        raise Refused("skill-missing", "A qualification names its skill.", "专业资格须注明对应技能。", field="skill")
    if command.check_kind == MINOR_PROTECTION and lasts > MINOR_PROTECTION_DAYS:
        raise Refused("holds-one-year", "A check for work with minors holds one year.", "未成年人保护从业查询有效期一年。",
                      field="valid_until")  # fmt: skip
    cleared = VolunteerCleared(
        check_kind=command.check_kind, result=command.result, checked_on=command.checked_on,
        valid_until=command.valid_until, skill=command.skill,
    )  # fmt: skip
    return [] if cleared in state.profile.cleared else [cleared]


def lapse_clearance(state: State | None, ask: Ask) -> list[Event]:
    """A check that has run out holds no longer, also in the middle of something (INV-16)."""
    if state is None or isinstance(state, Withdrawn):
        return []
    held = [c for c in state.profile.cleared if c.check_kind == MINOR_PROTECTION and c.result == "clear"]
    return [
        VolunteerClearanceLapsed(check_kind=one.check_kind, valid_until=one.valid_until)
        for one in held
        if ask.now >= end_of(one.valid_until)
    ]


def train(command: TrainVolunteer, state: State, ask: Ask) -> list[Event]:
    """The volunteer was trained, today or before; who organized it says so, or the volunteer's team."""
    must_be_of(ask, command.organizer, *state.profile.teams)
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


def insure(command: InsureVolunteer, state: State, ask: Ask) -> list[Event]:
    """An insurance covers the volunteer: taken out by the team, or by a station for its own."""
    must_be_of(ask, *state.profile.teams)
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


def link_worker(command: LinkWorker, state: State) -> list[Event]:
    """One human in two roles (INV-17)."""
    if not command.worker.startswith("worker:"):
        raise Refused("not-a-worker", "Only a worker is on duty.", "只有工作人员有履职身份。", field="worker")
    return [] if command.worker == state.profile.worker else [VolunteerWorkerLinked(worker=command.worker)]


def declare_relative(command: DeclareRelative, state: State, ask: Ask) -> list[Event]:
    """A relative of the client does not decide about the family's matter (H15)."""
    must_be_own(ask, known(ask).itself)
    must_be_of(ask, *state.profile.teams)
    if command.person_id in state.profile.relative_of:
        return []
    return [RelativeDeclared(person_id=command.person_id, relation=command.relation)]


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
