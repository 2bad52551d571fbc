"""Access: one program of an organization and the tokens by which it asks; two may live at once, so that one replaces the other.

The stream is named by organization and program, so whoever answers with the new token is the same as with the old one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID, uuid5

from services.contracts.partner import IssueToken, RevokeToken, TokenIssued, TokenRevoked
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask
from services.partner.domain.speaking import speaks_for

MOST_LIVE = 2
LONGEST = timedelta(days=366)

Command = IssueToken | RevokeToken
Event = TokenIssued | TokenRevoked


@dataclass(frozen=True, slots=True)
class Access:
    """The tokens that were issued and not revoked, each with its end."""

    organization_id: UUID
    holder: str
    tokens: dict[UUID, datetime] = field(default_factory=dict)


def stream_of(organization_id: UUID, holder: str) -> UUID:
    """The stream of one program of an organization."""
    return uuid5(organization_id, f"access/{holder}")


def decide(command: Command, state: Access | None, ask: Ask) -> list[Event]:
    """What follows from a command."""
    match command:
        case IssueToken():
            return issue(command, state, ask)
        case RevokeToken():
            return revoke(command, state, ask)
        case _:
            assert_never(command)


def issue(command: IssueToken, state: Access | None, ask: Ask) -> list[Event]:
    """A token is for something, for a year at most, never the third while two live, and for nobody who may not act (INV-43)."""
    speaks_for(command.organization_id, ask)
    if ask.facts:
        raise Refused(
            "organization-barred", "This organization is suspended or has left; it asks nothing by any token.",
            "该机构已停用或已退出, 不得使用任何令牌。", allowed=("activate-organization",), field="organization_id",
        )  # fmt: skip
    if not command.scopes:
        raise Refused("no-scope", "Say what the token is for.", "请注明令牌的用途。", field="scopes")
    if not ask.now < command.expires_at <= ask.now + LONGEST:
        raise Refused("expiry-out-of-range", "A token ends within a year from now.", "令牌有效期须在一年之内。",
                      field="expires_at")  # fmt: skip
    live = [end for end in (state.tokens.values() if state else ()) if end > ask.now]
    if len(live) >= MOST_LIVE:
        raise Refused("two-tokens-live", "Two tokens of this program live already; revoke one first.",
                      "该程序已有两个有效令牌, 请先吊销其一。", allowed=("revoke-token",))  # fmt: skip
    return [
        TokenIssued(
            token_id=command.token_id, organization_id=command.organization_id, holder=command.holder,
            scopes=tuple(dict.fromkeys(command.scopes)), expires_at=command.expires_at,
        )
    ]  # fmt: skip


def revoke(command: RevokeToken, state: Access | None, ask: Ask) -> list[Event]:
    """Revoked twice it is revoked once."""
    if state is None:
        raise NotFound("no such token")
    speaks_for(state.organization_id, ask)
    if command.token_id not in state.tokens:
        return []
    return [
        TokenRevoked(
            token_id=command.token_id, organization_id=state.organization_id, holder=state.holder,
            reason_code=command.reason_code,
        )
    ]  # fmt: skip


def evolve(state: Access | None, event: Event) -> Access:
    """What is true after an event."""
    known = state or Access(event.organization_id, event.holder)
    match event:
        case TokenIssued():
            return replace(known, tokens={**known.tokens, event.token_id: event.expires_at})
        case TokenRevoked():
            left = {token: end for token, end in known.tokens.items() if token != event.token_id}
            return replace(known, tokens=left)
        case _:
            assert_never(event)


DECIDER = Decider(name="access", decide=decide, evolve=evolve, events=Event, states=Access)
