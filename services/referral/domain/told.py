"""What a station wrote down for an organization: the organization may stand by it later, or deny that it said so (INV-38).

A denied acceptance gives the need back: nobody answers for what he never took on. All else that was denied stays on
record beside the denial, for the origin to set right.
"""

from __future__ import annotations

from services.contracts import referral as public
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.facts import ToldFact, known
from services.referral.domain.offers import asked_of
from services.referral.domain.referral_allowed import handoff
from services.referral.domain.referral_state import Accepted, Event, InService, Known, Offer, Paused, State
from services.referral.domain.speaking import ORGANIZATIONS_PEOPLE
from services.referral.domain.waiting import first_action, new_outcome

ANSWER_DISPUTED = "answer-disputed"


def confirm(command: public.ConfirmAnswer, state: State, ask: Ask) -> list[Event]:
    """All that was written down about the organization's last offer, and that it has not spoken about yet."""
    known_state, found = asked_of(state, command.organization_id, ask)
    told = _told(found, ask)
    answers = tuple(each.answer for each in told if each.standing == "told")
    if not answers:
        return []
    slip = known_state.slip
    return [
        public.AnswerConfirmed(
            matter_id=slip.matter_id, case_id=slip.case_id, offer_id=found.offer_id,
            organization_id=found.organization_id, answers=answers,
        )
    ]  # fmt: skip


def dispute(command: public.DisputeAnswer, state: State, ask: Ask) -> list[Event]:
    """One of them, with a reason; what it has confirmed itself it cannot deny any more."""
    known_state, found = asked_of(state, command.organization_id, ask)
    standing = next((each.standing for each in _told(found, ask) if each.answer == command.answer), None)
    match standing:
        case None:
            raise _nothing_told("answer")
        case "disputed":
            return []
        case "confirmed":
            raise Refused("answer-confirmed", "The organization has confirmed this answer.", "该机构已确认此答复。",
                          field="answer")  # fmt: skip
        case _:
            return [_disputed(command, known_state, found, ask), *_given_back(command, known_state, found, ask)]


def _told(found: Offer, ask: Ask) -> list[ToldFact]:
    """What was written down about this offer; only the organization's own people speak about that."""
    if ask.actor.role not in ORGANIZATIONS_PEOPLE:
        raise Refused("own-word-only", "Only the organization itself can say this.", "须由该机构本人办理。")
    told = [each for each in known(ask).told if each.offer_id == found.offer_id]
    if not told:
        raise _nothing_told("organization_id")
    return told


def _nothing_told(field: str) -> Refused:
    return Refused(
        "nothing-told", "Nothing of the kind was written down for this organization.", "没有代该机构登记的此类答复。",
        field=field,
    )  # fmt: skip


def _disputed(command: public.DisputeAnswer, state: Known, found: Offer, ask: Ask) -> public.AnswerDisputed:
    return public.AnswerDisputed(
        matter_id=state.slip.matter_id, case_id=state.slip.case_id, offer_id=found.offer_id,
        organization_id=found.organization_id, answer=command.answer, reason_code=command.reason_code,
        wait=new_outcome(ask) if command.answer == "outcome" else None,
    )  # fmt: skip


def _given_back(command: public.DisputeAnswer, state: Known, found: Offer, ask: Ask) -> list[Event]:
    held = isinstance(state, Accepted | InService | Paused) and state.taken.offer_id == found.offer_id
    if command.answer != "acceptance" or not held:
        return []
    return [
        public.ReferralReturned(
            matter_id=state.slip.matter_id, case_id=state.slip.case_id, offer_id=found.offer_id,
            organization_id=found.organization_id, reason_code=ANSWER_DISPUTED,
            handoff=handoff("returned", state.slip, found.party, state.slip.origin), wait=first_action(state.slip, ask),
        )
    ]  # fmt: skip
