"""The design's promises that can be computed: contrast of text in light and dark, nothing fetched from elsewhere."""

from __future__ import annotations

import re

import pytest

from services.console import design

CSS = design.CSS.read_text()

LIGHT, DARK = design.colours(design.LIGHT), design.colours(design.DARK)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(theme: dict[str, str]):
    poor = {
        pair: round(design.contrast(theme[pair[0]], theme[pair[1]]), 2)
        for pair in design.TEXTS
        if design.contrast(theme[pair[0]], theme[pair[1]]) < design.ENOUGH
    }
    assert poor == {}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_drawn_stands_out_from_its_ground(theme: dict[str, str]):
    assert [
        pair for pair in design.DRAWN if design.contrast(theme[pair[0]], theme[pair[1]]) < design.ENOUGH_DRAWN
    ] == []


def test_dark_by_choice_and_dark_by_the_system_are_the_same():
    assert design.colours(':root[data-theme="auto"] {') == DARK


def test_every_property_that_is_used_is_set():
    used = set(re.findall(r"var\(--([\w-]+)", CSS)) - {"n", "c"}
    assert used <= set(re.findall(r"--([\w-]+):", CSS))


def test_nothing_comes_from_elsewhere():
    assert "url(" not in CSS
    assert "@import" not in CSS
