"""What documents tell people to type can be typed: every command, target, path, option and example in them."""

from __future__ import annotations

import ast
import importlib
import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from services.kernel.contract import EVENTS
from wushe.cli import main
from wushe.docs import events
from wushe.services import CLASSES, manifest

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "README.zh-CN.md",
    "CONTRIBUTING.md",
    *sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/*.md")),
)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
OUTSIDE = {
    "chmod",
    "curl",
    "docker",
    "git",
    "rabbitmqctl",
    "sudo",
    "apt-get",
    "psql",
    "df",
    "grep",
    "pg_restore",
    "pg_dump",
    "sha256sum",
}
"""Programs that are not ours; of `docker compose exec` the service is looked at, and what it runs."""


def text(page: str) -> str:
    """A page."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str) -> list[tuple[str, str]]:
    """Its blocks of code, with their languages."""
    return [(found[1], found[2]) for found in BLOCK.finditer(text(page))]


def lines(page: str) -> Iterator[list[str]]:
    """What a page tells people to type: lines of its shell blocks, and inline code that begins with one of our programs."""
    for language, code in blocks(page):
        if language == "sh":
            for line in code.replace("\\\n", " ").splitlines():
                for part in re.split(r"\s(?:\||&&)\s", line):
                    if words := shlex.split(part, comments=True):
                        yield words
    prose = BLOCK.sub("", text(page))
    for inline in re.findall(r"`((?:wushe|make|docker compose|deploy/)[^`]*)`", prose):
        yield shlex.split(inline, comments=True)


TYPED = [(page, words) for page in PAGES for words in lines(page)]


@pytest.mark.parametrize(("page", "words"), TYPED, ids=[f"{page}: {' '.join(words)}" for page, words in TYPED])
def test_what_is_to_be_typed_exists(page: str, words: list[str]) -> None:
    check(words)


def check(words: list[str]) -> None:
    """Every program is one of ours or known, and of ours every command and option exists."""
    program, *rest = words
    if program == "make":
        assert {word for word in rest if re.fullmatch("[a-z]+", word)} <= TARGETS
    elif program in ("wushe", ".venv/bin/wushe"):
        check_wushe(rest)
    elif words[:3] == ["docker", "compose", "exec"]:
        inner = [word for word in rest[2:] if not word.startswith("-")] if rest[2].startswith("-") else rest[2:]
        assert inner[0] in COMPOSE["services"] or inner[0] == "NAME"
        check(inner[1:])
    elif program == "python3":
        program_file = next((path for path in (ROOT / rest[0], ROOT / "verifier" / rest[0]) if path.exists()), None)
        assert program_file is not None, rest
        help_text = subprocess.run([sys.executable, program_file, "--help"], capture_output=True, text=True).stdout
        assert all(word in help_text for word in rest if word.startswith("--")), words
    elif "/" in program:
        assert (ROOT / program).exists() or program.startswith("/"), program
    else:
        assert program in OUTSIDE, program


def check_wushe(words: list[str]) -> None:
    """The command is there, takes these options, and has a place for these arguments."""
    command: click.Command = main
    context = click.Context(main, info_name="wushe")
    given = [word.strip("[]") for word in words]
    while isinstance(command, click.Group) and given and re.fullmatch("[a-z]+", given[0]):
        found = command.get_command(context, given.pop(0))
        assert found is not None, words
        command = found
    options = {
        name for parameter in command.get_params(context) for name in (*parameter.opts, *parameter.secondary_opts)
    }
    assert {word for word in given if word.startswith("--")} <= options, words


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_code_says_in_which_language_and_can_be_read(page: str) -> None:
    for language, code in blocks(page):
        match language:
            case "sh":
                done = subprocess.run(["bash", "-n"], input=code, text=True, capture_output=True, check=False)
                assert done.returncode == 0, done.stderr
            case "python":
                for node in ast.walk(ast.parse(code)):
                    if isinstance(node, ast.ImportFrom):
                        module = importlib.import_module(str(node.module))
                        assert all(hasattr(module, alias.name) for alias in node.names)
                    elif isinstance(node, ast.Import):
                        assert all(importlib.import_module(alias.name) for alias in node.names)
                compile(code, page, "exec")
            case "json":
                json.loads(code)
            case "yaml":
                yaml.safe_load(code)
            case "toml":
                tomllib.loads(code)
            case other:
                assert other in ("", "sql", "text", "http", "javascript"), other


def test_the_views_that_are_named_can_be_rebuilt() -> None:
    for page in (page for page in PAGES if page.startswith("README") or page.endswith("runbook.md")):
        for service, table in re.findall(rf"`({'|'.join(CLASSES)})\.([a-z_]+)`", text(page)):
            assert table in manifest(service).metadata.tables, f"{page}: {service}.{table}"


def test_the_paths_that_partners_are_told_are_served() -> None:
    events()
    for service in CLASSES:
        importlib.import_module(f"services.{service}.service")
    page = text("docs/partners.md")
    for _, code in [block for block in blocks("docs/partners.md") if block[0] == "json"]:
        for event in json.loads(code):
            assert event["type"] in EVENTS
    for service, path in re.findall(r"https://hub\.example/([a-z]+)/v1/([^?\"`]+)", page):
        shape = re.sub(r"\$[A-Z]+", "{id}", path)
        source = (ROOT / f"services/{service}").rglob("*.py")
        assert any(f'"/{shape}"' in file.read_text(encoding="utf-8") for file in source), f"{service}: /{shape}"
