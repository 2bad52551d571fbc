"""The page of what waits for a second person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.console.acts.act import Act
from services.console.acts.erasing import DECIDE
from services.console.gate.second import Waiting
from services.console.gate.unsealing import Asked
from services.console.pages.act import name_of_act
from services.console.templating import Frame, render
from services.console.words import Words


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One thing that waits, with its act."""

    one: Waiting
    act: Act

    def told(self, words: Words) -> list[tuple[str, str]]:
        """What was typed: fields and codes, in words; of a decision kind by kind, each kind."""
        plain = {name: value for name, value in self.one.body.items() if name not in ("happened", "decisions")}
        said = [(words.field(name), words.any(str(each))) for name, value in plain.items() for each in _several(value)]
        return said + [_decided(each, words) for each in self.one.body.get("decisions") or ()]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _decided(one: Mapping[str, str], words: Words) -> tuple[str, str]:
    """What is to become of one kind, on which basis, until when."""
    fate, basis = words.code("erasure-fate", one.get("fate")), words.code("erasure_basis", one.get("basis"))
    return words.code("erasure-kind", one.get("kind")), words("list.comma").join(
        [fate, basis, *filter(None, [one.get("until")])]
    )


def place_of(one: Waiting) -> str:
    """Where what was done can be seen, if the matter's own record does not tell of it."""
    return f"/matters/{one.matter_id}/erasure" if one.of == DECIDE.of else f"/matters/{one.matter_id}"


def page(frame: Frame, others: list[Shown], own: list[Shown], sealed: list[Asked]) -> str:
    """The whole page."""
    return render(
        "seconds.html",
        frame,
        others=others,
        own=own,
        sealed=sealed,
        named=lambda act: name_of_act(act, frame.words),
    )
