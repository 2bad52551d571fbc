"""What decisions look up of other aggregates: read from the service's own views inside the commit, given as data."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts import referral as public
from services.contracts import same
from services.contracts.words import Party
from services.kernel.manifest import Facts, Look
from services.referral.domain.facts import (
    ConsentFact,
    Known,
    MatterFact,
    OfferingFact,
    OrganizationFact,
    PaymentFact,
    ToldFact,
    Whom,
)
from services.referral.views.tables import (
    agreements,
    consents,
    grants,
    matters,
    merged_persons,
    offerings,
    offers,
    organizations,
    referrals,
)
from services.referral.views.told import told

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
    """For a referral that is to be offered: the consent that it cites, and whether that is the person's own."""
    row = look.one(referrals, stream_id)
    cited = command.consent_id or (row and row["consent_id"])
    found = look.one(consents, cited) if cited else None
    return Known(
        consents=(consent_of(found),) if found else (),
        moving=row is not None and _moving(row, look),
        of_another=row is not None and found is not None and _of_another(row["person_id"], found["person_id"], look),
    )


def _of_another(person_id: UUID | None, gave: UUID | None, look: Look) -> bool:
    """Whether a consent was given under no record of this human being; of whom nobody was named it may be anybody's."""
    return person_id is not None and gave is not None and gave not in records_of(person_id, look)


OPEN = ("ready", "offered", "accepted", "in_service", "paused", "outcome_reported", "disputed", "exhausted")
"""States in which a referral's need is open."""


def _moving(row: Row, look: Look) -> bool:
    """Whether another referral is to move this one's case."""
    others = look.all(referrals, matter_id=row["matter_id"], kind="transfer")
    return any(o["state"] in OPEN and o["referral_id"] != row["referral_id"] for o in others)


def of_organization(command: public.OfferReferral | public.PublishOffering, stream_id: UUID, look: Look) -> Known:
    """For one organization: whether it is active, what it offers and how much of that is taken."""
    row = look.one(organizations, command.organization_id)
    found = None if row is None or row["state"] is None else organization_of(row)
    return Known(organization=found, offerings=offerings_of(command.organization_id, look))


def of_mailing(command: public.ChooseMail, stream_id: UUID, look: Look) -> Known:
    """For an organization that is to be told by mail: the organization itself, whose id the stream has."""
    row = look.one(organizations, stream_id)
    found = None if row is None or row["state"] is None else organization_of(row)
    return Known(itself=stream_id, organization=found)


def of_sequence(command: public.PlanSequence | public.AskNext, stream_id: UUID, look: Look) -> Known:
    """For a sequence: everybody in it, as the directory and the offerings have them now."""
    if isinstance(command, public.PlanSequence):
        planned = command.organization_ids
    else:
        row = look.one(referrals, stream_id)
        planned = tuple(UUID(each) for each in row["sequence"] or ()) if row else ()
    return Known(in_turn=tuple(_whom(organization_id, look) for organization_id in planned))


def _whom(organization_id: UUID, look: Look) -> Whom:
    row = look.one(organizations, organization_id)
    found = None if row is None or row["state"] is None else organization_of(row)
    return Whom(organization=found, offerings=offerings_of(organization_id, look))


def of_told(command: public.ConfirmAnswer | public.DisputeAnswer, stream_id: UUID, look: Look) -> Known:
    """For an organization that speaks about what was written down for it: all of that."""
    rows = look.all(told, referral_id=stream_id, organization_id=command.organization_id)
    facts = [ToldFact(offer_id=r["offer_id"], answer=r["answer"], standing=r["standing"]) for r in rows]
    return Known(told=tuple(sorted(facts, key=lambda fact: fact.answer)))


def of_payment(command: public.DisburseGrant | public.HintOverlap, stream_id: UUID, look: Look) -> Known:
    """For a payment: what else was paid for the same need of the same human being, under whichever of the records."""
    row = look.one(grants, stream_id)
    if row is None or row["person_id"] is None:
        return Known()
    purpose, records = row["purpose_code"], records_of(row["person_id"], look)
    alike = [g for record in records for g in look.all(grants, person_id=record, purpose_code=purpose)]
    others = tuple(_payment(g) for g in alike if g["grant_id"] != stream_id and _kept(g))
    return Known(payments=others, paid_at=row["paid_at"] if _kept(row) else None)


def _kept(row: Row) -> bool:
    """Whether any of it was paid and not given back, as far as the amounts are known."""
    return row["paid_at"] is not None and (row["payments_unknown"] > 0 or row["paid_fen"] > row["returned_fen"])


