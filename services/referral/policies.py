"""Whenever something happens elsewhere, or to an organization: what this service does about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, assert_never
from uuid import UUID

from services.contracts import intake
from services.contracts import referral as public
from services.contracts.words import Party
from services.kernel.contract import about
from services.kernel.manifest import Do, Look, Timer
from services.kernel.message import Message
from services.referral.domain import grant, offering, project, referral
from services.referral.domain.answers import CONSENT_WITHDRAWN
from services.referral.domain.referral_allowed import CONSENT_ITSELF
from services.referral.lookup import consents_of, records_of
from services.referral.views import deadlines as clocks
from services.referral.views.tables import clocks as owed
from services.referral.views.tables import (
    consents,
    deadlines,
    grants,
    merged_persons,
    offerings,
    offers,
    organizations,
    referrals,
)

Row = dict[str, Any]

NOT_TAKEN = ("draft", "ready", "offered", "exhausted")
TAKEN = ("accepted", "in_service", "paused", "disputed")
UNPAID = ("applied", "approved", "partly_paid")
UNSPENT = ("partly_paid", "paid")
GONE = ("suspended", "retired")

NO_LONGER_NEEDED = "no-longer-needed"
"""What partners are told when a person has died: they need not know."""


def whenever(message: Message, look: Look) -> list[Do]:
    """The commands that follow from a message."""
    match message.event:
        case intake.ConsentWithdrawn() as event:
            gone = event.receivers if event.receivers_left and "identity" in event.categories_left else None
            return _consent_gone(event.consent_id, event.person_id, gone, CONSENT_WITHDRAWN, look)
        case intake.ConsentExpired() | intake.ConsentSuperseded() as event:
            return _consent_gone(event.consent_id, event.person_id, None, "consent-over", look)
        case (
            intake.PersonDied() | intake.DeathCorrected() | intake.PersonsMerged() | intake.PersonsUnmerged()
        ) as event:
            return _of_person(event, look)
        case intake.CaseClosed(reason_code="deceased") as event:
            return _ended_by_death(look, matter_id=event.matter_id)
        case intake.CaseTakenOver() | intake.CaseOpened() | intake.CaseReopened() as event:
            return _matter_moved(event.matter_id, event.handoff.giver, event.owner, look)
        case intake.CaseTransferredOut() as event:
            moved = _matter_moved(event.matter_id, event.handoff.giver, event.handoff.takers[0], look)
            return [do for do in moved if do.stream_id != event.referral_id]
        case public.OfferDeclined() | public.OfferExpired() | public.AcceptanceRefused() as event if (
            event.offers_left == 0
        ):
            return _in_turn(message.stream_id, event.offer_id, look)
        case public.OutcomeDisputed() as event:
            return _disputed_with_one_gone(message.stream_id, event.organization_id, look)
        case public.OrganizationSuspended() as event:
            return _organization_gone(message.stream_id, event.party, "organization-suspended", look)
        case public.OrganizationRetired() as event:
            withdrawn = public.WithdrawOffering(reason_code="organization-retired")
            found = look.all(offerings, organization_id=message.stream_id, state="published")
            closing = [Do(offering.DECIDER, row["offering_id"], withdrawn) for row in found]
            return _organization_gone(message.stream_id, event.party, "organization-retired", look) + closing
        case None:
            return []
        case _:
            closes = about(message.event).get("closes") == "matter"
            return _matter_closed(message.event.matter_id, look) if closes else []


_OfPerson = intake.PersonDied | intake.DeathCorrected | intake.PersonsMerged | intake.PersonsUnmerged


def _of_person(event: _OfPerson, look: Look) -> list[Do]:
    """What is said of a person is said of all records of the same human being."""
    match event:
        case intake.PersonDied():
            records = records_of(event.person_id, look)
            return [do for record in records for do in _ended_by_death(look, person_id=record)]
        case intake.DeathCorrected():
            return [do for record in records_of(event.person_id, look) for do in _lives(record, look)]
        case intake.PersonsMerged():
            return _paid_twice((event.survivor_id, event.merged_id), look)
        case intake.PersonsUnmerged():
            return _taken_apart(event, look)
        case _:
            assert_never(event)


def _consent_gone(
    consent_id: UUID, person_id: UUID, gone: Sequence[Party] | None, reason_code: str, look: Look
) -> list[Do]:
    """Offers to those whom no other consent names are withdrawn, and so is what they hold; all others live on.

    `gone` is None when the consent is over as a whole.
    """
    heard = [row for row in consents_of(person_id, look) if row["for_referral"]]
    covered = {party for c in heard if c["granted"] and c["consent_id"] != consent_id for party in c["receivers"]}
    named = {party for c in heard if c["consent_id"] == consent_id for party in c["receivers"]}
    lost = (named if gone is None else set(gone)) - covered
    todo: list[Do] = []
    for row in _standing_on(consent_id, person_id, look):
        whole = gone is None and row["consent_id"] == consent_id and not covered
        if (row["state"] in TAKEN and (row["holder"] in lost or whole)) or (row["state"] in NOT_TAKEN and whole):
            todo.append(_withdraw(row, "client", reason_code))
        elif row["state"] == "offered":
            todo += [_take_back(o, reason_code) for o in _live(look, row["referral_id"]) if o["party"] in lost]
    return todo


def _taken_apart(event: intake.PersonsUnmerged, look: Look) -> list[Do]:
    """What stood for one on the consent of the other has no ground any more (INV-5); this service still has them as one."""
    both = records_of(event.survivor_id, look)
    apart = {event.merged_id, *(record for record in both if event.merged_id in _merged_into(record, look))}
    return [do for side in (apart, set(both) - apart) for do in _without_the_other(side, look)]


def _merged_into(record: UUID, look: Look) -> list[UUID]:
    """The records that speak for this one, the nearest first."""
    row = look.one(merged_persons, record)
    return [] if row is None else [row["survivor_id"], *_merged_into(row["survivor_id"], look)]


def _without_the_other(side: set[UUID], look: Look) -> list[Do]:
    own = [row for record in side for row in look.all(consents, person_id=record) if row["for_referral"]]
    covered = {party for row in own if row["granted"] for party in row["receivers"]}
    todo: list[Do] = []
    for row in (row for record in sorted(side) for row in look.all(referrals, person_id=record)):
        cited = look.one(consents, row["consent_id"]) if row["consent_id"] else None
        if row["legal_basis"] not in CONSENT_ITSELF or cited is None or cited["person_id"] in side:
            continue
        if row["state"] in TAKEN and row["holder"] not in covered:
            todo.append(_withdraw(row, "station", "consent-over"))
        elif row["state"] == "offered":
            offered = _live(look, row["referral_id"])
            todo += [_take_back(offer, "consent-over") for offer in offered if offer["party"] not in covered]
    return todo


def _standing_on(consent_id: UUID, person_id: UUID, look: Look) -> Iterable[Row]:
    """The person's referrals, and those that cite this consent, that stand on consent and on nothing else."""
    found = [row for record in records_of(person_id, look) for row in look.all(referrals, person_id=record)]
    found += look.all(referrals, consent_id=consent_id)
    unique = {row["referral_id"]: row for row in found if row["legal_basis"] in CONSENT_ITSELF}
    return unique.values()


