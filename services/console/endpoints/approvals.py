"""The second person's own act: whoever approves says so here, under his own token, and gets a word signed for a while."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from services.contracts.visibility import APPROVERS
from services.kernel.approvals import LIFE, approve, same, wanted
from services.kernel.clock import system_clock
from services.kernel.entrypoints import Log, Reply, Request, http
from services.kernel.errors import ContractBroken, FieldProblem, Refused

ROLES = tuple(sorted({role for roles in APPROVERS.values() for role in roles}))

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z-]{0,79}$(?!\n)")]
Ident = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9:._-]{0,160}$(?!\n)")]


class Approval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is approved: a command, on what (its id; empty for something new), asked by whom, with which content."""

    command: Name
    asker: Ident
    about: Ident = ""
    body: dict[str, Any] = {}


TAKES = {
    "type": "object",
    "required": ["command", "asker"],
    "additionalProperties": False,
    "properties": {
        "command": {"type": "string", "pattern": "^[a-z][a-z-]{0,79}$"},
        "asker": {"type": "string", "pattern": "^[A-Za-z0-9:._-]{0,160}$"},
        "about": {"type": "string", "pattern": "^[A-Za-z0-9:._-]{0,160}$"},
        "body": {"type": "object"},
    },
}
GIVES = {
    "type": "object",
    "required": ["approval", "until"],
    "properties": {"approval": {"type": "string"}, "until": {"type": "string", "format": "date-time"}},
}


class Approvals:
    """Approving what somebody else asks."""

    log: Log

    @http(
        "POST", "/approvals", roles=ROLES, takes=TAKES, answer=GIVES, says="the approver's word, for the one who asks"
    )
    def approve(self, request: Request) -> Reply:
        """Approve one request of somebody else; whether the approver may, the service that is asked decides."""
        asked = _read(request.body)
        if same(request.actor.id, asked.asker):
            raise Refused("own-request", "Nobody approves what he asks himself.", "不能批准自己的请求。", field="asker")
        what, now = wanted(asked.command, asked.about, asked.asker, asked.body), system_clock()
        word = approve(request.actor, what, self.log.settings.token_private_key, now)
        return Reply({"approval": word, "until": now + LIFE})


def _read(body: bytes) -> Approval:
    try:
        return msgspec.json.decode(body, type=Approval)
    except (msgspec.ValidationError, msgspec.DecodeError) as wrong:
        problem = FieldProblem(
            field="", code="invalid", expected_en="command, asker, about, body", expected_zh="命令、申请人、对象、内容"
        )
        raise ContractBroken(problem) from wrong
