"""The partner's page: what is offered to its organization, what it has taken on, and what is over. Codes alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.console import acts, effects
from services.console.acts.act import Subject
from services.console.pages.act import Link, name_of_act
from services.console.templating import Frame, render
from services.console.views import aware
from services.console.words import Words
from services.contracts.codes import DECLINE_REASON, REASON

AT_ONCE = ("accept-referral", "decline-offer", "request-information")
"""The answers that have a button of their own."""
UNSPOKEN = "told"
"""How an answer stands that a station wrote down and the organization has said nothing about."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One offer as the organization that was asked may see it."""

    id: UUID
    referral_id: UUID
    state: str
    kind: str
    needs: tuple[str, ...]
    areas: tuple[str, ...]
    origin: str
    urgency: str
    reason: str
    offered_at: datetime | None
    respond_by: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Told:
    """An answer that a station wrote down for the organization, which the organization has not spoken of itself yet."""

    offer_id: UUID
    referral_id: UUID
    answer: str
    told_by: str
    evidence: str
    told_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Model:
    """An organization's offers: to answer, in its hands, past; and what was written down for it."""

    waiting: tuple[Offer, ...]
    ours: tuple[Offer, ...]
    past: tuple[Offer, ...]
    told: tuple[Told, ...] = ()
    reasons: tuple[str, ...] = tuple(DECLINE_REASON.current.terms)


def offer(row: Mapping[str, Any]) -> Offer:
    """An offer from a row of the view."""

    def moment(name: str) -> datetime | None:
        return aware(row[name]) if row[name] else None

    return Offer(
        id=row["offer_id"], referral_id=row["referral_id"], state=row["state"] or "offered", kind=row["kind"] or "referral",
        needs=tuple(str(row["needs"] or "").split()), areas=tuple(str(row["areas"] or "").split()),
        origin=row["origin"] or "", urgency=row["urgency"] or "", reason=row["reason"] or "",
        offered_at=moment("offered_at"), respond_by=moment("respond_by"), answered_at=moment("answered_at"),
    )  # fmt: skip


def told(row: Mapping[str, Any]) -> Told:
    """What was written down, from the referral service's row."""
    return Told(
        offer_id=UUID(str(row["offer_id"])), referral_id=UUID(str(row["referral_id"])), answer=str(row["answer"]),
        told_by=str(row["told_by"] or ""), evidence=str(row["evidence_kind"] or ""),
        told_at=datetime.fromisoformat(str(row["told_at"])) if row["told_at"] else None,
    )  # fmt: skip


def build(rows: Iterable[Mapping[str, Any]], written: Iterable[Mapping[str, Any]] = ()) -> Model:
    """The page's three parts; what must be answered first comes first."""
    found = [offer(row) for row in rows]

    def due(o: Offer) -> float:
        return o.respond_by.timestamp() if o.respond_by else float("inf")

    def newest(o: Offer) -> float:
        at = o.answered_at or o.offered_at
        return -at.timestamp() if at else 0

    return Model(
        waiting=tuple(sorted((o for o in found if o.state in effects.LIVE), key=due)),
        ours=tuple(sorted((o for o in found if o.state in effects.OURS), key=newest)),
        past=tuple(sorted((o for o in found if o.state not in (*effects.LIVE, *effects.OURS)), key=newest)),
        told=tuple(told(row) for row in written if row.get("standing") == UNSPOKEN),
    )


def page(model: Model, frame: Frame, key: str) -> str:
    """The whole page; `key` makes each answer one answer, however often it is sent."""
    links = {o.id: answers(o, frame.words) for o in (*model.waiting, *model.ours)}
    lefts = {o.id: left(o.respond_by, frame.words) for o in model.waiting}
    return render(
        "offers.html", frame, m=model, key=key, links=links, lefts=lefts, disputes=tuple(REASON.current.terms)
    )


def left(until: datetime | None, words: Words) -> str:
    """How long there is to answer, to the minute: as the page's script goes on counting it."""
    if until is None:
        return ""
    minutes = int((until - words.now).total_seconds() // 60)
    return words("partner.left", h=minutes // 60, m=minutes % 60) if minutes >= 0 else words("partner.over")


def answers(offer: Offer, words: Words) -> tuple[Link, ...]:
    """What can be said about an offer now, beside yes and no."""
    subject = Subject(kind="offer", id=offer.referral_id, state=offer.state, needs=offer.needs)
    said = [each for each in acts.offered(subject, "partner") if each.possible and each.act.code not in AT_ONCE]
    return tuple(
        Link(name=name_of_act(each.act, words), path=f"/offers/{offer.id}/acts/{each.act.code}", main=each.act.main)
        for each in said
    )
