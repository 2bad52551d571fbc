"""The laws that the hub keeps, each with its source, the code that enforces it and the tests that hold it: one page.

What enforces and what holds is read off the source: whoever names a law as `INV-7`, in a docstring or a comment, is
listed with it, and nobody keeps a second list.
"""

from __future__ import annotations

import ast
import re
import tokenize
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
CITED = re.compile(r"INV-(\d+)")

LAWS: dict[int, tuple[str, str]] = {
    int(number): (told["law"], told["source"])
    for number, told in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items()
}
"""Each law in a sentence, and where it comes from."""

HEAD = """\
# Invariants

The laws that the hub keeps: where each comes from, what enforces it, and the tests that hold it.
This page is written by `make docs` from the source: whoever names a law in a docstring or a comment stands here with it.
"""


def page() -> str:
    """The page of all laws."""
    code, tests = cited("services", "wushe"), cited("tests")
    parts = [HEAD]
    for number, (law, source) in LAWS.items():
        parts += [f"## INV-{number}\n", f"{law}\n", f"Source: {source}.\n"]
        parts += [_places("Enforced by", code.get(number, [])), _places("Held by", tests.get(number, []))]
    return "\n".join(parts)


def _places(title: str, places: list[str]) -> str:
    listed = "\n".join(f"- {place}" for place in places) or "- nothing yet"
    return f"{title}:\n\n{listed}\n"


@cache
def cited(*folders: str) -> Mapping[int, list[str]]:
    """Who names which law, below these folders: `path` and the function or class that says so, in order."""
    found: dict[int, list[str]] = defaultdict(list)
    for path in sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        if path == Path(__file__) or "__pycache__" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if "INV-" not in text:
            continue
        shown = path.relative_to(ROOT).as_posix()
        for number, name in sorted(set(_named(path, text))):
            place = f"`{shown}`" + (f" `{name}`" if name else "")
            if place not in found[number]:
                found[number].append(place)
    return found


def _named(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """Each law that a file names in words, with the innermost function or class around it."""
    spans = sorted(_spans(ast.parse(text)), key=lambda span: span[0])
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type in (tokenize.COMMENT, tokenize.STRING):
                for number in CITED.findall(token.string):
                    line = token.start[0]
                    around = [name for first, last, name in spans if first <= line <= last]
                    yield int(number), around[-1] if around else ""


def _spans(tree: ast.AST, prefix: str = "") -> Iterator[tuple[int, int, str]]:
    for node in ast.iter_child_nodes(tree):
        name = prefix
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}.{node.name}" if prefix else node.name
            yield node.lineno, node.end_lineno or node.lineno, name
        yield from _spans(node, name)
