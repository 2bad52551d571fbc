"""What can be done about a person's data: ask that they go, and decide about each kind; these have a page of their own."""

from __future__ import annotations

from services.console.acts.act import Act
from services.contracts import intake as public
from services.contracts.words import STATION_ROLES

DECIDERS = ("supervisor", "station_head")
"""Who decides at a station what is grave; a second person approves."""

REQUEST = Act(
    command=public.RequestErasure, of="erasure", service="intake", path="/persons/{id}/erasure", event="",
    states=("", "refused", "erased", "restricted"), roles=STATION_ROLES,
)  # fmt: skip
DECIDE = Act(
    command=public.DecideErasure, of="erasure", service="intake", path="/persons/{id}/erasure/decision", event="",
    states=("requested", "review"), roles=DECIDERS,
)  # fmt: skip
ANSWER = Act(
    command=public.AnswerDeletion, of="deletion", service="intake", path="/disclosures/{id}/deletion-answer", event="",
    states=("demanded",), roles=STATION_ROLES,
)  # fmt: skip

ERASING = (REQUEST, DECIDE, ANSWER)
