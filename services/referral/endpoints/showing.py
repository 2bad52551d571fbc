"""What is shown of referrals, their offers and the clocks that run for them."""

from __future__ import annotations

from services.kernel.entrypoints import lists, shows
from services.referral.endpoints.roles import SEEING
from services.referral.views import tables


class Showing:
    """Rows of referrals, offers and deadlines, for those who may see all of them."""

    referral = shows("/referrals/{id}", tables.referrals, roles=SEEING)
    referrals = lists(
        "/referrals", tables.referrals, roles=SEEING,
        by=("state", "matter_id", "case_id", "organization_id", "holder", "origin", "urgency"),
    )  # fmt: skip
    offers = lists(
        "/offers", tables.offers, by=("state", "referral_id", "organization_id", "matter_id", "case_id"), roles=SEEING
    )
    deadlines = lists("/deadlines", tables.deadlines, by=("kind", "referral_id", "matter_id"), roles=SEEING)
