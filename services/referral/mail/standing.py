"""What a link opens now: what is the case with its offer, and what can be said about it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Row = dict[str, Any]

ANSWERS = ("acceptance", "refusal", "question")
SERVICE: dict[str, tuple[str, ...]] = {
    "accepted": ("start", "return"), "in_service": ("outcome", "return"), "paused": ("outcome", "return"),
    "disputed": ("outcome", "return"), "outcome_reported": (), "closed": (),
}  # fmt: skip
"""What may be said of a need that was taken on, in each state."""
USES_UP = ("acceptance", "refusal", "outcome", "return")
"""What uses a link up; a question and a first contact leave something to be said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What is the case, as the name of a sentence; what may be said; what is shown of the need; and the status of the page."""

    said: str
    acts: tuple[str, ...] = ()
    need: Row = field(default_factory=dict)
    until: datetime | None = None
    version: int = 0
    status: int = 200


def void(said: str) -> Standing:
    """The link itself opens nothing."""
    return Standing(said=said, status=404 if said == "unknown" else 410)


def is_void(link: Row | None, mailing: Row | None, revoked: bool, now: datetime) -> str:
    """Why a link opens nothing; empty where it opens something."""
    if link is None:
        return "unknown"
    if revoked or mailing is None or mailing["state"] != "active" or mailing["generation"] != link["generation"]:
        return "revoked"
    return "too-old" if link["expires_at"] <= now else ""


def standing(link: Row, offer: Row | None, referral: Row | None, now: datetime) -> Standing:
    """How the offer of a link stands, to the organization that holds the link."""
    if offer is None or referral is None:
        return void("unknown")
    if link["purpose"] == "service":
        return _service(link, offer, referral)
    if offer["state"] != "live":
        return Standing(said=_ended(offer))
    late = offer["respond_by"] is not None and offer["respond_by"] <= now
    if late:
        return Standing(said="expired")
    return Standing(
        said="asked", acts=ANSWERS, need=offer, until=offer["respond_by"], version=referral["version"] or 0
    )  # fmt: skip


def _ended(offer: Row) -> str:
    """An acceptance that took no effect says why; all else is the state of the offer."""
    if offer["state"] == "refused":
        return f"refused-{offer['reason_code'].replace('_', '-')}"
    return str(offer["state"])


def _service(link: Row, offer: Row, referral: Row) -> Standing:
    if referral["state"] not in SERVICE or offer["state"] not in ("accepted", "closed"):
        return Standing(said="returned" if offer["state"] == "returned" else "stopped")
    if link["used_at"] is not None and SERVICE[referral["state"]]:
        return Standing(said="used")
    acts = SERVICE[referral["state"]]
    said = f"serving-{referral['state'].replace('_', '-')}"
    return Standing(said=said, acts=acts, need=offer if acts else {}, version=referral["version"] or 0)
