"""What the tests of intake tell again and again: ids, parties, and the events that lie before."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from services.contracts import intake as public
from services.contracts.words import Handoff
from services.intake.domain.known import ConsentFact, GuardianFact, Known, PersonFact, RequestFact
from tests.support.spec import NOON, ask

OWN = ask().new_id("stream")
"""The id of what the ordinary command brings into being."""

REQUEST, CASE, PERSON, MOTHER, CONSENT, PLAN = (UUID(int=n) for n in (11, 12, 13, 14, 15, 16))
TASK, REFERRAL, DISCLOSURE, CONCERN, ACTIVITY, OTHER = (UUID(int=n) for n in (21, 22, 23, 24, 25, 26))
COMMUNITY, STREET = "community:220104004001", "220104004"
ZSL, WZ, TEAM = "worker:w-zsl", "worker:w-zb", "team:lotus"
LATER = NOON + timedelta(days=40)
TODAY = date(2026, 3, 2)

PEOPLE = PersonFact(person_id=PERSON, age_band="adult", station=STREET)
CHILD = PersonFact(person_id=PERSON, age_band="unknown", station=STREET, guardians=(GuardianFact(guardian_id=MOTHER),))
YES = ConsentFact(
    consent_id=CONSENT,
    state="granted",
    purposes=("casework", "referral"),
    categories=("identity", "contact"),
    receivers=(TEAM,),
)
FOUND = Known(itself=CASE, person=PEOPLE, consents=(YES,))
TRIAGED_REQUEST = RequestFact(request_id=REQUEST, state="triaged", unit=COMMUNITY)

RECEIVED = public.HelpRequestReceived(
    matter_id=REQUEST,
    handoff=Handoff(act="taken", matter_id=REQUEST, giver="unknown", takers=(COMMUNITY,)),
    unit=COMMUNITY,
    area="220104004001",
    came_by="phone",
    reporter_kind="self",
    person_id=PERSON,
    need_codes=("small-repair",),
)
TRIAGED = public.HelpRequestTriaged(matter_id=REQUEST, urgency="urgent", disposition="dispatch")
OPENED = public.CaseOpened(
    case_id=CASE,
    matter_id=REQUEST,
    handoff=Handoff(act="taken", matter_id=REQUEST, giver=COMMUNITY, takers=(ZSL,)),
    subject_kind="person",
    person_id=PERSON,
    owner=ZSL,
    area=STREET,
    request_id=REQUEST,
    consent_id=CONSENT,
)
ASSESSED = public.NeedsAssessed(case_id=CASE, matter_id=REQUEST, need_codes=("tuition",))
PLANNED = public.ServicePlanAgreed(
    case_id=CASE, matter_id=REQUEST, goals=(public.Goal(code="confidence"),), agreed_by="guardian"
)
SERVED = public.ServiceDelivered(case_id=CASE, matter_id=REQUEST, kind="sport", under_plan=True)
EVALUATED = public.ProgressEvaluated(case_id=CASE, matter_id=REQUEST, source="family")
CLOSED = public.CaseClosed(case_id=CASE, matter_id=REQUEST, reason_code="goals-reached")

REGISTERED = public.PersonRegistered(person_id=PERSON, station=STREET, age_band="unknown", sensitivity="child")
GRANTED = public.ConsentGranted(
    consent_id=CONSENT,
    person_id=PERSON,
    by="guardian",
    purposes=("casework", "referral"),
    categories=("identity", "contact"),
    receivers=(TEAM, "charity:fund"),
    sensitive=False,
    method="written",
    notice_version="v1",
    valid_from=NOON,
    by_person_id=MOTHER,
)
PLAN_SET = public.VisitPlanSet(
    plan_id=PLAN,
    matter_id=PLAN,
    handoff=Handoff(act="taken", matter_id=PLAN, giver=COMMUNITY, takers=("worker:w-zyh",)),
    person_id=PERSON,
    cadence="daily",
    visitor="worker:w-zyh",
    unit=COMMUNITY,
    area=STREET,
    basis="seen",
)
DISCLOSED = public.IdentityDisclosed(
    disclosure_id=DISCLOSURE,
    person_id=PERSON,
    receiver=TEAM,
    purpose="referral",
    categories=("identity", "contact"),
    matter_id=REQUEST,
    need_id=REFERRAL,
    consent_id=CONSENT,
)
