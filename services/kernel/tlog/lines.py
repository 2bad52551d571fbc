"""What all formats here share: strict numbers, hashes and lines, and the one error that says what is wrong with them."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error

HASH = 32
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
LARGEST = 2**63 - 1


class Malformed(ValueError):
    """These bytes are not what they are said to be; the sentence names the place."""


def text(data: bytes, limit: int, what: str) -> str:
    """Bytes as text: UTF-8 within the limit, without control characters but the newline (signed-note, Format)."""
    if len(data) > limit:
        raise Malformed(f"{what} is longer than {limit} bytes")
    try:
        found = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise Malformed(f"{what} is not UTF-8 at byte {wrong.start}") from wrong
    control = next((at for at, c in enumerate(found) if c < " " and c != "\n"), None)
    if control is not None:
        raise Malformed(f"{what} has a control character at character {control}")
    return found


def number(written: str, what: str) -> int:
    """A decimal without sign or leading zeroes, at most 2^63 - 1."""
    if not NUMBER.fullmatch(written) or int(written) > LARGEST:
        raise Malformed(f"{what} is not a whole number")
    return int(written)


def unbase64(written: str, what: str) -> bytes:
    """Standard base64, in the one way in which these bytes are written: anything else could be changed unseen."""
    try:
        found = b64decode(written, validate=True)
    except (Error, ValueError) as wrong:
        raise Malformed(f"{what} is not base64") from wrong
    if b64encode(found).decode("ascii") != written:
        raise Malformed(f"{what} is not base64 as it is written")
    return found


def base64(data: bytes) -> str:
    """Standard base64, padded."""
    return b64encode(data).decode("ascii")


def hashed(written: str, what: str) -> bytes:
    """A SHA-256 hash in base64."""
    found = unbase64(written, what)
    if len(found) != HASH:
        raise Malformed(f"{what} is not a SHA-256 hash")
    return found


def named(name: str, what: str) -> str:
    """A key's name: not empty, no space of Unicode's, no plus (signed-note, Format)."""
    if not name or "+" in name or any(c.isspace() for c in name):
        raise Malformed(f"{what} is empty, or has a space or a plus in it")
    return name
