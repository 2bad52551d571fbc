"""Whenever an organization is suspended or leaves: what it promised goes back to who gave it, and it sends nobody. Pure.

People of a team go in its name: it has trained and insured them, and answers for them. So whoever belongs to no other
organization that may act is replaced; whoever is there already finishes, for nobody is left alone at somebody's door.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from services.contracts import referral
from services.contracts.volunteer import CancelAssignment, EndPairing
from services.contracts.words import Party
from services.kernel.manifest import Do, Look
from services.volunteer.domain import pairing, task
from services.volunteer.view_tables import assignments, barred, pairing_parties, pairings, tasks, volunteer_teams

LEFT = "organization-left"


def on_organization(event: referral.OrganizationSuspended | referral.OrganizationRetired, look: Look) -> list[Do]:
    """Its pairings end, and its people go nowhere: nothing is held by one who may not act (INV-43)."""
    if event.party is None:
        return []
    return [*_pairings_end(event.party, look), *_people_stay(event.party, look)]


def _pairings_end(party: Party, look: Look) -> Iterable[Do]:
    theirs = (
        sa.select(pairings.c.pairing_id)
        .join(pairing_parties, pairing_parties.c.pairing_id == pairings.c.pairing_id)
        .where(pairing_parties.c.party == party, pairings.c.state != "ended")
        .distinct()
        .order_by(pairings.c.pairing_id)
    )
    end = EndPairing(result="broken_off", reason_code=LEFT)
    return [Do(pairing.DECIDER, row["pairing_id"], end) for row in look.run(theirs)]


def _people_stay(party: Party, look: Look) -> Iterable[Do]:
    """The dispatcher answers again for the tasks of those for whom nobody else does, and others are asked at once."""
    members = [row["volunteer_id"] for row in look.all(volunteer_teams, team=party)]
    alone = [one for one in members if not _others(one, party, look)]
    bound = (
        sa.select(tasks.c.task_id, assignments.c.assignee)
        .join(assignments, tasks.c.task_id == assignments.c.task_id)
        .where(assignments.c.assignee.in_([f"volunteer:{one}" for one in alone]), assignments.c.state == "assigned",
               tasks.c.state == "assigned")
        .order_by(tasks.c.task_id, assignments.c.assignee)
    )  # fmt: skip
    once = {row["task_id"]: row["assignee"] for row in look.run(bound)}
    return [Do(task.DECIDER, one, CancelAssignment(assignee=who, reason_code=LEFT)) for one, who in once.items()]


def _others(volunteer_id: UUID, party: Party, look: Look) -> bool:
    """Whether one belongs to another organization that may act."""
    gone = {row["party"] for row in look.all(barred)} | {party}
    return any(row["team"] not in gone for row in look.all(volunteer_teams, volunteer_id=volunteer_id))


def nobody_answers(volunteer_ids: Iterable[UUID], look: Look) -> frozenset[UUID]:
    """Those of them whose organizations may all not act; whoever belongs to none goes for the station itself."""
    return frozenset(volunteer_ids) & sent_by_nobody(look)


def sent_by_nobody(look: Look) -> frozenset[UUID]:
    """Everybody whose organizations may all not act."""
    gone = [row["party"] for row in look.all(barred)]
    if not gone:
        return frozenset()
    team, who = volunteer_teams.c.team, volunteer_teams.c.volunteer_id
    elsewhere = sa.select(who).where(team.not_in(gone))
    theirs = sa.select(who).where(team.in_(gone), who.not_in(elsewhere)).distinct()
    return frozenset(row["volunteer_id"] for row in look.run(theirs))
