"""What was just written is at hand, gapless; whatever is not is left to the database."""

from hypothesis import given
from hypothesis import strategies as st

from services.kernel.tail import Tail


def raws(first: int, count: int) -> list[bytes]:
    return [b"%d" % n for n in range(first, first + count)]


def test_what_was_written_is_read_from_any_place_in_it() -> None:
    tail = Tail()
    tail.add(1, raws(1, 3))
    tail.add(4, raws(4, 2))
    assert tail.after(0, 10) == raws(1, 5)
    assert tail.after(2, 2) == raws(3, 2)
    assert tail.after(5, 10) == tail.after(9, 10) == []


def test_what_came_before_it_is_not_there() -> None:
    tail = Tail(events=3)
    tail.add(1, raws(1, 5))
    assert tail.after(1, 10) == []
    assert tail.after(2, 10) == raws(3, 3)


def test_it_takes_no_more_room_than_it_may() -> None:
    tail = Tail(size=10)
    tail.add(1, [b"x" * 6, b"y" * 6])
    assert tail.after(0, 10) == []
    assert tail.after(1, 10) == [b"y" * 6]


def test_after_another_process_has_written_it_begins_anew() -> None:
    tail = Tail()
    tail.add(1, raws(1, 2))
    tail.add(5, raws(5, 1))
    assert tail.after(0, 10) == tail.after(2, 10) == []
    assert tail.after(4, 10) == raws(5, 1)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4))), st.integers(0, 40), st.integers(1, 5))
def test_it_never_answers_with_a_gap(commits: list[tuple[int, int]], after: int, limit: int) -> None:
    tail, at = Tail(events=6), 0
    for by_others, ours in commits:
        at += by_others
        tail.add(at + 1, raws(at + 1, ours))
        at += ours
    found = tail.after(after, limit)
    assert found == raws(after + 1, len(found)) and len(found) <= limit
