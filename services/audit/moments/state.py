"""A matter as it was at a moment, told from rows: what its streams say, who answers, whose it is, what it cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from services.audit.language import facts_of
from services.audit.ledger import written
from services.audit.moments.reading import Moment, Told, holding, merged_into, strands
from services.audit.moments.tables import NOBODY
from services.audit.replay import SECTIONS, society
from services.kernel.manifest import Look

OTHERS = "others"


def state(look: Look, matter_id: UUID, moment: Moment) -> dict[str, Any]:
    """The matter at the moment: its request, cases, needs, referrals, tasks, consents as codes, money, persons, holders."""
    own = strands(look, matter_id, moment)
    outside = strands(look, NOBODY, moment, cited(own)) if own else []
    return shown(own, outside, holding(look, matter_id, moment), persons(look, own, moment))


def shown(
    own: Sequence[Told], outside: Sequence[Told], held: Sequence[dict[str, Any]], people: list[dict[str, Any]]
) -> dict[str, Any]:
    """What is told of a moment, from its rows."""
    sections: dict[str, list[dict[str, Any]]] = {name: [] for name in (*SECTIONS.values(), OTHERS)}
    for each in (*own, *(each for each in outside if each.kind == "consent")):
        sections[SECTIONS.get(each.kind, OTHERS)].append(said(each))
    matter = [row for row in held if row["need"] == ""]
    return {
        "open": bool(matter),
        "holders": [party for row in matter for party in holders(row)],
        "custody": [stretch(row) for row in matter],
        "needs": needs(own, held),
        "money": money(own),
        "persons": people,
        **sections,
    }


def cited(own: Iterable[Told]) -> set[str]:
    """The persons and consents that a matter's streams name."""
    return {stream for each in own for stream in each.content.get("cites", ())}


def said(each: Told) -> dict[str, Any]:
    """What one stream says."""
    type_ = each.content.get("type", "")
    facts = facts_of(type_)
    return {
        "id": each.id,
        "kind": each.kind,
        "state": each.content.get("word", ""),
        "since": written(each.at),
        "entry": each.entry,
        "known_from": each.known_from,
        "last": type_,
        "last_zh": facts.zh,
        "last_en": facts.en,
        "said": each.content.get("said", {}),
        **({"money": each.content["money"]} if "money" in each.content else {}),
    }


def holders(row: dict[str, Any]) -> list[str]:
    """Everybody who answers in a stretch."""
    return list(dict.fromkeys(p for claim in row["claims"].split(",") if claim for p in claim.split("+")))


def stretch(row: dict[str, Any]) -> dict[str, Any]:
    """A stretch of custody, with the entries between which it is known."""
    parties, claims = holders(row), [claim for claim in row["claims"].split(",") if claim]
    return {
        "need_id": row["need"] or None,
        "holders": parties,
        "lanes": list(dict.fromkeys(society(party) for party in parties)),
        "from": written(row["start"]),
        "to": None if row["end"] is None else written(row["end"]),
        "precision": row["precision"],
        "to_precision": row["end_precision"],
        "act": row["act"],
        "entry": row["entry"],
        "inherited": row["inherited"],
        "broken": len(claims) != 1 or row["ended"],
        "passing": row["end"] == row["start"],
        "known_from": row["known_from"],
        "known_until": row["known_until"],
    }


def needs(own: Sequence[Told], held: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each need that was spoken of by then: whether it is open, who answers for it, whom it was offered to."""
    open_ = {row["need"]: row for row in held if row["need"]}
    strands_ = {each.id: each for each in own if each.content.get("offers") is not None or each.id in open_}
    names = dict.fromkeys([*strands_, *open_])
    return [
        _need(name, strands_.get(name), open_.get(name)) for name in names if _is_need(strands_.get(name), name, open_)
    ]


def _is_need(each: Told | None, name: str, open_: dict[str, Any]) -> bool:
    """A strand in which something was handed over carries a need, unless it is the request or the case itself."""
    return name in open_ or (each is not None and each.kind not in ("help-request", "case", "visit-plan"))


def _need(name: str, told: Told | None, row: dict[str, Any] | None) -> dict[str, Any]:
    offers = [] if told is None else told.content.get("offers", [])
    return {
        "need_id": name,
        "kind": "" if told is None else told.kind,
        "state": "" if told is None else told.content.get("word", ""),
        "open": row is not None,
        "holders": [] if row is None else holders(row),
        "custody": None if row is None else stretch(row),
        "offers": [
            offer | {"at": written(offer["at"]), "answered_at": offer["answered_at"] and written(offer["answered_at"])}
            for offer in offers
        ],
    }


def money(own: Sequence[Told]) -> dict[str, dict[str, int]]:
    """What was approved, paid, returned, used and given in kind, in fen; what nobody could say is counted (INV-29)."""
    total: dict[str, dict[str, int]] = {}
    for each in own:
        for what, sums in each.content.get("money", {}).items():
            there = total.setdefault(what, {"fen": 0, "unknown": 0})
            there["fen"] += sums["fen"]
            there["unknown"] += sums["unknown"]
    return dict(sorted(total.items()))


def persons(look: Look, own: Sequence[Told], moment: Moment) -> list[dict[str, Any]]:
    """Whom the matter is about: the record it names, whom that record is shown as, and which records are the same (INV-39)."""
    named = sorted({s.partition("/")[2] for s in cited(own) if s.startswith("person/")})
    found = []
    for person in named:
        last, merged = shown_as(look, person, moment)
        same = {each.id for each in merged_into(look, {last}, moment)} | {last, person}
        found.append({
            "person_id": person,
            "shown_as": last,
            "records": sorted(same),
            "merged_by": merged,
        })  # fmt: skip
    return found


def shown_as(look: Look, person: str, moment: Moment) -> tuple[str, list[int]]:
    """Whom a record is shown as in the end, through any number of mergers, and the entries that say so."""
    seen: dict[str, int] = {}
    while person not in seen:
        told = strands(look, NOBODY, moment, [f"person/{person}"])
        into = told[0].content.get("shown_as") if told else None
        if not into:
            return person, list(seen.values())
        seen[person], person = told[0].entry, into
    return person, list(seen.values())
