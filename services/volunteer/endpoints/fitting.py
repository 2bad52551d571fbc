"""Tasks that look for people, as those see them who could go: what fits whom and why, and what else would be needed.

A volunteer is told of himself, a team's leader of his people. Nobody is compared with anybody, and nothing says whose
need it is.
"""

from __future__ import annotations

from typing import Any, Protocol

import sqlalchemy as sa

from services.contracts.codes_matching import VOLUNTEER_AGAINST, Reason, volunteer_words
from services.kernel.clock import system_clock
from services.kernel.entrypoints import Log, Request, http
from services.kernel.message import Actor
from services.volunteer.matching.reading import choice_for
from services.volunteer.scopes import VOLUNTEERS, himself
from services.volunteer.view_tables import tasks, volunteers
from services.volunteer.views_tasks import SEARCHING

TASKS, PEOPLE = 30, 50
"""So many tasks are looked through, the soonest first; and so many of a team's people."""

DISTRICT = 6
"""The digits of an area code that name a district: tasks of other districts are not near home."""

SHOWN = ("task_id", "kind", "area", "slot_start", "slot_end", "headcount", "risk", "with_minor", "urgency", "skills",
         "demands")  # fmt: skip
ASKED = frozenset({"asked-already", "goes-already"})
"""What keeps somebody from being asked again, and not from going."""

TELLING = frozenset({"usual", "hours-this-month", "free-this-month", "thanked"})
"""Reasons that are not for these eyes: one says whose need it is before the assignment, the others count what people gave."""

FAMILY = "own-family"
"""A rule that would say whose need it is: such a task is not shown at all."""


class Looked(Protocol):
    """A search that has been done: what keeps somebody out, and what speaks for somebody (`matching.choosing.Choice`)."""

    def why_not(self, party: str) -> tuple[str, ...]:
        """Every rule that keeps this one out."""
        ...

    def speaking_for(self, party: str) -> tuple[Reason, ...]:
        """What speaks for this one."""
        ...


class Fitting:
    """From what is needed to who could go, seen from their side."""

    log: Log

    @http(
        "GET",
        "/fitting-tasks",
        roles=("volunteer", "team_leader"),
        says="tasks that look for people, and whom they fit",
    )
    def fitting_tasks(self, request: Request) -> dict[str, Any]:
        """Each with those of the caller's people who may go, why; of a volunteer alone also what keeps him from it."""
        people = self._people(request.actor)
        rows = self.log.look.run(_open_tasks({row["area"] for row in people}))
        parties = [f"volunteer:{row['volunteer_id']}" for row in people]
        found = (fitting(row, choice_for(self.log.look, row["task_id"]), parties) for row in rows)
        return {"items": [each for each in found if each is not None]}

    def _people(self, actor: Actor) -> list[dict[str, Any]]:
        """Those for whom the caller may answer."""
        query = VOLUNTEERS.select(actor).where(volunteers.c.state == "active").limit(PEOPLE)
        if actor.role == "volunteer":
            query = query.where(volunteers.c.volunteer_id == himself(actor))
        rows: list[dict[str, Any]] = self.log.look.run(query)
        return rows


def _open_tasks(homes: set[str | None]) -> sa.Select[Any]:
    """Tasks that look for people in the districts where these live; where nobody knows, in all."""
    c = tasks.c
    to_come = sa.or_(c.slot_start.is_(None), c.slot_start > system_clock())
    query = sa.select(*(c[name] for name in SHOWN)).where(c.state.in_(SEARCHING), to_come)
    districts = {home[:DISTRICT] for home in homes if home}
    if districts and None not in homes:
        query = query.where(sa.or_(c.area.is_(None), *(c.area.startswith(one, autoescape=True) for one in districts)))
    return query.order_by(c.slot_start, c.task_id).limit(TASKS)


def fitting(row: dict[str, Any], choice: Looked | None, parties: list[str]) -> dict[str, Any] | None:
    """The task with those whom it fits; None where nobody of them may hear of it."""
    against = {who: _against(choice, who) for who in parties} if choice is not None else {}
    may_hear = {who: codes for who, codes in against.items() if FAMILY not in codes}
    if choice is None or not may_hear:
        return None
    why_not = next(iter(may_hear.values())) if len(parties) == 1 else ()
    return row | {
        "who": [_one(choice, who) for who, codes in may_hear.items() if not codes],
        "why_not": [{"code": c, "zh": VOLUNTEER_AGAINST.label(c), "en": VOLUNTEER_AGAINST.label(c, "en")} for c in why_not],
    }  # fmt: skip


def _one(choice: Looked, who: str) -> dict[str, Any]:
    said = [reason for reason in choice.speaking_for(who) if reason.code not in TELLING]
    return {"party": who, "reasons": [_reason(each) for each in said]}


def _against(choice: Looked, who: str) -> tuple[str, ...]:
    return tuple(code for code in choice.why_not(who) if code not in ASKED)


def _reason(one: Reason) -> dict[str, Any]:
    return {"code": one.code, "zh": volunteer_words(one), "en": volunteer_words(one, "en")}
