"""Choosing others than were suggested: a word of the dispatcher's, on record with its reason and what it costs.

Soft rules give way to a reason: a face that the client knows, the way, the load. Hard rules do not: a refusal lists them.
"""

from __future__ import annotations

from typing import get_args

from services.contracts.codes_volunteer import OVERRIDE_REASON
from services.contracts.volunteer import AssignTask, CostPart, OverrideSuggestion, SuggestionOverridden
from services.contracts.volunteer.waves import Part
from services.contracts.words import Party
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.calling import assign_task, cannot
from services.volunteer.domain.eligibility import WHY, faults
from services.volunteer.domain.known import Suggestion, Willing, known
from services.volunteer.domain.task_states import Event, Offered, Opened, State, Unfilled


def override(command: OverrideSuggestion, state: State | None, ask: Ask) -> list[Event]:
    """These go instead; where they are the suggested ones, nothing was overridden."""
    if not isinstance(state, Opened | Offered | Unfilled):
        raise cannot(state)
    OVERRIDE_REASON.known(command.reason_code, field="reason_code")
    chosen = tuple(dict.fromkeys(command.assignees))
    _hard_rules_hold(chosen, state, ask)
    assigned = assign_task(AssignTask(assignees=chosen), state, ask)
    found = known(ask).suggestion or Suggestion()
    suggested = found.willing[: max(0, state.job.headcount - len(state.call.accepted))]
    if {one.party for one in suggested} == set(chosen):
        return assigned
    parts = _differences(found.chosen, suggested)
    overridden = SuggestionOverridden(
        matter_id=state.job.matter_id, suggested=tuple(one.party for one in suggested), chosen=chosen,
        reason_code=command.reason_code, waived=tuple(part.part for part in parts if part.minutes > 0), parts=parts,
        model=found.model, weights=found.weights,
    )  # fmt: skip
    return [overridden, *assigned]


def _hard_rules_hold(chosen: tuple[Party, ...], state: Opened | Offered | Unfilled, ask: Ask) -> None:
    """All that fail are listed, of everybody who is named (INV-15, INV-16)."""
    failing = {who: tuple(faults(known(ask).person(who), state.job.needs, ask.happened_at)) for who in chosen}
    if not any(failing.values()):
        return
    en = " ".join(f"{who}: {' '.join(WHY[code][1] for code in codes)}" for who, codes in failing.items() if codes)
    zh = "".join(f"{who}: {''.join(WHY[code][2] for code in codes)}" for who, codes in failing.items() if codes)
    raise Refused("hard-rules-stand", f"These rules cannot be waived. {en}", f"下列规定不得放宽。{zh}",
                  allowed=("open-wave", "offer-task", "assign-task"), field="assignees")  # fmt: skip


def _differences(chosen: tuple[Willing, ...], suggested: tuple[Willing, ...]) -> tuple[CostPart, ...]:
    """Part by part, as far as it differs."""
    found = []
    for part in get_args(Part):
        more = sum(one.parts.get(part, 0) for one in chosen) - sum(one.parts.get(part, 0) for one in suggested)
        if more:
            found.append(CostPart(part=part, minutes=more))
    return tuple(found)
