"""The short form that takes a request in: what is typed becomes commands of the intake service."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.console.acts.requests import AGES
from services.console.pages.hints import NONE, Hints
from services.console.templating import Frame, render
from services.console.words import CHINA
from services.contracts.codes import (
    CAME_BY,
    DISPOSITION,
    EMERGENCY_CONTACT,
    MATERIAL,
    NEED,
    NEXT_STEP,
    REPORTER_KIND,
    RISK_LEVEL,
    URGENCY,
)

Form = Mapping[str, str]


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
    ages: tuple[str, ...] = AGES
    materials: tuple[str, ...] = tuple(MATERIAL.current.terms)
    steps: tuple[str, ...] = tuple(NEXT_STEP.current.terms)


def page(
    frame: Frame,
    key: str,
    given: Form | None = None,
    needs: Sequence[str] = (),
    wrong: str = "",
    hints: Hints | None = None,
) -> str:
    """The whole page; after a refusal with what was typed still in it, and why."""
    hints = hints or Hints()
    return render("take.html", frame, c=Choices(), key=key, given=given or {}, needs=needs, wrong=wrong, h=hints)


def receive(form: Form, needs: Sequence[str], area: str, person_id: str = "") -> dict[str, Any]:
    """The command that takes a request in, from what was typed; what was left empty is left out."""
    unit = form.get("unit") or f"community:{area}"
    body: dict[str, Any] = {"unit": unit, "area": area, "need_codes": list(needs)}
    for name in ("came_by", "reporter_kind", "urgency", "story", "reporter_name", "reporter_phone"):
        if form.get(name, "").strip():
            body[name] = form[name].strip()
    if person_id:
        body["person_id"] = person_id
    return body | {"happened": happened(form)}


def who(form: Form) -> dict[str, Any]:
    """What is typed about the person, to be compared; empty where it could be anybody."""
    names = {"pseudonym": "client_name", "phone": "client_phone", "id_number": "id_number"}
    found = {field: text for field, name in names.items() if (text := form.get(name, "").strip())}
    if len(re.sub(r"\D", "", found.get("phone", ""))) < 4:
        found.pop("phone", None)
    return found


def person(form: Form, station: str) -> dict[str, Any]:
    """The command that registers the person; empty where nothing about them was typed, or they are on record."""
    names = {"pseudonym": "client_name", "phone": "client_phone", "id_number": "id_number"}
    said = {field: text for field, name in names.items() if (text := form.get(name, "").strip())}
    return {"station": station, "age_band": form.get("age_band") or "unknown", **said} if said else {}


def same(form: Form) -> str:
    """The record that this was said to be of; empty where none was chosen, or none of them."""
    chosen = form.get("same", "")
    return "" if chosen == NONE else chosen


def guidance(form: Form) -> dict[str, Any]:
    """The command that says which papers are there and which are missing; empty where nothing was said."""
    papers = {code: form.get(f"paper-{code}", "") for code in Choices().materials}
    body: dict[str, Any] = {
        "materials_have": [code for code, said in papers.items() if said == "have"],
        "materials_missing": [{"code": code} for code, said in papers.items() if said == "missing"],
        "follow_up_by": form.get("follow_up_by", "").strip(),
        "advice": form.get("advice", "").strip(),
    }
    return {name: value for name, value in body.items() if value}


def says_nothing(form: Form, needs: Sequence[str]) -> bool:
    """Whether neither a need nor any word was given, as when the button is pressed by accident."""
    typed = ("story", "reporter_name", "reporter_phone", "client_name", "client_phone", "id_number")
    return not needs and not any(form.get(name, "").strip() for name in typed)


def happened(form: Form) -> dict[str, Any]:
    """When it was asked: the time typed, at the station's own clock, or now."""
    told: dict[str, Any] = {"channel": "web"}
    try:
        at = datetime.fromisoformat(form.get("happened_at", ""))
    except ValueError:
        return told
    return told | {"at": at.replace(tzinfo=CHINA).isoformat(), "precision": "instant"}
