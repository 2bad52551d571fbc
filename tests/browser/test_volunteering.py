"""Volunteers and teams by the pages alone: asked, going, done, hours, corrections, a statement with its code."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from services.console.demo import VOLUNTEER
from services.kernel.clock import system_clock
from tests.browser.conftest import COMMUNITY, STREET, Open, Street

pytestmark = pytest.mark.browser
LEADER, SELF = "志愿队队长", "进入 志愿者"


@pytest.fixture(scope="module")
def member(street: Street) -> str:
    """Two of the drivers' team are on the roster; the demo's sign-in page lets people be the first."""
    for key in ("volunteer-first", "volunteer-second"):
        body = {"area": STREET, "minor": False, "consent_ref": "paper-1", "skills": ["companionship"],
                "teams": [f"team:{street.team}"]}  # fmt: skip
        one = keeper(street, "/volunteers", body, f"demo-{key}")
        keeper(street, f"/volunteers/{one}/verification", {"minor": False, "evidence_kind": "id-card"}, f"demo-{key}-v")
        first = {
            "training_code": "first",
            "minutes": 60,
            "organizer": f"community:{COMMUNITY}",
            "trained_on": "2026-01-05",
        }
        keeper(street, f"/volunteers/{one}/trainings", first, f"demo-{key}-t")
    return VOLUNTEER


def keeper(street: Street, path: str, body: dict[str, object], key: str) -> str:
    """One command of the station's keeper of the directory."""
    answer = street.hub.ask("POST", f"/volunteer/v1{path}", body, ident="w-yc", Idempotency_Key=key)
    assert answer.ok, answer.text
    return str(answer.json()["id"])


def task(street: Street, matter: str, hours: float, **more: object) -> str:
    """Somebody is needed in so many hours."""
    start = system_clock().astimezone(UTC).replace(microsecond=0) + timedelta(hours=hours)
    body = {"matter_id": matter, "holder": f"community:{COMMUNITY}", "kind": "companionship", "area": COMMUNITY,
            "slot_start": start.isoformat(), "slot_end": (start + timedelta(hours=1)).isoformat()} | more  # fmt: skip
    made = street.ask("/volunteer/v1/tasks", body)
    return str(made["id"])


def button(page: Page, name: str, ref: str) -> None:
    """Press the button of one task or record."""
    page.get_by_role("button", name=re.compile(f"^{name}.*{ref[:8]}")).click()


def opened(page: Page, name: str, ref: str) -> None:
    """Open what is folded beside one task."""
    page.locator("summary", has_text=re.compile(f"{name}.*{ref[:8]}", re.DOTALL)).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_volunteer_says_yes_goes_says_what_was_done_and_sees_the_hours(
    opens: Open, street: Street, member: str, scripts: bool
):
    """INV-20, INV-21: the volunteer asks for a correction, the unit answers; a statement has a code."""
    matter = street.request("companionship")
    street.hub.settles()
    asked, fits = task(street, matter, 30), task(street, matter, 40 + 10 * scripts)
    street.ask(f"/volunteer/v1/tasks/{asked}/offers", {"candidates": [f"volunteer:{member}"]})
    page = opens(SELF, java_script_enabled=scripts)
    expect(page.get_by_role("heading", level=1)).to_have_text("志愿任务")
    article = page.locator("article", has_text=fits[:8])
    expect(article).to_contain_text("同一街道")
    button(page, "我去", asked)
    expect(page.get_by_role("status").first).to_contain_text("接单")
    expect(page.locator("section", has_text="要去的").locator("article", has_text=asked[:8])).to_contain_text("已派定")
    button(page, "我去", fits)
    opened(page, "去不了了", fits)
    page.locator("article", has_text=fits[:8]).get_by_label("原因").last.select_option("ill")
    page.locator("article", has_text=fits[:8]).get_by_role("button", name="去不了了").click()
    expect(page.get_by_role("status").first).to_contain_text("取消指派")
    opened(page, "办完了", asked)
    page.locator("article", has_text=asked[:8]).get_by_role("button", name="办完了").click()
    expect(page.get_by_role("status").first).to_contain_text("完成")
    page.get_by_role("link", name="服务时长").click()
    today = system_clock().astimezone(UTC).date().isoformat()
    line = page.locator("form.line", has_text=asked[:8])
    line.get_by_label("日期").fill(today)
    line.get_by_label("分钟").fill("30" if scripts else "35")
    line.get_by_role("button").click()
    expect(page.get_by_role("status").first).to_have_text("已记下。")
    page.locator("summary", has_text="申请更正").first.click()
    page.get_by_label("应为多少分钟").first.fill("20")
    page.get_by_role("button", name="提出").first.click()
    expect(page.locator("tbody tr").first).to_contain_text("已申请更正")


def test_a_leader_names_who_goes_and_confirms_and_states_the_hours(opens: Open, street: Street, member: str):
    matter = street.request("companionship")
    street.hub.settles()
    asked = task(street, matter, 70)
    street.ask(f"/volunteer/v1/tasks/{asked}/offers", {"candidates": [f"team:{street.team}"]})
    page = opens(LEADER)
    page.get_by_role("link", name="志愿任务").click()
    article = page.locator("article", has_text=asked[:8])
    article.get_by_label("由谁去").select_option(index=1)
    article.get_by_role("button", name=re.compile("^接单")).click()
    going = page.locator("section", has_text="要去的").locator("article", has_text=asked[:8])
    expect(going).to_contain_text("已派定")
    opened(page, "办完了", asked)
    going.get_by_role("button", name="办完了").click()
    page.get_by_role("link", name="服务时长").click()
    line = page.locator("form.line", has_text=asked[:8])
    line.get_by_label("日期").fill(datetime.now(UTC).date().isoformat())
    line.get_by_label("分钟").fill("15")
    line.get_by_role("button").click()
    expect(page.get_by_role("status").first).to_have_text("已记下。")
    row = page.locator("tbody tr", has_text="15 分钟")
    row.get_by_role("button", name=re.compile("^确认")).click()
    expect(row).to_contain_text("已确认")
    page.get_by_role("button", name=re.compile("^为 .* 开具")).first.click()
    code = page.locator("tbody th code").last.inner_text()
    answer = street.hub.session.get(f"{street.hub.url}/volunteer/v1/record-statements/{code}", timeout=10)
    assert answer.json()["state"] == "current"
