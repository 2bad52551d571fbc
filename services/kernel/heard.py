"""What was heard: raw events of one publisher, and reading them as messages, tolerantly but not blindly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from services.kernel.contract import EVENTS, read_data
from services.kernel.message import Envelope, Message, read_envelope
from services.kernel.upcast import current


@dataclass(frozen=True, slots=True)
class Heard:
    """Consecutive events of one publisher, from position `first` on; `again` when they may have been handed out before."""

    publisher: str
    first: int
    raws: Sequence[bytes]
    again: bool = False

    @property
    def last(self) -> int:
        """The position of the last one."""
        return self.first + len(self.raws) - 1


class Unreadable(Exception):
    """These bytes are no event of this publisher at this position, or their data does not have its shape."""

    def __init__(self, stream: str, reason: str) -> None:
        super().__init__(reason)
        self.stream = stream


class _Subject(msgspec.Struct):
    subject: str = ""


_subject = msgspec.json.Decoder(_Subject).decode
_batch = msgspec.json.Decoder(list[msgspec.Raw]).decode


def stream_of(raw: bytes) -> str:
    """The stream that these bytes name, as far as they can be read; else empty."""
    try:
        return _subject(raw).subject
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""


def read_batch(body: bytes) -> list[bytes]:
    """The events of a CloudEvents batch, each in the very bytes it came in. Raises ValueError if it is none."""
    try:
        return [bytes(raw) for raw in _batch(body)]
    except (msgspec.MsgspecError, UnicodeDecodeError) as broken:
        raise ValueError(f"no batch: {broken}") from broken


def read_message(publisher: str, position: int, raw: bytes, *, keep: bool = False) -> Message:
    """The message at a position; its event is None if its type is unknown here. Raises Unreadable.

    With `keep`, for one who records what was said, data that cannot be read leaves the event None as well, and none is
    read before somebody asks for it.
    """
    try:
        envelope = read_envelope(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as broken:
        raise Unreadable(stream_of(raw), f"envelope: {broken}") from broken
    if envelope.publisher != publisher or envelope.position != position:
        raise Unreadable(envelope.subject, f"says to be {envelope.publisher} {envelope.position}")
    return Kept(envelope, raw) if keep else Message(envelope=envelope, raw=raw, event=_event(envelope))


class Kept(Message):
    """A message as it was said; what it means is read when somebody asks, and is None where nobody can tell."""

    def __init__(self, envelope: Envelope, raw: bytes) -> None:
        vars(self).update(envelope=envelope, raw=raw)

    @cached_property
    def event(self) -> Any:
        """The event in today's shape, or None."""
        try:
            return _event(self.envelope)
        except Unreadable:
            return None


def _event(envelope: Envelope) -> Any:
    cls = EVENTS.get(envelope.type)
    if cls is None:
        return None
    try:
        return read_data(cls, current(cls, envelope.schemaversion, bytes(envelope.data)))
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError) as broken:
        raise Unreadable(envelope.subject, f"data: {type(broken).__name__}: {broken}") from broken
