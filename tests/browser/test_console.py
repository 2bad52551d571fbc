"""A day in the console: a request is taken, triaged, offered, answered and replayed, by the pages alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open, Street

pytestmark = pytest.mark.browser

COORDINATOR, PARTNER, AUDITOR = "站点协调员", "合作机构", "审计员"


def take(page: Page, need: str, story: str = "") -> str:
    """Take a request in on the short form; returns where its page is."""
    page.goto("/take")
    page.get_by_role("checkbox", name=need).check()
    page.get_by_role("radio", name="来电").check()
    page.get_by_label("情况").fill(story)
    page.get_by_role("button", name="受理").click()
    expect(page.get_by_role("status").first).to_contain_text("已记下：求助受理")
    return page.url


def asked(page: Page, referral: str) -> Locator:
    """The offer of this referral on the partner's page."""
    return page.get_by_role("article", name=re.compile(referral[:8]))


def triage(page: Page, urgency: str, disposition: str) -> None:
    """Decide what the request on this page becomes."""
    page.get_by_role("link", name="分诊").click()
    page.get_by_role("group", name=re.compile("紧急程度")).get_by_label(urgency).check()
    page.get_by_role("group", name="去向").get_by_label(disposition).check()
    page.get_by_role("button", name="记下分诊").click()
    expect(page.get_by_role("status").first).to_contain_text("已记下：分诊")


@pytest.mark.parametrize(("role", "heading"), [(COORDINATOR, "工作台"), (PARTNER, "收到的转介"), (AUDITOR, "审计")])
def test_each_role_comes_to_its_own_first_page_and_leaves_again(opens: Open, role: str, heading: str):
    page = opens(role)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.get_by_role("button", name="退出").click()
    page.goto("/")
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_a_request_is_taken_triaged_and_stands_on_the_worklist(opens: Open):
    page = opens(COORDINATOR)
    address = take(page, "小型维修", "暖气管不热")
    assert "暖气" not in page.content()
    page.goto("/")
    ref = address.rpartition("/")[2][:8]
    expect(page.locator("#new")).to_contain_text(ref)
    page.goto(address)
    triage(page, "当日", "派单")
    expect(page.get_by_role("link", name="分诊")).to_have_count(0)
    page.goto("/")
    expect(page.locator("#mine").get_by_role("row", name=re.compile(ref))).to_contain_text("等安排去向")


def test_an_organization_accepts_and_answers_for_the_need_from_then_on(opens: Open, street: Street):
    matter, referral = street.offered("companionship")
    page = opens(PARTNER)
    asked(page, referral).get_by_role("button", name=re.compile("^受案")).click()
    expect(page.get_by_role("status")).to_contain_text("已记下：受案")
    street.hub.settles()
    station = opens(COORDINATOR)
    station.goto(f"/matters/{matter}")
    expect(station.locator(".needs")).to_contain_text("此刻负责 雷锋车队南关分会")
    expect(station.locator(".source")).to_contain_text("责任链由审计服务核定")


def test_an_organization_declines_with_a_reason(opens: Open, street: Street):
    matter, referral = street.offered("counselling")
    page = opens(PARTNER)
    offer = asked(page, referral)
    offer.get_by_text("不受案").first.click()
    offer.get_by_label("原因").select_option(label="无容量")
    offer.get_by_role("button", name="不受案").click()
    expect(page.get_by_role("status")).to_contain_text("已记下：不受案")
    street.hub.settles()
    station = opens(COORDINATOR)
    station.goto(f"/matters/{matter}")
    expect(station.locator(".answers")).to_contain_text("无容量")


def test_the_slider_replays_what_was_known_and_comes_back_to_now(opens: Open, street: Street):
    matter, _ = street.offered("companionship")
    page = opens(AUDITOR)
    page.goto(f"/matters/{matter}")
    expect(page.locator("svg.custody g.lane")).to_have_count(6)
    offers = page.locator("figure .scroll svg g.arrow.offered")
    shown = offers.count()
    slider = page.get_by_role("slider", name="回放到第几步")
    last = int(slider.input_value())
    slider.press("ArrowLeft")
    expect(page.locator("#moment.then")).to_contain_text(f"第 {last - 1} / {last} 步")
    for _ in range(last - 2):
        slider.press("ArrowLeft")
    expect(page.locator("#moment.then")).to_contain_text(f"第 1 / {last} 步")
    expect(page.locator(".state .chip").first).to_have_text("待分诊")
    assert offers.count() < shown
    expect(page).to_have_url(re.compile(r"\?n=1$"))
    page.reload()
    expect(page.locator("#moment.then")).to_contain_text(f"第 1 / {last} 步")
    page.get_by_role("link", name="下一步", exact=True).click()
    expect(page.locator("#moment.then")).to_contain_text(f"第 2 / {last} 步")
    page.get_by_role("link", name="现在").click()
    expect(page.locator("#moment.now")).to_contain_text("最新情形")


