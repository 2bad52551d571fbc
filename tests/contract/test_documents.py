"""The generated documents say what the code says."""

import re

import pytest

from services.kernel.contract import EVENTS, about
from wushe.cli import COMMANDS
from wushe.docs import ROOT, events, write
from wushe.invariants import LAWS, cited

LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#([^)\s]+))?\)")


def test_the_generated_documents_are_current() -> None:
    assert write(check=True) == [], "run `make docs`"


def test_every_event_has_its_section() -> None:
    page = events()
    for name, event in EVENTS.items():
        if event.__module__.startswith("services.contracts."):
            assert f"\n### `{name}` {about(event)['zh']}\n" in page


def test_every_event_says_what_is_now_true() -> None:
    events()
    silent = [name for name, event in EVENTS.items() if not (event.__doc__ or "").strip().endswith((".", "。"))]
    assert silent == []


def test_every_link_between_documents_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target, _, section in LINK.findall(page.read_text(encoding="utf-8")):
            place = (page.parent / target) if target else page
            assert place.exists(), f"{page.name} links to {target}"
            if section:
                headings = re.findall(r"^#+ (.*)$", place.read_text(encoding="utf-8"), re.MULTILINE)
                assert section in {heading.lower().replace(" ", "-") for heading in headings}, f"{target}#{section}"


def test_the_readmes_say_the_same_commands() -> None:
    english, chinese = (
        re.findall(r"`(wushe [^`]+)`", (ROOT / name).read_text(encoding="utf-8"))
        for name in ("README.md", "README.zh-CN.md")
    )
    assert english == chinese


def test_every_command_of_the_readme_exists() -> None:
    said = re.findall(r"^\| `wushe (\w+)( \w+)?", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {name for name, _ in said} == set(COMMANDS)


@pytest.mark.parametrize("number", LAWS)
def test_every_law_is_enforced_by_code_and_held_by_tests(number: int) -> None:
    assert cited("services", "wushe").get(number), f"no code names INV-{number}"
    assert cited("tests").get(number), f"no test names INV-{number}"
