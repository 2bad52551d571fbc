"""axe-core on a page: whoever tests a page asks `assert_accessible(page)`, in each state of it that people meet.

All of axe's rules, those of WCAG 2.2 AA and its best practices; nothing is excepted. What it finds is told rule by
rule with the elements, so that a failed test says what to mend.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RUN = """rules => axe.run(document, {resultTypes: ['violations'], preload: false, ...(rules && {runOnly: rules})})
    .then(found => found.violations)"""
DARK = ("color-contrast", "link-in-text-block")
"""The rules that a theme makes a difference to."""


def violations(page: Page, rules: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """What axe finds wrong on the page as it stands, by all rules or these; scripts of the page itself need not be on."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return list(page.evaluate(RUN, list(rules) if rules else None))


def told(found: list[dict[str, Any]]) -> str:
    """The findings, to be read: each rule, and under it the elements with why."""
    lines = []
    for rule in found:
        lines.append(f"{rule['id']} ({rule['impact']}): {rule['help']}")
        for node in rule["nodes"]:
            why = "; ".join(each["message"] for kind in ("any", "all", "none") for each in node[kind])
            lines.append(f"    {node['html'][:200]}\n        {why}")
    return "\n".join(lines)


def assert_accessible(page: Page) -> None:
    """Axe finds nothing on this page."""
    found = violations(page)
    assert not found, f"{page.url}\n{told(found)}"
