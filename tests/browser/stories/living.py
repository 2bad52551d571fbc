"""How a matter is lived through by the pages alone: forms found by their words, filled in and sent, as people do.

Everything here reads what stands on a page, in the language of the window; nothing asks the hub's own API.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from services.console.words import local
from services.kernel.clock import system_clock
from tests.browser.stories.tongues import anywhere, said, text

Given = Mapping[str, str | Sequence[str]]
YES = "是"
"""Of a single box: that it is ticked."""
TRIES, APART_MS = 120, 250


def until(page: Page, look: Callable[[], Any], what: str) -> Any:
    """Look until there is something, loading the page anew each time: what others say takes a moment to be heard."""
    for _ in range(TRIES):
        if found := look():
            return found
        page.wait_for_timeout(APART_MS)
        page.reload()
    raise AssertionError(f"in vain: {what}. The page says: {page.inner_text('main')}")


@dataclass
class Window:
    """A page in somebody's browser, in the language in which they read."""

    page: Page
    lang: str = "zh"

    def fill(self, name: str, value: str | Sequence[str]) -> None:
        """Choose or type one field by its name on the page."""
        group = self.page.get_by_role("group", name=said(name, self.lang))
        if group.count():
            self._choose(group.first, [value] if isinstance(value, str) else value)
        elif value == YES:
            self.page.get_by_role("checkbox", name=said(name, self.lang)).check()
        else:
            self._type(self.page.get_by_label(said(name, self.lang)).first, str(value))

    def _choose(self, group: Locator, wanted: Sequence[str]) -> None:
        filled_in = group.get_by_role("checkbox", checked=True)  # by the page, from what it knows
        while filled_in.count():
            filled_in.first.uncheck()
        for choice in wanted:
            named = group.get_by_label(said(choice, self.lang))
            (named if named.count() else group.get_by_label(anywhere(choice, self.lang))).first.check()

    def _type(self, box: Locator, value: str) -> None:
        if box.evaluate("e => e.tagName") == "SELECT":
            options = box.locator("option").all_inner_texts()
            box.select_option(label=next(each for each in options if said(value, self.lang).match(each)))
            return
        box.evaluate("e => { const fold = e.closest('details'); if (fold) fold.open = true }")
        box.fill(value)

    def sends(self, act: str, given: Given | None = None) -> None:
        """Fill in the form that is open, send it, and be told what was recorded."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(said(act, self.lang, whole=True))
        if "纸质单号" in (given or {}):
            self.page.get_by_text(text("act.paper", self.lang)).click()
        for name, value in (given or {}).items():
            self.fill(name, value)
        self.page.get_by_role("button", name=text("act.do", self.lang, what=act)).click()
        self.is_told("已记下" if self.lang == "zh" else "Recorded")

    def is_told(self, words: str | re.Pattern[str]) -> None:
        """The page says that something was done."""
        expect(self.page.get_by_role("status").first).to_contain_text(words)

    def is_refused(self, words: str) -> None:
        """The page says why not, and what can be done instead."""
        expect(self.page.get_by_role("alert").first).to_contain_text(anywhere(words, self.lang))


@dataclass
class Matter(Window):
    """A matter at its page, in one window; every act goes out from there and comes back."""

    url: str = ""

    @property
    def id(self) -> str:
        """The matter's id."""
        return self.url.rpartition("/")[2].partition("?")[0]

    @property
    def ref(self) -> str:
        """The matter's id as people say it."""
        return self.id[:8]

    def shown(self) -> Page:
        """Its page."""
        if self.page.url != self.url:
            self.page.goto(self.url)
        return self.page

    # --- acting ---

    def does(
        self, act: str, given: Given | None = None, *, on: str = "", told_by: str = "", by_giver: bool = False
    ) -> None:
        """Follow the link to an act of the matter, or of the part of it that is `on` something, and send its form.

        `told_by`: the station writes down what an organization let it know; `by_giver`: what a giver of money did.
        """
        self.opens(act, on=on, told_by=told_by, by_giver=by_giver)
        self.sends(act, given)

    def opens(self, act: str, *, on: str = "", told_by: str = "", by_giver: bool = False) -> None:
        """Follow the link to the form of an act, once the console has heard what makes it possible."""
        part = (
            text("told.title", self.lang, org=told_by) if told_by else text("told.giver", self.lang) if by_giver else on
        )
        self.shown()
        until(self.page, lambda: self._link(act, part), f"{act} ({on or told_by}) becomes possible").click()

    def _link(self, act: str, part: str | re.Pattern[str]) -> Locator | None:
        part = said(part, self.lang) if isinstance(part, str) and part else part
        within = self.page.get_by_role("group", name=part).first if part else self.page.locator(".next")
        link = within.get_by_role("link", name=said(act, self.lang, whole=True)).first
        return link if link.count() else None

    def in_file(self, act: str, given: Given | None = None) -> None:
        """The same with an act of the file: on the person, or on a consent."""
        self.page.goto(f"{self.url}/file")
        link = self.page.get_by_role("link", name=said(act, self.lang, whole=True))
        until(self.page, link.count, f"{act} in the file")
        link.first.click()
        self.sends(act, given)

    def referral(self) -> str:
        """The number of its referral, as it stands on the partners' pages."""
        self.shown()
        group = self.page.get_by_role("group", name=said("转介", self.lang)).first
        until(self.page, group.count, "there is a referral")
        found = re.search("/acts/referral/([0-9a-f]{8})", str(group.locator("a").first.get_attribute("href")))
        assert found is not None
        return found[1]

    # --- reading ---

    def _says(self, where: str, words: str) -> None:
        self.shown()
        pattern = anywhere(words, self.lang)
        until(
            self.page, lambda: any(pattern.search(each) for each in self.page.locator(where).all_inner_texts()), f"{where} says {words}"
        )  # fmt: skip

    def is_now(self, state: str) -> None:
        """Its state is this."""
        self._says(".state", state)

    def needs_say(self, words: str) -> None:
        """Among its needs, with who was asked and who answers, this stands."""
        self._says(".needs", words)

    def timeline_says(self, words: str) -> None:
        """What happened with it says this."""
        self._says(".timeline", words)

    def never_says(self, *words: str) -> None:
        """Nothing on its page says any of these."""
        self.shown().reload()
        told = self.page.inner_text("main")
        assert not [word for word in words if word in told], told

    def timeline_lacks(self, *words: str) -> None:
        """Nothing of what happened says any of these."""
        self.shown().reload()
        told = "".join(self.page.locator(".timeline, .needs").all_inner_texts())
        assert not [word for word in words if anywhere(word, self.lang).search(told)], told

    def file_says(self, words: str) -> None:
        """Whose it is, consents, money and goods: there this stands."""
        self.page.goto(f"{self.url}/file")
        pattern = anywhere(words, self.lang)
        until(self.page, lambda: pattern.search(self.page.inner_text(".file")), f"the file says {words}")

    def file_lacks(self, words: str) -> None:
        """There this does not stand."""
        self.page.goto(f"{self.url}/file")
        assert words not in self.page.inner_text(".file")


def today() -> str:
    """Today as a form takes it."""
    return local(system_clock()).isoformat()
