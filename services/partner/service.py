"""The partner service: it receives, translates and hands over; no rule lives here."""

from __future__ import annotations

from collections.abc import Sequence

from services.contracts import intake, referral, volunteer  # noqa: F401 - their facts are what is delivered
from services.contracts.partner import IssueToken
from services.contracts.visibility import BOUND
from services.kernel.entrypoints import Hand, Log
from services.kernel.manifest import Companion, Manifest
from services.partner import appointments, policies, tables, views
from services.partner.caller import Caller
from services.partner.domain import access, calendar, endpoint, queue, sequence
from services.partner.endpoints.calendars import Calendars
from services.partner.endpoints.feed import Feed
from services.partner.endpoints.queues import Queues
from services.partner.endpoints.standing import Standing
from services.partner.endpoints.tokens import Tokens
from services.partner.endpoints.webhooks import Webhooks
from services.partner.heads import Fetcher
from services.partner.issued import Issued
from services.partner.postman import Postman


def companions(hand: Hand) -> Sequence[Companion]:
    """Those who bring the sequences to where they are wanted, where the hub has what they need."""
    url, found = hand.settings.partners_amqp_url, list[Companion]([Fetcher(hand)])
    if url and not url.startswith("memory:"):
        found.append(Postman(hand, url))
    if hand.settings.webhook_key:
        found.append(Caller(hand))
    return found


MANIFEST = Manifest(
    name="partner",
    deciders=(sequence.DECIDER, queue.DECIDER, endpoint.DECIDER, access.DECIDER, calendar.DECIDER),
    metadata=tables.METADATA,
    project=lambda recorded: [*views.project(recorded), *appointments.project(recorded)],
    project_heard=lambda message: [*views.project_heard(message), *appointments.project_heard(message)],
    hears=("intake", "referral", "volunteer"),
    whenever=policies.whenever,
    kept=tables.KEPT,
    watches=True,
    companions=companions,
    bound=BOUND,
    issues=Issued,
    facts={IssueToken: policies.is_barred},
)


class PartnerService(Feed, Queues, Webhooks, Tokens, Standing, Calendars):
    """A partner organization reads what concerns it, in order, from any number on."""

    name = "partner"
    log = Log(MANIFEST)
