"""Dispatching by the pages alone: a task and who could go, a day's plan, a pairing round, overrides."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from services.kernel.clock import system_clock
from tests.browser.conftest import Open, Street
from tests.browser.test_console import COORDINATOR
from tests.browser.test_volunteering import member, task

__all__ = ["member"]
pytestmark = pytest.mark.browser
CHINA = ZoneInfo("Asia/Shanghai")


def matter(street: Street) -> str:
    """Somebody wants company."""
    made = street.request("companionship")
    street.hub.settles()
    return made


@pytest.mark.parametrize("scripts", [True, False])
def test_a_task_says_who_could_go_why_and_what_happens_next(opens: Open, street: Street, member: str, scripts: bool):
    """INV-15, INV-37: reasons and counts of rules, no number of anybody."""
    one = task(street, matter(street), 90 + 3 * scripts)
    page = opens(COORDINATOR, java_script_enabled=scripts)
    page.goto(f"/dispatch/tasks/{one}")
    expect(page.get_by_role("group", name="谁可以去")).to_contain_text("同一街道")
    page.get_by_label("谁去").select_option(f"volunteer:{member}")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("status")).to_contain_text("可以去")
    page.get_by_role("button", name="按批邀约").click()
    expect(page.get_by_role("status").first).to_have_text("已记下。")
    asked = page.locator("section", has=page.get_by_role("heading", name="问过谁"))
    if not page.get_by_text("发出下一批邀约").count():  # at night the wave waits for the morning
        expect(asked.get_by_role("row").nth(1)).to_contain_text("待答复")


def test_others_than_suggested_are_sent_with_a_reason_and_counted_by_month(opens: Open, street: Street, member: str):
    one = task(street, matter(street), 100, kind="housework")
    page = opens(COORDINATOR)
    page.goto(f"/dispatch/tasks/{one}")
    chosen = page.get_by_label("派谁").locator("option").last.get_attribute("value")
    page.get_by_label("派谁").select_option(chosen)
    page.get_by_label("原因").select_option("client-asked")
    page.get_by_role("button", name="改选并派定").click()
    expect(page.locator(".chip").first).to_have_text("已派")
    page.get_by_role("link", name="改选").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("改选情况")


def test_a_day_is_planned_looked_at_and_published(opens: Open, street: Street, member: str):
    """The plan binds nobody; those whom it names are asked when a person publishes it."""
    now = system_clock().astimezone(CHINA)
    noon = (now + timedelta(days=2)).replace(
        hour=12, minute=0, second=0, microsecond=0
    )  # nobody sets out before midnight
    one = task(street, matter(street), (noon - now) / timedelta(hours=1))
    day = noon.date().isoformat()
    page = opens(COORDINATOR, java_script_enabled=False)
    page.goto(f"/dispatch?view=day&day={day}")
    expect(page.get_by_role("row", name=re.compile(one[:8]))).to_contain_text("还差 1 人")
    page.get_by_role("link", name="制定计划").click()
    page.get_by_role("button", name="制定计划").click()
    expect(page.get_by_role("heading", name=re.compile("谁去哪里"))).to_be_visible(timeout=20_000)
    expect(page.get_by_role("row", name=re.compile(one[:8]))).to_contain_text("志愿者")
    expect(page.get_by_role("heading", name="怎么算出来的")).to_be_visible()
    page.get_by_role("button", name="发布，去询问").click()
    expect(page.locator(".chip").first).to_have_text("已发布")
    page.get_by_role("button", name="重新计算").click()
    expect(page.get_by_role("heading", name=re.compile("谁去哪里"))).to_be_visible(timeout=20_000)
    page.get_by_text("不用这份").first.click()
    page.get_by_role("button", name="不用这份").click()
    expect(page.locator(".chip").first).to_have_text("未采用")


def test_a_round_takes_wishes_proposes_pairs_and_settles_them(opens: Open, street: Street):
    page = opens(COORDINATOR)
    page.goto("/dispatch/rounds")
    page.get_by_label("答复截止").fill("2030-01-01T12:00")
    page.get_by_role("button", name="发起一轮").click()
    worker, student = "worker:w-pair", "person:s-pair"
    for who, side, other in ((worker, "甲方", student), (student, "乙方", worker)):
        page.get_by_label(re.compile("^谁")).fill(who)
        page.get_by_label(re.compile(side)).check()
        page.get_by_label(re.compile("愿意与谁")).fill(other)
        page.get_by_role("button", name="记下意愿").click()
        expect(page.get_by_role("status")).to_have_text("已记下。")
    page.get_by_role("button", name="提出结对方案").click()
    page.get_by_role("button", name=re.compile(" 同意$")).first.click()
    expect(page.get_by_role("status")).to_have_text("已记下。")
    page.get_by_role("button", name=re.compile(" 同意$")).last.click()
    expect(page.locator("tbody tr").first).to_contain_text("已结成")


@pytest.mark.parametrize(
    "path", ["/dispatch", "/dispatch?view=day", "/dispatch/plans", "/dispatch/rounds", "/dispatch/overrides"]
)
def test_the_pages_of_dispatch_are_whole_in_english(opens: Open, path: str):
    page = opens(COORDINATOR)
    page.goto(f"{path}{'&' if '?' in path else '?'}lang=en")
    page.evaluate("document.querySelectorAll('[lang=zh-CN], [hreflang=zh-CN]').forEach(e => e.remove())")
    said = re.sub("雷锋车队南关分会|南关区|永昌街道", "", page.inner_text("main"))
    assert re.findall("[\u4e00-\u9fff]+", said) == []
