"""Contacts with clients: each counts once for each client, however many workers were there (人次, and 人数 by person)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.audit.statistics.facts import Fact, day_of
from services.audit.statistics.rows import Family, Row, first_of, row

CONTACTS = ("case.service-delivered", "visit.made", "activity.attended")
CORRECTIONS = ("record.service-corrected", "record.visit-corrected")

STREAMS = {"service": "case", "visit": "visit-plan", "attendance": "activity"}
"""In which kind of stream a record of each kind stands."""


def corrected_in(fact: Fact) -> str | None:
    """The stream of the contact that a correction is about; None for what is no correction of one."""
    match fact.type:
        case "record.service-corrected":
            return f"case/{fact.event.case_id}"
        case "record.visit-corrected":
            return f"visit-plan/{fact.event.plan_id}"
        case "record.entered-in-error" if fact.event.kind in STREAMS:
            return f"{STREAMS[fact.event.kind]}/{fact.event.about_id}"
        case _:
            return None


def rows(facts: Sequence[Fact]) -> Iterable[Row]:
    """One `contact` for a service, a visit at which somebody was met, or a client at an activity; as corrected since."""
    fact = first_of(facts, *CONTACTS)
    if fact is None:
        return
    corrected = [each.event.now for each in facts if each.type in CORRECTIONS]
    event, said = fact.event, corrected[-1] if corrected else fact.event
    place = getattr(facts[0].event, "area", "") or ""
    match fact.type:
        case "case.service-delivered":
            day = fact.day if said.started is None else day_of(said.started)
            person = getattr(facts[0].event, "person_id", None)
            yield row(fact, "contact", fact.id, part="service", subject=person, day=day, place=place)
        case "visit.made" if said.result != "no_answer":
            yield row(fact, "contact", fact.id, part="visit", subject=event.person_id, day=event.on, place=place)
        case "activity.attended":
            yield row(fact, "contact", fact.id, part="activity", subject=event.person_id, place=place)
        case _:
            pass


FAMILY = Family(
    name="contact",
    types=frozenset(CONTACTS),
    by="event",
    rows=rows,
    errors=frozenset({"case.entered-in-error", "record.entered-in-error"}),
)
"""A person who is served for ten years has thousands of contacts: each is derived by itself, from the opening of its
stream, which says where it is and for whom."""
