"""A service whose clock is as far ahead of the world's as a file says: `python -m tests.support.later FILE service NAME`.

The kernel's one clock is changed before anything else of the hub is imported; the rest is the service as it is. The
file is read at every question, so a running service can be sent days ahead. Beside it may lie a file that names a type
of event which this service cannot read, as one would be that a newer publisher spoilt.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.kernel import clock, heard
from services.kernel.message import Envelope


def ahead(file: Path) -> timedelta:
    """How far, in seconds; nothing where nothing was written."""
    try:
        return timedelta(seconds=float(file.read_text() or 0))
    except FileNotFoundError:
        return timedelta()


def spoilt(file: Path) -> str:
    """The type of event that cannot be read; none where nothing was written."""
    try:
        return file.with_suffix(".poison").read_text()
    except FileNotFoundError:
        return ""


def main() -> None:
    """Set the clock, and go on as `wushe` with the rest of the arguments."""
    file, reading = Path(sys.argv[1]), heard._event

    def read(envelope: Envelope) -> Any:
        if envelope.type == spoilt(file):
            raise heard.Unreadable(envelope.subject, "data: spoilt by a test")
        return reading(envelope)

    clock.system_clock = lambda: datetime.now(UTC) + ahead(file)
    heard._event = read
    from wushe.cli import main as wushe

    sys.argv = ["wushe", *sys.argv[2:]]
    wushe()


if __name__ == "__main__":
    main()
