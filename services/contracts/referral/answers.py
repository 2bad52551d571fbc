"""What a station wrote down for an organization, and what the organization says of that afterwards."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from services.contracts.words import Wait
from services.kernel.contract import Code, asked, published

Answer = Literal["acceptance", "refusal", "start", "return", "outcome"]
"""What an organization says of a referral, and a station may write down for it."""


@asked(zh="确认代为登记的答复")
class ConfirmAnswer:
    """The organization stands by all that was written down for it about this offer."""

    organization_id: UUID


@asked(zh="否认代为登记的答复")
class DisputeAnswer:
    """The organization says that this was not its word."""

    organization_id: UUID
    answer: Answer
    reason_code: Code


@published("answer.confirmed", zh="答复确认")
class AnswerConfirmed:
    """The organization stands by what somebody else had written down for it."""

    matter_id: UUID
    case_id: UUID | None = None
    offer_id: UUID
    organization_id: UUID
    answers: tuple[Answer, ...]


@published("answer.disputed", zh="答复异议")
class AnswerDisputed:
    """The organization says that what was written down for it was not its word; both stay on record."""

    matter_id: UUID
    case_id: UUID | None = None
    offer_id: UUID
    organization_id: UUID
    answer: Answer
    reason_code: Code
    wait: Wait | None = None
