"""The partner service: it receives, translates and hands over; no rule lives here."""

from __future__ import annotations

from uuid import UUID

from services.contracts import intake, referral, volunteer  # noqa: F401 - their facts are what is delivered
from services.kernel.entrypoints import Log, Reply, Request, http
from services.kernel.errors import ContractBroken, FieldProblem, NotAllowed
from services.kernel.manifest import Manifest
from services.partner import policies, views
from services.partner.domain import sequence

MANIFEST = Manifest(
    name="partner",
    deciders=(sequence.DECIDER,),
    metadata=views.METADATA,
    project=views.project,
    project_heard=views.project_heard,
    hears=("intake", "referral", "volunteer"),
    whenever=policies.whenever,
)

MOST = 500


class PartnerService:
    """A partner organization reads what concerns it, in order, from any number on."""

    name = "partner"
    log = Log(MANIFEST)

    @http(
        "GET", "/events", roles=("partner", "team_leader"),
        query={"after": {"kind": "integer", "minimum": 0}, "limit": {"kind": "integer", "minimum": 1, "maximum": MOST}},
        answer={"type": "object", "required": ["items", "next"]}, says="facts after a number, in order",
    )  # fmt: skip
    def events(self, request: Request) -> Reply:
        """The facts after a number of the caller's own sequence: `{"items": [{"number", "event"}], "next": number}`."""
        organization_id = _organization(request)
        after, limit = _whole(request, "after", 0, 2**53), _whole(request, "limit", 100, MOST)
        rows = self.log.look.run(views.following(organization_id, after, limit))
        items = b",".join(b'{"number":%d,"event":%s}' % (row["number"], bytes(row["raw"])) for row in rows)
        last = rows[-1]["number"] if rows else after
        return Reply(raw=b'{"items":[%s],"next":%d}' % (items, last))


def _organization(request: Request) -> UUID:
    try:
        return UUID(request.actor.org)
    except ValueError as wrong:
        raise NotAllowed(("partner", "team_leader")) from wrong


def _whole(request: Request, name: str, usual: int, most: int) -> int:
    given = request.query.get(name, str(usual))
    if not (
        given.isascii()
        and given.isdecimal()
        and len(given) < 17
        and (name == "after" or int(given) > 0)
        and int(given) <= most
    ):
        raise ContractBroken(
            FieldProblem(
                field=name,
                code="invalid",
                expected_en=f"a whole number up to {most}",
                expected_zh=f"不大于 {most} 的整数",
            )
        )
    return int(given)
