"""AMQP frames of many messages at once, for one exchange: what py-amqp makes of them one by one, with one write for all.

A message of the relay's differs from the one before in its routing key, its id and its body; all else is made once.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct

METHOD, HEADER, BODY, END = 1, 2, 3, b"\xce"
BASIC, PUBLISH = 60, 40
PERSISTENT = b"\2"
CONTENT_TYPE, CONTENT_ENCODING, DELIVERY_MODE, MESSAGE_ID, APP_ID = 1 << 15, 1 << 14, 1 << 12, 1 << 7, 1 << 3
GIVEN = CONTENT_TYPE | CONTENT_ENCODING | DELIVERY_MODE | MESSAGE_ID | APP_ID

_frame = Struct(">BHI").pack
_publish = Struct(">HHH").pack
_content = Struct(">HHQH").pack


def short(text: str) -> bytes:
    """A short string: its length in one byte, and its bytes."""
    raw = text.encode()
    return bytes((len(raw),)) + raw


class Frames:
    """Makes the frames of persistent messages that one service publishes to one exchange on one channel."""

    def __init__(self, channel: int, frame_max: int, exchange: str, service: str) -> None:
        self._channel, self._most = channel, frame_max - 8
        self._exchange, self._service = short(exchange), short(service)
        self._method = lru_cache(1_000)(self._publishing)

    def of(self, key: str, content_type: str, message_id: str, body: bytes, mandatory: bool) -> bytes:
        """One message, ready for the wire."""
        properties = (
            short(content_type) + b"\x05utf-8" + PERSISTENT + short(message_id) + self._service
        )  # in the order of their bits
        header = _content(BASIC, 0, len(body), GIVEN) + properties
        parts = [self._method(key, mandatory), self._framed(HEADER, header)]
        parts += [self._framed(BODY, body[at : at + self._most]) for at in range(0, len(body), self._most)]
        return b"".join(parts)

    def _publishing(self, key: str, mandatory: bool) -> bytes:
        return self._framed(METHOD, _publish(BASIC, PUBLISH, 0) + self._exchange + short(key) + bytes((mandatory,)))

    def _framed(self, kind: int, payload: bytes) -> bytes:
        return _frame(kind, self._channel, len(payload)) + payload + END
