"""The chain of responsibility of one matter, derived from what was said: who answered for it and for each need, when.

It holds INV-1 against the whole history: what it finds is told as `custody.broken`.

Pure. It works off what the contracts declare (`handoff`, `opens`, `closes`) and the handoffs in the data, so an event
that is new to the hub needs no change here. The rules are those of domain rule table 4.6:

* an offer, and its refusal, move nothing; what is taken, returned or released goes from the giver to the takers;
* a need that nobody has taken yet is answered for by whoever answers for its matter;
* who takes what the giver did not hold stands beside the holder: then two answer, and that is a break.

Each object's steps are taken in the order in which they were said, which is the order in which they were decided. Their
times are when they happened, but no step happened before the one that it followed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from services.audit.entries import Entry, standing
from services.audit.steps import Claim, Step, steps_of

MOVING = ("taken", "returned", "released")

Fault = Literal["none", "two", "suspended", "retired", "ended"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """From `start` to `end` (None: still) these answered for the object; more than one claim is a break.

    `idx` is the entry that began it and `act` how; `inherited` says that the need was answered for with its matter.
    Both ends are as precise as the entries say that set them: `precision`, and `end_precision` where there is an end.
    """

    need_id: UUID | None
    claims: tuple[Claim, ...]
    start: int
    end: int | None
    idx: int
    act: str
    inherited: bool = False
    restricted: bool = False
    precision: str = "instant"
    end_precision: str | None = None

    @property
    def passing(self) -> bool:
        """Whether it lasted no time: somebody answered, and at the same moment, as far as that is known, somebody else."""
        return self.end == self.start

    @property
    def holders(self) -> Claim:
        """Everybody who answered, claim by claim."""
        return tuple(dict.fromkeys(party for claim in self.claims for party in claim))


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A stretch of time in which something was open and not held as it must be.

    `kind`: `none` and `two` count the accountable parties; `suspended`, `retired` say that a holder no longer may;
    `ended` that the pairing which held it is over.
    """

    need_id: UUID | None
    kind: Fault
    holders: Claim
    since: int
    until: int | None
    idx: int
    restricted: bool = False

    @property
    def key(self) -> str:
        """Names it among the findings of its matter, the same each time it is derived."""
        return f"{self.need_id or 'matter'}.{self.kind}.{self.idx}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Disqualified:
    """From `since` to `until` (None: still) a party may not hold anything; `idx` is the entry that says so."""

    kind: Fault
    since: int
    until: int | None
    idx: int


Standing = Mapping[str, Sequence[Disqualified]]
"""When which party may not hold anything, by the id in it: `7` for `organization:7`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Custody:
    """The chain of one matter: its steps, who held what between them, what was wrong with it, and what is open.

    `passing` are the stretches that lasted no time: they answer for no moment, and were said all the same.
    """

    steps: tuple[Step, ...] = ()
    intervals: tuple[Interval, ...] = ()
    passing: tuple[Interval, ...] = ()
    findings: tuple[Finding, ...] = ()
    open: tuple[UUID | None, ...] = ()

    def holders(self, need_id: UUID | None = None) -> Claim:
        """Who answers at the end of the chain, for the matter or a need; nobody for what is not open."""
        found = [i.holders for i in self.intervals if i.need_id == need_id and i.end is None]
        return found[-1] if found else ()


def custody(
    entries: Iterable[Entry],
    disqualified: Standing | None = None,
    *,
    valid_at: int | None = None,
    known_at: int | None = None,
) -> Custody:
    """The chain of a matter's entries, as it was at `valid_at`, by what was known at `known_at` (None: now)."""
    steps = [s for s in steps_of(standing(entries, known_at)) if valid_at is None or s.at <= valid_at]
    tracks: dict[UUID | None, Track] = {}
    for step in steps:
        tracks.setdefault(step.need_id, Track(step.need_id)).take(step)
        if step.closes and step.need_id is None:
            for track in tracks.values():
                track.end_with(step)
    matter = tracks.get(None, Track(None))
    stretches = [part for track in tracks.values() for i in track.intervals() for part in inherited(i, matter)]
    intervals = [i for i in stretches if not i.passing]
    findings = [f for i in intervals for f in faults(i, disqualified or {})]
    findings += [f for track in tracks.values() for f in track.ended()]
    if valid_at is not None:
        findings = [clipped(f, valid_at) for f in findings if f.since <= valid_at]
    return Custody(
        steps=tuple(steps),
        intervals=tuple(intervals),
        passing=tuple(i for i in stretches if i.passing),
        findings=tuple(sorted(findings, key=lambda f: (f.since, f.idx, f.key))),
        open=tuple(need for need, track in tracks.items() if track.open),
    )


# --- what the steps of one object lead to ---------------------------------------------------------------------------


