"""Who changes what of the directory: every command of it, in every role, of one's own station and of another's.

What is expected is read off the table of the language (`visibility.KEEPING`); what is found comes from the statement that
is asked before each command.
"""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.contracts import referral as public
from services.contracts.visibility import keeps
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints.asking import Asking
from services.kernel.errors import HubError, NotAllowed
from services.kernel.message import Actor
from services.kernel.scope import Reach
from services.referral.keeping import REACHES
from services.referral.views import staff_tables as s
from services.referral.views import tables as t
from tests.service.referral.shelf import Shelf
from tests.unit.test_scopes import entrypoints

HERE, THERE = "220104004", "220105002"
STREET, POINT, OTHERS, TEAM, LOTUS = (UUID(int=n) for n in range(201, 206))
ENTERED = {"here": HERE, "there": THERE}


def key(kind: str, where: str) -> UUID:
    """The thing of this kind that is of the one station or of the other."""
    return UUID(int=300 + list(TABLES).index("organization" if kind == "mailing" else kind) * 2 + (where == "there"))


TABLES: dict[str, sa.Table] = {
    "training": s.trainings, "project": s.projects, "cooperation-agreement": t.agreements, "staff": s.staff,
    "station": s.stations, "organization": t.organizations, "offering": t.offerings,
}  # fmt: skip
KEPT = {"cooperation-agreement": "agreement", "mailing": "organization"}
"""An organization's mails are the organization's: the stream has its id."""


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    """Two streets' stations, the first with a point; and of each kind something of the one and of the other."""
    made = Shelf()
    rows: list[tuple[sa.Table, dict[str, Any]]] = []
    for where, code in ENTERED.items():
        station = key("station", where)
        rows += [
            (s.stations, {"station_id": station, "code": where, "party": f"community:{code}", "state": "open"}),
            (
                s.staff,
                {"staff_id": key("staff", where), "employer": "organization:lotus", "worker": f"worker:w-{where}"},
            ),
            (s.posts, {"post_id": station, "staff_id": key("staff", where), "station_id": station, "state": "held"}),
            (t.organizations, {"organization_id": key("organization", where), "kept_by": code, "code": where}),
            (t.offerings, {"offering_id": key("offering", where), "organization_id": key("organization", where)}),
        ]
        rows += [
            (TABLES[kind], {next(iter(TABLES[kind].primary_key)).name: key(kind, where), "kept_by": code})
            for kind in ("training", "project", "cooperation-agreement")
        ]
    with made.engine.begin() as connection:
        for table, row in rows:
            connection.execute(table.insert(), [row])
    return made


COMMANDS = [e for e in entrypoints("referral", Asking) if e.of.name in REACHES]
ROLES_ASKED = [(e, role) for e in COMMANDS for role in e.roles]


def tried(reach: Reach, shelf: Shelf, actor: Actor, command: Any, about: UUID | None) -> HubError | None:
    """What stands against a command before it is decided."""
    try:
        for look in reach.looks(actor, command, None if about is None else (about,)):
            look.check(shelf.run(look.statement), type(command))
        reach.hears(actor, command)
    except HubError as no:
        return no
    return None


class Command:
    """Of a command nothing but its kind: what it says is tried below."""

    def __new__(cls, kind: type) -> Any:
        return object.__new__(kind)


@pytest.mark.parametrize(
    ("asking", "role"),
    [(e, role) for e, role in ROLES_ASKED if "{id}" in e.path],
    ids=lambda x: getattr(x, "command", type(x)).__name__ if not isinstance(x, str) else x,
)
def test_a_station_changes_what_is_its_own_and_nobody_elses(shelf: Shelf, asking: Asking, role: str) -> None:
    """Whose own it is, is told him who may see it and not change it: the directory is no secret."""
    kind = asking.of.name
    ways, own = keeps(role, KEPT.get(kind, kind)), role in ("partner", "team_leader")
    for where in ENTERED:
        org = f"team:{key('organization', 'here')}" if own else HERE
        here = where == "here" and bool(ways & {"own", "station"})
        reach = REACHES[kind]
        statement_only = Reach(scope=reach.scope, near=reach.near, who=reach.who)
        no = tried(statement_only, shelf, Actor(id="x", role=role, org=org), Command(asking.command), key(kind, where))
        assert (no is None) is ("all" in ways or here), (where, no)
        assert no is None or (isinstance(no, NotAllowed) and no.elsewhere and role in no.roles)


