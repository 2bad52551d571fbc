"""The console's own record of a matter: what was said about it, event by event, and what follows from that.

`Entry` is one event about a matter, reduced to what pages show; `story` folds entries into what is so at their end, so
that an earlier moment is shown by folding fewer of them; `steps` are those that custody is made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.console import effects
from services.console.custody import Step


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One event about a matter, as the console keeps it. Ids, codes and times; never a person's words."""

    publisher: str
    position: int
    matter_id: UUID
    name: str
    stream: str
    recorded_at: datetime
    effective_at: datetime | None = None
    precision: str = "unknown"
    actor_id: str = ""
    actor_role: str = ""
    actor_org: str = ""
    behalf: str = ""
    channel: str = ""
    act: str = ""
    giver: str = ""
    takers: tuple[str, ...] = ()
    need_id: UUID | None = None
    opens: str = ""
    closes: str = ""
    offer_id: UUID | None = None
    needs: tuple[str, ...] = ()
    code: str = ""
    urgency: str = ""
    risk: str = ""
    due_at: datetime | None = None

    @property
    def key(self) -> str:
        """Tells it apart from every other."""
        return f"{self.publisher}-{self.position}"

    @property
    def at(self) -> datetime:
        """When it happened, or when it was recorded where that is unknown."""
        return self.effective_at or self.recorded_at

    @property
    def told(self) -> str:
        """How precisely that moment is known; where nothing else was said it happened as it was recorded."""
        return self.precision if self.effective_at is not None or self.precision == "unknown" else "instant"

    @property
    def order(self) -> tuple[datetime, str, int]:
        """The order in which the hub learnt of things."""
        return (self.recorded_at, self.publisher, self.position)

    @property
    def is_about_matter(self) -> bool:
        """Whether it speaks of the matter itself, and not of a strand that carries one need of it."""
        return self.strand[0] not in effects.STRANDS or "matter" in (self.opens, self.closes)

    @property
    def strand(self) -> tuple[str, UUID]:
        """The kind and the id of the aggregate it belongs to."""
        kind, _, ident = self.stream.partition("/")
        return kind, UUID(ident)


@dataclass(frozen=True, kw_only=True, slots=True)
class Strand:
    """A referral, task, grant or pairing that carries one need."""

    id: UUID
    kind: str
    state: str = "open"
    needs: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    due_at: datetime | None = None
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One asking of one organization, and its answer."""

    id: UUID
    strand_id: UUID
    organization: str
    state: str
    offered_at: datetime
    precision: str = "instant"
    respond_by: datetime | None = None
    answered_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """What is so with a matter after some of its entries."""

    kind: str = "matter"
    state: str = "open"
    urgency: str = ""
    risk: str = ""
    channel: str = ""
    code: str = ""
    needs: tuple[str, ...] = ()
    unit: str = ""
    opened: Entry | None = None
    closed: Entry | None = None
    strands: dict[UUID, Strand] = field(default_factory=dict)
    offers: dict[UUID, Offer] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to answer for it."""
        return self.closed is None


def story(entries: Iterable[Entry]) -> Story:
    """What is so after these entries, in the order in which the hub learnt of them."""
    told = Story()
    for entry in entries:
        told = _told(told, entry)
    return told


def _told(told: Story, entry: Entry) -> Story:
    kind, ident = entry.strand
    told = replace(told, risk=entry.risk or told.risk)
    if entry.offer_id is not None and entry.name in effects.OFFER:
        told = replace(
            told, offers={**told.offers, entry.offer_id: _offer(told.offers.get(entry.offer_id), entry, ident)}
        )
    if kind in effects.STRANDS and entry.name in (*effects.STRAND, *effects.OFFER):
        told = replace(told, strands={**told.strands, ident: _strand(told.strands.get(ident), entry, kind, ident)})
        told = _unasked(told, told.strands[ident])
    return _matter(told, entry, kind) if entry.is_about_matter else told


