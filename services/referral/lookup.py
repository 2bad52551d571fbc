"""What decisions look up of other aggregates: read from the service's own views inside the commit, given as data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts import referral as public
from services.kernel.manifest import Facts, Look
from services.referral.domain.facts import ConsentFact, Known, MatterFact, OfferingFact, OrganizationFact
from services.referral.views.tables import consents, matters, offerings, offers, organizations, referrals

Row = dict[str, Any]


def itself(command: object, stream_id: UUID, look: Look) -> Known:
    """For what comes into being: its own id."""
    return Known(itself=stream_id)


def of_matter(command: public.DraftReferral | public.ApplyForGrant, stream_id: UUID, look: Look) -> Known:
    """For what concerns a matter: whether that is open, and who answers for it."""
    row = look.one(matters, command.matter_id)
    found = None if row is None or row["state"] is None else _matter(row)
    return Known(itself=stream_id, matter=found)


def of_consent(command: public.MarkReferralReady, stream_id: UUID, look: Look) -> Known:
    """For a referral that is to be offered: the consent that it cites."""
    row = look.one(referrals, stream_id)
    cited = command.consent_id or (row and row["consent_id"])
    found = look.one(consents, cited) if cited else None
    return Known(consents=(_consent(found),) if found else ())


def of_organization(command: public.OfferReferral | public.PublishOffering, stream_id: UUID, look: Look) -> Known:
    """For one organization: whether it is active, what it offers and how much of that is taken."""
    row = look.one(organizations, command.organization_id)
    found = None if row is None or row["state"] is None else _organization(row)
    return Known(organization=found, offerings=offerings_of(command.organization_id, look))


def of_answer(command: public.AcceptReferral, stream_id: UUID, look: Look) -> Known:
    """For an acceptance: the person's consents as they stand, and the room that the organization has left."""
    row = look.one(referrals, stream_id)
    if row is None:
        return Known()
    found = look.all(consents, person_id=row["person_id"]) if row["person_id"] else []
    if row["consent_id"] and all(c["consent_id"] != row["consent_id"] for c in found):
        cited = look.one(consents, row["consent_id"])
        found += [cited] if cited else []
    return Known(
        consents=tuple(_consent(consent) for consent in found), offerings=offerings_of(command.organization_id, look)
    )


def offerings_of(organization_id: UUID, look: Look) -> tuple[OfferingFact, ...]:
    """What an organization offers now, the oldest offering first."""
    rows = look.all(offerings, organization_id=organization_id, state="published")
    taken = taken_by_offering(look, offers.c.organization_id == organization_id)
    rows.sort(key=lambda row: (row["published_at"], str(row["offering_id"])))
    return tuple(offering_of(row, taken.get(row["offering_id"], 0)) for row in rows)


def taken_by_offering(look: Look, *where: sa.ColumnElement[bool]) -> dict[UUID, int]:
    """How many needs are held under each offering at this moment."""
    counted = sa.select(offers.c.offering_id, sa.func.count().label("taken"))
    rows = look.run(counted.where(offers.c.state == "accepted", *where).group_by(offers.c.offering_id))
    return {row["offering_id"]: row["taken"] for row in rows if row["offering_id"] is not None}


def offering_of(row: Row, taken: int) -> OfferingFact:
    """An offering's row as a fact."""
    return OfferingFact(
        offering_id=row["offering_id"], service_codes=tuple(row["service_codes"]), areas=tuple(row["areas"]),
        conditions=tuple(row["conditions"]), capacity=row["capacity"], taken=taken,
    )  # fmt: skip


def _matter(row: Row) -> MatterFact:
    return MatterFact(is_open=row["state"] == "open", holder=row["holder"] or "unknown")


def _organization(row: Row) -> OrganizationFact:
    return OrganizationFact(organization_id=row["organization_id"], state=row["state"], party=row["party"])


def _consent(row: Row) -> ConsentFact:
    """A consent to something else names nobody to whom a need may be referred."""
    receivers = (row["receivers"] or ()) if row["for_referral"] else ()
    return ConsentFact(
        consent_id=row["consent_id"], granted=bool(row["granted"]), receivers=tuple(receivers),
        receivers_gone=tuple(row["receivers_gone"] or ()), valid_until=row["valid_until"],
    )  # fmt: skip


FACTS: dict[type, Facts] = {
    public.RegisterOrganization: itself,
    public.DraftReferral: of_matter,
    public.ApplyForGrant: of_matter,
    public.MarkReferralReady: of_consent,
    public.OfferReferral: of_organization,
    public.PublishOffering: of_organization,
    public.AcceptReferral: of_answer,
}
"""What is looked up for which command; all others are decided on their own stream alone."""
