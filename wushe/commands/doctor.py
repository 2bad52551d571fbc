"""What is wrong with this installation, and how to mend it: each check is a sentence, its finding another."""

from __future__ import annotations

import platform
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

import click
import requests
import sqlalchemy as sa

from services.kernel.config import Misconfigured, Settings
from services.kernel.database import engine_for
from wushe.embedded import SECRETS, Folder
from wushe.local import settings_of, where_options
from wushe.output import as_json, say
from wushe.services import CLASSES


@dataclass(frozen=True)
class Finding:
    """What one check found; `mend` says what to do about it."""

    check: str
    state: Literal["ok", "wrong", "note"]
    found: str
    mend: str = ""


@click.command()
@where_options
@as_json
def doctor(folder: Path, url: str, from_environment: bool, json_: bool) -> None:
    """Say what is wrong with this installation, and how to mend it."""
    findings = list(examine(folder, url, from_environment))
    marks = {"ok": "✓", "wrong": "✗", "note": "·"}
    lines = [f"{marks[f.state]} {f.check}: {f.found}" + (f"\n    → {f.mend}" if f.mend else "") for f in findings]
    say([asdict(finding) for finding in findings], json_, "\n".join(lines))
    if any(finding.state == "wrong" for finding in findings):
        sys.exit(1)


def examine(folder: Path, url: str, from_environment: bool) -> Iterator[Finding]:
    """Every check, from the ground up."""
    yield _python()
    yield _packages()
    if not from_environment:
        yield _secrets(folder)
    for service in CLASSES:
        yield from _service(service, folder, url, from_environment)
    yield from _answers(url)


def _python() -> Finding:
    found = platform.python_version()
    if tuple(map(int, found.split(".")[:2])) >= (3, 11):
        return Finding("python", "ok", found)
    return Finding("python", "wrong", found, "install Python 3.11 or newer / 请安装 Python 3.11 或更新版本")


def _packages() -> Finding:
    missing = []
    for line in requires("wushe") or []:
        name = line.split(";")[0].split("[")[0].split("=")[0].split("<")[0].split(">")[0].strip()
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding(
            "packages",
            "wrong",
            f"missing: {', '.join(missing)}",
            "run `make run` or `pip install --require-hashes -r requirements.lock`",
        )
    return Finding("packages", "ok", "all installed / 齐全")


def _secrets(folder: Path) -> Finding:
    file = Folder(folder).path / SECRETS
    if not file.exists():
        return Finding(
            "secrets", "note", "none yet / 尚无", "they are made on the first `wushe up` / 首次 `wushe up` 时生成"
        )
    if file.stat().st_mode & 0o077:
        return Finding("secrets", "wrong", "others can read them / 他人可读", f"chmod 600 {file}")
    return Finding("secrets", "ok", "readable by the owner alone / 仅所有者可读")


def _service(service: str, folder: Path, url: str, from_environment: bool) -> Iterator[Finding]:
    if not from_environment and not (Folder(folder).path / SECRETS).exists():
        return
    try:
        settings = settings_of(service, folder, url, from_environment)
    except Misconfigured as wrong:
        yield Finding(
            f"{service} settings", "wrong", f"{len(wrong.problems)} wrong", "; ".join(map(str, wrong.problems))
        )
        return
    yield _database(f"{service} database", settings.database_url)
    if settings.keys_url:
        yield _database(f"{service} keys", settings.keys_url)
    yield _broker(service, settings)


def _database(check: str, database_url: str) -> Finding:
    engine = engine_for(database_url)
    try:
        with engine.connect() as connection:
            kind = f"{connection.dialect.name} {'.'.join(map(str, connection.dialect.server_version_info or ()))}"
            if connection.dialect.name == "postgresql" and connection.execute(sa.text("SHOW fsync")).scalar() != "on":
                return Finding(
                    check,
                    "wrong",
                    "fsync is off / fsync 已关闭",
                    "set fsync = on in postgresql.conf: without it a crash loses what was accepted",
                )
            return Finding(check, "ok", kind)
    except sa.exc.SQLAlchemyError as broken:
        return Finding(
            check,
            "wrong",
            type(broken).__name__,
            "see that the database runs and that the role may connect / 检查数据库是否运行、角色可否连接",
        )
    finally:
        engine.dispose()


def _broker(service: str, settings: Settings) -> Finding:
    address = sa.make_url(settings.amqp_url) if not settings.amqp_url.startswith("memory") else None
    if address is None:
        return Finding(f"{service} broker", "ok", "within the process / 进程内")
    try:
        socket.create_connection((address.host or "127.0.0.1", address.port or 5672), timeout=3).close()
    except OSError as broken:
        return Finding(
            f"{service} broker",
            "note",
            type(broken).__name__,
            "commands are accepted all the same; events follow when RabbitMQ is back / 命令照常受理, 事件待恢复后补发",
        )
    return Finding(f"{service} broker", "ok", "reachable / 可达")


def _answers(url: str) -> Iterator[Finding]:
    try:
        answer = requests.get(f"{url}/readyz", timeout=5)
        states = answer.json().get("services", {})
    except (requests.RequestException, ValueError):
        yield Finding(
            "hub", "note", f"no hub answers at {url} / {url} 无响应", "start one with `wushe up` / 用 `wushe up` 启动"
        )
        return
    for service, state in states.items():
        good = state.get("database") == "ok"
        yield Finding(
            f"{service} ready",
            "ok" if good else "wrong",
            str(state.get("database")),
            "" if good else "see runbook, section database / 见运维手册",
        )
