"""Reading from the broker in gulps: whatever has come is taken from the socket at once, and its frames are read from there.

py-amqp asks the socket three times for each frame, and each time another thread may run first. What is read here goes
into the buffer from which it serves itself, so that it finds its frames without asking. The broker's confirmations, of
which there is one for each message at worst, are read by ourselves.
"""

from __future__ import annotations

from struct import Struct

import amqp

from services.kernel.relay import Receipt

GULP = 16 * 1024
"""So much is read at once: py-amqp copies what is left of it with each part of a frame that it takes."""

METHOD, END = 1, 0xCE
BASIC, ACK, NACK = 60, 80, 120
CONFIRMED = {ACK: "confirmed", NACK: "refused"}

_around = Struct(">BHI").unpack_from
_confirmation = Struct(">BHIHHQBB")
_read = _confirmation.unpack_from
LENGTH, AROUND = _confirmation.size, 8


class Gulps:
    """Reads from one connection; `receipts` takes what the broker confirms or refuses on one of its channels."""

    def __init__(self, connection: amqp.Connection, receipts: list[Receipt], channel: int = 0) -> None:
        self._connection, self._transport = connection, connection.transport
        self._receipts, self._channel = receipts, channel

    def take(self, timeout: float) -> bool:
        """Take in what has come, waiting so long for it; whether there may be more. Raises TimeoutError for nothing."""
        came = b"" if self._is_whole() else self._gulp(timeout)
        self._confirmations()
        while self._is_whole():
            self._connection.blocking_read()
            self._confirmations()
        return len(came) == GULP

    def _gulp(self, timeout: float) -> bytes:
        with self._transport.having_timeout(timeout) as sock:
            came: bytes = sock.recv(GULP)
        if not came:
            raise OSError("the broker has closed the connection")
        self._transport._read_buffer += came
        return came

    def _is_whole(self) -> bool:
        """Whether a whole frame has come."""
        came = self._transport._read_buffer
        return len(came) >= AROUND and len(came) >= AROUND + int(_around(came)[2])

    def _confirmations(self) -> None:
        """Those at the front, in their order."""
        came, at = self._transport._read_buffer, 0
        while len(came) - at >= LENGTH:
            kind, channel, size, group, method, tag, bits, end = _read(came, at)
            if (kind, channel, size, group, end) != (METHOD, self._channel, LENGTH - AROUND, BASIC, END):
                break
            if method not in CONFIRMED:
                break
            self._receipts.append(Receipt(CONFIRMED[method], tag, bool(bits & 1)))
            at += LENGTH
        if at:
            self._connection.bytes_recv += at // LENGTH  # by which it knows that the broker lives
            self._transport._read_buffer = came[at:]
