"""Asking: organizations are offered the need, and what else may be said between asking and answering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.contracts import referral as public
from services.contracts.codes_matching import CANDIDATE_AGAINST
from services.contracts.codes_times import ANSWER_BACK, REPLY, remind_at
from services.contracts.tables import today
from services.contracts.worktime import Span, deadline
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.facts import OfferingFact, OrganizationFact, Whom, known
from services.referral.domain.offering import Client, why_not
from services.referral.domain.referral_allowed import handoff, no, reason_needed
from services.referral.domain.referral_state import (
    Event,
    Exhausted,
    Known,
    Offer,
    Offered,
    Ready,
    Slip,
    State,
    holder,
    latest,
    live,
)
from services.referral.domain.routing.suggesting import instead, suggested
from services.referral.domain.speaking import ORGANIZATIONS_PEOPLE, must_be_origin, must_speak_for, speaks_for
from services.referral.domain.summary import no_numbers
from services.referral.domain.waiting import with_nobody_asked


@dataclass(frozen=True)
class _Clock:
    """When to remind and when it is over."""

    remind_at: datetime
    ends: datetime


def offer(command: public.OfferReferral, state: State, ask: Ask) -> list[Event]:
    """Ask one organization: active, offering this here, not the origin, not asked already, and if it declined, why again."""
    if not isinstance(state, Ready | Offered | Exhausted):
        raise no(state)
    must_be_origin(ask)
    before = latest(state, command.organization_id)
    if before is not None and before.state == "live":
        return []
    asked = offered(command, state, known(ask).whom, ask)
    return [*chosen(state.slip, command.suggestion, (command.organization_id,), ask), asked]


def chosen(slip: Slip, shown: public.Shown | None, whom: Sequence[UUID], ask: Ask) -> list[Event]:
    """What had been suggested goes on record beside the choice, where the choice says that it came from a suggestion."""
    network = known(ask).network
    if shown is None or network is None:
        return []
    return [suggested(network.on(today()), shown, slip.matter_id, slip.case_id, whom)]


def offered(command: public.OfferReferral, state: Known, whom: Whom, ask: Ask) -> public.ReferralOffered:
    """The offer to this organization, unless it may not be asked or does not fit (INV-12)."""
    organization = _may_be_asked(command, state, whom.organization, ask)
    offering_id = _fitting(command, state, whom.offerings, ask)
    clock = _reply_clock(command, state, ask)
    slip = state.slip
    return public.ReferralOffered(
        matter_id=slip.matter_id, case_id=slip.case_id, offer_id=ask.new_id("offer"),
        organization_id=command.organization_id, offering_id=offering_id, kind=slip.kind, mode=command.mode,
        need_codes=slip.need_codes, urgency=slip.urgency, areas=slip.event.areas, group_codes=slip.event.group_codes,
        age_band=slip.event.age_band, required_by=slip.event.required_by, remind_at=clock.remind_at,
        respond_by=clock.ends, reason_code=command.reason_code,
        handoff=handoff("offered", slip, holder(state), organization.party),
    )  # fmt: skip


def _may_be_asked(
    command: public.OfferReferral, state: Known, organization: OrganizationFact | None, ask: Ask
) -> OrganizationFact:
    before = latest(state, command.organization_id)
    if organization is None:
        raise Refused("organization-unknown", "There is no such organization in the directory.", "名录中没有该机构。",
                      field="organization_id")  # fmt: skip
    if organization.state != "active":
        raise Refused("organization-not-active", f"This organization is {organization.state}.", "该机构目前不可接收转介。",
                      field="organization_id")  # fmt: skip
    if organization.verified_until is not None and organization.verified_until < (today() or ask.now.date()):
        until = organization.verified_until
        raise Refused("verification-over", f"It was verified until {until}.", f"该机构的登记核验已于 {until} 到期。",
                      field="organization_id", allowed=("verify-organization",))  # fmt: skip
    if organization.party == state.slip.origin or ask.actor.org in (str(command.organization_id), organization.party):
        raise Refused(
            "offer-to-origin",
            "The side that asks cannot ask itself.",
            "不能转介给转出方自身。",
            field="organization_id",
        )
    if before is not None and before.state in ("declined", "returned") and command.reason_code is None:
        raise reason_needed("reason_code")
    others = live(state)
    if others and (command.mode != "broadcast" or any(other.mode != "broadcast" for other in others)):
        raise Refused("offer-pending", "Another organization has not answered yet; only a broadcast asks several at once.",
                      "另一机构尚未答复; 只有广播方式可同时询问多家。", allowed=("withdraw-offer",))  # fmt: skip
    return organization


def _fitting(command: public.OfferReferral, state: Known, offerings: tuple[OfferingFact, ...], ask: Ask) -> UUID | None:
    """The offering under which it is asked (INV-12); a question can be put to anybody active.

    A refusal names who could be asked instead or, with nobody left, what could be done.
    """
    if state.slip.kind == "consult":
        return command.offering_id
    slip, reasons = state.slip, set[str]()
    client = Client(group_codes=slip.event.group_codes, age_band=slip.event.age_band, day=today())
    for offering in offerings:
        if command.offering_id in (None, offering.offering_id):
            found = why_not(offering, slip.need_codes, slip.event.areas, command.conditions_met, client)
            if not found:
                return offering.offering_id
            reasons |= set(found)
    why = sorted(reasons) or ["nothing-offered"]
    said, said_zh = ", ".join(why), "、".join(CANDIDATE_AGAINST.label(code) for code in why)
    network = known(ask).network
    en, zh = instead(network.on(today())) if network else ("", "")
    raise Refused("offering-does-not-fit", f"What this organization offers does not fit: {said}.{en}",
                  f"该机构的服务供给不符合: {said_zh}。{zh}", field="offering_id", allowed=("offer-referral",) if en else ())  # fmt: skip


def _reply_clock(command: public.OfferReferral, state: Known, ask: Ask) -> _Clock:
    if command.respond_by is None:
        return _clock(ask, REPLY[state.slip.urgency])
    if command.respond_by <= ask.now:
        raise Refused(
            "respond-by-past", "The time to answer would be over already.", "答复时限已过。", field="respond_by"
        )
    return _Clock(remind_at=ask.now + (command.respond_by - ask.now) * remind_at() / 100, ends=command.respond_by)


def _clock(ask: Ask, span: Span) -> _Clock:
    ends = deadline(ask.happened_at, ask.now, span)
    return _Clock(remind_at=min(ends, deadline(ask.happened_at, ask.now, span.part(remind_at()))), ends=ends)


def must_concern(state: State, ask: Ask) -> None:
    """To an organization's people, what it was never asked and what there is not are the same: not theirs."""
    offers = () if state is None else state.offers
    if ask.actor.role in ORGANIZATIONS_PEOPLE and not any(speaks_for(ask, o.organization_id, o.party) for o in offers):
        raise not_asked()


