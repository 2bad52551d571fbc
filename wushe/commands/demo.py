"""Loading the five stories into a running hub, by ordinary commands through its public API."""

from __future__ import annotations

from pathlib import Path

import click

from wushe.client import hub_options
from wushe.embedded import Folder
from wushe.output import as_json, say


@click.group()
def demo() -> None:
    """The five stories: 小伟, 洪阿姨, 孙大姐, 李明华, and the school-community pair."""


@demo.command()
@hub_options
@as_json
def load(url: str, token: str, folder: Path, json_: bool) -> None:
    """Load the stories; what is there already stays as it is."""
    from wushe.demo.load import load as load_stories

    with click.progressbar(length=100, label="stories", hidden=json_) as bar:
        seen = 0

        def progress(done: int, of: int) -> None:
            nonlocal seen
            now = done * 100 // max(of, 1)
            bar.update(now - seen)
            seen = now

        report = load_stories(url, Folder(folder).token, progress)
    say({"steps": report.steps}, json_, f"{report.steps} steps / 步")
