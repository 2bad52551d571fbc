"""What is wrong with this installation, and how to mend it: each check is a sentence, its finding another."""

from __future__ import annotations

import platform
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any, Literal

import click
import requests
import sqlalchemy as sa

from services.kernel import config
from services.kernel.config import Settings, environment
from services.kernel.database import engine_for
from services.kernel.keyring import subject_key
from services.kernel.tables import head, outdated
from wushe.embedded import SECRETS, Folder
from wushe.local import service_option, services_meant, where_options
from wushe.output import as_json, say

PENDING_SECONDS = 900


@dataclass(frozen=True)
class Finding:
    """What one check found; `mend` says what to do about it."""

    check: str
    state: Literal["ok", "wrong", "note"]
    found: str
    mend: str = ""


@click.command()
@service_option
@where_options
@as_json
def doctor(service: str | None, folder: Path, url: str, from_environment: bool, json_: bool) -> None:
    """Say what is wrong with this installation, and how to mend it; end with 1 when something is."""
    made = from_environment or Folder(folder).made
    services = services_meant(service, folder, from_environment, json_) if made else []
    findings = list(examine(services, folder, url, from_environment))
    marks = {"ok": "✓", "wrong": "✗", "note": "·"}
    lines = [f"{marks[f.state]} {f.check}: {f.found}" + (f"\n    → {f.mend}" if f.mend else "") for f in findings]
    say([asdict(finding) for finding in findings], json_, "\n".join(lines))
    if any(finding.state == "wrong" for finding in findings):
        sys.exit(1)


def examine(services: list[str], folder: Path, url: str, from_environment: bool) -> Iterator[Finding]:
    """Every check, from the ground up."""
    yield _python()
    yield _packages()
    if not from_environment:
        yield _secrets(folder)
    for service in services:
        yield from _service(service, folder, url, from_environment)
    yield from _answers(_own_url(services[0]) if from_environment else url)


def _own_url(service: str) -> str:
    """Where the service of this environment listens."""
    settings, _ = config.check(environment(), service)
    return f"http://127.0.0.1:{settings.listen[1]}" if settings else "http://127.0.0.1:8000"


def _python() -> Finding:
    found = platform.python_version()
    if tuple(map(int, found.split(".")[:2])) >= (3, 11):
        return Finding("python", "ok", found)
    return Finding("python", "wrong", found, "install Python 3.11 or newer / 请安装 Python 3.11 或更新版本")


def _packages() -> Finding:
    missing = []
    try:
        wanted = requires("wushe") or []
    except PackageNotFoundError:
        return Finding(
            "packages", "note", "not installed as a package / 未以软件包方式安装", "as in an image / 镜像中即如此"
        )
    for line in wanted:
        if "extra ==" in line:
            continue
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
    environ = environment() if from_environment else Folder(folder).environ(service, "127.0.0.1:0", url)
    settings, problems = config.check(environ, service)
    if settings is None:
        count = len(problems)
        yield Finding(
            f"{service} settings", "wrong", f"{count} wrong / {count} 项有误", "\n      ".join(map(str, problems))
        )
        return
    yield _database(f"{service} database", settings.database_url, head.name)
    if settings.keys_url:
        yield _database(f"{service} keys", settings.keys_url, subject_key.name)
    yield _broker(service, settings)


def _database(check: str, database_url: str, table: str) -> Finding:
    """Whether it is there, has been made, and keeps what it is given."""
    at = sa.make_url(database_url)
    if at.get_backend_name() == "sqlite" and not Path(at.database or "").exists():
        return Finding(
            check, "wrong", f"there is no {at.database} / 文件不存在",
            "restore it from a backup; `wushe up` would make an empty one / 请从备份恢复; `wushe up` 只会新建空库",
        )  # fmt: skip
    engine = engine_for(database_url)
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table(table):
                return Finding(
                    check,
                    "wrong",
                    "it is empty / 库中无表",
                    "start the service, which makes its tables / 启动服务即会建表",
                )
            kind = f"{connection.dialect.name} {'.'.join(map(str, connection.dialect.server_version_info or ()))}"
            if connection.dialect.name == "postgresql" and connection.execute(sa.text("SHOW fsync")).scalar() != "on":
                return Finding(
                    check,
                    "wrong",
                    "fsync is off / fsync 已关闭",
                    "set fsync = on in postgresql.conf: without it a crash loses what was accepted",
                )
            return _views(check, connection) or Finding(check, "ok", kind)
    except sa.exc.SQLAlchemyError as broken:
        return Finding(
            check,
            "wrong",
            type(broken).__name__,
            "see that the database runs and that the role may connect / 检查数据库是否运行、角色可否连接",
        )
    finally:
        engine.dispose()


def _views(check: str, connection: sa.Connection) -> Finding | None:
    """Views that an older release has left, and that nobody has rebuilt."""
    if not sa.inspect(connection).has_table(outdated.name):
        return None
    names = list(connection.scalars(sa.select(outdated.c.view).order_by(outdated.c.view)))
    if not names:
        return None
    service = check.partition(" ")[0]
    return Finding(
        check, "wrong", f"views of an older release / 旧版视图: {', '.join(names)}",
        f"wushe rebuild {service}, beside the running hub / 在枢纽运行时重建",
    )  # fmt: skip


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


def _signing(duty: dict[str, Any]) -> Finding:
    """Whether heads of the ledger are signed: it does not sign what is damaged, or what a witness knows otherwise."""
    state = str(duty.get("state"))
    if state in ("starting", "signing"):
        return Finding("ledger signing", "ok", state)
    found = " ".join(str(part) for part in (state, duty.get("code", ""), duty.get("entry", "")) if part != "")
    return Finding("ledger signing", "wrong", found, "see runbook, section SigningHalted / 见运维手册 SigningHalted")


CONTRADICTING = ("ahead", "forked", "disputes")


def _witnesses(duty: dict[str, Any]) -> Finding:
    """Whether anybody but the operator vouches for the ledger, and whether anybody knows it otherwise."""
    others = [f"{name} {state}" for name, state in duty.get("witnesses", {}).items() if state in CONTRADICTING]
    if others:
        return Finding(
            "ledger witnesses", "wrong", ", ".join(others),
            "they have seen what is not here: see runbook, 'A ledger that witnesses know otherwise' / 见证方所见与此不符, 见运维手册",
        )  # fmt: skip
    match duty.get("state"):
        case "no-witness" | "no-quorum":
            return Finding(
                "ledger witnesses", "note", "no witness: only the operator vouches for the ledger / 无见证方, 仅运营方自证",
                "ask partners to be witnesses, see docs/witness.md / 请合作方担任见证方, 见 docs/witness.md",
            )  # fmt: skip
        case "pending" if duty.get("pending_seconds", 0) > PENDING_SECONDS:
            found = ", ".join(f"{name} {state}" for name, state in duty["witnesses"].items())
            return Finding(
                "ledger witnesses", "wrong", found, "see runbook, section QuorumMissing / 见运维手册 QuorumMissing"
            )
        case _:
            return Finding("ledger witnesses", "ok", str(duty.get("state")))


def _answers(url: str) -> Iterator[Finding]:
    try:
        states = requests.get(f"{url}/readyz", timeout=5).json()["services"]
    except (requests.RequestException, ValueError, LookupError, TypeError):
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
        duties = state.get("duties", {})
        if "checkpoints" in duties:
            yield _signing(duties["checkpoints"])
        if "witnesses" in duties:
            yield _witnesses(duties["witnesses"])
