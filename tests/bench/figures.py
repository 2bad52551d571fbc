"""What is measured: each figure by name, with its goal and the function that measures it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.bench import (
    appends,
    commands,
    embedded,
    importing,
    latency,
    ledger,
    moments,
    offers,
    opening,
    pages,
    partners,
    path,
    planning,
    racing,
    rebuild,
    referrals,
    singles,
    standards,
    suggesting,
)
from tests.bench.stage import Row, Stage


@dataclass(frozen=True)
class Figure:
    """One thing to measure; `run` may give several rows of the table."""

    name: str
    goal: str
    run: Callable[[Stage], Iterable[Row]]


FIGURES = (
    Figure("appends", "PostgreSQL, 64 callers: ≥ 20 × eventsourcing; SQLite: ≥ 7 ×; one caller: ≥ 3 ×", appends.run),
    Figure("http", "≥ 2.5 × a stock nameko @http handler; 500 commands a request: ≥ 10 ×", commands.run),
    Figure("path", "≥ 8,000 events/s from log to ledger, ≥ 16 × a stock event_handler", path.run),
    Figure("singles", "≥ 6 × nameko's EventDispatcher", singles.run),
    Figure("latency", "accepted → recorded: p99 ≤ 25 ms at 50/s, ≤ 100 ms at 300/s", latency.run),
    Figure("embedded", "accepted → recorded: p99 ≤ 50 ms; resident memory with the demo ≤ 250 MiB", embedded.run),
    Figure("rebuild", "≥ 20,000 events/s on SQLite and PostgreSQL", rebuild.run),
    Figure("opening", "10,000 events ≤ 2 × 10 events; 1,000 without a snapshot ≥ 10 × eventsourcing", opening.run),
    Figure(
        "ledger",
        "signed ledger of 100,000 and 1,000,000 entries: ≥ 1,500/s in, ≤ 5 s to a signed head, proof ≤ 20 ms, case out ≤ 2 s and "
        "checked ≤ 1 s, full verify ≥ 5,000/s, fsck ≥ 20,000/s",
        ledger.run,
    ),
    Figure(
        "moments", "a case of 1,000 events at two moments ≤ 100 ms, at 100,000 and at 1,000,000 entries", moments.run
    ),
    Figure("importing", "a register of 50,000 rows in under 3 minutes on the real stack", importing.run),
    Figure("suggesting", "20,000 volunteers, with reasons: p99 ≤ 5 ms in process, ≤ 50 ms over HTTP", suggesting.run),
    Figure("offers", "filled ≥ 88.7 %, ≤ 8.4 askings a fill", offers.run),
    Figure("referrals", "median ≤ 1.0 days, first ask accepted ≥ 57 %, placed ≥ 98.5 %", referrals.run),
    Figure("racing", "100 race for the last place, 200 times: one goes, 99 are told", racing.run),
    Figure(
        "pages", "every page ≤ 100 ms p95 with 100,000 matters and 1,000,000 events; first page ≤ 200 KiB", pages.run
    ),
    Figure(
        "partners", "200 partners, 20 dead: p99 ≤ 1 s by queue and feed at 200/s; catch-up ≥ 10,000/s", partners.run
    ),
    Figure(
        "standards",
        "1,000 services: a page of HSDS ≤ 100 ms p95, all of it ≤ 1 s; 500 Tasks: a page of FHIR ≤ 250 ms p95, one taken ≤ 100 ms",
        standards.run,
    ),
    Figure(
        "plan",
        "street ≤ 0.15 % above the bound in 1 s; city ≤ 0.25 % in 10 s; 10,000 visits ≤ 1.5 % in 4 minutes; again with pins ≤ 10 s; "
        "no hard rule broken",
        planning.run,
    ),
)
