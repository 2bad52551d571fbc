"""The people of the stories, each with what they do on their pages: those at a station, those of a partner, the auditor."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from playwright.sync_api import Locator, expect

from tests.browser.axe import assert_accessible
from tests.browser.stories.living import Given, Matter, Window, until
from tests.browser.stories.tongues import anywhere, said, text


@dataclass
class Somebody(Window):
    """Somebody who is in, at one window."""

    usually: ClassVar[str] = ""
    scripts: bool = True

    def looks_at(self, matter: Matter) -> Matter:
        """The same matter, in this one's own window, once it is heard of here."""
        self.page.goto(matter.url)
        until(self.page, self.page.locator(".timeline").count, f"{matter.ref} is shown")
        return Matter(self.page, self.lang, matter.url)

    def finds_nothing_wrong(self) -> None:
        """Axe finds nothing on the page as it is; with scripts off it could not look."""
        if self.scripts:
            assert_accessible(self.page)

    def raises_harm(self, given: Given) -> None:
        """From the foot of any page: what was seen, on one screen; then that the authority was told."""
        self.page.get_by_role("link", name=said("报告侵害疑似", self.lang)).last.click()
        self._harm(given)

    def _harm(self, given: Given) -> None:
        self.finds_nothing_wrong()
        self.sends("报告侵害疑似", given)

    def reports_to_police(self, receipt: str) -> None:
        """On the screen that comes next."""
        self.sends("强制报告", {"回执编号": receipt})


