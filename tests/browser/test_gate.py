"""Who comes in, and who looks after the hub, in a browser: by the pages alone, with and without scripts, by keyboard."""

from __future__ import annotations

import re
from uuid import uuid4

import pyotp
import pytest
from playwright.sync_api import Page, expect

from services.kernel.clock import system_clock
from tests.browser.axe import assert_accessible
from tests.browser.conftest import Open, Street
from tests.browser.test_console import COORDINATOR

pytestmark = pytest.mark.browser

PASSWORD = "three quiet herons"
KEEPER, HEAD = "管理员", "站长"


def opened(page: Page, holder: str, role: str, org: str = "") -> str:
    """The administrator opens an account; the link for its holder."""
    page.goto("/admin/accounts")
    page.get_by_label(re.compile("^编号")).fill(holder)
    page.get_by_label("角色").select_option(label=role)
    page.get_by_label(re.compile("^站点或机构")).fill(org)
    page.get_by_role("button", name="开立账号").click()
    return str(page.locator(".given code").inner_text())


def chooses(page: Page, link: str) -> None:
    """Somebody follows his link and chooses a password."""
    page.goto(link)
    page.get_by_label(re.compile("^新密码")).fill(PASSWORD)
    page.get_by_label("再输一次").fill(PASSWORD)
    page.get_by_role("button", name="保存密码").click()
    expect(page.get_by_role("status")).to_contain_text("密码已保存")


def signs_in(page: Page, holder: str, password: str = PASSWORD) -> None:
    """By the keyboard alone."""
    page.goto("/sign-in")
    page.get_by_label("编号").focus()
    page.keyboard.type(holder)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_coordinator_gets_an_account_comes_in_and_is_put_out(opens: Open, scripts: bool):
    keeper, holder = opens(KEEPER, java_script_enabled=scripts), f"w-{uuid4().hex[:6]}"
    own = opens(java_script_enabled=scripts)
    chooses(own, opened(keeper, holder, "站点协调员", "220104004"))
    signs_in(own, holder, "not this one")
    expect(own.get_by_role("alert")).to_contain_text("编号或密码不对")
    signs_in(own, holder)
    expect(own.get_by_role("heading", level=1)).to_have_text("工作台")
    keeper.goto("/admin/accounts")
    keeper.get_by_role("link", name=holder).click()
    keeper.get_by_role("button", name="停用", exact=True).click()
    expect(keeper.get_by_role("button", name="恢复账号")).to_be_visible()
    own.goto("/matters")
    expect(own.get_by_label("密码")).to_be_visible()


@pytest.mark.parametrize("called", ["雷锋车队南关分会", "leifeng-nanguan"])
def test_somebody_of_an_organization_gets_an_account_by_what_the_directory_calls_it(opens: Open, called: str):
    keeper, own, holder = opens(KEEPER, java_script_enabled=False), opens(), f"p-{uuid4().hex[:6]}"
    chooses(own, opened(keeper, holder, "合作机构", called))
    keeper.goto("/admin/accounts")
    expect(keeper.get_by_role("row", name=re.compile(holder))).to_contain_text("雷锋车队南关分会")
    signs_in(own, holder)
    expect(own.get_by_role("heading", level=1)).to_have_text("收到的转介")
    own.goto("/account")
    expect(own.locator(".lead")).to_contain_text("雷锋车队南关分会")


def test_an_administrator_sets_up_the_second_factor_and_comes_in_with_a_recovery_code(opens: Open):
    keeper, own, holder = opens(KEEPER), opens(), f"m-{uuid4().hex[:6]}"
    chooses(own, opened(keeper, holder, "管理员"))
    signs_in(own, holder)
    expect(own.get_by_role("heading", level=1)).to_have_text("启用二次验证")
    assert_accessible(own)
    secret = own.locator(".secret code").inner_text().replace(" ", "")
    own.get_by_label("验证码").fill(pyotp.TOTP(secret).at(system_clock()))
    own.get_by_role("button", name="启用").click()
    code = own.locator(".codes code").first.inner_text()
    assert_accessible(own)
    own.get_by_role("link", name="已收好").click()
    expect(own.get_by_role("heading", level=1)).to_have_text("系统")
    again = opens()
    signs_in(again, holder)
    expect(again.get_by_role("heading", level=1)).to_have_text("二次验证")
    assert_accessible(again)
    again.get_by_label(re.compile("^验证码")).fill(code)
    again.keyboard.press("Enter")
    expect(again.get_by_role("heading", level=1)).to_have_text("系统")


def test_what_takes_two_persons_is_asked_by_one_and_approved_by_another(opens: Open, street: Street):
    matter = street.request("goods")
    street.hub.settles()
    station = opens(COORDINATOR, java_script_enabled=False)
    station.goto(f"/matters/{matter}")
    station.get_by_role("link", name=re.compile("^标记求助误录")).first.click()
    why = station.locator("select[name=reason_code]")
    why.select_option(index=1)
    station.get_by_role("button", name=re.compile("^记下")).click()
    expect(station.get_by_role("status")).to_contain_text("等另一人复核")
    expect(station.get_by_role("button", name=re.compile("^批准"))).to_have_count(0)
    head = opens(HEAD, java_script_enabled=False)
    head.goto("/approvals")
    assert_reads(head)
    row = head.get_by_role("row", name=re.compile(matter[:8]))
    row.get_by_role("button", name=re.compile("^批准")).click()
    expect(head.get_by_role("status").first).to_contain_text("已记下")
    street.hub.settles()
    head.goto(f"/matters/{matter}")
    expect(head.locator(".state .chip").first).to_have_text("作废")


def assert_reads(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("待复核")
