"""Templates turned into pages: one Jinja environment, what every page has in common, and how numbers are written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.console.words import Words

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What surrounds every page: who looks, how they like to see it, what was just done."""

    words: Words
    path: str = "/"
    user: str = ""
    theme: str = "auto"
    type: str = "normal"
    csrf: str = ""
    done: str = ""
    failed: str = ""
    nav: tuple[tuple[str, str], ...] = ()
    demo: bool = False


def pixels(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def clip(text: str, most: int) -> str:
    """A text cut to a width counted in Chinese characters: two Latin ones take the room of one."""
    width = 0.0
    for place, sign in enumerate(text):
        width += 1 if ord(sign) > 0x2E80 else 0.55
        if width > most:
            return text[: max(1, place - 1)].rstrip() + "…"
    return text


@cache
def environment() -> Environment:
    """The templates, compiled once; everything is escaped, and a misspelt name fails."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(("html", "jinja")),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    env.filters |= {"px": pixels, "clip": clip}
    return env


def render(template: str, frame: Frame, **model: object) -> str:
    """A template filled in: `t` are the words, `frame` what every page shares."""
    return environment().get_template(template).render(t=frame.words, frame=frame, **model)
