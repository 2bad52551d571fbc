"""A referral: one need is offered to others, one of them answers for it, and it ends with an outcome.

States stand in `referral_state`, consequences in `referral_evolve`, the rules in a module a phase: `drafting` before
anybody is asked, `offers`, `sequence` and `answers` while organizations are asked, `told` for what was written down for
them, `serving` from acceptance to outcome, `ending` for all other ends.
"""

from __future__ import annotations

from typing import assert_never

from services.contracts import referral as public
from services.contracts.tables import dated
from services.kernel.decider import Decider
from services.kernel.message import Ask
from services.referral.domain import answers, contacting, drafting, ending, offers, sequence, serving, told, undelivered
from services.referral.domain.referral_evolve import evolve
from services.referral.domain.referral_state import Event, State

Asking = (
    public.DraftReferral
    | public.MarkReferralReady
    | public.ChangeReferralOrigin
    | public.OfferReferral
    | public.PlanSequence
    | public.AskNext
    | public.SupplyInformation
    | public.WithdrawOffer
    | public.ContactPerson
)
Answering = (
    public.ViewOffer
    | public.RequestInformation
    | public.AcceptReferral
    | public.DeclineOffer
    | public.ExpireOffer
    | public.ConfirmAnswer
    | public.DisputeAnswer
    | public.ReportUndelivered
)
Serving = (
    public.StartService
    | public.PauseService
    | public.ResumeService
    | public.ReturnReferral
    | public.RerouteReferral
    | public.ReportOutcome
    | public.ConfirmOutcome
    | public.DisputeOutcome
    | public.RemindReferral
    | public.EscalateReferral
)
Ending = (
    public.WithdrawReferral
    | public.CancelReferral
    | public.ExhaustReferral
    | public.CloseReferral
    | public.MarkReferralEnteredInError
)
Command = Asking | Answering | Serving | Ending


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """What follows from a command about a referral."""
    offers.must_concern(state, ask)
    match command:
        case public.DraftReferral():
            return drafting.draft(command, state, ask)
        case public.MarkReferralReady():
            return drafting.ready(command, state, ask)
        case public.ChangeReferralOrigin():
            return drafting.change_origin(command, state, ask)
        case public.OfferReferral():
            return offers.offer(command, state, ask)
        case public.PlanSequence():
            return sequence.plan(command, state, ask)
        case public.AskNext():
            return sequence.ask_next(command, state, ask)
        case public.SupplyInformation():
            return offers.supply_information(command, state, ask)
        case public.WithdrawOffer():
            return offers.withdraw_offer(command, state, ask)
        case public.ContactPerson():
            return contacting.contact(command, state, ask)
        case _:
            return _answer(command, state, ask)


def _answer(command: Answering | Serving | Ending, state: State, ask: Ask) -> list[Event]:
    match command:
        case public.ViewOffer():
            return offers.view(command, state, ask)
        case public.RequestInformation():
            return offers.request_information(command, state, ask)
        case public.AcceptReferral():
            return answers.accept(command, state, ask)
        case public.DeclineOffer():
            return answers.decline(command, state, ask)
        case public.ExpireOffer():
            return answers.expire(command, state, ask)
        case public.ConfirmAnswer():
            return told.confirm(command, state, ask)
        case public.DisputeAnswer():
            return told.dispute(command, state, ask)
        case public.ReportUndelivered():
            return undelivered.report(command, state, ask)
        case _:
            return _serve(command, state, ask)


def _serve(command: Serving | Ending, state: State, ask: Ask) -> list[Event]:
    match command:
        case public.StartService():
            return serving.start(command, state, ask)
        case public.PauseService():
            return serving.pause(command, state, ask)
        case public.ResumeService():
            return serving.resume(command, state, ask)
        case public.ReturnReferral() | public.RerouteReferral():
            return serving.give_back(command, state, ask)
        case public.ReportOutcome():
            return serving.report(command, state, ask)
        case public.ConfirmOutcome():
            return serving.confirm(command, state, ask)
        case public.DisputeOutcome():
            return serving.dispute(command, state, ask)
        case public.RemindReferral():
            return serving.remind(command, state, ask)
        case public.EscalateReferral():
            return serving.escalate(command, state, ask)
        case _:
            return _end(command, state, ask)


def _end(command: Ending, state: State, ask: Ask) -> list[Event]:
    match command:
        case public.WithdrawReferral():
            return ending.withdraw(command, state, ask)
        case public.CancelReferral():
            return ending.cancel(command, state, ask)
        case public.ExhaustReferral():
            return ending.exhaust(command, state, ask)
        case public.CloseReferral():
            return ending.close(command, state, ask)
        case public.MarkReferralEnteredInError():
            return ending.mark_error(command, state, ask)
        case _:
            assert_never(command)


DECIDER = Decider(name="referral", decide=dated(decide), evolve=evolve, events=Event, states=State)
