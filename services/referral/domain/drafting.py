"""A referral before anybody is asked: drafted, made ready, and whose it is when its matter changes hands."""

from __future__ import annotations

from uuid import UUID

from services.contracts import referral as public
from services.contracts.codes import LEGAL_BASIS
from services.contracts.words import Handoff, Party
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.facts import in_force, itself, known
from services.referral.domain.referral_allowed import CONSENT_ITSELF, handoff, no
from services.referral.domain.referral_state import (
    Cancelled,
    Closed,
    Draft,
    EnteredInError,
    Event,
    Offered,
    Ready,
    Slip,
    State,
    Withdrawn,
)
from services.referral.domain.speaking import must_be_open, must_be_origin
from services.referral.domain.summary import must_be_deidentified
from services.referral.domain.waiting import first_action


def draft(command: public.DraftReferral, state: State, ask: Ask) -> list[Event]:
    """One need of an open matter; in an emergency even of a matter that we have not heard of yet."""
    if state is not None:
        if state.slip.matter_id == command.matter_id and state.slip.need_codes == command.need_codes:
            return []
        raise Refused("referral-known", "This referral is about another need.", "该转介单已用于其他需求。")
    must_be_deidentified(command)
    LEGAL_BASIS.known(command.legal_basis, field="legal_basis")
    must_be_open(known(ask).matter, urgent=command.urgency == "emergency")
    return [
        public.ReferralDrafted(
            referral_id=itself(ask), matter_id=command.matter_id, case_id=command.case_id, person_id=command.person_id,
            kind=command.kind, need_codes=command.need_codes, urgency=command.urgency, origin=_origin(command, ask),
            areas=command.areas, group_codes=command.group_codes, age_band=command.age_band, goal_code=command.goal_code,
            required_by=command.required_by, consent_id=command.consent_id, legal_basis=command.legal_basis,
        )
    ]  # fmt: skip


def _origin(command: public.DraftReferral, ask: Ask) -> Party:
    """Who answers for the need while nobody else does: as said, else whoever has the matter, else whoever writes this."""
    matter = known(ask).matter
    if command.origin is not None:
        return command.origin
    if matter is not None and matter.holder != "unknown":
        return matter.holder
    return f"worker:{ask.actor.id}"


def ready(command: public.MarkReferralReady, state: State, ask: Ask) -> list[Event]:
    """Offering tells codes alone, and still needs the person's consent or a legal basis; a mere question needs neither.

    A case moves to one new owner: while one transfer of a matter is open, no other becomes ready (INV-2).
    """
    match state:
        case Draft():
            must_be_origin(ask)
            slip = state.slip
            must_be_deidentified(slip.event)
            if slip.kind == "transfer" and known(ask).moving:
                raise Refused("transfer-open", "This case is being transferred already; end that first.",
                              "该个案已有进行中的移交, 请先结束。", allowed=("cancel-referral",))  # fmt: skip
            consent_id = command.consent_id or slip.consent_id
            legal_basis = command.legal_basis or slip.legal_basis
            LEGAL_BASIS.known(command.legal_basis, field="legal_basis")
            if slip.kind != "consult" and legal_basis in CONSENT_ITSELF:
                _consent_stands(consent_id, ask)
            return [
                public.ReferralReady(
                    matter_id=slip.matter_id, case_id=slip.case_id, need_id=slip.referral_id, holder=slip.origin,
                    kind=slip.kind, need_codes=slip.need_codes, urgency=slip.urgency, consent_id=consent_id,
                    legal_basis=legal_basis, wait=first_action(slip, ask),
                )
            ]  # fmt: skip
        case Ready():
            return []
        case _:
            raise no(state)


def _consent_stands(consent_id: UUID | None, ask: Ask) -> None:
    """A consent is cited, and unless we have not heard of it yet it is the person's own and in force (INV-5).

    Intake asks again before it discloses.
    """
    if consent_id is None:
        raise Refused("consent-missing", "Name the person's consent, or a legal basis.", "请注明服务对象的同意或法定依据。",
                      field="consent_id")  # fmt: skip
    if known(ask).of_another:
        raise Refused("consent-of-another", "This consent is somebody else's.", "该同意属于他人。", field="consent_id")
    for consent in known(ask).consents:
        if consent.consent_id == consent_id and not in_force(consent, ask.now):
            raise Refused(
                "consent-not-in-force", "This consent is no longer in force.", "该同意已失效。", field="consent_id"
            )


def change_origin(command: public.ChangeReferralOrigin, state: State, ask: Ask) -> list[Event]:
    """The need follows its matter to another worker; where the old one held it, responsibility moves with it."""
    match state:
        case None:
            raise no(state)
        case Closed() | Withdrawn() | Cancelled() | EnteredInError():
            return []
        case _ if state.slip.origin == command.origin:
            return []
        case Ready() | Offered() if state.holder == state.slip.origin:
            moved = handoff("taken", state.slip, state.holder, command.origin)
            return [_changed(state.slip, command.origin, moved)]
        case _:
            return [_changed(state.slip, command.origin, None)]


def _changed(slip: Slip, origin: Party, moved: Handoff | None) -> public.ReferralOriginChanged:
    return public.ReferralOriginChanged(matter_id=slip.matter_id, case_id=slip.case_id, origin=origin, handoff=moved)
