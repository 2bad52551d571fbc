"""Who may command what of intake: whoever sees it, in a role that the command is for, if he sees what it names as well."""

from __future__ import annotations

from services.contracts import intake as public
from services.contracts.visibility import APPROVERS
from services.contracts.words import STATION_ROLES
from services.intake.scopes import (
    ACTIVITIES,
    CASES,
    CONSENTS,
    DISCLOSURES,
    HOUSEHOLDS,
    PERSONS,
    PLANS,
    RAISED,
    RECORDS,
    REQUESTS,
    named_for,
)
from services.kernel.message import Actor
from services.kernel.scope import Reach, Scope, Where


def _for_the_named(actor: Actor, command: type) -> Where | None:
    """That it was reported, the raiser may say as well; everything else is for those who are named."""
    return None if command is public.MakeMandatoryReport or actor.role == "service" else named_for(actor)


def _who(command: type) -> tuple[str, ...]:
    return STATION_ROLES


def _approvers(command: type) -> tuple[str, ...]:
    return APPROVERS[""]


def _reach(scope: Scope, **about: dict[str, Scope]) -> Reach:
    """Whoever sees it may command it, in a role that the command is for, if he sees what the command names as well."""
    named_by = {getattr(public, command): fields for command, fields in about.items()}
    return Reach(scope=scope, who=_who, approvers=_approvers, names=named_by)


OF_PERSON = {"person_id": PERSONS}
BY_PERSON = {"by_person_id": PERSONS}
REACHES: dict[str, Reach] = {
    "help-request": _reach(REQUESTS, ReceiveHelpRequest=OF_PERSON, LinkPersonToHelpRequest=OF_PERSON),
    "person": _reach(PERSONS, LinkGuardian={"guardian_id": PERSONS}),
    "household": _reach(HOUSEHOLDS, JoinHousehold=OF_PERSON),
    "consent": _reach(
        CONSENTS, RequestConsent=OF_PERSON, GrantConsent=OF_PERSON | BY_PERSON, RefuseConsent=OF_PERSON,
        AnswerConsentRequest=BY_PERSON, SupersedeConsent={"by_consent_id": CONSENTS},
    ),
    "disclosure": _reach(DISCLOSURES, DiscloseIdentity=OF_PERSON),
    "case": _reach(
        CASES, OpenCase=OF_PERSON | {"request_id": REQUESTS, "household_id": HOUSEHOLDS},
        CollectInformation={"about_person_id": PERSONS},
    ),
    "visit-plan": _reach(PLANS, SetVisitPlan=OF_PERSON),
    "activity": _reach(ACTIVITIES, RecordAttendance=OF_PERSON | {"case_id": CASES}),
    "record": _reach(RECORDS, MoveNote={"to_person_id": PERSONS, "to_case_id": CASES}),
    "safeguarding": Reach(scope=RAISED, near=_for_the_named, who=_who, approvers=_approvers),
}  # fmt: skip
"""Of each kind of aggregate: who may command it."""
