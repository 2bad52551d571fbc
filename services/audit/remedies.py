"""What would close a break of custody: the acts that make exactly one party answer again, or end what is open. Pure.

Each act is named by the event that it leads to, and said in both languages. Who may do it, and whether it is possible now,
is decided by the service that owns the matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.audit.custody import Fault


@dataclass(frozen=True, slots=True)
class Way:
    """One act that closes a break."""

    event: str
    en: str
    zh: str


CASE_TAKEN = Way("case.taken-over", "a worker takes the matter over", "社工接手该事项")
TRANSFERRED = Way("case.transferred-out", "the matter goes to another party, which accepts it", "事项移交并由对方接受")
CASE_CLOSED = Way("case.closed", "the matter is closed", "事项结案")
ACCEPTED = Way("referral.accepted", "an organization that is asked takes the need", "受邀组织受理该需求")
RETURNED = Way("referral.returned", "it is given back to where it came from", "退回转出方")
REFERRAL_CLOSED = Way("referral.closed", "the need is closed with what came of it", "该需求以结果闭环")
ASSIGNED = Way("task.assigned", "a volunteer is bound to the task", "任务派单给志愿者")
STRUCK = Way("referral.entered-in-error", "what never was is marked as entered in error", "误录作废")
ACTIVE_AGAIN = Way("organization.activated", "the party may hold something again", "该责任方恢复资格")


def ways(fault: Fault, need_id: UUID | None) -> tuple[Way, ...]:
    """The acts that would close a break of this kind (INV-1)."""
    own = need_id is None
    if fault == "two":
        return (TRANSFERRED, CASE_CLOSED) if own else (RETURNED, STRUCK, REFERRAL_CLOSED)
    again = (ACTIVE_AGAIN,) if fault == "suspended" else ()
    others = (CASE_TAKEN, TRANSFERRED, CASE_CLOSED) if own else (ACCEPTED, RETURNED, ASSIGNED, REFERRAL_CLOSED)
    return (*again, *others)


def told(fault: Fault, need_id: UUID | None) -> list[dict[str, str]]:
    """As answers say it."""
    return [{"event": way.event, "en": way.en, "zh": way.zh} for way in ways(fault, need_id)]
