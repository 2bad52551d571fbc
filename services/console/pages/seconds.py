"""The page of what waits for a second person."""

from __future__ import annotations

from dataclasses import dataclass

from services.console.acts.act import Act
from services.console.gate.second import Waiting
from services.console.pages.act import name_of_act
from services.console.templating import Frame, render


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One thing that waits, with its act."""

    one: Waiting
    act: Act

    @property
    def told(self) -> list[tuple[str, str]]:
        """What was typed: fields and codes."""
        return [
            (name, str(value)) for name, value in self.one.body.items() if name != "happened" and isinstance(value, str)
        ]


def page(frame: Frame, others: list[Shown], own: list[Shown]) -> str:
    """The whole page."""
    return render("seconds.html", frame, others=others, own=own, named=lambda act: name_of_act(act, frame.words))
