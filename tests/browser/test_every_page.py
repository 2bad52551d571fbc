"""Every page of the console, for every role that may see it: found by its own links, looked at once.

Axe finds nothing on any of them, in light and in dark; nothing comes from another host; none is heavier than 200 KiB to a
browser that was never here; no English is left in Chinese pages, and no Chinese in English ones but names.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from services.console.acts import ACTS
from tests.browser.axe import DARK, told, violations
from tests.browser.conftest import VIEW
from tests.browser.walk import ROLES, Seen, Walk, foreign
from tests.support.embedded import Hub

pytestmark = pytest.mark.browser

HEAVIEST = 200 * 1024
LATIN = re.compile(r"(?<![A-Za-z0-9_./@:-])[A-Za-z]{2,}(?![A-Za-z0-9_.@:-]*[0-9])")
HAN = re.compile(r"[\u3400-\u9fff]+")
NAMES = ("Wushe", "English", "CSV", "Excel", "XLSX", "JSON", "HTML", "TOML", "TOTP", "SHA", "UTC", "PDF", "GBK", "UTF")
"""What is called so in Chinese too."""


def test_every_page_is_come_to_by_links_and_so_is_every_form(walked: Walk):
    assert walked.missed() == []
    forms = {seen.place.partition(" ")[2] for seen in walked.found.values()}
    wanted = {f"{act.of}/{act.code}" for act in ACTS if act.of in {form.partition("/")[0] for form in forms}}
    assert wanted - forms == set()


def test_axe_finds_nothing_on_any_page_and_nothing_comes_from_elsewhere(chromium: Browser, walked: Walk):
    wrong: list[str] = []
    for role in ("", *ROLES):
        mine = [
            seen for seen in walked.found.values() if seen.role == role and seen.is_whole and is_another(seen, walked)
        ]
        context = chromium.new_context(viewport=VIEW, locale="zh-CN", base_url=walked.url)
        cookies = walked.session(role).cookies
        context.add_cookies([{"name": c.name, "value": str(c.value), "url": walked.url} for c in cookies])
        page = context.new_page()
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(walked.url) else wrong.append(f"elsewhere: {asked.url}"),
        )
        page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
        for seen in mine:
            page.goto(seen.path, wait_until="load")
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                if found := violations(page, DARK if scheme == "dark" else None):
                    wrong.append(f"{role} {seen.path} {scheme}\n{told(found)}")
        context.close()
    assert wrong == [], "\n".join(wrong)


def is_another(seen: Seen, walked: Walk) -> bool:
    """Whether nobody before has seen the same page: what is alike but for its ids and tokens is looked at once."""
    same = [other for other in walked.found.values() if other.place == seen.place and bare(other) == bare(seen)]
    return same[0] is seen


def bare(seen: Seen) -> str:
    """The page's own part, without what is made anew each time."""
    main = seen.html.partition("<main")[2].partition("</main>")[0]
    return re.sub(r'value="[^"]{20,}"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', "", main)


def test_no_page_is_heavier_than_two_hundred_kibibytes(walked: Walk):
    heavy = {
        f"{seen.role} {seen.path}": weight
        for seen in walked.found.values()
        if (weight := walked.weight(seen)) > HEAVIEST
    }
    assert heavy == {}


def test_no_english_is_left_in_chinese_pages(walked: Walk):
    found = {line for seen in walked.found.values() for line in foreign_lines(seen, LATIN, NAMES)}
    assert sorted(found) == []


def test_no_chinese_is_left_in_english_pages_but_names(walked: Walk):
    english = Walk(walked.hub, walked.seeds, lang="en")
    english.go()
    found = {line for seen in english.found.values() for line in foreign_lines(seen, HAN, names_of(walked.hub))}
    assert sorted(found) == []


def foreign_lines(seen: Seen, pattern: re.Pattern[str], known: tuple[str, ...]) -> list[str]:
    """What is foreign on a page, each with where it stands."""
    return [f"{seen.place}: {line}" for line in foreign(seen.html, pattern, *known)]


def names_of(hub: Hub) -> tuple[str, ...]:
    """What parties and places of this hub are called: names stay as they are."""
    rows = [
        row for path in ("organizations", "stations", "staff", "programs")
        for row in (hub.ask("GET", f"/referral/v1/{path}?limit=1000").json().get("items") or ())
    ]  # fmt: skip
    told = {str(row[name]) for row in rows for name in ("name", "title") if row.get(name)}
    return tuple(sorted(told, key=len, reverse=True))
