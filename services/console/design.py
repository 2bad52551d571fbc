"""The design system as data: the custom properties of `console.css`, and how well what is written stands out (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CSS = Path(__file__).parent / "static" / "console.css"
LIGHT, DARK = ":root {", ':root[data-theme="dark"] {'
INKS, GROUNDS = ("ink", "ink-2", "ink-3", "accent", "late", "warn", "good"), ("paper", "card", "card-2")
TEXTS = (
    *((ink, ground) for ink in INKS for ground in GROUNDS), ("on-accent", "accent"), ("accent", "accent-2"),
    ("late", "late-2"), ("warn", "warn-2"), ("good", "good-2"), ("ink", "warn-2"),
)  # fmt: skip
"""What is written on what: each of these stands out by 4.5 to 1 at least, in both themes."""
DRAWN = tuple((f"n{n}", "card") for n in range(1, 7))
"""What is drawn on what: by 3 to 1."""
ENOUGH, ENOUGH_DRAWN = 4.5, 3.0


@dataclass(frozen=True)
class Colour:
    """A custom property with its value in both themes."""

    name: str
    light: str
    dark: str


@dataclass(frozen=True)
class Pair:
    """One colour on another, and by how much it stands out in both themes."""

    ink: Colour
    ground: Colour

    @property
    def light(self) -> float:
        """In the light theme."""
        return contrast(self.ink.light, self.ground.light)

    @property
    def dark(self) -> float:
        """In the dark theme."""
        return contrast(self.ink.dark, self.ground.dark)


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@cache
def colours(selector: str) -> dict[str, str]:
    """The custom properties that a rule sets to a colour."""
    css = CSS.read_text(encoding="utf-8")
    rule = css[css.index(selector) :]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", rule[: rule.index("}")]))


def palette() -> list[Colour]:
    """Every colour, in the order of the style sheet."""
    dark = colours(DARK)
    return [Colour(name, light, dark.get(name, light)) for name, light in colours(LIGHT).items()]


def pairs() -> list[Pair]:
    """Everything that is written on something."""
    known = {colour.name: colour for colour in palette()}
    return [Pair(known[ink], known[ground]) for ink, ground in TEXTS]