@dataclass
class Track:
    """One object on its way through its steps; remembers every moment at which something changed."""

    need_id: UUID | None
    open: bool = False
    claims: tuple[Claim, ...] = ()
    restricted: bool = False
    declared: bool = False
    moments: list[Moment] = field(default_factory=list)

    def take(self, step: Step) -> None:
        """What becomes of the object by this step."""
        before = (self.open, self.claims)
        self.restricted = self.restricted or (step.restricted and step.opens)
        self.declared = self.declared or step.opens
        if step.opens:
            self.claims = self.claims if self.open or not step.takers else ()
            self.open = True
        if step.holder and not self.claims:
            self.claims = ((step.holder,),)
        if step.act in MOVING:
            self.claims = moved(self.claims, step)
            self.open = True
        if step.closes:
            self.open = False
        if (self.open, self.claims) != before:
            self.moments.append(Moment(step, self.open, self.claims))
        elif step.type == "pairing.ended" and self.open:
            self.moments.append(Moment(step, self.open, self.claims, ended=True))

    def end_with(self, closing: Step) -> None:
        """The matter is closed: what was handed over in it without ever being opened on its own is over as well."""
        if self.open and not self.declared:
            self.open = False
            at = max(closing.at, self.moments[-1].step.at)
            self.moments.append(Moment(replace(closing, at=at), False, self.claims))

    def spans(self) -> list[tuple[Moment, Moment | None]]:
        """Each moment with the next one, also where no time lies between them."""
        return list(zip(self.moments, [*self.moments[1:], None], strict=False))

    def intervals(self) -> list[Interval]:
        """The stretches in which the object was open, with those who claimed it."""
        return [
            Interval(
                need_id=self.need_id,
                claims=moment.claims,
                start=moment.step.at,
                end=None if following is None else following.step.at,
                idx=moment.step.idx,
                act=moment.step.act or "opened",
                restricted=self.restricted,
                precision=moment.step.precision,
                end_precision=None if following is None else following.step.precision,
            )
            for moment, following in self.spans()
            if moment.open
        ]

    def ended(self) -> list[Finding]:
        """The stretches in which a need was still with a pairing that had ended."""
        over = {moment.step.idx for moment in self.moments if moment.ended}
        return [_finding(i, "ended", i.holders) for i in self.intervals() if i.idx in over and not i.passing]


@dataclass(frozen=True, slots=True)
class Moment:
    """What was so after a step."""

    step: Step
    open: bool
    claims: tuple[Claim, ...]
    ended: bool = False


def moved(claims: tuple[Claim, ...], step: Step) -> tuple[Claim, ...]:
    """Who claims the object after responsibility went from the step's giver to its takers."""
    takers = step.takers
    left = tuple(c for c in claims if step.giver not in c and not set(c) <= set(takers))
    if not claims or step.giver == "unknown":
        left = ()
    elif len(left) == len(claims) and step.act != "taken":
        return claims  # Somebody gives back what he did not hold: nothing moves.
    if not takers or (left and step.act != "taken"):
        return left  # One of two gives way: the other is the one who answers.
    return (*left, takers)


def inherited(interval: Interval, matter: Track) -> list[Interval]:
    """A need's interval as it is, or, where nobody claims the need, cut along who answered for the matter then.

    Whoever answered for a matter when it was closed answers for what is left open in it.
    """
    if interval.claims or interval.need_id is None or not matter.moments:
        return [interval]
    starts = [m.step.at for m in matter.moments]
    first = max(bisect_right(starts, interval.start) - 1, 0)
    if interval.passing:
        return [replace(interval, claims=matter.moments[first].claims, inherited=True)]
    parts = []
    for moment, following in matter.spans()[first:]:
        part = _within(interval, moment, following)
        if part.end is None or part.start < part.end:
            parts.append(part)
        if part.end == interval.end:
            break
    return parts


def _within(interval: Interval, moment: Moment, following: Moment | None) -> Interval:
    """The part of a need's interval in which its matter was as after this moment; both ends as precise as what set them."""
    began, ends = moment.step, None if following is None else following.step
    part = replace(interval, claims=moment.claims, idx=max(interval.idx, began.idx), inherited=True)
    if began.at > interval.start:
        part = replace(part, start=began.at, precision=began.precision)
    if ends is not None and (interval.end is None or ends.at < interval.end):
        part = replace(part, end=ends.at, end_precision=ends.precision)
    return part


def _earlier(one: int | None, other: int | None) -> int | None:
    """The earlier of two ends; None is never."""
    return other if one is None else one if other is None else min(one, other)


# --- what is wrong --------------------------------------------------------------------------------------------------


def _finding(interval: Interval, kind: Fault, holders: Claim) -> Finding:
    return Finding(
        need_id=interval.need_id,
        kind=kind,
        holders=holders,
        since=interval.start,
        until=interval.end,
        idx=interval.idx,
        restricted=interval.restricted,
    )


def clipped(finding: Finding, valid_at: int) -> Finding:
    """A finding as it was seen at a moment: what ended later had not ended then."""
    return finding if finding.until is None or finding.until <= valid_at else replace(finding, until=None)


def faults(interval: Interval, disqualified: Standing) -> list[Finding]:
    """What is wrong with an interval: it is not held by exactly one party, or by one who may not hold it.

    What a need inherits is the matter's own fault and found there. A need whose matter was never heard of may wait:
    publishers are heard independently of one another, and the one who opened the matter comes in his own time.
    """
    if interval.inherited or (interval.need_id is not None and not interval.claims):
        return []
    if len(interval.claims) != 1:
        return [_finding(interval, "two" if interval.claims else "none", interval.holders)]
    found = []
    for party in interval.holders:
        for bar in disqualified.get(party.partition(":")[2], ()):
            since, until = max(bar.since, interval.start), _earlier(bar.until, interval.end)
            if until is None or since < until:
                finding = _finding(interval, bar.kind, (party,))
                found.append(replace(finding, since=since, until=until, idx=max(bar.idx, interval.idx)))
    return found
