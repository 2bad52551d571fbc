"""Rows of other services as their lists have them."""

from __future__ import annotations

from typing import Any

from tests.unit.console.stories import DRIVERS, MATTER

PLAN, PERSON = "0190a000-0000-7000-8000-00000000000a", "0190a000-0000-7000-8000-00000000000b"
ORGANIZATION = "0190a000-0000-7000-8000-00000000000c"
DEFINED = {"code": "requests-received", "zh": "受理求助", "en": "requests received", "counts_zh": "当月受理的求助",
           "counts_en": "requests received in the month"}  # fmt: skip
EVENT = {"entry": 4, "publisher": "intake", "position": 2, "type": "help-request.received", "matter_id": str(MATTER),
         "effective_at": "2026-09-03T02:00:00Z", "effective_precision": "day", "recorded_at": "2026-09-04T02:00:00Z"}  # fmt: skip


def plan_row(**more: Any) -> dict[str, Any]:
    """A plan of visits."""
    usual = {"plan_id": PLAN, "person_id": PERSON, "cadence": "weekly", "level": "yellow", "area": "220104004005",
             "last_visit_on": "2026-10-01", "last_result": "ok", "state": "running"}  # fmt: skip
    return usual | more


def task_row(**more: Any) -> dict[str, Any]:
    """A task."""
    usual = {"task_id": PLAN, "matter_id": str(MATTER), "kind": "companionship", "state": "opened", "urgency": "normal",
             "area": "220104004005", "slot_start": "2026-10-08T01:00:00+00:00", "slot_end": None, "headcount": 2}  # fmt: skip
    return usual | more


def organization_row(**more: Any) -> dict[str, Any]:
    """An organization of the directory."""
    usual = {"organization_id": ORGANIZATION, "party": DRIVERS, "code": "leifeng-nanguan", "kind": "volunteer_team",
             "state": "active"}  # fmt: skip
    return usual | more


def offering_row(**more: Any) -> dict[str, Any]:
    """What it offers."""
    usual = {"organization_id": ORGANIZATION, "service_codes": ["companionship"], "areas": ["220104"], "capacity": 20,
             "group_codes": ["living-alone"]}  # fmt: skip
    return usual | more


def figure_row(**more: Any) -> dict[str, Any]:
    """A number of a month."""
    usual = {"indicator": "requests-received", "part": None, "zh": "受理求助", "en": "requests received", "unit": "requests",
             "value": 3, "of": 4, "unknown": 1, "masked": False}  # fmt: skip
    return usual | more
