"""A need's whole way by the pages alone: heard, registered, consented, offered, answered, served, confirmed, closed."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import COMMUNITY, Open, Street
from tests.browser.test_console import AUDITOR, COORDINATOR, PARTNER, asked, take, triage

pytestmark = pytest.mark.browser


def do(page: Page, act: str, *fields: tuple[str, str | Sequence[str]], done: str = "", part: str = "") -> None:
    """Follow the link to an act, fill its form in, send it, and be told what was recorded."""
    within = page.get_by_role("group", name=re.compile(part)) if part else page
    within.get_by_role("link", name=re.compile(f"^{act}")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(act)
    for name, value in fields:
        fill(page, name, value)
    page.get_by_role("button", name=f"记下{act}").click()
    expect(page.get_by_role("status").first).to_contain_text(f"已记下：{done or act}")


def fill(page: Page, name: str, value: str | Sequence[str]) -> None:
    """Choose or type one field by its name on the page."""
    group = page.get_by_role("group", name=re.compile(f"^{name}"))
    if group.count():
        for choice in [value] if isinstance(value, str) else value:
            group.first.get_by_label(choice).first.check()
        return
    box = page.get_by_label(re.compile(f"^{name}")).first
    if box.evaluate("e => e.tagName") == "SELECT":
        box.select_option(label=str(value))
    else:
        box.fill(str(value))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_need_goes_its_whole_way_by_the_pages_alone(opens: Open, street: Street, scripts: bool):
    station = opens(COORDINATOR, java_script_enabled=scripts)
    address = take(station, "陪伴")
    street.hub.settles()
    station.goto(address)
    triage(station, "一般", "转介")
    do(station, "建档", ("称呼或化名", "王奶奶"), ("年龄段", "80 岁以上"), done="求助关联到人")
    do(
        station,
        "登记同意",
        ("同意用于", ["转介"]),
        ("哪些信息", ["身份"]),
        ("可提供给", ["雷锋车队"]),
        ("方式", "书面"),
    )
    street.hub.settles()
    station.goto(address)
    do(station, "拟定转介", done="转介拟定")
    do(station, "转介就绪", ("依据的同意", "转介"), part="^转介")
    do(station, "发出转介", ("机构", "雷锋车队南关分会"), part="^转介")
    street.hub.settles()
    partner = opens(PARTNER, java_script_enabled=scripts)
    referral = referral_of(street, address)
    asked(partner, referral).get_by_role("button", name=re.compile("^受案")).click()
    row = partner.get_by_role("row", name=re.compile(referral[:8]))
    row.get_by_role("link", name=re.compile("^开始服务")).click()
    partner.get_by_role("button", name="记下开始服务").click()
    row.get_by_role("link", name=re.compile("^报告成效")).click()
    fill(partner, "结果", "已提供")
    partner.get_by_role("button", name="记下报告成效").click()
    expect(partner.get_by_role("status").first).to_contain_text("已记下")
    street.hub.settles()
    station.goto(address)
    do(station, "确认成效", part="^转介", done="成效确认")
    street.hub.settles()
    station.goto(address)
    expect(station.locator(".state .chip").first).to_have_text("已办结")
    auditor = opens(AUDITOR, java_script_enabled=scripts)
    auditor.goto(address)
    expect(auditor.locator(".needs")).to_contain_text("已闭环")
    assert "王奶奶" not in auditor.content()


def referral_of(street: Street, address: str) -> str:
    """The referral of a matter."""
    matter = address.rpartition("/")[2]
    rows = street.hub.ask("GET", f"/referral/v1/referrals?matter_id={matter}").json()["items"]
    return str(rows[0]["referral_id"])


def test_what_was_typed_stays_on_the_form_when_the_service_says_no(opens: Open, street: Street):
    page = opens(COORDINATOR)
    page.goto(take(page, "小型维修"))
    page.get_by_role("link", name="分诊").click()
    fill(page, "紧急程度", "紧急")
    fill(page, "去向", "派单")
    page.get_by_role("button", name="记下分诊").click()
    expect(page.get_by_role("alert")).to_contain_text("没有办成")
    expect(page.get_by_role("group", name="去向").get_by_label("派单")).to_be_checked()


def test_what_cannot_be_done_yet_says_when_it_can(opens: Open, street: Street):
    page = opens(COORDINATOR)
    page.goto(take(page, "小型维修"))
    page.get_by_text("暂时不能办").click()
    expect(page.locator(".later")).to_contain_text("重开求助 须在“已办结”时办理")


def plan_of_visits(street: Street) -> str:
    """Somebody is to be looked in on every day."""
    person = street.ask("/intake/v1/persons", {"station": "220104004", "age_band": "from_80", "pseudonym": "洪阿姨"})[
        "id"
    ]
    plan = {"person_id": person, "cadence": "daily", "visitor": "worker:w-demo", "unit": f"community:{COMMUNITY}",
            "area": COMMUNITY, "basis": "unknown"}  # fmt: skip
    made = str(street.ask("/intake/v1/visit-plans", plan)["id"])
    street.hub.settles()
    return made


def test_a_days_visits_are_written_down_on_one_sheet(opens: Open, street: Street):
    well, fallen = plan_of_visits(street), plan_of_visits(street)
    page = opens(COORDINATOR, java_script_enabled=False)
    page.goto("/visits?names=1")
    expect(page.get_by_role("link", name="洪阿姨").first).to_be_visible()
    page.locator(f"input[name=result-{fallen}][value=concern]").check()
    page.get_by_role("button", name="记下这一页").click()
    expect(page.get_by_role("alert").first).to_contain_text("1 行没有办成")
    page.locator(f"select[name=concern-{fallen}]").select_option("fall")
    page.locator(f"select[name=measure-{fallen}]").select_option("called-family")
    page.get_by_role("button", name="记下这一页").click()
    expect(page.get_by_role("status").first).to_contain_text("已记下：探访")
    visited = street.hub.ask("GET", f"/intake/v1/visits?plan_id={well}").json()["items"]
    assert [row["result"] for row in visited] == ["ok"]
    assert street.hub.ask("GET", f"/intake/v1/visits?plan_id={fallen}").json()["items"][0]["result"] == "concern"


@pytest.mark.parametrize(
    ("path", "heading"), [("/dispatch", "派单板"), ("/directory", "五社资源目录"), ("/figures", "月度数字")]
)
def test_the_stations_other_pages_open(opens: Open, path: str, heading: str):
    page = opens(COORDINATOR)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.get_by_role("link", name="English").click()
    page.evaluate("document.querySelectorAll('[lang=zh-CN], [hreflang=zh-CN]').forEach(e => e.remove())")
    said = page.inner_text("main").replace("雷锋车队南关分会", "").replace("南关区", "")
    assert re.findall("[\u4e00-\u9fff]+", said) == []


def test_an_auditor_sees_what_was_so_and_what_was_known(opens: Open, street: Street):
    matter, _ = street.offered("companionship")
    page = opens(AUDITOR)
    page.goto(f"/matters/{matter}")
    page.get_by_role("link", name="用时光机查看").click()
    expect(page.locator(".thing")).to_have_count(2)
    expect(page.locator("#then")).to_contain_text("两刻所知相同")
    known = page.get_by_role("slider", name=re.compile("知情时间"))
    known.fill("1")
    expect(page.locator(".thing")).to_have_count(1)
    expect(page.locator("#then")).not_to_contain_text("两刻所知相同")
    expect(page.get_by_role("heading", name="凭证")).to_be_visible()
    plain = opens(AUDITOR, java_script_enabled=False)
    plain.goto(f"/matters/{matter}/time-machine?known=1")
    expect(plain.locator(".thing")).to_have_count(1)
