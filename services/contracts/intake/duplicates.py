"""Records that may be, or are, of the same human being: suspected, ruled out, merged, and taken apart again.

A merger moves no event and no responsibility: each record keeps its stream, each matter its owner. Views show the merged
record as the survivor until somebody takes the two apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from services.contracts.intake.terms import Aliases, BornOn, IdNumber, Name, Phone
from services.kernel.contract import Code, Ref, Said, asked, published

Score = Annotated[int, Meta(ge=0, le=100), Said("how alike, 0 to 100", "相似程度, 0 至 100")]


@published("person.duplicate-suspected", zh="疑似重复")
class DuplicateSuspected:
    """This record and the other may be of the same human being, by this rule; somebody should look, nobody is refused."""

    person_id: UUID
    candidate_id: UUID
    rule: Code
    score: Score


@published("person.duplicate-ruled-out", zh="排除重复")
class DuplicateRuledOut:
    """Somebody has looked: the two records are of two human beings, and nobody asks again."""

    person_id: UUID
    candidate_id: UUID
    basis: Code


@published("person.merged", zh="合并")
class PersonsMerged:
    """The merged record is of the same human being as the survivor: it is shown as him, and keeps its own events and owners."""

    survivor_id: UUID
    merged_id: UUID
    basis: Code
    approver: Ref


@published("person.unmerged", zh="拆分")
class PersonsUnmerged:
    """The two records are of two human beings after all: each stands for itself again, as if they had never been merged."""

    survivor_id: UUID
    merged_id: UUID
    basis: Code
    approver: Ref


@dataclass(frozen=True, kw_only=True, slots=True)
class WhoIsThis:
    """What somebody is typing about a person; it is compared, and kept nowhere. Signs that are not known may be `*`."""

    name: Name | None = None
    pseudonym: Name | None = None
    aliases: Aliases | None = None
    id_number: IdNumber | None = None
    phone: Phone | None = None
    born_on: BornOn | None = None
    person_id: UUID | None = None


@asked(zh="提示疑似重复")
class SuspectDuplicate:
    """Note that two records look alike (issued by intake itself, from its blind index)."""

    candidate_id: UUID
    rule: Code
    score: Score


@asked(zh="排除重复")
class RuleOutDuplicate:
    """Say that the other record is of another human being."""

    candidate_id: UUID
    basis: Code


@asked(zh="合并")
class MergePersons:
    """Say that this record is of the same human being as the survivor; somebody else approves."""

    survivor_id: UUID
    basis: Code
    approver: Ref


@asked(zh="拆分")
class UnmergePersons:
    """Say that this record was merged by mistake; somebody else approves."""

    basis: Code
    approver: Ref