def test_everything_but_the_slider_works_without_javascript(opens: Open, street: Street):
    matter, referral = street.offered("companionship")
    page = opens(COORDINATOR, java_script_enabled=False)
    address = take(page, "家务")
    triage(page, "一般", "现场解答")
    page.goto(f"/matters/{matter}")
    page.get_by_role("link", name="上一步").click()
    expect(page.locator("#moment.then")).to_contain_text("当时已入账的情形")
    page.goto(address)
    page.get_by_text("按时间查看").click()
    page.get_by_label("当时已知").fill("2020-01-01T00:00")
    page.get_by_role("button", name="查看").click()
    expect(page.locator("#moment.then")).to_contain_text("第 1 / 2 步")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("link", name="Worklist")).to_be_visible()
    partner = opens(PARTNER, java_script_enabled=False)
    asked(partner, referral).get_by_role("button", name=re.compile("^受案")).click()
    expect(partner.get_by_role("status")).to_contain_text("已记下：受案")


def test_english_stays_chosen_and_leaves_no_chinese_behind(opens: Open, street: Street):
    matter = street.request("goods")
    street.hub.settles()
    page = opens(COORDINATOR)
    page.get_by_role("link", name="English").click()
    for path in ("/", "/take", "/matters", f"/matters/{matter}"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('[lang=zh-CN], [hreflang=zh-CN]').forEach(e => e.remove())")
        said = page.inner_text("body").replace("雷锋车队南关分会", "")  # its own name, which nobody translated
        assert re.findall("[\u4e00-\u9fff]+", said) == []
        assert page.locator("html").get_attribute("lang") == "en"


def test_a_forged_form_changes_nothing(opens: Open, street: Street):
    page = opens(COORDINATOR)
    page.goto("/take")
    page.evaluate("document.querySelector('form[action=\"/take\"] input[name=csrf]').value = 'forged'")
    page.get_by_role("button", name="受理").click()
    expect(page.get_by_role("alert")).to_contain_text("页面已过期")


def test_a_role_that_may_not_see_a_page_is_told_where_to_go(opens: Open):
    page = opens(PARTNER)
    page.goto("/matters")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有办成")
    page.get_by_role("link", name="回到首页").click()
    expect(page).to_have_url(re.compile("/offers$"))


BOXES = """(svg) => [...svg.querySelectorAll('text')].map(t => {
  const b = t.getBoundingClientRect();
  return [t.textContent, b.left, b.top, b.right, b.bottom, parseFloat(getComputedStyle(t).fontSize)];
})"""


@pytest.mark.parametrize("width", [1280, 800])
def test_no_label_of_the_chart_covers_another_or_is_too_small(opens: Open, street: Street, width: int):
    matter, _ = street.offered("companionship")
    page = opens(AUDITOR, viewport={"width": width, "height": 900})
    page.goto(f"/matters/{matter}")
    boxes = page.locator("figure .scroll svg.custody").evaluate(BOXES)
    assert len(boxes) > 8
    for place, (text, left, top, right, bottom, size) in enumerate(boxes):
        assert size >= 11, text
        for other, l2, t2, r2, b2, _ in boxes[place + 1 :]:
            assert right <= l2 or r2 <= left or bottom <= t2 or b2 <= top, (text, other)


def test_the_page_does_not_scroll_sideways_on_a_narrow_screen(opens: Open, street: Street):
    matter, _ = street.offered("companionship")
    page = opens(COORDINATOR, viewport={"width": 400, "height": 800})
    for path in ("/", "/take", "/matters", f"/matters/{matter}"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_the_keyboard_finds_the_skip_link_first_and_shows_where_it_is(opens: Open):
    page = opens(COORDINATOR)
    page.goto("/matters")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("跳到正文")
    assert focused.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_first_page_is_light(opens: Open, street: Street):
    page = opens()
    sizes: list[int] = []
    page.on("response", lambda got: sizes.append(len(got.body())))
    page.get_by_role("button", name=re.compile(COORDINATOR)).click()
    page.wait_for_load_state("networkidle")
    assert sum(sizes) < 200 * 1024
