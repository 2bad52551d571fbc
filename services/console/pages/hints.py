"""Who may be on record already, while somebody is being typed in: by what they are alike, and what is open for them.

Nobody's name is shown here: whoever wants to know goes to the matter. Of other stations' people only the station is
told (H4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.console.templating import Frame, render

NONE = "none"
"""What is chosen when it is none of those shown."""

SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class OpenMatter:
    """Something open for a person: where it can be seen, if it can, and who holds it."""

    kind: str
    holder: str
    matter_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Hint:
    """One record that may be of the same human being."""

    person_id: str
    rule: str
    station: str
    age: str = "unknown"
    matters: tuple[OpenMatter, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hints:
    """All that look alike, the likeliest first, and the stations at which somebody alike has something open."""

    found: tuple[Hint, ...] = ()
    elsewhere: tuple[str, ...] = ()
    asked: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """The records shown."""
        return tuple(hint.person_id for hint in self.found)


def hint(row: Mapping[str, Any], person: Mapping[str, Any], matters: Sequence[Mapping[str, Any]]) -> Hint:
    """A hint from what intake says: of the likeness, of the record, and of what is open."""
    return Hint(
        person_id=str(row["person_id"]), rule=str(row["rule"]), station=str(row["station"]),
        age=str(person.get("age_band") or "unknown"),
        matters=tuple(
            OpenMatter(kind=str(m["kind"]), holder=str(m["holder"] or ""), matter_id=str(m["matter_id"] or ""))
            for m in matters
        ),
    )  # fmt: skip


def fragment(hints: Hints, frame: Frame, chosen: str = "") -> str:
    """The part of the form that changes as one types."""
    return render("_hints.html", frame, h=hints, chosen=chosen)
