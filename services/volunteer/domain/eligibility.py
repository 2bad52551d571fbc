"""Who may be sent: the rules of 志愿服务条例 and 慈善法 on age, skill, training, insurance, clearance and time.

What is known of a person comes as data; a rule that cannot be shown to hold does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from services.contracts.volunteer.words import Risk
from services.contracts.words import Party
from services.kernel.errors import Refused

BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, kw_only=True, slots=True)
class Needs:
    """What a task asks of those who go."""

    skills: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    risk: Risk = "none"
    with_minor: bool = False
    slot_start: datetime | None = None
    slot_end: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Training:
    """A skill that was trained, and until when it counts."""

    skill: str
    valid_until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of time; an end that is not known is None."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who could go: a worker of a station, of whom only the time matters, or a volunteer."""

    party: Party
    state: str = "active"
    teams: tuple[Party, ...] = ()
    minor: bool | None = None
    guardian_consent: bool = False
    trained: tuple[Training, ...] = ()
    limits: tuple[str, ...] = ()
    cleared_until: date | None = None
    insured_from: date | None = None
    insured_until: date | None = None
    busy: tuple[Span, ...] = ()


Why = tuple[str, str, str]

WHY: dict[str, Why] = {
    "not-a-volunteer": ("not-a-volunteer", "There is no such volunteer.", "没有这名志愿者。"),
    "not-active": ("not-active", "This volunteer is not active: verified, trained and not suspended.",
                   "该志愿者不在服务状态: 须已核实、已培训且未被暂停。"),
    "guardian-consent": ("guardian-consent", "A minor, or one whose age is unknown, goes only with the guardian's consent.",
                         "未成年人或年龄不详者须经监护人同意。"),
    "minor-at-risk": ("minor-at-risk", "Minors are not sent where there is danger.", "不得安排未成年人参加有危险的服务。"),
    "skill-missing": ("skill-missing", "The task needs a skill that this volunteer was not trained for.",
                      "任务所需技能, 该志愿者未经培训。"),
    "beyond-ability": ("beyond-ability", "The task demands what this volunteer does not do.", "任务要求超出该志愿者的意愿与能力。"),
    "not-insured": ("not-insured", "There is danger in it, and no insurance that covers the day.", "服务有风险, 当日无有效保险。"),
    "not-cleared": ("not-cleared", "Work with minors needs a register check that is not older than a year.",
                    "与未成年人接触须有一年内的从业查询。"),
    "clash": ("clash", "This one is bound elsewhere at that time.", "该时段已另有任务。"),
}  # fmt: skip


def day_of(moment: datetime) -> date:
    """The day in Changchun."""
    try:
        return moment.astimezone(BEIJING).date()
    except OverflowError:  # On the first and the last day that a calendar knows.
        return moment.date()


def faults(person: Person, needs: Needs, now: datetime) -> Iterator[str]:
    """Why this one may not be sent, every rule that fails; nothing when all hold."""
    if person.party.startswith("volunteer:"):
        yield from _volunteer_faults(person, needs, day_of(needs.slot_start or now))
    if needs.slot_start and any(_overlap(span, needs.slot_start, needs.slot_end) for span in person.busy):
        yield "clash"


def _volunteer_faults(person: Person, needs: Needs, day: date) -> Iterator[str]:
    if person.state == "unknown":
        yield "not-a-volunteer"
        return
    if person.state != "active":
        yield "not-active"
    if person.minor is not False and not person.guardian_consent:
        yield "guardian-consent"
    if person.minor is not False and needs.risk != "none":
        yield "minor-at-risk"
    if not set(needs.skills) <= {t.skill for t in person.trained if t.valid_until is None or t.valid_until >= day}:
        yield "skill-missing"
    if set(needs.demands) & set(person.limits):
        yield "beyond-ability"
    if needs.risk != "none" and not _covers(person.insured_from, person.insured_until, day):
        yield "not-insured"
    if needs.with_minor and (person.cleared_until is None or person.cleared_until < day):
        yield "not-cleared"


def must_be_fit(person: Person, needs: Needs, now: datetime) -> None:
    """Refuse one who may not be sent, for the first rule that fails."""
    if not person.party.startswith(("worker:", "volunteer:")):
        raise Refused("not-assignable", "A worker or a volunteer goes, by id.", "只能指派工作人员或志愿者个人。")
    for fault in faults(person, needs, now):
        code, en, zh = WHY[fault]
        raise Refused(code, f"{en} ({person.party})", f"{zh}({person.party})")


def _covers(first: date | None, last: date | None, day: date) -> bool:
    return first is not None and last is not None and first <= day <= last


def _overlap(span: Span, start: datetime, end: datetime | None) -> bool:
    last = end or start + timedelta(hours=1)
    return span.start < last and start < (span.end or span.start + timedelta(hours=1))
