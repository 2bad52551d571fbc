"""Axe finds nothing on the pages of a coordinator's day, in both themes; and it does find what is wrong."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import assert_accessible, violations
from tests.browser.conftest import Open, Street
from tests.browser.test_console import AUDITOR, COORDINATOR, PARTNER

pytestmark = pytest.mark.browser


def test_a_planted_fault_is_found(chromium: Browser):
    page = chromium.new_page()
    page.set_content("<title>x</title><main><h1>x</h1><input><p style='color:#aaa;background:#fff'>pale</p></main>")
    assert {"label", "color-contrast", "html-has-lang"} <= {each["id"] for each in violations(page)}
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_wrong_on_the_pages_of_a_day(opens: Open, street: Street, theme: str):
    matter, referral = street.offered("companionship")
    page = opens(COORDINATOR)
    page.goto(f"/?theme={theme}")
    acts = f"/matters/{matter}/acts"
    for path in ("/", "/take", f"/matters/{matter}", "/matters", f"{acts}/referral/{referral}/offer-referral"):
        page.goto(path)
        assert_accessible(page)


def test_nothing_is_wrong_on_the_first_pages_of_partners_and_auditors(opens: Open, street: Street):
    street.offered("companionship")
    assert_accessible(opens())
    assert_accessible(opens(PARTNER))
    assert_accessible(opens(AUDITOR))
