"""One's own account: who one is here, one's secrets, and where one is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.console.accounts import Account
from services.console.gate.sessions import Session
from services.console.templating import Frame, render
from services.console.views import aware

__all__ = ["Place", "as_session", "aware", "page"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A machine at which one is in."""

    which: str
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime
    device: str
    is_this: bool

    @property
    def parts(self) -> tuple[str, str]:
        """Browser and system, as codes."""
        browser, _, system = (self.device or "other-other").partition("-")
        return browser, system


def as_session(row: Mapping[str, Any], account: Mapping[str, Any] | None) -> Session:
    """A row of the sessions with the account that it is of."""
    return Session(
        holder=row["holder"], stage=row["stage"], begun_at=aware(row["begun_at"]), seen_at=aware(row["seen_at"]),
        account=account, prefs={},
    )  # fmt: skip


def page(frame: Frame, who: Account, row: Mapping[str, Any] | None, places: list[Place], wrong: str = "") -> str:
    """The whole page; `row` is the account on record, None for the demo's people."""
    return render("own.html", frame, who=who, row=row, places=places, wrong=wrong)
