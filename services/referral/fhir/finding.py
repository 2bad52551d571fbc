"""Tasks and referrals found for whoever asks: rows by the scope of the moment, versions from the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts.fhir import id_of
from services.kernel.entrypoints import Hand
from services.kernel.errors import NotFound
from services.kernel.message import Actor
from services.kernel.stored import read_recorded
from services.referral.domain import referral
from services.referral.fhir import resources, searching
from services.referral.fhir.course import Course, Task, course_of
from services.referral.fhir.searching import Place, Search
from services.referral.scopes import OFFERS, REFERRALS
from services.referral.views import tables as t
from services.referral.views.asked import asked, rounds

Row = dict[str, Any]
AT_ONCE, MOST_LOOKED_AT, LEAST = 200, 2_000, 20


def known(key: str) -> UUID:
    """The id that stands in a path; NotFound where it is none."""
    found = id_of(key)
    if found is None:
        raise NotFound("nothing under this id")
    return found


@dataclass
class Found:
    """A Task with its versions, and its referral as whoever asks may see it."""

    course: Course
    row: Row
    versions: list[Task]

    @property
    def now(self) -> Task:
        """The Task as it is."""
        return self.versions[-1]

    def resource(self, version: Task | None = None) -> dict[str, Any]:
        """The Task as a resource."""
        return resources.task(version or self.now, self.row)


@dataclass
class Finder:
    """Looks for one who asks; what was read of a log is read once."""

    hand: Hand
    actor: Actor
    _courses: dict[UUID, Course] = field(default_factory=dict)
    _rows: dict[UUID, Row] = field(default_factory=dict)

    def task(self, key: str) -> Found:
        """One Task; NotFound where it is not, or not for this one."""
        task_id = known(key)
        anew = self.hand.look.one(rounds, task_id)
        offers = self.hand.look.run(
            OFFERS.select(self.actor).where(t.offers.c.offer_id == (anew["offer_id"] if anew else task_id))
        )
        if not offers:
            raise NotFound("no such Task")
        course = self.course(offers[0]["referral_id"])
        if task_id not in course.tasks:
            raise NotFound("no such Task")
        return Found(course, self.row(offers[0]["referral_id"]), course.tasks[task_id])

    def asking(self, key: str) -> list[dict[str, Any]]:
        """A referral in all its versions, as it may be seen."""
        row = self.row(known(key))
        return [resources.service_request(one, row) for one in self.course(row["referral_id"]).asking]

    def row(self, referral_id: UUID) -> Row:
        """A referral as it may be seen."""
        if referral_id not in self._rows:
            found = self.hand.look.run(REFERRALS.select(self.actor).where(t.referrals.c.referral_id == referral_id))
            if not found:
                raise NotFound("no such ServiceRequest")
            self._rows[referral_id] = found[0]
        return self._rows[referral_id]

    def course(self, referral_id: UUID) -> Course:
        """All versions of everything about a referral."""
        if referral_id not in self._courses:
            raws = self.hand.store.stream(f"{referral.DECIDER.name}/{referral_id}")
            self._courses[referral_id] = course_of(read_recorded(referral.DECIDER.event_types, raws))
        return self._courses[referral_id]

    def _read_together(self, referrals: set[UUID]) -> None:
        """What a page is about, in two looks and not in two for each."""
        fresh = referrals - self._rows.keys()
        found = (
            self.hand.look.run(REFERRALS.select(self.actor).where(t.referrals.c.referral_id.in_(fresh)))
            if fresh
            else []
        )
        self._rows |= {row["referral_id"]: row for row in found}
        wanted = referrals - self._courses.keys()
        raws = self.hand.store.streams([f"{referral.DECIDER.name}/{each}" for each in wanted]) if wanted else []
        log = groupby(read_recorded(referral.DECIDER.event_types, raws), lambda recorded: recorded.stream_id)
        self._courses |= {referral_id: course_of(events) for referral_id, events in log}

    def search(self, search: Search) -> tuple[list[Found], Place | None]:
        """One page, and where the next one begins; a page may be short where much was looked at in vain."""
        page: list[Found] = []
        looked, place = 0, search.after
        for row in self._candidates(search) if not search.is_ownerless else ():
            looked += 1
            if looked > MOST_LOOKED_AT:
                return page, place
            for number, found in enumerate(self._of_offer(row), 1):
                if _is_before(row, number, search.after) or not search.takes(found.now):
                    continue
                if len(page) == search.count:
                    return page, place
                page.append(found)
                place = Place(row["changed_at"], row["offer_id"], number)
            if _is_later(row, place):
                place = Place(row["changed_at"], row["offer_id"], len(self._of_offer(row)))
        return page, None

    def _of_offer(self, row: Row) -> list[Found]:
        course = self.course(row["referral_id"])
        mine = [versions for versions in course.tasks.values() if versions[0].offer_id == row["offer_id"]]
        return [Found(course, self.row(row["referral_id"]), versions) for versions in mine]

    def _candidates(self, search: Search) -> Iterator[Row]:
        query, key = self._query(search), (asked.c.changed_at, asked.c.offer_id)
        after: tuple[Any, Any] | None = (search.after.changed_at, search.after.offer_id) if search.after else None
        while True:
            wanted = query
            if after is not None:
                place = sa.tuple_(*(sa.literal(v, c.type) for v, c in zip(after, key, strict=True)))
                wanted = query.where(sa.tuple_(*key) >= place)
            rows = self.hand.look.run(wanted.order_by(*key).limit(AT_ONCE + 1))
            together = max(search.count + 1, LEAST)  # with the one that says whether there is another page
            for begin in range(0, min(len(rows), AT_ONCE), together):
                some = rows[begin : min(begin + together, AT_ONCE)]
                self._read_together({row["referral_id"] for row in some})
                yield from some
            if len(rows) <= AT_ONCE:
                return
            after = (rows[AT_ONCE]["changed_at"], rows[AT_ONCE]["offer_id"])

    def _query(self, search: Search) -> sa.Select[Any]:
        """Everything that might be wanted, by the views; what is, the log says."""
        o, r = t.offers.c, t.referrals.c
        joined = asked.join(t.offers, o.offer_id == asked.c.offer_id).join(t.referrals, r.referral_id == o.referral_id)
        query = sa.select(asked).select_from(joined).where(OFFERS.rows(self.actor))
        if search.since is not None:
            query = query.where(asked.c.changed_at >= search.since)
        if search.owner is not None:
            query = query.where(o.organization_id == search.owner)
        if search.focus is not None:
            query = query.where(o.referral_id == search.focus)
        if search.ids is not None:
            anew = sa.select(rounds.c.offer_id).where(rounds.c.round_id.in_(search.ids))
            query = query.where(sa.or_(o.offer_id.in_(search.ids), o.offer_id.in_(anew.scalar_subquery())))
        if (narrow := searching.states(search.statuses)) is not None:
            taken = sa.and_(o.state == "accepted", r.state.in_(narrow[1]))
            query = query.where(sa.or_(o.state.in_(narrow[0]), taken))
        return query


def _is_before(row: Row, number: int, after: Place | None) -> bool:
    """Whether a page before had it."""
    return (
        after is not None
        and (row["changed_at"], row["offer_id"]) == (after.changed_at, after.offer_id)
        and number <= after.taken
    )


def _is_later(row: Row, place: Place | None) -> bool:
    return place is None or (row["changed_at"], row["offer_id"]) != (place.changed_at, place.offer_id)
