"""Reading what a worker is called: for few, for a purpose, and always on record (INV-33)."""

from uuid import UUID

from services.contracts import referral as public
from services.kernel.message import Actor
from services.referral.domain import staff
from services.referral.domain.staffing import Staffing
from services.referral.lookup_staff import STAFF_FACTS
from services.referral.views import staff_tables as tables
from tests.service.referral.shelf import Shelf
from tests.support.spec import Spec
from tests.unit.referral.test_staff import GONE, PARTY, REGISTERED, WORKER
from tests.unit.referral.test_stations import OPENED, POINT, STREET

workers = Spec(staff.DECIDER)
READ = public.ReadStaffIdentity(why="contact")
AT = Staffing(itself=WORKER, units=("organization:lotus", "community:220104004001", "community:220104004"))


def read(actor: Actor) -> public.StaffIdentityRead:
    """This one read it."""
    return public.StaffIdentityRead(
        staff_id=WORKER, reader=actor.id, reader_role=actor.role, why="contact", reader_org=actor.org or None
    )


def refused(actor: Actor) -> public.StaffIdentityReadRefused:
    """This one tried."""
    return public.StaffIdentityReadRefused(
        staff_id=WORKER, reader=actor.id, reader_role=actor.role, why="contact", reader_org=actor.org or None
    )


def test_who_keeps_the_directory_of_a_unit_of_theirs_reads_it_and_that_is_on_record():
    """INV-33: each time anew."""
    for org in ("220104004", "220104004001", "organization:lotus"):
        head = Actor(id="w-01", role="station_head", org=org)
        workers.given(REGISTERED, read(head)).when(READ, facts=AT, actor=head).then(read(head))


def test_the_worker_reads_what_is_kept_of_himself():
    himself = Actor(id=PARTY.removeprefix("worker:"), role="grid_worker", org="220105002")
    workers.given(REGISTERED).when(READ, facts=AT, actor=himself).then(read(himself))


def test_another_station_a_colleague_and_an_auditor_alone_are_refused_on_record():
    for actor in (
        Actor(id="w-02", role="coordinator", org="220105002"),
        Actor(id="w-03", role="grid_worker", org="220104004001"),
        Actor(id="a-01", role="auditor", org=""),
    ):
        workers.given(REGISTERED).when(READ, facts=AT, actor=actor).then(refused(actor))
    auditor, second = Actor(id="a-01", role="auditor", org=""), Actor(id="w-9", role="station_head", org="220104004")
    workers.given(REGISTERED).when(READ, facts=AT, actor=auditor, approver=second).then(read(auditor))


def test_of_one_who_has_left_it_is_read_on_record_too_and_a_purpose_is_named():
    keeper = Actor(id="x", role="coordinator", org="220104004")
    workers.given(REGISTERED, GONE).when(READ, facts=AT, actor=keeper).then(read(keeper))
    workers.given(REGISTERED).when(public.ReadStaffIdentity(why="because"), actor=keeper).then_refused("unknown-code")


def test_for_whom_they_work_is_their_employer_and_the_stations_of_their_posts_with_those_above():
    shelf, post = Shelf(), public.PostTaken(staff_id=WORKER, post_id=UUID(int=65), role="grid_worker", station_id=POINT)
    shelf.play(STREET, OPENED)
    shelf.play(
        POINT, public.StationOpened(station_id=POINT, kind="point", code="p", party="community:1001", parent_id=STREET)
    )
    shelf.play(WORKER, REGISTERED, post)
    found = STAFF_FACTS[public.ReadStaffIdentity](READ, WORKER, shelf)
    assert found.units == (REGISTERED.employer, "community:1001", OPENED.party)
    shelf.play(WORKER, read(Actor(id="w-1", role="station_head", org="220104004")))
    assert [(row["reader"], row["allowed"]) for row in shelf.all(tables.staff_reads, staff_id=WORKER)] == [
        ("w-1", True)
    ]
