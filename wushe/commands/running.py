"""Running the hub: all of it in one process, or one service of the reference deployment."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import threading
import time
from pathlib import Path
from typing import IO

import click
import requests

from services.kernel import log
from services.kernel.config import EX_CONFIG, environment, load
from wushe.codes import adopt, follow
from wushe.embedded import Folder
from wushe.output import as_json, fail, say
from wushe.renewing import renewed
from wushe.services import CLASSES, service_class

STOP_SECONDS = 60
DEMO = "Let anybody in as one of the demo's people, and load the five stories on the first start."

folder_option = click.option(
    "--var",
    "folder",
    default="var",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder for the hub's data.",
)


@click.command()
@folder_option
@click.option("--listen", default="127.0.0.1:8080", show_default=True, help="host:port; port 0 takes a free one.")
@click.option(
    "--demo/--no-demo",
    default=True,
    show_default=True,
    help="Let anybody in as one of the demo's people, and load the five stories on the first start.",
)
@as_json
def up(folder: Path, listen: str, demo: bool, json_: bool) -> None:
    """Run the whole hub in this process: SQLite and an in-memory bus, its data in one folder."""
    from services.kernel.entrypoints.process import Process, run

    began = time.monotonic()
    place = Folder(folder)
    _still_here(place, json_)
    settings = place.settings(listen, _url(listen), demo)
    first = next(iter(settings.values()))
    watch = adopt(first.codes)
    log.switch(first.log_level)
    with only_one(place, json_):
        renewed(place, settings)

        def ready(process: Process) -> None:
            url = "http://{}:{}".format(*process.site.address)
            policy = settings["audit"].witness_policy
            follow(watch, ",".join(CLASSES))
            _greet(
                url, time.monotonic() - began, len(policy.witnesses) if policy else 0, settings["console"].demo, json_
            )
            if not settings["console"].demo:
                threading.Thread(
                    target=_first_keeper, args=(place, url, json_), name="first-keeper", daemon=True
                ).start()
            if demo and not place.loaded.exists():
                threading.Thread(target=_load, args=(place, url, json_), name="stories", daemon=True).start()

        try:
            run(settings, [service_class(name) for name in CLASSES], ready)
        except OSError as taken:
            if taken.errno != errno.EADDRINUSE:
                raise
            fail(
                "address-in-use",
                f"Something else listens at {listen}; see --listen.",
                f"{listen} 已被占用; 请用 --listen 换一个。",
                json_,
            )


def _still_here(place: Folder, json_: bool) -> None:
    """End if the hub of this folder lives elsewhere now: two hubs would go on from one log."""
    if place.moved.exists():
        fail(
            "moved",
            f"The hub of {place.path} has moved to PostgreSQL; remove {place.moved} only if it never began there.",
            f"{place.path} 的枢纽已迁移到 PostgreSQL; 仅当新枢纽从未启用时才可删除 {place.moved}。",
            json_,
        )


def _url(listen: str) -> str:
    host, _, port = listen.rpartition(":")
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - not a binding: where the hub reaches itself
        host = "127.0.0.1"
    return f"http://{host}:{port}"


def only_one(place: Folder, json_: bool) -> IO[str]:
    """Hold the folder for this process alone, for as long as the file is open; ends where another process holds it."""
    place.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = place.pid_file.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        fail("already-running", f"A hub runs from {place.path} already.", f"{place.path} 的枢纽已在运行。", json_)
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _greet(url: str, seconds: float, witnesses: int, demo: bool, json_: bool) -> None:
    from services.console.demo import ROLES

    people = [{"role": role.role, "name": role.name_zh, "name_en": role.name_en} for role in ROLES if demo]
    lines = [f"五社枢纽已启动 / the hub is up: {url}  ({seconds:.1f} s)"]
    lines += ["登录演示角色 / sign in as:"] if demo else []
    lines += [f"  · {p['name']} / {p['name_en']}" for p in people]
    if not witnesses:
        lines.append(
            "台账尚无见证方, 仅由运营方自证 / no witness: only the operator vouches for the ledger; see docs/witness.md"
        )
    value = {"url": url, "seconds": round(seconds, 2), "sign_in": people, "pid": os.getpid(), "witnesses": witnesses}
    say(value, json_, "\n".join(lines))


def _first_keeper(place: Folder, url: str, json_: bool) -> None:
    """Where nobody has an account yet: open the first administrator's, and print the link by which he comes in."""
    from wushe.commands.accounts import first

    try:
        link = first(place, url)
    except (requests.RequestException, RuntimeError) as broken:
        log.noticed("accounts", "no-first-account", level="error", error=broken)
        return
    if link:
        say(
            {"administrator": link},
            json_,
            f"首位管理员请用此链接设定密码 / the first administrator sets a password here:\n  {link}",
        )


def _load(place: Folder, url: str, json_: bool) -> None:
    from wushe.demo.load import load as load_stories

    try:
        report = load_stories(url, place.token)
    except (requests.RequestException, RuntimeError, TimeoutError) as broken:
        log.noticed("stories", "not-loaded", level="error", error=broken)
        return
    place.loaded.touch()
    say(
        {"stories": "loaded", "steps": report.steps},
        json_,
        f"五个故事已载入 / the five stories are loaded ({report.steps} steps): {url}",
    )


@click.command()
@folder_option
@as_json
def stop(folder: Path, json_: bool) -> None:
    """Stop the hub that runs from a folder."""
    place = Folder(folder)
    pid = int(place.pid_file.read_text() or 0) if place.pid_file.exists() else 0
    if not pid or not runs(place):
        say({"stopped": False}, json_, "没有正在运行的枢纽 / no hub runs from here")
        return
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    while runs(place):
        if time.monotonic() > until:
            fail("still-running", f"Process {pid} does not end.", f"进程 {pid} 没有结束。", json_)
        time.sleep(0.1)
    say({"stopped": True, "pid": pid}, json_, "枢纽已停止 / the hub has stopped")


def runs(place: Folder) -> bool:
    """Whether a process holds the folder."""
    with place.pid_file.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


@click.command()
@click.argument("name", type=click.Choice(list(CLASSES)))
@as_json
def service(name: str, json_: bool) -> None:
    """Run one service, with its settings from the environment (see README)."""
    from services.kernel.entrypoints.process import run

    settings = load(environment(), name)
    if settings.demo:
        fail(
            "no-demo-here",
            "HUB_DEMO lets anybody in; only `wushe up` takes it. Unset it, and open accounts with `wushe account add`.",
            "HUB_DEMO 允许任何人登录, 仅 `wushe up` 接受; 请取消设置, 并用 `wushe account add` 开立账号。",
            json_,
            EX_CONFIG,
        )
    watch = adopt(settings.codes)
    log.switch(settings.log_level)
    follow(watch, name)
    run(
        {name: settings},
        [service_class(name)],
        lambda process: say({"service": name, "at": process.site.address}, json_, f"{name}: {process.site.address}"),
    )
