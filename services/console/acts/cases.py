"""What can be done with a case: the six stages of MZ/T 094 (接案, 预估, 计划, 介入, 评估, 结案), and what lies between."""

from __future__ import annotations

from services.console.acts.act import Act, many, one, pick, plain
from services.console.acts.paper import PAPER
from services.console.acts.requests import CONSENT, concern, handing_on, of_person
from services.contracts import codes
from services.contracts import intake as public

OPEN = ("opened", "assessed", "planned", "intervening", "evaluated")
WORKING = ("planned", "intervening", "evaluated")

CASES = (
    Act(command=public.CollectInformation, of="case", service="intake", path="/cases/{id}/information",
        event="case.information-collected", states=OPEN, fields=(
            many("source_kinds", codes.SOURCE_KIND, needed=True), many("categories", codes.PERSONAL_CATEGORY),
            plain("story", "words"), plain("health", "words"), pick("about_person_id", "guardians"),
            one("legal_basis", codes.LEGAL_BASIS))),
    Act(command=public.AssessNeeds, of="case", service="intake", path="/cases/{id}/assessment",
        event="case.needs-assessed", states=OPEN, main=True, fields=(
            many("need_codes", codes.NEED, needed=True), one("risk_level", codes.RISK_LEVEL), plain("summary", "words"))),
    Act(command=public.AgreeServicePlan, of="case", service="intake", path="/cases/{id}/plan", event="case.plan-agreed",
        states=("assessed",), main=True, fields=(
            many("goals", codes.GOAL, needed=True, as_="code"),
            one("agreed_by", codes=("client", "guardian", "nobody"), words="agreed-by", needed=True),
            many("method_codes", codes.SERVICE_KIND), one("reason_code", codes.REASON), plain("note", "words"))),
    Act(command=public.ReviseServicePlan, of="case", service="intake", path="/cases/{id}/plan/revision",
        event="case.plan-revised", states=WORKING, fields=(
            many("goals", codes.GOAL, needed=True, as_="code"),
            one("agreed_by", codes=("client", "guardian", "nobody"), words="agreed-by", needed=True),
            many("method_codes", codes.SERVICE_KIND), one("reason_code", codes.REASON), plain("note", "words"))),
    Act(command=public.RecordService, of="case", service="intake", path="/cases/{id}/services",
        event="case.service-delivered", states=(*OPEN, "suspended", "closed"), main=True, fields=(
            one("kind", codes.SERVICE_KIND, needed=True), one("place_kind", codes.PLACE_KIND),
            plain("started", "moment"), plain("ended", "moment"), plain("participants", "number", start="1"),
            many("goal_codes", codes.GOAL), one("emergency_reason", codes.REASON), plain("note", "words"), *PAPER)),
    Act(command=public.EvaluateProgress, of="case", service="intake", path="/cases/{id}/evaluations",
        event="case.progress-evaluated", states=WORKING, main=True, fields=(
            one("source", codes.SOURCE_KIND, needed=True), pick("goal_results", "goals"), plain("words", "words")),
        given=lambda at: {"goal_results": []}),
    *handing_on("case", OPEN),
    Act(command=public.GrantConsent, of="case", service="intake", path="/consents", event="", states=OPEN,
        given=of_person, fields=CONSENT),
    Act(command=public.ChangeRiskLevel, of="case", service="intake", path="/cases/{id}/risk-level",
        event="case.risk-changed", states=OPEN, fields=(
            one("to_level", codes.RISK_LEVEL, needed=True), one("reason_code", codes.REASON, needed=True))),
    Act(command=public.TakeOverCase, of="case", service="intake", path="/cases/{id}/owner", event="case.taken-over",
        states=(*OPEN, "suspended"), fields=(
            pick("owner", "workers", needed=True), one("reason_code", codes.REASON, needed=True))),
    Act(command=public.SuspendCase, of="case", service="intake", path="/cases/{id}/suspension", event="case.suspended",
        states=OPEN, fields=(one("reason_code", codes.REASON, needed=True),)),
    Act(command=public.ResumeCase, of="case", service="intake", path="/cases/{id}/resumption", event="case.resumed",
        states=("suspended",), main=True),
    Act(command=public.CloseCase, of="case", service="intake", path="/cases/{id}/closing", event="case.closed",
        states=OPEN, fields=(
            one("reason_code", codes.CLOSE_REASON, needed=True), pick("strands_handled", "strands"),
            one("early_reason", codes.REASON), plain("summary", "words"))),
    Act(command=public.FollowUpCase, of="case", service="intake", path="/cases/{id}/follow-ups", event="case.followed-up",
        states=("closed",), main=True, fields=(
            one("result_code", codes.FOLLOW_UP_RESULT, needed=True), plain("words", "words"))),
    Act(command=public.ReopenCase, of="case", service="intake", path="/cases/{id}/reopening", event="case.reopened",
        states=("closed",), fields=(one("reason_code", codes.REASON, needed=True),)),
    concern("case", (*OPEN, "suspended", "closed", "transferred", "entered-in-error")),
)  # fmt: skip
