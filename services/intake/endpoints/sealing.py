"""Under whose key the personal values of intake's commands are sealed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.intake import views


def subject(command: Any, stream_id: UUID) -> str:
    """Under whose key the personal values of a command are sealed."""
    return str(views.sealed_under(command) or stream_id)
