"""What the tests of referrals are about: a boy's need, three teams, and the events of an ordinary course."""

from typing import Any
from uuid import UUID, uuid5

from services.contracts import referral as public
from services.contracts.codes_times import FIRST_CONTACT, REPLY, outcome_check, wait
from services.contracts.words import Act, Handoff
from services.contracts.worktime import after
from services.kernel.message import Actor, Behalf
from services.referral.domain.facts import ConsentFact, Known, MatterFact, OfferingFact, OrganizationFact
from services.referral.domain.referral import DECIDER
from tests.support.spec import NOON, Spec

REFERRAL, MATTER, CASE, PERSON, CONSENT = (UUID(int=n) for n in (10, 11, 12, 13, 14))
LEIFENG, LOTUS, HARBOR = (UUID(int=n) for n in (21, 22, 23))
OFFERING = UUID(int=31)
ORIGIN, HEAD = "worker:w-zsl", "worker:w-head"

STATION = Actor(id="w-zsl", role="worker", org="220104004")
STATION_HEAD = Actor(id="w-head", role="station_head", org="220104004")
CLOCK = Actor(id="referral", role="service")


def team(organization_id: UUID) -> str:
    """A team as a party."""
    return f"team:{organization_id}"


def partner(organization_id: UUID) -> Actor:
    """Somebody of that team, at its own screen."""
    return Actor(id="p-01", role="partner", org=str(organization_id))


def phoned(organization_id: UUID) -> Behalf:
    """What the team said by phone."""
    return Behalf(org=team(organization_id), evidence_kind="phone", evidence_ref="call-17")


REPLY_BY, REPLY_HALF = after(NOON, REPLY["normal"]), after(NOON, REPLY["normal"].part(50))
START_BY, START_HALF = after(NOON, FIRST_CONTACT["normal"]), after(NOON, FIRST_CONTACT["normal"].part(50))
CHECK_AT = after(NOON, outcome_check())
ACT = wait("first-action-normal", NOON, NOON)
CONFIRM_BY, ANSWER_BY = wait("outcome-confirm", NOON, NOON), wait("outcome-answer", NOON, NOON)

referral = Spec(DECIDER)

DRAFT = public.DraftReferral(
    matter_id=MATTER, kind="referral", need_codes=("one-to-one-support",), case_id=CASE, person_id=PERSON,
    areas=("220102001",), age_band="unknown", consent_id=CONSENT,
)  # fmt: skip
DRAFTED = public.ReferralDrafted(
    referral_id=REFERRAL, matter_id=MATTER, kind="referral", need_codes=("one-to-one-support",), urgency="normal",
    origin=ORIGIN, case_id=CASE, person_id=PERSON, areas=("220102001",), age_band="unknown", consent_id=CONSENT,
)  # fmt: skip
READY = public.ReferralReady(
    matter_id=MATTER, case_id=CASE, need_id=REFERRAL, holder=ORIGIN, kind="referral", need_codes=("one-to-one-support",),
    urgency="normal", consent_id=CONSENT, wait=ACT,
)  # fmt: skip


def handoff(act: Act, giver: str, taker: str) -> Handoff:
    """This need, handed over."""
    return Handoff(act=act, matter_id=MATTER, giver=giver, takers=(taker,), need_id=REFERRAL)


def offer_id(organization_id: UUID) -> UUID:
    """The offer that was made to this team."""
    return uuid5(UUID(int=1), "offer") if organization_id == LEIFENG else uuid5(organization_id, "offer")


def offered(organization_id: UUID = LEIFENG, **changes: Any) -> public.ReferralOffered:
    """The team was asked at noon."""
    usual: dict[str, Any] = {
        "matter_id": MATTER, "case_id": CASE, "offer_id": offer_id(organization_id), "organization_id": organization_id,
        "offering_id": OFFERING, "kind": "referral", "mode": "direct", "need_codes": ("one-to-one-support",),
        "urgency": "normal", "areas": ("220102001",), "age_band": "unknown", "remind_at": REPLY_HALF,
        "respond_by": REPLY_BY, "handoff": handoff("offered", ORIGIN, team(organization_id)),
    }  # fmt: skip
    return public.ReferralOffered(**usual | changes)


def declined(organization_id: UUID = LEIFENG, reason: str = "no-capacity") -> public.OfferDeclined:
    """The team said no at its own screen."""
    return public.OfferDeclined(
        matter_id=MATTER, offer_id=offer_id(organization_id), organization_id=organization_id, reason_code=reason,
        answered_via="api", offers_left=0, handoff=handoff("refused", team(organization_id), ORIGIN), wait=ACT,
    )  # fmt: skip


def accepted(organization_id: UUID = LEIFENG, **changes: Any) -> public.ReferralAccepted:
    """The team said yes at noon, at its own screen."""
    usual: dict[str, Any] = {
        "matter_id": MATTER, "case_id": CASE, "person_id": PERSON, "offer_id": offer_id(organization_id),
        "organization_id": organization_id, "offering_id": OFFERING, "kind": "referral", "consent_id": CONSENT,
        "answered_via": "api", "remind_at": START_HALF, "start_by": START_BY,
        "handoff": handoff("taken", ORIGIN, team(organization_id)),
    }  # fmt: skip
    return public.ReferralAccepted(**usual | changes)


def superseded(organization_id: UUID) -> public.OfferSuperseded:
    """Another team was quicker."""
    return public.OfferSuperseded(matter_id=MATTER, offer_id=offer_id(organization_id), organization_id=organization_id)


def refused(organization_id: UUID, reason: public.AcceptanceFault, left: int | None = None) -> public.AcceptanceRefused:
    """The team's yes takes no effect."""
    return public.AcceptanceRefused(
        matter_id=MATTER, offer_id=offer_id(organization_id), organization_id=organization_id, reason=reason,
        offers_left=left, wait=ACT if left == 0 else None,
    )  # fmt: skip


OF_THE_OFFER: dict[str, Any] = {
    "matter_id": MATTER, "case_id": CASE, "offer_id": offer_id(LEIFENG), "organization_id": LEIFENG,
}  # fmt: skip
STARTED = public.ServiceStarted(**OF_THE_OFFER, first_contact_at=NOON, check_at=CHECK_AT)
REPORTED = public.OutcomeReported(**OF_THE_OFFER, outcome="delivered", wait=CONFIRM_BY)
CONFIRMED = public.OutcomeConfirmed(**OF_THE_OFFER, outcome="delivered", client_asked=True)
CLOSED = public.ReferralClosed(
    **OF_THE_OFFER,
    outcome="delivered",
    confirmed=True,
    offers_count=1,
    handoff=handoff("released", team(LEIFENG), ORIGIN),
)
RETURNED = public.ReferralReturned(
    **OF_THE_OFFER, reason_code="no-capacity", handoff=handoff("returned", team(LEIFENG), ORIGIN), wait=ACT
)


def facts(organization_id: UUID = LEIFENG, **changes: Any) -> Known:
    """What the hub knows on an ordinary day: an active team with a fitting offering, and a consent that names it."""
    usual: dict[str, Any] = {
        "itself": REFERRAL,
        "matter": MatterFact(is_open=True, holder=ORIGIN),
        "organization": OrganizationFact(organization_id=organization_id, state="active", party=team(organization_id)),
        "offerings": (
            OfferingFact(offering_id=OFFERING, service_codes=("one-to-one-support", "goods"), areas=("2201",)),
        ),
        "consents": (ConsentFact(consent_id=CONSENT, granted=True, receivers=(team(LEIFENG), team(LOTUS))),),
    }
    return Known(**usual | changes)
