"""Referrals: made ready, offered and decided, accepted, begun, confirmed, closed, withdrawn, or left without anybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.audit.ledger import micros
from services.audit.statistics.facts import Fact, day_of, minutes_between
from services.audit.statistics.rows import Family, Row, first_of, row, stream_id

GOOD = ("delivered", "partially")
DECIDED = {"referral.accepted": "accepted", "offer.declined": "declined", "offer.expired": "expired"}
REFUSALS = ("offer.declined", "offer.expired", "offer.withdrawn")
LEFT = ("referral.returned", "referral.rerouted", "referral.withdrawn", "referral.closed")


def rows(facts: Sequence[Fact]) -> Iterable[Row]:
    """What a referral counts for, from its draft to its end."""
    ready = first_of(facts, "referral.ready")
    if ready is not None:
        yield row(ready, "referral.ready", stream_id(ready))
    yield from _offers(facts)
    yield from _answered(facts)
    yield from _loop(facts)
    for number, fact in enumerate(facts):
        if fact.type == "referral.accepted":
            yield from _silent(fact, facts[number + 1 :])
        elif fact.type == "referral.closed":
            yield from _closed(fact, ready)
        elif fact.type == "referral.withdrawn":
            yield row(fact, "referral.withdrawn", stream_id(fact), part=fact.event.by)
        elif fact.type == "referral.exhausted":
            for code in dict.fromkeys(fact.event.need_codes):
                yield row(fact, "referral.exhausted", stream_id(fact), part=code)


def _offers(facts: Sequence[Fact]) -> Iterable[Row]:
    for fact in facts:
        if fact.type in DECIDED:
            yield row(fact, "offer.decided", fact.event.offer_id, part=DECIDED[fact.type])


def _answered(facts: Sequence[Fact]) -> Iterable[Row]:
    """Once a referral: when it was accepted, with 1 if nobody had refused it before, or when nobody was left to ask."""
    answer = first_of(facts, "referral.accepted", "referral.exhausted")
    if answer is None:
        return
    refused = any(fact.type in REFUSALS and fact.idx < answer.idx for fact in facts)
    first = answer.type == "referral.accepted" and not refused
    yield row(answer, "referral.answered", stream_id(answer), value=int(first))


def _loop(facts: Sequence[Fact]) -> Iterable[Row]:
    """From the first acceptance on it is owed a confirmed outcome, unless the client withdraws it."""
    accepted = first_of(facts, "referral.accepted")
    if accepted is None:
        return
    yield row(accepted, "referral.owed", stream_id(accepted), value=1)
    for fact in facts:
        if fact.type == "referral.withdrawn":
            yield row(fact, "referral.owed", stream_id(fact), value=-1)
    confirmed = first_of(facts, "outcome.confirmed")
    if confirmed is not None:
        yield row(confirmed, "referral.confirmed", stream_id(confirmed))


def _silent(accepted: Fact, later: Sequence[Fact]) -> Iterable[Row]:
    """Accepted, and no first contact by the time it was due; placed where it was due."""
    due = accepted.event.start_by
    for fact in later:
        if fact.type == "referral.accepted":
            break
        if fact.type in LEFT and _at(fact) <= micros(due):
            return
        if fact.type == "service.started" and _began(fact) <= micros(due):
            return
    yield row(accepted, "referral.silent", accepted.event.offer_id, day=day_of(due))


def _at(fact: Fact) -> int:
    """When it happened; where that is not known exactly, when it was entered: by then it had happened."""
    return micros(fact.envelope.time) if fact.exact is None else fact.exact


def _began(fact: Fact) -> int:
    met = fact.event.first_contact_at
    return _at(fact) if met is None else micros(met)


def _closed(fact: Fact, ready: Fact | None) -> Iterable[Row]:
    good = fact.event.confirmed and fact.event.outcome in GOOD
    yield row(fact, "referral.closed", stream_id(fact), value=int(good), part=fact.event.outcome)
    if ready is not None:
        took = minutes_between(ready.exact, fact.exact)
        yield row(fact, "referral.took", stream_id(fact), value=took, also=ready.idx)


FAMILY = Family(
    name="referral",
    types=frozenset(
        {
            "referral.ready", "referral.exhausted", "outcome.confirmed", "service.started", "referral.entered-in-error",
            *DECIDED, *REFUSALS, *LEFT,
        }
    ),
    by="stream",
    rows=rows,
    errors=frozenset({"referral.entered-in-error"}),
)  # fmt: skip