def _ended_by_death(look: Look, **which: UUID) -> list[Do]:
    """What is open ends for a neutral reason; what has not been paid lapses, what was paid and not used is asked back (H6)."""
    open_rows = [row for row in look.all(referrals, **which) if row["state"] in NOT_TAKEN + TAKEN]
    money = look.all(grants, **which)
    back, lapsed = public.AskGrantReturn(reason_code=NO_LONGER_NEEDED), public.LapseGrant(reason_code=NO_LONGER_NEEDED)
    return [
        *(_withdraw(row, "station", NO_LONGER_NEEDED) for row in open_rows),
        *(Do(grant.DECIDER, row["grant_id"], back) for row in money if row["state"] in UNSPENT),
        *(Do(grant.DECIDER, row["grant_id"], lapsed) for row in money if row["state"] in UNPAID),
    ]


def _lives(person_id: UUID, look: Look) -> list[Do]:
    """The report was wrong: nothing is asked back. What ended is taken up again by those who know, one by one."""
    waive = public.WaiveGrantReturn(reason_code="report-corrected")
    asked = [row for row in look.all(grants, person_id=person_id) if row["return_asked_at"] is not None]
    return [Do(grant.DECIDER, row["grant_id"], waive) for row in asked]


def _paid_twice(merged: tuple[UUID, UUID], look: Look) -> list[Do]:
    """What was paid for two persons was paid for one: both sides look again whether it overlaps.

    That they are one this service learns with this very message, so each brings its own records.
    """
    records = dict.fromkeys(record for one in merged for record in records_of(one, look))
    money = [row for record in records for row in look.all(grants, person_id=record)]
    return [Do(grant.DECIDER, row["grant_id"], public.HintOverlap()) for row in money if row["paid_at"] is not None]


