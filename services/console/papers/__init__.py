"""The forms that stations keep on paper: each from what the hub knows of a matter, and the same form empty.

`found` makes one of them from what the reader may see. An empty form is made from nothing: every line is then written by
hand, and typed in later with its true time. The hub prints no 证明 in its own name (INV-21).
"""

from __future__ import annotations

from collections.abc import Callable

from services.console.papers.cases import case_form, closing_form, service_form
from services.console.papers.known import Known
from services.console.papers.paper import Paper, Pen
from services.console.papers.requests import consent_form, referral_form, request_form
from services.console.papers.volunteers import record_form

Make = Callable[[Pen, Known], Paper]

FORMS: dict[str, Make] = {
    "request": request_form, "case": case_form, "consent": consent_form, "referral": referral_form,
    "service": service_form, "closing": closing_form, "record": record_form,
}  # fmt: skip
"""求助登记表, 接案表, 知情同意书, 转介单与回执, 服务记录, 结案表, 志愿服务记录单."""

OF_MATTER = tuple(name for name in FORMS if name != "record")
"""Those that are about a matter."""


def made(code: str, pen: Pen, known: Known) -> Paper | None:
    """The form of this name; None where there is none."""
    make = FORMS.get(code)
    return make(pen, known) if make is not None else None
