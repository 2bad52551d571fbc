"""What moving a note does to its key: it is sealed anew under the right person's, together with the event that says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.contracts import intake as public
from services.intake.domain import record
from services.intake.record_tables import rekeyings
from services.intake.tables import split
from services.kernel.manifest import Chore, Do, Look
from services.kernel.vault import Vault


def lay_under(row: dict[str, Any], look: Look, vault: Vault, now: datetime) -> Do:
    """The values under the right person's key; written in one transaction with the event, so never half."""
    digests = split(row["digests"])
    rows = vault.reseal(digests, str(row["to_person_id"]), now)
    return Do(record.DECIDER, row["record_id"], public.ConfirmRekeying(values=len(digests)), tuple(rows))


TIMERS = (Chore(name="rekeying", table=rekeyings, due="due", act=lay_under),)
