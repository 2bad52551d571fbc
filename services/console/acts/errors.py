"""What should never have been entered: somebody says so, and a second person approves by an act of his own (ADR 0017)."""

from __future__ import annotations

from services.console.acts.act import Act, one
from services.console.acts.tasks import LOOKING
from services.contracts import codes
from services.contracts import intake as public
from services.contracts.referral import MarkReferralEnteredInError
from services.contracts.volunteer import MarkTaskEnteredInError

WHY = (one("reason_code", codes.REASON, needed=True),)

ERRORS = (
    Act(command=public.MarkHelpRequestEnteredInError, of="help-request", service="intake", path="/help-requests/{id}/error",
        event="help-request.entered-in-error", states=("received", "triaged", "waiting-client"), fields=WHY),
    Act(command=public.MarkCaseEnteredInError, of="case", service="intake", path="/cases/{id}/error",
        event="case.entered-in-error", states=("opened",), fields=WHY),
    Act(command=MarkReferralEnteredInError, of="referral", service="referral", path="/referrals/{id}/error",
        event="referral.entered-in-error", states=("draft", "ready"), fields=WHY),
    Act(command=MarkTaskEnteredInError, of="task", service="volunteer", path="/tasks/{id}/error",
        event="task.entered-in-error", states=LOOKING, fields=WHY),
)  # fmt: skip
"""Whatever else they need, they need a second person: the field in which he is named is filled in when he approves."""
