"""The language of the audit service: the ledger's state, gaps, custody that broke, who looked, and monthly reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from services.contracts.audit.bundles import (
    BundleExported,
    ExportBundle,
    PublishVerifiers,
    VerifierFile,
    VerifierPublished,
)
from services.contracts.words import AreaCode, Party
from services.kernel.contract import Code, Count, Digest, Instant, Said, asked, published

CustodyFault = Literal["none", "two", "suspended", "retired", "ended"]
"""What is wrong with who answers: nobody does, two do, or one who no longer may."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flaw:
    """One place at which the ledger is not what it says: the kind of contradiction, and the entry it was found at."""

    code: Code
    entry: Count | None = None


@published("ledger.sealed", zh="封账")
class LedgerSealed:
    """The ledger up to this size has this root: nothing before it can change without that being seen.

    `map_root` is the root over `rows` rows, one for each stream and matter, that say how many entries it has and which is
    the last: with them a history is shown to be whole (docs/bundle.md, Seal). Without them only the tree is sealed.
    """

    from_size: Count
    to_size: Count
    root: Digest
    previous_root: Digest | None = None
    rows: Count = 0
    map_root: Digest | None = None


@published("integrity.verified", zh="校验通过")
class IntegrityVerified:
    """The entries were read again and hashed again, and agree with the tree."""

    size: Count
    root: Digest


@published("integrity.broken", zh="校验不符")
class IntegrityBroken:
    """The entries do not agree with the tree, or with one another: what was kept is not what was recorded.

    Nothing is signed from now on until it is mended; gaps alone (`stream-gap`, `publisher-gap`) halt nothing.
    """

    size: Count
    root: Digest
    flaws_count: Count
    flaws: tuple[Flaw, ...]


@published("signing.resumed", zh="恢复签署")
class SigningResumed:
    """The ledger was damaged, has been mended and verified, and its checkpoints are signed again from this size on."""

    size: Count
    root: Digest


@published("gap.detected", zh="缺号")
class GapDetected:
    """Events of a publisher are missing before one that arrived: they are being fetched from it."""

    publisher: Code
    expected: Count
    seen: Count


@published("gap.filled", zh="缺号补齐")
class GapFilled:
    """What was missing has been fetched and recorded in its place."""

    publisher: Code
    expected: Count
    seen: Count


@published("custody.broken", zh="责任落空")
class CustodyBroken:
    """Since then this matter, or this need of it, is open and not answered for by exactly one party who may."""

    matter_id: UUID
    need_id: UUID | None = None
    finding: Code
    fault: CustodyFault
    holders: tuple[Party, ...] = ()
    since: Instant
    entry: Count


@published("custody.mended", zh="责任恢复")
class CustodyMended:
    """What was broken is held again by exactly one party, or is no longer open."""

    matter_id: UUID
    need_id: UUID | None = None
    finding: Code
    fault: CustodyFault
    since: Instant
    until: Instant


@published("case.replayed", zh="回放")
class CaseReplayed:
    """Somebody looked at a matter as it was at `valid_at`, by what was known at `known_at` (None: now)."""

    matter_id: UUID
    view: Code
    known_at: Instant | None = None
    valid_at: Instant | None = None
    purpose: Code
    entries: Count
    size: Count
    root: Digest


@asked(zh="封账")
class SealLedger:
    """Say what the ledger's root is at this size, and the root over all histories in it."""

    size: Count
    root: Digest
    rows: Count = 0
    map_root: Digest | None = None


@asked(zh="登记校验结果")
class ReportVerification:
    """Say what came of reading all entries again; `flaws` are the first of `flaws_count`."""

    size: Count
    root: Digest
    flaws_count: Count = 0
    flaws: Annotated[tuple[Flaw, ...], Meta(max_length=50)] = ()


@asked(zh="恢复签署")
class ResumeSigning:
    """Let checkpoints be signed again, after the ledger was mended and verified."""

    size: Count
    root: Digest


@asked(zh="登记缺号")
class NoteGap:
    """Write down that events of a publisher are missing."""

    publisher: Code
    expected: Count
    seen: Count


@asked(zh="登记缺号补齐")
class NoteGapFilled:
    """Write down that they are there."""

    publisher: Code
    expected: Count
    seen: Count


