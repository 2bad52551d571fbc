"""The roster: who volunteers, what for, and what stands behind it (verification, checks, training, insurance)."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from services.contracts.volunteer.words import CheckResult, Codes, Minutes, VolunteerState
from services.contracts.words import AreaCode, Party
from services.kernel.contract import Code, Count, Digest, Ref, Sealed, asked, published


@asked(zh="登记志愿者")
class RegisterVolunteer:
    """A person offers time, unpaid; entered by the person, or by an organization with the person's consent."""

    name: Annotated[str, Meta(max_length=80), Sealed("identity")] | None = None
    id_number: Annotated[str, Meta(max_length=40), Sealed("identity")] | None = None
    gender: Annotated[str, Meta(max_length=16), Sealed("identity")] | None = None
    birth_date: Annotated[str, Meta(max_length=10), Sealed("identity")] | None = None
    phone: Annotated[str, Meta(max_length=40), Sealed("contact")] | None = None
    address: Annotated[str, Meta(max_length=200), Sealed("contact")] | None = None
    national_no: Ref | None = None
    area: AreaCode | None = None
    minor: bool | None = None
    guardian_consent_ref: Ref | None = None
    consent_ref: Ref | None = None
    worker: Party | None = None
    skills: Codes = ()
    limits: Codes = ()
    service_codes: Codes = ()
    teams: Annotated[tuple[Party, ...], Meta(max_length=16)] = ()


@asked(zh="核实志愿者")
class VerifyVolunteer:
    """An organization has seen who this is, and whether it is a minor."""

    minor: bool
    evidence_kind: Code
    guardian_consent_ref: Ref | None = None


@asked(zh="登记资格核验")
class ClearVolunteer:
    """A check was made (for work with minors: of the register of offenders) and came to this result.

    A qualification names the skill that the law asks it for.
    """

    check_kind: Code
    result: CheckResult
    checked_on: date
    valid_until: date
    skill: Code | None = None


@asked(zh="登记培训")
class TrainVolunteer:
    """The volunteer has been trained; where the training gives a skill, it names it."""

    training_code: Code
    minutes: Minutes
    organizer: Party
    trained_on: date
    skill: Code | None = None
    valid_until: date | None = None


@asked(zh="登记保险")
class InsureVolunteer:
    """An accident insurance covers the volunteer from one day to another, both included."""

    policy_ref: Ref
    valid_from: date
    valid_until: date


@asked(zh="加入队伍")
class JoinTeam:
    """The volunteer joins a team."""

    team: Party


@asked(zh="离开队伍")
class LeaveTeam:
    """The volunteer leaves a team."""

    team: Party


@asked(zh="登记兼职身份")
class LinkWorker:
    """The volunteer is also this worker: what the worker does on duty is no volunteering of the same human."""

    worker: Party


@asked(zh="声明亲属关系")
class DeclareRelative:
    """The volunteer is a relative of this person: somebody else sends people to that family and verifies what they did."""

    person_id: UUID
    relation: Code


@asked(zh="暂停志愿者")
class SuspendVolunteer:
    """The volunteer is to be sent nowhere until further notice."""

    reason_code: Code


@asked(zh="恢复志愿者")
class ReinstateVolunteer:
    """The reason for the suspension is gone."""

    reason_code: Code


@asked(zh="志愿者退出")
class WithdrawVolunteer:
    """The volunteer does not want to be asked any more; no reason is owed."""

    reason_code: Code | None = None


@asked(zh="出具志愿服务记录单")
class IssueRecordStatement:
    """The organizing unit states what it has on record of this volunteer; the hub issues nothing in its own name."""

    issuer: Party


@asked(zh="核定星级")
class ReviewStars:
    """Hold the confirmed hours against the star schemes in force; asked by the hub itself whenever they change."""


