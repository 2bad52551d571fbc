"""What parties are called: names are asked from the directory, soon for somebody new, seldom for those without one."""

from __future__ import annotations

from typing import Any

import pytest

from services.console import directory as names
from services.console.directory import Directory
from services.console.hub import Answer
from services.console.pages.dispatching import parties

TEAM, AREA = "organization:1", "community:220104004"


class Referral:
    """The directory's own answers, and how often it was asked."""

    def __init__(self) -> None:
        self.listed: dict[str, str] = {}
        self.asked = 0

    def get(self, service: str, path: str, **query: str) -> Answer:
        """All of them, or one's names."""
        if path == "/organizations":
            self.asked += 1
            return Answer(200, {"items": [{"organization_id": p, "party": p} for p in self.listed], "next": None})
        if path == "/stations":
            return Answer(200, {"items": [], "next": None})
        return Answer(200, {"names": [self.listed[path.split("/")[2]]]})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of this process, which the test turns on."""
    now = [100.0]
    monkeypatch.setattr(names, "monotonic", lambda: now[0])
    return now


def test_somebody_new_has_a_name_at_once_and_whoever_has_none_is_not_asked_about_again(clock: list[float]) -> None:
    hub: Any = Referral()
    directory = Directory(lambda: hub)
    assert directory.name(AREA) is None
    clock[0] += 2
    hub.listed[TEAM] = "雷锋车队"
    assert directory.name(TEAM) == "雷锋车队"
    asked = hub.asked
    clock[0] += 2
    assert (directory.name(AREA), directory.name(TEAM), hub.asked) == (None, "雷锋车队", asked)
    clock[0] += names.FRESH_SECONDS
    directory.name(AREA)
    assert hub.asked == asked + 1


def test_parties_are_typed_by_the_directory_s_names_or_by_their_codes() -> None:
    known = {TEAM: "雷锋车队", AREA: "永昌街道"}
    assert parties("雷锋车队\n person:s-01 person:s-02 ，永昌街道", known) == [TEAM, "person:s-01", "person:s-02", AREA]
