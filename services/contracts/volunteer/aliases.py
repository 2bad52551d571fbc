"""Two records of one volunteer, and a volunteer who wants to be forgotten: hours stay where they are, as numbers."""

from __future__ import annotations

from uuid import UUID

from services.contracts.volunteer.words import VolunteerState
from services.kernel.contract import Code, Count, Ref, asked, published


@asked(zh="合并志愿者档案")
class MergeVolunteers:
    """Say that this record and another are of one human being; from now on the survivor speaks for both."""

    survivor_id: UUID
    basis: Code
    approver: Ref


@asked(zh="拆分志愿者档案")
class UnmergeVolunteers:
    """Say that the two are two after all."""

    basis: Code
    approver: Ref


@asked(zh="删除志愿者资料")
class EraseVolunteer:
    """The volunteer wants the own data deleted; `evidence_kind` says how that was asked. Two persons carry it out."""

    evidence_kind: Code
    approver: Ref


@asked(zh="志愿者资料销钥")
class CarryOutVolunteerErasure:
    """The keys are gone (issued by the service itself, once that is so), of these further records of the same human too."""

    keys: Count
    records: tuple[UUID, ...] = ()


@published("volunteer.merged", zh="志愿者档案合并")
class VolunteersMerged:
    """This record is of the same human being as the survivor, which is asked and counted for both; no hours are moved."""

    survivor_id: UUID
    merged_id: UUID
    basis: Code
    approver: Ref


@published("volunteer.unmerged", zh="志愿者档案拆分")
class VolunteersUnmerged:
    """The two are two again; each stands as before, with the hours recorded under it."""

    survivor_id: UUID
    merged_id: UUID
    state: VolunteerState
    basis: Code
    approver: Ref


@published("volunteer.erasure-decided", zh="志愿者资料删除决定")
class VolunteerErasureDecided:
    """At the volunteer's wish the own data go; nobody reads them from now on, and the keys end next."""

    evidence_kind: Code
    approver: Ref


@published("volunteer.data-erased", zh="志愿者资料删除(销钥)")
class VolunteerDataErased:
    """The keys of this volunteer's data are destroyed; records of hours stay as the law asks, under a number of nobody.

    `records` are further records of the same human being that went with it.
    """

    keys: Count
    records: tuple[UUID, ...] = ()
