"""Who could go to a task, why, why not, and why nobody; waves of offers, and choosing others than were suggested.

What is shown are reasons. Nobody sees a number that people are ordered by, and there is no list of people by merit.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts import volunteer as public
from services.contracts.codes_matching import EASING, VOLUNTEER_AGAINST, Reason, volunteer_words
from services.kernel.entrypoints import Log, Request, asks, http, lists
from services.kernel.errors import NotFound
from services.volunteer.domain import task
from services.volunteer.endpoints.callers import DISPATCHING, STATION
from services.volunteer.matching.choosing import Choice, Suggested
from services.volunteer.matching.reading import choice_for
from services.volunteer.matching.weights import MODEL, WEIGHTS
from services.volunteer.scopes import TASKS, VOLUNTEERS
from services.volunteer.view_tables import choices, overrides, task_clocks, volunteers

LOOKED_AT, AT_ONCE, USUALLY = 128, 32, 5
"""So many are looked at to show some whom the one who asks may see; so many at once, which the driver knows again."""
K = {"k": {"pattern": "^[1-9][0-9]?$"}}
WHO = {"volunteer": {"format": "uuid"}}


class Suggestions:
    """From the roster to whoever goes."""

    log: Log

    open_wave = asks("POST", "/tasks/{id}/waves", public.OpenWave, of=task.DECIDER, roles=STATION)
    escalate = asks("POST", "/tasks/{id}/escalation", public.EscalateTask, of=task.DECIDER, roles=STATION)
    override = asks("POST", "/tasks/{id}/override", public.OverrideSuggestion, of=task.DECIDER, roles=STATION)
    all_clocks = lists("/task-clocks", task_clocks, by=("task_id", "kind"), roles=STATION)
    all_overrides = lists("/overrides", overrides, by=("month", "reason_code", "task_id"), roles=DISPATCHING)

    @http("GET", "/tasks/{id}/suggestions", roles=STATION, query=K, says="who could go, with reasons, or why nobody")
    def suggestions(self, request: Request) -> dict[str, Any]:
        """The first few whom the caller may see, how many each rule kept out, and what to do where nobody is left."""
        choice = self._choice(request)
        most = request.whole("k", USUALLY, 1, 99)
        shown = self._shown(request, choice.names(LOOKED_AT), most)
        return {
            "items": [_suggested(one) for party in shown if (one := choice.one(party)) is not None],
            "kept_out": [_rule(code) | {"number": number} for code, number in choice.kept_out.items()],
            "eased": [_eased(code, number) for code, number in choice.eased()],
            "model": MODEL, "weights": WEIGHTS.version,
        }  # fmt: skip

    @http(
        "GET", "/tasks/{id}/why-not", roles=STATION, query=WHO, says="which rules keep one out, or what speaks for one"
    )
    def why_not(self, request: Request) -> dict[str, Any]:
        """Of one volunteer: every hard rule that fails; or the reasons for, and who was suggested before and why."""
        choice = self._choice(request)
        try:
            volunteer_id = UUID(request.query.get("volunteer", ""))
        except ValueError:
            raise NotFound("no such volunteer") from None
        if self.log.seen(request, VOLUNTEERS, volunteer_id) is None:
            raise NotFound("no such volunteer")
        party = f"volunteer:{volunteer_id}"
        one, against = choice.one(party), choice.why_not(party)
        return {
            "party": party, "fits": not against, "why_not": [_rule(code) for code in against],
            "reasons": [_reason(each) for each in one.reasons] if one else [],
            "others": [_suggested(each) for each in choice.first(1)] if one and choice.first(1) != [one] else [],
        }  # fmt: skip

    @http("GET", "/overrides/totals", roles=DISPATCHING, says="how often others went than were suggested, by reason")
    def override_totals(self, request: Request) -> dict[str, Any]:
        """Month by month: how often people were sent, and how often others than suggested, for which reason."""
        o = overrides.c
        counted = sa.select(o.month, o.reason_code, sa.func.count().label("times")).group_by(o.month, o.reason_code)
        sent = {row["month"]: row for row in self.log.look.all(choices)}
        rows = self.log.look.run(counted.order_by(o.month.desc(), sa.func.count().desc(), o.reason_code))
        return {"items": [row | {"sent": sent[row["month"]]["chosen"] or 0} for row in rows]}

    def _choice(self, request: Request) -> Choice:
        choice = choice_for(self.log.look, request.path["id"], TASKS.rows(request.actor))
        if choice is None:
            raise NotFound("no such task")
        return choice

    def _shown(self, request: Request, names: list[str], most: int) -> list[str]:
        """The first few whom the caller may see: the nearest, who come first, mostly are."""
        found: list[str] = []
        for begin in range(0, len(names), AT_ONCE):
            found += self._seen(request, names[begin : begin + AT_ONCE])
            if len(found) >= most:
                break
        return found[:most]

    def _seen(self, request: Request, names: list[str]) -> list[str]:
        """Those of them whom the caller may see: of the own station, and those whose place nobody knows."""
        ids, column = {UUID(name.partition(":")[2]): name for name in names}, volunteers.c.volunteer_id
        wanted = sa.select(column).where(column.in_(ids), VOLUNTEERS.rows(request.actor))
        seen = {row["volunteer_id"] for row in self.log.look.run(wanted)}
        return [name for one, name in ids.items() if one in seen]


def _suggested(one: Suggested) -> dict[str, Any]:
    return {"party": one.party, "reasons": [_reason(each) for each in one.reasons]}


def _reason(one: Reason) -> dict[str, Any]:
    numbers = {name: value for name, value in (("number", one.number), ("of", one.of)) if value is not None}
    return {"code": one.code, **numbers, "zh": volunteer_words(one), "en": volunteer_words(one, "en")}


def _rule(code: str) -> dict[str, Any]:
    return {"code": code, "zh": VOLUNTEER_AGAINST.label(code), "en": VOLUNTEER_AGAINST.label(code, "en")}


def _eased(code: str, number: int) -> dict[str, Any]:
    return {"code": code, "number": number, "zh": EASING.label(code), "en": EASING.label(code, "en")}
