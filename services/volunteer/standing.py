"""What every scope of the volunteer service has in common: who commands, who approves, and what is the ledger's to know."""

from __future__ import annotations

import sqlalchemy as sa

from services.contracts.visibility import APPROVERS
from services.contracts.words import STATION_ROLES
from services.kernel.message import Actor
from services.kernel.scope import Where

MADE = {"made_by": "ledger", "kept_by": "ledger"}
"""Who took a thing down, and for which unit: what ways are made of, and shown to auditors alone."""


def everything(actor: Actor) -> Where:
    """Every row."""
    return sa.true()


def who(command: type) -> tuple[str, ...]:
    """Those who may command what they see."""
    return STATION_ROLES


def approvers(command: type) -> tuple[str, ...]:
    """Those who may be the second person."""
    return APPROVERS[""]
