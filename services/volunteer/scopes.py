"""Who stands in which way to what the volunteer service shows, and who may command it.

A task is seen by the station that gives it out, and by whoever was asked to go; whose need it is, by those who go, from
the assignment to the end. The roster is the station's; volunteers see themselves, and a team's leader his people.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts import volunteer as public
from services.contracts.visibility import CODED, opens, unit_of
from services.contracts.words import PARTY_KINDS
from services.kernel.message import Actor
from services.kernel.scope import Reach, Scope, Way, Where, through, within, within_code
from services.kernel.scope import names as named_by
from services.volunteer import view_tables as t
from services.volunteer.served import lies_in
from services.volunteer.standing import MADE, approvers, everything, who
from services.volunteer.views_tasks import SEARCHING

ORGANIZATIONS = ("partner", "team_leader")
NOBODY = UUID(int=0)


def names(column: sa.ColumnElement[Any], text: str) -> Where:
    """The party, or the id alone, names this id."""
    return named_by(column, text, *PARTY_KINDS)


def unit(actor: Actor) -> str:
    """The id of whom one works for."""
    return unit_of(actor.org)


def mine(actor: Actor) -> tuple[str, ...]:
    """As which parties somebody goes himself."""
    kinds = ("volunteer",) if actor.role == "volunteer" else ("worker", "person")
    return tuple(f"{kind}:{actor.id}" for kind in kinds)


def himself(actor: Actor) -> UUID:
    """The volunteer that a token is of."""
    try:
        return UUID(unit_of(actor.id))
    except ValueError:
        return NOBODY


def _made(table: sa.Table, actor: Actor) -> Where:
    return sa.or_(table.c.made_by == actor.id, table.c.kept_by == actor.org if actor.org else sa.false())


def _station(table: sa.Table, areas: tuple[str, ...], parties: tuple[str, ...]) -> Way:
    """It lies in the station's area, or is in the hands of one of its units, or was taken down by one."""

    def way(actor: Actor) -> Where:
        where = unit(actor)
        found = [lies_in(table.c[name], where) for name in areas]
        found += [lies_in(table.c[name], where, *CODED) for name in parties]
        found += [names(table.c[name], where) for name in parties if not where.isdecimal()]
        return sa.or_(*found, within_code(table.c["kept_by"], where, *CODED))

    return way


# --- tasks --------------------------------------------------------------------------------------------------------------


def _asked_to_go(actor: Actor, *states: str) -> Where:
    a = t.assignments.c
    goes = a.assignee.in_(mine(actor))
    return sa.and_(goes, a.state.in_(states)) if states else goes


def _goes(actor: Actor) -> Where:
    """One goes there: from the assignment to the end of the task."""
    bound = within(t.tasks.c.task_id, t.assignments.c.task_id, _asked_to_go(actor, "assigned"))
    return sa.and_(bound, t.tasks.c.state.not_in(("verified", "cancelled", "entered_in_error")))


def _as_party(volunteer_id: sa.ColumnElement[UUID]) -> sa.ColumnElement[str]:
    """A volunteer as assignments name him, bare: one database writes ids with dashes and another without."""
    return sa.literal("volunteer:") + sa.func.replace(sa.cast(volunteer_id, sa.String), "-", "")


