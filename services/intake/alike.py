"""Asking the blind index: what was just typed, or what a record is found by, against all other records. Pure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.intake import same
from services.intake import tables as t
from services.intake.domain.help_request_state import OPEN_STATES
from services.intake.erasure_facts import GONE, OPEN_CASES
from services.intake.likeness import RULES, SUSPECTED_FROM, TOLD_FROM
from services.intake.likeness_tables import likeness
from services.intake.scopes import PERSONS
from services.kernel.manifest import Look
from services.kernel.message import Actor

ROWS = 200
HINTS = 8
Row = dict[str, Any]
Found = dict[UUID, str]
"""Records, each with the strongest rule by which it is alike."""


def alike(look: Look, wanted: list[tuple[str, str]], least: int, *besides: UUID) -> Found:
    """The records that share a token, the strongest rule of each; those of the persons named are left out."""
    strong = [token for rule, token in wanted if RULES[rule] >= least]
    if not strong:
        return {}
    x = likeness.c
    query = sa.select(x.person_id, x.rule).where(x.token.in_(strong), x.person_id.not_in(besides)).limit(ROWS)
    found: Found = {}
    for row in look.run(query):
        known = found.get(row["person_id"])
        if known is None or RULES[row["rule"]] > RULES[known]:
            found[row["person_id"]] = row["rule"]
    return found


class Alone:
    """Records that share no token in earnest with any other: of most that is so, and there is nothing more to ask.

    It is looked up for many at once. Whoever comes to be like one of them afterwards is compared with it when he is heard
    of himself.
    """

    def __init__(self) -> None:
        self.records: frozenset[UUID] = frozenset()

    def look_up(self, look: Look, records: set[UUID]) -> None:
        """Know of these, and of no others any more."""
        mine, others = likeness.alias("mine"), likeness.alias("others")
        strong = [rule for rule, score in RULES.items() if score >= SUSPECTED_FROM]
        shares = (others.c.token == mine.c.token) & (others.c.person_id != mine.c.person_id)
        asked = sa.select(mine.c.person_id).distinct().select_from(mine.join(others, shares))
        found = look.run(asked.where(mine.c.person_id.in_(records), mine.c.rule.in_(strong))) if records else []
        self.records = frozenset(records - {row["person_id"] for row in found})


def suspects(look: Look, person_id: UUID) -> list[tuple[UUID, str]]:
    """Who may be the same as a record, in earnest and not yet looked into, the likeliest first; each human being once."""
    if person_id in look.beside(Alone).records:
        return []
    own = [(row["rule"], row["token"]) for row in look.all(likeness, person_id=person_id)]
    found = alike(look, own, SUSPECTED_FROM, *same.records_of(look, person_id))
    ranked = sorted(found.items(), key=lambda item: (-RULES[item[1]], str(item[0])))
    speaking: Found = {}
    for record, rule in ranked:
        row = look.one(t.persons, record)
        if row is not None and not _looked_into(look, person_id, record):
            above = same.survivor_row(look, row)
            if above["state"] not in GONE and not _looked_into(look, person_id, above["person_id"]):
                speaking.setdefault(above["person_id"], rule)
    return list(speaking.items())[:HINTS]


def _looked_into(look: Look, one: UUID, other: UUID) -> bool:
    """Whether somebody has said of the two that they are not the same, under whichever of them."""
    pairs = (look.one(t.duplicates, one, other), look.one(t.duplicates, other, one))
    return any(pair is not None and pair["state"] == "ruled_out" for pair in pairs)


def hints(look: Look, wanted: list[tuple[str, str]], who: Actor, *besides: UUID) -> Row:
    """For whoever types: records alike that he sees himself; of others, only at which station an open matter is (H4)."""
    found = alike(look, wanted, 0, *besides)
    people = _people(look, list(found), who)
    seen = [
        {"person_id": row["person_id"], "rule": rule, "score": RULES[rule], "station": row["station"],
         "state": row["state"], "merged_into": row["merged_into"]}
        for row in people
        if row["seen"] and (rule := found[row["person_id"]])
    ]  # fmt: skip
    seen.sort(key=lambda hint: (-hint["score"], str(hint["person_id"])))
    others = [row for row in people if not row["seen"] and RULES[found[row["person_id"]]] >= TOLD_FROM]
    return {"hints": seen[:HINTS], "elsewhere": _elsewhere(look, others)}


def _people(look: Look, found: list[UUID], who: Actor) -> list[Row]:
    """The persons found, each with whether this one sees him; nobody whose data are gone or at rest."""
    p = t.persons
    sees = sa.case((PERSONS.rows(who), sa.true()), else_=sa.false()).label("seen")
    rows = look.run(sa.select(p, sees).where(p.c.person_id.in_(found))) if found else []
    return [row for row in rows if same.survivor_row(look, row)["state"] not in GONE]


def _elsewhere(look: Look, others: list[Row]) -> list[Row]:
    """The stations at which one of these has an open matter: whom to ask, and nothing of what it is about."""
    stations = {row["station"] for row in others if _open(look, row["person_id"])}
    return [{"station": station, "open_matter": True} for station in sorted(stations)]


def _open(look: Look, person_id: UUID) -> bool:
    """Whether anything is open under this record."""
    cases, requests = look.all(t.cases, person_id=person_id), look.all(t.help_requests, person_id=person_id)
    return any(row["state"] in OPEN_CASES for row in cases) or any(row["state"] in OPEN_STATES for row in requests)
