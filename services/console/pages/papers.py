"""The pages of paper forms: the list of them, and one as it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.console.papers import FORMS, OF_MATTER
from services.console.papers.paper import Paper
from services.console.papers.volunteers import hours
from services.console.templating import Frame, render


def index(frame: Frame, matter: str = "") -> str:
    """Every form; those of a matter with a way to fill them in."""
    return render("papers.html", frame, forms=tuple(FORMS), of_matter=OF_MATTER, matter=matter)


def page(paper: Paper, frame: Frame, back: str, superseded: bool = False) -> str:
    """One form, as it lies on the sheet."""
    return render("paper.html", frame, p=paper, back=back, superseded=superseded)


def check_page(frame: Frame, code: str, found: Mapping[str, Any]) -> str:
    """Whether a statement holds, or that there is none under this code."""
    minutes = hours(int(found["minutes"])) if found else ""
    issued = datetime.fromisoformat(str(found["issued_at"])) if found else None
    return render("record_check.html", frame, code=code, s=found, sum=minutes, issued=issued)
