"""A volunteer who is asked is called by whoever dispatches, and that somebody looked is on record."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import COMMUNITY, Open, Street
from tests.browser.test_console import COORDINATOR
from tests.browser.test_dispatching import matter
from tests.browser.test_volunteering import keeper, task

pytestmark = pytest.mark.browser


def test_who_dispatches_calls_one_who_is_asked_and_it_is_on_record(opens: Open, street: Street):
    """INV-33: the number is on no page before somebody is asked."""
    body = {"area": COMMUNITY, "minor": False, "consent_ref": "paper-1", "name": "小梅", "phone": "000-5151"}
    mei = keeper(street, "/volunteers", body, "called-mei")
    keeper(street, f"/volunteers/{mei}/verification", {"minor": False, "evidence_kind": "id-card"}, "called-mei-v")
    first = {"training_code": "first", "minutes": 60, "organizer": f"community:{COMMUNITY}", "trained_on": "2026-01-05"}
    keeper(street, f"/volunteers/{mei}/trainings", first, "called-mei-t")
    one = task(street, matter(street), 110)
    page = opens(COORDINATOR)
    page.goto(f"/dispatch/tasks/{one}")
    expect(page.get_by_role("button", name="查看姓名电话")).to_have_count(0)
    keeper(street, f"/tasks/{one}/offers", {"candidates": [f"volunteer:{mei}"]}, "called-mei-o")
    page.reload()
    page.get_by_role("button", name="查看姓名电话").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("联系志愿者")
    expect(page.get_by_label("联系志愿者")).to_contain_text("000-5151")
    reads = street.hub.ask("GET", f"/volunteer/v1/volunteer-reads?volunteer_id={mei}", role="auditor", org="").json()
    assert [(row["why"], row["allowed"]) for row in reads["items"]] == [("contact", True)]
