"""Before personal values are sealed: under whose key they go, and whether a number among them is doubtful."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts import intake as public
from services.contracts.numbers import doubt_id
from services.intake import views
from services.intake.domain.rules import local_day
from services.kernel.contract import name_of

CHECKED = (None, "resident", "residence_permit", "foreign_permanent")
"""The documents whose numbers carry a check of their own."""


def subject(command: Any, stream_id: UUID) -> str:
    """Under whose key the personal values of a command are sealed."""
    return str(views.sealed_under(command) or stream_id)


def judge_number(command: public.RegisterPerson | public.AmendPersonDetails, now: datetime) -> None:
    """Doubt a number whose check does not fit, unless a reason to take it all the same is given with it."""
    if command.id_number is not None and command.id_kind in CHECKED and command.id_number_override is None:
        doubt_id(command.id_number, local_day(now), name_of(command))
