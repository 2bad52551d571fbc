"""The page of one matter: what it is, who answers, what happened, and all of it at an earlier moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from services.console.chart import draw
from services.console.chart.shapes import Chart
from services.console.custody import Chain, Finding, Step, derive
from services.console.record import Entry, Offer, Story, Strand, placed, steps, story
from services.console.templating import Frame, render
from services.console.words import Words

LATE = timedelta(days=1)
GROUP_FROM = 3


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the timeline: an entry, or several alike in a row."""

    entry: Entry
    count: int = 1
    first: Entry | None = None
    later: bool = False


@dataclass(frozen=True, kw_only=True)
class Need:
    """One need of the matter and who answers for it."""

    number: int
    strand: Strand
    holders: tuple[str, ...]
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Custody:
    """The chain now and, if an earlier moment is asked for, as it was known then; where it comes from."""

    whole: Chain
    known: Chain | None = None
    position: int | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def shown(self) -> Chain:
        """The chain of the moment shown."""
        return self.whole if self.known is None else self.known


@dataclass(frozen=True, kw_only=True)
class Model:
    """All that the page says, before any word of it is chosen."""

    matter_id: UUID
    entries: tuple[Entry, ...]
    moments: tuple[datetime, ...]
    at: int
    custody: Custody
    story: Story

    @property
    def is_now(self) -> bool:
        """Whether the newest moment is shown."""
        return self.at >= len(self.moments)

    @property
    def known_at(self) -> datetime | None:
        """The moment shown, None for the newest."""
        return None if self.is_now else self.moments[self.at - 1]

    @property
    def ref(self) -> str:
        """The matter's id, short enough to say on the telephone."""
        return str(self.matter_id)[:8]

    @property
    def seen(self) -> tuple[Entry, ...]:
        """What was known at the moment shown."""
        known_at = self.known_at
        return self.entries if known_at is None else tuple(e for e in self.entries if e.recorded_at <= known_at)


def moments(entries: Sequence[Entry]) -> tuple[datetime, ...]:
    """The instants at which something became known: the positions of the slider."""
    return tuple(sorted({entry.recorded_at for entry in entries}))


def position(stops: Sequence[datetime], n: int | None, known_at: datetime | None) -> int:
    """Which of the slider's positions is asked for; the newest when nothing, or nothing sensible, is."""
    if known_at is not None:
        return max(1, sum(1 for stop in stops if stop <= known_at)) if stops and known_at < stops[-1] else len(stops)
    return len(stops) if n is None or not 1 <= n <= len(stops) else n


def build(entries: Sequence[Entry], n: int | None = None, known_at: datetime | None = None) -> Model:
    """The model of a matter from the console's own record, at a position of the slider or at a moment."""
    ordered = tuple(sorted(entries, key=lambda entry: entry.order))
    stops = moments(ordered)
    at = position(stops, n, known_at)
    seen = ordered if at >= len(stops) else tuple(e for e in ordered if e.recorded_at <= stops[at - 1])
    known = None if len(seen) == len(ordered) else derive(steps(seen))
    custody = Custody(whole=derive(steps(ordered)), known=known)
    told = story(seen)
    return Model(
        matter_id=ordered[0].matter_id, entries=ordered, moments=stops, at=at, custody=custody, story=told,
    )  # fmt: skip


def with_proof(model: Model, proved: Custody | None) -> Model:
    """The same with audit's word on custody, where audit could be asked."""
    return model if proved is None else replace(model, custody=proved)


def lines(model: Model) -> list[Line]:
    """The timeline, newest first; several of one kind in a row without a handoff are one line."""
    newest = [entry for _, entry in reversed(placed(model.entries))]
    known_at = model.known_at
    found: list[Line] = []
    for _, run in groupby(newest, key=lambda e: (e.name, e.actor_id, _later(e, known_at)) if not e.act else e.key):
        alike = list(run)
        if len(alike) >= GROUP_FROM and not alike[0].act:
            line = Line(entry=alike[0], count=len(alike), first=alike[-1], later=_later(alike[0], known_at))
            found.append(line)
        else:
            found += [Line(entry=e, later=_later(e, known_at)) for e in alike]
    return found


