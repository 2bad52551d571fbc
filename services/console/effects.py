"""What an event does to what pages show: the state of a matter, of a strand, of an offer, and who is waited for.

Tables by name on the wire, so that a console that does not know an event yet passes over it and shows it in the
timeline all the same.
"""

from __future__ import annotations

from typing import NamedTuple

STRANDS = ("referral", "task", "grant", "pairing", "in-kind-support")
"""The aggregates that carry one need of a matter."""

MATTER = {
    "help-request.received": "received",
    "help-request.triaged": "triaged",
    "help-request.guidance-given": "triaged",
    "help-request.strand-opened": "in-service",
    "help-request.declined": "declined",
    "help-request.closed": "closed",
    "help-request.reopened": "reopened",
    "help-request.duplicate-linked": "duplicate",
    "help-request.entered-in-error": "entered-in-error",
    "case.opened": "opened",
    "case.needs-assessed": "assessed",
    "case.plan-agreed": "planned",
    "case.plan-revised": "planned",
    "case.service-delivered": "intervening",
    "case.progress-evaluated": "evaluated",
    "case.suspended": "suspended",
    "case.resumed": "intervening",
    "case.closed": "closed",
    "case.followed-up": "closed",
    "case.reopened": "opened",
    "case.transferred-out": "transferred",
    "case.entered-in-error": "entered-in-error",
    "visit-plan.set": "visiting",
    "visit-plan.ended": "closed",
    "pairing.convened": "paired",
    "pairing.concluded": "closed",
}
"""The state of a matter after an event."""

STRAND = {
    "referral.drafted": "draft",
    "referral.ready": "ready",
    "referral.offered": "offered",
    "referral.accepted": "accepted",
    "service.started": "in-service",
    "service.paused": "paused",
    "service.resumed": "in-service",
    "outcome.reported": "outcome-reported",
    "outcome.disputed": "disputed",
    "referral.returned": "ready",
    "referral.rerouted": "ready",
    "referral.closed": "closed",
    "referral.withdrawn": "withdrawn",
    "referral.cancelled": "cancelled",
    "referral.exhausted": "exhausted",
    "referral.entered-in-error": "entered-in-error",
    "grant.applied": "applied",
    "grant.approved": "approved",
    "grant.rejected": "rejected",
    "grant.disbursed": "paid",
    "grant.use-reported": "use-reported",
    "grant.lapsed": "lapsed",
    "grant.closed": "closed",
    "in-kind-support.delivered": "delivered",
    "task.opened": "opened",
    "task.assigned": "assigned",
    "task.reassigned": "assigned",
    "task.assignment-cancelled": "opened",
    "task.arrival-recorded": "on-site",
    "task.completed": "completed",
    "task.verified": "verified",
    "task.unfilled": "unfilled",
    "task.cancelled": "cancelled",
    "task.entered-in-error": "entered-in-error",
    "task.no-show-recorded": "opened",
    "pairing.formed": "active",
    "pairing.ended": "ended",
}
"""The state of a strand after an event."""

OFFER = {
    "referral.offered": "offered",
    "offer.declined": "declined",
    "offer.expired": "expired",
    "offer.superseded": "superseded",
    "offer.withdrawn": "withdrawn",
    "information.requested": "asked-back",
    "information.supplied": "offered",
    "referral.accepted": "accepted",
    "service.started": "in-service",
    "service.paused": "paused",
    "service.resumed": "in-service",
    "outcome.reported": "outcome-reported",
    "outcome.disputed": "in-service",
    "referral.returned": "returned",
    "referral.rerouted": "returned",
    "referral.withdrawn": "withdrawn",
    "referral.closed": "closed",
}
"""The state of an offer after an event that names it."""

ANSWERS = ("accepted", "declined", "expired", "superseded", "withdrawn")
LIVE = ("offered", "asked-back")
OURS = ("accepted", "in-service", "paused", "outcome-reported")
"""States of an offer: with an answer, without one yet, and with the organization at work."""


