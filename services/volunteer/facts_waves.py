"""Whom a wave could ask, or who would be suggested: the first few of the roster, with how they have answered so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts.volunteer import ExpireWave, KeptOut, OpenWave, OverrideSuggestion
from services.contracts.words import Party
from services.kernel.manifest import Facts, Look
from services.volunteer.domain.eligibility import Span
from services.volunteer.domain.known import Known, Suggestion, Willing
from services.volunteer.facts import accepted
from services.volunteer.facts_people import aware, people_of
from services.volunteer.matching.choosing import Choice, Suggested
from services.volunteer.matching.reading import choice_for
from services.volunteer.matching.weights import MODEL, WEIGHTS
from services.volunteer.view_tables import assignments, tasks
from services.volunteer.views_tasks import SEARCHING

Row = dict[str, Any]

MOST = 64
"""So many are looked at more closely; of these a wave takes the first few who may be disturbed."""

YES = ("accepted", "assigned", "cancelled", "replaced", "no_show", "released", "in_vain")
"""How somebody stands to a task who has said yes to it."""


def waving(command: OpenWave | ExpireWave, task_id: UUID, look: Look) -> Known:
    """Those who could be asked, as the views know them, and how they have answered."""
    choice = choice_for(look, task_id)
    if choice is None:
        return Known()
    suggestion = _suggestion(choice, task_id, look)
    return Known(people=people_of((one.party for one in suggestion.willing), task_id, look), suggestion=suggestion)


def overriding(command: OverrideSuggestion, task_id: UUID, look: Look) -> Known:
    """Those who are named, and who was suggested."""
    choice, before = choice_for(look, task_id), accepted(task_id, look)
    people = people_of((*command.assignees, *before), task_id, look)
    if choice is None:
        return Known(people=people)
    named = [one for party in command.assignees if (one := choice.one(party)) is not None]
    found = _suggestion(choice, task_id, look)
    return Known(people=people, suggestion=replace(found, chosen=tuple(_willing(one, []) for one in named)))


def _suggestion(choice: Choice, task_id: UUID, look: Look) -> Suggestion:
    first = choice.first(MOST)
    before = _offers([one.party for one in first], task_id, look)
    kept_out = tuple(KeptOut(code=code, number=number) for code, number in choice.kept_out.items())
    return Suggestion(
        willing=tuple(_willing(one, before[one.party]) for one in first), kept_out=kept_out, model=MODEL,
        weights=WEIGHTS.version,
    )  # fmt: skip


def _willing(one: Suggested, rows: Iterable[Row]) -> Willing:
    """One with his earlier offers: what he said to them, which are open, when they were made."""
    found = list(rows)
    live = [row for row in found if row["state"] == "asked" and row["task_state"] in SEARCHING and row["slot_start"]]
    lately = [offered for row in found if (offered := aware(row["offered_at"])) is not None]
    return Willing(
        party=one.party, reasons=one.reasons, parts=one.parts,  # type: ignore[arg-type]
        asked=sum(row["state"] != "asked" for row in found), said_yes=sum(row["state"] in YES for row in found),
        offers=tuple(span for row in live if (span := _span(row)) is not None), lately=tuple(sorted(lately)),
    )  # fmt: skip


def _span(row: Row) -> Span | None:
    start = aware(row["slot_start"])
    return None if start is None else Span(start=start, end=aware(row["slot_end"]))


def _offers(parties: list[Party], task_id: UUID, look: Look) -> dict[Party, list[Row]]:
    """All that these were ever asked for, this task aside."""
    a, t = assignments.c, tasks.c
    query = (
        sa.select(a.assignee, a.state, a.offered_at, t.state.label("task_state"), t.slot_start, t.slot_end)
        .join(tasks, t.task_id == a.task_id)
        .where(a.assignee.in_(parties), a.task_id != task_id, a.offered_at.is_not(None))
    )
    found: dict[Party, list[Row]] = defaultdict(list)
    for row in look.run(query):
        found[row["assignee"]].append(row)
    return found


WAVE_FACTS: dict[type, Facts] = {OpenWave: waving, ExpireWave: waving, OverrideSuggestion: overriding}
"""What is looked up for waves and for choosing others than were suggested."""
