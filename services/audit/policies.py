"""What audit does of its own accord: it writes down the gaps in what it hears, and that they were filled."""

from __future__ import annotations

from services.audit.domain import gap
from services.contracts.audit import NoteGap, NoteGapFilled
from services.kernel.manifest import Do


def on_gap(publisher: str, expected: int, seen: int) -> list[Do]:
    """Events of a publisher are missing."""
    noted = NoteGap(publisher=publisher, expected=expected, seen=seen)
    return [Do(gap.DECIDER, gap.stream_for(publisher), noted)]


def on_filled(publisher: str, expected: int, seen: int) -> list[Do]:
    """They have been fetched."""
    filled = NoteGapFilled(publisher=publisher, expected=expected, seen=seen)
    return [Do(gap.DECIDER, gap.stream_for(publisher), filled)]
