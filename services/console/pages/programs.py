"""The ways on which an organization's own programs take part, and how far each has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from services.console.pages.overseeing import moment
from services.console.templating import Frame, render
from services.contracts.partner import TokenScope

Row = Mapping[str, Any]
USUAL = ("feed", "offers", "answers")
ENDED = 5


@dataclass(frozen=True, kw_only=True)
class Once:
    """A secret that is shown this once: a token's, or a webhook's with the key by which it can be checked."""

    kind: str
    holder: str
    secret: str
    public_key: str = ""


@dataclass(frozen=True, kw_only=True)
class Ways:
    """What the partner service says of an organization's programs."""

    tokens: Sequence[Row]
    endpoints: Sequence[Row]
    attempts: Mapping[str, Sequence[Row]]
    sequence: Row
    queue: Row | None

    @property
    def live(self) -> list[Row]:
        """The tokens that can be used, program by program, the newest first."""
        return sorted((t for t in self.tokens if t["state"] == "live"), key=lambda t: str(t["holder"]))

    @property
    def over(self) -> list[Row]:
        """The last of those that cannot."""
        return [t for t in self.tokens if t["state"] != "live"][:ENDED]

    @property
    def head(self) -> int:
        """The last number of the sequence."""
        return int(self.sequence.get("head") or 0)


def page(found: Ways, frame: Frame, key: str, once: Once | None = None) -> str:
    """The whole page."""
    return render(
        "programs.html", frame, w=found, key=key, once=once, scopes=get_args(TokenScope), usual=USUAL, at=at,
        kept=size_of(found.sequence.get("checkpoint")),
    )  # fmt: skip


def at(text: object) -> datetime | None:
    """A moment of an answer."""
    return moment(text)


def size_of(note: str | None) -> str:
    """The size that a signed head speaks of; empty without one."""
    lines = (note or "").split("\n")
    return lines[1] if len(lines) > 1 else ""
