"""Which command an updated Task means: what differs is what is asked for, and everything else must be as it is. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

import msgspec

from services.contracts import referral as public
from services.contracts.codes import DECLINE_REASON
from services.contracts.referral import OutcomeUnit
from services.kernel.contract import Code, Ref
from services.kernel.errors import ContractBroken, FieldProblem, Refused
from services.referral.fhir.course import CLIENT_DECLINED, FAILED, Task
from services.referral.fhir.machine import Status, Who, must_follow
from services.referral.fhir.systems import AT_CAPACITY

CODE_FIELD, PROCEDURE = "Task.statusReason.coding.code", "resulting-activity"
UNITS = get_args(OutcomeUnit)
STATUSES: tuple[str, ...] = get_args(Status)


class Coding(msgspec.Struct):
    """A code of a system."""

    system: str = ""
    code: str = ""


class Concept(msgspec.Struct):
    """Codes, and words that nobody keeps."""

    coding: list[Coding] = []
    text: str = ""


class Reference(msgspec.Struct):
    """Where something is."""

    reference: str = ""


class Quantity(msgspec.Struct):
    """How much of what."""

    value: int
    code: str = ""


class Output(msgspec.Struct, rename={"value_concept": "valueCodeableConcept", "value_reference": "valueReference",
                                     "value_quantity": "valueQuantity"}):  # fmt: skip
    """One thing that came of it."""

    type: Concept
    value_concept: Concept | None = None
    value_reference: Reference | None = None
    value_quantity: Quantity | None = None


class Period(msgspec.Struct):
    """From when."""

    start: datetime | None = None


class Updated(
    msgspec.Struct, rename={"kind": "resourceType", "status_reason": "statusReason", "execution": "executionPeriod"}
):
    """As much of an updated Task as can mean anything."""

    kind: Literal["Task"]
    id: UUID
    status: Status
    intent: str = "order"
    status_reason: Concept | None = None
    focus: Reference | None = None
    owner: Reference | None = None
    execution: Period | None = None
    output: list[Output] = []


_read = msgspec.json.Decoder(Updated).decode


def read(body: bytes) -> Updated:
    """A Task as it was sent."""
    try:
        return _read(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise _unreadable(str(broken)) from broken


def _unreadable(said: str) -> ContractBroken:
    """Which element does not fit; what stood in it is not repeated, for anybody's name may stand there."""
    what, _, place = said.partition(" - at `$")
    field = "Task" + re.sub(r"\[[^]]*\]", "", place.rstrip("`"))
    if field == "Task.status":
        return unfit(field, f"one of: {', '.join(STATUSES)}", f"以下之一: {', '.join(STATUSES)}")
    reason = what.partition(" '")[0]
    return unfit(field, f"a Task of R4 in JSON: {reason}", f"R4 的 Task, JSON ({reason})")


def unfit(field: str, en: str, zh: str) -> ContractBroken:
    """This element of a Task is not as it must be."""
    return ContractBroken(FieldProblem(field=field, code="invalid", expected_en=en, expected_zh=zh))


def must_be_the_same(sent: Updated, now: Task, referral_id: UUID) -> None:
    """Refuse an update of what is not for anybody to change."""
    kept = [
        ("Task.id", str(sent.id), str(now.task_id)), ("Task.intent", sent.intent, "order"),
        ("Task.focus", _last(sent.focus), str(referral_id)), ("Task.owner", _last(sent.owner), str(now.organization_id)),
    ]  # fmt: skip
    for field, given, known in kept:
        if given not in ("", known):
            raise unfit(field, f"unchanged, {known}", f"保持不变: {known}")


def _last(reference: Reference | None) -> str:
    return "" if reference is None else reference.reference.rpartition("/")[2]


def is_said(sent: Updated, now: Task) -> bool:
    """Whether this is what the Task says already; with another reason or another outcome it would be a change."""
    if sent.status != now.status:
        return False
    reason, said = _reason(sent), _outcome(sent.output)
    if reason not in (None, now.reason) or said not in (None, now.outcome):
        raise Refused(
            "already-said", f"This Task is {now.status}; its reason and its outcome do not change.",
            f"该 Task 已为 {now.status}, 原因与成效不再更改。", field="Task.status",
        )  # fmt: skip
    return True


def commands(sent: Updated, now: Task, who: Who) -> list[Any]:
    """What the update asks for, in the order in which it is done; refused where no edge leads there for this side."""
    must_follow(now.status, sent.status, who)
    return _of_target(sent, now) if who == "target" else _of_requester(sent, now)


def _of_target(sent: Updated, now: Task) -> list[Any]:
    organization = now.organization_id
    match sent.status:
        case "accepted":
            return [public.AcceptReferral(organization_id=organization)]
        case "rejected":
            return [public.DeclineOffer(organization_id=organization, reason_code=_why_not(sent))]
        case "in-progress":
            return [*_begun(now), *([public.ResumeService()] if now.status == "on-hold" else [])]
        case "on-hold":
            return [*_begun(now), public.PauseService(reason_code=_reason(sent) or _must_say())]
        case "completed":
            return [*_begun(now), _done(sent)]
        case "failed":
            return _failed(sent, now)
        case _:
            return _given_up(sent, now)


