"""Rules that several of intake's aggregates share: days of the street's calendar, two persons for grave acts."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.contracts import codes
from services.intake.domain.known import PersonFact, known
from services.kernel.errors import Refused
from services.kernel.message import Ask

HERE = ZoneInfo("Asia/Shanghai")
"""Days begin and end by the clock of the street."""

CHILD_BANDS = frozenset({"under_8", "from_8_to_13", "unknown"})
"""Under 14, or possibly so: a guardian consents, and the whole record is a child's (INV-8)."""

CONSENT = "pipl13-1"
"""Consent among the bases of the law (PIPL 13(1)(1))."""

ASKED_BANDS = frozenset({"from_8_to_13", "from_14_to_17"})
"""Old enough to be asked themselves (INV-9)."""


def today(ask: Ask) -> date:
    """The day on which the hub decides."""
    return local_day(ask.now)


def day_of(ask: Ask) -> date:
    """The day on which it happened; today, if nobody said."""
    return local_day(ask.happened_at)


def local_day(moment: datetime) -> date:
    """The day of the street on which a moment lies; at the ends of the calendar, the day that was written."""
    try:
        return moment.astimezone(HERE).date()
    except OverflowError:
        return moment.date()


def sensitivity_of(age_band: str) -> str:
    """How the record of a person of this age is labelled."""
    return "child" if age_band in CHILD_BANDS else "personal"


def two_persons(ask: Ask, approver: str) -> None:
    """Refuse an act that nobody else has approved."""
    if approver.rpartition(":")[2] == ask.actor.id.rpartition(":")[2]:
        raise Refused(
            "second-person-needed",
            "Somebody else must approve this; name that person as the approver.",
            "此事须由另一人批准, 请填写批准人。",
            field="approver",
        )


def on_law(basis_code: str | None, field: str = "legal_basis") -> None:
    """What is done without consent names a basis of the table; consent itself is none, for it is recorded as one (INV-5)."""
    codes.LEGAL_BASIS.known(basis_code, field=field)
    if basis_code == CONSENT:
        raise Refused(
            "consent-is-no-basis-here",
            "Consent is recorded as a consent, not invoked.",
            "个人同意应登记为同意, 不得援引。",
            allowed=("grant-consent",),
            field=field,
        )


def reopened_by_two(approver: str | None, ask: Ask) -> None:
    """What ended in a month that is over may have been reported: no one person takes the end back (INV-31)."""
    if approver is not None:
        two_persons(ask, approver)
        return
    ended, day = known(ask).closed_on, today(ask)
    if ended is not None and (ended.year, ended.month) < (day.year, day.month):
        raise Refused(
            "second-person-needed",
            f"This ended in {ended:%Y-%m}, and that month is over: somebody else must approve that it is opened again.",
            f"此事项已于 {ended.year} 年 {ended.month} 月办结, 该月份已过, 重开须由另一人批准。",
            allowed=("approve",),
            field="approver",
        )


def registered(ask: Ask) -> PersonFact:
    """The person a command is about: on record, and alive (INV-44)."""
    person = known(ask).person
    if person is None:
        raise Refused(
            "no-such-person",
            "The person is not registered.",
            "该服务对象尚未建档。",
            allowed=("register-person",),
            field="person_id",
        )
    still_there(person, "person_id")
    return person


def still_there(person: PersonFact, field: str) -> None:
    """Refuse what is asked for somebody who has died, or whose data are gone or at rest."""
    if person.gone:
        raise erased(field)
    if not person.alive:
        raise Refused(
            "person-deceased",
            "The person has died; if that was reported wrongly, correct the report first.",
            "该服务对象已去世; 如属误报, 请先更正。",
            allowed=("correct-death",),
            field=field,
        )


def erased(field: str | None) -> Refused:
    """The refusal of what is asked for somebody whose data are gone or at rest."""
    return Refused(
        "person-erased",
        "This person's data were erased, or rest. Who comes again is registered anew.",
        "此人的个人信息已删除或限制处理; 再次求助请重新建档。",
        allowed=("register-person",),
        field=field,
    )


def elsewhere() -> Refused:
    """The refusal of what should be asked of the record that speaks for this one."""
    return Refused(
        "person-merged",
        "This record is merged into another: ask there, or take the two apart first.",
        "该档案已并入另一档案; 请在保留的档案上办理, 或先拆分。",
        allowed=("unmerge-persons",),
    )


def already_there(what_en: str, what_zh: str) -> Refused:
    """The refusal of a command that would bring into being what is there."""
    return Refused("already-there", f"This {what_en} is there already.", f"该{what_zh}已存在。")
