"""A suggestion as it is shown and recorded: its digest says whether what was chosen from is what stands on record."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from uuid import UUID

from services.contracts import referral as public
from services.contracts.codes_matching import RELAXATION
from services.referral.domain.routing.candidates import Asked, Candidate, Found, candidates
from services.referral.domain.routing.relaxing import Relaxation, relaxations
from services.referral.domain.routing.weights import MODEL, WEIGHTS

MOST_RANKED, MOST_LEFT_OUT, MOST_NAMED = 8, 32, 3


@dataclass(frozen=True, kw_only=True)
class Network:
    """Everything that a suggestion is made of: the need, and everybody who offers anything of it."""

    asked: Asked
    found: tuple[Found, ...]

    def on(self, day: date | None) -> Suggestion:
        """The suggestion of a day."""
        asked = replace(self.asked, client=replace(self.asked.client, day=day))
        return Suggestion(asked=asked, found=self.found)


@dataclass(frozen=True)
class Suggestion:
    """Those who can take the need in order, and those who cannot; what to do if nobody can."""

    asked: Asked
    found: tuple[Found, ...]

    @cached_property
    def all(self) -> list[Candidate]:
        """Everybody, those who can take it first."""
        return candidates(self.asked, self.found)

    @property
    def ranked(self) -> list[Candidate]:
        """Those who can take it."""
        return [one for one in self.all if one.fits]

    @property
    def left_out(self) -> list[Candidate]:
        """Those who cannot."""
        return [one for one in self.all if not one.fits]

    @cached_property
    def relaxations(self) -> list[Relaxation]:
        """What could be done; nothing where somebody can take it as it is."""
        return [] if self.ranked else relaxations(self.asked, self.found)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything that is shown; equal for the same world on the same day."""
        shown = [MODEL, WEIGHTS.version, [_shown(one) for one in self.all]]
        hashed = sha256(json.dumps(shown, separators=(",", ":")).encode()).digest()
        return urlsafe_b64encode(hashed).decode().rstrip("=")


def _shown(one: Candidate) -> list[object]:
    reasons = [[reason.code, reason.number, reason.of] for reason in one.reasons]
    return [str(one.organization_id), str(one.found.offering.offering_id), reasons, list(one.against)]


def suggested(
    suggestion: Suggestion, shown: public.Shown, matter_id: UUID, case_id: UUID | None, chosen: Sequence[UUID]
) -> public.ReferralSuggested:
    """What goes on record beside the choice."""
    left_out = suggestion.left_out
    counts = Counter(code for one in left_out for code in one.against)
    return public.ReferralSuggested(
        matter_id=matter_id, case_id=case_id, model=MODEL, weights=WEIGHTS.version, position=shown.position,
        digest=shown.digest, as_shown=shown.digest == suggestion.digest,
        ranked=tuple(
            public.Suggested(
                organization_id=one.organization_id, offering_id=one.found.offering.offering_id, reasons=one.reasons
            )
            for one in suggestion.ranked[:MOST_RANKED]
        ),
        left_out=tuple(
            public.LeftOut(organization_id=one.organization_id, against=one.against)
            for one in left_out[:MOST_LEFT_OUT]
        ),
        excluded=tuple(public.Excluded(code=code, number=number) for code, number in sorted(counts.items())),
        chosen=tuple(chosen),
    )  # fmt: skip


def instead(suggestion: Suggestion) -> tuple[str, str]:
    """Who could be asked instead, or what could be done, as the end of a sentence in English and in Chinese."""
    if ranked := suggestion.ranked[:MOST_NAMED]:
        codes = [one.found.code for one in ranked]
        return f" Could be asked instead: {', '.join(codes)}.", f" 可改为询问: {'、'.join(codes)}。"
    if able := suggestion.relaxations:
        en = "; ".join(_relaxed(one, "en") for one in able)
        zh = "; ".join(_relaxed(one, "zh") for one in able)
        return f" Nobody else fits as it is; one could {en}.", f" 目前没有其他合适机构; 可考虑: {zh}。"
    return " Nobody else offers it.", " 暂无其他机构提供。"


def _relaxed(one: Relaxation, language: str) -> str:
    return f"{RELAXATION.label(one.code, language)} ({', '.join(c.found.code for c in one.candidates)})"
