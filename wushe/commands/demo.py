"""Loading the five stories into a running hub, by ordinary commands through its public API."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import requests

from wushe.client import no_hub
from wushe.embedded import Folder
from wushe.local import needs_hub
from wushe.output import as_json, fail, say


@click.group()
def demo() -> None:
    """The five stories: 小伟, 洪阿姨, 孙大姐, 李明华, and the school-community pair."""


@demo.command()
@click.option("--var", "folder", default="var", show_default=True, type=click.Path(path_type=Path),
              help="Folder of the hub, whose key signs in the name of each who acts.")  # fmt: skip
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="Where the hub answers.")
@as_json
def load(url: str, folder: Path, json_: bool) -> None:
    """Load the stories; what is there already stays as it is."""
    from wushe.demo.load import StoryStopped

    needs_hub(folder, json_)
    try:
        _load(url, folder, json_)
    except requests.RequestException:
        no_hub(url, json_)
    except StoryStopped as stopped:
        fail("story-stopped", f"The hub refused a step: {stopped}", f"枢纽拒绝了一步: {stopped}", json_)


def _load(url: str, folder: Path, json_: bool) -> None:
    from wushe.demo.load import load as load_stories

    with click.progressbar(length=100, label="stories", hidden=json_, file=sys.stderr) as bar:
        seen = 0

        def progress(done: int, of: int) -> None:
            nonlocal seen
            now = done * 100 // max(of, 1)
            bar.update(now - seen)
            seen = now

        report = load_stories(url, Folder(folder).token, progress)
    say({"steps": report.steps}, json_, f"{report.steps} steps / 步")
