"""Visits in somebody's own calendar program, at an address that can be taken back; over the real stack."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from icalendar import Calendar

from tests.support.reference import Reference
from tests.support.volunteering import Dispatch, now, volunteer

pytestmark = pytest.mark.scenario


def test_a_volunteer_reads_visits_at_an_address_that_can_be_taken_back(reference: Reference) -> None:
    station = Dispatch(reference.hub)
    mei, lei = station.volunteers(2)
    call = station.call()
    begins = now() + timedelta(days=2)
    task = station.task(call, begins)
    station.goes(mei, task)

    answer = station.send("/partner/calendars", {"party": f"volunteer:{mei}"}, volunteer(mei))
    assert answer.status_code == 201, answer.text
    address = reference.hub.url + answer.json()["path"]
    station.refused("not-yours", "/partner/calendars", {"party": f"volunteer:{lei}"}, volunteer(mei))
    station.hears("partner", "volunteer", "intake")

    feed = requests.get(address, timeout=30)
    assert feed.headers["Content-Type"].startswith("text/calendar")
    (visit,) = Calendar.from_ical(feed.content).walk("VEVENT")
    assert (visit.decoded("dtstart"), visit["status"]) == (begins, "CONFIRMED")
    told = (call.person, call.matter, mei, "孙大姐", "000-0000", "somewhere")
    assert not [mark for mark in told if mark in feed.text]
    again = requests.get(address, headers={"If-None-Match": feed.headers["ETag"]}, timeout=30)
    assert again.status_code == 304

    station.do(f"/volunteer/tasks/{task}/cancellation", {"by": "client", "reason_code": "not-needed"})
    station.hears("partner", "volunteer")
    (off,) = Calendar.from_ical(requests.get(address, timeout=30).content).walk("VEVENT")
    assert off["uid"] == visit["uid"] and off["status"] == "CANCELLED" and int(off["sequence"]) > int(visit["sequence"])

    mine = station.get(f"/partner/calendars?party=volunteer:{mei}", volunteer(mei))["items"]
    secret = address.rpartition("/")[2].removesuffix(".ics")
    logs = "".join((reference.folder / f"{name}.log").read_text(errors="replace") for name in reference.processes)
    assert len(mine) == 1 and secret not in str(mine) and secret not in logs
    assert requests.get(address.replace(secret, secret[:-1] + "-"), timeout=30).status_code == 404
    closed = station.send(f"/partner/calendars/{mine[0]['calendar_id']}/closing", {}, volunteer(mei))
    assert closed.status_code == 200 and requests.get(address, timeout=30).status_code == 404