def _unasked(told: Story, strand: Strand) -> Story:
    """A referral of which nobody has an unanswered offer any more is ready to be offered again."""
    live = any(offer.strand_id == strand.id and offer.state in effects.LIVE for offer in told.offers.values())
    if strand.state != "offered" or live:
        return told
    return replace(told, strands={**told.strands, strand.id: replace(strand, state="ready")})


def _matter(told: Story, entry: Entry, kind: str) -> Story:
    """The matter's own side: request, case, visit plan."""
    opened = told.opened or (entry if entry.opens == "matter" else None)
    closed = entry if entry.closes == "matter" else None if entry.opens == "matter" else told.closed
    state = effects.matter_state(entry.name, entry.code, entry.due_at is not None) or told.state
    return replace(
        told,
        kind=kind if told.opened is None or kind == "case" else told.kind,
        state=state, urgency=entry.urgency or told.urgency, code=entry.code if closed is entry else told.code,
        channel=told.channel or entry.channel, needs=_more(told.needs, entry.needs), opened=opened, closed=closed,
        unit=told.unit or (entry.takers[0] if entry.takers else ""),
    )  # fmt: skip


def _strand(known: Strand | None, entry: Entry, kind: str, ident: UUID) -> Strand:
    before = known or Strand(id=ident, kind=kind)
    return replace(
        before,
        state=effects.STRAND.get(entry.name, before.state), needs=_more(before.needs, entry.needs),
        parties=entry.takers if entry.act == "taken" else before.parties,
        due_at=entry.due_at if entry.name in effects.STRAND else before.due_at,
        code=entry.code if entry.closes == "need" else before.code,
    )  # fmt: skip


def _offer(known: Offer | None, entry: Entry, strand_id: UUID) -> Offer:
    state = effects.OFFER[entry.name]
    if known is None:
        return Offer(
            id=entry.offer_id or strand_id, strand_id=strand_id, organization=entry.takers[0] if entry.takers else "unknown",
            state=state, offered_at=entry.at, precision=entry.told,
            respond_by=entry.due_at,
        )  # fmt: skip
    answers = known.answered_at is None and state in effects.ANSWERS
    answered, precision = (entry.at, entry.told) if answers else (known.answered_at, known.precision)
    reason = entry.code if state in ("declined", "returned", "withdrawn") else known.reason
    respond_by = entry.due_at if state in ("asked-back", "offered") else known.respond_by
    return replace(known, state=state, answered_at=answered, precision=precision, reason=reason, respond_by=respond_by)


def _more(known: tuple[str, ...], said: tuple[str, ...]) -> tuple[str, ...]:
    return (*known, *(code for code in said if code not in known))


def placed(entries: Sequence[Entry]) -> list[tuple[datetime, Entry]]:
    """The entries in the order in which they happened, each with its moment.

    What happened at an unknown time stands where it was written down: after what was told before it.
    """
    known = [e.effective_at for e in entries if e.effective_at is not None and e.precision != "unknown"]
    reached = min(known, default=None)
    found: list[tuple[datetime, Entry]] = []
    for entry in sorted(entries, key=lambda e: e.order):
        told = entry.effective_at if entry.precision != "unknown" else None
        at = told or reached or entry.recorded_at
        reached = max(reached, at) if reached else at
        found.append((at, entry))
    return sorted(found, key=lambda pair: pair[0])


def steps(entries: Sequence[Entry]) -> list[Step]:
    """The entries that custody is made of, in the order in which they happened."""
    return [_step(at, e) for at, e in placed(entries) if e.act or e.closes or (e.opens == "need" and e.takers)]


def _step(at: datetime, entry: Entry) -> Step:
    opens = entry.opens == "need" and not entry.act
    precision = entry.precision if entry.effective_at is not None else "unknown"
    return Step(
        key=f"{entry.key}/{entry.need_id or 'matter'}", name=entry.name, at=at, precision=precision, act="taken" if opens else entry.act,
        giver="" if opens else entry.giver, takers=entry.takers, need_id=entry.need_id, closes=entry.closes,
    )  # fmt: skip
