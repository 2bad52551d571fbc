"""小伟's story as the console keeps it, told in one place for all tests of the console."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import services.contracts.intake
import services.contracts.referral
import services.contracts.volunteer  # noqa: F401 (they declare the events)
from services.console.record import Entry

CHINA = ZoneInfo("Asia/Shanghai")
MATTER = UUID("6f1c2a9e-0000-4000-8000-000000000001")
CASE, GRANT, REFERRAL, PAIRING = UUID(int=2), UUID(int=3), UUID(int=4), UUID(int=5)
OFFERS = (UUID(int=20), UUID(int=21))
NOW = datetime(2022, 10, 8, 10, tzinfo=CHINA)

CENTRE, WORKER, DRIVERS = "organization:jida", "worker:w-zsl", "team:leifeng"
HONGLING, FUND, HELPER = "organization:hongling", "charity:fund", "volunteer:v-12"
NAMES = {CENTRE: "吉达方舟社会工作服务中心", DRIVERS: "雷锋车队南关分会", HONGLING: "红领社会工作服务中心"}


def at(text: str) -> datetime:
    """An instant at the station's own clock."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


class Told:
    """Entries in the order in which they are told, each recorded an hour after the one before."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.recorded = datetime(2022, 10, 1, tzinfo=UTC)

    def say(self, name: str, stream: str, when: str | None = None, precision: str = "day", **more: Any) -> Told:
        """One more event."""
        self.recorded += timedelta(hours=1)
        place = len(self.entries) + 1
        usual: dict[str, Any] = {"actor_id": "w-zsl", "actor_role": "worker"}
        self.entries.append(
            Entry(
                publisher="referral" if stream.startswith(("referral", "grant")) else "intake", position=place,
                matter_id=MATTER, name=name, stream=stream, recorded_at=self.recorded,
                effective_at=at(when) if when else None, precision=precision if when else "unknown", **(usual | more),
            )
        )  # fmt: skip
        return self


def xiaowei() -> list[Entry]:
    """Received, opened as a case, a grant, an offer declined and one accepted, a pairing; never closed."""
    request, case = f"help-request/{MATTER}", f"case/{CASE}"
    grant, referral, pairing = f"grant/{GRANT}", f"referral/{REFERRAL}", f"pairing/{PAIRING}"
    told = Told()
    told.say("help-request.received", request, "2022-02-26", "month", act="taken", giver="unknown", takers=(CENTRE,),
             opens="matter", channel="unknown", urgency="normal", needs=("economic-hardship",))  # fmt: skip
    told.say("help-request.triaged", request, "2022-02-27", code="case", urgency="normal", risk="blue")
    told.say("case.opened", case, "2022-02-28", act="taken", giver=CENTRE, takers=(WORKER,), opens="matter",
             needs=("economic-hardship", "peer-contact"))  # fmt: skip
    told.say("grant.applied", grant, "2022-03-06", act="offered", giver=WORKER, takers=(FUND,), need_id=GRANT,
             opens="need", needs=("economic-hardship",))  # fmt: skip
    told.say("grant.approved", grant, "2022-03-18", act="taken", giver=WORKER, takers=(FUND,), need_id=GRANT)
    told.say("referral.offered", referral, "2022-03-21T09:00", "instant", act="offered", giver=WORKER, takers=(HONGLING,),
             need_id=REFERRAL, offer_id=OFFERS[0], due_at=at("2022-03-23T17:00"), needs=("companionship",))  # fmt: skip
    told.say("offer.declined", referral, "2022-03-22T10:00", "instant", act="refused", giver=HONGLING, takers=(WORKER,),
             need_id=REFERRAL, offer_id=OFFERS[0], code="no-capacity")  # fmt: skip
    told.say("referral.offered", referral, "2022-03-22T11:00", "instant", act="offered", giver=WORKER, takers=(DRIVERS,),
             need_id=REFERRAL, offer_id=OFFERS[1], due_at=at("2022-03-24T17:00"))  # fmt: skip
    told.say("referral.accepted", referral, "2022-03-23T15:00", "instant", act="taken", giver=WORKER, takers=(DRIVERS,),
             need_id=REFERRAL, offer_id=OFFERS[1], due_at=at("2022-03-30T17:00"), behalf=DRIVERS)  # fmt: skip
    told.say("service.started", referral, "2022-03-26", offer_id=OFFERS[1])
    told.say("grant.disbursed", grant, "2022-03-28", act="released", giver=FUND, takers=(WORKER,), need_id=GRANT)
    for week in range(10):
        told.say("case.service-delivered", case, (datetime(2022, 4, 2) + timedelta(weeks=week)).isoformat())  # noqa: DTZ001
    told.say("pairing.formed", pairing, "2022-04-10", act="taken", giver=WORKER, takers=(DRIVERS, HELPER), need_id=PAIRING,
             opens="need", needs=("companionship",))  # fmt: skip
    told.say("grant.closed", grant, "2022-06-30", need_id=GRANT, closes="need")
    told.say("case.progress-evaluated", case)
    return told.entries


def liminghua() -> list[Entry]:
    """A cold radiator: received, dispatched to two, done, verified, closed; all within two hours."""
    request, task = f"help-request/{MATTER}", f"task/{REFERRAL}"
    unit, grid, two = "community:220104004001", "worker:w-grid", ("worker:w-zbs", "worker:w-02")
    told = Told()
    told.say("help-request.received", request, "2022-01-10T08:00", "instant", act="taken", giver="person:p-1", takers=(unit,),
             opens="matter", channel="phone", needs=("small-repair",))  # fmt: skip
    told.say("help-request.triaged", request, "2022-01-10T08:05", "instant", act="taken", giver=unit, takers=(grid,),
             code="dispatch", urgency="urgent")  # fmt: skip
    told.say("task.opened", task, "2022-01-10T08:06", "instant", act="taken", giver=grid, takers=(grid,), need_id=REFERRAL,
             opens="need")  # fmt: skip
    told.say(
        "task.assigned", task, "2022-01-10T08:10", "instant", act="taken", giver=grid, takers=two, need_id=REFERRAL
    )
    told.say("task.completed", task, "2022-01-10T09:30", "instant")
    told.say("task.verified", task, "2022-01-10T09:40", "instant", act="released", giver=two[0], takers=(unit,),
             need_id=REFERRAL, closes="need")  # fmt: skip
    told.say("help-request.closed", request, "2022-01-10T09:50", "instant", act="released", giver=grid, takers=(unit,),
             closes="matter", code="resolved")  # fmt: skip
    return told.entries
