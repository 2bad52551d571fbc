"""Taking a request in half a minute: who is on record already is told while one types, and what was said of it is kept."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import Open, Street
from tests.browser.test_console import COORDINATOR

pytestmark = pytest.mark.browser


def registered(street: Street, name: str, phone: str) -> str:
    """Somebody is on record."""
    made = street.ask("/intake/v1/persons", {"station": "220104004", "pseudonym": name, "phone": phone})
    street.hub.settles()
    return str(made["id"])


def taken(page: Page) -> str:
    """Take it; returns the matter's id."""
    page.get_by_role("button", name="受理").click()
    expect(page.get_by_role("status").first).to_contain_text("已记下：求助受理")
    return page.url.rpartition("/")[2]


def person_of(street: Street, matter: str) -> str:
    """Whose matter it is, as intake has it."""
    return str(street.hub.ask("GET", f"/intake/v1/help-requests/{matter}").json()["person_id"])


def test_who_is_alike_is_told_while_one_types_and_no_address_holds_it(opens: Open, street: Street):
    person = registered(street, "甲大爷", "13900000001")
    page = opens(COORDINATOR)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/take")
    page.get_by_role("checkbox", name="陪伴").check()
    page.get_by_label("服务对象的称呼").fill("甲大爷")
    page.get_by_label("服务对象的电话").press_sequentially("13900000001")
    hint = page.get_by_role("group", name=re.compile("可能登记过"))
    expect(hint).to_contain_text("电话相同，称呼同音")
    assert_accessible(page)
    hint.get_by_label("是同一人").check()
    assert person_of(street, taken(page)) == person
    assert not [url for url in asked if "13900000001" in url or "%E7%94%B2" in url]


def test_somebody_who_is_none_of_them_is_registered_and_never_asked_about_again(opens: Open, street: Street):
    other = registered(street, "乙奶奶", "13900000002")
    page = opens(COORDINATOR, java_script_enabled=False)
    page.goto("/take")
    page.get_by_role("checkbox", name="家务").check()
    page.get_by_label("服务对象的称呼").fill("乙奶奶")
    page.get_by_label("服务对象的电话").fill("13900000002")
    page.get_by_role("button", name="查有没有登记过").click()
    expect(page.get_by_role("checkbox", name="家务")).to_be_checked()
    page.get_by_label("不是以上任何一人").check()
    person = person_of(street, taken(page))
    assert person not in ("None", other)
    pairs = street.hub.ask("GET", f"/intake/v1/duplicates?person_id={person}").json()["items"]
    assert {(row["candidate_id"], row["state"]) for row in pairs} == {(other, "ruled_out")}


def test_papers_that_are_missing_are_said_at_once_and_the_request_waits_for_them(opens: Open, street: Street):
    page = opens(COORDINATOR)
    page.goto("/take")
    page.get_by_role("checkbox", name="材料/政策咨询").check()
    page.get_by_text("材料：已有什么，还缺什么").click()
    page.get_by_label("户口簿: 已有").check()
    page.get_by_label("独生子女证: 还缺").check()
    page.get_by_label("何日再问").fill("2030-01-07")
    matter = taken(page)
    street.hub.settles()
    page.goto(f"/matters/{matter}")
    expect(page.locator(".state .chip").first).to_have_text("等居民补充")
