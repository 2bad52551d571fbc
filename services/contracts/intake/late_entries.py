"""Late entry: what a village worker brings on paper is worth as much as a click, and says that it comes late (INV-38).

The paper's number stands on record, who observed what it tells, and by how many days it came late; who typed it is the
event's actor. What follows in the same command has happened when the paper says, and was recorded when it was typed.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.contracts.words import Party
from services.kernel.contract import Count, Ref, published


@published("help-request.late-entry-declared", zh="求助补录声明")
class LateRequestDeclared:
    """This request was first written on paper, and so many days later here."""

    matter_id: UUID
    paper_ref: Ref
    delay_days: Count
    observed_by: Party | None = None


@published("visit-plan.late-entry-declared", zh="探访补录声明")
class LateVisitsDeclared:
    """These visits were first written on paper; the oldest of them so many days before."""

    plan_id: UUID
    matter_id: UUID
    paper_ref: Ref
    delay_days: Count
    visits: Count
    since: date
    until: date
    observed_by: Party | None = None


@published("activity.late-entry-declared", zh="活动补录声明")
class LateActivityDeclared:
    """This activity, or who was there, was first written on paper, and so many days later here."""

    activity_id: UUID
    paper_ref: Ref
    delay_days: Count
    observed_by: Party | None = None
