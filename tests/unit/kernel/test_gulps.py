"""What the broker sends is taken in whole, in its order, however it is cut on its way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from struct import pack
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.entrypoints.gulps import Gulps
from services.kernel.relay import Receipt

CHANNEL = 3


def framed(kind: int, channel: int, payload: bytes) -> bytes:
    """A frame as AMQP has it."""
    return pack(">BHI", kind, channel, len(payload)) + payload + b"\xce"


def confirmation(method: int, tag: int, bits: int, channel: int = CHANNEL) -> bytes:
    """`basic.ack` (80) or `basic.nack` (120)."""
    return framed(1, channel, pack(">HHQB", 60, method, tag, bits))


class Broker:
    """A connection whose bytes come in these pieces; what py-amqp would have to read itself is kept as it is."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces, self.seen, self.bytes_recv, self.receipts = pieces, list[Any](), 0, list[Receipt]()
        self.transport = SimpleNamespace(_read_buffer=b"", having_timeout=self._having_timeout)

    @contextmanager
    def _having_timeout(self, timeout: float) -> Iterator[Any]:
        if not self.pieces:
            raise TimeoutError
        yield SimpleNamespace(recv=lambda most: self.pieces.pop(0))

    def blocking_read(self) -> None:
        """Take one frame."""
        came = self.transport._read_buffer
        size = 8 + int.from_bytes(came[3:7], "big")
        assert len(came) >= size, "it would wait for the rest"
        self.seen += [*self.receipts, came[:size]]
        self.receipts.clear()
        self.transport._read_buffer = came[size:]


others = st.sampled_from(
    [framed(8, 0, b""), framed(1, CHANNEL, pack(">HH", 60, 50) + b"x" * 9), framed(3, CHANNEL, b"\xce" * 30),
     confirmation(80, 7, 0, channel=4)]
)  # fmt: skip
confirmations = st.builds(confirmation, st.sampled_from([80, 120]), st.integers(1, 2**40), st.integers(0, 1))


def as_receipt(frame: bytes) -> Receipt | bytes:
    """What becomes of a frame: a receipt, or py-amqp reads it."""
    if len(frame) == 21 and frame[:11] in (confirmation(80, 0, 0)[:11], confirmation(120, 0, 0)[:11]):
        outcome = "confirmed" if frame[10] == 80 else "refused"
        return Receipt(outcome, int.from_bytes(frame[11:19], "big"), bool(frame[19]))
    return frame


@given(st.lists(st.one_of(confirmations, others), max_size=12), st.lists(st.integers(0, 300), max_size=8))
def test_confirmations_and_everything_else_are_read_in_their_order(frames: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(frames)
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pieces = [stream[a:b] for a, b in pairwise(places)]
    broker = Broker(pieces)
    gulps: Any = Gulps(broker, broker.receipts, CHANNEL)
    while broker.pieces:
        gulps.take(0)
    assert [*broker.seen, *broker.receipts] == [as_receipt(frame) for frame in frames]
    assert broker.transport._read_buffer == b""


def test_a_connection_that_was_closed_is_an_error_and_silence_is_none() -> None:
    broker = Broker([b""])
    gulps: Any = Gulps(broker, broker.receipts, CHANNEL)
    with pytest.raises(OSError, match="closed"):
        gulps.take(0)
    with pytest.raises(TimeoutError):
        gulps.take(0)
