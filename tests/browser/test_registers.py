"""A register taken over by the pages: seen row by row first, done then, and done again without doing anything twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import Open, Street
from tests.browser.test_console import COORDINATOR

pytestmark = pytest.mark.browser
ROWS = "姓名,年龄,联系电话,备注\n甲某,81,0431-0000001,独居\n乙某,很老,0431-0000002,\n丙某,不详,0431-0000003,\n".encode(
    "gb18030"
)


def previewed(page: Page, rows: bytes = ROWS) -> dict[str, str]:
    """Choose the file and look; answers how many rows would become what."""
    page.goto("/registers")
    page.get_by_role("link", name="服务对象").click()
    page.get_by_label("文件").set_input_files({"name": "台账.csv", "mimeType": "text/csv", "buffer": rows})
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("heading", name="预览：台账.csv")).to_be_visible()
    names, numbers = page.locator("dl.tally dt"), page.locator("dl.tally dd")
    return dict(zip(names.all_inner_texts(), numbers.all_inner_texts(), strict=True))


def test_a_register_is_seen_before_it_is_taken_over_and_once_only(opens: Open, street: Street):
    def persons() -> int:
        return len(street.hub.ask("GET", "/intake/v1/persons?limit=1000").json()["items"])

    page, before = opens(COORDINATOR, java_script_enabled=False), persons()
    assert previewed(page) == {"新": "2", "相同": "0", "已变更": "0", "被拒绝": "0", "有错": "1"}
    expect(page.get_by_role("row", name="3 年龄")).to_contain_text("错误")
    assert "甲某" not in page.content(), "a report never says what a cell holds"
    assert persons() == before, "a preview writes nothing"
    page.get_by_role("button", name="导入 2 行").click()
    expect(page.get_by_role("status")).to_have_text("写入 2 行。")
    assert persons() == before + 2
    assert previewed(page)["相同"] == "2"
    expect(page.get_by_text("没有可以导入的新行。")).to_be_visible()


def test_a_file_that_is_no_register_is_refused_with_what_was_expected(opens: Open, street: Street):
    page = opens(COORDINATOR)
    page.goto("/registers/visits")
    page.get_by_label("文件").set_input_files({"name": "x.xlsx", "mimeType": "application/zip", "buffer": b"no book"})
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("alert")).to_contain_text("不是 XLSX 文件")
    assert_accessible(page)
