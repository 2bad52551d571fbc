"""API tokens: issued, listed and revoked by the operator, or by the organization's own people; each is shown once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

import sqlalchemy as sa

from services.contracts import partner as public
from services.kernel.contract import read_request
from services.kernel.entrypoints import Hand, Reply, Request, http
from services.kernel.errors import ContractBroken, FieldProblem, NotFound
from services.kernel.view import put
from services.partner import tables as t
from services.partner.domain import access
from services.partner.endpoints.feed import READERS, own
from services.partner.endpoints.once import SECRET, Once, shown
from services.partner.issued import Issued, digest, made

KEEPERS = (*READERS, "administrator", "service")
DAYS = 366
ISSUING = {
    "type": "object", "required": ["holder", "scopes"], "additionalProperties": False,
    "properties": {
        "organization_id": {"type": "string", "format": "uuid"},
        "holder": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$"},
        "scopes": {"type": "array", "items": {"enum": list(get_args(public.TokenScope))}, "minItems": 1},
        "days": {"type": "integer", "minimum": 1, "maximum": DAYS},
    },
}  # fmt: skip
REVOKING = {
    "type": "object", "properties": {"reason_code": {"type": "string"}}, "additionalProperties": False,
}  # fmt: skip
SHOWN = {"type": "object", "required": ["token_id", "token"], "properties": {"token": SECRET}}


class Tokens:
    """By which an organization's own programs ask the hub."""

    log: Hand

    @http("POST", "/tokens", roles=KEEPERS, takes=ISSUING, says="the token, once", answer=SHOWN, status=201, keyed=True)
    def issue_token(self, request: Request) -> Reply:
        """A new token for a program of the organization; the hub keeps its hash, so it cannot be shown again."""
        body = _object(request)
        once = Once.of(self.log, request, body)
        days = body.pop("days", 365)
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= DAYS:
            raise _wrong("days", f"days, from 1 to {DAYS}", f"天数, 1 至 {DAYS}")
        token_id, expires_at = once.made_id, self.log.store.clock() + timedelta(days=days)
        given = {"organization_id": self._for(request, body)} | body
        given |= {"token_id": str(token_id), "expires_at": expires_at.isoformat()}
        command: public.IssueToken = read_request(given, public.IssueToken)[0]
        token = made(token_id)
        stream = access.stream_of(command.organization_id, command.holder)
        rows = (put(t.token_hash, token_id, digest=digest(token)),)
        done = self.log.ask(access.DECIDER, stream, command, request, once.command_id, rows=rows, digest=once.digest)
        first = self.log.look.one(t.token, token_id) if done.again else None
        until = command.expires_at if first is None else first["expires_at"]
        made_of = {"token_id": token_id, "token": token, "organization_id": command.organization_id, "holder": command.holder,
                   "scopes": command.scopes, "expires_at": until}  # fmt: skip
        return shown(made_of, "token", done.again, ("revoke-token", "issue-token"))

    @http("GET", "/tokens", roles=KEEPERS, says="tokens, the newest first", answer={"type": "object"},
          query={"organization_id": {"format": "uuid"}})  # fmt: skip
    def tokens(self, request: Request) -> object:
        """The organization's tokens, also those that are over: for what, until when, when used last."""
        c = t.token.c
        joined = t.token.outerjoin(t.token_use, c.token_id == t.token_use.c.token_id)
        query = sa.select(t.token, t.token_use.c.used_at).select_from(joined).order_by(c.issued_at.desc()).limit(500)
        whose = self._for(request, dict(request.query)) if self._is_own(request) or request.query else None
        if whose is not None:
            query = query.where(c.organization_id == _uuid(whose))
        return {"items": [_shown(row, self.log.store.clock()) for row in self.log.look.run(query)]}

    @http("POST", "/tokens/{id}/revocation", roles=KEEPERS, takes=REVOKING, says="it is nobody's any more",
          answer={"type": "object"})  # fmt: skip
    def revoke_token(self, request: Request) -> object:
        """End a token: within a second whoever shows it is nobody."""
        row: dict[str, Any] | None = self.log.look.one(t.token, request.path["id"])
        if row is None or (self._is_own(request) and row["organization_id"] != own(request)):
            raise NotFound("nothing under this id")
        given = _object(request) | {"token_id": str(row["token_id"])}
        command: public.RevokeToken = read_request(given, public.RevokeToken)[0]
        self.log.ask(access.DECIDER, row["access_id"], command, request)
        return {"token_id": row["token_id"]}

    @http("POST", "/tokens/introspection", roles=("service",), says="what a token is", answer={"type": "object"},
          takes={"type": "object", "required": ["token"], "properties": {"token": {"type": "string"}}})  # fmt: skip
    def introspect(self, request: Request) -> object:
        """For the hub's own services: whose a token is and which paths it opens, or that it is nothing (after RFC 7662)."""
        token = _object(request).get("token")
        issued: Issued = self.log.look.beside(self._issued)
        found = issued.look_up(token) if isinstance(token, str) else None
        return {"active": found is not None, "opens": found}

    def _issued(self) -> Issued:
        return Issued(self.log)

    @staticmethod
    def _is_own(request: Request) -> bool:
        return request.actor.role in READERS

    def _for(self, request: Request, body: dict[str, Any]) -> str:
        """The organization that is meant: one's own, or the one that whoever runs the hub names."""
        return str(own(request)) if self._is_own(request) else str(body.get("organization_id", ""))


def _shown(row: dict[str, Any], now: Any) -> dict[str, Any]:
    state = "revoked" if row["revoked_at"] else "expired" if row["expires_at"] <= now else "live"
    names = (
        "token_id",
        "organization_id",
        "holder",
        "scopes",
        "issued_at",
        "expires_at",
        "revoked_at",
        "reason_code",
        "used_at",
    )
    return {name: row[name] for name in names} | {"state": state}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise _wrong("organization_id", "a UUID", "UUID") from wrong


def _object(request: Request) -> dict[str, Any]:
    body = request.json if request.body else {}
    if not isinstance(body, dict):
        raise _wrong("", "an object", "对象")
    return dict(body)


def _wrong(field: str, en: str, zh: str) -> ContractBroken:
    return ContractBroken(FieldProblem(field=field, code="invalid", expected_en=en, expected_zh=zh))
