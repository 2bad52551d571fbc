"""Forms for paper: filled from the matter where the reader may see it, empty otherwise, and of the pages they should have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services.console.papers import FORMS
from tests.browser.conftest import COMMUNITY, STREET, Open, Street
from tests.browser.test_console import COORDINATOR

pytestmark = pytest.mark.browser
TWO_SHEETS = {"referral"}
"""The slip and its answer fill more than one sheet; every other form is one."""


def sheets(page: Page, keep: Path | None = None) -> int:
    """How many sheets of A4 the browser prints."""
    printed = page.pdf(prefer_css_page_size=True, path=keep)
    assert re.findall(rb"/MediaBox \[0 0 (59\d)[.\d]* (84\d)", printed), "not A4"
    return len(re.findall(rb"/Type /Page\b", printed))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_form_is_one_sheet_of_a4(opens: Open, lang: str):
    page = opens(COORDINATOR)
    page.goto(f"/papers?lang={lang}")
    expect(page.get_by_role("row")).to_have_count(len(FORMS))
    for code in FORMS:
        page.goto(f"/papers/{code}")
        assert sheets(page) <= (2 if code in TWO_SHEETS else 1), code
        if lang == "en":
            assert not re.search("[\u4e00-\u9fff]", page.locator(".paper").inner_text()), code


@pytest.fixture(scope="module")
def matter(street: Street) -> str:
    """Somebody who told a name and a story asks for company, and the need is offered to the team."""
    body = {"unit": f"community:{COMMUNITY}", "area": COMMUNITY, "came_by": "phone", "reporter_kind": "self",
            "need_codes": ["companionship"], "urgency": "normal", "reporter_name": "洪阿姨", "story": "一个人住，想有人说说话"}  # fmt: skip
    made = str(street.ask("/intake/v1/help-requests", body)["id"])
    person = street.ask("/intake/v1/persons", {"station": STREET, "pseudonym": "洪阿姨", "address": "某街 1 号"})["id"]
    street.ask(f"/intake/v1/help-requests/{made}/person", {"person_id": person})
    street.hub.settles()
    return made


def test_a_matters_form_is_filled_and_names_are_only_there_when_asked_for(opens: Open, street: Street, matter: str):
    """INV-33: what is read of the sealed values is on record."""
    page = opens(COORDINATOR, java_script_enabled=False)
    page.goto(f"/matters/{matter}/papers")
    page.get_by_role("button", name="填写 求助登记表").click()
    ticked = page.locator(".box", has_text=re.compile("^☑"))
    expect(ticked.filter(has_text="陪伴")).to_have_count(1)
    assert "洪阿姨" not in page.content()
    page.goto(f"/matters/{matter}/papers")
    page.get_by_label("填入身份信息").first.check()
    page.get_by_role("button", name="填写 求助登记表").click()
    expect(page.locator(".paper")).to_contain_text("洪阿姨")
    expect(page.locator(".paper")).to_contain_text("想有人说说话")
    expect(page.locator(".paper")).to_contain_text("某街 1 号")
    assert sheets(page) == 1
    for code in ("case", "consent", "referral", "service", "closing"):
        page.goto(f"/matters/{matter}/papers/{code}?names=1")
        assert sheets(page) <= (2 if code in TWO_SHEETS else 1), code
