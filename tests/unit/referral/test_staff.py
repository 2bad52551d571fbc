"""Workers: several posts in one person, certificates as dated facts, supervision, and leaving with nothing left behind."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid5

import pytest

from services.contracts import referral as public
from services.referral.domain import staff
from services.referral.domain.staff_state import years_after
from services.referral.domain.staffing import Staffing, StationFact
from services.referral.staffing import certified_on
from tests.support.spec import Spec

WORKER, POINT = UUID(int=64), UUID(int=62)
PARTY = "worker:w-07"
workers = Spec(staff.DECIDER)

REGISTER = public.RegisterStaff(code="w-07", employer="community:220104004")
REGISTERED = public.StaffRegistered(staff_id=WORKER, code="w-07", worker=PARTY, employer="community:220104004")
NEW = Staffing(itself=WORKER)
AT_THE_POINT = Staffing(station=StationFact(station_id=POINT, kind="point", state="open"))


def took(role: str) -> public.PostTaken:
    """A post at the point, taken by the command with the ordinary id."""
    return public.PostTaken(staff_id=WORKER, post_id=uuid5(UUID(int=1), "post"), role=role, station_id=POINT)


def test_a_name_is_sealed_and_an_event_holds_ids():
    sealed = ("A" * 43, "B" * 43)
    workers.given().when(REGISTER, facts=NEW, sealed=sealed).then(replace(REGISTERED, sealed=sealed))
    workers.given(REGISTERED).when(REGISTER, facts=NEW).then_nothing()


def test_two_people_do_not_share_a_code():
    workers.given().when(REGISTER, facts=replace(NEW, taken=True)).then_refused("code-taken")


def test_one_person_is_grid_worker_and_social_worker_at_once():
    """R6: 朱禹涵 is both; which one acts, the act says (H15)."""
    grid, post = took("grid_worker"), public.TakePost(role="station_worker", station_id=POINT)
    workers.given(REGISTERED, grid).when(post, facts=AT_THE_POINT).then(took("station_worker"))
    workers.given(REGISTERED, grid, took("station_worker")).when(post, facts=AT_THE_POINT).then_nothing()


def test_a_post_is_at_a_station_that_is_there_and_in_a_role_that_the_table_has():
    post = public.TakePost(role="station_head", station_id=POINT)
    workers.given(REGISTERED).when(post, facts=Staffing()).then_refused("station-unknown")
    closed = Staffing(station=StationFact(station_id=POINT, kind="point", state="closed"))
    workers.given(REGISTERED).when(post, facts=closed).then_refused("station-unknown")
    workers.given(REGISTERED).when(replace(post, role="king"), facts=AT_THE_POINT).then_refused("unknown-code")


def test_a_post_is_left_and_the_others_are_kept():
    grid = took("grid_worker")
    leave = public.LeavePost(post_id=grid.post_id, reason_code="moved-post")
    left = public.PostLeft(staff_id=WORKER, post_id=grid.post_id, reason_code="moved-post")
    workers.given(REGISTERED, grid).when(leave).then(left)
    workers.given(REGISTERED, grid, left).when(leave).then_nothing()
    workers.given(REGISTERED).when(leave).then_refused("post-unknown")


# --- certificates ---------------------------------------------------------------------------------------------------

CERTIFY = public.RecordCertificate(level="assistant", registered_on=date(2021, 7, 1))
CERTIFIED = public.StaffCertified(
    staff_id=WORKER, certificate_id=uuid5(UUID(int=1), "certificate"), level="assistant", table_version="2022",
    valid_from=date(2021, 7, 1), valid_until=date(2024, 6, 30),
)  # fmt: skip


def test_a_certificate_is_valid_three_years():
    workers.given(REGISTERED).when(CERTIFY).then(CERTIFIED)
    workers.given(REGISTERED, CERTIFIED).when(CERTIFY).then_nothing()


def test_days_that_nobody_knows_stay_unknown():
    """INV-29."""
    undated = replace(CERTIFIED, valid_from=None, valid_until=None)
    workers.given(REGISTERED).when(replace(CERTIFY, registered_on=None)).then(undated)


def test_a_certificate_does_not_end_before_it_begins():
    wrong = replace(CERTIFY, valid_until=date(2020, 1, 1))
    workers.given(REGISTERED).when(wrong).then_refused("validity-wrong")


def test_three_years_from_a_leap_day_end_on_the_last_of_february():
    assert years_after(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert years_after(date(2021, 7, 1), 3) == date(2024, 6, 30)


def holders(number: int, since: date | None = date(2021, 7, 1), until: date | None = date(2024, 6, 30)):
    """Certificates of the first so many workers."""
    return {UUID(int=n): ({"valid_from": since, "valid_until": until},) for n in range(1, number + 1)}


STREET = [UUID(int=n) for n in range(1, 62)]


def test_the_seeds_rate_is_thirty_two_of_sixty_one():
    """街道社工61人,持证社工32人: 52.5 %."""
    found = certified_on(date(2022, 9, 30), STREET, holders(32))
    assert (found.certified, found.staff, found.unknown, found.permille) == (32, 61, 0, 525)


@pytest.mark.parametrize(
    ("day", "certified"),
    [(date(2021, 6, 30), 0), (date(2021, 7, 1), 32), (date(2024, 6, 30), 32), (date(2024, 7, 1), 0)],
)
def test_the_rate_is_that_of_the_day_that_is_asked_about(day: date, certified: int):
    assert certified_on(day, STREET, holders(32)).certified == certified


def test_who_was_certified_again_counts_once_and_without_a_gap():
    again = {
        UUID(int=1): (
            {"valid_from": date(2021, 7, 1), "valid_until": date(2024, 6, 30)},
            {"valid_from": date(2024, 6, 1), "valid_until": date(2027, 5, 31)},
        )
    }
    for day in (date(2024, 6, 15), date(2024, 7, 1)):
        assert certified_on(day, STREET[:2], again).certified == 1


def test_what_depends_on_an_unknown_day_is_unknown_and_not_counted():
    """INV-29: neither certified nor not."""
    found = certified_on(date(2022, 9, 30), STREET, holders(5, since=None))
    assert (found.certified, found.unknown) == (0, 5)
    over = certified_on(date(2022, 9, 30), STREET, holders(5, since=None, until=date(2022, 1, 1)))
    assert (over.certified, over.unknown) == (0, 0)


def test_a_station_without_staff_has_no_rate():
    assert certified_on(date(2022, 9, 30), [], {}).permille is None


# --- supervision and leaving ----------------------------------------------------------------------------------------


def test_nobody_supervises_themselves():
    assign = public.AssignSupervisor(supervisor="worker:w-01")
    assigned = public.SupervisorAssigned(staff_id=WORKER, supervisor="worker:w-01")
    workers.given(REGISTERED).when(assign).then(assigned)
    workers.given(REGISTERED, assigned).when(assign).then_nothing()
    workers.given(REGISTERED).when(replace(assign, supervisor=PARTY)).then_refused("own-supervisor")


NOTICE = public.GiveNotice(last_day=date(2026, 4, 30), reason_code="resigned")
NOTICED = public.NoticeGiven(staff_id=WORKER, worker=PARTY, last_day=date(2026, 4, 30), reason_code="resigned")
LEAVE = public.LeaveStaff(reason_code="resigned")
GONE = public.StaffLeft(
    staff_id=WORKER, worker=PARTY, reason_code="resigned", open_matters=0, open_needs=0, last_day=date(2026, 4, 30)
)


def test_notice_is_given_and_the_last_day_may_be_moved():
    workers.given(REGISTERED).when(NOTICE).then(NOTICED)
    workers.given(REGISTERED, NOTICED).when(NOTICE).then_nothing()
    later = date(2026, 5, 31)
    workers.given(REGISTERED, NOTICED).when(replace(NOTICE, last_day=later)).then(replace(NOTICED, last_day=later))


def test_leaving_is_blocked_while_anything_is_theirs():
    """H14: until each open matter has a new owner."""
    refused = (
        workers.given(REGISTERED, NOTICED).when(LEAVE, facts=Staffing(matters=3, needs=1)).then_refused("matters-open")
    )
    assert "take-over-cases" in refused.allowed
    workers.given(REGISTERED, NOTICED).when(LEAVE, facts=Staffing()).then(GONE)


def test_who_is_gone_all_the_same_is_gone_with_what_is_open_on_record():
    """H14: blocked or flagged; the flag is the number in the event, and the list of departures."""
    ill = replace(LEAVE, reason_code="deceased", left_open_reason="deceased")
    left = replace(
        GONE, reason_code="deceased", open_matters=3, open_needs=1, left_open_reason="deceased", last_day=None
    )
    workers.given(REGISTERED).when(ill, facts=Staffing(matters=3, needs=1)).then(left)


def test_after_leaving_nothing_is_decided_about_them():
    workers.given(REGISTERED, GONE).when(LEAVE).then_nothing()
    workers.given(REGISTERED, GONE).when(NOTICE).then_refused("not-in-this-state")
