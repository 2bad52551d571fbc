"""How commands speak: sentences for people, one JSON value for programs with `--json`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import click
import msgspec

F = TypeVar("F", bound=Callable[..., Any])


def as_json(command: F) -> F:
    """The `--json` option, as the parameter `json_`."""
    return click.option("--json", "json_", is_flag=True, help="Answer with one JSON value.")(command)


def say(value: Any, json_: bool, text: str) -> None:
    """Print the value as JSON, or the text."""
    click.echo(msgspec.json.encode(value).decode() if json_ else text)


def fail(code: str, en: str, zh: str, json_: bool = False, status: int = 1) -> NoReturn:
    """Say what went wrong, on stderr, and end with this status."""
    value = {"code": code, "detail": en, "detail_zh": zh}
    click.echo(msgspec.json.encode(value).decode() if json_ else f"{en}\n{zh}", err=True)
    sys.exit(status)
