"""The pages of an auditor who asks to see who somebody is: what was asked, and what was opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.console.gate.unsealing import CATEGORIES, OPEN_FOR, Asked
from services.console.templating import Frame, render
from services.contracts.codes import READ_PURPOSE

USUAL = "audit"


def until(one: Asked) -> datetime | None:
    """Until when it can be opened."""
    return None if one.approved_at is None else one.approved_at + OPEN_FOR


def page(matter_id: UUID, asked: Sequence[Asked], frame: Frame, key: str, wrong: str = "") -> str:
    """What was asked about a matter, and the form to ask."""
    return render(
        "unsealing.html", frame, matter_id=matter_id, asked=asked, key=key, wrong=wrong, until=until, usual=USUAL,
        purposes=tuple(READ_PURPOSE.current.terms), categories=CATEGORIES,
    )  # fmt: skip


def opened(one: Asked, fields: Mapping[str, Any], notes: Sequence[Mapping[str, Any]], frame: Frame) -> str:
    """What was opened: shown this once, and kept by nobody on the way."""
    return render("unsealed.html", frame, one=one, fields=fields, notes=notes)
