"""Rebuilding views from the logs, beside a hub that goes on serving."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import click
import requests

from services.kernel.config import Settings
from services.kernel.garbage import collect_less
from services.kernel.heard import Unreadable, read_batch
from services.kernel.projector import PAGE, Progress, Pull, Rebuild
from wushe.local import opened, services_meant, settings_of, where_options
from wushe.output import as_json, fail, say
from wushe.services import CLASSES, manifest


@click.command()
@click.argument("name", metavar="VIEW")
@where_options
@as_json
def rebuild(name: str, folder: Path, url: str, from_environment: bool, json_: bool) -> None:
    """Rebuild VIEW: `service` for all views of a service, or `service.table` for one."""
    service, _, table = name.partition(".")
    if service not in CLASSES:
        fail("no-such-view", f"Services are: {', '.join(CLASSES)}.", f"服务有: {', '.join(CLASSES)}。", json_, 2)
    services_meant(service, folder, from_environment, json_)
    made = manifest(service)
    if table and table not in made.metadata.tables:
        names = ", ".join(made.metadata.tables)
        fail("no-such-view", f"Views of {service} are: {names}.", f"{service} 的视图有: {names}。", json_, 2)
    settings = settings_of(service, folder, url, from_environment)
    began = time.monotonic()
    collect_less()
    with opened(service, settings) as store:
        rebuild_ = Rebuild(
            store, _pull(settings), (table,) if table else (), _progress(json_), settings.owner_database_url
        )
        try:
            events = rebuild_.run()
        except requests.RequestException:
            fail(
                "no-publisher",
                f"A publisher's events cannot be pulled from {settings.url}; the old view is untouched.",
                f"无法从 {settings.url} 取得发布方事件; 原视图未动。",
                json_,
                2,
            )
        except Unreadable as broken:
            fail(
                "unreadable",
                f"An event in the log cannot be read ({broken.stream or 'stream unknown'}: {broken}); the old view is untouched.",
                f"日志中有无法读取的事件({broken.stream or '未知'}: {broken}); 原视图未动。",
                json_,
                1,
            )
    seconds = time.monotonic() - began
    say(
        {"view": name, "events": events, "seconds": round(seconds, 2)},
        json_,
        f"{name}: {events} 条事件已重放 / events in {seconds:.2f} s",
    )


def _progress(json_: bool) -> Progress:
    def show(source: str, done: int, of: int) -> None:
        if not json_:
            click.echo(f"\r{source}: {done}/{of}", nl=done >= of, err=True)

    return show


def _pull(settings: Settings) -> Pull:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {settings.service_token}"

    def pages(publisher: str, after: int, until: int) -> Iterator[list[bytes]]:
        while after < until:
            limit = min(PAGE // 2, until - after)
            answer = session.get(
                f"{settings.log_of(publisher)}/events", params={"after": after, "limit": limit}, timeout=60
            )
            answer.raise_for_status()
            page = read_batch(answer.content)
            if not page:
                return
            yield page
            after += len(page)

    return pages
