"""What the contracts declare about events, by their name on the wire; nothing for a name that no contract knows."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass
from functools import cache

import services.contracts
from services.kernel.contract import EVENTS, about


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is declared about one type of event."""

    zh: str
    en: str
    opens: str = ""
    closes: str = ""
    handoff: bool = False
    restricted: bool = False
    strikes: bool = False

    @property
    def moves(self) -> bool:
        """Whether the chain of responsibility is derived from it."""
        return self.handoff or bool(self.opens) or bool(self.closes)


def load() -> None:
    """Know the whole language: every contract of every publisher, whatever will be written yet."""
    for module in pkgutil.walk_packages(services.contracts.__path__, "services.contracts."):
        importlib.import_module(module.name)


load()


@cache
def facts_of(name: str) -> Facts:
    """The facts of a type; a type that this reader does not know passes under its own name."""
    known = EVENTS.get(name)
    if known is None:
        return Facts(zh=name, en=name)
    declared = about(known)
    return Facts(
        zh=declared["zh"],
        en=spoken(known.__name__),
        opens=declared.get("opens", ""),
        closes=declared.get("closes", ""),
        handoff=bool(declared.get("handoff")),
        restricted=bool(declared.get("restricted")),
        strikes=bool(declared.get("strikes")),
    )


def spoken(name: str) -> str:
    """`ReferralAccepted` -> `Referral accepted`."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).capitalize()


def moving() -> frozenset[str]:
    """The types from which the chain of responsibility is derived."""
    return frozenset(name for name in EVENTS if facts_of(name).moves)


def restricted() -> frozenset[str]:
    """The types that only named roles may read."""
    return frozenset(name for name in EVENTS if facts_of(name).restricted)


def strikes(name: str) -> bool:
    """Whether events of this type say of an earlier one that it should never have been said, whatever it moved."""
    return name in EVENTS and facts_of(name).strikes


def striking() -> frozenset[str]:
    """The types that say of an earlier event that it should never have been said, whatever it moved."""
    return frozenset(name for name in EVENTS if facts_of(name).strikes)
