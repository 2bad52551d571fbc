"""Whom an organization serves, and what it can take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.console.pages.offers import Offer, answers, offer
from services.console.templating import Frame, render
from services.contracts import codes_referral
from services.contracts.codes import READ_PURPOSE, REASON

Row = Mapping[str, Any]
LIVE = "live"
WHY = ("referral", "contact", "visit", "emergency")
"""Why an organization may want to know who somebody is; the usual one first."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """A need in the organization's hands, and what it was told of whose it is."""

    offer: Offer
    disclosure_id: str = ""
    state: str = ""
    categories: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_told(self) -> bool:
        """Whether it may ask who it is: the person's consent, or the law, names it at this moment."""
        return self.state == LIVE


def serves(offers: Iterable[Row], disclosures: Iterable[Row]) -> list[Served]:
    """Each need with the newest word on whose it is; those that wait for the first contact first."""
    told = {str(row["need_id"]): row for row in sorted(disclosures, key=lambda row: str(row["disclosed_at"] or ""))}
    found = [_served(offer(row), told.get(str(row["referral_id"]))) for row in offers]
    return sorted(found, key=lambda each: (each.offer.state != "accepted", str(each.offer.answered_at)))


def _served(found: Offer, row: Row | None) -> Served:
    if row is None:
        return Served(offer=found)
    return Served(
        offer=found, disclosure_id=str(row["disclosure_id"]), state=str(row["state"]),
        categories=tuple(str(row["categories"] or "").replace(",", " ").split()), reason=str(row["reason_code"] or ""),
    )  # fmt: skip


def served(offers: Iterable[Row], disclosures: Iterable[Row], frame: Frame, key: str) -> str:
    """The whole page."""
    rows = serves(offers, disclosures)
    links = {each.offer.id: answers(each.offer, frame.words) for each in rows}
    whys = [why for why in WHY if why in READ_PURPOSE.current.terms]
    return render("served.html", frame, rows=rows, links=links, key=key, whys=whys)


def person(found: Row, why: str, frame: Frame) -> str:
    """Who it is: what the consent of this moment opens, and nothing beside."""
    return render("served_person.html", frame, fields=found["fields"], categories=found["categories"], why=why)


def capacity(rows: Iterable[Row], frame: Frame, key: str) -> str:
    """What is offered now, and what was taken back."""
    known = sorted(rows, key=lambda row: (row["state"] != "published", str(row["published_at"])))
    services = list(codes_referral.SERVICE.current.terms)
    return render("capacity.html", frame, rows=known, key=key, services=services, reasons=list(REASON.current.terms))