def _matter_moved(matter_id: UUID, giver: Party, owner: Party, look: Look) -> list[Do]:
    """What the old owner had asked for comes back to the new one."""
    if giver in (owner, "unknown"):
        return []
    change = public.ChangeReferralOrigin(origin=owner)
    rows = [row for row in look.all(referrals, matter_id=matter_id) if row["state"] in NOT_TAKEN + TAKEN]
    return [Do(referral.DECIDER, row["referral_id"], change) for row in rows if row["origin"] == giver]


def _matter_closed(matter_id: UUID, look: Look) -> list[Do]:
    """What nobody has taken is asked no longer; what somebody has taken goes on to its own end."""
    cancel = public.CancelReferral(reason_code="matter-closed")
    rows = [row for row in look.all(referrals, matter_id=matter_id) if row["state"] in NOT_TAKEN]
    return [Do(referral.DECIDER, row["referral_id"], cancel) for row in rows]


def _disputed_with_one_gone(referral_id: UUID, organization_id: UUID, look: Look) -> list[Do]:
    """Nobody who may not act can report anew: what the origin does not agree with comes back to it (INV-43)."""
    row = look.one(organizations, organization_id)
    if row is None or row["state"] not in GONE:
        return []
    back = public.ReturnReferral(reason_code=f"organization-{row['state']}")
    return [Do(referral.DECIDER, referral_id, back)]


def _organization_gone(organization_id: UUID, party: Party | None, reason_code: str, look: Look) -> list[Do]:
    """It is asked nothing more, what it holds goes back, and what it has not paid is for others to give (INV-43).

    An outcome that it has reported is the origin's to confirm or to dispute; with a dispute the need comes back.
    """
    unpaid = [row for row in look.all(grants, fund=party) if row["state"] in UNPAID] if party else []
    asked = look.all(offers, organization_id=organization_id, state="live")
    held = [row for row in look.all(referrals, organization_id=organization_id) if row["state"] in TAKEN]
    give_back = public.ReturnReferral(reason_code=reason_code)
    lapse = public.LapseGrant(reason_code=reason_code)
    return [
        *(_take_back(row, reason_code) for row in asked),
        *(Do(referral.DECIDER, row["referral_id"], give_back) for row in held),
        *(Do(grant.DECIDER, row["grant_id"], lapse) for row in unpaid),
    ]


def _in_turn(referral_id: UUID, offer_id: UUID, look: Look) -> list[Do]:
    """One of a sequence has said no or kept silent: the next is asked."""
    row = look.one(offers, offer_id)
    ask_next = public.AskNext(offer_id=offer_id)
    return [Do(referral.DECIDER, referral_id, ask_next)] if row and row["mode"] == "sequential" else []


def _live(look: Look, referral_id: UUID) -> list[Row]:
    return look.all(offers, referral_id=referral_id, state="live")


def _take_back(row: Row, reason_code: str) -> Do:
    command = public.WithdrawOffer(organization_id=row["organization_id"], reason_code=reason_code)
    return Do(referral.DECIDER, row["referral_id"], command)


def _withdraw(row: Row, by: str, reason_code: str) -> Do:
    return Do(referral.DECIDER, row["referral_id"], public.WithdrawReferral(by=by, reason_code=reason_code))


def when_due(row: Row) -> Do:
    """What the clock asks for when a deadline has come."""
    command: object
    match row["kind"]:
        case clocks.OFFER_EXPIRY:
            command = public.ExpireOffer(offer_id=row["subject_id"])
        case clocks.OFFER_REMINDER:
            command = public.RemindReferral(offer_id=row["subject_id"])
        case clocks.CONTACT_ESCALATION | clocks.ACTION_ESCALATION:
            command = public.EscalateReferral()
        case _:
            command = public.RemindReferral()
    return Do(referral.DECIDER, row["referral_id"], command)


def when_owed(row: Row) -> Do:
    """What the clock asks for when a step of a grant, or a report, is due or late."""
    stream, subject = row["stream_id"], row["subject_id"]
    match row["kind"]:
        case "grant-reminder":
            return Do(grant.DECIDER, stream, public.RemindGrant())
        case "grant-lateness":
            return Do(grant.DECIDER, stream, public.EscalateGrant())
        case "report-reminder":
            return Do(project.DECIDER, stream, public.RemindReport(report_id=subject))
        case _:
            return Do(project.DECIDER, stream, public.MarkReportOverdue(report_id=subject))


TIMERS = (
    Timer(name="deadlines", table=deadlines, due="due", command=when_due),
    Timer(name="owed", table=owed, due="due", command=when_owed),
)
