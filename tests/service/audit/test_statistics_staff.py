"""持证率: heads of a station with a certificate that is valid on a day, and never what anybody does."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.audit.statistics.held import Period
from services.contracts import referral
from tests.service.audit.counting import STREET, Counting, on
from tests.unit.audit.stories import named, told_as

OPENED = named("the street's station")


def station(hub: Counting) -> None:
    event = told_as(referral.StationOpened, station_id=OPENED, kind="station", code="yc", party=f"community:{STREET}")
    hub.tell(f"station/{OPENED}", event, "referral", at=on(1))


def staff(hub: Counting, name: str, *papers: tuple[date | None, date | None], post: bool = True) -> UUID:
    """Somebody works there, with these certificates."""
    who, stream = named(name), f"staff/{named(name)}"

    def say(cls: Any, **said: Any) -> None:
        hub.tell(stream, told_as(cls, staff_id=who, **said), "referral", at=on(1))

    say(
        referral.StaffRegistered,
        code=name,
        worker=f"worker:{name}",
        employer="organization:lotus",
        since=date(2020, 1, 1),
    )
    if post:
        say(referral.PostTaken, post_id=named(f"post {name}"), role="worker", station_id=OPENED)
    for number, (since, until) in enumerate(papers):
        say(referral.StaffCertified, certificate_id=named(f"{name} {number}"), level="assistant", table_version="2026-1",
            valid_from=since, valid_until=until)  # fmt: skip
    return who


VALID = (date(2025, 1, 1), date(2027, 12, 31))


def test_thirty_two_of_sixty_one_are_certified():
    """The street of the feature: 街道社工61人, 持证社工32人."""
    hub = Counting()
    station(hub)
    for number in range(61):
        staff(hub, f"w-{number:02}", *([VALID] if number < 32 else []))
    hub.later()
    assert hub.line("staff-certified", station=STREET) == (32, 61, 0)
    assert round(1000 * 32 / 61) == 525


def test_a_certificate_is_valid_for_its_time_and_no_longer():
    hub = Counting()
    station(hub)
    staff(hub, "a", (date(2023, 11, 1), date(2026, 10, 31)))
    staff(hub, "b", (date(2026, 11, 2), date(2029, 11, 1)))
    staff(hub, "c", (date(2020, 1, 1), date(2022, 12, 31)), VALID)
    staff(hub, "d", (date(2025, 1, 1), None))
    hub.later()
    assert hub.line("staff-certified") == (2, 4, 1)
    assert hub.line("staff-certified", month=Period(2026, 11)) == (2, 4, 1)
    assert hub.line("staff-certified", month=Period(2022, 12)) == (1, 4, 0)
    assert hub.line("staff-certified", month=Period(2023, 1)) == (0, 4, 0)


def test_who_has_left_is_no_staff_and_who_holds_no_post_there_is_not_the_stations():
    hub = Counting()
    station(hub)
    gone = staff(hub, "a", VALID)
    staff(hub, "b", VALID)
    staff(hub, "c", VALID, post=False)
    left = told_as(referral.StaffLeft, staff_id=gone, worker="worker:a", reason_code="other", open_matters=0, open_needs=0,
                   last_day=date(2026, 10, 15))  # fmt: skip
    hub.tell(f"staff/{gone}", left, "referral", at=on(20))
    hub.later()
    assert hub.line("staff-certified", station=STREET) == (1, 1, 0)
    assert hub.line("staff-certified") == (2, 2, 0)
