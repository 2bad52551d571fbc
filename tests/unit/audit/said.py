"""Events as their publishers stored them: the envelope's bytes, made the way the kernel makes them."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec

from services.kernel.contract import canonical, name_of
from services.kernel.message import Message, read_envelope

MATTER = UUID("00000000-0000-4000-8000-00000000000a")
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def said(
    publisher: str = "intake",
    position: int = 1,
    *,
    type: str = "visit.made",
    stream: str = f"case/{MATTER}",
    version: int = 1,
    data: dict[str, Any] | None = None,
    at: datetime | None = NOON,
    **attributes: Any,
) -> Message:
    """One event of a publisher, as it arrives."""
    wire = {
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "id": str(uuid5(MATTER, f"{publisher}/{position}")),
        "source": f"/{publisher}",
        "type": type,
        "subject": stream,
        "time": (at or NOON).isoformat(),
        "position": position,
        "streamversion": version,
        "data": {"matter_id": str(MATTER)} if data is None else data,
        **({"effectiveat": at.isoformat(), "effectiveprecision": "instant"} if at else {}),
        **attributes,
    }
    raw = json.dumps(wire, sort_keys=True, separators=(",", ":")).encode()
    return Message(envelope=read_envelope(raw), raw=raw, event=None)


class Teller:
    """Tells a story: each event gets the next position of its publisher and the next version of its stream."""

    def __init__(self, start: datetime = NOON, step: timedelta = timedelta(hours=1)) -> None:
        self.now, self.step = start, step
        self.positions: dict[str, itertools.count[int]] = {}
        self.versions: dict[str, itertools.count[int]] = {}

    def tell(self, publisher: str, stream: str, event: Any, **attributes: Any) -> Message:
        """This event, now; `at` and `effectiveprecision` say when it happened if it was another time."""
        self.now += self.step
        position = next(self.positions.setdefault(publisher, itertools.count(1)))
        version = next(self.versions.setdefault(f"{publisher}/{stream}", itertools.count(1)))
        at = attributes.pop("at", self.now)
        data = msgspec.json.decode(canonical(event))
        told = {"time": self.now.isoformat(), **attributes}
        return said(publisher, position, type=name_of(event), stream=stream, version=version, data=data, at=at, **told)
