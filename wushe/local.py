"""A service's store opened beside the running hub: for commands that repair or rebuild."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from services.kernel.config import Settings, environment, load
from services.kernel.store import Store
from wushe.codes import adopt
from wushe.embedded import Folder
from wushe.output import fail
from wushe.services import CLASSES, installed, manifest


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


def service_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--service`: one service instead of all that there are."""
    return click.option("--service", type=click.Choice(list(CLASSES)), help="This service alone.")(command)


def services_meant(service: str | None, folder: Path, from_environment: bool, json_: bool) -> list[str]:
    """The services that a command looks at; an environment speaks of one service only."""
    if not from_environment:
        needs_hub(folder, json_)
        return [service] if service else list(CLASSES)
    found = [service] if service else installed()
    if len(found) != 1:
        fail(
            "which-service",
            "The settings of an environment are one service's: say which with --service.",
            "环境变量中的设置只属于一个服务; 请用 --service 指明。",
            json_,
            2,
        )
    return found


def needs_hub(folder: Path, json_: bool) -> None:
    """End here if no hub has ever run from this folder; looking must not make one."""
    if not Folder(folder).made:
        fail(
            "no-folder",
            f"No hub has run from {folder} yet; see --var, or start one with `wushe up`.",
            f"{folder} 中还没有运行过枢纽; 请检查 --var, 或用 `wushe up` 启动。",
            json_,
            2,
        )


def settings_of(service: str, folder: Path, url: str, from_environment: bool) -> Settings:
    """The settings of a service: an embedded hub's, or those of the environment."""
    environ = environment() if from_environment else Folder(folder).environ(service, "127.0.0.1:0", url)
    settings = load(environ, service)
    adopt(settings.codes)
    return settings


@contextmanager
def opened(service: str, settings: Settings) -> Iterator[Store]:
    """The service's store, with an appender of its own that shares the log with the running one."""
    store = Store(manifest(service), settings.database_url, owner_url=settings.owner_database_url or None)
    store.start()
    try:
        yield store
    finally:
        store.stop()
