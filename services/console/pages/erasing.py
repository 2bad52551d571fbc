"""The page of an erasure, from the asking to the last receiver's answer: what was asked, decided kind by kind, and done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.console.acts.erasing import DECIDE, DECIDERS, REQUEST
from services.console.acts.people import CHANNELS
from services.console.templating import Frame, render
from services.contracts import codes
from services.contracts.codes_record import ERASURE_BASIS, ERASURE_GROUND
from services.contracts.intake import EVERY_KIND

Row = Mapping[str, Any]

SEALED = ("identity", "contact", "narrative", "health")
"""What lies under the person's key, and so has one fate."""

FATES = ("erased", "restricted", "refused")
BY = ("self", "guardian", "agent", "near_relative", "station")
RESULTS = ("deleted", "returned", "kept", "nothing_held")

USUAL = {
    "sealed": ("erased", "pipl47-erase"), "facts": ("restricted", "pipl47-keep"), "safeguarding": ("refused", "safeguarding"),
}  # fmt: skip
"""What the form begins with: what the law mostly asks for. What it would not let pass, the service says."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What has one fate: the kinds under one key together, each other kind by itself."""

    name: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """Where it stands; `given` is what was typed, `wrong` why that did not do."""

    matter_id: UUID
    person_id: str
    row: Row
    deletions: Sequence[Row] = ()
    role: str = ""
    waits: bool = False
    key: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    wrong: str = ""

    @property
    def state(self) -> str:
        """Its state; empty where nobody has asked."""
        return str(self.row.get("state") or "")

    @property
    def may_ask(self) -> bool:
        """Whether it can be asked now."""
        return self.state in REQUEST.states

    @property
    def may_decide(self) -> bool:
        """Whether this one can decide now; what waits for the second person is not asked twice."""
        return self.state in DECIDE.states and self.role in DECIDERS and not self.waits

    @property
    def parts(self) -> list[Part]:
        """What is to be decided about."""
        return parts_of(listed(self.row.get("kinds")))

    @property
    def decisions(self) -> list[tuple[str, str]]:
        """Kind and fate, as they were decided."""
        return [(kind, fate) for each in listed(self.row.get("decisions")) for kind, _, fate in (each.partition(":"),)]

    @property
    def until(self) -> date | None:
        """Until which day something rests."""
        found = self.row.get("until")
        return date.fromisoformat(str(found)) if found else None

    def fate(self, part: Part) -> str:
        """What stands in the form."""
        return self.given.get(f"fate-{part.name}") or USUAL[part.name][0]

    def basis(self, part: Part) -> str:
        """What stands in the form."""
        return self.given.get(f"basis-{part.name}") or USUAL[part.name][1]


def listed(value: Any) -> list[str]:
    """Several codes in one column."""
    return value.replace(",", " ").split() if isinstance(value, str) else [str(each) for each in value or ()]


def parts_of(kinds: Sequence[str]) -> list[Part]:
    """The kinds that were asked for, in what has one fate each."""
    sealed = tuple(kind for kind in SEALED if kind in kinds)
    first = [Part(name="sealed", kinds=sealed)] if sealed else []
    return first + [Part(name=kind, kinds=(kind,)) for kind in EVERY_KIND if kind in kinds and kind not in SEALED]


def decided(kinds: Sequence[str], form: Mapping[str, str]) -> list[dict[str, str]]:
    """The decision as the command wants it: each kind once, with its fate, its basis and perhaps its day."""
    found = []
    for part in parts_of(kinds):
        told = {name: form.get(f"{name}-{part.name}", "").strip() for name in ("fate", "basis", "until")}
        found += [{"kind": kind} | {name: said for name, said in told.items() if said} for kind in part.kinds]
    return found


def page(one: Erasure, frame: Frame) -> str:
    """The whole page."""
    return render(
        "erasure.html", frame, e=one, fates=FATES, by=BY, results=RESULTS, hows=CHANNELS, kinds=EVERY_KIND,
        bases=tuple(ERASURE_BASIS.current.terms), grounds=tuple(ERASURE_GROUND.current.terms),
        evidence=tuple(codes.EVIDENCE_KIND.current.terms),
    )  # fmt: skip
