"""Money and goods from givers: grants applied for, decided, paid and accounted for; support in kind delivered.

Nothing here comes from those who are helped (INV-22), and nothing asks the public for money (INV-24).
"""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from services.contracts.referral.words import SomeCodes
from services.contracts.words import Evidence, Fen, Handoff, Party, Wait
from services.kernel.contract import Code, Count, Ref, asked, published

PayeeKind = Literal["person", "family", "school", "hospital", "shop", "organization", "unknown"]


@asked(zh="申请资助")
class ApplyForGrant:
    """A worker asks a giver for money for one need; giver, amount and date may be unknown."""

    matter_id: UUID
    purpose_code: Code
    case_id: UUID | None = None
    person_id: UUID | None = None
    applicant: Party | None = None
    fund: Party = "unknown"
    amount_fen: Fen | None = None
    consent_id: UUID | None = None
    interested_party: bool = False


@asked(zh="批准资助")
class ApproveGrant:
    """The giver agrees, to an amount that may be unknown."""

    fund: Party | None = None
    amount_fen: Fen | None = None
    decided_on: date | None = None


@asked(zh="不予资助")
class RejectGrant:
    """The giver says no, and why."""

    reason_code: Code


@asked(zh="资助失效")
class LapseGrant:
    """What was asked for or approved will not be paid any more."""

    reason_code: Code


@asked(zh="询问退回")
class AskGrantReturn:
    """Ask what has become of money that was paid and not used, and have the rest returned."""

    reason_code: Code


@asked(zh="不再询问退回")
class WaiveGrantReturn:
    """Ask the money back no more."""

    reason_code: Code


@asked(zh="核对重复帮扶")
class HintOverlap:
    """Look again whether others have paid for the same; asked by the service itself when records of one person are merged."""


@asked(zh="发放资助")
class DisburseGrant:
    """Money was paid; `final` when nothing more is to come."""

    amount_fen: Fen | None = None
    payee_kind: PayeeKind = "unknown"
    voucher_ref: Ref | None = None
    final: bool = True


@asked(zh="退回资助款")
class ReturnGrant:
    """Money that was paid went back to the giver."""

    amount_fen: Fen | None = None
    reason_code: Code
    voucher_ref: Ref | None = None


@asked(zh="报告资助使用")
class ReportGrantUse:
    """The worker says what the money was used for."""

    used_fen: Fen | None = None
    use_codes: SomeCodes
    evidence_ref: Evidence | None = None


@asked(zh="办结资助")
class CloseGrant:
    """A third person confirms that the money was used as reported."""

    result_code: Code


@asked(zh="催办资助")
class RemindGrant:
    """Remind whoever owes the next step of a grant; asked by the clock."""


@asked(zh="督办资助")
class EscalateGrant:
    """Put a grant whose next step is late before somebody higher up; asked by the clock."""


@published("grant.reminded", zh="资助催办")
class GrantReminded:
    """Whoever owes a decision, a payment, a report, a confirmation or money back has been reminded of it."""

    matter_id: UUID
    case_id: UUID | None = None
    to: Party
    reason_code: Code


@published("grant.escalated", zh="资助督办")
class GrantEscalated:
    """The next step of a grant is late and has been put before whoever asked for it; who answers for the need stays."""

    matter_id: UUID
    case_id: UUID | None = None
    owed_by: Party
    to: Party
    reason_code: Code


@published("grant.applied", zh="资助申请", handoff=True, opens="need")
class GrantApplied:
    """A giver has been asked for money; the worker answers for the need until the giver agrees.

    `wait`, here and in what follows: until when the next step is owed.
    """

    matter_id: UUID
    case_id: UUID | None = None
    person_id: UUID | None = None
    applicant: Party
    holder: Party
    applied_by: Ref
    fund: Party
    amount_fen: Fen | None = None
    purpose_code: Code
    consent_id: UUID | None = None
    handoff: Handoff
    wait: Wait | None = None


