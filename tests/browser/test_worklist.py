"""The worklist while people work: it changes by itself, is walked through by keys, and works as plain links."""

from __future__ import annotations

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Street
from tests.browser.test_console import COORDINATOR, PARTNER

pytestmark = pytest.mark.browser


def row_of(page: Page, matter: str) -> re.Pattern[str]:
    """By what a matter's row is found."""
    return re.compile(matter[:8])


def test_what_others_do_appears_without_a_reload(opens: Open, street: Street):
    page = opens(COORDINATOR)
    page.evaluate("window.sameDocument = true")
    matter = street.request("small-repair")
    row = page.locator("#new").get_by_role("row", name=row_of(page, matter))
    expect(row).to_contain_text("等分诊")
    street.ask(f"/intake/v1/help-requests/{matter}/triage", {"urgency": "normal", "disposition": "dispatch"})
    expect(page.locator("#mine").get_by_role("row", name=row_of(page, matter))).to_contain_text("等安排去向")
    expect(page.locator("#worklist-said")).to_contain_text("工作台已更新")
    assert page.evaluate("window.sameDocument")


def test_whoever_stands_on_an_item_stays_on_it_when_the_list_changes(opens: Open, street: Street):
    matter = street.request("small-repair")
    street.hub.settles()
    page = opens(COORDINATOR)
    link = page.locator("#new").get_by_role("row", name=row_of(page, matter)).get_by_role("link").first
    link.focus()
    other = street.request("goods")
    expect(page.locator("#new").get_by_role("row", name=row_of(page, other))).to_be_visible()
    assert matter in str(page.evaluate("document.activeElement.href"))


def test_the_list_is_walked_through_by_keys_and_enter_opens(opens: Open, street: Street):
    street.request("small-repair"), street.request("goods")
    street.hub.settles()
    page = opens(COORDINATOR)
    first, second = (page.locator("#worklist a.matter").nth(n) for n in (0, 1))
    page.keyboard.press("j")
    expect(page.locator("#worklist :focus")).to_have_count(0)  # a letter does nothing outside the list
    page.get_by_role("link", name="到列表").press("Enter")
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(second).to_be_focused()
    assert second.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("k")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    to = second.get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{to}$"))


def test_an_item_leads_straight_to_what_is_to_be_done_without_scripts_too(opens: Open, street: Street):
    matter = street.request("small-repair")
    street.hub.settles()
    page = opens(COORDINATOR, java_script_enabled=False)
    page.locator("#new").get_by_role("row", name=row_of(page, matter)).get_by_role("link", name="等分诊").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("分诊")


def streamed(page: Page, url: str, parts: int = 1) -> list[str]:
    """The first events of the stream, as this window's session gets them."""
    cookies = {str(cookie["name"]): str(cookie["value"]) for cookie in page.context.cookies()}
    with requests.get(f"{url}/worklist/stream", cookies=cookies, stream=True, timeout=20) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        names = (line for line in answer.iter_lines(decode_unicode=True) if line.startswith("event: "))
        return [next(names, "") for _ in range(parts)]


def test_the_stream_is_for_the_station_and_ends_with_the_session(opens: Open, street: Street):
    assert streamed(opens(PARTNER), street.hub.url) == ["event: over"]
    page = opens(COORDINATOR)
    assert streamed(page, street.hub.url) == ["event: list"]
    page.get_by_role("button", name="退出").click()
    assert streamed(page, street.hub.url) == ["event: over"]
