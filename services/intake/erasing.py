"""What a decision to erase does to keys: the one act of intake outside its log, repeated until it is said to be done."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts import intake as public
from services.intake import same
from services.intake import tables as t
from services.intake.domain import person
from services.intake.erasure_tables import erasures
from services.kernel.manifest import Chore, Do, Look, Timer
from services.kernel.vault import Vault

Row = dict[str, Any]


def subjects_of(look: Look, person_id: UUID) -> list[str]:
    """Under whose keys the person's values lie: his own, under each of his records, and those of his cases, requests, plans
    and consents.

    What was told of somebody else in them lies under that person's own key. Safeguarding has keys of its own.
    """
    records = same.records_of(look, person_id)
    found = {row["case_id"] for record in records for row in look.all(t.cases, person_id=record)}
    found |= {row["request_id"] for record in records for row in look.all(t.help_requests, person_id=record)}
    found |= {row["plan_id"] for record in records for row in look.all(t.visit_plans, person_id=record)}
    found |= {row["consent_id"] for record in records for row in look.all(t.consents, person_id=record)}
    return [*map(str, records), *sorted(map(str, found))]


def end_keys(row: Row, look: Look, vault: Vault, now: datetime) -> Do:
    """Destroy or restrict every key of the person, and say of how many; done again, it changes nothing (INV-35)."""
    end = {"destroy": vault.destroy, "restrict": vault.restrict}.get(row["act"])
    subjects = subjects_of(look, row["person_id"]) if end is not None else []
    further = tuple(record for record in same.records_of(look, row["person_id"]) if record != row["person_id"])
    for subject in subjects:
        end(subject, now)  # type: ignore[misc]  # there are subjects only where there is an end
    return Do(person.DECIDER, row["person_id"], public.CarryOutErasure(keys=len(subjects), records=further))


def _end_retention(row: Row) -> Do:
    return Do(person.DECIDER, row["person_id"], public.EndRetention())


TIMERS: tuple[Timer | Chore, ...] = (
    Chore(name="erasure", table=erasures, due="act_due", act=end_keys),
    Timer(name="retention", table=erasures, due="review_due", command=_end_retention),
)
