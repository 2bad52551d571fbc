"""Money and goods from givers: what was paid and what came back; goods by estimate, on a line of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.audit.statistics.facts import Fact
from services.audit.statistics.rows import Family, Row, first_of, row


def grant_rows(facts: Sequence[Fact]) -> Iterable[Row]:
    """`grant.paid` and `grant.returned` in fen, `grant.helped` for whom, from whom and for what; approved is not paid.

    The same voucher in one matter is one payment, whoever reports it: the giver, the station or both.
    """
    applied = first_of(facts, "grant.applied")
    for fact in facts:
        if fact.type not in ("grant.disbursed", "grant.returned"):
            continue
        voucher = f"{fact.event.matter_id}/{fact.event.voucher_ref}" if fact.event.voucher_ref else fact.id
        measure = fact.type.replace("disbursed", "paid")
        yield row(fact, measure, voucher, value=fact.event.amount_fen)
        if applied is not None and fact.type == "grant.disbursed" and fact.event.fund != "unknown":
            person, purpose = applied.event.person_id, applied.event.purpose_code
            yield row(fact, "grant.helped", fact.event.fund, subject=person, part=purpose)


def goods_rows(facts: Sequence[Fact]) -> Iterable[Row]:
    """`goods.delivered` with its estimated value in fen; the same evidence in one matter is one delivery."""
    for fact in facts:
        said = fact.event
        key = f"{said.matter_id}/{said.evidence_ref}" if said.evidence_ref else fact.id
        yield row(fact, "goods.delivered", key, value=said.est_value_fen)


GRANTS = Family(
    name="grant",
    types=frozenset({"grant.applied", "grant.disbursed", "grant.returned"}),
    by="stream",
    rows=grant_rows,
)
GOODS = Family(name="goods", types=frozenset({"in-kind-support.delivered"}), by="stream", rows=goods_rows)
