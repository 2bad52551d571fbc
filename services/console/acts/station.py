"""What can be done outside of any matter: sign an agreement, and by anybody who is in, say that somebody may come to harm."""

from __future__ import annotations

from typing import Any

from services.console.acts.act import Act, Circumstances, many, one, pick, plain
from services.console.acts.people import CHANNELS
from services.console.acts.requests import concern
from services.contracts import codes
from services.contracts import intake as public
from services.contracts.referral import SignAgreement
from services.contracts.words import ROLES


def about(at: Circumstances) -> dict[str, Any]:
    """Of which matter, where it was found in the course of one; whose that is, intake knows (INV-11)."""
    known = at.subject.known.get("matter_id")
    return {"about_matter_id": str(known)} if known else {}


STATION = (
    Act(command=SignAgreement, of="station", service="referral", path="/agreements", event="", states=("open",), fields=(
        pick("parties", "parties", needed=True), many("purpose_codes", codes.PURPOSE, needed=True),
        plain("agreement_ref", "text"), plain("signed_on", "day"), plain("valid_until", "day"))),
    concern("harm", ("open",), given=about, roles=ROLES),
    Act(command=public.MakeMandatoryReport, of="harm", service="intake", path="/safeguarding-concerns/{id}/report", event="",
        states=("raised",), roles=ROLES, fields=(
            one("authority_kind", codes.AUTHORITY_KIND, needed=True, start="police"),
            one("report_channel", codes=CHANNELS, words="told-how", needed=True, start="phone"), plain("receipt_ref", "text"))),
)  # fmt: skip
