"""The file of a matter: whose it is, who may consent for them, what they consented to, money, goods, who goes, who was told.

It is asked from the services that keep it, with the rights of whoever looks, each time it is opened: the console keeps
nothing of it. What somebody is called is shown only when asked for, and that is on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.console import acts
from services.console.acts.act import Subject
from services.console.hub import Hub
from services.console.pages.act import Link, name_of_act, path_of
from services.console.pages.matter import Model
from services.console.templating import Frame, render
from services.console.words import Words

Row = Mapping[str, Any]
MOST = 200
PURPOSES = ("casework", "visit", "contact", "referral", "supervision", "correction", "emergency", "request")
"""Why somebody at the station asks who a person is; the first is the usual one."""


@dataclass(frozen=True, kw_only=True)
class File:
    """What the services show of it; what they do not show is not there."""

    matter_id: UUID
    person: Row = field(default_factory=dict)
    identity: Row = field(default_factory=dict)
    groups: tuple[Row, ...] = ()
    guardians: tuple[Row, ...] = ()
    alike: tuple[Row, ...] = ()
    consents: tuple[Row, ...] = ()
    disclosures: tuple[Row, ...] = ()
    grants: tuple[Row, ...] = ()
    goods: tuple[Row, ...] = ()
    going: tuple[Row, ...] = ()
    promises: tuple[Row, ...] = ()


def rows(hub: Hub, service: str, path: str, **query: str) -> tuple[Row, ...]:
    """The rows of a list; none where it may not be seen."""
    answer = hub.get(service, path, **query)
    found = answer.body.get("items") if answer.ok and isinstance(answer.body, dict) else None
    return tuple(found or ())[:MOST]


def one(hub: Hub, service: str, path: str) -> Row:
    """One row; empty where it may not be seen."""
    answer = hub.get(service, path)
    return answer.body if answer.ok and isinstance(answer.body, dict) else {}


def person_of(hub: Hub, model: Model) -> str:
    """Whose matter it is, as its case or its request says; empty where nobody knows."""
    kinds = dict(entry.strand for entry in model.entries)
    for kind, path in (("case", "/cases"), ("help-request", "/help-requests"), ("visit-plan", "/visit-plans")):
        if kind in kinds and (found := one(hub, "intake", f"{path}/{kinds[kind]}").get("person_id")):
            return str(found)
    return ""


def promises(hub: Hub, model: Model) -> tuple[Row, ...]:
    """What was promised in the pairings of the matter: what is kept, what is open, and until when."""
    pairings = [strand.id for strand in model.story.strands.values() if strand.kind == "pairing"]
    return tuple(row for one in pairings for row in rows(hub, "volunteer", "/commitments", pairing_id=str(one)))


def gathered(hub: Hub, model: Model) -> File:
    """The file as it is now."""
    person_id, matter = person_of(hub, model), str(model.matter_id)
    money: dict[str, Any] = {
        "grants": rows(hub, "referral", "/grants", matter_id=matter),
        "goods": rows(hub, "referral", "/in-kind-support", matter_id=matter),
        "going": rows(hub, "volunteer", "/assignments", matter_id=matter),
        "promises": promises(hub, model),
    }
    if not person_id:
        return File(matter_id=model.matter_id, **money)
    return File(
        matter_id=model.matter_id, person=one(hub, "intake", f"/persons/{person_id}"),
        groups=tuple(row for row in rows(hub, "intake", "/client-groups", person_id=person_id) if not row.get("until")),
        guardians=rows(hub, "intake", "/guardians", person_id=person_id),
        alike=rows(hub, "intake", "/duplicates", person_id=person_id, state="suspected"),
        consents=rows(hub, "intake", "/consents", person_id=person_id),
        disclosures=rows(hub, "intake", "/disclosures", person_id=person_id), **money,
    )  # fmt: skip


def links(file: File, kind: str, row: Row, role: str, words: Words) -> list[Link]:
    """What can be done with one row of the file now."""
    ident = row.get(f"{kind}_id")
    if not ident:
        return []
    subject = Subject(kind=kind, id=UUID(str(ident)), state=str(row.get("state")))
    possible = [each for each in acts.offered(subject, role) if each.possible]
    return [
        Link(name=name_of_act(each.act, words), path=path_of(file.matter_id, subject, each.act), main=each.act.main)
        for each in possible
    ]


def listed(value: Any) -> list[str]:
    """Several codes in one column."""
    return value.replace(",", " ").split() if isinstance(value, str) else [str(each) for each in value or ()]


def yuan(fen: Any) -> str:
    """An amount as people write it; an unknown one as a dash."""
    return "–" if fen is None else f"{int(fen) / 100:,.2f}"


def _parts(file: File, frame: Frame, role: str) -> dict[str, object]:
    def found(kind: str, row: Row) -> list[Link]:
        return links(file, kind, row, role, frame.words)

    return {"purposes": PURPOSES, "f": file, "links": found, "listed": listed, "yuan": yuan}


def fragment(file: File, frame: Frame, role: str) -> str:
    """The file, to be put into the matter's page."""
    return render("_file.html", frame, **_parts(file, frame, role))


def page(file: File, frame: Frame, role: str) -> str:
    """The file as a page of its own."""
    return render("file.html", frame, **_parts(file, frame, role))
