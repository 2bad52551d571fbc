"""The short form that takes a request in, and triage: what is typed becomes a command of the intake service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.console.templating import Frame, render
from services.console.words import CHINA
from services.contracts.codes import CAME_BY, DISPOSITION, EMERGENCY_CONTACT, NEED, REPORTER_KIND, RISK_LEVEL, URGENCY


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What can be chosen on the forms, from the current editions of the code tables."""

    needs: tuple[str, ...] = tuple(NEED.current.terms)
    came_by: tuple[str, ...] = tuple(CAME_BY.current.terms)
    reporters: tuple[str, ...] = tuple(REPORTER_KIND.current.terms)
    urgencies: tuple[str, ...] = tuple(URGENCY.current.terms)
    risks: tuple[str, ...] = tuple(RISK_LEVEL.current.terms)
    dispositions: tuple[str, ...] = tuple(DISPOSITION.current.terms)
    contacts: tuple[str, ...] = tuple(EMERGENCY_CONTACT.current.terms)


def page(
    frame: Frame, key: str, given: Mapping[str, str] | None = None, needs: Sequence[str] = (), wrong: str = ""
) -> str:
    """The whole page; after a refusal with what was typed still in it, and why."""
    return render("take.html", frame, c=Choices(), key=key, given=given or {}, needs=needs, wrong=wrong)


def receive(form: Mapping[str, str], needs: Sequence[str], area: str) -> dict[str, Any]:
    """The command that takes a request in, from what was typed; what was left empty is left out."""
    unit = form.get("unit") or f"community:{area}"
    body: dict[str, Any] = {"unit": unit, "area": area, "need_codes": list(needs)}
    for name in ("came_by", "reporter_kind", "urgency", "story", "reporter_name", "reporter_phone"):
        if form.get(name, "").strip():
            body[name] = form[name].strip()
    return body | {"happened": happened(form)}


def says_nothing(form: Mapping[str, str], needs: Sequence[str]) -> bool:
    """Whether neither a need nor any word was given, as when the button is pressed by accident."""
    return not needs and not any(form.get(name, "").strip() for name in ("story", "reporter_name", "reporter_phone"))


def happened(form: Mapping[str, str]) -> dict[str, Any]:
    """When it was asked: the time typed, at the station's own clock, or now."""
    told: dict[str, Any] = {"channel": "web"}
    try:
        at = datetime.fromisoformat(form.get("happened_at", ""))
    except ValueError:
        return told
    return told | {"at": at.replace(tzinfo=CHINA).isoformat(), "precision": "instant"}
