"""Random histories of the hub's work, and a recount of them with a pencil: what figures are compared with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec
from hypothesis import strategies as st

from services.audit.statistics.held import Period
from services.audit.times import HERE
from services.contracts import intake, referral, volunteer
from services.kernel.contract import canonical, name_of
from services.kernel.message import Message
from tests.service.audit.counting import POINT
from tests.unit.audit.said import MATTER, said
from tests.unit.audit.stories import hand, named, told_as

ELSEWHERE = "220102001001"
PLACES = (POINT, "220104004002", ELSEWHERE)
PEOPLE = ("p0", "p1", "p2")
KINDS = (
    "request", "case", "plan", "service", "service", "closing", "reopening", "visit", "referral", "payment", "hours",
    "strike", "merger", "settling",
)  # fmt: skip

moments = st.one_of(
    st.none(), st.integers(0, 90 * 24).map(lambda hours: datetime(2026, 9, 1, tzinfo=HERE) + timedelta(hours=hours))
)
steps = st.lists(
    st.tuples(
        st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 2), moments,
        st.sampled_from(("instant", "instant", "day", "month", "season")), st.integers(0, 9),
    ),
    min_size=1, max_size=25,
)  # fmt: skip


class History:
    """Events of three requests, cases, plans, referrals, grants and records, in whatever order and with whatever dates."""

    def __init__(self) -> None:
        self.told: list[Message] = []
        self.positions: dict[str, int] = {}
        self.versions: dict[str, int] = {}
        self.now = datetime(2026, 9, 5, tzinfo=HERE)

    def tell(self, stream: str, type_: str, data: dict[str, Any], publisher: str = "intake", **corrects: Any) -> None:
        """One event, now, about the time of the step."""
        self.now += timedelta(hours=7)
        position = self.positions[publisher] = self.positions.get(publisher, 0) + 1
        version = self.versions[stream] = self.versions.get(stream, 0) + 1
        precision = {} if self.at is None else {"effectiveprecision": self.precision}
        self.told.append(said(
            publisher, position, type=type_, stream=stream, version=version, data=data, at=self.at,
            time=self.now.isoformat(), **precision, **corrects,
        ))  # fmt: skip

    def say(self, stream: str, cls: Any, publisher: str = "intake", **fields: Any) -> None:
        event = told_as(cls, **fields)
        self.tell(stream, name_of(event), msgspec.json.decode(canonical(event)), publisher)

    def step(self, kind: str, which: int, other: int, at: datetime | None, precision: str, number: int) -> None:
        """One thing happens, unless it cannot yet."""
        self.at, self.precision, self.number, self.which, self.other = at, precision, number, which, other
        self.matter, self.case, self.plan = (named(f"{what} {which}") for what in ("matter", "case", "plan"))
        self.area, self.person = PLACES[which], named(PEOPLE[other])
        getattr(self, kind)()

    @property
    def day(self) -> date:
        return (self.at or self.now).astimezone(HERE).date()

    def begun(self, stream: str) -> bool:
        return stream in self.versions

    def request(self) -> None:
        if not self.begun(stream := f"help-request/{self.matter}"):
            self.say(stream, intake.HelpRequestReceived, matter_id=self.matter, handoff=hand("taken", "unknown", "worker:w-1"),
                     area=self.area, unit="worker:w-1", came_by="phone", reporter_kind="self")  # fmt: skip

    def settling(self) -> None:
        outcome = ("resolved", "unreachable")[self.number % 2]
        self.say(f"help-request/{self.matter}", intake.HelpRequestClosed, matter_id=self.matter, outcome=outcome)

    def of_case(self, cls: Any, **fields: Any) -> None:
        if self.begun(f"case/{self.case}") != (cls is intake.CaseOpened):
            self.say(f"case/{self.case}", cls, case_id=self.case, matter_id=self.case, **fields)

    def opening(self) -> dict[str, Any]:
        return {"handoff": hand("taken", "unknown", "worker:w-1"), "owner": "worker:w-1"}

    def case_(self) -> None:
        self.of_case(intake.CaseOpened, subject_kind="person", person_id=self.person, area=self.area, **self.opening())

    def service(self) -> None:
        self.of_case(intake.ServiceDelivered, kind="talk", under_plan=True)

    def closing(self) -> None:
        self.of_case(intake.CaseClosed, reason_code=("goals-reached", "lost-contact")[self.number % 2])

    def reopening(self) -> None:
        self.of_case(intake.CaseReopened, reason_code="other", **self.opening())

    def plan_(self) -> None:
        if not self.begun(stream := f"visit-plan/{self.plan}"):
            self.say(stream, intake.VisitPlanSet, plan_id=self.plan, matter_id=self.plan, person_id=self.person,
                     handoff=hand("taken", "unknown", "worker:w-1"), cadence="weekly", visitor="worker:w-1",
                     unit="worker:w-1", area=self.area, basis="told")  # fmt: skip

    def visit(self) -> None:
        if self.begun(stream := f"visit-plan/{self.plan}"):
            result = ("ok", "ok", "no_answer")[self.number % 3]
            self.say(stream, intake.VisitMade, plan_id=self.plan, matter_id=self.plan, person_id=self.person,
                     visitor="worker:w-1", on=self.day, mode="door", result=result)  # fmt: skip

    def referral(self) -> None:
        self.say(f"referral/{named(f'ref {self.other}')}", referral.ReferralReady, "referral", matter_id=self.matter,
                 need_id=self.case, holder="worker:w-1", kind="referral", need_codes=(), urgency="normal")  # fmt: skip

    def payment(self) -> None:
        amount = None if self.number == 0 else self.number * 100
        self.say(f"grant/{named(f'grant {self.other}')}", referral.GrantDisbursed, "referral", matter_id=self.matter,
                 fund="charity:lotus", amount_fen=amount, payee_kind="family", final=True,
                 voucher_ref=f"v-{self.number % 4}")  # fmt: skip

    def hours(self) -> None:
        stream = f"service-hours/{uuid5(MATTER, f'hours {len(self.told)}')}"
        self.say(stream, volunteer.ServiceHoursRecorded, "volunteer", volunteer_id=self.person, matter_id=self.matter,
                 activity="a-1", day=self.day, minutes=60, content_code="company", organizer="team:lotus",
                 lead="worker:w-1", record_by=self.day, late=False)  # fmt: skip
        self.say(stream, volunteer.ServiceHoursConfirmed, "volunteer", volunteer_id=self.person, minutes=60,
                 organizer="team:lotus", late=bool(self.number % 2))  # fmt: skip
        if self.number > len(PLACES):
            self.say(stream, volunteer.ServiceHoursCorrected, "volunteer", volunteer_id=self.person, counted=True,
                     minutes_before=60, minutes_after=10 * self.number, reason_code="other")  # fmt: skip

    def strike(self) -> None:
        """A later event of the same stream strikes an earlier one, or a strike."""
        if self.told:
            struck = self.told[(self.number * 7 + self.which) % len(self.told)].envelope
            about = json.loads(bytes(struck.data)).get("matter_id")
            note = {} if about is None else {"matter_id": about}
            self.tell(struck.subject, "case.information-collected", note, struck.publisher, corrects=str(struck.id))

    def merger(self) -> None:
        if self.which != self.other:
            merged = named(PEOPLE[self.which])
            type_ = "person.merged" if self.number % 3 else "person.unmerged"
            self.tell(f"person/{merged}", type_, {"survivor_id": str(self.person), "merged_id": str(merged)})


def history(drawn: Sequence[tuple[Any, ...]]) -> list[Message]:
    """The events of these steps."""
    made = History()
    for kind, *step in drawn:
        made.step(kind + "_" if kind in ("case", "plan") else kind, *step)
    return made.told


# --- the naive recount: from the definitions, over all events at once, knowing nothing of rows -------------------------


class Recount:
    """Counts what a list of events comes to, the way somebody would with a pencil."""

    def __init__(self, told: Sequence[Message], month: Period, station: str, known_day: date) -> None:
        gone: set[UUID] = set()
        for message in reversed(told):
            if message.envelope.corrects is not None and message.envelope.id not in gone:
                gone.add(message.envelope.corrects)
        self.all = [(m.envelope, self.data(m)) for m in told if m.envelope.id not in gone]
        self.told, self.month, self.station = told, month, station
        self.end = min(month.last, known_day)

    @staticmethod
    def data(message: Message) -> dict[str, Any]:
        return json.loads(bytes(message.envelope.data))  # type: ignore[no-any-return]

    def of(self, *types: str) -> list[tuple[Any, dict[str, Any]]]:
        return [(e, d) for e, d in self.all if e.type in types]

    def day(self, e: Any) -> date | None:
        if e.effectiveat is None or e.effectiveprecision in ("season", "unknown"):
            return None
        day = e.effectiveat.astimezone(HERE).date()
        return day.replace(day=1) if e.effectiveprecision == "month" else day

    def latest(self, e: Any) -> date:
        return self.day(e) or e.time.astimezone(HERE).date()

    def here(self, area: str) -> bool:
        return area.startswith(self.station)

    def opening(self, stream: str) -> dict[str, Any]:
        """The first event of a stream: a case that was struck as opened still says where it was."""
        return next(self.data(m) for m in self.told if m.envelope.subject == stream)

    def matter_area(self, matter: str) -> str:
        return next(
            (
                d["area"]
                for e, d in self.of("help-request.received", "case.opened", "visit-plan.set")
                if d["matter_id"] == matter
            ),
            "",
        )

    def in_month(self, day: date | None) -> bool:
        return day is not None and self.month.first <= day <= self.end

    def undated(self, e: Any) -> bool:
        return self.day(e) is None and self.month.first <= e.time.astimezone(HERE).date() <= self.end

    def cases(self) -> dict[str, int]:
        opened = {e.subject: d for e, d in self.of("case.opened") if self.here(d["area"])}
        new = sum(self.in_month(self.day(e)) for e, d in self.of("case.opened") if e.subject in opened)
        balance = dict.fromkeys(opened, 0)
        closed = goals = 0
        for e, d in self.of("case.opened", "case.reopened", "case.closed"):
            if e.subject in opened:
                if self.latest(e) <= self.end:
                    balance[e.subject] += -1 if e.type == "case.closed" else 1
                if e.type == "case.closed" and self.in_month(self.day(e)):
                    closed += 1
                    goals += d["reason_code"] == "goals-reached"
        return {
            "cases-opened": new,
            "cases-open": sum(n > 0 for n in balance.values()),
            "cases-closed": closed,
            "goals-reached": goals,
        }

    def survivors(self) -> dict[str, str]:
        last = {d["merged_id"]: (e.type, d["survivor_id"]) for e, d in self.of("person.merged", "person.unmerged")}
        return {merged: survivor for merged, (kind, survivor) in last.items() if kind == "person.merged"}

    def who(self, person: str) -> str:
        into, seen = self.survivors(), {person}
        while person in into and into[person] not in seen:
            person = into[person]
            seen.add(person)
        return person

    def contacts(self) -> dict[str, int]:
        found = []
        for e, _ in self.of("case.service-delivered"):
            opening = self.opening(e.subject)
            if self.in_month(self.day(e)) and self.here(opening["area"]):
                found.append(opening["person_id"])
        for e, d in self.of("visit.made"):
            day = date.fromisoformat(d["on"])
            if self.in_month(day) and d["result"] != "no_answer" and self.here(self.opening(e.subject)["area"]):
                found.append(d["person_id"])
        return {"contacts": len(found), "persons-served": len({self.who(person) for person in found})}

    def requests(self) -> dict[str, int]:
        received = {
            d["matter_id"]: e
            for e, d in self.of("help-request.received")
            if self.here(d["area"]) and self.in_month(self.day(e))
        }
        good = {
            d["matter_id"] for e, d in self.of("help-request.closed") if d["outcome"] == "resolved" and self.latest(e) <= self.end
        }  # fmt: skip
        return {"requests-settled": len(good & received.keys()), "requests-settled/of": len(received)}

    def others(self) -> dict[str, int]:
        ready = {e.subject: (e, d) for e, d in reversed(self.of("referral.ready"))}
        referrals = sum(
            self.in_month(self.day(e)) and self.here(self.matter_area(d["matter_id"])) for e, d in ready.values()
        )
        paid: dict[tuple[str, str], int] = {}
        for e, d in self.of("grant.disbursed"):
            if self.here(self.matter_area(d["matter_id"])):
                key = (d["matter_id"], d["voucher_ref"])
                if self.in_month(self.day(e)):
                    paid[key] = max(paid.get(key, 0), d["amount_fen"] or 0)
        return {"referrals-ready": referrals, "money-linked": sum(paid.values())}

    def hours(self) -> dict[str, int]:
        minutes, givers = 0, set()
        for e, d in self.of("service-hours.recorded"):
            mine = [(x, y) for x, y in self.all if x.subject == e.subject]
            if not any(x.type == "service-hours.confirmed" for x, _ in mine):
                continue
            if self.in_month(date.fromisoformat(d["day"])) and self.here(self.matter_area(d["matter_id"])):
                corrected = [y["minutes_after"] for x, y in mine if x.type == "service-hours.corrected"]
                minutes += corrected[-1] if corrected else d["minutes"]
                givers.add(d["volunteer_id"])
        return {"volunteer-hours": minutes, "volunteers-active": len(givers)}

    def everything(self) -> dict[str, int]:
        return self.cases() | self.contacts() | self.requests() | self.others() | self.hours()
