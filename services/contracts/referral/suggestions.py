"""What the hub suggested before somebody chose whom to ask: on record with the choice, so that it can be replayed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.contracts.codes_matching import Reason
from services.kernel.contract import Code, Count, Digest, published


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """Which suggestion somebody had before his eyes: its digest, and up to which event of the log it knew the world."""

    digest: Digest
    position: Count


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggested:
    """An organization that was suggested, with what spoke for it."""

    organization_id: UUID
    offering_id: UUID | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """An organization that was not suggested, with every rule that kept it out."""

    organization_id: UUID
    against: tuple[Code, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Excluded:
    """How many a rule kept out."""

    code: Code
    number: Count


@published("referral.suggested", zh="推荐机构")
class ReferralSuggested:
    """Organizations had been suggested for the need before somebody chose; the choice follows in the same instant.

    `model` and `weights` are the versions by which they were ordered, `position` the last event that was known then.
    `as_shown` says that making the suggestion anew at the choice came to the same, so that what stands here is what was
    before the chooser's eyes; otherwise this is how it stood at the choice, and `digest` is that of what had been shown.
    """

    matter_id: UUID
    case_id: UUID | None = None
    model: Code
    weights: Code
    position: Count
    digest: Digest
    as_shown: bool
    ranked: tuple[Suggested, ...]
    left_out: tuple[LeftOut, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    chosen: tuple[UUID, ...]