def _payment(row: Row) -> PaymentFact:
    return PaymentFact(grant_id=row["grant_id"], fund=row["fund"], paid_at=row["paid_at"])


def of_answer(command: public.AcceptReferral, stream_id: UUID, look: Look) -> Known:
    """For an acceptance: the person's consents as they stand, and the room that the organization has left."""
    row = look.one(referrals, stream_id)
    if row is None:
        return Known()
    found = consents_of(row["person_id"], look) if row["person_id"] else []
    if row["consent_id"] and all(c["consent_id"] != row["consent_id"] for c in found):
        cited = look.one(consents, row["consent_id"])
        found += [cited] if cited and not _of_another(row["person_id"], cited["person_id"], look) else []
    return Known(
        consents=tuple(consent_of(consent) for consent in found), offerings=offerings_of(command.organization_id, look)
    )


def records_of(person_id: UUID, look: Look) -> list[UUID]:
    """All records that are of the same human being as this one, as far as this service has heard."""

    def above(record: UUID) -> UUID | None:
        row = look.one(merged_persons, record)
        return None if row is None else row["survivor_id"]

    def below(record: UUID) -> list[UUID]:
        return [row["merged_id"] for row in look.all(merged_persons, survivor_id=record)]

    return same.records_of(person_id, above, below)


def consents_of(person_id: UUID, look: Look) -> list[Row]:
    """A person's consents, whichever of his records they were given under."""
    return [row for record in records_of(person_id, look) for row in look.all(consents, person_id=record)]


def offerings_of(organization_id: UUID, look: Look) -> tuple[OfferingFact, ...]:
    """What an organization offers now, the oldest offering first."""
    rows = look.all(offerings, organization_id=organization_id, state="published")
    taken = taken_by_offering(look, offers.c.organization_id == organization_id)
    rows.sort(key=lambda row: (row["published_at"], str(row["offering_id"])))
    row = look.one(organizations, organization_id) if any(row["agreement_needed"] for row in rows) else None
    until = agreed_until(look).get(row["party"]) if row else None
    return tuple(offering_of(row, taken.get(row["offering_id"], 0), until) for row in rows)


def agreed_until(look: Look) -> dict[Party, date]:
    """The last day of each party's longest agreement; one without an end lasts as long as the calendar."""
    found: dict[Party, date] = {}
    for row in look.all(agreements, state="signed"):
        until = row["valid_until"] or date.max
        found |= {party: max(until, found.get(party, date.min)) for party in row["parties"]}
    return found


def taken_by_offering(look: Look, *where: sa.ColumnElement[bool]) -> dict[UUID, int]:
    """How many needs are held under each offering at this moment."""
    counted = sa.select(offers.c.offering_id, sa.func.count().label("taken"))
    rows = look.run(counted.where(offers.c.state == "accepted", *where).group_by(offers.c.offering_id))
    return {row["offering_id"]: row["taken"] for row in rows if row["offering_id"] is not None}


def offering_of(row: Row, taken: int, until: date | None = None) -> OfferingFact:
    """An offering's row as a fact."""
    return OfferingFact(
        offering_id=row["offering_id"], service_codes=tuple(row["service_codes"]), areas=tuple(row["areas"]),
        conditions=tuple(row["conditions"]), capacity=row["capacity"], taken=taken,
        eligible_by=tuple(row["eligible_by"] or ()), group_codes=tuple(row["group_codes"] or ()),
        age_bands=tuple(row["age_bands"] or ()), agreement_needed=bool(row["agreement_needed"]), agreed_until=until,
    )  # fmt: skip


def _matter(row: Row) -> MatterFact:
    return MatterFact(is_open=row["state"] == "open", holder=row["holder"] or "unknown")


def organization_of(row: Row) -> OrganizationFact:
    """An organization's row as a fact."""
    return OrganizationFact(
        organization_id=row["organization_id"], state=row["state"], party=row["party"],
        verified_until=row["verified_until"],
    )  # fmt: skip


def consent_of(row: Row) -> ConsentFact:
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
    public.PlanSequence: of_sequence,
    public.AskNext: of_sequence,
    public.AcceptReferral: of_answer,
    public.ConfirmAnswer: of_told,
    public.DisputeAnswer: of_told,
    public.ChooseMail: of_mailing,
    public.DisburseGrant: of_payment,
    public.HintOverlap: of_payment,
}
"""What is looked up for which command; all others are decided on their own stream alone."""
