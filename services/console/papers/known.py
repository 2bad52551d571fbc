"""What is known of a matter for a form, as far as whoever prints it may see it; everything may be missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
Rows = tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Known:
    """Rows of the services, and what was read of the sealed values; empty where nothing is known or may be seen."""

    matter_id: str = ""
    request: Row = field(default_factory=dict)
    case: Row = field(default_factory=dict)
    person: Row = field(default_factory=dict)
    identity: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    consent: Row = field(default_factory=dict)
    referral: Row = field(default_factory=dict)
    offer: Row = field(default_factory=dict)
    records: Rows = ()
    statement: Row = field(default_factory=dict)
    hours: Rows = ()
    unit: str = ""
    worker: str = ""

    @property
    def ref(self) -> str:
        """The matter's number, short enough to be said on the telephone."""
        return self.matter_id[:8]

    @property
    def name(self) -> str:
        """What the person is called."""
        return self.identity.get("name") or self.identity.get("pseudonym") or ""
