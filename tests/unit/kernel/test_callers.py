"""Who calls by an opaque token: looked up once a second, counted, and nobody while it is not known."""

from __future__ import annotations

import pytest
from limits import RateLimitItemPerMinute

from services.kernel.entrypoints.callers import Callers, Opens
from services.kernel.errors import NotSignedIn, TooOften

DESK = Opens(id="program:desk", role="partner", org="lotus", opens=frozenset({"partner:events"}))


class Books:
    """An issuer that counts how often it is asked."""

    def __init__(self, **known: Opens) -> None:
        self.known, self.asked = known, 0

    def look_up(self, token: str) -> Opens | None:
        self.asked += 1
        return self.known.get(token)


def callers(books: Books, *, allowed: int = 100, guesses: int = 3) -> tuple[Callers, list[float]]:
    """Callers with a clock that is turned by hand."""
    now = [0.0]
    limits = (RateLimitItemPerMinute(allowed), RateLimitItemPerMinute(guesses))
    return Callers(books, *limits, monotonic=lambda: now[0]), now


def test_what_is_known_is_known_for_a_second_and_looked_up_again_after_it():
    books = Books(hub_good=DESK)
    found, now = callers(books)
    assert found.fresh("hub_good") is None
    assert found.find("hub_good", {}) == found.fresh("hub_good") == DESK
    now[0] = 1.0
    assert found.fresh("hub_good") is None
    books.known.clear()
    with pytest.raises(NotSignedIn):
        found.find("hub_good", {})


def test_whoever_guesses_is_not_looked_up_for_long_and_holds_up_nobody_who_is_known():
    books = Books(hub_good=DESK)
    found, now = callers(books)
    here = {"REMOTE_ADDR": "192.0.2.1"}
    found.find("hub_good", here)
    for n in range(3):
        with pytest.raises(NotSignedIn):
            found.find(f"hub_{n}", here)
    asked = books.asked
    with pytest.raises(TooOften) as no:
        found.find("hub_4", here)
    assert books.asked == asked
    assert 1 <= no.value.seconds <= 61
    now[0] = 5.0
    assert found.find("hub_good", here) == DESK


def test_each_caller_has_so_many_requests_and_is_told_when_there_is_room():
    found, _ = callers(Books(), allowed=2)
    other = Opens(id="program:desk", role="partner", org="leifeng", opens=frozenset())
    for _ in range(2):
        found.count(DESK)
    with pytest.raises(TooOften) as no:
        found.count(DESK)
    assert 1 <= no.value.seconds <= 61
    found.count(other)


def test_what_is_too_long_or_no_ascii_is_nobody_and_is_not_looked_up():
    books = Books()
    found, _ = callers(books)
    for token in ("hub_" + "x" * 300, "hub_令牌"):
        with pytest.raises(NotSignedIn):
            found.find(token, {})
    assert books.asked == 0
