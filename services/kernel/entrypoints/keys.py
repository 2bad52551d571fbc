"""Idempotency keys: what is sent again under the same key is the same command, and is done once."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from services.kernel.entrypoints.problems import Edge
from services.kernel.entrypoints.request import Request
from services.kernel.ids import named, shared

NAMES = UUID("6f0d6f0c-5a1b-5c58-9f3e-3f1f1d9a7c11")
"""The namespace of command ids that are made from a caller's own idempotency keys."""
LONGEST = 200


def command_under(service: str, request: Request, key: str) -> UUID:
    """The id of the command that is asked under this key, scoped to service and caller (who, in which role, for whom).

    With `Idempotency-Scope: org` whoever it is of the organization asks the same command.
    """
    if len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise Edge("bad-header", field="Idempotency-Key", expected=f"1 to {LONGEST} printable characters of ASCII",
                   expected_zh=f"1 至 {LONGEST} 个可打印 ASCII 字符")  # fmt: skip
    who, scope = request.actor, request.header("idempotency-scope")
    if not scope:
        return named(NAMES, msgspec.json.encode([service, who.id, who.role, who.org, key]).decode())
    if scope != "org" or not who.org:
        raise Edge("bad-header", field="Idempotency-Scope", expected="org, by somebody who acts for an organization",
                   expected_zh="org, 且以机构身份")  # fmt: skip
    return shared(service, who.org, key)


def digest_of(name: str, body: Any) -> bytes:
    """Tells one request from another under the same key."""
    return sha256(f"{name} ".encode() + msgspec.json.encode(body, order="sorted")).digest()
