"""Pages that stay open: how many there may be, who wakes them, and what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

from services.console.streams import Listening, Places, event


def test_one_more_page_of_a_person_lets_go_the_oldest():
    places = Places(in_all=9, of_one=2)
    with places.one("a") as first, places.one("a") as second, places.one("a") as third, places.one("b") as other:
        assert [first.given, second.given, third.given, other.given] == [False, True, True, True]
        assert len(places) == 3
    assert len(places) == 0


def test_where_there_is_no_place_left_none_is_given_until_one_comes_free():
    places = Places(in_all=1)
    with places.one("a"), places.one("b") as late:
        assert not late.given
    with places.one("b") as again:
        assert again.given


def test_pages_are_woken_when_a_cursor_has_moved_and_only_then():
    woken: list[Mapping[str, int]] = []
    at = {"intake": 3, "referral": 5}
    hand = cast(Any, SimpleNamespace(waiting=SimpleNamespace(grown=woken.append)))
    cursors = cast(Any, SimpleNamespace(cursor=at.__getitem__))
    listening = Listening(hand, ("intake", "referral"))
    listening.look(cursors)
    listening.look(cursors)
    assert woken == [{"heard": 8}]
    at["referral"] = 6
    listening.look(cursors)
    assert woken[1:] == [{"heard": 9}]


def test_an_event_of_several_lines_stays_one_event():
    assert event("list", "<p>\n</p>") == b"event: list\ndata: <p>\ndata: </p>\n\n"
    assert event("over", "") == b"event: over\ndata: \n\n"