def _begun(now: Task) -> list[Any]:
    """Whoever is at work has begun: first contact is noted, or that it goes on after a dispute."""
    if now.status != "accepted":
        return []
    return [public.StartService()] if now.part_of is None else [public.ResumeService()]


def _why_not(sent: Updated) -> str:
    """The reason of a no, from the table of reasons; the guide's `at-capacity` is one of them."""
    code = _reason(sent)
    if code in CLIENT_DECLINED:
        raise Refused(
            "cancelled-it-is", "Where the person does not want it, the Task is cancelled and not rejected.",
            "服务对象不愿接受的, 应为 cancelled 而非 rejected。", field="Task.status", allowed=("cancelled",),
        )  # fmt: skip
    DECLINE_REASON.known(code or _must_say(), field=CODE_FIELD)
    return str(code)


def _must_say() -> str:
    raise Refused(
        "reason-needed", "Say why, by a code in Task.statusReason.coding; its text is not kept, for it might name somebody.",
        "请在 Task.statusReason.coding 中以代码说明原因; 文字不予保存, 以免涉及个人。", field=CODE_FIELD,
        allowed=tuple(DECLINE_REASON.current.terms),
    )  # fmt: skip


def _done(sent: Updated) -> public.ReportOutcome:
    outcome = _outcome(sent.output)
    if outcome is None:
        raise Refused(
            "output-needed", "A Task that is completed says what came of it: an output of the type `resulting-activity`.",
            "完成的 Task 须有类型为 resulting-activity 的 output。", field="Task.output",
        )  # fmt: skip
    if outcome not in ("delivered", "partially"):
        raise unfit("Task.output", "delivered or partially", "delivered 或 partially")
    quantity = next((each.value_quantity for each in sent.output if each.value_quantity is not None), None)
    return public.ReportOutcome(
        outcome=outcome, evidence_ref=_evidence(sent.output), quantity=quantity.value if quantity else None,
        unit=_unit(quantity) if quantity else None,
    )  # fmt: skip


def _unit(quantity: Quantity) -> Any:
    if quantity.value < 0 or quantity.code not in ("", *UNITS):
        raise unfit(
            "Task.output.valueQuantity", f"a whole number of {', '.join(UNITS)}", f"整数, 单位: {', '.join(UNITS)}"
        )
    return quantity.code or None


def _activities(outputs: Iterable[Output]) -> list[Output]:
    return [each for each in outputs if any(coding.code == PROCEDURE for coding in each.type.coding)]


def _outcome(outputs: list[Output]) -> Any:
    """What came of it, by our code; an activity that is only referred to was delivered."""
    found = _activities(outputs)
    coded = [coding.code for each in found if each.value_concept for coding in each.value_concept.coding]
    return next(iter(coded), "delivered" if found else None)


def _evidence(outputs: list[Output]) -> str | None:
    given = next((each.value_reference.reference for each in _activities(outputs) if each.value_reference), None)
    return None if given is None else _fitting(given, Ref, "Task.output.valueReference.reference")


def _failed(sent: Updated, now: Task) -> list[Any]:
    """It could not be helped: before anybody was met the need goes back, afterwards that is the outcome."""
    code = _reason(sent)
    outcome: Any = code if code in FAILED else FAILED[0]
    if now.status == "accepted" and now.part_of is None:
        return [public.ReturnReferral(reason_code=outcome)]
    return [public.ReportOutcome(outcome=outcome)]


def _given_up(sent: Updated, now: Task) -> list[Any]:
    """The person does not want it, or the organization gives the need back."""
    code = _reason(sent)
    if now.status == "requested":
        if code not in (None, *CLIENT_DECLINED):
            raise Refused(
                "rejected-it-is", "An organization that does not take the need rejects the Task.",
                "不予承接的, 应为 rejected。", field="Task.status", allowed=("rejected",),
            )  # fmt: skip
        return [public.DeclineOffer(organization_id=now.organization_id, reason_code=CLIENT_DECLINED[0])]
    if code in CLIENT_DECLINED and (now.status != "accepted" or now.part_of is not None):
        return [public.ReportOutcome(outcome="client_declined")]
    if code in FAILED:
        raise Refused("failed-it-is", "What could not be provided has failed.", "未能提供的, 应为 failed。",
                      field="Task.status", allowed=("failed",))  # fmt: skip
    return [public.ReturnReferral(reason_code=code or _must_say())]


def _of_requester(sent: Updated, now: Task) -> list[Any]:
    code = _reason(sent) or _must_say()
    if sent.status == "entered-in-error":
        return [public.MarkReferralEnteredInError(reason_code=code, approver_id="")]
    if now.status == "requested":
        return [public.WithdrawOffer(organization_id=now.organization_id, reason_code=code)]
    return [public.WithdrawReferral(reason_code=code)]


def _reason(sent: Updated) -> str | None:
    """The first code that is given, in the words of our tables."""
    codings = sent.status_reason.coding if sent.status_reason else []
    found = next((coding.code for coding in codings if coding.code), None)
    if found is None:
        return None
    return "no-capacity" if found == AT_CAPACITY else _fitting(found, Code, CODE_FIELD)


def _fitting(text: str, kind: Any, field: str) -> str:
    try:
        fitting: str = msgspec.convert(text, type=kind)
    except msgspec.ValidationError as wrong:
        raise unfit(field, "a code or a reference, without spaces", "代码或引用, 不含空格") from wrong
    return fitting