@published("volunteer.registered", zh="志愿者注册")
class VolunteerRegistered:
    """A person offers time, unpaid; nobody has verified who it is. Whether it is a minor may be unknown."""

    national_no: Ref | None = None
    area: AreaCode | None = None
    minor: bool | None = None
    guardian_consent_ref: Ref | None = None
    consent_ref: Ref | None = None
    worker: Party | None = None
    skills: tuple[Code, ...] = ()
    limits: tuple[Code, ...] = ()
    service_codes: tuple[Code, ...] = ()
    teams: tuple[Party, ...] = ()
    sealed: tuple[Digest, ...] = ()


@published("volunteer.verified", zh="志愿者核实")
class VolunteerVerified:
    """An organization has seen who this is; a minor may serve with the guardian's consent."""

    state: VolunteerState
    minor: bool
    evidence_kind: Code
    guardian_consent_ref: Ref | None = None


@published("volunteer.cleared", zh="资格核验")
class VolunteerCleared:
    """A check was made, came to this result, and holds until that day; a qualification names its skill."""

    check_kind: Code
    result: CheckResult
    checked_on: date
    valid_until: date
    skill: Code | None = None


@asked(zh="从业查询到期")
class LapseClearance:
    """The check for work with minors holds no longer; asked by the clock."""


@published("volunteer.clearance-lapsed", zh="从业查询到期")
class VolunteerClearanceLapsed:
    """The check for work with minors has run out and was not renewed: nobody of this name works with a minor meanwhile."""

    check_kind: Code
    valid_until: date


@published("volunteer.trained", zh="培训")
class VolunteerTrained:
    """The volunteer has been trained; the first training makes a verified volunteer active."""

    state: VolunteerState
    training_code: Code
    minutes: Count
    organizer: Party
    trained_on: date
    skill: Code | None = None
    valid_until: date | None = None


@published("volunteer.insured", zh="保险")
class VolunteerInsured:
    """An accident insurance covers the volunteer from one day to another, both included."""

    policy_ref: Ref
    valid_from: date
    valid_until: date


@published("volunteer.joined-team", zh="加入队伍")
class VolunteerJoinedTeam:
    """The volunteer belongs to this team."""

    team: Party


@published("volunteer.left-team", zh="离开队伍")
class VolunteerLeftTeam:
    """The volunteer does not belong to this team any more."""

    team: Party


@published("volunteer.worker-linked", zh="兼职身份")
class VolunteerWorkerLinked:
    """This volunteer and this worker are one human in two roles; each act says in which."""

    worker: Party


@published("volunteer.relative-declared", zh="亲属关系声明")
class RelativeDeclared:
    """The volunteer is a relative of this person, and does not decide about that family's matters."""

    person_id: UUID
    relation: Code


@published("volunteer.suspended", zh="志愿者暂停")
class VolunteerSuspended:
    """The volunteer is sent nowhere; these tasks, taken before, wait for somebody else."""

    reason_code: Code
    open_tasks: tuple[UUID, ...] = ()


@published("volunteer.reinstated", zh="志愿者恢复")
class VolunteerReinstated:
    """The suspension is over; the volunteer stands again as before, or better if trained meanwhile."""

    state: VolunteerState
    reason_code: Code


@published("volunteer.withdrew", zh="志愿者退出")
class VolunteerWithdrew:
    """The volunteer is not asked any more; the records of what was done stay."""

    reason_code: Code | None = None


@published("volunteer.statement-issued", zh="记录单出具")
class RecordStatementIssued:
    """The organizing unit states these confirmed records; `verify_code` lets anybody ask whether it did."""

    issuer: Party
    records: tuple[UUID, ...]
    minutes: Count
    verify_code: Code


@published("volunteer.star-reached", zh="星级")
class StarLevelReached:
    """The confirmed hours come to this level of the scheme: an edition of the table `star_scheme`."""

    scheme_id: Code
    level: Count
    minutes: Count


@published("volunteer.star-revised", zh="星级更正")
class StarLevelRevised:
    """A correction took hours away: this level, or none (0), is what they come to now."""

    scheme_id: Code
    level: Count
    minutes: Count
