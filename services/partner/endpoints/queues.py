"""Queues: who runs the hub opens and closes an organization's queue; the organization sees how far it was filled."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.contracts.partner import CloseQueue, OpenQueue
from services.kernel.contract import read_request
from services.kernel.entrypoints import Hand, Reply, Request, http
from services.kernel.errors import NotFound, Refused
from services.kernel.view import put
from services.partner import tables as t
from services.partner.domain import queue
from services.partner.endpoints.feed import READERS, head, must_be_within, own
from services.partner.postman import queue_of

OPERATORS = ("administrator", "service")
AFTER = {
    "type": "object", "properties": {"after": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}},
    "additionalProperties": False,
}  # fmt: skip


class Queues:
    """A queue of one's own, for those who read AMQP."""

    log: Hand

    @http(
        "POST",
        "/queues/{id}/opening",
        roles=OPERATORS,
        takes=AFTER,
        says="the queue is open",
        answer={"type": "object"},
    )
    def open_queue(self, request: Request) -> object:
        """Open an organization's queue; `wushe partner add` makes the user who may read it."""
        organization_id: UUID = request.path["id"]
        self._needs_broker()
        body = request.json if request.body else {}
        given = body | {"organization_id": str(organization_id)} if isinstance(body, dict) else body
        command: OpenQueue = read_request(given, OpenQueue)[0]
        if head(self.log, organization_id) == 0:
            raise Refused(
                "nothing-delivered", "Nothing was ever delivered to an organization with this id.",
                "从未向该标识的机构投递过任何内容。", allowed=("register-organization",), field="id",
            )  # fmt: skip
        must_be_within(self.log, organization_id, command.after)
        # One that was open before held what was lost with it: this one begins where it is told to.
        begins = (put(t.posted, organization_id, number=command.after),)
        done = self.log.ask(queue.DECIDER, organization_id, command, request, rows=begins)
        return {"queue": queue_of(organization_id), "version": done.version}

    @http("POST", "/queues/{id}/closing", roles=OPERATORS, says="the queue is closed", answer={"type": "object"})
    def close_queue(self, request: Request) -> object:
        """Close an organization's queue; what was in it is in the sequence still."""
        done = self.log.ask(queue.DECIDER, request.path["id"], CloseQueue(), request)
        return {"version": done.version}

    @http("GET", "/queue", roles=READERS, says="how far one's queue was filled", answer={"type": "object"})
    def my_queue(self, request: Request) -> Reply:
        """The caller's own queue: its name, the number up to which the broker has taken it, and the sequence's head."""
        organization_id = own(request)
        row: dict[str, Any] | None = self.log.look.one(t.queue, organization_id)
        if row is None:
            raise NotFound("no queue")
        known = self.log.look.one(t.posted, organization_id)
        number = max(row["after"], known["number"] if known else 0)
        shown = {"queue": queue_of(organization_id), "number": number, "head": head(self.log, organization_id)}
        return Reply(shown)

    def _needs_broker(self) -> None:
        if not self.log.settings.partners_amqp_url:
            raise Refused(
                "no-broker-for-partners",
                "This hub has no broker for partners. They read the feed, wait with it, stream it, or are called by webhook.",
                "本枢纽未为合作方配置消息代理; 可使用事件流接口、长轮询、SSE 或回调。",
                allowed=("add-endpoint",),
            )
