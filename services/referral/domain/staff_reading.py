"""Who may read what a worker is called and how to reach them; every reading is on record, allowed or not (INV-33)."""

from __future__ import annotations

from services.contracts import codes
from services.contracts import referral as public
from services.contracts.visibility import lies_within, unit_of
from services.kernel.message import Ask
from services.referral.domain.staff_state import Leaving, Left, Working
from services.referral.domain.staffing import staffing

KEEPERS = ("coordinator", "station_head")
"""Those who keep a station's directory: of their own people they may know who is who."""


def read(
    command: public.ReadStaffIdentity, state: Working | Leaving | Left, ask: Ask
) -> list[public.StaffIdentityRead | public.StaffIdentityReadRefused]:
    """Who reads whom and why is on record; the one who may not learns nothing."""
    codes.READ_PURPOSE.known(command.why, field="why")
    said = public.StaffIdentityRead if _may(state, ask) else public.StaffIdentityReadRefused
    actor = ask.actor
    return [
        said(
            staff_id=state.staff_id, reader=actor.id, reader_role=actor.role, why=command.why,
            reader_org=actor.org or None,
        )
    ]  # fmt: skip


def _may(state: Working | Leaving | Left, ask: Ask) -> bool:
    """The worker himself, who keeps the directory of a unit of theirs, or an auditor with a second person."""
    actor = ask.actor
    if actor.role in KEEPERS:
        units = (unit_of(party) for party in staffing(ask).units)
        return state.worker == f"worker:{actor.id}" or any(lies_within(unit, actor.org) for unit in units)
    if actor.role == "auditor":
        return ask.approver is not None
    return state.worker == f"worker:{actor.id}"
