"""Axe does find what is wrong; that it finds nothing on any page of the console is in test_every_page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import violations

pytestmark = pytest.mark.browser


def test_a_planted_fault_is_found(chromium: Browser):
    page = chromium.new_page()
    page.set_content("<title>x</title><main><h1>x</h1><input><p style='color:#aaa;background:#fff'>pale</p></main>")
    assert {"label", "color-contrast", "html-has-lang"} <= {each["id"] for each in violations(page)}
    page.close()
