"""An auditor's day by the pages alone: a case's life at one look, a sample, a finding, and a bundle that verifies offline."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import Open, Street

pytestmark = pytest.mark.browser

AUDITOR, COORDINATOR = "审计员", "站点协调员"


def downloaded(page: Page, name: str, into: Path) -> Path:
    """What a button gives, as a file."""
    with page.expect_download(timeout=60_000) as coming:
        page.get_by_role("button", name=name).click()
    file = into / coming.value.suggested_filename
    coming.value.save_as(file)
    return file


def accepted(street: Street) -> str:
    """A matter whose need the team has taken on."""
    matter, referral = street.offered("companionship")
    team = {"role": "team_leader", "ident": "t-1", "org": street.team}
    answer = street.hub.ask(
        "POST", f"/referral/v1/referrals/{referral}/acceptance", {"organization_id": street.team}, **team,
        Idempotency_Key=referral,
    )  # fmt: skip
    assert answer.ok, answer.text
    street.hub.settles()
    return matter


def test_an_auditor_sees_a_cases_life_at_one_look_and_compares_two_moments_by_keyboard(opens: Open, street: Street):
    matter = accepted(street)
    page = opens(AUDITOR)
    page.get_by_label("事项编号").fill(matter[:8])
    page.get_by_role("button", name="查找并回放").click()
    expect(page).to_have_url(re.compile(f"/matters/{matter}/time-machine"))
    expect(page.locator("#then")).to_contain_text("当时负责")
    known = page.get_by_role("slider", name=re.compile("知情时间"))
    last = int(known.get_attribute("max") or 0)
    known.focus()
    page.keyboard.press("Home")
    expect(known).to_have_attribute("aria-valuetext", re.compile(rf"求助受理 \(1 / {last}\)"))
    expect(page.locator("#then .differs")).to_contain_text("处不同")
    expect(page.locator("#then .thing.told").first).to_be_visible()
    expect(page.locator("svg.custody .ghost").first).to_be_visible()
    expect(page).to_have_url(re.compile("known=1"))
    page.keyboard.press("End")
    expect(page.locator("#then .differs")).to_have_count(0)
    expect(page.locator("#then")).to_contain_text("两刻所知相同")
    expect(page.locator(".proof pre")).to_contain_text("/audit/v1")
    assert_accessible(page)


def test_the_time_machine_works_without_javascript_by_its_fields_and_in_english(opens: Open, street: Street):
    matter = accepted(street)
    page = opens(AUDITOR, java_script_enabled=False)
    page.get_by_role("link", name="English").click()
    page.goto(f"/matters/{matter}/time-machine")
    page.get_by_label(re.compile("^As known at")).select_option(index=1)
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#then .differs")).to_contain_text("told otherwise")
    said = page.inner_text("#then").replace("雷锋车队南关分会", "")
    assert re.findall("[\u4e00-\u9fff]+", said) == []


def test_a_bundle_is_taken_and_verifies_in_the_same_browser_offline(opens: Open, street: Street, tmp_path: Path):
    matter = accepted(street)
    page = opens(AUDITOR)
    page.goto(f"/matters/{matter}/time-machine")
    page.get_by_role("link", name="取走审计包").last.click()
    expect(page.locator("main")).to_contain_text("审计员看到的都是密封的")
    assert_accessible(page)
    file = downloaded(page, "生成并下载", tmp_path)
    page.goto("/audit/verify")
    assert_accessible(page)
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载策略文件").click()
    coming.value.save_as(tmp_path / "policy")
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="打开核验网页").click()
    verifier = opening.value
    verifier.wait_for_load_state()
    verifier.context.set_offline(True)
    verifier.get_by_label("审计包").set_input_files(file)
    verifier.get_by_label("信任策略").set_input_files(tmp_path / "policy")
    verifier.get_by_role("button", name="核验").click()
    verifier.wait_for_selector("#line:not([hidden])")
    said = json.loads(verifier.locator("#line").inner_text())
    assert said["ok"] is True, said
    verifier.context.set_offline(False)
    page.goto(f"/matters/{matter}/access")
    expect(page.get_by_role("row", name=re.compile("^.*导出")).first).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("回放")).first).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("投递.*号投递")).first).to_be_visible()
    assert_accessible(page)


def test_a_sample_is_drawn_a_finding_raised_answered_and_ended(opens: Open, street: Street):
    accepted(street)
    page = opens(AUDITOR)
    page.get_by_role("link", name="抽样", exact=True).click()
    assert_accessible(page)
    page.get_by_label("种子").fill("dice-4-2-6")
    page.get_by_role("button", name="登记并抽取").click()
    expect(page.get_by_role("status")).to_contain_text("已登记抽样计划")
    assert_accessible(page)
    page.get_by_role("link", name=re.compile("提出发现")).first.click()
    page.get_by_label("发现什么").select_option(label="凭据缺失")
    page.get_by_role("button", name="提出审计发现").click()
    expect(page.get_by_role("status")).to_contain_text("已提出")
    assert_accessible(page)
    address = page.url
    station = opens(COORDINATOR)
    station.goto(address)
    station.get_by_label("站点答复", exact=True).select_option(label="已补凭据")
    station.get_by_role("button", name="代站点答复").click()
    expect(station.get_by_role("status")).to_contain_text("已答复")
    page.reload()
    page.get_by_label("结果", exact=True).select_option(label="已整改")
    page.get_by_role("button", name="办结").click()
    expect(page.get_by_role("status")).to_contain_text("已办结")
    page.goto("/findings")
    assert_accessible(page)
    expect(page.locator("main")).to_contain_text("凭据缺失")


def test_the_ledger_is_compared_and_checked_from_its_page(opens: Open, street: Street):
    page = opens(AUDITOR)
    page.get_by_role("link", name="账本", exact=True).click()
    expect(page.locator("main")).to_contain_text("没有设定见证方")
    page.get_by_role("button", name="现在全部复核").click()
    expect(page.get_by_role("status")).to_contain_text("全部完好")
    page.get_by_role("button", name="现在对账").click()
    expect(page.get_by_role("status")).to_contain_text("对账")
    assert_accessible(page)
    expect(page.locator("main")).to_contain_text("连续")


def test_who_has_seen_a_person_is_told_for_a_reason_that_is_on_record(opens: Open, street: Street):
    made = street.ask("/intake/v1/persons", {"name": "小伟", "station": "220104004"})
    street.hub.settles()
    page = opens(AUDITOR)
    page.get_by_label(re.compile("服务对象的代号")).fill(made["id"])
    page.get_by_role("button", name="查看").click()
    assert_accessible(page)
    page.get_by_label("查询目的").select_option(label="投诉核查")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("谁看过此人的信息")
    assert_accessible(page)
    page.goto("/audit")
    page.get_by_label(re.compile("服务对象的代号")).fill("小伟")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("alert")).to_contain_text("不是服务对象的代号")


def test_a_receipt_is_taken_for_each_handoff(opens: Open, street: Street, tmp_path: Path):
    matter = accepted(street)
    page = opens(AUDITOR)
    page.goto(f"/matters/{matter}/receipts")
    assert_accessible(page)
    row = page.get_by_role("row", name=re.compile("受案"))
    with page.expect_download(timeout=60_000) as coming:
        row.get_by_role("link").click()
    coming.value.save_as(tmp_path / "receipt")
    assert (tmp_path / "receipt").read_bytes().startswith(b"c2sp.org/tlog-proof@v1")
