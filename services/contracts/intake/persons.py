"""Persons who are or may be served: known by an id and codes; what names them is sealed in the vault."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from services.contracts.intake.terms import (
    Address,
    AgeBand,
    Aliases,
    BornOn,
    Health,
    IdKind,
    IdNumber,
    Name,
    Narrative,
    PersonalCategory,
    Phone,
)
from services.contracts.words import AreaCode
from services.kernel.contract import Code, Digest, Ref, asked, published

Sensitivity = Literal["personal", "child"]
NoticeTo = Literal["self", "guardian"]


@published("person.registered", zh="建档")
class PersonRegistered:
    """A person is known to the hub, under this id, at this station; age and all else may be unknown.

    Where somebody lives and where he is registered are two areas, each with the edition of the codes it is taken from.
    `id_number_override` says why a number was taken though its check does not fit.
    """

    person_id: UUID
    station: AreaCode
    age_band: AgeBand
    sensitivity: Sensitivity
    residence_area: AreaCode | None = None
    hukou_area: AreaCode | None = None
    residence_edition: Code | None = None
    hukou_edition: Code | None = None
    id_number_override: Code | None = None
    sealed: tuple[Digest, ...] = ()


@published("person.details-amended", zh="资料变更")
class PersonDetailsAmended:
    """Something known about the person has changed or was wrong; fields that are None stay as they were."""

    person_id: UUID
    reason_code: Code
    age_band: AgeBand | None = None
    sensitivity: Sensitivity | None = None
    hukou_area: AreaCode | None = None
    hukou_edition: Code | None = None
    id_number_override: Code | None = None
    sealed: tuple[Digest, ...] = ()


@published("person.group-assigned", zh="类别认定")
class ClientGroupAssigned:
    """The person belongs to this client group, as this edition of the table has it, from this day."""

    person_id: UUID
    group_code: Code
    table_version: Code
    basis: Code
    since: date | None = None


@published("person.group-removed", zh="类别取消")
class ClientGroupRemoved:
    """The person no longer belongs to this client group."""

    person_id: UUID
    group_code: Code
    reason_code: Code


@published("person.guardian-linked", zh="监护关系")
class GuardianLinked:
    """This person may consent for the other one, on this evidence."""

    person_id: UUID
    guardian_id: UUID
    relation: Code
    evidence_kind: Code
    since: date | None = None
    until: date | None = None


@published("person.guardian-unlinked", zh="监护关系终止")
class GuardianUnlinked:
    """This person may no longer consent for the other one."""

    person_id: UUID
    guardian_id: UUID
    reason_code: Code


@published("person.moved", zh="迁居")
class PersonMoved:
    """The person lives elsewhere now; either end may be unknown."""

    person_id: UUID
    from_area: AreaCode | None = None
    to_area: AreaCode | None = None
    from_edition: Code | None = None
    to_edition: Code | None = None
    sealed: tuple[Digest, ...] = ()


@published("person.died", zh="去世")
class PersonDied:
    """The person has died: visits, offers and tasks stop, cases close."""

    person_id: UUID
    evidence_kind: Code
    on: date | None = None


@published("person.death-corrected", zh="去世误录")
class DeathCorrected:
    """The report of death was wrong: the person lives, and what was closed for it can be taken up again."""

    person_id: UUID
    reason_code: Code
    approver: Ref


@published("person.legal-basis-invoked", zh="法定依据")
class LegalBasisInvoked:
    """Personal data of this person is processed without consent, on this legal basis, for this reason."""

    person_id: UUID
    basis_code: Code
    reason_code: Code
    approver: Ref
    notify_later_by: date | None = None


@published("person.notified-later", zh="补充告知")
class PersonNotifiedLater:
    """The person, or who may consent for them, has been told what was done without asking them, once that could be (PIPL 18)."""

    person_id: UUID
    basis_code: Code
    to: NoticeTo
    method: Code
    late: bool


@published("identity.read", zh="查阅身份信息", reading=True)
class IdentityRead:
    """Somebody has read personal details of this person, for this purpose; through a disclosure if one is named."""

    person_id: UUID
    reader: Ref
    reader_role: Code
    why: Code
    categories: tuple[PersonalCategory, ...]
    reader_org: Ref | None = None
    disclosure_id: UUID | None = None
    case_id: UUID | None = None


@published("identity.read-refused", zh="查阅身份信息被拒", reading=True)
class IdentityReadRefused:
    """Somebody wanted to read personal details of this person and was not let; the answer told nothing."""

    person_id: UUID
    reader: Ref
    reader_role: Code
    why: Code
    reader_org: Ref | None = None


@asked(zh="建档")
class RegisterPerson:
    """Register a person with as little as is known; a pseudonym or a label will do for a name, and no document is needed.

    A resident ID whose check does not fit is doubted (`id-number-form`, `id-number-birth`, `id-number-check`); the same
    with `id_number_override`, a reason, is taken.
    """

    station: AreaCode
    age_band: AgeBand = "unknown"
    residence_area: AreaCode | None = None
    hukou_area: AreaCode | None = None
    residence_edition: Code | None = None
    hukou_edition: Code | None = None
    name: Name | None = None
    pseudonym: Name | None = None
    aliases: Aliases | None = None
    born_on: BornOn | None = None
    id_number: IdNumber | None = None
    id_kind: IdKind | None = None
    id_number_override: Code | None = None
    phone: Phone | None = None
    address: Address | None = None
    hukou_address: Address | None = None
    note: Narrative | None = None


@asked(zh="变更资料")
class AmendPersonDetails:
    """Change or complete what is known about a person; what is left out stays. A doubtful number is met as at first."""

    reason_code: Code
    age_band: AgeBand | None = None
    hukou_area: AreaCode | None = None
    hukou_edition: Code | None = None
    name: Name | None = None
    pseudonym: Name | None = None
    aliases: Aliases | None = None
    born_on: BornOn | None = None
    id_number: IdNumber | None = None
    id_kind: IdKind | None = None
    id_number_override: Code | None = None
    phone: Phone | None = None
    address: Address | None = None
    hukou_address: Address | None = None
    health: Health | None = None
    note: Narrative | None = None


@asked(zh="认定类别")
class AssignClientGroup:
    """Count the person to a client group of the current table."""

    group_code: Code
    basis: Code
    since: date | None = None


@asked(zh="取消类别")
class RemoveClientGroup:
    """Count the person to this client group no longer."""

    group_code: Code
    reason_code: Code


@asked(zh="登记监护关系")
class LinkGuardian:
    """Say who may consent for this person, and what shows it."""

    guardian_id: UUID
    relation: Code
    evidence_kind: Code
    since: date | None = None
    until: date | None = None


@asked(zh="终止监护关系")
class UnlinkGuardian:
    """Say that somebody may no longer consent for this person."""

    guardian_id: UUID
    reason_code: Code


@asked(zh="登记迁居")
class MovePerson:
    """Write down that the person lives elsewhere now."""

    to_area: AreaCode | None = None
    to_edition: Code | None = None
    address: Address | None = None


@asked(zh="登记去世")
class RecordDeath:
    """Write down that the person has died."""

    evidence_kind: Code
    on: date | None = None


@asked(zh="更正去世误录")
class CorrectDeath:
    """Say that the report of death was wrong; somebody else approves."""

    reason_code: Code
    approver: Ref


@asked(zh="援引法定依据")
class InvokeLegalBasis:
    """Process without consent, on a legal basis; somebody else approves."""

    basis_code: Code
    reason_code: Code
    approver: Ref
    notify_later_by: date | None = None


@asked(zh="补充告知")
class NotifyLater:
    """Write down that the person was told afterwards. A guardian who is suspected to harm the person is told nothing."""

    basis_code: Code
    to: NoticeTo = "self"
    method: Code = "oral"


@asked(zh="查阅身份信息")
class ReadIdentity:
    """Read personal details of a person for a stated purpose; allowed or not, the attempt is on record."""

    why: Code
    categories: Annotated[tuple[PersonalCategory, ...], Meta(max_length=4)] = ()
