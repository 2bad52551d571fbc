"""The language of the audit service: the ledger's state, gaps in what was heard, custody that broke, who looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from services.contracts.words import Party
from services.kernel.contract import Code, Count, Digest, Instant, asked, published

CustodyFault = Literal["none", "two", "suspended", "retired", "ended"]
"""What is wrong with who answers: nobody does, two do, or one who no longer may."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flaw:
    """One place at which the ledger is not what it says: the kind of contradiction, and the entry it was found at."""

    code: Code
    entry: Count | None = None


@published("ledger.sealed", zh="封账")
class LedgerSealed:
    """The ledger up to this size has this root: nothing before it can change without that being seen."""

    from_size: Count
    to_size: Count
    root: Digest
    previous_root: Digest | None = None


@published("integrity.verified", zh="校验通过")
class IntegrityVerified:
    """The entries were read again and hashed again, and agree with the tree."""

    size: Count
    root: Digest


@published("integrity.broken", zh="校验不符")
class IntegrityBroken:
    """The entries do not agree with the tree: what was kept is not what was recorded."""

    size: Count
    root: Digest
    flaws_count: Count
    flaws: tuple[Flaw, ...]


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
    """Say what the ledger's root is at this size."""

    size: Count
    root: Digest


@asked(zh="登记校验结果")
class ReportVerification:
    """Say what came of reading all entries again; `flaws` are the first of `flaws_count`."""

    size: Count
    root: Digest
    flaws_count: Count = 0
    flaws: Annotated[tuple[Flaw, ...], Meta(max_length=50)] = ()


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
