"""The origin speaks with the person about a referral: tells her that nobody was found, asks whether anybody came."""

from __future__ import annotations

from services.contracts import referral as public
from services.kernel.message import Ask
from services.referral.domain.referral_allowed import no
from services.referral.domain.referral_state import Draft, EnteredInError, Event, State
from services.referral.domain.speaking import must_be_origin


def contact(command: public.ContactPerson, state: State, ask: Ask) -> list[Event]:
    """As often as it takes, and also when the referral has ended; of a draft there is nothing to tell yet."""
    if state is None or isinstance(state, Draft | EnteredInError):
        raise no(state)
    must_be_origin(ask)
    return [
        public.PersonContacted(
            matter_id=state.slip.matter_id, case_id=state.slip.case_id, about=command.about, mode=command.mode,
            result=command.result,
        )
    ]  # fmt: skip
