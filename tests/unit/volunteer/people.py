"""The people, tasks and records that the tests of the volunteer service speak of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid5

from services.contracts.volunteer import OpenTask, TaskAssigned, TaskOpened
from services.contracts.words import Handoff
from services.kernel.message import Actor
from services.volunteer.domain.eligibility import Person, Training
from services.volunteer.domain.known import Known
from tests.support.spec import NOON

TASK = uuid5(UUID(int=1), "stream")
MATTER = UUID(int=7)
MEI_ID, LIN_ID, WEN_ID = UUID(int=21), UUID(int=22), UUID(int=23)
MEI, LIN, WEN = f"volunteer:{MEI_ID}", f"volunteer:{LIN_ID}", f"volunteer:{WEN_ID}"
ZBS, ZYH = "worker:w-zbs", "worker:w-zyh"
XINGHUA = "community:220104004005"
DISPATCHER = "worker:w-01"
SLOT = NOON + timedelta(hours=3)
TODAY = NOON.date()

MEI_HERSELF = Actor(id=str(MEI_ID), role="volunteer")


def fit(party: str) -> Person:
    """A grown-up active volunteer of whom nothing speaks against being sent to anything."""
    return Person(
        party=party, minor=False, trained=(Training(skill="repair"),), cleared_until=date(2026, 12, 31),
        insured_from=date(2026, 1, 1), insured_until=date(2026, 12, 31),
    )  # fmt: skip


ALL = Known(people=(fit(MEI), fit(LIN), fit(WEN)))


def handed(act: str, giver: str, *takers: str) -> Handoff:
    """The need of the task changes hands."""
    return Handoff(act=act, matter_id=MATTER, need_id=TASK, giver=giver, takers=takers)  # type: ignore[arg-type]


OPEN = OpenTask(
    matter_id=MATTER, holder=XINGHUA, kind="small-repair", headcount=2, urgency="urgent",
    slot_start=SLOT, slot_end=SLOT + timedelta(hours=1),
)  # fmt: skip
OPENED = TaskOpened(
    matter_id=MATTER, kind="small-repair", headcount=2, urgency="urgent", slot_start=SLOT,
    slot_end=SLOT + timedelta(hours=1), unfilled_at=SLOT - timedelta(minutes=15), holder=XINGHUA, dispatcher=DISPATCHER,
    handoff=handed("taken", XINGHUA, DISPATCHER),
)  # fmt: skip
FOR_ONE = replace(OPENED, headcount=1)


def assigned(*assignees: str, by: str = DISPATCHER) -> TaskAssigned:
    """These took the need."""
    return TaskAssigned(
        matter_id=MATTER, assignees=assignees, dispatcher=DISPATCHER, handoff=handed("taken", by, *assignees)
    )
