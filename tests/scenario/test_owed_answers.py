"""What is owed and not given rings on the real stack: an answer about hours, and the word that a task was done (INV-14)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.tables import BEIJING
from services.kernel.message import Actor
from tests.support.clocked import Clocked
from tests.support.volunteering import AUDITOR, Call, Dispatch, Told, now, until, volunteer

pytestmark = [pytest.mark.scenario, pytest.mark.timeout(300)]


@pytest.fixture
def dispatch(later: Clocked) -> Dispatch:
    """A station that dispatches, in a hub whose clocks can be set."""
    return Dispatch(later.hub)


def clock(later: Clocked) -> datetime:
    """What the hub's clocks say."""
    return now() + later.ahead.get("volunteer", timedelta())


def comes(later: Clocked, moment: str) -> datetime:
    """The clocks are set to a second after this moment."""
    at = datetime.fromisoformat(moment)
    later.pass_time(seconds=(at - clock(later)).total_seconds() + 1)
    return at


def said(dispatch: Dispatch, stream: str, event_type: str) -> list[Told]:
    """What was said of this kind."""
    return [event["data"] for event in dispatch.said(stream) if event["type"] == event_type]


def heard(dispatch: Dispatch, stream: str, event_type: str) -> Told:
    """Wait until it is said; it is said once."""
    (one,) = until(lambda: said(dispatch, stream, event_type), f"{event_type} is said")
    return dict(one)


def working_days(since: datetime, until: datetime) -> int:
    """How many days lie between, counted on Mondays to Fridays alone: 法定节假日 can only make fewer of them work."""
    first, last = since.astimezone(BEIJING).date(), until.astimezone(BEIJING).date()
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(day.weekday() < 5 for day in days)


# --- an answer about hours ------------------------------------------------------------------------------------------------


def gave(later: Clocked, dispatch: Dispatch, who: str, activity: str, days_ago: int) -> str:
    """Time of a volunteer that the unit has confirmed."""
    unit = Actor(id="w-colleague", role="worker", org=dispatch.unit)
    day = (clock(later).astimezone(BEIJING) - timedelta(days=days_ago)).date().isoformat()
    told = {
        "volunteer_id": who, "activity": activity, "day": day, "minutes": 90, "content_code": "companionship",
        "organizer": dispatch.unit, "lead": f"worker:{unit.id}",
    }  # fmt: skip
    record = dispatch.do("/volunteer/service-hours", told, unit)
    dispatch.do(f"/volunteer/service-hours/{record}/confirmation", {}, unit)
    return record


def questions(dispatch: Dispatch, who: str, record: str) -> Told:
    """The volunteer says that it was more; answers until when the unit owes an answer."""
    dispatch.do(
        f"/volunteer/service-hours/{record}/question", {"reason_code": "wrong-minutes", "minutes": 120}, volunteer(who)
    )
    return dict(heard(dispatch, record, "service-hours.questioned")["wait"])


