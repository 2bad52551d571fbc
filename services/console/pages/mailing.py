"""Where an organization without an account is told of offers by mail, and what became of its letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.console.pages.overseeing import moment
from services.console.templating import Frame, render

Row = Mapping[str, Any]
ENDED = ("sent", "failed", "dropped")


def page(organization: Row, stands: Row, letters: Iterable[Row], frame: Frame, key: str) -> str:
    """The whole page; letters that have not arrived stand first."""
    rows = sorted(letters, key=lambda row: (row["state"] == "sent", row["state"] == "dropped"))
    return render(
        "mailing.html", frame, organization=organization, stands=stands, letters=rows, key=key, at=at, opens=opens
    )


def at(text: object) -> datetime | None:
    """A moment of an answer."""
    return moment(text)


def opens(letter: Row, stands: Row, now: datetime) -> bool:
    """Whether the letter's link may still be used, so that there is something to take back."""
    until = at(letter["expires_at"])
    is_good = letter["used_at"] is None and until is not None and until > now and not letter.get("revoked_at")
    return is_good and stands["state"] == "active" and letter["generation"] == stands["generation"]
