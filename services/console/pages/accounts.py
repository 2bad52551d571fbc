"""The administrator's pages of accounts: all of them, and one with what may be done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.console.domain.account import HOLDERS_ROLES
from services.console.gate.door import SECOND_FOR
from services.console.templating import Frame, render
from services.console.views import aware

SUSPENDED_FOR = ("left", "leave", "misuse", "other")


Known = tuple[str, str]
"""An organization that somebody may work for: its code in the directory, and what it is called."""


def page(
    frame: Frame, rows: Sequence[Mapping[str, Any]], wrong: str, form: Mapping[str, str], known: Sequence[Known] = ()
) -> str:
    """All accounts."""
    return render("accounts.html", frame, rows=rows, wrong=wrong, form=form, roles=HOLDERS_ROLES, known=known)


def one(
    frame: Frame, row: Mapping[str, Any], bound: Sequence[Mapping[str, Any]], is_own: bool, wrong: str, link: str,
    known: Sequence[Known] = (),
) -> str:  # fmt: skip
    """One account; `link` is shown this once."""
    until = row.get("invited_until")
    return render(
        "account.html", frame, a=row, bound=bound, is_own=is_own, wrong=wrong, link=link, roles=HOLDERS_ROLES,
        reasons=SUSPENDED_FOR, known=known, needs_second=row.get("role") in SECOND_FOR,
        invited=aware(until) if until is not None and aware(until) > frame.words.now else None,
    )  # fmt: skip
