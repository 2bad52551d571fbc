"""Safeguarding: suspected harm to a child or dependent person; reporting is never blocked, reading is restricted."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from services.contracts.intake.terms import Narrative
from services.contracts.words import Handoff, Party
from services.kernel.contract import Code, Digest, Ref, asked, published

Situation = Literal["1", "2", "3", "4", "5", "6", "7", "8", "9"]
"""The nine situations of the mandatory-report opinion of 2020-05-07; 9 is any other serious one."""


@published("safeguarding.concern-raised", zh="侵害疑似", restricted=True, opens="need")
class SafeguardingConcernRaised:
    """Somebody has seen signs of harm; who and what is sealed, and only named roles may read."""

    concern_id: UUID
    matter_id: UUID
    need_id: UUID
    situation_code: Situation
    reporter_role: Code
    person_id: UUID | None = None
    guardian_suspected: bool = False
    sealed: tuple[Digest, ...] = ()


@published("safeguarding.reported", zh="强制报告", restricted=True, handoff=True)
class MandatoryReportMade:
    """The authority knows: it answers for the investigation, the station goes on helping."""

    concern_id: UUID
    matter_id: UUID
    handoff: Handoff
    authority_kind: Code
    report_channel: Code
    reporter_role: Code
    receipt_ref: Ref | None = None


@published("safeguarding.acknowledged", zh="强制报告受理", restricted=True)
class MandatoryReportAcknowledged:
    """The authority has answered that it acts."""

    concern_id: UUID
    matter_id: UUID
    result_code: Code


@published("safeguarding.not-reportable", zh="认定不需报告", restricted=True, closes="need")
class SafeguardingConcernNotReportable:
    """Two persons have decided, for a reason, that this need not be reported."""

    concern_id: UUID
    matter_id: UUID
    need_id: UUID
    reason_code: Code
    approver: Ref


@published("safeguarding.closed", zh="侵害疑似办结", restricted=True, handoff=True, closes="need")
class SafeguardingConcernClosed:
    """The authority has done its part; what remains is the station's help."""

    concern_id: UUID
    matter_id: UUID
    handoff: Handoff
    result_code: Code


@published("safeguarding.reader-named", zh="指定侵害疑似知情人", restricted=True)
class SafeguardingReaderNamed:
    """One more person may read about this concern: by name, for as long as it is kept."""

    concern_id: UUID
    matter_id: UUID
    reader: Ref


@published("safeguarding.read", zh="查阅侵害疑似", restricted=True, reading=True)
class SafeguardingConcernRead:
    """A named reader, or somebody for whom a second person unsealed it, has read this concern."""

    concern_id: UUID
    matter_id: UUID
    reader: Ref
    reader_role: Code
    why: Code
    reader_org: Ref | None = None


@asked(zh="报告侵害疑似")
class RaiseSafeguardingConcern:
    """Raise a concern, on one screen; nothing is required. Name the authority if it was told already."""

    situation_code: Situation = "9"
    person_id: UUID | None = None
    about_matter_id: UUID | None = None
    guardian_suspected: bool = False
    authority_kind: Code | None = None
    report_channel: Code = "phone"
    receipt_ref: Ref | None = None
    what: Narrative | None = None


@asked(zh="强制报告")
class MakeMandatoryReport:
    """Write down that the authority was told. No consent, field or role can block it."""

    authority_kind: Code = "police"
    report_channel: Code = "phone"
    receipt_ref: Ref | None = None


@asked(zh="登记报告受理")
class AcknowledgeMandatoryReport:
    """Write down the authority's answer."""

    result_code: Code


@asked(zh="认定不需报告")
class DecideNotReportable:
    """Decide that it need not be reported; somebody else approves, for a reason."""

    reason_code: Code
    approver: Ref


@asked(zh="办结侵害疑似")
class CloseSafeguardingConcern:
    """Write down how the authority's part ended; name who helps on at the station."""

    result_code: Code
    station: Party


@asked(zh="指定侵害疑似知情人")
class NameSafeguardingReader:
    """Let one more person read about this concern, who has to know of it."""

    reader: Ref


@asked(zh="查阅侵害疑似")
class ReadSafeguardingConcern:
    """Read a concern and what was told with it, for a stated purpose; it is on record."""

    why: Code
