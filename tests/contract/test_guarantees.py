"""The pages of promises and of hard cases: every sentence names the tests that hold it, and every test named exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = {
    name: (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines() for name in ("guarantees.md", "hard-cases.md")
}
SAID = {name: [line for line in lines if line.startswith("- ")] for name, lines in PAGES.items()}
CITED = re.compile(r"\[(tests/[\w/]+\.py)::(\w+)\]")


@pytest.mark.parametrize("page", PAGES)
def test_every_promise_is_one_sentence_that_ends_with_its_tests(page: str) -> None:
    assert len(SAID[page]) > 20
    for promise in SAID[page]:
        assert re.fullmatch(r"- [A-Z0-9][^\[\]]*\.( \[tests/[\w/]+\.py::test_\w+\])+", promise), promise


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_promised_outside_the_list(page: str) -> None:
    assert not [line for line in PAGES[page] if CITED.search(line) and not line.startswith("- ")]


def test_every_hard_case_has_its_place() -> None:
    titles = [line.partition(".")[0] for line in PAGES["hard-cases.md"] if line.startswith("## H")]
    assert titles == [f"## H{number}" for number in range(1, 16)]


@pytest.mark.parametrize(
    ("file", "test"), sorted({cited for lines in SAID.values() for line in lines for cited in CITED.findall(line)})
)
def test_every_test_that_is_cited_exists(file: str, test: str) -> None:
    path = ROOT / file
    assert path.exists(), f"{file} is cited and not there"
    assert re.search(rf"^def {test}\(", path.read_text(encoding="utf-8"), re.MULTILINE), f"{file} has no {test}"
