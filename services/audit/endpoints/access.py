"""Who has seen what about a person, over HTTP: for the person, and for auditors; that somebody asked is seen as well."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from services.audit import asked
from services.audit.access.reading import line, received, records, seen, seen_of_matter
from services.audit.domain import access
from services.audit.endpoints.moments import PLACE, Question, approved, headed
from services.contracts.audit import RecordAccessReport
from services.kernel.entrypoints import Request, http
from services.kernel.errors import NotFound

READERS = ("auditor", "service", "client")
AUDITORS = ("auditor", "service")
ASKED = {
    "purpose": "string",
    "after": {"kind": "integer", "minimum": 0},
    "limit": {"kind": "integer", "minimum": 1, "maximum": asked.MOST},
}
LISTED = {"type": "object", "required": ["items", "size", "root"]}
ITEMS = {"type": "object", "required": ["items"]}


class AccessLedger:
    """A person reads who saw them, and of nobody else; an auditor of everybody, safeguarding only unsealed (INV-11)."""

    log: Any

    @http(
        "GET",
        "/persons/{id}/access",
        roles=READERS,
        query=ASKED,
        answer=LISTED,
        says="who has seen what about a person",
    )
    def access(self, request: Request) -> object:
        """Every release, reading, delivery, refusal, replay and export about a person, under every record that is of them.

        Who was told in the person's own report stands there too, so the next report shows that this one was asked for.
        """
        asked.only(request.query, *ASKED)
        person, actor = request.path["id"], request.actor
        if actor.role == "client" and actor.id != str(person):
            raise NotFound("no such person")
        after, limit = asked.page(request.query)
        size, look = self.log.store.cursor(PLACE), self.log.look
        same = records(look, person, size)
        found = seen(look, same, size, after, limit + 1, unsealed=approved(self.log, request, person))
        head = headed(self.log, size)
        if actor.role != "service":
            reported = RecordAccessReport(
                person_id=person,
                purpose=asked.purpose(request.query),
                acts=len(found[:limit]),
                size=size,
                root=head["root"],
            )
            self.log.ask(access.DECIDER, uuid4(), reported, request)
        following = found[limit]["entry"] if len(found) > limit else None
        items = [line(row) for row in found[:limit]]
        return {"person_id": str(person), "records": list(map(str, same)), "items": items, "next": following} | head

    @http(
        "GET",
        "/matters/{id}/access",
        roles=AUDITORS,
        query=ASKED,
        answer=LISTED,
        says="who has seen what about a matter",
    )
    def matter_access(self, request: Request) -> object:
        """Every release, reading, delivery, refusal, replay and export about a matter; this look is the next one (INV-33)."""
        question = Question.of(self.log, request, *ASKED)
        after, limit = asked.page(request.query)
        found = seen_of_matter(
            self.log.look, question.matter_id, question.reached, after, limit + 1, unsealed=question.unsealed
        )
        following = found[limit]["entry"] if len(found) > limit else None
        items = [line(row) for row in found[:limit]]
        return question.answer("access", question.reached, None, {"items": items, "next": following})

    @http(
        "GET",
        "/deliveries",
        roles=AUDITORS,
        answer=ITEMS,
        says="what organizations have received, as the ledger has it",
    )
    def deliveries(self, request: Request) -> object:
        """For each organization how many deliveries the ledger holds, and whether their numbers have no gap."""
        asked.only(request.query)
        return {"items": received(self.log.look)}