PLACE, ELSEWHERE = public.ServedPlace(code=HERE, edition="nbs-2023"), public.ServedPlace(code=THERE, edition="nbs-2023")
SAID: list[tuple[Any, bool]] = [
    (public.OpenStation(kind="station", code="a", party=f"community:{HERE}", places=(PLACE,)), True),
    (public.OpenStation(kind="station", code="a", party=f"community:{THERE}"), False),
    (public.OpenStation(kind="point", code="a", party=f"community:{HERE}001", places=(ELSEWHERE,)), False),
    (public.OpenStation(kind="point", code="a", party=f"community:{HERE}001", parent_id=key("station", "here")), True),
    (public.OpenStation(kind="point", code="a", party=f"community:{HERE}001", parent_id=key("station", "there")), False),
    (public.RegisterStaff(code="w-1", employer=f"community:{HERE}001"), True),
    (public.RegisterStaff(code="w-1", employer=f"community:{THERE}"), False),
    (public.StartProject(code="p", operator="organization:lotus", commissioner="unknown", level="city"), True),
    (public.StartProject(code="p", operator=f"community:{THERE}", commissioner="unknown", level="city"), False),
    (public.SignAgreement(parties=(f"community:{HERE}", "university:nenu"), purpose_codes=("training",)), True),
    (public.SignAgreement(parties=(f"community:{THERE}", "university:nenu"), purpose_codes=("training",)), False),
    (public.PublishOffering(organization_id=key("organization", "here"), service_codes=("goods",)), True),
    (public.PublishOffering(organization_id=key("organization", "there"), service_codes=("goods",)), False),
]  # fmt: skip


@pytest.mark.parametrize(("command", "may"), SAID, ids=lambda x: type(x).__name__)
def test_nobody_enters_anything_in_the_name_of_another_station(shelf: Shelf, command: Any, may: bool) -> None:
    """Nor does anybody take a place: who answers for it sees its requests."""
    reach = next(REACHES[e.of.name] for e in COMMANDS if e.command is type(command))
    for role in ("coordinator", "station_head"):
        no = tried(reach, shelf, Actor(id="x", role=role, org=HERE), command, None)
        assert (no is None) is may, no
        assert no is None or (isinstance(no, NotAllowed) and no.elsewhere)
    assert tried(reach, shelf, Actor(id="x", role="administrator", org=""), command, None) is None


@pytest.mark.parametrize("place", [ELSEWHERE, public.ServedPlace(code="cc-xinqu")])
def test_a_station_takes_no_place_that_lies_outside_its_code(shelf: Shelf, place: public.ServedPlace) -> None:
    command = public.ChangeStationArea(places=(PLACE, place), reason_code="redrawn")
    reach, here = REACHES["station"], key("station", "here")
    assert isinstance(tried(reach, shelf, Actor(id="x", role="station_head", org=HERE), command, here), NotAllowed)
    assert tried(reach, shelf, Actor(id="x", role="administrator", org=""), command, here) is None


def test_a_worker_takes_a_post_at_ones_own_station_alone(shelf: Shelf) -> None:
    at = {where: public.TakePost(role="grid_worker", station_id=key("station", where)) for where in ENTERED}
    head = Actor(id="x", role="station_head", org=HERE)
    assert tried(REACHES["staff"], shelf, head, at["here"], key("staff", "here")) is None
    assert isinstance(tried(REACHES["staff"], shelf, head, at["there"], key("staff", "here")), NotAllowed)


def test_an_id_that_begins_like_another_is_another(shelf: Shelf) -> None:
    """The hole of the prefix: organization 1 is not organization 12, whose id begins with its own (org-1, org-12)."""
    with shelf.engine.begin() as connection:
        for number, org in ((1, "organization:org-1"), (2, "organization:org-12")):
            connection.execute(t.agreements.insert(), [{"agreement_id": UUID(int=400 + number), "kept_by": org}])
    reach, command = REACHES["cooperation-agreement"], Command(public.EndAgreement)
    for role in (role for role in STATION_ROLES):
        one = Actor(id="x", role=role, org="organization:org-1")
        assert tried(reach, shelf, one, command, UUID(int=401)) is None
        assert isinstance(tried(reach, shelf, one, command, UUID(int=402)), NotAllowed)


def test_an_organization_publishes_what_it_takes_itself_and_nobody_elses(shelf: Shelf) -> None:
    for role in ("partner", "team_leader"):
        actor = Actor(id="x", role=role, org=f"team:{key('organization', 'here')}")
        own, others = (
            public.PublishOffering(organization_id=key("organization", where), service_codes=("goods",))
            for where in ("here", "there")
        )
        assert tried(REACHES["offering"], shelf, actor, own, None) is None
        assert isinstance(tried(REACHES["offering"], shelf, actor, others, None), NotAllowed)
