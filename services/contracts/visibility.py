"""Who may see what: the one table from which every service takes what it shows to whom, and the tests what they expect.

A row is a role, a column a kind of information, a cell the ways in which somebody of that role must stand to a thing in
order to see that kind of it. What a cell does not name is not seen. A way followed by `+reason` is seen for a reason that
is given and kept; by `+named` by those who are named for it; by `+approver` when a second person has approved, by an act
of his own. `aggregates` means figures in which nobody can be told apart.

The ways: `own` (one answers for it, is it, or works where it lies), `station` (it lies within the station), `tasks` (it is
work of the station that is given out), `assigned` (one goes there), `team` (somebody of one's team goes there), `open`
(it looks for people), `asked` (it was offered to one's organization), `took` (the organization took it on, whatever
became of it), `taken` (it holds it still, and what that stands on stands), `all`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from services.contracts.words import ROLES, STATION_ROLES
from services.kernel.contract import about

Kind = Literal[
    "codes", "summary", "course", "person", "identity", "narrative", "child", "money", "directory", "roster", "ledger"
]
How = Literal["", "reason", "named", "approver"]

KINDS: dict[Kind, tuple[str, str]] = {
    "codes": ("代码与状态", "codes and states"),
    "summary": ("去标识摘要", "the de-identified summary of a need"),
    "course": ("承接后的经过", "who took a need on, who else was asked, and what became of it"),
    "person": ("服务对象的代号", "the pseudonymous reference of the person"),
    "identity": ("身份与联系方式", "who the person is, and how to reach them"),
    "narrative": ("叙述与健康", "what was told, and health"),
    "child": ("未成年人保护", "child protection and safeguarding"),
    "money": ("款物", "amounts and values"),
    "directory": ("机构名录", "what organizations publish about themselves"),
    "roster": ("志愿者名册", "volunteers and their records"),
    "ledger": ("账本", "the ledger as it is kept: gaps, checks, who looked"),
}
"""The kinds of information, in Chinese and English. The last three are no person's who is served."""

MATRIX: dict[str, dict[Kind, str]] = {
    "worker": {
        "codes": "own assigned asked took taken", "summary": "own assigned asked took taken",
        "course": "own assigned took", "person": "own assigned taken",
        "identity": "own+reason assigned+reason taken+reason", "narrative": "own+reason", "child": "own+named",
        "money": "own", "directory": "all", "roster": "station",
    },
    "supervisor": {
        "codes": "own assigned asked took taken", "summary": "own assigned asked took taken",
        "course": "own assigned took", "person": "own assigned taken",
        "identity": "own+reason assigned+reason taken+reason", "narrative": "own+reason", "child": "own+named",
        "money": "own", "directory": "all", "roster": "station",
    },
    "grid_worker": {
        "codes": "own assigned asked took taken", "summary": "own assigned asked took taken",
        "course": "own assigned took", "person": "own assigned taken",
        "identity": "own+reason assigned+reason taken+reason", "narrative": "own+reason", "child": "own+named",
        "money": "own", "directory": "all", "roster": "station",
    },
    "coordinator": {
        "codes": "own station assigned asked took taken", "summary": "own station assigned asked took taken",
        "course": "own station assigned took",
        "person": "own station assigned taken", "identity": "own+reason station+reason assigned+reason taken+reason",
        "narrative": "own+reason station+reason", "child": "station+named", "money": "own station", "directory": "all",
        "roster": "station",
    },
    "station_head": {
        "codes": "own station assigned asked took taken", "summary": "own station assigned asked took taken",
        "course": "own station assigned took",
        "person": "own station assigned taken", "identity": "own+reason station+reason assigned+reason taken+reason",
        "narrative": "own+reason station+reason", "child": "station+named", "money": "own station", "directory": "all",
        "roster": "station",
    },
    "dispatcher": {
        "codes": "tasks assigned", "summary": "tasks assigned", "course": "tasks assigned",
        "person": "tasks assigned", "identity": "assigned+reason",
        "directory": "all", "roster": "station",
    },
    "volunteer": {
        "codes": "own assigned", "summary": "own assigned open", "person": "assigned", "identity": "assigned+reason",
        "narrative": "assigned+reason", "roster": "own",
    },
    "team_leader": {
        "codes": "own asked took taken team", "summary": "own asked took taken team", "course": "own took team",
        "person": "taken", "identity": "taken+reason",
        "narrative": "taken+reason", "money": "own", "directory": "all", "roster": "own team",
    },
    "partner": {
        "codes": "own asked took taken", "summary": "own asked took taken", "course": "own took",
        "person": "taken", "identity": "taken+reason",
        "narrative": "taken+reason", "money": "own", "directory": "all", "roster": "own",
    },
    "commissioner": {"codes": "aggregates", "money": "aggregates"},
    "auditor": {
        "codes": "all", "summary": "all", "course": "all",
        "person": "all", "identity": "all+approver", "narrative": "all+approver",
        "child": "all+approver", "money": "all", "directory": "all", "roster": "all", "ledger": "all",
    },
    "administrator": {"directory": "all"},
    "client": {
        "codes": "own", "summary": "own", "course": "own", "person": "own", "identity": "own+reason", "narrative": "own+reason",
        "money": "own",
    },
    "service": dict.fromkeys(KINDS, "all"),
}  # fmt: skip
"""After 4.7 of the domain's rules: what is not written is not seen. A service of the hub sees what it has to process."""