def not_asked() -> Refused:
    """The same words whether another organization was asked or none."""
    return Refused("not-yours", "Nothing is on offer to this organization.", "没有向该机构发出的转介。")


def asked_of(state: State, organization_id: UUID, ask: Ask) -> tuple[Known, Offer]:
    """The organization's last offer, if whoever speaks may speak for it."""
    if state is None:
        raise no(state)
    found = latest(state, organization_id)
    if found is None or (ask.actor.role in ORGANIZATIONS_PEOPLE and not speaks_for(ask, organization_id, found.party)):
        raise not_asked()
    must_speak_for(ask, organization_id, found.party)
    return state, found


def must_be_live(offer: Offer, state: Known) -> None:
    """Refuse to go on about an offer that has ended; where others may be asked, so may this one be again."""
    if offer.state != "live":
        again = ("offer-referral",) if isinstance(state, Ready | Offered | Exhausted) else ()
        raise Refused("offer-ended", f"This offer is {offer.state}.", "该要约已结束。", allowed=again)


def view(command: public.ViewOffer, state: State, ask: Ask) -> list[Event]:
    """Reading is noted once, and only while the offer can be answered."""
    known_state, found = asked_of(state, command.organization_id, ask)
    if found.viewed or found.state != "live":
        return []
    return [
        public.OfferViewed(
            matter_id=known_state.slip.matter_id, offer_id=found.offer_id, organization_id=found.organization_id
        )
    ]


def request_information(command: public.RequestInformation, state: State, ask: Ask) -> list[Event]:
    """The organization asks back; its clock stands still for the first question alone."""
    known_state, found = asked_of(state, command.organization_id, ask)
    must_be_live(found, known_state)
    if found.asking:
        raise Refused("question-open", "An earlier question has not been answered yet.", "此前的问题尚未答复。",
                      allowed=("supply-information",))  # fmt: skip
    slip = known_state.slip
    clock = _clock(ask, ANSWER_BACK[slip.urgency])
    return [
        public.MoreInformationRequested(
            matter_id=slip.matter_id, offer_id=found.offer_id, organization_id=found.organization_id,
            question_codes=command.question_codes, respond_by=found.respond_by if found.paused else None,
            remind_at=clock.ends,
        )
    ]  # fmt: skip


def supply_information(command: public.SupplyInformation, state: State, ask: Ask) -> list[Event]:
    """The origin answers; where the clock stood still, it starts anew."""
    if state is None:
        raise no(state)
    must_be_origin(ask)
    no_numbers(command.answer_codes, "answer_codes")
    found = latest(state, command.organization_id)
    if found is None or not found.asking or found.state != "live":
        raise Refused(
            "no-question-open", "This organization has asked nothing that is open.", "该机构没有待答复的问题。"
        )
    clock = _clock(ask, REPLY[state.slip.urgency])
    return [
        public.InformationSupplied(
            matter_id=state.slip.matter_id, offer_id=found.offer_id, organization_id=found.organization_id,
            answer_codes=command.answer_codes, remind_at=clock.remind_at, respond_by=found.respond_by or clock.ends,
        )
    ]  # fmt: skip


def withdraw_offer(command: public.WithdrawOffer, state: State, ask: Ask) -> list[Event]:
    """One organization is asked no longer."""
    if state is None:
        raise no(state)
    must_be_origin(ask)
    found = latest(state, command.organization_id)
    if found is None:
        raise Refused(
            "not-offered", "This organization was not asked.", "未向该机构发出转介。", field="organization_id"
        )
    if found.state != "live":
        return []
    left = len(live(state)) - 1
    back = withdrawn(state, found, command.reason_code, left)
    return [replace(back, wait=with_nobody_asked(state.slip, left, ask))]


def withdrawn(state: Known, found: Offer, reason_code: str, left: int) -> public.OfferWithdrawn:
    """The event that takes a live offer back."""
    return public.OfferWithdrawn(
        matter_id=state.slip.matter_id, offer_id=found.offer_id, organization_id=found.organization_id,
        reason_code=reason_code, offers_left=left,
    )  # fmt: skip
