"""The filter and the order over the whole roster: the hard rules of the domain on columns, then costs, then reasons.

No cost is shown to anybody and nobody is rated: a suggestion says what speaks for whom, how many each rule kept out,
and of one who is asked about, which rules (国办函〔2026〕12号: no ranking, no score of a person).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

import numpy as np

from services.contracts.codes_matching import Reason
from services.volunteer.domain.eligibility import Needs, proof_of
from services.volunteer.domain.rules import HARD, NEVER, Asked, Who, bits
from services.volunteer.matching.columns import Array, place_of
from services.volunteer.matching.roster import Roster, minute, month
from services.volunteer.matching.weights import WEIGHTS, Weights

EASED = (
    "asked-already", "clash", "not-insured", "not-cleared", "guardian-consent", "skill-missing", "beyond-ability", "not-active",
    "not-qualified",
)  # fmt: skip
"""What could be made to hold where nobody is left, the cheapest first."""
MOST_EASED = 3
FEW = 7
"""So many skills or demands go into one byte of a mask."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for: what the task needs, on which day, where, for whom; who is out of the question beforehand."""

    needs: Needs
    day: date
    area: str | None = None
    person_id: UUID | None = None
    asked: tuple[str, ...] = ()
    going: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    barred: frozenset[UUID] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Suggested:
    """One who can go, with what speaks for it; `parts` order them and are shown to nobody."""

    party: str
    reasons: tuple[Reason, ...]
    parts: dict[str, int]

    @property
    def cost(self) -> int:
        """All parts together."""
        return sum(self.parts.values())


