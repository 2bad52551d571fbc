"""What is shown once: a secret is in the first answer; the same request again is answered by all the rest, and a word about it.

The hub keeps of a token and of a calendar's address a hash alone, so it could not show them again. It does not for the
secrets of endpoints either, so that one rule holds: whoever has lost the answer asks for a new secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.kernel.entrypoints import Hand, Reply, Request
from services.kernel.entrypoints.keys import digest_of
from services.kernel.ids import founded, new_id

SECRET = {"type": ["string", "null"]}
REPLAYED = (("Idempotency-Replayed", "true"),)
WORD = {
    "code": "shown-once",
    "detail": "This was done before under the same key. Its secret was in the first answer and is shown once; ask for a new one.",
    "detail_zh": "同一幂等键的请求此前已完成。密钥只在首次回复中出现一次; 如未收到, 请换发新的。",
}


@dataclass(frozen=True)
class Once:
    """One request that brings something with a secret into being: the id of its command, of what it makes, and its mark."""

    command_id: UUID | None
    made_id: UUID
    digest: bytes

    @classmethod
    def of(cls, hand: Hand, request: Request, body: Any) -> Once:
        """What is made under an `Idempotency-Key` has the same id however often it is asked for."""
        key = hand.key(request)
        return cls(key, founded(key) if key else new_id(), digest_of(request.url, body) if key else b"")


def shown(value: dict[str, Any], secret: str, again: bool, allowed: tuple[str, ...], status: int = 201) -> Reply:
    """The answer; `secret` names the field that is shown once, `allowed` the commands by which there is a new one."""
    if not again:
        return Reply(value, status)
    return Reply(value | {secret: None} | WORD | {"allowed": list(allowed)}, status, REPLAYED)
