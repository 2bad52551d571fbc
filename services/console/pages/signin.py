"""The sign-in page: in a demo, one button for each role; elsewhere, whom to ask."""

from __future__ import annotations

from services.console.accounts import Account
from services.console.templating import Frame, render


def page(accounts: tuple[Account, ...], frame: Frame) -> str:
    """The whole page."""
    return render("signin.html", frame, accounts=accounts)
