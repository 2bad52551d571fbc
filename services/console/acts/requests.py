"""What can be done with a help request: decide what it becomes, guide, say whose it is, hand its need on, end it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.console.acts.act import Act, Circumstances, Field, many, one, pick, plain
from services.contracts import codes
from services.contracts import intake as public
from services.contracts.codes_referral import SERVICE
from services.contracts.codes_volunteer import SKILL, TASK_KIND
from services.contracts.referral import ApplyForGrant, DraftReferral, RecordInKindSupport
from services.contracts.volunteer import OpenTask

AGES = ("under_8", "from_8_to_13", "from_14_to_17", "adult", "from_60", "from_80", "unknown")
GIVERS = ("self", "guardian", "agent")
OPEN = ("received", "triaged", "waiting-client", "in-service", "reopened")
ROUTED = ("triaged", "waiting-client", "in-service", "reopened")


def of_person(at: Circumstances) -> dict[str, Any]:
    """Whose matter it is, where that is known."""
    return {"person_id": at.person_id} if at.person_id else {}


def of_matter(at: Circumstances) -> dict[str, Any]:
    """The matter, the case that carries it, and whose it is."""
    case = {"case_id": str(at.subject.id)} if at.subject.kind == "case" else {}
    return {"matter_id": str(at.matter_id), **case, **of_person(at)}


def place(at: Circumstances) -> str:
    """Where the matter is at home."""
    return str(at.subject.known.get("area") or at.request.get("area") or at.org)


def to_draft(at: Circumstances) -> dict[str, Any]:
    """What a referral says of its matter."""
    return {**of_matter(at), "areas": [place(at)]}


def to_task(at: Circumstances) -> dict[str, Any]:
    """What a task says of its matter; whoever answers for the matter answers for the need until somebody goes."""
    holder = at.subject.known.get("owner") or at.subject.known.get("unit") or at.request.get("unit") or at.me
    return {**of_matter(at), "holder": str(holder), "area": place(at)}


def to_case(at: Circumstances) -> dict[str, Any]:
    """What a case takes over from its request."""
    needs = {"need_codes": list(at.subject.needs)} if at.subject.needs else {}
    return {**of_person(at), "request_id": str(at.subject.id), "area": place(at), **needs}


def linked(at: Circumstances, made: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Once a person is registered, the request is theirs."""
    return "intake", f"/help-requests/{at.subject.id}/person", {"person_id": made["id"]}


SUPPLIER = "supplier_kind"


def with_supplier(body: dict[str, Any]) -> dict[str, Any]:
    """Each paper that is missing with who can supply it, where that is known."""
    told = {name: value for name, value in body.items() if name != SUPPLIER}
    if SUPPLIER not in body or "materials_missing" not in body:
        return told
    return told | {"materials_missing": [each | {SUPPLIER: body[SUPPLIER]} for each in body["materials_missing"]]}


CONSENT = (
    many("purposes", codes.PURPOSE, needed=True), many("categories", codes.PERSONAL_CATEGORY, needed=True),
    pick("receivers", "receivers_at_all"), plain("sensitive", "yes"),
    one("by", codes=GIVERS, words="consent-by", needed=True, start="self"),
    pick("by_person_id", "guardians"), one("method", codes.CONSENT_METHOD, needed=True), one("child_asked", codes.CHILD_ASKED),
    plain("notice_version", "text", needed=True, start="2026-1"), plain("valid_until", "moment"), plain("words", "words"),
)  # fmt: skip

DRAFT = (
    many("need_codes", codes.NEED, needed=True), replace(many("need_codes", SERVICE), label="service_codes"),
    one("kind", codes=("referral", "transfer", "consult"), words="referral-kind", needed=True, start="referral"),
    one("urgency", codes.URGENCY, needed=True, start="normal"), plain("required_by", "day"),
    pick("consent_id", "consents"), one("legal_basis", codes.LEGAL_BASIS),
)  # fmt: skip

TASK = (
    one("kind", TASK_KIND, needed=True), plain("slot_start", "moment"), plain("slot_end", "moment"),
    plain("headcount", "number", start="1"), many("skills", SKILL), one("urgency", codes.URGENCY, needed=True, start="normal"),
    plain("with_minor", "yes"), plain("note", "words"),
)  # fmt: skip

GRANT = (
    one("purpose_code", codes.NEED, needed=True), pick("fund", "givers"), plain("amount_fen", "yuan"), pick("consent_id", "consents"),
)  # fmt: skip


ITEMS = ("clothes", "basketball", "toys", "books", "food", "stationery", "bedding", "medicine")

GOODS = (
    Field(name="item_codes", kind="many", codes=ITEMS, words="item", needed=True), pick("giver", "anybody"), plain("quantity", "number"),
    plain("est_value_fen", "yuan"), plain("evidence_ref", "text"),
)  # fmt: skip


HARM = (
    one("situation_code", codes.SITUATION, needed=True, start="9"), plain("what", "words"),
    plain("guardian_suspected", "yes"), one("authority_kind", codes.AUTHORITY_KIND), plain("receipt_ref", "text"),
)  # fmt: skip


