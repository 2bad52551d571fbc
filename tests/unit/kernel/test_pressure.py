"""Recording comes first: what is derived from it gives way while the service lags behind, and never for good."""

from __future__ import annotations

from dataclasses import dataclass

from services.kernel.pressure import LASTING_SECONDS, LATE_SECONDS, MOST_SECONDS, Pressure


@dataclass
class Watch:
    """A clock that stands still until it is moved."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def test_in_quiet_times_one_rests_as_long_as_one_worked() -> None:
    pressure = Pressure(Watch())
    pressure.heard(LATE_SECONDS)
    assert not pressure.is_on
    assert pressure.rest(0.2) == 0.2


def test_while_what_is_heard_is_old_the_rest_is_nine_times_as_long() -> None:
    pressure = Pressure(Watch())
    pressure.heard(LATE_SECONDS + 0.1)
    assert pressure.is_on
    assert pressure.rest(0.2) == 9 * 0.2


def test_soon_after_the_last_late_message_nobody_gives_way_any_more() -> None:
    watch = Watch()
    pressure = Pressure(watch)
    pressure.heard(3_600)
    pressure.heard(0)
    watch.now += LASTING_SECONDS
    assert not pressure.is_on


def test_whoever_gives_way_is_not_put_off_for_good() -> None:
    pressure = Pressure(Watch())
    pressure.heard(3_600)
    assert pressure.rest(60) == MOST_SECONDS