def test_a_unit_that_keeps_a_volunteer_waiting_for_an_answer_is_reminded_and_its_head_is_told(
    later: Clocked, dispatch: Dispatch
) -> None:
    """INV-20: the old value stays visible, and what is answered in time rings nobody."""
    unit = Actor(id="w-colleague", role="worker", org=dispatch.unit)
    (mei,) = dispatch.volunteers(1)
    slow, quick = gave(later, dispatch, mei, "visit", 2), gave(later, dispatch, mei, "library", 3)
    asked, wait = clock(later), questions(dispatch, mei, slow)
    questions(dispatch, mei, quick)
    dispatch.do(f"/volunteer/service-hours/{quick}/upholding", {"reason_code": "as-recorded"}, unit)

    half = comes(later, wait["remind_at"])
    reminded = heard(dispatch, slow, "service-hours.answer-reminded")
    assert reminded == {"volunteer_id": mei, "organizer": dispatch.unit}
    end = comes(later, wait["due_at"])
    assert heard(dispatch, slow, "service-hours.answer-overdue")["organizer"] == dispatch.unit
    assert (working_days(asked, half) >= 5, working_days(asked, end) >= 10) == (True, True), "working days, INV-14"

    dispatch.do(f"/volunteer/service-hours/{slow}/correction", {"minutes": 120, "reason_code": "wrong-minutes"}, unit)
    corrected = heard(dispatch, slow, "service-hours.corrected")
    assert (corrected["minutes_before"], corrected["minutes_after"]) == (90, 120)
    mine = dispatch.get("/volunteer/me/service-hours", volunteer(mei))["items"]
    assert {row["record_id"]: row["minutes"] for row in mine} == {slow: 120, quick: 90}
    rung = {event["type"] for event in dispatch.said(quick)}
    assert not rung & {"service-hours.answer-reminded", "service-hours.answer-overdue"}, "it was answered in time"
    later.pass_time(days=30)
    dispatch.hears("audit", "volunteer")
    assert len(said(dispatch, slow, "service-hours.answer-overdue")) == 1, "each rings once"


# --- the word that a task was done ----------------------------------------------------------------------------------------


def done(later: Clocked, dispatch: Dispatch, call: Call, who: str) -> str:
    """A task that a volunteer has done, and that nobody has verified."""
    task = dispatch.task(call, clock(later) + timedelta(hours=2))
    dispatch.goes(who, task)
    dispatch.do(f"/volunteer/tasks/{task}/completion", {"result": "done"}, volunteer(who))
    return task


def test_what_was_done_and_is_not_verified_is_asked_for_and_then_put_before_whoever_has_the_matter(
    later: Clocked, dispatch: Dispatch
) -> None:
    """INV-28: a task closes with a verified result; nobody says it of himself, and the need is not over meanwhile."""
    mei, lin = dispatch.volunteers(2)
    slow, quick = dispatch.call(), dispatch.call()
    task, other = done(later, dispatch, slow, mei), done(later, dispatch, quick, lin)
    wait = heard(dispatch, task, "task.completed")["wait"]
    dispatch.do(f"/volunteer/tasks/{other}/verification", {"by": "client"})
    dispatch.refused("own-work", f"/volunteer/tasks/{task}/verification", {"by": "coordinator"},
                     Actor(id=mei, role="coordinator", org=dispatch.street))  # fmt: skip

    comes(later, wait["remind_at"])
    assert heard(dispatch, task, "task.verification-reminded")["to"] == f"worker:{dispatch.coordinator.id}"
    assert dispatch.get(f"/volunteer/task-alerts?task_id={task}")["items"] == []
    comes(later, wait["due_at"])
    late = heard(dispatch, task, "task.verification-overdue")
    assert (late["dispatcher"], late["to"]) == (f"worker:{dispatch.coordinator.id}", slow.unit)
    (alert,) = dispatch.get(f"/volunteer/task-alerts?task_id={task}")["items"]
    assert (alert["kind"], alert["who"]) == ("verify-task", slow.unit)
    assert dispatch.get(f"/intake/help-requests/{slow.matter}", AUDITOR)["state"] == "in_service"

    dispatch.do(f"/volunteer/tasks/{task}/verification", {"by": "client", "on_site": False})
    assert dispatch.get(f"/volunteer/task-alerts?task_id={task}")["items"] == []
    shown = until(lambda: (row := dispatch.get(f"/intake/help-requests/{slow.matter}", AUDITOR))["state"] == "closed" and row,
                  "intake has heard of it")  # fmt: skip
    assert shown["outcome"] == "resolved"
    held = dispatch.chain(slow.matter, task)
    assert [interval["holders"] for interval in held][-1] == [f"volunteer:{mei}"], "until it was verified"
    rung = {event["type"] for event in dispatch.said(other)}
    assert not rung & {"task.verification-reminded", "task.verification-overdue"}, "it was verified in time"
    assert datetime.fromisoformat(wait["due_at"]) > datetime.now(UTC)
