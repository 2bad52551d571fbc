"""H11 over the real stack: the month is sealed, then the truth changes; the report stays, and the next one carries it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests

from services.audit.times import HERE
from services.kernel.message import Actor
from tests.scenario.conftest import Told
from wushe.demo import expectations

pytestmark = [pytest.mark.scenario, pytest.mark.usefixtures("loud")]

STATION = "220104009"
"""A station of this test's own, so that what others tell the hub changes none of its numbers."""
POINT = f"{STATION}001"
HEAD = Actor(id="w-head-h11", role="station_head", org=STATION)
WORKER = Actor(id="w-h11", role="worker", org=STATION)
STRANGER = Actor(id="w-elsewhere", role="station_head", org="220102001")
THIS = datetime.now(HERE).date().replace(day=1)
LAST = (THIS - timedelta(days=1)).replace(day=1)
MONTHS = (f"{LAST - timedelta(days=1):%Y-%m}", f"{LAST:%Y-%m}")
"""The hub's clock decides which months are over: the last but one stands for October, and the last for November."""


class Station:
    """Works and reports over HTTP."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.sealed: dict[str, Any] = {}

    def ask(self, actor: Actor, service: str, path: str, body: dict[str, Any], expect: int = 201) -> Any:
        headers = {
            "Authorization": f"Bearer {self.told.hub.token_for(actor)}",
            "Idempotency-Key": uuid4().hex,
        }
        answer = requests.post(f"{self.told.hub.url}/{service}/v1{path}", json=body, headers=headers, timeout=30)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def get(self, actor: Actor, path: str, expect: int = 200, **query: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.told.hub.token_for(actor)}"}
        answer = requests.get(f"{self.told.hub.url}/audit/v1{path}", params=query, headers=headers, timeout=30)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def request(self, at: str) -> str:
        """A help request comes in, on paper, for a day that may lie back."""
        body = {
            "unit": f"community:{POINT}", "area": POINT, "came_by": "phone", "reporter_kind": "self",
            "happened": {"at": at, "precision": "day", "channel": "paper"},
        }  # fmt: skip
        return str(self.ask(WORKER, "intake", "/help-requests", body)["id"])

    def settles(self) -> None:
        """Wait until everything said is in the ledger and counted."""
        expectations.settled(self.told.teller)
        self.told.teller.wait("the figures to be counted", self._counted)

    def _counted(self) -> bool:
        size = self.told.teller.get("audit", "/ledger/head")["size"]
        figures = self.told.teller.get("audit", "/figures", month=MONTHS[0])
        return bool(figures["size"] >= size - 1)

    def number(self, report: dict[str, Any], code: str) -> int:
        return next(line["of"] for line in report["figures"] if line["indicator"] == code)


@pytest.fixture(scope="module")
def station(on_the_real_stack: Told) -> Station:
    """The station, with its first report sealed: one request was received in that month, as far as anybody knew."""
    made, first = Station(on_the_real_stack), MONTHS[0]
    made.request(f"{first}-12T00:00:00+08:00")
    made.settles()
    made.sealed = made.ask(HEAD, "audit", "/monthly-reports", {"month": first, "station": STATION}, 200)
    return made


def test_a_sealed_report_stays_and_the_next_one_names_what_was_learnt_since(station: Station):
    """H11, INV-36: 2026-10 is sealed, a paper of October comes in, and the report of 2026-11 carries an 调整数 line."""
    (first, second), sealed = MONTHS, station.sealed
    assert station.number(sealed, "requests-settled") == 1
    late = station.request(f"{first}-28T00:00:00+08:00")
    station.settles()
    after = station.get(HEAD, f"/monthly-reports/{STATION}/{first}")
    assert after == sealed
    again = station.ask(HEAD, "audit", "/monthly-reports", {"month": first, "station": STATION}, 409)
    assert again["code"] == "already-sealed"

    following = station.ask(HEAD, "audit", "/monthly-reports", {"month": second, "station": STATION}, 200)
    (line,) = [each for each in following["adjustments"] if each["indicator"] == "requests-settled"]
    assert (line["month"], line["before"]["of"], line["after"]["of"]) == (first, 1, 2)
    (event,) = line["events"]
    assert (event["publisher"], event["type"]) == ("intake", "help-request.received")
    listed = station.get(HEAD, "/figures/requests-settled/events", month=first, station=STATION, side="of")["items"]
    assert {each["stream"] for each in listed} >= {f"help-request/{late}"}
    assert late in {each["matter_id"] for each in listed}, "each leads to its matter"
    assert event["entry"] in {each["entry"] for each in listed}

    restated = station.get(HEAD, f"/monthly-reports/{STATION}/{first}")
    assert restated["figures_hash"] == sealed["figures_hash"]
    assert (restated["figures"], restated["state"], restated["restated_in"]) == (
        sealed["figures"],
        "restated",
        [second],
    )


def test_a_report_can_be_computed_again_from_the_ledger_as_it_was(station: Station):
    """The figures of a sealed report are those of the ledger at its size, whatever was learnt since (INV-45)."""
    first = MONTHS[0]
    sealed = station.get(HEAD, f"/monthly-reports/{STATION}/{first}")
    again = station.get(HEAD, "/figures", month=first, station=STATION, size=sealed["size"])
    told = {(line["indicator"], line["part"]): line for line in again["items"]}
    assert all(told[line["indicator"], line["part"]] == line for line in sealed["figures"])
    assert again["root"] == sealed["root"]


def test_outside_the_station_small_numbers_are_masked_and_nobody_seals_or_opens_them(station: Station):
    first = MONTHS[0]
    report = station.get(STRANGER, f"/monthly-reports/{STATION}/{first}")
    (line,) = [each for each in report["figures"] if each["indicator"] == "requests-settled"]
    assert (line["masked"], line["of"]) == (True, None)
    refused = station.get(STRANGER, "/figures/requests-settled/events", 409, month=first, station=STATION)
    assert refused["code"] == "not-your-station"
    body = {"month": "2026-01", "station": STATION}
    assert station.ask(STRANGER, "audit", "/monthly-reports", body, 409)["code"] == "not-your-station"