def _bare(assignee: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    return sa.func.replace(assignee, "-", "")


def _team_goes(actor: Actor) -> Where:
    """Somebody of one's team was asked, or the team itself."""
    a, members = t.assignments.c, t.volunteer_teams.c
    of_team = sa.select(_as_party(members.volunteer_id)).where(names(members.team, unit(actor)))
    asked = sa.or_(names(a.assignee, unit(actor)), _bare(a.assignee).in_(of_team.scalar_subquery()))
    return within(t.tasks.c.task_id, a.task_id, asked)


def _task_own(actor: Actor) -> Where:
    """One gives it out, or one's unit has it; one was asked to go; a client's own is done for himself."""
    c = t.tasks.c
    if actor.role == "client":
        return c.person_id == himself(actor)
    asked = within(c.task_id, t.assignments.c.task_id, _asked_to_go(actor))
    if actor.role == "volunteer":
        return asked
    if actor.role in ORGANIZATIONS:
        return sa.or_(names(c.holder, unit(actor)), _team_goes(actor))
    held = [c.dispatcher.in_(mine(actor)), c.holder.in_(mine(actor)), names(c.holder, unit(actor))]
    return sa.or_(_made(t.tasks, actor), asked, *held)


def _open(actor: Actor) -> Where:
    return t.tasks.c.state.in_(SEARCHING)


def _taken_task(actor: Actor) -> Where:
    return names(t.tasks.c.holder, unit(actor))


WHOSE = dict.fromkeys(("matter_id", "case_id", "referral_id", "person_id", "holder", "owner"), "person")
"""What names the matter: for those who go, and for those who answer for it."""

TASK_WAYS: dict[str, Way] = {
    "all": everything, "station": _station(t.tasks, ("area",), ("holder",)), "own": _task_own, "assigned": _goes,
    "tasks": _station(t.tasks, ("area",), ("holder",)), "team": _team_goes, "taken": _taken_task, "open": _open,
}  # fmt: skip
TASKS = Scope(table=t.tasks, opens=opens, usual="codes", kinds=MADE | WHOSE, ways=TASK_WAYS)

ANSWERING = ("volunteer", *ORGANIZATIONS)


def _or_open(role: str, kind: str) -> frozenset[str]:
    """Whoever may go may say yes or no to what looks for people, without having been asked."""
    return opens(role, kind) | {"open"} if role in ANSWERING else opens(role, kind)


ANSWERABLE = Scope(table=t.tasks, opens=_or_open, usual="codes", ways=TASK_WAYS)


def _asked_or_seen(actor: Actor, command: type) -> Where | None:
    """Everything but an answer is for those who see the task."""
    answers = command in (public.AcceptTask, public.DeclineTask)
    return None if answers or actor.role not in ANSWERING else TASKS.rows(actor)


def _assigned_me(actor: Actor) -> Where:
    return t.assignments.c.assignee.in_(mine(actor))


_of_task = through(TASKS, "task_id", t.assignments.c.task_id)


def _own_assignment(actor: Actor) -> Where:
    """Volunteers see how they stand themselves, and nobody else."""
    return _assigned_me(actor) if actor.role == "volunteer" else _of_task["own"](actor)


ASSIGNMENTS = Scope(
    table=t.assignments, opens=opens, usual="codes", kinds={"matter_id": "person"},
    ways={name: way for name, way in _of_task.items() if name != "open"}
    | {"all": everything, "own": _own_assignment, "assigned": _assigned_me},
)  # fmt: skip


def _missed_here(actor: Actor) -> Where:
    """Those who did not come to a task of the station."""
    a = t.assignments.c
    here = within(a.task_id, t.tasks.c.task_id, TASKS.ways["station"](actor))
    return within(t.no_shows.c.assignee, a.assignee, here)


def _matter_station(actor: Actor) -> Where:
    return _station(t.matters, ("area",), ("owner",))(actor)


def _matter_own(actor: Actor) -> Where:
    owner = t.matters.c.owner
    return sa.or_(_made(t.matters, actor), owner.in_(mine(actor)), names(owner, unit(actor)))


MATTERS = Scope(
    table=t.matters, opens=opens, usual="codes", late=True,
    ways={
        "all": everything, "own": _matter_own, "station": _matter_station, "tasks": _matter_station,
        "taken": lambda actor: names(t.matters.c.owner, unit(actor)),
    },
)  # fmt: skip

# --- the roster ---------------------------------------------------------------------------------------------------------


def _volunteer_station(actor: Actor) -> Where:
    """Volunteers of the station's area, or registered there; whose area nobody knows is anybody's to ask."""
    return sa.or_(_station(t.volunteers, ("area",), ())(actor), t.volunteers.c.area.is_(None))


def _volunteer_own(actor: Actor) -> Where:
    v = t.volunteers.c
    return v.volunteer_id == himself(actor) if actor.role == "volunteer" else _made(t.volunteers, actor)


def _in_team(actor: Actor) -> Where:
    members = t.volunteer_teams.c
    return within(t.volunteers.c.volunteer_id, members.volunteer_id, names(members.team, unit(actor)))


VOLUNTEERS = Scope(
    table=t.volunteers, opens=opens, usual="roster", kinds=MADE,
    ways={"all": everything, "station": _volunteer_station, "own": _volunteer_own, "team": _in_team},
)  # fmt: skip


def _went(actor: Actor) -> Where:
    """Whom one knows oneself, or who went to a task of one's own: the organizing unit writes down what they gave."""
    mine = within(t.assignments.c.task_id, t.tasks.c.task_id, _task_own(actor))
    went = sa.select(_bare(t.assignments.c.assignee)).where(mine)
    here = _as_party(t.volunteers.c.volunteer_id).in_(went.scalar_subquery())
    return _volunteer_own(actor) if actor.role == "volunteer" else sa.or_(_volunteer_own(actor), here)


def _served(actor: Actor) -> Where:
    """A task of one's own; a volunteer's also those of his working hours, so that he hears why they earn him none."""
    a, v = t.assignments.c, t.volunteers.c
    on_duty = a.assignee.in_(sa.select(v.worker).where(v.volunteer_id == himself(actor)).scalar_subquery())
    own = _task_own(actor)
    return sa.or_(own, within(t.tasks.c.task_id, a.task_id, on_duty)) if actor.role == "volunteer" else own


SERVED = Scope(table=t.tasks, opens=opens, usual="codes", ways=dict(TASKS.ways) | {"own": _served})
"""Tasks as those stand to them who write down what was given."""

SERVING = Scope(table=t.volunteers, opens=opens, usual="roster", ways=dict(VOLUNTEERS.ways) | {"own": _went})
"""Volunteers as the unit stands to them for which they did something."""


FORGOTTEN = (t.volunteer_checks, t.volunteer_skills, t.volunteer_teams)
"""What is about the person who volunteers, and not about what was given."""


def _of_volunteer(table: sa.Table) -> Scope:
    """What stands beside an entry of the roster; of a volunteer who is forgotten nobody sees what he could and could not do."""
    found = through(VOLUNTEERS, "volunteer_id", table.c.volunteer_id)
    if table not in FORGOTTEN:
        return Scope(table=table, opens=opens, usual="roster", ways=found | {"all": everything})
    erased = sa.select(t.volunteers.c.volunteer_id).where(t.volunteers.c.state.in_(("leaving", "erased")))
    left = table.c.volunteer_id.not_in(erased.scalar_subquery())

    def known(way: Way) -> Way:
        return lambda actor: sa.and_(way(actor), left)

    return Scope(
        table=table, opens=opens, usual="roster", ways={n: known(w) for n, w in (found | {"all": everything}).items()}
    )


def _hours_own(actor: Actor) -> Where:
    h = t.hours.c
    if actor.role == "volunteer":
        return h.volunteer_id == himself(actor)
    return sa.or_(_made(t.hours, actor), names(h.organizer, unit(actor)))


_hours_of = through(VOLUNTEERS, "volunteer_id", t.hours.c.volunteer_id)
_hours_here = _station(t.hours, ("place_area",), ("organizer",))
HOURS = Scope(
    table=t.hours, opens=opens, usual="roster", kinds=MADE | {"matter_id": "person"},
    ways={
        "all": everything, "own": _hours_own, "team": _hours_of["team"],
        "station": lambda actor: sa.or_(_hours_here(actor), _hours_of["station"](actor)),
    },
)  # fmt: skip

# --- pairings -----------------------------------------------------------------------------------------------------------


def _paired(actor: Actor) -> Where:
    """One is a party of it, or one's unit is."""
    p, r = t.pairing_parties.c, t.pairings.c
    party = sa.or_(p.party.in_(mine(actor)), names(p.party, unit(actor)))
    return sa.or_(within(r.pairing_id, p.pairing_id, party), names(r.convener, unit(actor)))


def _pairing_own(actor: Actor) -> Where:
    r = t.pairings.c
    if actor.role in ORGANIZATIONS:
        return _paired(actor)
    held = sa.or_(r.holder.in_(mine(actor)), names(r.holder, unit(actor)))
    return sa.or_(_made(t.pairings, actor), held, _paired(actor))


PAIRINGS = Scope(
    table=t.pairings, opens=opens, usual="codes",
    kinds=MADE | dict.fromkeys(("matter_id", "case_id", "referral_id"), "person"),
    ways={
        "all": everything, "station": _station(t.pairings, (), ("holder", "convener")), "own": _pairing_own,
        "assigned": _paired, "taken": _paired,
    },
)  # fmt: skip


def _of_pairing(table: sa.Table) -> Scope:
    found = through(PAIRINGS, "pairing_id", table.c.pairing_id)
    return Scope(table=table, opens=opens, usual="codes", ways=found | {"all": everything})


def _clock_ways(table: sa.Table) -> dict[str, Way]:
    """As one sees the task; not by being asked to go, or by its looking for people."""
    found = through(TASKS, "task_id", table.c.task_id)
    return {"all": everything} | {name: found[name] for name in ("own", "station", "tasks")}


SCOPES: dict[sa.Table, Scope] = {
    t.tasks: TASKS,
    t.assignments: ASSIGNMENTS,
    t.alerts: Scope(
        table=t.alerts,
        opens=opens,
        usual="codes",
        kinds={"matter_id": "person"},
        ways={n: way for n, way in through(TASKS, "task_id", t.alerts.c.task_id).items() if n != "open"}
        | {"all": everything},
    ),
    t.no_shows: Scope(table=t.no_shows, opens=opens, usual="roster", ways={"all": everything, "station": _missed_here}),
    t.task_clocks: Scope(table=t.task_clocks, opens=opens, usual="codes", ways=_clock_ways(t.task_clocks)),
    t.overrides: Scope(
        table=t.overrides, opens=opens, usual="codes", kinds={"matter_id": "person"}, ways=_clock_ways(t.overrides)
    ),
    t.volunteers: VOLUNTEERS,
    t.volunteer_checks: _of_volunteer(t.volunteer_checks),
    t.volunteer_skills: _of_volunteer(t.volunteer_skills),
    t.volunteer_teams: _of_volunteer(t.volunteer_teams),
    t.statements: _of_volunteer(t.statements),
    t.stars: _of_volunteer(t.stars),
    t.hours: HOURS,
    t.pairings: PAIRINGS,
    t.pairing_parties: _of_pairing(t.pairing_parties),
    t.commitments: _of_pairing(t.commitments),
    t.pairing_reports: _of_pairing(t.pairing_reports),
}
"""Of each table that the volunteer service shows: who stands in which way to its rows."""


OF_MATTER = {"matter_id": MATTERS}
REACHES: dict[str, Reach] = {
    "task": Reach(
        scope=ANSWERABLE, near=_asked_or_seen, who=who, approvers=approvers, names={public.OpenTask: OF_MATTER}
    ),
    "volunteer": Reach(
        scope=VOLUNTEERS, who=who, approvers=approvers, names={public.MergeVolunteers: {"survivor_id": VOLUNTEERS}}
    ),
    "service-hours": Reach(
        scope=HOURS, who=who, approvers=approvers,
        names={public.RecordHours: {"volunteer_id": SERVING, "task_id": SERVED, "pairing_id": PAIRINGS}},
    ),
    "pairing": Reach(scope=PAIRINGS, who=who, approvers=approvers, names={public.FormPairing: OF_MATTER}),
}  # fmt: skip
"""Of each kind of aggregate: who may command it."""
