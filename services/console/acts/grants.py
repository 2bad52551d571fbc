"""What can be done with a grant at the station: say how the money was used, ask it back, settle it."""

from __future__ import annotations

from typing import Any

from services.console.acts.act import Act, many, one, plain
from services.contracts import codes
from services.contracts import referral as public

PAYEES = ("person", "family", "school", "hospital", "shop", "organization", "unknown")
GIVING = ("partner",)


def _act(command: type, path: str, event: str, *states: str, **more: Any) -> Act:
    return Act(command=command, of="grant", service="referral", path=f"/grants/{{id}}/{path}", event=event,
               states=states, **more)  # fmt: skip


GRANTS = (
    _act(public.ApproveGrant, "approval", "grant.approved", "applied", main=True, roles=GIVING,
         fields=(plain("amount_fen", "yuan"), plain("decided_on", "day"))),
    _act(public.RejectGrant, "rejection", "grant.rejected", "applied", roles=GIVING,
         fields=(one("reason_code", codes.REASON, needed=True),)),
    _act(public.DisburseGrant, "payments", "grant.disbursed", "approved", main=True, roles=GIVING, fields=(
        plain("amount_fen", "yuan"), one("payee_kind", codes=PAYEES, words="payee", needed=True, start="unknown"),
        plain("voucher_ref", "text"))),
    _act(public.ReportGrantUse, "use", "grant.use-reported", "paid", main=True, fields=(
        many("use_codes", codes.NEED, needed=True), plain("used_fen", "yuan"), plain("evidence_ref", "text"))),
    _act(public.AskGrantReturn, "return-question", "grant.return-asked", "paid", "use-reported",
         fields=(one("reason_code", codes.REASON, needed=True),)),
    _act(public.CloseGrant, "closure", "grant.closed", "use-reported", main=True,
         fields=(one("result_code", codes.REASON, needed=True),)),
)  # fmt: skip