class Choice:
    """One search over the roster, done once; ask it for the first few, for one of them, or why there is nobody."""

    def __init__(self, roster: Roster, search: Search, weights: Weights = WEIGHTS) -> None:
        self.roster, self.search, self.weights = roster, search, weights
        self.kept_out: dict[str, int] = {}
        self.fits = self._filter(None)

    # --- the filter ---

    @cached_property
    def _who(self) -> Who:
        c, needs, day = self.roster.columns, self.search.needs, self.search.day.toordinal()
        skills, demands = places(needs.skills), places(needs.demands)
        return Who(
            active=self._active, grown=c["grown"], consented=c["consented"],
            held=_bits(c.get, "held", skills, 1), trained=_bits(c.get, "trained", skills, day),
            qualified=_bits(c.get, "qualified", skills, day), limits=_bits(c.get, "limit", demands, 1),
            insured_from=c["insured_from"], insured_until=c["insured_until"], cleared_until=c["cleared_until"],
        )  # fmt: skip

    @cached_property
    def _active(self) -> Array:
        """Who goes for somebody who may act: not those whose organizations are all suspended or have left (INV-43)."""
        active: Array = self.roster.columns["active"]
        at = [place for one in self.search.barred if (place := self.roster.index.get(one)) is not None]
        if at:
            active = active.copy()
            active[at] = False
        return active

    @cached_property
    def _asked(self) -> Asked:
        needs, skills = self.search.needs, places(self.search.needs.skills)
        proofs = {skill: proof_of(skill) for skill in needs.skills}
        return Asked(
            day=self.search.day.toordinal(), skills=bits(needs.skills, skills),
            training=bits((s for s, proof in proofs.items() if proof.training), skills),
            qualification=bits((s for s, proof in proofs.items() if proof.qualification), skills),
            demands=bits(needs.demands, places(needs.demands)), risky=needs.risk != "none", with_minor=needs.with_minor,
        )  # fmt: skip

    @cached_property
    def _rules(self) -> list[tuple[str, Array]]:
        """Each rule with whether it holds, in the order in which they are told."""
        size = self.roster.columns.size
        found = [(r.code, np.broadcast_to(np.asarray(r.holds(self._who, self._asked), bool), size)) for r in HARD]
        if (slot := slot_of(self.search.needs)) is not None:
            found.append(("clash", ~self.roster.is_bound(*slot)))
        named = (
            ("own-family", self.search.family),
            ("goes-already", self.search.going),
            ("asked-already", self.search.asked),
        )
        return found + [(code, self._others(parties)) for code, parties in named if parties]

    def _others(self, parties: tuple[str, ...]) -> Array:
        holds = np.ones(self.roster.columns.size, dtype=bool)
        holds[self.roster.places(parties)] = False
        return holds

    def _filter(self, without: str | None) -> Array:
        """Who may be sent; how many each rule kept out, by the first that fails."""
        left = np.ones(self.roster.columns.size, dtype=bool)
        before, kept_out = left.size, {}
        for code, holds in self._rules:
            if code == without:
                continue
            left &= holds
            after = int(np.count_nonzero(left))
            if after < before:
                kept_out[code] = before - after
            before = after
        if without is None:
            self.kept_out = kept_out
        return left

    # --- the order ---

    @cached_property
    def _rings(self) -> list[tuple[int, int, int]]:
        """The numbers of the areas that are near, from the widest to the nearest: from, to, and how far that is thought to be."""
        here, w, rings = place_of(self.search.area), self.weights, []
        for digits, minutes in ((6, w.district), (9, w.street), (12, w.community)):
            unit = 10 ** (12 - digits)
            if here and ((here // unit) % 1000 or digits == 6):
                rings.append((here // unit * unit, here // unit * unit + unit, minutes))
        return rings

    def _places(self, at: Array) -> Array:
        """How far each of these is thought to be."""
        if not self._rings:
            return np.zeros(at.size, dtype="int32")
        theirs = self.roster.columns["place"][at]
        far = np.full(theirs.size, self.weights.elsewhere, dtype="int32")
        for low, high, minutes in self._rings:
            far[(theirs >= low) & (theirs < high)] = minutes
        far[theirs == 0] = self.weights.unknown
        return far

    def _place(self, at: int) -> int:
        """The same of one."""
        theirs, within = int(self.roster.columns["place"][at]), self.weights.elsewhere if self._rings else 0
        for low, high, minutes in self._rings:
            within = minutes if low <= theirs < high else within
        return within if theirs or not self._rings else self.weights.unknown

    def _hours(self, at: Array) -> Array:
        minutes = self.roster.columns.get(month(self.search.day), None)
        return np.zeros(at.size, "int32") if minutes is None else (minutes[at] + 59) // 60

    @cached_property
    def _known(self) -> dict[int, int]:
        """Who has been with the person, and how often."""
        person_id = self.search.person_id
        known = self.roster.usual.get(person_id, Counter()) if person_id else Counter[int]()
        return {at: times for at, times in known.items() if times > 0}

    def _costs(self, at: Array) -> Array:
        """What each of these costs."""
        cost: Array = self._places(at) + self.weights.load * self._hours(at)
        cost = cost - self.weights.thanked * self.roster.columns["thanked"][at]
        if self._known:
            cost = cost + self.weights.not_usual * ~np.isin(at, list(self._known))
        return cost

    def first(self, most: int) -> list[Suggested]:
        """The first few, in order; among equals those who have been in the roster longest."""
        return [self._suggested(at) for at in self._first(most)]

    def names(self, most: int) -> list[str]:
        """Who the first few are, in order: what speaks for each is asked of those alone who are shown."""
        return [self.roster.party(at) for at in self._first(most)]

    def _first(self, most: int) -> list[int]:
        fit = np.flatnonzero(self.fits)
        costs = self._costs(fit)
        if fit.size > most:
            bar = np.partition(costs, most - 1)[most - 1]
            kept = costs <= bar
            fit, costs = fit[kept], costs[kept]
        found: list[int] = fit[np.argsort(costs, kind="stable")][:most].tolist()
        return found

    def _suggested(self, at: int) -> Suggested:
        return Suggested(party=self.roster.party(at), reasons=tuple(self._reasons(at)), parts=self._parts(at))

    def _parts(self, at: int) -> dict[str, int]:
        usual = self.weights.not_usual if self._known and at not in self._known else 0
        thanked = -self.weights.thanked if self.roster.columns["thanked"][at] else 0
        load = self.weights.load * int(self._hours(np.array([at]))[0])
        return {"usual": usual, "load": load, "place": self._place(at), "thanked": thanked}

    # --- reasons ---

    def _reasons(self, at: int) -> Iterator[Reason]:
        if at in self._known:
            yield Reason(code="usual", number=self._known[at])
        yield from self._where(at)
        if skills := self.search.needs.skills:
            yield Reason(code="skilled", number=len(set(skills)))
            ends = [day for s in skills if (day := int(self.roster.columns.get(f"trained {s}", _NOBODY)[at])) > NEVER]
            yield from _lasting("trained-until", min(ends, default=NEVER))
        if self.search.needs.with_minor:
            yield from _lasting("cleared-until", int(self.roster.columns["cleared_until"][at]))
        if self.search.needs.risk != "none":
            yield from _lasting("insured-until", int(self.roster.columns["insured_until"][at]))
        hours = int(self._hours(np.array([at]))[0])
        yield Reason(code="hours-this-month", number=hours) if hours else Reason(code="free-this-month")
        if self.roster.columns["thanked"][at]:
            yield Reason(code="thanked")

    def _where(self, at: int) -> Iterator[Reason]:
        w = self.weights
        said = {
            w.community: "same-community", w.street: "same-street", w.district: "same-district", w.elsewhere: "elsewhere",
            w.unknown: "place-unknown",
        }  # fmt: skip
        if self.search.area:
            yield Reason(code=said[self._place(at)])

    def speaking_for(self, party: str) -> tuple[Reason, ...]:
        """What speaks for this one, whoever is asked in the end; nothing of one whom the roster does not know."""
        at = self.roster.place(party)
        return () if at is None else tuple(self._reasons(at))

    # --- why not, why nobody ---

    def one(self, party: str) -> Suggested | None:
        """This one, if he can go."""
        at = self.roster.place(party)
        return self._suggested(at) if at is not None and self.fits[at] else None

    def why_not(self, party: str) -> tuple[str, ...]:
        """Every rule that keeps this one out; nothing when all hold."""
        at = self.roster.place(party)
        if at is None:
            return ("not-a-volunteer",)
        return tuple(code for code, holds in self._rules if not holds[at])

    def eased(self) -> list[tuple[str, int]]:
        """Where nobody is left: what could be made to hold, and how many could go then, each tried by looking again."""
        if self.fits.any():
            return []
        tried = ((code, int(np.count_nonzero(self._filter(code)))) for code in EASED)
        return [(code, number) for code, number in tried if number][:MOST_EASED]


class _Nobody:
    """A column in which nobody has anything."""

    def __getitem__(self, at: object) -> int:
        return NEVER


_NOBODY = _Nobody()


def places(codes: tuple[str, ...]) -> dict[str, int]:
    """The bit of each code, in the order in which they are asked for."""
    return {code: place for place, code in enumerate(dict.fromkeys(codes))}


def _bits(get: object, kind: str, codes: dict[str, int], least: int) -> Array | int:
    """Of each volunteer the codes that hold, as bits."""
    found: Array | int = 0
    kind_of = "uint8" if len(codes) <= FEW else "int64"
    for code, place in codes.items():
        column = get(f"{kind} {code}", None)  # type: ignore[operator]
        if column is not None:
            found = found | ((column >= least).astype(kind_of) << place if place else (column >= least).astype(kind_of))
    return found


def _lasting(code: str, day: int) -> Iterator[Reason]:
    if NEVER < day < date.max.toordinal():
        ends = date.fromordinal(day)
        yield Reason(code=code, number=ends.year, of=ends.month)


def slot_of(needs: Needs) -> tuple[int, int] | None:
    """The minutes of the task's slot; an hour where its end is not known."""
    start: datetime | None = needs.slot_start
    if start is None:
        return None
    return minute(start), minute(needs.slot_end or start + timedelta(hours=1))
