"""The pages at the door: a name and a password, the second factor, a link that was given, codes that are shown once."""

from __future__ import annotations

from dataclasses import dataclass

import segno

from services.console.accounts import Account
from services.console.templating import Frame, render


def page(
    accounts: tuple[Account, ...], frame: Frame, wrong: str = "", holder: str = "", elsewhere: bool = False
) -> str:
    """The first page; `accounts` are the demo's, `elsewhere` says that one may sign in by an identity provider."""
    return render("signin.html", frame, accounts=accounts, wrong=wrong, holder=holder, elsewhere=elsewhere)


def second(frame: Frame, wrong: str = "") -> str:
    """Where the code of the moment is shown."""
    return render("second.html", frame, wrong=wrong)


def enrolment(frame: Frame, secret: str, address: str, action: str, wrong: str = "", password: bool = False) -> str:
    """A secret for the authenticator; `password` asks for the one that is known beside the code."""
    spaced = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    return render(
        "enrolment.html", frame, secret=spaced, address=address, qr=drawn(address), action=action, wrong=wrong,
        password=password,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Code:
    """A QR code as a path of an SVG, with the room around it that readers need; each dark module is a square of one."""

    size: int
    path: str


AROUND = 4
"""Modules of white around the code (ISO/IEC 18004, 9.1)."""


def drawn(address: str) -> Code:
    """An address as a QR code."""
    rows = segno.make(address, error="m", micro=False).matrix
    dark = ((x + AROUND, y + AROUND) for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return Code(size=len(rows) + 2 * AROUND, path="".join(f"M{x} {y}h1v1h-1z" for x, y in dark))


def codes(frame: Frame, made: list[str], on: str) -> str:
    """The codes for when the second factor is lost, once."""
    return render("codes.html", frame, codes=made, on=on)


def invitation(frame: Frame, holder: str, wrong: str = "") -> str:
    """Where a password is set by a link."""
    return render("invitation.html", frame, holder=holder, wrong=wrong)


def unbound(frame: Frame, code: str) -> str:
    """For whoever signed in elsewhere and has no account here yet: what to tell the administrator."""
    return render("unbound.html", frame, code=code)
