"""How a matter is lived through by the pages alone: forms found by their words, filled in and sent, as people do.

Everything here reads what stands on a page; nothing asks the hub's own API.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

Given = Mapping[str, str | Sequence[str]]
YES = "是"
"""Of a single box: that it is ticked."""


def fill(page: Page, name: str, value: str | Sequence[str]) -> None:
    """Choose or type one field by its name on the page."""
    group = page.get_by_role("group", name=re.compile(f"^{re.escape(name)}"))
    if group.count():
        filled_in = group.first.get_by_role("checkbox", checked=True)  # by the page, from what it knows
        while filled_in.count():
            filled_in.first.uncheck()
        for choice in [value] if isinstance(value, str) else value:
            group.first.get_by_label(choice).first.check()
        return
    if value == YES:
        page.get_by_role("checkbox", name=name).check()
        return
    box = page.get_by_label(re.compile(f"^{re.escape(name)}")).first
    if box.evaluate("e => e.tagName") == "SELECT":
        box.select_option(label=str(value))
    else:
        box.fill(str(value))


def fill_all(page: Page, given: Given) -> None:
    """Fill in a whole form."""
    for name, value in given.items():
        fill(page, name, value)


@dataclass
class Matter:
    """A matter at its page, in one window; every act goes out from there and comes back."""

    page: Page
    url: str

    @property
    def id(self) -> str:
        """The matter's id."""
        return self.url.rpartition("/")[2].partition("?")[0]

    def part(self, title: str) -> Locator:
        """One part of what can be done next."""
        return self.page.get_by_role("group", name=re.compile(title))

    def shown(self) -> Page:
        """The page as it is now."""
        self.page.goto(self.url)
        return self.page

    def waits_for(self, act: str, part: str = "") -> Locator:
        """The link to an act, once the console has heard what makes it possible."""
        for _ in range(40):
            page = self.shown()
            within = self.part(part).first if part else page.locator(".next")
            link = within.get_by_role("link", name=act, exact=True).first
            if link.count():
                return link
            page.wait_for_timeout(250)
        raise AssertionError(f"{act} ({part}) does not become possible: {self.page.inner_text('main')}")

    def does(self, act: str, given: Given | None = None, part: str = "") -> Page:
        """Follow the link to an act, fill its form in, send it, and be told what was recorded."""
        self.waits_for(act, part).click()
        return self.sends(act, given)

    def sends(self, act: str, given: Given | None = None) -> Page:
        """Fill in the form that is open, and send it."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(act)
        fill_all(self.page, given or {})
        self.page.get_by_role("button", name=f"记下{act}").click()
        expect(self.page.get_by_role("status").first).to_contain_text("已记下")
        return self.page

    def of_person(self, act: str, given: Given | None = None) -> Page:
        """The same with an act of the file: on the person, or a consent."""
        self.page.goto(f"{self.url}/file")
        self.page.get_by_role("link", name=act, exact=True).first.click()
        return self.sends(act, given)

    def reads(self, where: str, text: str) -> None:
        """Wait until a part of the page says this; the page is loaded anew each time."""
        for _ in range(40):
            if text in self.shown().locator(where).first.inner_text():
                return
            self.page.wait_for_timeout(250)
        raise AssertionError(f"{where} does not say {text}: {self.page.inner_text('main')}")


def takes(page: Page, needs: Sequence[str], age: str = "不详", **more: str) -> Matter:
    """A request is taken in for somebody of this age; `more` by the names of the form's fields."""
    page.goto("/take")
    for need in needs:
        page.get_by_role("checkbox", name=need).check()
    page.get_by_role("group", name="年龄段").get_by_label(age).check()
    for name, value in more.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="受理").click()
    expect(page.get_by_role("status").first).to_contain_text("已记下：求助受理")
    return Matter(page, page.url)
