"""The page of promises: every sentence names the tests that hold it, and every test that it names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "docs/guarantees.md").read_text(encoding="utf-8").splitlines()
PROMISES = [line for line in LINES if line.startswith("- ")]
CITED = re.compile(r"\[(tests/[\w/]+\.py)::(\w+)\]")


def test_every_promise_is_one_sentence_that_ends_with_its_tests() -> None:
    assert len(PROMISES) > 20
    for promise in PROMISES:
        assert re.fullmatch(r"- [A-Z][^\[\]]*\.( \[tests/[\w/]+\.py::test_\w+\])+", promise), promise


def test_nothing_is_promised_outside_the_list() -> None:
    assert not [line for line in LINES if CITED.search(line) and not line.startswith("- ")]


@pytest.mark.parametrize(("file", "test"), sorted({cited for line in PROMISES for cited in CITED.findall(line)}))
def test_every_test_that_is_cited_exists(file: str, test: str) -> None:
    path = ROOT / file
    assert path.exists(), f"{file} is cited and not there"
    assert re.search(rf"^def {test}\(", path.read_text(encoding="utf-8"), re.MULTILINE), f"{file} has no {test}"
