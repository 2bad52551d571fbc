"""Help requests: received, settled, how soon somebody acted; and guidance, which is a contact with whoever asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.audit.statistics.facts import Fact, minutes_between
from services.audit.statistics.rows import Family, Row, first_of, row

SETTLED = ("resolved", "answered")
CORRECTED = "record.request-corrected"
RESPONSES = ("help-request.triaged", "task.assigned")


def rows(facts: Sequence[Fact]) -> Iterable[Row]:
    """`request.received`, `request.settled` (+1 and -1), `request.response` in minutes, and a `contact` a guidance."""
    received = first_of(facts, "help-request.received")
    if received is None:
        return
    said = [received.event, *(fact.event.now for fact in facts if fact.type == CORRECTED)]
    place = next(each.area for each in reversed(said) if each.area)
    if first_of(facts, "help-request.duplicate-linked") is None:
        yield row(received, "request.received", received.matter_id, place=place)
        yield from _settled(received, facts, place)
    yield from _response(received, facts, said[-1].urgency, place)
    yield from _guidance(received, facts, place)


def _settled(received: Fact, facts: Sequence[Fact], place: str) -> Iterable[Row]:
    settled = False
    for fact in facts:
        good = fact.type == "help-request.closed" and fact.event.outcome in SETTLED
        if good or (settled and fact.type == "help-request.reopened"):
            settled = good
            yield row(
                fact, "request.settled", received.matter_id, value=1 if good else -1, base=received.day,
                place=place, also=received.idx,
            )  # fmt: skip


def _response(received: Fact, facts: Sequence[Fact], urgency: str | None, place: str) -> Iterable[Row]:
    """The first act on a request, placed where the act was; a time that is unknown or contradictory has no value."""
    acts = [fact for fact in facts if fact.type in RESPONSES]
    if not acts:
        return
    first = min(acts, key=lambda act: (act.exact is None, act.exact or 0, act.idx))
    triaged = first_of(facts, "help-request.triaged")
    part = (urgency if triaged is None else triaged.event.urgency) or "unknown"
    yield row(
        first, "request.response", received.matter_id, part=part,
        value=minutes_between(received.exact, first.exact), place=place, also=received.idx,
    )  # fmt: skip


def _guidance(received: Fact, facts: Sequence[Fact], place: str) -> Iterable[Row]:
    linked = [fact.event.person_id for fact in facts if fact.type == "help-request.person-linked"]
    person = linked[-1] if linked else received.event.person_id
    for fact in facts:
        if fact.type == "help-request.guidance-given":
            yield row(fact, "contact", fact.id, part="guidance", subject=person, place=place)


FAMILY = Family(
    name="request",
    types=frozenset(
        {
            "help-request.received", "help-request.person-linked", "help-request.guidance-given", "help-request.closed",
            "help-request.reopened", "help-request.duplicate-linked", "help-request.entered-in-error", CORRECTED, *RESPONSES,
        }
    ),
    by="matter",
    rows=rows,
    errors=frozenset({"help-request.entered-in-error"}),
)  # fmt: skip