@dataclass
class Desk(Somebody):
    """One who works at a station or a community's point."""

    usually: ClassVar[str] = "w-desk"

    def receives(self, *needs: str, name: str = "", age: str = "不详", came: str = "来访", **more: str) -> Matter:
        """A request is taken in, for somebody of this age; `more` by the names of the form's fields."""
        self.page.goto("/take")
        self.fill("需要什么", needs)
        self.fill("年龄段", age)
        self.fill("怎么来的", came)
        for field_name, value in (more | ({"client_name": name} if name else {})).items():
            box = self.page.locator(f"[name={field_name}]")
            box.evaluate("e => { const fold = e.closest('details'); if (fold) fold.open = true }")
            box.fill(value)
        self.page.get_by_role("button", name=said("受理", self.lang, whole=True)).click()
        self.is_told("已记下" if self.lang == "zh" else "Recorded")
        return Matter(self.page, self.lang, self.page.url)

    def refers(self, need: str, name: str, *receivers: str) -> Matter:
        """Somebody has consented to be referred to these, and the referral is ready."""
        matter = self.receives(need, name=name, age="80 岁以上")
        matter.does("分诊", {"紧急程度": "一般", "去向": "转介"})
        consent = {"同意用于": ["转介"], "哪些信息": ["身份"], "可提供给": receivers, "方式": "书面"}
        matter.does("登记同意", consent)
        matter.does("拟定转介")
        matter.does("转介就绪", {"依据的同意": "转介"}, on="转介")
        return matter

    def finds_due(self, matter: Matter) -> None:
        """Today's worklist names it, as due."""
        self.page.goto("/")
        until(
            self.page, self.page.locator("#today, #overdue").get_by_text(matter.ref).count, f"{matter.ref} is due today"
        )

    def worklist_says(self, matter: Matter, words: str) -> None:
        """The worklist has it, waiting for this."""
        self.page.goto("/")
        row = self.page.get_by_role("row", name=re.compile(matter.ref))
        until(self.page, row.filter(has_text=anywhere(words, self.lang)).count, f"the worklist says {words}")

    def is_warned_against(self, *organizations: str) -> None:
        """On the form that asks an organization, these are shown with why they cannot be chosen."""
        for name in organizations:
            card = self.page.locator(".cards .cannot").filter(has_text=re.compile(rf"^\s*{re.escape(name)}"))
            expect(card).to_contain_text(anywhere("暂不能选：", self.lang))
            expect(card.get_by_role("radio")).to_be_disabled()

    def is_barred_from(self, choice: str, instead: str) -> None:
        """On the form that is open this cannot be chosen, and it says what can be done."""
        barred = (
            self.page.get_by_role("listitem")
            .filter(has_text=anywhere(choice, self.lang))
            .filter(has=self.page.get_by_role("radio"))
        )
        expect(barred.get_by_role("radio")).to_be_disabled()
        expect(barred).to_contain_text(instead)

    def writes_todays_visits(self) -> None:
        """Everybody who was to be seen today was well: one press for the whole sheet."""
        self.page.goto("/visits")
        self.page.get_by_role("button", name=text("visits.submit", self.lang)).click()
        self.is_told("已记下" if self.lang == "zh" else "Recorded")

    def signs(self, act: str, given: Given) -> None:
        """Something that the station does outside of any matter, from the directory."""
        self.page.goto("/directory")
        self.page.get_by_role("link", name=said(act, self.lang, whole=True)).click()
        self.finds_nothing_wrong()
        self.sends(act, given)

    # --- erasure ---

    def writes_down_that_all_should_go(self, matter: Matter, ground: str) -> None:
        """Whose matter it is asks that what is known of them be deleted; from the file."""
        self._erasure(matter)
        self.fill("理由", ground)
        self.page.get_by_role("button", name=text("erasure.ask.do", self.lang)).click()
        self.is_told(text("erasure.asked", self.lang))

    def decides_kind_by_kind(self, matter: Matter) -> None:
        """As the form proposes it: what may go goes, what the law keeps rests; another person is to approve."""
        self._erasure(matter)
        decide = self.page.get_by_role("button", name=text("erasure.decide.do", self.lang))
        until(self.page, decide.count, "it can be decided")
        self.finds_nothing_wrong()
        decide.click()
        self.is_told(text("second.asked", self.lang))

    def approves(self, matter: Matter) -> None:
        """As the second person."""
        self.page.goto("/approvals")
        row = self.page.get_by_role("row", name=re.compile(matter.ref)).first
        until(self.page, row.count, f"{matter.ref} waits for a second person")
        row.get_by_role("button", name=text("second.approve", self.lang)).click()
        self.is_told("已记下" if self.lang == "zh" else "Recorded")

    def erasure_says(self, matter: Matter, *words: str) -> None:
        """The page of the erasure comes to say each of these."""
        self._erasure(matter)
        for each in words:
            until(
                self.page,
                lambda each=each: anywhere(each, self.lang).search(self.page.inner_text("main")),
                f"the erasure says {each}",
            )

    def writes_down_that_it_is_deleted(self, matter: Matter) -> None:
        """Whoever was told has been asked to delete, and says that it is done."""
        self._erasure(matter)
        answer = self.page.get_by_role("button", name=text("erasure.answer.do", self.lang)).first
        until(self.page, answer.count, "somebody is to answer")
        answer.click()
        self.is_told(text("erasure.answered", self.lang))

    def _erasure(self, matter: Matter) -> None:
        self.page.goto(f"{matter.url}/erasure")

    def finds_nobody(self, word: str) -> None:
        """What people are called finds nobody."""
        self.page.goto("/search")
        self.page.get_by_label(text("search.word", self.lang)).fill(word)
        self.page.get_by_role("button", name=text("search.go", self.lang)).click()
        people = self.page.get_by_role("region", name=text("search.people", self.lang))
        expect(people).to_contain_text(anywhere("没有找到。", self.lang))

    def pairs(self, given: Given) -> Matter:
        """A school and a community pair up; the pair is a matter of its own."""
        self.signs("校社结对", given)
        self.page.goto("/matters")
        newest = self.page.get_by_role("link", name=said("结对", self.lang)).first
        until(self.page, newest.count, "the pair is a matter")
        newest.click()
        return Matter(self.page, self.lang, self.page.url)

    def plans_visits(self, matter: Matter, name: str, given: Given) -> Matter:
        """Somebody is to be looked in on; the plan is a matter of its own, and stands on the sheet of visits."""
        matter.in_file("设定探访计划", given)
        self.page.goto("/visits?names=1")
        row = self.page.get_by_role("link", name=name).first
        until(self.page, row.count, f"{name} is on the sheet")
        row.click()
        return Matter(self.page, self.lang, self.page.url)

    def is_warned_of(self, station: str, **typed: str) -> None:
        """Taking somebody in, one is told that somebody alike has an open matter elsewhere; and nothing of it (H4)."""
        self.page.goto("/take")
        for field_name, value in typed.items():
            self.page.locator(f"[name={field_name}]").fill(value)
        look = self.page.get_by_role("button", name=text("take.look", self.lang))
        if look.is_visible():
            look.click()
        expect(self.page.locator("#hints")).to_contain_text(station)


