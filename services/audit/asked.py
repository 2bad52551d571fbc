"""What a request asks of the archive: at which times, from where on, how much, and why. Refuses what it cannot read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from services.audit.ledger import micros
from services.kernel.contract import Code, Instant, Said, expectation
from services.kernel.errors import ContractBroken, FieldProblem

MOST = 1_000
BEFORE_EVER = 2**53


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """As it was at `valid_at`, by what was known at `known_at`; None: now."""

    known_at: datetime | None = None
    valid_at: datetime | None = None

    @property
    def micros(self) -> dict[str, int | None]:
        """Both times as the ledger counts them."""
        return {
            "known_at": None if self.known_at is None else micros(self.known_at),
            "valid_at": None if self.valid_at is None else micros(self.valid_at),
        }


def wrong(field: str, said: Said) -> ContractBroken:
    """A field of the query cannot be read."""
    return ContractBroken(FieldProblem(field=field, code="invalid", expected_en=said.en, expected_zh=said.zh))


def only(query: Mapping[str, str], *names: str) -> None:
    """Refuse a query that says more than can be answered."""
    unknown = sorted(query.keys() - set(names))
    if unknown:
        listed = ", ".join(names)
        raise wrong(unknown[0], Said(f"one of: {listed}", f"以下之一: {listed}"))


def times(query: Mapping[str, str]) -> Times:
    """The two times of a query. A `+` that arrived as a space is the `+` of an offset."""
    return Times(known_at=_instant(query, "known_at"), valid_at=_instant(query, "valid_at"))


def moment(query: Mapping[str, str], name: str) -> int | None:
    """A time of a query as the ledger counts it; None where it says none."""
    found = _instant(query, name)
    return None if found is None else micros(found)


def _instant(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name, "")
    if not text:
        return None
    moment: datetime = _read(name, text.replace(" ", "+"), Instant)
    try:
        moment.astimezone(UTC)
    except OverflowError as beyond:  # an end of the calendar, told in a zone where it is another day
        raise wrong(name, expectation(Instant)) from beyond
    return moment


def purpose(query: Mapping[str, str]) -> str:
    """Why somebody looks: a code."""
    return str(_read("purpose", query.get("purpose") or "unstated", Code))


def _read(name: str, text: str, hint: Any) -> Any:
    try:
        return msgspec.convert(text, hint)
    except msgspec.ValidationError as broken:
        raise wrong(name, expectation(hint)) from broken


def whole(query: Mapping[str, str], name: str, usual: int, least: int, most: int) -> int:
    """A whole number of a query, within its bounds."""
    text = query.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) < 17 and least <= int(text) <= most):
        raise wrong(name, Said(f"a whole number from {least} to {most}", f"{least} 至 {most} 的整数"))
    return int(text)


def page(query: Mapping[str, str]) -> tuple[int, int]:
    """From which entry on, and how many."""
    return whole(query, "after", 0, 0, BEFORE_EVER), whole(query, "limit", 100, 1, MOST)
