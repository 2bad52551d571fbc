"""The code tables and the calendar that this hub lives by, for everybody who must understand its codes."""

from __future__ import annotations

from typing import Any

from services.contracts import editions_watch, worktime
from services.contracts.tables import TABLES, Edition, Table
from services.kernel.entrypoints import Hand, Request, http
from services.kernel.errors import NotFound
from services.referral.editions import code_editions, digest_of


class CodeTables:
    """Tables with all their editions, labels in both languages; whoever reads an event reads them too."""

    log: Hand

    @http("GET", "/code-tables", roles=None, says="the code tables, with their editions")
    def code_tables(self, request: Request) -> object:
        """Every table by name, with the day from which each of its editions holds; `refused` is what is wrong with the
        station's folder as it is now, by file and line, while an older state of it holds.
        """
        items = [_summary(table) for table in sorted(TABLES.values(), key=lambda table: table.name)]
        return {"items": items, "refused": list(editions_watch.refused())}

    @http(
        "GET", "/code-tables/{name}", roles=None, says="one code table, each edition with its codes in both languages"
    )
    def code_table(self, request: Request) -> object:
        """One table: what each code means in each edition, and the numbers that rules count with.

        `earlier` are editions of the station's own that held once and are in the folder no more: what was said then is
        read with them.
        """
        table = TABLES.get(request.path["name"])
        if table is None:
            raise NotFound("no such code table")
        held = [_edition(one) | {"terms": _terms(one)} for one in table.editions]
        known = {digest_of(one) for one in table.editions}
        rows = self.log.look.all(code_editions, name=table.name)
        earlier = [_kept(row) for row in rows if row["digest"] not in known]
        return _summary(table) | {"editions": held, "earlier": earlier}

    @http("GET", "/working-calendar", roles=None, says="the station's own days and hours")
    def working_calendar(self, request: Request) -> object:
        """What this hub's calendar says beside that of the country."""
        own = worktime.calendar()
        hours = [{"since": h.since, "opens": _clock(h.opens), "closes": _clock(h.closes)} for h in own.hours]
        return {"off": sorted(own.off), "worked": sorted(own.worked), "hours": hours}


def _summary(table: Table) -> dict[str, Any]:
    return {
        "name": table.name, "zh": table.zh, "en": table.name.replace("_", " "), "fixed": table.fixed,
        "assumed": table.assumed, "editions": [_edition(one) for one in table.editions],
    }  # fmt: skip


def _edition(one: Edition) -> dict[str, Any]:
    return {"version": one.version, "since": one.since, "own": one.own, "digest": digest_of(one)}


def _kept(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": row["edition"],
        "since": row["since"],
        "own": True,
        "digest": row["digest"],
        "terms": row["terms"],
    }


def _terms(one: Edition) -> list[dict[str, Any]]:
    return [{"code": t.code, "zh": t.zh, "en": t.en, "numbers": dict(t.numbers)} for t in one.terms.values()]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
