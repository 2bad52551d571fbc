"""What an organization says on a form, of a page or of a sheet, as a command: nothing but codes and a day. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from services.contracts import referral as public
from services.contracts.tables import BEIJING
from services.kernel.contract import read_request
from services.kernel.errors import ContractBroken, FieldProblem
from services.kernel.message import Actor, Ask, Precision

ACTS = ("acceptance", "refusal", "question", "start", "outcome", "return")
DAY = ("a day of the last year or today, such as 2026-03-02", "一年以内、不晚于今天的日期, 如 2026-03-02")


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A command of the organization, when it happened, and under which id: the same form sent twice is said once."""

    command: Any
    at: datetime
    precision: Precision
    command_id: UUID


def said(
    about: UUID, organization_id: UUID, act: str, form: Mapping[str, str], questions: tuple[str, ...], now: datetime
) -> Said:
    """What a form says about a link or an offer. Raises ContractBroken where that is nothing.

    A yes and a no are said once; what may be said again is told apart by what the form showed (`seen`).
    """
    who, seen = str(organization_id), form.get("seen", "")[:64]
    kind: type
    body: dict[str, Any]
    at: datetime = now
    precision: Precision = "instant"
    match act:
        case "acceptance":
            kind, body, seen = public.AcceptReferral, {"organization_id": who}, ""
        case "refusal":
            body = {"organization_id": who, "reason_code": form.get("reason", "")}
            kind, seen = public.DeclineOffer, ""
        case "question":
            kind = public.RequestInformation
            body = {"organization_id": who, "question_codes": list(questions)}
        case "start":
            kind, body = public.StartService, {}
            at, precision = _day(form.get("met_on", ""), now)
        case "outcome":
            kind, body = public.ReportOutcome, {"outcome": form.get("outcome", "")}
        case "return":
            kind, body = public.ReturnReferral, {"reason_code": form.get("reason", "")}
        case _:
            raise _wrong("act", f"one of: {', '.join(ACTS)}", f"以下之一: {', '.join(ACTS)}")
    return Said(
        command=read_request(body, kind)[0], at=at, precision=precision,
        command_id=uuid5(about, f"{act}/{seen}"),
    )  # fmt: skip


def asking(actor: Actor, channel: str, found: Said, now: datetime) -> Ask:
    """The circumstances: who says it, and by which way."""
    return Ask(id=found.command_id, now=now, at=found.at, precision=found.precision, actor=actor, channel=channel)


def _day(text: str, now: datetime) -> tuple[datetime, Precision]:
    """A day that is not to come; of today, now."""
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise _wrong("met_on", *DAY) from wrong
    today = now.astimezone(BEIJING).date()
    if day > today or today - day > timedelta(days=366):
        raise _wrong("met_on", *DAY)
    return (now, "instant") if day == today else (datetime.combine(day, time(12), BEIJING), "day")


def _wrong(name: str, en: str, zh: str) -> ContractBroken:
    return ContractBroken(FieldProblem(field=name, code="invalid", expected_en=en, expected_zh=zh))
