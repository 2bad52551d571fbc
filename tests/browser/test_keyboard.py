"""A coordinator's day by the keyboard alone: the worklist, taking a request, asking an organization."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import COMMUNITY, Open, Street
from tests.browser.test_console import COORDINATOR

pytestmark = pytest.mark.browser

NAME = """e => e.type === 'radio' ? 'radio ' + e.name
    : [e.tagName, (e.name || e.href || e.innerText || '').trim(), e.value || ''].join(' ')"""
"""By what one stop is told from another: of a group of radio buttons the group, as a browser has it."""

STOPS = f"""() => [...document.querySelectorAll(
        'main :is(a[href], button, input:not([type=hidden]), select, textarea, summary)')]
    .filter(e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({{visibilityProperty: true}})
            && (e.tagName === 'SUMMARY' || !e.closest('details:not([open])')))
    .map({NAME})"""
"""What can be come to."""

HERE = f"""() => {{ const e = document.activeElement, s = getComputedStyle(e);
    return [({NAME})(e), s.outlineStyle !== 'none' || s.boxShadow !== 'none', e.closest('main') !== null]; }}"""
"""Where one is, whether it can be seen, and whether it is within the page's own part."""


def stops(page: Page) -> set[str]:
    """Press Tab from the top to the end; what was come to, each seen to be so."""
    wanted = {str(each) for each in page.evaluate(STOPS)}
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    found: set[str] = set()
    for _ in range(3 * len(wanted) + 60):
        page.keyboard.press("Tab")
        name, is_seen, within = page.evaluate(HERE)
        if within:
            assert is_seen, f"{name} does not show that it has the focus"
            found.add(str(name))
        if wanted <= found:
            break
    assert wanted - found == set()
    return found


def to(page: Page, selector: str) -> None:
    """Press Tab until one is there."""
    for _ in range(300):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} is not come to")


def test_everything_on_the_worklist_is_come_to_by_tab_and_seen(opens: Open, street: Street):
    street.request("goods")
    street.hub.settles()
    page = opens(COORDINATOR)
    page.route("**/worklist/stream", lambda route: route.abort())  # a list that changes meanwhile is another test's
    page.goto("/")
    assert len(stops(page)) > 3


def test_a_request_is_taken_by_the_keyboard_alone(opens: Open, street: Street):
    page = opens(COORDINATOR)
    page.goto("/take")
    stops(page)
    page.goto("/take")
    to(page, "input[name=need][value=companionship]")
    page.keyboard.press("Space")
    to(page, "input[name=came_by]")
    page.keyboard.press("ArrowRight")
    to(page, "textarea[name=story]")
    page.keyboard.type("dark stairs")
    to(page, "form[action='/take'] button.main, main button.main")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("已记下：求助受理")


def test_an_organization_is_asked_by_the_keyboard_alone(opens: Open, street: Street):
    matter = street.request("companionship")
    street.ask(f"/intake/v1/help-requests/{matter}/triage", {"urgency": "normal", "disposition": "referral"})
    street.hub.settles()
    draft = {
        "matter_id": matter,
        "kind": "referral",
        "need_codes": ["companionship"],
        "areas": [COMMUNITY],
        "legal_basis": "pipl13-4",
    }
    referral = str(street.ask("/referral/v1/referrals", draft)["id"])
    street.ask(f"/referral/v1/referrals/{referral}/readiness", {})
    street.hub.settles()
    page = opens(COORDINATOR)
    page.goto(f"/matters/{matter}/acts/referral/{referral}/offer-referral")
    stops(page)
    page.goto(f"/matters/{matter}/acts/referral/{referral}/offer-referral")
    to(page, "input[name=organization_id]")
    page.keyboard.press("Space")
    expect(page.locator("input[name=organization_id]:checked")).to_have_count(1)
    to(page, "main button.main")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text(re.compile("已记下"))
