"""Help that overlaps: several givers paid for the same need of one person within some months. A hint, no accusation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.contracts.codes_times import overlap
from services.contracts.words import Party
from services.referral.domain.facts import PaymentFact


def other_givers(fund: Party, paid: Iterable[PaymentFact], at: datetime) -> int:
    """How many givers but this one paid near this moment; one that nobody knows counts as another for each grant."""
    near = [payment for payment in paid if abs(at - payment.paid_at) <= overlap()]
    named = {payment.fund for payment in near} - {fund, "unknown"}
    return len(named) + sum(payment.fund == "unknown" for payment in near)
