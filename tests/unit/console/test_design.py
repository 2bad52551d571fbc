"""The design's promises that can be computed: contrast of text in light and dark, nothing fetched from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[3] / "services" / "console" / "static" / "console.css").read_text()

TEXTS = [
    (ink, ground)
    for ink in ("ink", "ink-2", "ink-3", "accent", "late", "warn", "good")
    for ground in ("paper", "card", "card-2")
] + [
    ("on-accent", "accent"),
    ("accent", "accent-2"),
    ("late", "late-2"),
    ("warn", "warn-2"),
    ("good", "good-2"),
    ("ink", "warn-2"),
]
DRAWN = [(f"n{n}", "card") for n in range(1, 7)]


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colours(selector: str) -> dict[str, str]:
    """The custom properties that a rule sets to a colour."""
    rule = CSS[CSS.index(selector) :]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", rule[: rule.index("}")]))


LIGHT, DARK = colours(":root {"), colours(':root[data-theme="dark"] {')


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(theme: dict[str, str]):
    poor = {
        pair: round(contrast(theme[pair[0]], theme[pair[1]]), 2)
        for pair in TEXTS
        if contrast(theme[pair[0]], theme[pair[1]]) < 4.5
    }
    assert poor == {}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_drawn_stands_out_from_its_ground(theme: dict[str, str]):
    assert [pair for pair in DRAWN if contrast(theme[pair[0]], theme[pair[1]]) < 3] == []


def test_dark_by_choice_and_dark_by_the_system_are_the_same():
    assert colours(':root[data-theme="auto"] {') == DARK


def test_every_property_that_is_used_is_set():
    used = set(re.findall(r"var\(--([\w-]+)", CSS)) - {"n", "c"}
    assert used <= set(re.findall(r"--([\w-]+):", CSS))


def test_nothing_comes_from_elsewhere():
    assert "url(" not in CSS
    assert "@import" not in CSS
