"""Pairing rounds: once a year those who want to be paired say with whom, are proposed to each other, and agree or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from services.contracts.volunteer.words import PairingKind
from services.contracts.words import Evidence, Party
from services.kernel.contract import Code, Count, Instant, Ref, asked, published

Ranked = Annotated[tuple[Party, ...], Meta(max_length=64)]
Proposals = Annotated[tuple["ProposedPair", ...], Meta(max_length=4000)]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedPair:
    """These two are proposed to each other; `again`: they were a pair before and both wish for it."""

    one: Party
    other: Party
    again: bool = False


@asked(zh="发起结对轮次")
class OpenPairingRound:
    """A year's round begins; wishes are taken until `answer_by`."""

    kind: PairingKind
    year: Annotated[int, Meta(ge=2000, le=2100)]
    answer_by: Instant


@asked(zh="登记结对意愿")
class StateWishes:
    """Whom one would go with, the dearest first; said again, it replaces what was said before."""

    party: Party
    side: Literal["left", "right"]
    wishes: Ranked
    evidence_ref: Evidence | None = None


@asked(zh="提出结对方案")
class ProposePairs:
    """The best pairs of those who are free, as they were computed; asked by the service itself for whoever convenes."""

    pairs: Proposals
    blocking: Count
    alone: Count
    model: Code


@asked(zh="同意结对")
class ConfirmPair:
    """One of the two agrees."""

    party: Party


@asked(zh="不同意结对")
class DeclinePair:
    """One of the two does not; no reason is owed, and they are not proposed to each other again."""

    party: Party


@asked(zh="申请换对")
class RequestSwap:
    """One of a confirmed pair would rather go with somebody else; both are free for the next proposal."""

    party: Party
    reason_code: Code


@published("pairing-round.opened", zh="结对轮次发起")
class PairingRoundOpened:
    """A year's round has begun."""

    kind: PairingKind
    year: Count
    answer_by: Instant


@published("pairing-round.wishes-stated", zh="结对意愿")
class WishesStated:
    """This one has said with whom it would go, the dearest first."""

    party: Party
    side: Literal["left", "right"]
    wishes: tuple[Party, ...]
    evidence_ref: Ref | None = None


@published("pairing-round.pairs-proposed", zh="结对方案")
class PairsProposed:
    """These are proposed to each other; `blocking` counts the pairs that would rather have each other, `alone` the others."""

    number: Count
    pairs: tuple[ProposedPair, ...]
    blocking: Count
    alone: Count
    model: Code


@published("pairing-round.pair-confirmed", zh="同意结对")
class PairConfirmed:
    """One of the two has agreed; `settled` says that both have."""

    one: Party
    other: Party
    by: Party
    settled: bool


@published("pairing-round.pair-declined", zh="不同意结对")
class PairDeclined:
    """One of the two has not agreed; both are free again."""

    one: Party
    other: Party
    by: Party


@published("pairing-round.swap-requested", zh="申请换对")
class SwapRequested:
    """One of a pair would rather go with somebody else; both are free again."""

    one: Party
    other: Party
    by: Party
    reason_code: Code
