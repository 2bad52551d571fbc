"""Erasure: somebody asks that a person's data go, two persons decide kind by kind, and what was decided is carried out.

What lies sealed (identity, contact, narrative, health) goes together, for a person has one key. Facts (ids, codes, times)
stay as long as the law has them kept, and are used for nothing else meanwhile. Safeguarding is refused, with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from services.contracts.intake.terms import Codes
from services.contracts.words import Party
from services.kernel.contract import Code, Count, Ref, asked, published

ErasureKind = Literal["identity", "contact", "narrative", "health", "facts", "safeguarding"]
"""What is decided about: the four kinds of sealed values, the facts about the person, and what is on safeguarding."""

ErasureBy = Literal["self", "guardian", "agent", "near_relative", "station"]
"""Who asks; near relatives only after a death (PIPL 49), the station where the law has it delete by itself (PIPL 47)."""

Fate = Literal["erased", "restricted", "refused"]
DeletionResult = Literal["deleted", "returned", "kept", "nothing_held"]

ErasureKinds = Annotated[tuple[ErasureKind, ...], Meta(min_length=1, max_length=6)]
EVERY_KIND: tuple[ErasureKind, ...] = ("identity", "contact", "narrative", "health", "facts", "safeguarding")


@dataclass(frozen=True, kw_only=True, slots=True)
class KindDecided:
    """What becomes of one kind, on which basis; what is restricted may have a day until which it must be kept."""

    kind: ErasureKind
    fate: Fate
    basis: Code
    until: date | None = None


@published("person.erasure-requested", zh="删除请求")
class ErasureRequested:
    """Somebody asks that what is kept about this person be deleted, on this ground; it waits for a decision."""

    person_id: UUID
    request_id: UUID
    by: ErasureBy
    ground: Code
    kinds: ErasureKinds
    evidence_kind: Code | None = None


@published("person.erasure-decided", zh="删除决定")
class ErasureDecided:
    """Two persons have decided, kind by kind; from now on nobody reads what is to go or to rest."""

    person_id: UUID
    request_id: UUID
    decisions: tuple[KindDecided, ...]
    approver: Ref
    schedule: Code


@published("person.data-erased", zh="删除(销钥)")
class PersonalDataErased:
    """So many keys are destroyed: what was sealed under them is unreadable for good, and every proof still holds.

    `records` are further records that were merged into this one, and went with it.
    """

    person_id: UUID
    request_id: UUID
    kinds: ErasureKinds
    keys: Count
    records: tuple[UUID, ...] = ()


@published("person.processing-restricted", zh="停止处理")
class ProcessingRestricted:
    """These kinds are stored and protected, and used for nothing else, until somebody decides anew on that day."""

    person_id: UUID
    request_id: UUID
    kinds: ErasureKinds
    bases: Codes
    until: date


@published("person.retention-ended", zh="保存期届满")
class RetentionEnded:
    """The time is over for which the law has it kept: it is to be decided anew."""

    person_id: UUID
    request_id: UUID
    kinds: ErasureKinds


@published("identity.deletion-demanded", zh="要求删除")
class DeletionDemanded:
    """The receiver is told to delete or return what it was given of this person, and to answer by this day."""

    disclosure_id: UUID
    person_id: UUID
    receiver: Party
    reason_code: Code
    answer_by: date
    organization_id: UUID | None = None
    matter_id: UUID | None = None
    need_id: UUID | None = None


@published("identity.deletion-answered", zh="删除回执")
class DeletionAnswered:
    """The receiver says what it did; who keeps something says on which basis."""

    disclosure_id: UUID
    person_id: UUID
    receiver: Party
    result: DeletionResult
    basis: Code | None = None
    organization_id: UUID | None = None
    matter_id: UUID | None = None
    need_id: UUID | None = None


@asked(zh="请求删除")
class RequestErasure:
    """Ask that what is kept about the person be deleted; without kinds, all of it."""

    by: ErasureBy
    ground: Code
    kinds: ErasureKinds = EVERY_KIND
    evidence_kind: Code | None = None


@asked(zh="决定删除请求")
class DecideErasure:
    """Decide about each kind that was asked for; somebody else approves.

    The four sealed kinds have one fate. Facts that the law has kept are restricted; without `until`, as long as it says.
    """

    decisions: Annotated[tuple[KindDecided, ...], Meta(min_length=1, max_length=6)]
    approver: Ref


@asked(zh="执行删除决定")
class CarryOutErasure:
    """Say that the keys have been ended as was decided (issued by intake itself, when they have)."""

    keys: Count
    records: tuple[UUID, ...] = ()


@asked(zh="保存期届满")
class EndRetention:
    """Note that the time is over for which it must be kept (issued by the clock)."""


@asked(zh="要求接收方删除")
class DemandDeletion:
    """Tell a receiver to delete what it was given (issued by intake itself)."""

    reason_code: Code


@asked(zh="回复删除要求")
class AnswerDeletion:
    """Say what became of the data that a receiver held; the station writes down what it was told on paper or by phone."""

    result: DeletionResult
    basis: Code | None = None
