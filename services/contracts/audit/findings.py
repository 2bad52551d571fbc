"""What auditors plan and find: samples drawn by a seed that is on record first, findings that are answered and resolved."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from services.contracts.words import AreaCode
from services.kernel.contract import Code, Count, Digest, Instant, Ref, asked, published

Size = Annotated[int, Meta(ge=1, le=1_000)]
Entries = Annotated[tuple[Count, ...], Meta(max_length=50)]


@published("sample.planned", zh="抽样计划")
class SamplePlanned:
    """From each stratum of the ledger at this size so many matters are drawn, in the order that this seed gives.

    It is said before anything is drawn. A stratum is the station in which a matter began and the kind of its first entry;
    its matters are drawn in the order of SHA-256 over the seed, a zero byte and the matter's id in lower case.
    """

    sample_id: UUID
    seed: Ref
    per_stratum: Count
    purpose: Code
    station: AreaCode | None = None
    kind: Code | None = None
    size: Count
    root: Digest


@published("audit-finding.raised", zh="审计发现")
class AuditFindingRaised:
    """An auditor has found this in a matter, by these entries; its station is to answer by then."""

    finding_id: UUID
    matter_id: UUID
    finding_code: Code
    answer_by: Instant
    entries: Entries = ()
    sample_id: UUID | None = None


@published("audit-finding.answered", zh="审计发现答复")
class AuditFindingAnswered:
    """The station has answered: what it says became of it. `late`: after the day that was set."""

    finding_id: UUID
    matter_id: UUID
    answer_code: Code
    entries: Entries = ()
    late: bool = False


@published("audit-finding.resolved", zh="审计发现办结")
class AuditFindingResolved:
    """An auditor has looked again, and the finding is over."""

    finding_id: UUID
    matter_id: UUID
    result_code: Code


@published("audit-finding.reopened", zh="审计发现重开")
class AuditFindingReopened:
    """The answer does not do, or what was resolved has come again: the station is to answer by then."""

    finding_id: UUID
    matter_id: UUID
    reason_code: Code
    answer_by: Instant


@asked(zh="登记抽样计划")
class PlanSample:
    """Say how a sample will be drawn, before it is."""

    seed: Ref
    per_stratum: Size
    purpose: Code
    station: AreaCode | None = None
    kind: Code | None = None


@asked(zh="写入抽样计划")
class WriteSample:
    """Write a plan down with the ledger that it is about (issued by audit itself)."""

    plan: PlanSample
    size: Count
    root: Digest


@asked(zh="提出审计发现")
class RaiseFinding:
    """Raise a finding in a matter."""

    matter_id: UUID
    finding_code: Code
    answer_by: Instant
    entries: Entries = ()
    sample_id: UUID | None = None


@asked(zh="答复审计发现")
class AnswerFinding:
    """Answer a finding, for the station whose matter it is."""

    answer_code: Code
    entries: Entries = ()


@asked(zh="办结审计发现")
class ResolveFinding:
    """Say that a finding is over."""

    result_code: Code


@asked(zh="重开审计发现")
class ReopenFinding:
    """Say that a finding is not over after all."""

    reason_code: Code
    answer_by: Instant
