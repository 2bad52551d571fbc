"""API tokens: by which an organization's own programs ask the hub, each for what it is for, for a while, revocable."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from services.kernel.contract import Code, Instant, asked, published

TokenScope = Literal["feed", "offers", "answers", "capacity", "identity", "webhooks"]
"""What a token is for: reading the sequence, reading what one was asked, answering it, saying what one can take, reading who
somebody is, looking after webhooks."""


@published("token.issued", zh="接口令牌签发")
class TokenIssued:
    """A program of the organization may ask the hub for this, until then; the token itself is nowhere, only its hash is kept."""

    token_id: UUID
    organization_id: UUID
    holder: Code
    scopes: tuple[TokenScope, ...]
    expires_at: Instant


@published("token.revoked", zh="接口令牌吊销")
class TokenRevoked:
    """Whoever shows this token is nobody any more."""

    token_id: UUID
    organization_id: UUID
    holder: Code
    reason_code: Code


@asked(zh="签发接口令牌")
class IssueToken:
    """Let a program of the organization ask the hub; `holder` is what the program is called, the same for the next token."""

    token_id: UUID
    organization_id: UUID
    holder: Code
    scopes: tuple[TokenScope, ...]
    expires_at: Instant


@asked(zh="吊销接口令牌")
class RevokeToken:
    """End a token before its time."""

    token_id: UUID
    reason_code: Code = "asked"
