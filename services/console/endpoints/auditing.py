"""The auditor's pages: a matter at any two moments."""

from __future__ import annotations

from typing import Any, Protocol

from services.console.pages import machine
from services.console.pages.matter import Model
from services.console.web import Visit, page_for
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound, Unavailable


class Console(Protocol):
    """What these pages need of the console."""

    def matter_model(self, v: Visit) -> Model:
        """The matter of a visit."""
        ...


class Auditing:
    """What an auditor looks at, and the station whose matter it is."""

    @http("GET", "/matters/{id}/time-machine", roles=None, page=True)
    @page_for("auditor", *STATION_ROLES)
    def time_machine(self: Console, v: Visit) -> Page:
        """The matter as it was at one moment, by what was known at another."""
        model, query = self.matter_model(v), v.request.query
        hands = machine.hands(_asked(v, "moments"), query.get("known", ""), query.get("valid", ""))
        valid = {} if hands.valid_at is None else {"valid_at": hands.valid_at.isoformat()}
        state = _asked(v, "state", size=str(hands.size), **valid)
        since = {"from_size": str(hands.size), "to_size": str(hands.known[-1].size), **valid}
        differences = _asked(v, "diff", **since)["differences"] if hands.known_n < len(hands.known) else []
        return v.page(machine.page(model, hands, state, differences, v.frame("/matters")))


def _asked(v: Visit, what: str, **query: str) -> Any:
    answer = v.hub.get("audit", f"/matters/{v.id}/{what}", purpose="console", **query)
    if not answer.ok:
        raise NotFound("no such matter") if answer.status == 404 else Unavailable(answer.why(v.words.lang))
    return answer.body
