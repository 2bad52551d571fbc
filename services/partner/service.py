"""The partner service: it receives, translates and hands over; no rule lives here."""

from __future__ import annotations

from services.contracts import intake, referral, volunteer  # noqa: F401 - their facts are what is delivered
from services.kernel.entrypoints import Log
from services.kernel.manifest import Manifest
from services.partner import policies, tables, views
from services.partner.domain import sequence
from services.partner.endpoints.feed import Feed

MANIFEST = Manifest(
    name="partner",
    deciders=(sequence.DECIDER,),
    metadata=tables.METADATA,
    project=views.project,
    project_heard=views.project_heard,
    hears=("intake", "referral", "volunteer"),
    whenever=policies.whenever,
    kept=tables.KEPT,
    watches=True,
)


class PartnerService(Feed):
    """A partner organization reads what concerns it, in order, from any number on."""

    name = "partner"
    log = Log(MANIFEST)
