"""What makes a record of service hours a true one: actual time, given freely, counted once, confirmed by who organized."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from services.contracts.volunteer import RecordHours
from services.contracts.words import Party
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.eligibility import Span, day_of
from services.volunteer.domain.known import HoursKnown, Stretch
from services.volunteer.domain.refusing import is_word_of

DAY = 24 * 60
FIRST_YEAR = 2000
GONE = ("merged", "leaving", "erased")
"""The states of a record under which nothing new is recorded."""


def must_be_true_time(day: date, minutes: int, began: datetime | None, ended: datetime | None, now: datetime) -> None:
    """The time is over, lies on the day, and no more is counted than there was."""
    if day > day_of(now) or (ended and ended > now):
        raise Refused("not-yet", "Hours are recorded after they were given.", "服务结束后方可登记时长。", field="day")
    if day.year < FIRST_YEAR or (ended and not 0 <= (day_of(ended) - day).days <= 1):
        raise Refused("times-wrong", "It ended on that day or the next.", "结束时间须在当日或次日。", field="ended_at")
    if began and ended and ended <= began:
        raise Refused("times-wrong", "It ended after it began.", "结束时间须晚于开始时间。", field="ended_at")
    if began and day_of(began) != day:
        raise Refused("times-wrong", "It began on another day.", "开始时间与日期不符。", field="began_at")
    if began and ended and timedelta(minutes=minutes) > ended - began:
        raise Refused("more-than-actual", "More minutes are counted than lie between beginning and end.",
                      "登记的时长超过起止时间。", field="minutes")  # fmt: skip


def must_be_volunteering(command: RecordHours, facts: HoursKnown) -> None:
    """A volunteer gave it, and not a worker on duty: one person may be both, the act decides (INV-17)."""
    if facts.volunteer_state == "unknown":
        raise Refused("volunteer-unknown", "There is no such volunteer.", "没有这名志愿者。", field="volunteer_id")
    if facts.volunteer_state in GONE:
        raise Refused("volunteer-gone", "This record is merged into another, or its data are deleted: record it under the one that stands.",
                      "该志愿者档案已合并或已删除, 请登记在现有档案下。", field="volunteer_id")  # fmt: skip
    if command.task_id is not None:
        _must_have_gone(command, facts)
    span = span_of(command.began_at, command.ended_at, command.minutes)
    if span and any(_overlap(span, duty) for duty in facts.on_duty):
        raise _on_duty()


def _must_have_gone(command: RecordHours, facts: HoursKnown) -> None:
    if facts.assignees is None:
        raise Refused("task-unknown", "There is no such task.", "没有这个任务。", field="task_id")
    if f"volunteer:{command.volunteer_id}" in facts.assignees:
        return
    if facts.worker is not None and facts.worker in facts.assignees:
        raise _on_duty()
    raise Refused(
        "not-assigned", "This volunteer was not among those who went.", "该志愿者未参与此任务。", field="task_id"
    )


def _on_duty() -> Refused:
    return Refused(
        "staff-work", "What a worker does on duty is no volunteering.", "工作人员的履职行为不得记录为志愿服务。"
    )


def span_of(began: datetime | None, ended: datetime | None, minutes: int) -> Span | None:
    """From when to when it was at least: the minutes stand in for a beginning or an end that is not known."""
    if began is not None:
        return Span(start=began, end=ended or began + timedelta(minutes=minutes))
    return Span(start=ended - timedelta(minutes=minutes), end=ended) if ended is not None else None


def _overlap(one: Span, other: Span) -> bool:
    return one.start < (other.end or other.start) and other.start < (one.end or one.start)


def must_fit_beside_others(mine: Stretch, facts: HoursKnown) -> None:
    """No minute is counted twice, and no day has more than 24 hours (INV-18)."""
    if mine.span and any(other.span and _overlap(mine.span, other.span) for other in facts.others):
        raise Refused(
            "overlaps", "Another record of this volunteer covers part of that time.", "与该志愿者的另一条记录时间重叠。",
            allowed=("correct-hours", "void-hours"),
        )  # fmt: skip
    if any(_cannot_be_told_apart(mine, other) for other in facts.others):
        raise Refused(
            "recorded-already", "This work is on record for that day; say from when to when both were, or correct the record.",
            "该项服务当日已有记录, 请注明两者的起止时间, 或更正原记录。", allowed=("correct-hours", "void-hours"), field="began_at",
        )  # fmt: skip
    if mine.minutes + sum(other.minutes for other in facts.others if other.day == mine.day) > DAY:
        raise Refused(
            "more-than-a-day", "A day has 24 hours, other records included.", "连同其他记录, 一天不得超过 24 小时。"
        )


def _cannot_be_told_apart(mine: Stretch, other: Stretch) -> bool:
    """Two records of one work on one day, of which one does not say when it was: nothing shows that they differ."""
    return mine.day == other.day and mine.same_work(other) and not (mine.span and other.span)


def must_be_organizer(organizer: Party, volunteer_id: UUID, ask: Ask) -> None:
    """Who organizes, records (谁组织谁记录): the organizing unit's word, and not that of the one who gave the hours (INV-18).

    One who is on duty as a worker does not confirm what the same human gave as a volunteer (H15).
    """
    worker = ask.facts.worker if isinstance(ask.facts, HoursKnown) else None
    if ask.actor.id == str(volunteer_id) or worker == f"worker:{ask.actor.id}":
        raise Refused("own-hours", "Somebody else of the organizing unit says this.", "须由组织单位的其他人员操作。")
    if ask.actor.role == "volunteer" or not is_word_of(ask, organizer):
        raise Refused("organizer-only", "Only the unit that organized it may say this.", "只能由活动组织单位操作。")
