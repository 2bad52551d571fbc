"""Service hours: recorded, confirmed by the organizing unit, corrected in the open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.contracts import volunteer as public
from services.kernel.entrypoints import Log, Request, asks, http, lists, shows
from services.volunteer.domain import hours
from services.volunteer.endpoints.callers import ANSWERING, ORGANIZERS, ROSTER
from services.volunteer.view_tables import hours as hours_view


class Hours:
    """What volunteers gave."""

    log: Log

    record_hours = asks("POST", "/service-hours", public.RecordHours, of=hours.DECIDER, roles=ANSWERING)
    confirm_hours = asks(
        "POST", "/service-hours/{id}/confirmation", public.ConfirmHours, of=hours.DECIDER, roles=ORGANIZERS
    )
    question_hours = asks(
        "POST", "/service-hours/{id}/question", public.QuestionHours, of=hours.DECIDER, roles=ANSWERING
    )
    uphold_hours = asks("POST", "/service-hours/{id}/upholding", public.UpholdHours, of=hours.DECIDER, roles=ORGANIZERS)
    correct_hours = asks(
        "POST", "/service-hours/{id}/correction", public.CorrectHours, of=hours.DECIDER, roles=ORGANIZERS
    )
    void_hours = asks("POST", "/service-hours/{id}/voiding", public.VoidHours, of=hours.DECIDER, roles=ORGANIZERS)
    rate_service = asks("POST", "/service-hours/{id}/rating", public.RateService, of=hours.DECIDER, roles=ORGANIZERS)
    one_record = shows("/service-hours/{id}", hours_view, roles=ROSTER)
    all_records = lists(
        "/service-hours", hours_view, by=("volunteer_id", "state", "organizer", "task_id", "day"), roles=ROSTER
    )

    @http("GET", "/me/service-hours", roles=("volunteer",), says="what is on record of me")
    def my_hours(self, request: Request) -> dict[str, Any]:
        """What is on record of me, so that I can ask for a correction."""
        try:
            me = UUID(request.actor.id)
        except ValueError:
            return {"items": []}
        return {"items": self.log.look.all(hours_view, volunteer_id=me)}
