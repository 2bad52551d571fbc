"""What can be done about whose matter it is: the record, who may consent for them, consents, a concern that was raised."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.console.acts.act import Act, Circumstances, many, one, pick, plain
from services.console.acts.requests import AGES, GIVERS
from services.contracts import codes
from services.contracts import intake as public

CHANNELS = ("phone", "in-person", "message", "paper")


def as_guardian(at: Circumstances, made: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Once they are on record, they may consent for the person."""
    return "intake", f"/persons/{at.subject.id}/guardians", {"guardian_id": made["id"]}


def by_consent(at: Circumstances) -> dict[str, Any]:
    """Whose identity it is."""
    return {"person_id": str(at.subject.known.get("person_id") or "")}


def _person(command: type, path: str, event: str, *fields: Any, **more: Any) -> Act:
    return Act(command=command, of="person", service="intake", path=path, event=event, states=("active",), fields=fields,
               **more)  # fmt: skip


PEOPLE = (
    _person(
        public.RegisterPerson, "/persons", "", plain("pseudonym", "text", needed=True), plain("phone", "text"),
        replace(one("relation", codes.RELATION, needed=True), second=True),
        replace(one("evidence_kind", codes.EVIDENCE_KIND, needed=True), second=True),
        given=lambda at: {"station": at.org, "age_band": "adult"}, then=as_guardian, title="act.guardian",
    ),
    _person(
        public.AmendPersonDetails, "/persons/{id}/details", "", plain("pseudonym", "text"), plain("phone", "text"),
        plain("address", "text"), one("age_band", codes=AGES, words="age"), one("reason_code", codes.REASON, needed=True),
    ),
    _person(
        public.AssignClientGroup, "/persons/{id}/groups", "", one("group_code", codes.CLIENT_GROUP, needed=True),
        one("basis", codes.GROUP_BASIS, needed=True),
    ),
    _person(
        public.RuleOutDuplicate, "/persons/{id}/duplicates/ruling-out", "", pick("candidate_id", "alike", needed=True),
        one("basis", codes.SAME_PERSON, needed=True, start="person-says"),
    ),
    Act(command=public.DiscloseIdentity, of="consent", service="intake", path="/disclosures", event="", states=("granted",),
        given=by_consent, fields=(
            pick("receiver", "named", needed=True), one("purpose", codes.PURPOSE, needed=True),
            pick("need_id", "pairings"))),
    Act(command=public.WithdrawConsent, of="consent", service="intake", path="/consents/{id}/withdrawal", event="",
        states=("granted",), fields=(
            one("by", codes=GIVERS, words="consent-by", needed=True, start="self"),
            one("scope", codes=("all", "receiver", "category"), words="withdrawal-scope", needed=True, start="all"),
            pick("receivers", "receivers"), many("categories", codes.PERSONAL_CATEGORY))),
    Act(command=public.MakeMandatoryReport, of="concern", service="intake", path="/safeguarding-concerns/{id}/report",
        event="", states=("raised",), fields=(
            one("authority_kind", codes.AUTHORITY_KIND, needed=True, start="police"),
            one("report_channel", codes=CHANNELS, words="told-how", needed=True, start="phone"), plain("receipt_ref", "text"))),
)  # fmt: skip
