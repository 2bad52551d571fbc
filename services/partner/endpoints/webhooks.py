"""Webhooks: an organization says where it is called, changes its secrets, reads how the calls went, has them made again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts import partner as public
from services.kernel.clock import system_clock
from services.kernel.contract import read_request
from services.kernel.entrypoints import Hand, Reply, Request, http
from services.kernel.errors import ContractBroken, FieldProblem, NotFound, Refused
from services.kernel.unit import Unit
from services.kernel.view import drop, put
from services.partner import tables as t
from services.partner.calling import Fence, Forbidden
from services.partner.domain import endpoint
from services.partner.endpoints.feed import READERS, must_be_within, own, whole
from services.partner.endpoints.once import SECRET, Once, shown
from services.partner.signing import secrets_of

ADDRESS = {
    "type": "object", "required": ["url"], "additionalProperties": False,
    "properties": {"url": {"type": "string", "maxLength": 500},
                   "after": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}},
}  # fmt: skip
OVERLAP = {
    "type": "object", "properties": {"overlap_hours": {"type": "integer", "minimum": 0, "maximum": 720}},
    "additionalProperties": False,
}  # fmt: skip
LEAST = {"number": 1, "after": 0}
AGAIN = {
    "type": "object", "additionalProperties": False,
    "properties": {name: {"type": "integer", "minimum": least, "maximum": 2**53 - 1} for name, least in LEAST.items()},
}  # fmt: skip
OBJECT = {"type": "object"}
SECRETS = {"type": "object", "required": ["endpoint_id", "secret"], "properties": {"secret": SECRET}}
ROTATE = ("rotate-endpoint-secret",)
MOST_ENDPOINTS = 10
MOST_AGAIN = 1_000
ANSWER_SECONDS = 15
MOST_ATTEMPTS = 500
FORBIDDEN = {
    "not-a-url": ("an address, https://…", "回调地址 https://…"),
    "not-a-plain-url": ("an address without a name, a password or a fragment in it", "不含用户名、密码和片段的地址"),
    "not-https": ("an https address", "https 地址"),
    "not-this-port": ("port 443 or 8443", "端口 443 或 8443"),
    "not-public": ("a public address", "公网地址"),
}


class Webhooks:
    """An organization is called with what is delivered to it."""

    log: Hand

    @http("POST", "/endpoints", roles=READERS, takes=ADDRESS, says="the endpoint and its secrets, once", answer=SECRETS,
          status=201, keyed=True)  # fmt: skip
    def add_endpoint(self, request: Request) -> Reply:
        """Be called at an address. The secret and the public key are in the answer; the secret is shown this once."""
        organization_id, master = own(request), self._master()
        body = _object(request)
        once = Once.of(self.log, request, body)
        url, ident = self._allowed(body.pop("url", None)), once.made_id
        others = [
            row for row in self.log.look.all(t.endpoint, organization_id=organization_id) if row["endpoint_id"] != ident
        ]
        if len(others) >= MOST_ENDPOINTS:
            raise Refused("too-many-endpoints", f"There may be {MOST_ENDPOINTS} endpoints.",
                          f"最多 {MOST_ENDPOINTS} 个回调地址。", allowed=("remove-endpoint",))  # fmt: skip
        given = body | {"endpoint_id": str(ident), "organization_id": str(organization_id)}
        command: public.AddEndpoint = read_request(given, public.AddEndpoint)[0]
        must_be_within(self.log, organization_id, command.after)
        rows = (put(t.address, ident, url=url),)
        done = self.log.ask(endpoint.DECIDER, ident, command, request, once.command_id, rows=rows, digest=once.digest)
        return shown(self._secrets(ident, 1, master), "secret", done.again, ROTATE)

    @http("GET", "/endpoints", roles=READERS, says="one's own endpoints", answer=OBJECT)
    def endpoints(self, request: Request) -> object:
        """The caller's own endpoints: how each is doing, and what it lacks."""
        rows = self.log.look.all(t.endpoint, organization_id=own(request))
        return {"items": [self._shown(row) for row in rows]}

    @http("GET", "/endpoints/{id}", roles=READERS, says="an endpoint", answer=OBJECT)
    def endpoint(self, request: Request) -> object:
        """One endpoint."""
        return self._shown(self._mine(request))

    @http("POST", "/endpoints/{id}/rotation", roles=READERS, takes=OVERLAP, says="the new secrets, once", answer=SECRETS,
          keyed=True)  # fmt: skip
    def rotate(self, request: Request) -> Reply:
        """A new secret; for so many hours calls are signed with the old one as well."""
        ident, master, body = self._mine(request)["endpoint_id"], self._master(), _object(request)
        once = Once.of(self.log, request, body)
        command: public.RotateEndpointSecret = read_request(body, public.RotateEndpointSecret)[0]
        done = self.log.ask(endpoint.DECIDER, ident, command, request, once.command_id, digest=once.digest)
        made = self._secrets(ident, self._mine(request)["generation"], master)
        return shown(made, "secret", done.again, ROTATE, 200)

    @http("POST", "/endpoints/{id}/disabling", roles=READERS, says="it is not called", answer=OBJECT)
    def disable(self, request: Request) -> object:
        """Not be called until further notice; what is missed is kept."""
        return self._ask(request, public.DisableEndpoint())

    @http("POST", "/endpoints/{id}/enabling", roles=READERS, says="it is called again", answer=OBJECT)
    def enable(self, request: Request) -> object:
        """Be called again, from where it was, at once."""
        row = self._mine(request)
        found = self.log.look.all(t.retry, endpoint_id=row["endpoint_id"])
        due = [put(t.retry, row["endpoint_id"], each["number"], attempts=0, due_at=system_clock()) for each in found]
        known = self.log.look.one(t.hook, row["endpoint_id"])
        well = [put(t.hook, row["endpoint_id"], number=known["number"], failures=0, rests_until=None)] if known else []
        if row["state"] == "active":  # it was down and is back: what is tried when is no event
            self.log.store.submit(Unit(rows=[*due, *well])).result(ANSWER_SECONDS)
        return self._ask(request, public.EnableEndpoint(), (*due, *well))

    @http("POST", "/endpoints/{id}/removal", roles=READERS, says="it is no more", answer=OBJECT)
    def remove(self, request: Request) -> object:
        """Forget the endpoint and its address."""
        ident = self._mine(request)["endpoint_id"]
        waiting = [drop(t.retry, ident, each["number"]) for each in self.log.look.all(t.retry, endpoint_id=ident)]
        rows = (drop(t.address, ident), drop(t.hook, ident), *waiting)
        return self._ask(request, public.RemoveEndpoint(), rows)

    @http("POST", "/endpoints/{id}/redeliveries", roles=READERS, takes=AGAIN, says="it is called again", answer=OBJECT)
    def redeliver(self, request: Request) -> object:
        """Have the delivery with a `number`, or everything `after` a number, delivered again, under the same ids."""
        row, body = self._mine(request), _object(request)
        ident, number, back = row["endpoint_id"], body.get("number"), body.get("after")
        if wrong := next((name for name, least in LEAST.items() if not _is_whole(body.get(name), least)), ""):
            raise _wrong(wrong, f"a whole number from {LEAST[wrong]}", f"不小于 {LEAST[wrong]} 的整数")
        if (number is None) == (back is None) or body.keys() - {"number", "after"}:
            raise _wrong("number", "either number or after", "number 与 after 二者之一")
        known = self.log.look.one(t.hook, ident)
        last = known["number"] if known else row["after"]
        wanted = [number] if number is not None else list(range((back or 0) + 1, last + 1))
        if len(wanted) > MOST_AGAIN or wanted[-1:] > [last]:
            raise _wrong(
                "number", f"numbers up to {last}, at most {MOST_AGAIN}", f"不大于 {last} 的编号, 至多 {MOST_AGAIN} 个"
            )
        now = system_clock()
        due = [put(t.retry, ident, each, attempts=0, due_at=now) for each in wanted]
        self.log.store.submit(Unit(rows=list(due))).result(ANSWER_SECONDS)
        return {"numbers": wanted}

    @http(
        "GET", "/endpoints/{id}/attempts", roles=READERS, says="how calls went, the newest first", answer=OBJECT,
        query={"number": {"kind": "integer", "minimum": 0}, "limit": {"kind": "integer", "minimum": 1, "maximum": MOST_ATTEMPTS}},
    )  # fmt: skip
    def attempts(self, request: Request) -> object:
        """The log of calls to an endpoint: what became of each, and when it is tried again."""
        ident, limit = self._mine(request)["endpoint_id"], whole(request, "limit", 100, MOST_ATTEMPTS)
        a = t.called.c
        query = sa.select(t.called).where(a.endpoint_id == ident).order_by(a.at.desc(), a.number.desc()).limit(limit)
        if number := whole(request, "number", 0, 2**53):
            query = query.where(a.number == number)
        waiting = {row["number"]: row for row in self.log.look.all(t.retry, endpoint_id=ident)}
        return {"items": [_attempt(row, waiting.get(row["number"])) for row in self.log.look.run(query)]}

    # --- what they share ---

    def _master(self) -> bytes:
        if not self.log.settings.webhook_key:
            raise Refused("no-webhooks", "This hub calls nobody (HUB_WEBHOOK_KEY is not set); read the feed.",
                          "本枢纽未启用回调 (未设置 HUB_WEBHOOK_KEY); 请使用事件流接口。")  # fmt: skip
        return self.log.settings.webhook_key

    def _allowed(self, url: object) -> str:
        """An address that may be called as far as it can be told now; each call looks again."""
        fence = Fence.of(self.log.settings.webhook_allow)
        try:
            if not isinstance(url, str):
                raise Forbidden("not-a-url")
            fence.expects(url)
        except Forbidden as no:
            raise _wrong("url", *FORBIDDEN[no.reason], code=no.reason) from no
        except OSError as unknown:
            raise _wrong("url", *FORBIDDEN["not-public"], code="unknown-host") from unknown
        return url

    def _mine(self, request: Request) -> dict[str, Any]:
        row: dict[str, Any] | None = self.log.look.one(t.endpoint, request.path["id"])
        if row is None or row["organization_id"] != own(request):
            raise NotFound("nothing under this id")
        return row

    def _ask(self, request: Request, command: Any, rows: tuple[Any, ...] = ()) -> object:
        ident: UUID = self._mine(request)["endpoint_id"]
        self.log.ask(endpoint.DECIDER, ident, command, request, rows=rows)
        return {"endpoint_id": ident}

    def _secrets(self, ident: UUID, generation: int, master: bytes) -> dict[str, Any]:
        made = secrets_of(master, ident, generation)
        return {"endpoint_id": ident, "generation": generation, "secret": made.secret, "public_key": made.public_key}

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        known = self.log.look.one(t.hook, row["endpoint_id"])
        stands = {"number": row["after"], "failures": 0, "rests_until": None} if known is None else known
        waiting = self.log.look.all(t.retry, endpoint_id=row["endpoint_id"])
        place = self.log.look.one(t.address, row["endpoint_id"])
        return {
            "endpoint_id": row["endpoint_id"], "url": place["url"] if place else None, "state": row["state"],
            "reason_code": row["reason_code"], "generation": row["generation"], "old_until": row["old_until"],
            "public_key": secrets_of(self._master(), row["endpoint_id"], row["generation"]).public_key,
            "number": stands["number"], "failures": stands["failures"], "rests_until": stands["rests_until"],
            "waiting": sorted(each["number"] for each in waiting),
        }  # fmt: skip


def _attempt(row: dict[str, Any], waiting: dict[str, Any] | None) -> dict[str, Any]:
    again: datetime | None = waiting["due_at"] if waiting else None
    named = ("number", "at", "outcome", "status", "milliseconds")
    return {name: row[name] for name in named} | {"again_at": again}


def _is_whole(value: object, least: int) -> bool:
    return value is None or (type(value) is int and least <= value < 2**53)


def _object(request: Request) -> dict[str, Any]:
    body = request.json if request.body else {}
    if not isinstance(body, dict):
        raise _wrong("", "an object", "对象")
    return dict(body)


def _wrong(field: str, en: str, zh: str, code: str = "invalid") -> ContractBroken:
    return ContractBroken(FieldProblem(field=field, code=code, expected_en=en, expected_zh=zh))
