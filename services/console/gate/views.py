"""What an account's events change in the view of accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.console.domain.account import KEEPER, Facts
from services.console.gate.tables import account, binding, sign_in
from services.contracts.console import (
    AccountBound,
    AccountInvited,
    AccountOpened,
    AccountReinstated,
    AccountRoleChanged,
    AccountSessionsEnded,
    AccountSuspended,
    AccountUnbound,
    BindAccount,
    ChangeAccountRole,
    PasswordSet,
    RecoveryCodeUsed,
    SecondFactorEnrolled,
    SecondFactorReset,
    SuspendAccount,
)
from services.kernel.manifest import Look
from services.kernel.message import Recorded
from services.kernel.view import Change, add, drop, put


def project(recorded: Recorded) -> list[Change]:
    """An account as it stands; bindings beside it."""
    key, at = recorded.stream_id, recorded.recorded_at
    match recorded.event:
        case AccountBound() as event:
            return [put(binding, event.binding_id, account_id=key, bound_at=at)]
        case AccountUnbound() as event:
            return [drop(binding, event.binding_id)]
        case RecoveryCodeUsed():
            return [add(account, key, codes_left=-1)]
        case event:
            columns = _columns(event, at)
            return [put(account, key, **columns)] if columns else []


def _columns(event: Any, at: datetime) -> dict[str, Any]:
    match event:
        case AccountOpened():
            known = {
                "holder": event.holder,
                "role": event.role,
                "org": event.org or "",
                "state": "active",
                "opened_at": at,
            }
            return known | {"has_password": False, "has_second": False, "codes_left": 0}
        case AccountRoleChanged():
            return {"role": event.role, "org": event.org or ""}
        case AccountSuspended():
            return {"state": "suspended", "reason_code": event.reason_code, "out_at": at}
        case AccountReinstated():
            return {"state": "active", "reason_code": None}
        case AccountInvited():
            return {"invited_until": event.until}
        case PasswordSet():
            return {"has_password": True, "invited_until": None, "out_at": at}
        case SecondFactorEnrolled():
            return {"has_second": True, "codes_left": event.recovery_codes}
        case SecondFactorReset():
            return {"has_second": False, "codes_left": 0, "out_at": at}
        case AccountSessionsEnded():
            return {"out_at": at}
        case _:
            return {}


def _keepers(command: Any, stream_id: UUID, look: Look) -> Facts:
    """How many other administrators could come in."""
    c = account.c
    others = sa.select(c.account_id).where(c.role == KEEPER, c.state == "active", c.account_id != stream_id).limit(1)
    return Facts(other_keepers=len(look.run(others)))


def _bound(command: BindAccount, stream_id: UUID, look: Look) -> Facts:
    return Facts(bound_to=bound_to(command.sign_in, look))


def bound_to(digest: str, look: Look) -> UUID | None:
    """The account that a sign-in elsewhere opens."""
    joined = binding.join(sign_in, binding.c.binding_id == sign_in.c.binding_id)
    rows = look.run(sa.select(binding.c.account_id).select_from(joined).where(sign_in.c.digest == digest))
    return rows[0]["account_id"] if rows else None


FACTS = {ChangeAccountRole: _keepers, SuspendAccount: _keepers, BindAccount: _bound}
"""What a decision about one account is told of the others."""