@asked(zh="报告责任落空")
class ReportCustodyBroken:
    """Say that custody of a matter broke; the same finding is said once."""

    matter_id: UUID
    need_id: UUID | None = None
    finding: Code
    fault: CustodyFault
    holders: Annotated[tuple[Party, ...], Meta(max_length=64)] = ()
    since: Instant
    entry: Count


@asked(zh="报告责任恢复")
class ReportCustodyMended:
    """Say that a finding that was reported is over."""

    finding: Code
    until: Instant


@asked(zh="登记回放")
class RecordReplay:
    """Write down who looked at a matter, and at which of its times."""

    matter_id: UUID
    view: Code
    known_at: Instant | None = None
    valid_at: Instant | None = None
    purpose: Code
    entries: Count
    size: Count
    root: Digest


@published("access.reported", zh="查阅记录报告")
class AccessReported:
    """Somebody was told who has seen what about this person: so many acts, from the ledger at this size."""

    person_id: UUID
    purpose: Code
    acts: Count
    size: Count
    root: Digest


@asked(zh="登记查阅记录报告")
class RecordAccessReport:
    """Write down who was told who has seen what about a person (issued by audit itself)."""

    person_id: UUID
    purpose: Code
    acts: Count
    size: Count
    root: Digest


# --- monthly reports --------------------------------------------------------------------------------------------------

Month = Annotated[str, Meta(pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])$(?!\n)"), Said("a month, YYYY-MM", "月份, YYYY-MM")]
Recipients = Annotated[tuple[Code, ...], Meta(max_length=16)]


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureLine:
    """One number of a report: of `of` where it is a share or a measure of so many; `unknown` could not be placed.

    `things` counts what stands behind the value, for telling which numbers are too small to be told.
    """

    indicator: Code
    part: Code | None = None
    value: int | None = None
    of: Count | None = None
    unknown: Count = 0
    things: Count = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedEvent:
    """An event, where it stands in the ledger and in its publisher's log."""

    entry: Count
    publisher: Code
    position: Count
    type: Code
    event_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Adjustment:
    """调整数: what a number of an earlier report was, what it is as known now, and the first of the events that changed it.

    `cause` is `definitions` where what is counted has changed, and not what happened.
    """

    month: Month
    indicator: Code
    part: Code | None = None
    before: FigureLine | None = None
    after: FigureLine | None = None
    cause: Literal["events", "definitions"] = "events"
    events_count: Count = 0
    events: tuple[NamedEvent, ...] = ()


@published("monthly-report.sealed", zh="月报封存")
class MonthlyReportSealed:
    """These are the figures of a month at a station (None: the hub), as the ledger knew them at this size; they never change.

    What was learnt since about earlier reports stands beside them as adjustments. `figures_hash` is the SHA-256 of the
    canonical JSON of month, station, size, root, definitions and figures.
    """

    month: Month
    station: AreaCode | None = None
    size: Count
    root: Digest
    definitions: Code
    figures: tuple[FigureLine, ...]
    figures_hash: Digest
    recipients: tuple[Code, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()


@published("monthly-report.restated", zh="月报调整")
class MonthlyReportRestated:
    """Something was learnt after a report was sealed: it stays as it is, and the report of `in_month` carries the difference."""

    month: Month
    station: AreaCode | None = None
    in_month: Month
    size: Count
    root: Digest
    definitions: Code
    figures: tuple[FigureLine, ...]
    figures_hash: Digest
    adjustments: tuple[Adjustment, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Restatement:
    """The figures of an earlier month as they are known now, with the adjustments that lead to them."""

    month: Month
    figures: tuple[FigureLine, ...]
    figures_hash: Digest
    adjustments: tuple[Adjustment, ...]


@asked(zh="封存月报")
class SealMonthlyReport:
    """Seal the report of a month that is over, at a station or (None) for the hub, for these recipients."""

    month: Month
    station: AreaCode | None = None
    recipients: Recipients = ("social-work-department", "civil-affairs")


@asked(zh="写入月报")
class WriteMonthlyReport:
    """Write down the figures that a report is sealed with, and what became of earlier ones (issued by audit itself)."""

    month: Month
    station: AreaCode | None = None
    recipients: Recipients = ()
    size: Count
    root: Digest
    definitions: Code
    figures: Annotated[tuple[FigureLine, ...], Meta(max_length=400)]
    figures_hash: Digest
    restated: Annotated[tuple[Restatement, ...], Meta(max_length=400)] = ()


__all__ = ["BundleExported", "ExportBundle", "PublishVerifiers", "VerifierFile", "VerifierPublished"]
