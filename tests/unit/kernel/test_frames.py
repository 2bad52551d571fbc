"""The frames of a message are those that py-amqp makes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import amqp
from amqp import spec
from amqp.method_framing import frame_writer
from amqp.serialization import dumps
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.entrypoints.frames import Frames

SHORT = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=40)


def as_py_amqp_writes_them(
    frame_max: int, key: str, kind: str, message_id: str, body: bytes, mandatory: bool, **more: Any
) -> bytes:
    """What py-amqp sends for the same message."""
    written = bytearray()
    connection = SimpleNamespace(frame_max=frame_max, bytes_sent=0)
    write = frame_writer(connection, SimpleNamespace(write=written.extend))
    message = amqp.Message(
        body,
        content_type=kind,
        content_encoding="utf-8",
        delivery_mode=2,
        message_id=message_id,
        app_id="teller",
        **more,
    )
    arguments = dumps("Bssbb", (0, "teller.events", key, mandatory, False))
    write(1, 7, spec.Basic.Publish, arguments, message)
    return bytes(written)


@given(SHORT, SHORT, SHORT, st.binary(max_size=700), st.booleans(), st.sampled_from([256, 4096]))
def test_a_message_is_framed_as_py_amqp_frames_it(
    key: str, kind: str, message_id: str, body: bytes, mandatory: bool, frame_max: int
) -> None:
    made = Frames(7, frame_max, "teller.events", "teller").of(key, kind, message_id, body, mandatory)
    assert made == as_py_amqp_writes_them(frame_max, key, kind, message_id, body, mandatory)


@given(SHORT, SHORT, SHORT, st.binary(max_size=700), st.integers(1, 2**62), st.text(max_size=20))
def test_a_letter_says_its_kind_its_login_and_its_headers(
    key: str, kind: str, message_id: str, body: bytes, number: int, head: str
) -> None:
    headers: dict[str, int | str] = {"sequence": number, "Ledger-Head": head}
    made = Frames(7, 4096, "teller.events", "teller", "login").letter(key, "a/b", message_id, kind, headers, body)
    more = {"type": kind, "user_id": "login", "application_headers": headers}
    assert made == as_py_amqp_writes_them(4096, key, "a/b", message_id, body, True, **more)
