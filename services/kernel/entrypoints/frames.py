"""AMQP frames of many messages at once, for one exchange: what py-amqp makes of them one by one, with one write for all.

A message of the relay's differs from the one before in its routing key, its id and its body; all else is made once. One
that is put into somebody's queue says its kind, its login and headers of its own as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from struct import Struct

METHOD, HEADER, BODY, END = 1, 2, 3, b"\xce"
BASIC, PUBLISH = 60, 40
PERSISTENT = b"\2"
CONTENT_TYPE, CONTENT_ENCODING, HEADERS, DELIVERY_MODE = 1 << 15, 1 << 14, 1 << 13, 1 << 12
MESSAGE_ID, KIND, USER_ID, APP_ID = 1 << 7, 1 << 5, 1 << 4, 1 << 3
GIVEN = CONTENT_TYPE | CONTENT_ENCODING | DELIVERY_MODE | MESSAGE_ID | APP_ID
MORE = HEADERS | KIND | USER_ID
INT_MOST = 2**31 - 1

_frame = Struct(">BHI").pack
_publish = Struct(">HHH").pack
_content = Struct(">HHQH").pack
_length = Struct(">I").pack
_int = Struct(">ci").pack
_long = Struct(">cq").pack
_text = Struct(">cI").pack


def short(text: str) -> bytes:
    """A short string: its length in one byte, and its bytes."""
    raw = text.encode()
    return bytes((len(raw),)) + raw


def table(headers: Mapping[str, int | str]) -> bytes:
    """Headers: whole numbers that are not negative, and texts."""
    cells = b"".join([cell for name, value in headers.items() for cell in (_short(name), _cell(value))])
    return _length(len(cells)) + cells


_short = lru_cache(1_000)(short)


def _cell(value: int | str) -> bytes:
    if isinstance(value, int):
        return _int(b"I", value) if value <= INT_MOST else _long(b"L", value)
    raw = value.encode()
    return _text(b"S", len(raw)) + raw


class Frames:
    """Makes the frames of persistent messages that one service publishes to one exchange on one channel."""

    def __init__(self, channel: int, frame_max: int, exchange: str, service: str, user: str = "") -> None:
        self._channel, self._most = channel, frame_max - 8
        self._exchange, self._service, self._user = short(exchange), short(service), short(user)
        self._method = lru_cache(1_000)(self._publishing)

    def of(self, key: str, content_type: str, message_id: str, body: bytes, mandatory: bool) -> bytes:
        """One message, ready for the wire."""
        properties = (
            _short(content_type) + b"\x05utf-8" + PERSISTENT + short(message_id) + self._service
        )  # in the order of their bits
        return self._framed_all(self._method(key, mandatory), GIVEN, properties, body)

    def letter(
        self, key: str, content_type: str, message_id: str, kind: str, headers: Mapping[str, int | str], body: bytes
    ) -> bytes:
        """One message that says more of itself, and that comes back where nobody takes it."""
        properties = (
            _short(content_type) + b"\x05utf-8" + table(headers) + PERSISTENT + short(message_id) + _short(kind)
            + self._user + self._service
        )  # fmt: skip
        return self._framed_all(self._method(key, True), GIVEN | MORE, properties, body)

    def _framed_all(self, method: bytes, given: int, properties: bytes, body: bytes) -> bytes:
        parts = [method, self._framed(HEADER, _content(BASIC, 0, len(body), given) + properties)]
        parts += [self._framed(BODY, body[at : at + self._most]) for at in range(0, len(body), self._most)]
        return b"".join(parts)

    def _publishing(self, key: str, mandatory: bool) -> bytes:
        return self._framed(METHOD, _publish(BASIC, PUBLISH, 0) + self._exchange + short(key) + bytes((mandatory,)))

    def _framed(self, kind: int, payload: bytes) -> bytes:
        return _frame(kind, self._channel, len(payload)) + payload + END
