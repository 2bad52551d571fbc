"""What tests of figures stand on: a small ledger with the statistics follower, and events that say little but their point."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.audit import tables, views
from services.audit.ledger import Ledger
from services.audit.statistics import tables as statistics_tables
from services.audit.statistics.counting import StatisticsFollower
from services.audit.statistics.figures import Figure, figures
from services.audit.statistics.held import Period
from services.contracts import intake
from services.kernel.message import Message
from tests.service.audit.conftest import Tables
from tests.unit.audit.said import MATTER, Teller, said
from tests.unit.audit.stories import hand, named, told_as

POINT = "220104004001"
"""A community point."""
STREET = "220104004"
"""The station of its street."""
OCTOBER = Period(2026, 10)
LATER = datetime(2027, 6, 1, tzinfo=UTC)


def on(day: int, hour: int = 4, month: int = 10) -> datetime:
    """A moment of autumn 2026, around noon in China."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


DAY = {day: on(day) for day in range(1, 32)}


class Counting:
    """Hears events, counts them, and tells figures as any size of the ledger knew them."""

    def __init__(self) -> None:
        assert statistics_tables.counted is not None
        self.db = Tables(tables.KEPT, views.METADATA)
        self.ledger, self.follower, self.after = Ledger(), StatisticsFollower(), 0
        self.teller = Teller(start=on(1, 0), step=timedelta(seconds=1))

    def hear(self, *messages: Message) -> Counting:
        """These events, one batch; then the follower catches up."""
        if messages:
            self.db.write(self.ledger.take(messages, messages[-1].envelope.time, self.db))
        return self.follow()

    def follow(self) -> Counting:
        while True:
            changes, _, after = self.follower.step(self.db, self.after)
            if after == self.after:
                return self
            self.db.write(changes)
            self.after = after

    def tell(self, stream: str, event: Any, publisher: str = "intake", **attributes: Any) -> Message:
        """This event happens at the time given in `at`, and is heard."""
        at = attributes.get("at")
        if isinstance(at, datetime):
            self.teller.now = max(self.teller.now, attributes.pop("entered", at))
        message = self.teller.tell(publisher, stream, event, **attributes)
        self.hear(message)
        return message

    def later(self, moment: datetime = LATER) -> Counting:
        """Time goes by: something that counts nowhere is heard."""
        self.teller.now = moment
        quiet = told_as(intake.HelpRequestFollowedUp, matter_id=MATTER, result_code="reached", leaves="waiting")
        self.tell(f"help-request/{named('quiet')}", quiet, at=moment)
        return self

    def figures(
        self, month: Period = OCTOBER, station: str = "", size: int | None = None
    ) -> dict[tuple[str, str], Figure]:
        found = figures(self.db, station, month, self.after if size is None else size, restricted=True)
        return {figure.key: figure for figure in found}

    def line(self, code: str, part: str = "", **where: Any) -> tuple[int | None, int | None, int]:
        """Value, of, unknown."""
        line = self.figures(**where)[code, part].line
        return line.value, line.of, line.unknown

    def value(self, code: str, part: str = "", **where: Any) -> int | None:
        return self.line(code, part, **where)[0]

    # --- a little language for what the tests are about ---

    def request(self, name: str = "m", at: datetime | None = DAY[1], area: str = POINT, **said: Any) -> UUID:
        """A help request is received; answers its matter."""
        matter = named(name)
        event = told_as(
            intake.HelpRequestReceived, matter_id=matter, handoff=hand("taken", "unknown", "worker:w-1", matter=matter),
            area=area, unit="worker:w-1", came_by="phone", reporter_kind="self", **said,
        )  # fmt: skip
        self.tell(f"help-request/{matter}", event, at=at)
        return matter

    def case(
        self, name: str = "c", at: datetime | None = DAY[2], person: str = "p", area: str = POINT, **more: Any
    ) -> UUID:
        """A case is opened; answers its id, which is its matter's too."""
        case = named(name)
        event = told_as(
            intake.CaseOpened, case_id=case, matter_id=case, handoff=hand("taken", "unknown", "worker:w-1", matter=case),
            subject_kind="person", person_id=named(person), owner="worker:w-1", area=area,
        )  # fmt: skip
        self.tell(f"case/{case}", event, at=at, **more)
        return case

    def close(self, case: UUID, at: datetime | None, reason: str = "goals-reached", **more: Any) -> Message:
        event = told_as(intake.CaseClosed, case_id=case, matter_id=case, reason_code=reason)
        return self.tell(f"case/{case}", event, at=at, **more)

    def serve(self, case: UUID, at: datetime | None, workers: Iterable[str] = ("worker:w-1",), **more: Any) -> Message:
        event = told_as(
            intake.ServiceDelivered, case_id=case, matter_id=case, kind="talk", under_plan=True, workers=tuple(workers)
        )
        return self.tell(f"case/{case}", event, at=at, **more)

    def error(self, case: UUID, at: datetime) -> Message:
        event = told_as(intake.CaseEnteredInError, case_id=case, matter_id=case, reason_code="error", approver="w-2")
        return self.tell(f"case/{case}", event, at=at)

    def plan(self, name: str, person: str, at: datetime, cadence: str = "daily", area: str = POINT) -> UUID:
        """A visit plan is set; answers its id."""
        plan = named(name)
        event = told_as(
            intake.VisitPlanSet, plan_id=plan, matter_id=plan, person_id=named(person), cadence=cadence, area=area,
            handoff=hand("taken", "unknown", "worker:w-1", matter=plan), visitor="worker:w-1", unit="worker:w-1",
            basis="living-alone",
        )  # fmt: skip
        self.tell(f"visit-plan/{plan}", event, at=at)
        return plan

    def visit(self, plan: UUID, person: str, day: date, result: str = "ok", **more: Any) -> Message:
        event = told_as(
            intake.VisitMade, plan_id=plan, matter_id=plan, person_id=named(person), visitor="worker:w-1", on=day,
            mode="door", result=result,
        )  # fmt: skip
        return self.tell(f"visit-plan/{plan}", event, at=more.pop("at", on(20)), **more)

    def merge(self, merged: str, survivor: str, what: str = "person.merged") -> None:
        """Two records are said to be of one human being, or (`person.unmerged`) of two after all."""
        note = told_as(intake.PersonDetailsAmended, person_id=named(merged), reason_code="other")
        e = self.teller.tell("intake", f"person/{named(merged)}", note, at=self.teller.now).envelope
        data = {
            "survivor_id": str(named(survivor)),
            "merged_id": str(named(merged)),
            "basis": "same",
            "approver": "w-2",
        }
        self.hear(
            said(e.publisher, e.position, type=what, stream=e.subject, version=e.streamversion, data=data, at=e.time)
        )
