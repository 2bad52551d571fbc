"""What can be done with a referral: by the station that asks, and by the organization that is asked."""

from __future__ import annotations

from typing import Any

from services.console.acts.act import Act, Circumstances, many, nothing, one, pick, plain
from services.contracts import codes
from services.contracts import referral as public

ANSWERING = ("partner", "team_leader")
WAITING = ("offered", "asked-back")
OUTCOMES = ("delivered", "partially", "not_delivered", "client_declined", "unreachable")
UNITS = ("times", "persons", "hours", "items", "households")
BEFORE = ("draft", "ready", "offered", "exhausted")


def _act(command: type, path: str, event: str, *states: str, **more: Any) -> Act:
    return Act(command=command, of="referral", service="referral", path=f"/referrals/{{id}}/{path}", event=event,
               states=states, **more)  # fmt: skip


REFERRALS = (
    _act(public.MarkReferralReady, "readiness", "referral.ready", "draft", main=True, fields=(
        pick("consent_id", "consents"), one("legal_basis", codes.LEGAL_BASIS))),
    _act(public.OfferReferral, "offers", "referral.offered", "ready", "offered", main=True, fields=(
        pick("organization_id", "candidates", needed=True), plain("respond_by", "moment"),
        one("mode", codes=("direct", "broadcast"), words="offer-mode", needed=True, start="direct"),
        one("reason_code", codes.REASON), plain("suggestion", "hidden"))),
    _act(public.SupplyInformation, "information", "information.supplied", "offered", fields=(
        pick("organization_id", "asked", needed=True), many("answer_codes", codes.NEED, needed=True))),
    _act(public.WithdrawOffer, "offers/withdrawal", "offer.withdrawn", "offered", fields=(
        pick("organization_id", "asked", needed=True), one("reason_code", codes.REASON, needed=True))),
    _act(public.ConfirmOutcome, "confirmation", "outcome.confirmed", "outcome-reported", main=True, fields=(
        one("client_asked", codes=("yes", "no"), words="yes-no", needed=True, start="yes", as_="truth"),
        one("not_asked_reason", codes.REASON))),
    _act(public.DisputeOutcome, "dispute", "outcome.disputed", "outcome-reported",
         fields=(one("reason_code", codes.REASON, needed=True),)),
    _act(public.ContactPerson, "contacts", "referral.person-contacted", "draft", "ready", "offered", "accepted",
         "in-service", "paused", "outcome-reported", "disputed", fields=(
             one("about", codes=("nobody-found", "no-first-contact", "outcome", "progress", "withdrawal"),
                 words="contact-about", needed=True),
             one("result", codes=("reached", "no-answer", "left-word"), words="contact-result", needed=True, start="reached"))),
    _act(public.CloseReferral, "closure", "referral.closed", "outcome-reported", "disputed",
         fields=(one("unconfirmed_reason", codes.REASON, needed=True),)),
    _act(public.WithdrawReferral, "withdrawal", "referral.withdrawn", *BEFORE, "accepted", "in-service", "paused",
         fields=(one("reason_code", codes.REASON, needed=True),)),
    _act(public.CancelReferral, "cancellation", "referral.cancelled", *BEFORE,
         fields=(one("reason_code", codes.REASON, needed=True),)),
    _act(public.ExhaustReferral, "exhaustion", "referral.exhausted", "ready", fields=(
        pick("station_head", "workers", needed=True), one("reason_code", codes.REASON))),
)  # fmt: skip


def of_offer(at: Circumstances) -> dict[str, Any]:
    """Which organization answers."""
    return {"organization_id": at.org}


def _answer(command: type, path: str, event: str, *states: str, speaks: bool = False, **more: Any) -> Act:
    """What an organization says; `speaks` where the command asks which organization it is."""
    given = of_offer if speaks else nothing
    return Act(command=command, of="offer", service="referral", path=f"/referrals/{{id}}/{path}", event=event,
               states=states, roles=ANSWERING, given=given, **more)  # fmt: skip


PARTNERS = (
    _answer(public.AcceptReferral, "acceptance", "referral.accepted", *WAITING, speaks=True, main=True, fields=(
        plain("planned_start", "day"), plain("worker_ref", "text"))),
    _answer(public.DeclineOffer, "refusal", "offer.declined", *WAITING, speaks=True, main=True, fields=(
        one("reason_code", codes.DECLINE_REASON, needed=True),)),
    _answer(public.RequestInformation, "questions", "information.requested", "offered", speaks=True, fields=(
        many("question_codes", codes.NEED, needed=True),)),
    _answer(public.StartService, "start", "service.started", "accepted", main=True, fields=(
        plain("planned_until", "day"),)),
    _answer(public.ReportOutcome, "outcome", "outcome.reported", "in-service", main=True, fields=(
        one("outcome", codes=OUTCOMES, words="outcome", needed=True), plain("quantity", "number"),
        one("unit", codes=UNITS, words="unit"), plain("evidence_ref", "text"))),
    _answer(public.PauseService, "pause", "service.paused", "in-service", fields=(
        one("reason_code", codes.REASON, needed=True), plain("until", "day"))),
    _answer(public.ResumeService, "resumption", "service.resumed", "paused", main=True),
    _answer(public.ReturnReferral, "return", "referral.returned", "accepted", "in-service", "paused", fields=(
        one("reason_code", codes.DECLINE_REASON, needed=True),)),
)  # fmt: skip
