"""One JSON line on standard error for each message handled, and for little else.

The parameters of these functions are the allow-list: no payload and no person can be passed. Values are codes; one that
holds a space or anything but ASCII is written as `?`, for it may be a sentence. Lines of other libraries are written
without what was filled into them.
"""

from __future__ import annotations

import logging
import os
import traceback
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from services.kernel.clock import system_clock

Outcome = Literal["done", "again", "refused", "failed"]

LEVELS = {"info": 0, "warning": 1, "error": 2, "off": 3}
LEVEL_OF: dict[Outcome, int] = {"done": 0, "again": 0, "refused": 1, "failed": 2}
STDERR = 2


class Line(msgspec.Struct, omit_defaults=True):
    """Everything that a line can say; what is not said is left out."""

    at: datetime
    service: str
    handled: str = ""
    noticed: str = ""
    outcome: str = ""
    code: str = ""
    stream: str = ""
    version: int = 0
    publisher: str = ""
    position: int = 0
    count: int = 0
    attempts: int = 0
    ms: float = 0.0
    correlation: UUID | None = None
    logger: str = ""
    template: str = ""
    error: str = ""
    where: str = ""


class _Level:
    """What is written now; `least` is the lowest level whose lines are written."""

    least = LEVELS["info"]


_encode = msgspec.json.Encoder().encode


def switch(level: str) -> None:
    """From now on write lines of this level and above: info, warning, error, off."""
    _Level.least = LEVELS[level]


def wanted(level: str) -> bool:
    """Whether a line of this level would be written."""
    return LEVELS[level] >= _Level.least


def handled(
    service: str, message: str, outcome: Outcome, *,
    ms: float = 0.0, stream: str = "", version: int = 0, publisher: str = "", position: int = 0, count: int = 0,
    attempts: int = 0, code: str = "", correlation: UUID | None = None, now: datetime | None = None,
) -> None:  # fmt: skip
    """A message was handled: a command asked, or an event (or a batch of `count`) heard from `publisher`."""
    if LEVEL_OF[outcome] < _Level.least:
        return
    _write(Line(
        at=now or system_clock(), service=service, handled=_plain(message), outcome=outcome, code=_plain(code),
        stream=_plain(stream), version=version, publisher=_plain(publisher), position=position, count=count,
        attempts=attempts, ms=round(ms, 2), correlation=correlation,
    ))  # fmt: skip


def noticed(
    service: str, what: str, *, level: Literal["info", "warning", "error"] = "info", now: datetime | None = None,
    code: str = "", publisher: str = "", position: int = 0, count: int = 0, error: BaseException | None = None,
) -> None:  # fmt: skip
    """Something about the service itself: started, stopping, broker-gone, gap, parked; `what` is a code."""
    if LEVELS[level] < _Level.least:
        return
    _write(Line(
        at=now or system_clock(), service=service, noticed=_plain(what), code=_plain(code),
        publisher=_plain(publisher), position=position, count=count,
        error=type(error).__name__ if error else "", where=_where(error),
    ))  # fmt: skip


def _plain(text: str) -> str:
    return text if text.isascii() and text.isprintable() and " " not in text else "?"


def _where(error: BaseException | None) -> str:
    """Where an error arose, as file:line of the last frames; never its text, which may quote what was sent."""
    if error is None or error.__traceback__ is None:
        return ""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in frames)


def _write(line: Line) -> None:
    try:
        os.write(STDERR, _encode(line) + b"\n")
    except OSError:
        # Nobody reads the log: that must not keep a message from being handled.
        return


class _Handler(logging.Handler):
    """Lines of other libraries: the unfilled template and the error's class, for what is filled in may be personal."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        least = "error" if record.levelno >= logging.ERROR else "warning"
        if not wanted(least):
            return
        error = record.exc_info[1] if record.exc_info else None
        # Without arguments to fill in, the text may be filled in already.
        template = record.msg[:200] if isinstance(record.msg, str) and record.args else ""
        _write(Line(
            at=system_clock(), service=self.service, logger=record.name, template=template,
            error=type(error).__name__ if error else "", where=_where(error) or f"{record.filename}:{record.lineno}",
        ))  # fmt: skip


def take_over(service: str) -> None:
    """Write what other libraries log, warnings and above, as lines of ours, and nothing in any other way."""
    root = logging.getLogger()
    root.handlers[:] = [_Handler(service)]
    root.setLevel(logging.WARNING)