@published("grant.approved", zh="资助批准", handoff=True)
class GrantApproved:
    """The giver has agreed and answers for the payment; an amount that nobody knows stays unknown."""

    matter_id: UUID
    case_id: UUID | None = None
    approved_by: Ref
    fund: Party
    amount_fen: Fen | None = None
    decided_on: date | None = None
    handoff: Handoff
    wait: Wait | None = None


@published("grant.rejected", zh="资助未批", handoff=True, closes="need")
class GrantRejected:
    """The giver said no."""

    matter_id: UUID
    case_id: UUID | None = None
    reason_code: Code
    handoff: Handoff


@published("grant.lapsed", zh="资助失效", handoff=True, closes="need")
class GrantLapsed:
    """Nothing, or nothing more, will be paid."""

    matter_id: UUID
    case_id: UUID | None = None
    reason_code: Code
    handoff: Handoff
    wait: Wait | None = None


@published("grant.return-asked", zh="询问资助退回")
class GrantReturnAsked:
    """What was paid and not yet used is asked back; the reason is a neutral one. Of an unknown amount, whatever is left."""

    matter_id: UUID
    reason_code: Code
    case_id: UUID | None = None
    amount_fen: Fen | None = None
    wait: Wait | None = None


@published("grant.return-waived", zh="不再询问资助退回")
class GrantReturnWaived:
    """The money is asked back no more."""

    matter_id: UUID
    reason_code: Code
    case_id: UUID | None = None
    wait: Wait | None = None


@published("grant.disbursed", zh="资助发放", handoff=True)
class GrantDisbursed:
    """Money was paid; with the last payment the worker answers for the report of its use."""

    matter_id: UUID
    case_id: UUID | None = None
    fund: Party
    amount_fen: Fen | None = None
    payee_kind: PayeeKind
    voucher_ref: Ref | None = None
    final: bool
    handoff: Handoff | None = None
    wait: Wait | None = None


@published("grant.returned", zh="资助退回")
class GrantReturned:
    """Money that was paid went back to the giver."""

    matter_id: UUID
    case_id: UUID | None = None
    amount_fen: Fen | None = None
    reason_code: Code
    voucher_ref: Ref | None = None
    wait: Wait | None = None


@published("grant.use-reported", zh="资助使用报告")
class GrantUseReported:
    """It is on record what the money was used for."""

    matter_id: UUID
    case_id: UUID | None = None
    used_fen: Fen | None = None
    use_codes: tuple[Code, ...]
    evidence_ref: Ref | None = None
    wait: Wait | None = None


@published("grant.closed", zh="资助办结", closes="need")
class GrantClosed:
    """A third person has confirmed the use; the strand of money ends."""

    matter_id: UUID
    case_id: UUID | None = None
    need_id: UUID
    result_code: Code
    confirmed_by: Ref


@asked(zh="登记实物支持")
class RecordInKindSupport:
    """Goods or a benefit reached the person; number and value may be unknown."""

    matter_id: UUID
    giver: Party = "unknown"
    item_codes: SomeCodes
    case_id: UUID | None = None
    person_id: UUID | None = None
    referral_id: UUID | None = None
    quantity: Count | None = None
    est_value_fen: Fen | None = None
    evidence_ref: Evidence | None = None


@published("in-kind-support.delivered", zh="实物支持送达")
class InKindSupportDelivered:
    """Goods or a benefit reached the person; an estimated value is never added to money."""

    matter_id: UUID
    case_id: UUID | None = None
    person_id: UUID | None = None
    referral_id: UUID | None = None
    giver: Party
    item_codes: tuple[Code, ...]
    quantity: Count | None = None
    est_value_fen: Fen | None = None
    evidence_ref: Ref | None = None


@published("overlap.hinted", zh="重复帮扶提示")
class OverlapHinted:
    """Others have paid for the same need of the same person lately: a hint to look, and nobody's fault.

    It does not name the others: givers learn nothing of each other by it.
    """

    matter_id: UUID
    case_id: UUID | None = None
    person_id: UUID
    need_code: Code
    other_count: Count
