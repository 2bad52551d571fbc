"""Whoever looks up what a form lets people choose from, and one such choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.console.acts.act import Circumstances
from services.console.hub import Hub
from services.console.record import Story
from services.console.words import Words

MOST = 200


@dataclass(frozen=True, kw_only=True)
class Option:
    """One choice: what is sent, what is read; what speaks for it, and what against."""

    value: str
    label: str
    reasons: tuple[str, ...] = ()
    against: tuple[str, ...] = ()

    @property
    def possible(self) -> bool:
        """Whether it can be chosen."""
        return not self.against


@dataclass(frozen=True, kw_only=True)
class Looking:
    """Whoever looks up what can be chosen, for one form; `shown` goes with the form, out of sight."""

    hub: Hub
    at: Circumstances
    story: Story
    words: Words
    shown: dict[str, str] = field(default_factory=dict)

    def rows(self, service: str, path: str, **query: str) -> list[Mapping[str, Any]]:
        """The rows of a list; none where it may not be seen."""
        answer = self.hub.get(service, path, **query)
        rows = answer.body.get("items") if answer.ok and isinstance(answer.body, dict) else None
        return list(rows or ())[:MOST]


def organizations(looking: Looking, *kinds: str) -> Iterable[Option]:
    """The active organizations of these kinds, or of any, as parties."""
    for row in looking.rows("referral", "/organizations", state="active"):
        if not kinds or row.get("kind") in kinds:
            party = str(row["party"])
            yield Option(value=party, label=looking.words.party(party), reasons=(looking.words.any(str(row["kind"])),))


def listed(value: Any) -> tuple[str, ...]:
    """Several codes in one column."""
    return (
        tuple(value.replace(",", " ").split()) if isinstance(value, str) else tuple(str(each) for each in value or ())
    )