@dataclass
class Partner(Somebody):
    """One who answers for an organization."""

    usually: ClassVar[str] = "p-team"

    def offer(self, matter: Matter) -> Locator:
        """The offer of this matter's need, once it is here."""
        ref = matter.referral()
        self.page.goto("/offers")
        found = self.page.get_by_role("article", name=re.compile(ref))
        until(self.page, found.count, f"{ref} is offered")
        return found

    def accepts(self, matter: Matter) -> None:
        """Yes, with one press."""
        self.offer(matter).get_by_role("button", name=said("受案", self.lang)).click()
        self.is_told("已记下" if self.lang == "zh" else "Recorded")

    def declines(self, matter: Matter, reason: str) -> None:
        """No, and why."""
        offer = self.offer(matter)
        offer.get_by_text(said("不受案", self.lang)).first.click()
        select = offer.locator("select[name=reason_code]")
        options = select.locator("option").all_inner_texts()
        select.select_option(label=next(each for each in options if said(reason, self.lang).match(each)))
        offer.get_by_role("button", name=said("不受案", self.lang)).click()
        self.is_told("已记下" if self.lang == "zh" else "Recorded")

    def says(self, matter: Matter, act: str, given: Given | None = None) -> None:
        """What becomes of a need that one has taken on."""
        ref = matter.referral()
        self.page.goto("/served")
        need = self.page.get_by_role("region", name=re.compile(ref))
        link = need.get_by_role("link", name=said(act, self.lang))
        until(self.page, link.count, f"{act} of {ref}")
        link.first.click()
        self.sends(act, given)

    def is_offered_nothing_of(self, ref: str) -> None:
        """The offer of this referral is gone."""
        self.page.goto("/offers")
        gone = self.page.get_by_role("article", name=re.compile(ref))
        until(self.page, lambda: not gone.count(), f"{ref} is offered no more")

    def sees_who(self, matter: Matter, name: str) -> None:
        """Whom one serves, for a reason, each look on record."""
        self._looks(matter)
        expect(self.page.locator("main")).to_contain_text(name)

    def sees_nobody(self, ref: str, name: str) -> None:
        """Whom one served under this referral is not there any more."""
        self.page.goto("/served")
        need = self.page.get_by_role("region", name=re.compile(ref))
        until(
            self.page,
            lambda: not need.get_by_role("button", name=text("served.show", self.lang)).count(),
            f"{ref} is closed to us",
        )
        assert name not in self.page.content()

    def _looks(self, matter: Matter) -> None:
        ref = matter.referral()
        self.page.goto("/served")
        show = self.page.get_by_role("region", name=re.compile(ref)).get_by_role(
            "button", name=text("served.show", self.lang)
        )
        until(self.page, show.count, f"{ref} may be looked at")
        show.click()

    def finds_harm_with(self, matter: Matter, given: Given) -> None:
        """While helping, something is seen that must be reported."""
        ref = matter.referral()
        self.page.goto("/served")
        need = self.page.get_by_role("region", name=re.compile(ref))
        until(self.page, need.count, f"{ref} is ours")
        need.get_by_role("link", name=said("报告侵害疑似", self.lang)).click()
        self._harm(given)


def accept_at_once(matter: Matter, *partners: Partner) -> list[str]:
    """Each has the offer open and presses yes at the same moment; what each is told then (H2)."""
    buttons = [each.offer(matter).get_by_role("button", name=said("受案", each.lang)) for each in partners]
    for button in buttons:
        button.evaluate("button => { setTimeout(() => button.click(), 50) }")
    for each in partners:
        expect(each.page.locator("[role=status], [role=alert]").first).to_be_visible()
    return [each.page.locator("[role=status], [role=alert]").first.inner_text() for each in partners]


@dataclass
class Auditor(Somebody):
    """One who looks at what happened and who answered, and at nobody's name."""

    usually: ClassVar[str] = "a-city"

    def reads_of(self, matter: Matter, *words: str) -> Matter:
        """The matter's page says each of these."""
        shown = self.looks_at(matter)
        for each in words:
            pattern = anywhere(each, self.lang)
            until(
                self.page,
                lambda pattern=pattern: pattern.search(self.page.inner_text("main")),
                f"the auditor reads {each}",
            )
        return shown

    def learns_no(self, words: Sequence[str], matter: Matter) -> None:
        """Nothing that the page holds says any of these."""
        self.looks_at(matter)
        assert not [word for word in words if word in self.page.content()]

    def compares(self, matter: Matter, day: str) -> str:
        """What was so on that day, by all that is known now, beside what was known one step before; without scripts."""
        self.page.goto(f"/matters/{matter.id}/time-machine")
        self.choose("valid", lambda options: [each for each in options if day in each][-1])
        self.choose("known", lambda options: options[-1])
        self.choose("other", lambda options: options[-2])
        self.page.get_by_role("button", name=text("replay.go", self.lang)).click()
        return self.page.inner_text("#then")

    def has_every_entry_checked(self) -> None:
        """All that was ever said is read again and hashed, and all of it is sound."""
        self.page.goto("/audit/ledger")
        self.page.get_by_role("button", name=text("ledger.verify", self.lang)).click()
        expect(self.page.get_by_role("status").first).to_contain_text("全部完好" if self.lang == "zh" else "all sound")

    def choose(self, hand: str, which: Callable[[list[str]], str]) -> None:
        """Set one of the time machine's hands."""
        select = self.page.locator(f"select[name={hand}]")
        select.select_option(label=which(select.locator("option").all_inner_texts()))
