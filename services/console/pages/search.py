"""Finding a matter, a person or an organization by a few letters: names by their signs, their pinyin, or its initials. Pure.

A matter is found by the start of its number, by what is needed, or by who has it; a person only by intake, which compares
what is typed with its blind index and gives back no name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from services.console.pages import matters
from services.console.pages.hints import Hints
from services.console.templating import Frame, render
from services.contracts.codes import NEED

LEAST, SHOWN = 2, 20
REF = re.compile(r"[0-9a-f]{4,32}")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found under a word."""

    matters: tuple[matters.Row, ...] = ()
    people: Hints = field(default_factory=Hints)
    organizations: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def sounds(text: str) -> tuple[str, str]:
    """How a text sounds, without blanks and tones, and the initials of that."""
    # The dictionaries take a third of a second to load: only for those who search.
    from pypinyin import lazy_pinyin

    parts = [part for part in lazy_pinyin(text.casefold()) if part.strip()]
    return "".join(parts).replace(" ", ""), "".join(part[0] for part in parts)


def fits(word: str, text: str) -> bool:
    """Whether a text holds what was typed: as it is written, as it sounds, or by initials."""
    plain = word.casefold().replace(" ", "")
    if len(plain) < LEAST and plain.isascii():
        return False
    if plain in text.casefold().replace(" ", ""):
        return True
    sound, initials = sounds(text)
    return plain.isascii() and (plain in sound or plain in initials)


def needs(word: str) -> tuple[str, ...]:
    """The codes of needs that fit."""
    return tuple(code for code, term in NEED.current.terms.items() if fits(word, term.zh) or fits(word, term.en))


def organizations(word: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """The parties whose names fit, in the order of their names."""
    return tuple(sorted((p for p, name in names.items() if fits(word, name)), key=lambda p: names[p]))[:SHOWN]


def reference(word: str) -> str:
    """The start of a matter's number, where it could be one."""
    plain = word.strip().casefold().replace("-", "")
    return plain if REF.fullmatch(plain) else ""


def whom(word: str) -> dict[str, Any]:
    """What intake is asked about a person: a number of a document, a telephone, or a name."""
    digits = re.sub(r"[\s-]", "", word)
    if re.fullmatch(r"[0-9*]{14,17}[0-9Xx*]", digits):
        return {"id_number": digits}
    if re.fullmatch(r"\+?[0-9*]{7,15}", digits):
        return {"phone": digits}
    return {"pseudonym": word.strip()} if len(word.strip()) >= LEAST else {}


def page(frame: Frame, word: str = "", found: Found | None = None) -> str:
    """The whole page; without a word just the field."""
    return render("search.html", frame, word=word, f=found)


def rows(found: Iterable[Mapping[str, Any]]) -> tuple[matters.Row, ...]:
    """Matters from rows of the view."""
    return tuple(matters.row(each) for each in found)
