"""Every page of the console, for every role that may see it: found by its own links, looked at once.

Axe finds nothing on any of them, in light and in dark; nothing comes from another host; none is heavier than 200 KiB to a
browser that was never here; no English is left in Chinese pages, and no Chinese in English ones but names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

import pytest
from playwright.sync_api import Browser, Page

from services.console.acts import ACTS
from services.console.words import TEXTS
from tests.browser.axe import DARK, told, violations
from tests.browser.conftest import VIEW
from tests.browser.walk import ROLES, Kinds, Seen, Walk, foreign
from tests.support.embedded import Hub

pytestmark = pytest.mark.browser

HEAVIEST = 200 * 1024
LATIN = re.compile(r"(?<![A-Za-z0-9_./@:-])[A-Za-z]{2,}(?![A-Za-z0-9_.@:-]*[0-9])")
HAN = re.compile(r"[\u3400-\u9fff]+")
MACHINE = re.compile(r"\b(?:19|20)\d{2}-\d{2}(?:-\d{2})?\b")
AS_TYPED = tuple(TEXTS[hint][0] for hint in ("calendar.days.hint", "act.days.hint"))
"""Hints of how a day is typed."""
PEOPLE = ("洪阿姨", "魏奶奶", "小伟", "孙大姐")
"""What those of the stories are called."""
TYPED = ("2026-10", "2026-02-03 2026-02-10~2026-02-14")
"""What stands in boxes as an example."""
NAMES = (
    "Wushe",
    "WCAG 2.2 AA",
    "Tab",
    "Python",
    "wushe-verify.html",
    "wushe_verify.py",
    "Ctrl",
    "Enter",
    "MB",
    "Standard Webhooks",
    "https",
    "如 desk",
    "English",
    "CSV",
    "Excel",
    "XLSX",
    "JSON",
    "HTML",
    "TOML",
    "TOTP",
    "SHA",
    "UTC",
    "PDF",
    "GBK",
    "UTF",
)
"""What is called so in Chinese too."""


def test_every_page_is_come_to_by_links_and_so_is_every_form(walked: Walk):
    assert not walked.missed(), "\n".join(walked.missed())
    forms = {seen.place.partition(" ")[2] for seen in walked.found.values()}
    wanted = {f"{act.of}/{act.code}" for act in ACTS if act.of in {form.partition("/")[0] for form in forms}}
    assert wanted - forms == set()


def test_axe_finds_nothing_on_any_page_and_nothing_comes_from_elsewhere(chromium: Browser, walked: Walk):
    """Every kind of element, in each surrounding that it has anywhere, on the page that shows it first."""
    wrong: list[str] = []
    for role, some in groupby(shown_first(walked), key=lambda seen: seen.role):
        with chromium.new_context(viewport=VIEW, locale="zh-CN", base_url=walked.url) as context:
            cookies = walked.session(role).cookies
            context.add_cookies([{"name": c.name, "value": str(c.value), "url": walked.url} for c in cookies])
            page = context.new_page()
            page.on("request", lambda ask: None if ask.url.startswith(walked.url) else wrong.append(f"to {ask.url}"))
            page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
            for seen in some:
                wrong.extend(f"{role} {seen.path} {found}" for found in looked_at(page, seen.path))
    assert wrong == [], "\n".join(wrong)


def looked_at(page: Page, path: str) -> Iterator[str]:
    """What axe finds on a page, in light and in dark."""
    page.emulate_media(color_scheme="light")
    page.goto(path, wait_until="load")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        if found := violations(page, DARK if scheme == "dark" else None):
            yield f"{scheme}\n{told(found)}"


def shown_first(walked: Walk) -> list[Seen]:
    """The pages, role by role, that show some kind of element which none before them showed."""
    known: set[tuple[str, ...]] = set()
    found: list[Seen] = []
    for seen in sorted(walked.found.values(), key=lambda seen: ("", *ROLES).index(seen.role)):
        if seen.is_whole and not known >= (kinds := Kinds(seen.html).found):
            known |= kinds
            found.append(seen)
    return found


def test_every_form_can_be_told_by_its_names(walked: Walk):
    """On every page: an id is there once, a label names a box that is there, and every box has one; headings skip no level."""
    wrong = {
        f"{seen.role} {seen.path}: {fault}" for seen in walked.found.values() for fault in Kinds(seen.html).faults()
    }
    assert not wrong, "\n".join(sorted(wrong))


def test_days_are_said_in_words_and_never_as_a_machine_writes_them(walked: Walk):
    lines = {line for seen in walked.found.values() for line in foreign_lines(seen, MACHINE, (*TYPED[1:], *AS_TYPED))}
    found = {line for line in lines if not line.endswith(f" in {TYPED[0]!r}")}
    assert not found, "\n".join(sorted(found))


def test_no_page_is_heavier_than_two_hundred_kibibytes(walked: Walk):
    heavy = {
        f"{seen.role} {seen.path}": weight
        for seen in walked.found.values()
        if (weight := walked.weight(seen)) > HEAVIEST
    }
    assert heavy == {}


def test_no_english_is_left_in_chinese_pages(walked: Walk):
    found = {line for seen in walked.found.values() for line in foreign_lines(seen, LATIN, NAMES)}
    assert not found, "\n".join(sorted(found))


def test_no_chinese_is_left_in_english_pages_but_names(walked: Walk):
    english = Walk(walked.hub, walked.seeds, lang="en")
    english.go()
    found = {line for seen in english.found.values() for line in foreign_lines(seen, HAN, names_of(walked.hub))}
    assert not found, "\n".join(sorted(found))


def foreign_lines(seen: Seen, pattern: re.Pattern[str], known: tuple[str, ...]) -> list[str]:
    """What is foreign on a page, each with where it stands."""
    return [f"{seen.place}: {line}" for line in foreign(seen.html, pattern, *known)]


def names_of(hub: Hub) -> tuple[str, ...]:
    """What parties of this hub are called: names stay as they are."""
    found: set[str] = set()
    for kind, ident in (("organizations", "organization_id"), ("stations", "station_id")):
        for row in hub.ask("GET", f"/referral/v1/{kind}?limit=1000").json()["items"]:
            names = hub.ask("GET", f"/referral/v1/{kind}/{row[ident]}/names").json()
            found |= {*names.get("names", ()), *(names.get("fields") or {}).values()}
    return tuple(sorted(found | {*PEOPLE}, key=len, reverse=True))
