"""The month's report as it is handed in, and the directory with its room."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from services.kernel.clock import system_clock
from tests.browser.conftest import Open, Street
from tests.browser.test_acting import plan_of_visits
from tests.browser.test_console import COORDINATOR
from tests.browser.test_papers import sheets

pytestmark = pytest.mark.browser
HEAD = "站长"


def test_a_report_is_printed_and_sealed_by_the_head_alone(opens: Open, street: Street):
    """INV-36: what is sealed stays; the report says of which ledger it is."""
    month = (system_clock().astimezone(ZoneInfo("Asia/Shanghai")).replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    page = opens(COORDINATOR)
    page.goto(f"/figures?month={month}")
    page.get_by_role("link", name="月报（可打印）").click()
    expect(page.get_by_text("由站长封存")).to_be_visible()
    expect(page.locator(".paper")).to_contain_text("未封存")
    assert sheets(page) == 1
    head = opens(HEAD, java_script_enabled=False)
    head.goto(f"/figures/report?month={month}")
    head.get_by_role("button", name="封存这份月报").click()
    expect(head.get_by_role("status")).to_contain_text("月报已封存")
    page.reload()
    expect(page.locator(".paper")).to_contain_text("已封存")
    with page.expect_download() as got:
        page.get_by_role("link", name="下载表格").click()
    assert got.value.suggested_filename == f"report-220104004-{month}.xlsx"


def test_the_directory_is_looked_through_by_service_and_by_name(opens: Open, street: Street):
    page = opens(COORDINATOR, java_script_enabled=False)
    page.goto("/directory")
    row = page.get_by_role("row", name=re.compile("雷锋车队"))
    expect(row.get_by_role("cell").last).to_have_text(re.compile(r"^\d+$"))  # how much room there is
    page.get_by_label("服务").select_option("companionship")
    page.get_by_label("名称或地点").fill("雷锋")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("section")).to_have_count(1)
    page.get_by_label("名称或地点").fill("没有这样的")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("status")).to_have_text("没有符合条件的。")


def test_a_days_visits_go_by_the_keyboard_alone(opens: Open, street: Street):
    """Up and down from row to row, a digit for a result; what an exception needs shows beside it alone."""
    first, second = plan_of_visits(street), plan_of_visits(street)
    page = opens(COORDINATOR)
    page.goto("/visits?names=1")
    due = page.get_by_role("table", name="到期的")
    names = due.locator("tbody input[type=radio]:checked").evaluate_all("found => found.map(e => e.name)")
    here = names.index(f"result-{first}")
    page.locator(f"input[name=result-{first}]:checked").focus()
    step = "ArrowDown" if names.index(f"result-{second}") > here else "ArrowUp"
    for _ in range(abs(names.index(f"result-{second}") - here)):
        page.keyboard.press(step)
    page.keyboard.press("2")
    expect(page.locator(f"input[name=result-{second}][value=concern]")).to_be_checked()
    expect(page.locator(f"select[name=concern-{second}]")).to_be_visible()
    expect(page.locator(f"select[name=concern-{first}]")).to_be_hidden()
    expect(page.locator(".counts")).to_contain_text("例外 1")
    page.locator(f"select[name=concern-{second}]").select_option("fall")
    page.locator(f"select[name=measure-{second}]").select_option("called-family")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("已记下：探访")