def _later(entry: Entry, known_at: datetime | None) -> bool:
    return known_at is not None and entry.recorded_at > known_at


def needs(model: Model) -> list[Need]:
    """The needs in the order of the chart's numbers, then those that custody does not speak of."""
    numbers = {need_id: place for place, need_id in enumerate(model.custody.whole.needs, 1)}
    found: list[Need | None] = [
        Need(
            number=numbers.get(strand.id, 0), strand=strand,
            holders=_holders(model, strand), offers=tuple(o for o in model.story.offers.values() if o.strand_id == strand.id),
        )
        for strand in model.story.strands.values()
    ]  # fmt: skip
    found += [
        _bare(model, need_id, number) for need_id, number in numbers.items() if need_id not in model.story.strands
    ]
    return sorted((n for n in found if n is not None), key=lambda need: (need.number == 0, need.number))


def _bare(model: Model, need_id: UUID, number: int) -> Need | None:
    """A need that no referral, task, grant or pairing carries: the request's own, given to somebody."""
    held = [h for h in model.custody.shown.holdings if h.need_id == need_id]
    if not held:
        return None
    state = "open" if held[-1].end is None else "closed"
    holders = model.custody.shown.holders(need_id) if state == "open" else ()
    return Need(
        number=number, strand=Strand(id=need_id, kind="need", state=state, needs=model.story.needs), holders=holders
    )


ENDED = ("closed", "withdrawn", "cancelled", "verified", "ended", "lapsed", "rejected", "delivered", "entered-in-error")


def _holders(model: Model, strand: Strand) -> tuple[str, ...]:
    return () if strand.state in ENDED else model.custody.shown.holders(strand.id)


def is_late(entry: Entry) -> bool:
    """Whether it was written down more than a day after it happened."""
    return entry.effective_at is not None and entry.recorded_at - entry.effective_at > LATE


def drawn(model: Model, words: Words) -> Chart:
    """The custody chart of the moment shown."""

    def date(step: Step) -> tuple[str, str]:
        return words.tick(step.at, step.precision)

    return draw(model.custody.whole, model.custody.known, name=words.party, date=date)


def title(model: Model, words: Words) -> str:
    """What the matter is called: its kind and what is needed."""
    said = words.all("need", model.story.needs[:3])
    kind = words.code("matter-kind", model.story.kind)
    return words.pick(f"{kind}：{said}" if said else kind, f"{kind}: {said}" if said else kind)


def page(model: Model, frame: Frame, key: str = "", steps: Sequence[Any] = ()) -> str:
    """The whole page with what can be done next; `key` makes what is asked on it one command, however often it is sent."""
    return render("matter.html", frame, key=key, next=steps, **_parts(model, frame.words))


def fragment(model: Model, frame: Frame) -> str:
    """What changes when the slider moves: chart, state and timeline."""
    return render("moment.html", frame, **_parts(model, frame.words))


def _parts(model: Model, words: Words) -> dict[str, object]:
    whole = story(model.entries)
    return {
        "m": model, "title": title(replace(model, story=whole), words), "chart": drawn(model, words),
        "lines": lines(model), "needs": needs(model), "is_late": is_late, "whole": whole,
        "links": _links(model), "any_steps": bool(model.custody.whole.steps),
    }  # fmt: skip


def _links(model: Model) -> dict[str, str]:
    """Where the neighbouring steps are, for those who do not use the slider."""
    here = f"/matters/{model.matter_id}"
    found = {"now": here}
    if model.at > 1:
        found["previous"] = f"{here}?n={model.at - 1}#replay"
    if model.at < len(model.moments):
        found["next"] = f"{here}?n={model.at + 1}#replay"
    return found