def concern(of: str, states: tuple[str, ...], **more: Any) -> Act:
    """Suspected harm, on one screen; nothing is required, whatever the state of the matter (H7)."""
    given = more.pop("given", lambda at: {"about_matter_id": str(at.matter_id), **of_person(at)})
    return Act(command=public.RaiseSafeguardingConcern, of=of, service="intake", path="/safeguarding-concerns",
               event="", states=states, given=given, fields=HARM, **more)  # fmt: skip


def handing_on(of: str, states: tuple[str, ...]) -> tuple[Act, ...]:
    """The ways in which a need of a request or a case is handed to others."""
    return (
        Act(command=DraftReferral, of=of, service="referral", path="/referrals", event="referral.drafted", states=states,
            fields=DRAFT, given=to_draft, main=True),
        Act(command=OpenTask, of=of, service="volunteer", path="/tasks", event="task.opened", states=states, fields=TASK,
            given=to_task, main=True),
        Act(command=ApplyForGrant, of=of, service="referral", path="/grants", event="grant.applied", states=states,
            fields=GRANT, given=of_matter),
        Act(command=RecordInKindSupport, of=of, service="referral", path="/in-kind-support", event="in-kind-support.delivered",
            states=states, fields=GOODS, given=of_matter),
    )  # fmt: skip


REQUESTS = (
    Act(command=public.TriageHelpRequest, of="help-request", service="intake", path="/help-requests/{id}/triage",
        event="help-request.triaged", states=("received", "reopened"), main=True, fields=(
            one("urgency", codes.URGENCY, needed=True), one("risk_level", codes.RISK_LEVEL),
            one("disposition", codes.DISPOSITION, needed=True), pick("dispatcher", "workers"),
            one("emergency_contact", codes.EMERGENCY_CONTACT)),
        tries="disposition"),
    Act(command=public.RegisterPerson, of="help-request", service="intake", path="/persons",
        event="help-request.person-linked", states=OPEN, given=lambda at: {"station": at.org}, then=linked, fields=(
            plain("name", "text"), plain("pseudonym", "text"), one("age_band", codes=AGES, words="age", needed=True,
            start="unknown"), plain("phone", "text"), plain("address", "text"), plain("note", "words"))),
    Act(command=public.GrantConsent, of="help-request", service="intake", path="/consents", event="",
        states=OPEN, given=of_person, fields=CONSENT),
    Act(command=public.GiveGuidance, of="help-request", service="intake", path="/help-requests/{id}/guidance",
        event="help-request.guidance-given", states=ROUTED, main=True, fields=(
            many("topic_codes", codes.TOPIC), many("materials_have", codes.MATERIAL),
            many("materials_missing", codes.MATERIAL, as_="code"), one(SUPPLIER, codes.SUPPLIER_KIND),
            many("next_step_codes", codes.NEXT_STEP),
            many("difficulty_codes", codes.DIFFICULTY), plain("follow_up_by", "day"), plain("advice", "words")),
        shape=with_supplier),
    Act(command=public.OpenCase, of="help-request", service="intake", path="/cases", event="case.opened",
        states=("triaged",), given=to_case, main=True, fields=(
            pick("owner", "workers", needed=True), one("legal_basis", codes.LEGAL_BASIS))),
    *handing_on("help-request", ROUTED),
    Act(command=public.FollowUpHelpRequest, of="help-request", service="intake", path="/help-requests/{id}/follow-ups",
        event="help-request.followed-up", states=("waiting-client",), main=True, fields=(
            one("result_code", codes.FOLLOW_UP_RESULT, needed=True),
            one("leaves", codes=("waiting", "triaged", "closed"), words="leaves", needed=True),
            many("materials_supplied", codes.MATERIAL), plain("follow_up_by", "day"),
            one("outcome", codes.REQUEST_OUTCOME), one("confirmed_by", codes.CONFIRMED_BY), plain("words", "words"))),
    Act(command=public.CloseHelpRequest, of="help-request", service="intake", path="/help-requests/{id}/closing",
        event="help-request.closed", states=ROUTED, fields=(
            one("outcome", codes.REQUEST_OUTCOME, needed=True), one("confirmed_by", codes.CONFIRMED_BY))),
    Act(command=public.DeclineHelpRequest, of="help-request", service="intake", path="/help-requests/{id}/declining",
        event="help-request.declined", states=("received", "triaged"), fields=(
            one("reason_code", codes.REQUEST_DECLINE, needed=True), many("alternatives", codes.ALTERNATIVE, needed=True))),
    Act(command=public.ReopenHelpRequest, of="help-request", service="intake", path="/help-requests/{id}/reopening",
        event="help-request.reopened", states=("closed",), main=True,
        fields=(one("reason_code", codes.REASON, needed=True),)),
    concern("help-request", (*OPEN, "closed", "declined", "duplicate", "entered-in-error")),
)  # fmt: skip
