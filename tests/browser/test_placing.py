"""What an administrator keeps, by the pages alone: stations, editions of code tables, the working calendar."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from services.console.words import Words, local
from services.kernel.clock import system_clock
from tests.browser.axe import assert_accessible
from tests.browser.conftest import Open
from tests.browser.test_gate import KEEPER

pytestmark = pytest.mark.browser

FAR = local(system_clock()) + timedelta(days=300)
"""A day that touches no deadline of other tests."""
SAID = Words("zh", system_clock()).day(FAR)


def says(page: Page, words: str | re.Pattern[str]) -> None:
    """The page says that it is done."""
    expect(page.get_by_role("status").first).to_contain_text(words)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_station_is_opened_given_other_places_and_closed(opens: Open, scripts: bool):
    page, code = opens(KEEPER, java_script_enabled=scripts), "220183001" if scripts else "220183002"
    page.goto("/admin/stations")
    page.get_by_label(re.compile(r"^区划代码\s")).fill(code)
    page.get_by_label(re.compile("^名称")).fill("米沙子镇社工站")
    page.get_by_role("button", name="设立站点").click()
    says(page, "已记下")
    page.get_by_role("row", name=re.compile(code)).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("米沙子镇社工站")
    page.get_by_label(re.compile("^服务的地方")).fill(f"{code}\n220183999")
    page.get_by_role("button", name="调整服务区域").click()
    says(page, "已记下")
    expect(page.get_by_label(re.compile("^服务的地方"))).to_have_value(f"{code}\n220183999")
    if scripts:
        assert_accessible(page)
    page.get_by_role("button", name="撤销站点").click()
    says(page, "已记下")
    expect(page.get_by_role("button", name="撤销站点")).to_have_count(0)
    expect(page.locator(".lead")).to_contain_text("已撤销")


def test_a_place_that_is_none_is_refused_in_words_and_what_was_typed_stays(opens: Open):
    page = opens(KEEPER, java_script_enabled=False)
    page.goto("/admin/stations")
    page.get_by_label(re.compile(r"^区划代码\s")).fill("220183003")
    page.get_by_role("button", name="设立站点").click()
    page.get_by_role("row", name=re.compile("220183003")).get_by_role("link").click()
    page.get_by_label(re.compile("^服务的地方")).fill("米沙子镇")
    page.get_by_role("button", name="调整服务区域").click()
    expect(page.get_by_role("alert")).to_contain_text("没有办成")
    expect(page.get_by_label(re.compile("^服务的地方"))).to_have_value("米沙子镇")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_new_edition_is_looked_at_first_and_then_holds_from_its_day(opens: Open, scripts: bool):
    """INV-40: the edition that holds today stays as it is; the new one is told with its day."""
    page, table = opens(KEEPER, java_script_enabled=scripts), "material" if scripts else "came_by"
    page.goto(f"/admin/tables/{table}")
    page.get_by_role("link", name="设定新版").click()
    page.get_by_label(re.compile("^版本名")).fill("Yongchang 2027")
    page.get_by_label("自何日起").fill(FAR.isoformat())
    row = page.get_by_role("row").filter(has=page.locator("input[name^=code-]:not([type=hidden])")).first
    row.get_by_role("textbox", name=re.compile("^代码")).fill("letter")
    row.get_by_role("textbox", name=re.compile("^中文")).fill("来信")
    row.get_by_role("textbox", name=re.compile("^英文")).fill("a letter")
    page.get_by_role("button", name="看改动").click()
    expect(page.get_by_role("alert")).to_contain_text("版本名须为小写字母")
    expect(page.get_by_role("button", name="提交新版")).to_have_count(0)
    page.get_by_role("button", name="返回修改").click()  # what was typed is there still
    page.get_by_label(re.compile("^版本名")).fill("yongchang-2027")
    page.get_by_role("button", name="看改动").click()
    expect(page.get_by_role("listitem").filter(has_text="letter")).to_contain_text("来信")
    if scripts:
        assert_accessible(page)
    page.get_by_role("button", name="提交新版").click()
    says(page, "已提交")
    for _ in range(40):
        page.goto("/admin/tables")
        told = page.get_by_role("row", name=re.compile(f" {table}"))
        if "yongchang-2027" in told.inner_text():
            break
        page.wait_for_timeout(250)
    expect(told).to_contain_text("yongchang-2027")
    expect(told).to_contain_text(SAID)
    page.goto(f"/admin/tables/{table}")
    assert "来信" not in page.inner_text("main"), "it holds from its day on"


def test_a_day_off_of_the_station_s_own_is_looked_at_and_placed_and_days_that_have_passed_stay(opens: Open):
    page = opens(KEEPER, java_script_enabled=False)
    page.goto("/admin/tables")
    page.get_by_role("link", name="修改日历").click()
    page.get_by_label(re.compile("^另定休息日")).fill("2020-02-05")
    page.get_by_role("button", name="看改动").click()
    expect(page.get_by_role("alert")).to_contain_text("2020年2月5日已过")
    expect(page.get_by_role("button", name="提交新版")).to_have_count(0)
    page.get_by_label(re.compile("^另定休息日")).fill(FAR.isoformat())
    page.get_by_role("button", name="看改动").click()
    expect(page.get_by_role("region", name="改动")).to_contain_text(FAR.isoformat())
    page.get_by_role("button", name="提交新版").click()
    says(page, "已提交")
    for _ in range(40):
        page.goto("/admin/tables")
        if "另定休息日 1 天" in page.inner_text("main"):
            break
        page.wait_for_timeout(250)
    page.goto("/admin/calendar")
    expect(page.get_by_label(re.compile("^另定休息日"))).to_have_value(FAR.isoformat())
