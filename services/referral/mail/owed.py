"""Which letters are owed: found out from how offers stand, so that none is forgotten and none is owed twice.

Looked at are the offers that have changed since the last look, by the time of their newest event, and those of an
organization that has chosen its address since; after a start all that are open, once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

import msgspec
import sqlalchemy as sa

from services.kernel.manifest import Look
from services.kernel.view import Change, put
from services.referral.mail.links import Purpose, link_id_of, link_row
from services.referral.mail.tables import letters
from services.referral.mail.tables import links as kept_links
from services.referral.views import tables as t
from services.referral.views.asked import asked
from services.referral.views.mailings import mailings

Kind = Literal["offer", "supplied", "accepted", "disputed"]
OPENS: dict[Kind, Purpose] = {"offer": "answer", "supplied": "answer", "accepted": "service", "disputed": "service"}
AT_ONCE = 200
SERVING = ("accepted", "in_service", "paused", "disputed")


def newest(look: Look) -> datetime | None:
    """When anything was written down last that a letter may follow from; times of the log only grow."""
    found = [
        look.run(sa.select(sa.func.max(column).label("at")))[0]["at"]
        for column in (asked.c.changed_at, mailings.c.since)
    ]
    return max((at for at in found if at is not None), default=None)


def changed(look: Look, since: datetime | None) -> list[dict[str, Any]]:
    """Those that have changed at this time or later; all of them where nobody has looked yet."""
    if since is None:
        return waiting(look)
    of_offers = sa.select(asked.c.offer_id).where(asked.c.changed_at >= since)
    of_addresses = sa.select(mailings.c.organization_id).where(mailings.c.since >= since)
    anew = waiting(look, t.offers.c.organization_id.in_(of_addresses)) if look.run(of_addresses.limit(1)) else []
    return [*waiting(look, t.offers.c.offer_id.in_(of_offers)), *anew]


def waiting(look: Look, *where: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    """Offers that are open, and needs that were taken on, of organizations that are told by mail."""
    o, m, r = t.offers.c, mailings.c, t.referrals.c
    joined = t.offers.join(mailings, o.organization_id == m.organization_id).join(
        t.referrals, o.referral_id == r.referral_id
    )
    holds = sa.and_(o.state == "accepted", r.offer_id == o.offer_id, r.state.in_(SERVING))
    k = kept_links.c
    spent = (k.offer_id == o.offer_id) & (k.purpose == "service") & k.used_at.is_not(None)
    used = sa.select(sa.func.count()).select_from(kept_links).where(spent).correlate(t.offers).scalar_subquery()
    query = (
        sa.select(t.offers, m.generation, r.state.label("stands"), used.label("used"))
        .select_from(joined)
        .where(m.state == "active", sa.or_(o.state == "live", holds), *where)
        .order_by(o.offered_at, o.offer_id)
    )
    return look.run(query)


def kinds(offer: dict[str, Any]) -> list[tuple[Kind, str]]:
    """What an organization is to be told of an offer as it stands, each with what tells it from the same said before."""
    if offer["state"] == "live":
        found: list[tuple[Kind, str]] = [("offer", "")]
        if offer["answer_codes"] and offer["respond_by"] is not None:
            supplied = msgspec.json.encode([offer["question_codes"], offer["answer_codes"]]).decode()
            found.append(("supplied", f"{supplied}{offer['respond_by'].isoformat()}"))
        return found
    if offer["stands"] == "disputed":
        return [("disputed", str(offer["used"]))]
    return [("accepted", "")] if not offer["used"] else []


def letter_id_of(offer: dict[str, Any], kind: Kind, apart: str) -> UUID:
    """One letter for each thing to be told, in each generation of links."""
    return uuid5(offer["offer_id"], f"mail-letter/{kind}/{offer['generation']}/{apart}")


def still_owed(letter: dict[str, Any], offers: dict[UUID, dict[str, Any]]) -> bool:
    """Whether anybody still waits for what a letter tells."""
    offer = offers.get(letter["offer_id"])
    if offer is None or offer["generation"] != letter["generation"]:
        return False
    return any(letter_id_of(offer, kind, apart) == letter["letter_id"] for kind, apart in kinds(offer))


def new_letters(look: Look, offers: list[dict[str, Any]], now: datetime) -> list[Change]:
    """The rows of letters that are owed and were not written yet, each with that of its link."""
    owed = {letter_id_of(o, kind, apart): (o, kind) for o in offers for kind, apart in kinds(o)}
    known = _known(look, letters.c.letter_id, list(owed))
    fresh = {ident: found for ident, found in owed.items() if ident not in known}
    wanted = [link_id_of(o["offer_id"], OPENS[kind], o["generation"], _used(o)) for o, kind in fresh.values()]
    there = _known(look, kept_links.c.link_id, wanted)
    made: list[Change] = []
    for (ident, (offer, kind)), link_id in zip(fresh.items(), wanted, strict=True):
        made.append(_letter(ident, offer, kind, link_id, now))
        if link_id not in there:
            there.add(link_id)
            made.append(link_row(offer, OPENS[kind], offer["generation"], now, _used(offer)))
    return made


def _used(offer: dict[str, Any]) -> int:
    """How many links of the service were used up; an offer that can still be answered has none."""
    return offer["used"] if offer["state"] != "live" else 0


def _letter(ident: UUID, offer: dict[str, Any], kind: Kind, link_id: UUID, now: datetime) -> Change:
    return put(
        letters, ident, kind=kind, link_id=link_id, offer_id=offer["offer_id"], referral_id=offer["referral_id"],
        organization_id=offer["organization_id"], generation=offer["generation"], state="waiting", attempts=0,
        due_at=now, made_at=now,
    )  # fmt: skip


def _known(look: Look, column: sa.Column[UUID], idents: list[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for begin in range(0, len(idents), AT_ONCE):
        part = idents[begin : begin + AT_ONCE]
        found |= {row[column.name] for row in look.run(sa.select(column).where(column.in_(part)))}
    return found
