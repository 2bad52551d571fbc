"""Audit's word on custody, read into the console's shape; None where audit cannot be asked or does not know the matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.console.hub import Hub, Unreachable
from services.console.pages.matter import Custody
from services.console.record import Entry


def custody(hub: Hub, matter_id: UUID, known_at: datetime | None, entries: Sequence[Entry]) -> Custody | None:
    """The proved chain of a matter: whole, and as it was known at a moment."""
    return None


def ledger(hub: Hub) -> Mapping[str, Any] | None:
    """The ledger's size and root; None while audit is away."""
    try:
        answer = hub.get("audit", "/head")
    except Unreachable:
        return None
    return answer.body if answer.ok and isinstance(answer.body, dict) and "size" in answer.body else None
