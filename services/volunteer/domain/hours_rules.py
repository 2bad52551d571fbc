"""What makes a record of service hours a true one: actual time, given freely, counted once, confirmed by who organized."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from services.contracts.volunteer import RecordHours
from services.contracts.words import Party
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.eligibility import day_of
from services.volunteer.domain.known import HoursKnown
from services.volunteer.domain.refusing import is_word_of

DAY = 24 * 60


def must_be_true_time(day: date, minutes: int, began: datetime | None, ended: datetime | None, now: datetime) -> None:
    """The time is over, lies on the day, and no more is counted than there was."""
    if day > day_of(now) or (ended and ended > now):
        raise Refused("not-yet", "Hours are recorded after they were given.", "服务结束后方可登记时长。", field="day")
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
    if command.task_id is not None:
        _must_have_gone(command, facts)
    began, ended = command.began_at, command.ended_at
    if began and ended and any(span.start < ended and began < (span.end or span.start) for span in facts.on_duty):
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


def must_fit_beside_others(
    day: date, minutes: int, began: datetime | None, ended: datetime | None, facts: HoursKnown
) -> None:
    """No minute is counted twice, and no day has more than 24 hours (INV-18)."""
    spans = [other.span for other in facts.others if other.span and other.span.end]
    if began and ended and any(span.start < ended and began < (span.end or span.start) for span in spans):
        raise Refused(
            "overlaps", "Another record of this volunteer covers part of that time.", "与该志愿者的另一条记录时间重叠。"
        )
    if minutes + sum(other.minutes for other in facts.others if other.day == day) > DAY:
        raise Refused(
            "more-than-a-day", "A day has 24 hours, other records included.", "连同其他记录, 一天不得超过 24 小时。"
        )


def must_be_organizer(organizer: Party, volunteer_id: UUID, ask: Ask) -> None:
    """Who organizes, records (谁组织谁记录): the organizing unit's word, and not that of the one who gave the hours."""
    own = ask.actor.role == "volunteer" or ask.actor.id == str(volunteer_id)
    if own or not is_word_of(ask, organizer):
        raise Refused("organizer-only", "Only the unit that organized it may say this.", "只能由活动组织单位操作。")