class Wait(NamedTuple):
    """Who is waited for ("new", "mine", "others"), and for what."""

    whose: str
    what: str


WAITS: dict[str, Wait | None] = {
    "help-request.received": Wait("new", "triage"),
    "help-request.triaged": Wait("mine", "route"),
    "help-request.guidance-given": Wait("mine", "route"),
    "help-request.strand-opened": None,
    "help-request.strand-ended": Wait("mine", "route"),
    "help-request.converted": None,
    "help-request.declined": None,
    "help-request.closed": None,
    "help-request.reopened": Wait("mine", "route"),
    "help-request.duplicate-linked": None,
    "help-request.entered-in-error": None,
    "referral.drafted": Wait("mine", "offer-it"),
    "referral.ready": Wait("mine", "offer-it"),
    "referral.offered": Wait("others", "offer"),
    "information.requested": Wait("mine", "information"),
    "information.supplied": Wait("others", "offer"),
    "offer.declined": Wait("mine", "re-offer"),
    "offer.expired": Wait("mine", "re-offer"),
    "referral.accepted": Wait("others", "first-contact"),
    "service.started": Wait("others", "outcome"),
    "outcome.reported": Wait("mine", "confirm"),
    "outcome.disputed": Wait("mine", "dispute"),
    "service.paused": Wait("others", "resumption"),
    "service.resumed": Wait("others", "outcome"),
    "answer.disputed": Wait("mine", "dispute"),
    "referral.returned": Wait("mine", "re-offer"),
    "referral.rerouted": Wait("mine", "re-offer"),
    "referral.exhausted": Wait("mine", "re-offer"),
    "referral.closed": None,
    "referral.withdrawn": None,
    "referral.cancelled": None,
    "referral.entered-in-error": None,
    "grant.applied": Wait("others", "grant"),
    "grant.approved": Wait("others", "payment"),
    "grant.disbursed": Wait("mine", "grant-use"),
    "grant.use-reported": Wait("mine", "confirm"),
    "grant.rejected": None,
    "grant.lapsed": None,
    "grant.closed": None,
    "task.opened": Wait("mine", "assign"),
    "task.assigned": Wait("others", "task"),
    "task.reassigned": Wait("others", "task"),
    "task.assignment-cancelled": Wait("mine", "assign"),
    "task.no-show-recorded": Wait("mine", "assign"),
    "task.completed": Wait("mine", "verify"),
    "task.unfilled": Wait("mine", "assign"),
    "task.verified": None,
    "task.cancelled": None,
    "task.entered-in-error": None,
    "visit.concern-raised": Wait("mine", "concern"),
}
"""What an event leaves to be waited for; None: nothing any more."""

MISFITS = ("before-plan", "while-suspended", "recorded-after-closing", "after-end")
"""Why an event does not fit what was so when it happened."""

CLIENT = Wait("others", "client")


def matter_state(name: str, code: str, promised: bool) -> str | None:
    """The state of a matter after an event; None where it does not touch it.

    A follow-up says itself what it leaves; guidance with a promised day waits for the resident. What does not fit what was
    so then, as a paper tells that comes in after the closing, changes nothing (H8).
    """
    if code in MISFITS:
        return None
    if name == "help-request.followed-up":
        return {"waiting": "waiting-client", "triaged": "triaged"}.get(code)
    if name == "help-request.guidance-given" and promised:
        return "waiting-client"
    return MATTER.get(name)


def wait(name: str, code: str, promised: bool) -> tuple[bool, Wait | None]:
    """Whether an event changes who is waited for, and to what."""
    if name == "help-request.followed-up":
        return True, {"waiting": CLIENT, "triaged": Wait("mine", "route")}.get(code)
    if name == "help-request.guidance-given" and promised:
        return True, CLIENT
    return name in WAITS, WAITS.get(name)
