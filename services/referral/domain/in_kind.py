"""Support in kind: goods or a benefit reached the person. A fact and no process; one stream a delivery."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.contracts import referral as public
from services.contracts.tables import dated
from services.contracts.words import Party
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.speaking import ORGANIZATIONS_PEOPLE

Command = public.RecordInKindSupport
Event = public.InKindSupportDelivered


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """It is there."""

    matter_id: UUID
    giver: Party
    item_codes: tuple[str, ...]


State = Delivered | None


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """A delivery is recorded once; another one is another delivery. An organization records what it gave itself."""
    if ask.actor.role in ORGANIZATIONS_PEOPLE and ask.actor.org not in (command.giver, command.giver.partition(":")[2]):
        raise Refused("not-yours", "This was given by another.", "该物资并非由贵机构提供。", field="giver")
    if state is not None:
        if (state.matter_id, state.giver, state.item_codes) == (command.matter_id, command.giver, command.item_codes):
            return []
        raise Refused("delivery-known", "This records another delivery.", "该记录已用于另一次送达。")
    return [
        public.InKindSupportDelivered(
            matter_id=command.matter_id, case_id=command.case_id, person_id=command.person_id,
            referral_id=command.referral_id, giver=command.giver, item_codes=command.item_codes,
            quantity=command.quantity, est_value_fen=command.est_value_fen, evidence_ref=command.evidence_ref,
        )
    ]  # fmt: skip


def evolve(state: State, event: Event) -> State:
    """What the event makes of a delivery."""
    return Delivered(matter_id=event.matter_id, giver=event.giver, item_codes=event.item_codes)


DECIDER = Decider(name="in-kind-support", decide=dated(decide), evolve=evolve, events=Event, states=State)
