"""A service's store opened beside the running hub: for commands that repair or rebuild."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from services.kernel.config import Settings, environment, load
from services.kernel.store import Store
from wushe.embedded import Folder
from wushe.services import manifest


def where_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--var`, `--url`, `--from-environment`: whose databases are meant."""
    command = click.option(
        "--from-environment", is_flag=True, help="Settings from HUB_… instead of an embedded hub's folder."
    )(command)
    command = click.option(
        "--url", default="http://127.0.0.1:8080", show_default=True, help="Where the publishers answer."
    )(command)
    return click.option(
        "--var",
        "folder",
        default="var",
        show_default=True,
        type=click.Path(path_type=Path),
        help="Folder of the embedded hub.",
    )(command)


def settings_of(service: str, folder: Path, url: str, from_environment: bool) -> Settings:
    """The settings of a service: an embedded hub's, or those of the environment."""
    return load(environment() if from_environment else Folder(folder).environ(service, "127.0.0.1:0", url), service)


@contextmanager
def opened(service: str, settings: Settings) -> Iterator[Store]:
    """The service's store, with an appender of its own that shares the log with the running one."""
    store = Store(manifest(service), settings.database_url, owner_url=settings.owner_database_url or None)
    store.start()
    try:
        yield store
    finally:
        store.stop()
