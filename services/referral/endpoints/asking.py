"""A referral, from the side that asks."""

from __future__ import annotations

from services.contracts import referral as public
from services.kernel.entrypoints import asks, lists
from services.referral.domain import referral
from services.referral.endpoints.roles import READING, STATION
from services.referral.views.contacts import contacts


class Asking:
    """The origin drafts, offers, answers questions, confirms what came of it, or ends it."""

    draft = asks("POST", "/referrals", public.DraftReferral, of=referral.DECIDER, roles=STATION)
    ready = asks("POST", "/referrals/{id}/readiness", public.MarkReferralReady, of=referral.DECIDER, roles=STATION)
    offer = asks("POST", "/referrals/{id}/offers", public.OfferReferral, of=referral.DECIDER, roles=STATION)
    plan = asks("POST", "/referrals/{id}/sequence", public.PlanSequence, of=referral.DECIDER, roles=STATION)
    take_back = asks(
        "POST", "/referrals/{id}/offers/withdrawal", public.WithdrawOffer, of=referral.DECIDER, roles=STATION
    )
    supply = asks("POST", "/referrals/{id}/information", public.SupplyInformation, of=referral.DECIDER, roles=STATION)
    contact = asks("POST", "/referrals/{id}/contacts", public.ContactPerson, of=referral.DECIDER, roles=STATION)
    confirm = asks("POST", "/referrals/{id}/confirmation", public.ConfirmOutcome, of=referral.DECIDER, roles=STATION)
    dispute = asks("POST", "/referrals/{id}/dispute", public.DisputeOutcome, of=referral.DECIDER, roles=STATION)
    close = asks("POST", "/referrals/{id}/closure", public.CloseReferral, of=referral.DECIDER, roles=STATION)
    withdraw = asks("POST", "/referrals/{id}/withdrawal", public.WithdrawReferral, of=referral.DECIDER, roles=STATION)
    cancel = asks("POST", "/referrals/{id}/cancellation", public.CancelReferral, of=referral.DECIDER, roles=STATION)
    exhaust = asks("POST", "/referrals/{id}/exhaustion", public.ExhaustReferral, of=referral.DECIDER, roles=STATION)
    hand_on = asks("POST", "/referrals/{id}/origin", public.ChangeReferralOrigin, of=referral.DECIDER, roles=STATION)
    error = asks("POST", "/referrals/{id}/error", public.MarkReferralEnteredInError, of=referral.DECIDER, roles=STATION)
    contacts = lists("/contacts", contacts, by=("referral_id", "matter_id", "about", "result"), roles=READING)
