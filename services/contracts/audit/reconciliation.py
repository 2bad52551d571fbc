"""What comes of comparing the ledger with each publisher's own, signed word for its log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from services.kernel.contract import Code, Count, Digest, Instant, Ref, asked, published

DifferenceCode = Literal["missing", "altered", "extra", "digest-differs", "unsigned", "unknown-key", "silent"]
"""`missing`: the publisher said it and the ledger has it not; `altered`: they have other bytes under one position; `extra`:
the ledger has what the publisher's log does not hold; `digest-differs`: what the publisher signed is not what it hands
out; `unsigned`, `unknown-key`: the head bears no good signature, or none of a key that was known; `silent`: there is no
head although one is due."""

Keys = Annotated[tuple[Ref, ...], Meta(max_length=4)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One difference: what it is, at which position of the publisher's log, at which entry of the ledger."""

    code: DifferenceCode
    position: Count = 0
    entry: Count | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedHead:
    """A publisher's head as it was signed: from this its note is written again, and the signature checked.

    `key` is a C2SP vkey; `signature` its line's bytes in hexadecimal: four that name the key, and the signature proper.
    """

    position: Count
    digest: Digest
    signed_at: Instant
    key: Ref
    signature: Ref


@published("publisher-log.agreed", zh="对账相符")
class PublisherLogAgreed:
    """The publisher signed for its log up to here, and the ledger holds the very same events; `settled` differ no more."""

    publisher: Code
    head: SignedHead
    keys: Keys
    settled: tuple[Difference, ...] = ()


@published("publisher-log.differed", zh="对账不符")
class PublisherLogDiffered:
    """What the publisher signs for, or hands out, is not what the ledger holds: these are the first of the differences.

    `head` is None where there was none to compare with. Each difference is a finding until a later comparison, or
    `settled`, says that it is over.
    """

    publisher: Code
    head: SignedHead | None = None
    keys: Keys = ()
    differences_count: Count
    differences: tuple[Difference, ...]
    settled: tuple[Difference, ...] = ()


@asked(zh="登记对账结果")
class ReportReconciliation:
    """Write down what came of comparing a publisher's head with the ledger (issued by audit itself)."""

    publisher: Code
    head: SignedHead | None = None
    keys: Keys = ()
    differences_count: Count = 0
    differences: Annotated[tuple[Difference, ...], Meta(max_length=50)] = ()
