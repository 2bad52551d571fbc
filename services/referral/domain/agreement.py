"""A cooperation agreement between two or more parties: signed -> ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from services.contracts import referral as public
from services.contracts.tables import dated
from services.contracts.words import Party
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.speaking import not_now

Command = public.SignAgreement | public.EndAgreement
Event = public.CooperationAgreementSigned | public.CooperationAgreementEnded


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """The parties work together."""

    parties: tuple[Party, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """They no longer do, under this agreement."""

    parties: tuple[Party, ...]


State = Signed | Ended | None


def sign(command: public.SignAgreement, state: State) -> list[Event]:
    """Different parties; the day may be unknown."""
    if state is not None:
        if state.parties == command.parties:
            return []
        raise Refused("agreement-known", "This agreement stands between other parties.", "该协议已由其他各方签订。")
    if len(set(command.parties)) < len(command.parties):
        raise Refused(
            "parties-alike", "The parties of an agreement are different.", "协议各方不能相同。", field="parties"
        )
    return [
        public.CooperationAgreementSigned(
            parties=command.parties, purpose_codes=command.purpose_codes, agreement_ref=command.agreement_ref,
            pia_ref=command.pia_ref, signed_on=command.signed_on, valid_until=command.valid_until,
        )
    ]  # fmt: skip


def end(command: public.EndAgreement, state: State) -> list[Event]:
    """An agreement ends once."""
    match state:
        case Signed():
            return [public.CooperationAgreementEnded(parties=state.parties, reason_code=command.reason_code)]
        case Ended():
            return []
        case None:
            raise not_now(state, {}, "agreement", "协议")
        case _:
            assert_never(state)


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """What follows from a command about an agreement."""
    match command:
        case public.SignAgreement():
            return sign(command, state)
        case public.EndAgreement():
            return end(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    """What an event makes of an agreement."""
    match event:
        case public.CooperationAgreementSigned():
            return Signed(parties=event.parties)
        case public.CooperationAgreementEnded():
            return Ended(parties=event.parties)
        case _:
            assert_never(event)


DECIDER = Decider(name="cooperation-agreement", decide=dated(decide), evolve=evolve, events=Event, states=State)