Kept = Literal["station", "staff", "training", "project", "organization", "agreement", "offering"]

_STATION_KEEPER = {
    "station": "station", "staff": "station", "training": "station", "project": "station", "organization": "station own",
    "agreement": "station", "offering": "station own",
}  # fmt: skip
_AT_A_STATION = {
    "training": "station", "project": "station", "organization": "station own", "agreement": "station",
    "offering": "station own",
}  # fmt: skip

KEEPING: dict[str, dict[str, str]] = {
    "coordinator": _STATION_KEEPER,
    "station_head": _STATION_KEEPER,
    "worker": _AT_A_STATION,
    "grid_worker": _AT_A_STATION,
    "dispatcher": _AT_A_STATION,
    "supervisor": _AT_A_STATION,
    "partner": {"offering": "own"},
    "team_leader": {"offering": "own"},
    "administrator": dict.fromkeys(get_args(Kept), "all"),
    "service": dict.fromkeys(get_args(Kept), "all"),
}
"""Who may change what of the directory, and how he must stand to it: `station`, it is of his own station, its points and
grids, or was entered by them; `own`, it is his own organization. The directory is read by everybody who works with it,
and each station keeps its own; which paths a role may come to at all, the paths say."""

APPROVERS: dict[str, tuple[str, ...]] = {
    "": ("supervisor", "station_head", "coordinator"),
    "unseal": ("auditor", "station_head"),
    "unseal-child": ("station_head", "supervisor"),
}
"""Who may be the second person: of a grave act at a station, of an auditor who unseals, and of one who unseals a child's."""


BOUND = frozenset({*STATION_ROLES, "partner", "team_leader", "commissioner"})
"""The roles in which somebody acts for a station or an organization: a token in one of them names which, or is none.

A volunteer and a client speak for themselves, an auditor and an administrator for the whole hub, a service for itself.
"""

CODED = ("community", "authority")
"""The kinds of parties whose ids are area codes, which lie within one another."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One way in which something is seen, and what it takes."""

    way: str
    how: How = ""


@cache
def cell(role: str, kind: Kind) -> tuple[Seen, ...]:
    """A cell of the table, read."""
    written = MATRIX.get(role, {}).get(kind, "")
    return tuple(_seen(*part.partition("+")) for part in written.split())


def _seen(way: str, _: str, how: str) -> Seen:
    hows: dict[str, How] = {"": "", "reason": "reason", "named": "named", "approver": "approver"}
    return Seen(way, hows[how])


@cache
def opens(role: str, kind: str) -> frozenset[str]:
    """The ways in which a role sees a kind of information with nothing more asked for."""
    return frozenset(seen.way for seen in cell(role, kind) if not seen.how)


@cache
def keeps(role: str, kept: str) -> frozenset[str]:
    """The ways in which a role may change what is kept."""
    return frozenset(KEEPING.get(role, {}).get(kept, "").split())


@cache
def ways(role: str, kind: Kind, how: How) -> frozenset[str]:
    """The ways in which a role sees a kind of information where this is asked for."""
    return frozenset(seen.way for seen in cell(role, kind) if seen.how == how)


def readers(*kinds: Kind) -> tuple[str, ...]:
    """The roles that see any of these kinds in any way, save as figures."""
    return tuple(role for role in ROLES if any(seen.way != "aggregates" for kind in kinds for seen in cell(role, kind)))


def is_restricted(event: type) -> bool:
    """Whether an event is for named readers alone (INV-11)."""
    return bool(about(event).get("restricted"))


def lies_within(place: str, org: str) -> bool:
    """Whether a place, or the id of a unit, is that of an organization or, by their area codes, lies within its area."""
    where = unit_of(org)
    return where != "" and (place.startswith(where) if where.isascii() and where.isdecimal() else place == where)


def unit_of(org: str) -> str:
    """The id of whom somebody works for, without its kind: an area code, or an organization's id."""
    return org.rpartition(":")[2]
