"""Settings: read once from the environment into one frozen object; all that is wrong is said at once, before exit.

This is the only reader of `os.environ`. What can be set is listed in `settings`. Every secret may also come from a
file, named by the same setting with `_FILE` at its end.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

from limits import RateLimitItem, RateLimitItemPerMinute

from services.kernel.settings import SETTINGS, Setting, Wrong
from services.kernel.tlog.policy import Policy

EX_CONFIG = 78
USUAL_RATE = RateLimitItemPerMinute(1200)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set, for one service of one process. Secrets do not show in its representation."""

    service: str
    database_url: str = field(repr=False)
    owner_database_url: str = field(default="", repr=False)
    keys_url: str = field(default="", repr=False)
    owner_keys_url: str = field(default="", repr=False)
    keks: tuple[bytes, ...] = field(default=(), repr=False)
    amqp_url: str = field(repr=False)
    partners_amqp_url: str = field(default="", repr=False)
    webhook_key: bytes = field(default=b"", repr=False)
    webhook_allow: tuple[str, ...] = ()
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    link_keys: tuple[bytes, ...] = field(default=(), repr=False)
    site_url: str = ""
    single_events: bool = True
    listen: tuple[str, int] = ("127.0.0.1", 8000)
    url: str = "http://127.0.0.1:8080"
    proxies: tuple[str, ...] = ()
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    urls: Mapping[str, str] = field(default_factory=dict)
    token_public_keys: tuple[bytes, ...] = ()
    token_private_key: bytes = field(default=b"", repr=False)
    service_token: str = field(default="", repr=False)
    session_secret: bytes = field(default=b"", repr=False)
    import_key: str = field(default="", repr=False)
    witness_policy: Policy | None = None
    witness_seconds: float = 5.0
    log_origin: str = ""
    log_keys: tuple[bytes, ...] = field(default=(), repr=False)
    checkpoint_seconds: float = 1.0
    inspect_seconds: float = 60.0
    seal_seconds: float = 3600.0
    head_keys: tuple[bytes, ...] = field(default=(), repr=False)
    head_seconds: float = 86400.0
    max_body: int = 65536
    rate_limit: RateLimitItem = USUAL_RATE
    log_level: str = "info"
    demo: bool = False
    codes: Path | None = None

    @property
    def sends_mail(self) -> bool:
        """Whether everything is set that a mail with a link needs."""
        return bool(self.smtp_url and self.mail_from and self.link_keys and self.site_url)

    @property
    def outside(self) -> str:
        """Where browsers reach the hub."""
        return self.site_url or self.url

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the hub by TLS, so that cookies are to go no other way."""
        return self.outside.startswith("https:")

    @property
    def head_apart(self) -> timedelta:
        """From one signed head of a log to the next."""
        return timedelta(seconds=self.head_seconds)

    def url_of(self, publisher: str) -> str:
        """Where a service of the hub answers: its own address if it has one, or its place under the hub's."""
        return f"{self.urls.get(publisher, self.url)}/{publisher}/v1"

    def log_of(self, publisher: str) -> str:
        """Where a service hands out its log: `/events` under this (what `/v1/events` is, is the service's own business)."""
        return self.url_of(publisher).removesuffix("/v1")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One wrong or missing setting: its name, what is wrong, what was expected. Never the value: it may be a secret."""

    name: str
    wrong_en: str
    wrong_zh: str
    expected_en: str
    expected_zh: str

    def __str__(self) -> str:
        chinese = f"{self.wrong_zh}; 应为{self.expected_zh}"
        return f"{self.name}: {self.wrong_en}; expected {self.expected_en} / {chinese}"


class Misconfigured(SystemExit):
    """The settings are wrong; `problems` lists every one. Uncaught, it ends the process with code 78 (EX_CONFIG)."""

    def __init__(self, service: str, problems: list[Problem]) -> None:
        super().__init__(EX_CONFIG)
        self.service, self.problems = service, tuple(problems)

    def __str__(self) -> str:
        count = len(self.problems)
        first = f"{self.service}: {count} settings wrong or missing / {count} 项设置有误或缺失"
        return "\n".join([first, *map(str, self.problems)])


def environment() -> Mapping[str, str]:
    """The process's environment, for `load` and `check`: nobody else reads it."""
    return dict(os.environ)


def load(environ: Mapping[str, str], service: str) -> Settings:
    """The settings of one service; if any is wrong, all that are wrong are listed on stderr and the process ends."""
    settings, problems = check(environ, service)
    return settings or refuse(service, problems)


def check(environ: Mapping[str, str], service: str) -> tuple[Settings | None, list[Problem]]:
    """The settings of one service, or everything that is wrong with them."""
    values: dict[str, Any] = {"urls": {}}
    problems = []
    for setting in SETTINGS:
        try:
            _put(values, setting.into, _value(setting, environ, service))
        except Wrong as wrong:
            problems.append(_problem(setting.name, wrong, setting.kind.en, setting.kind.zh))
    problems += _unknown(environ)
    return (None, problems) if problems else (Settings(service=service, **values), [])


def refuse(service: str, problems: list[Problem]) -> NoReturn:
    """Say what is wrong with the settings, and end with code 78."""
    wrong = Misconfigured(service, problems)
    sys.stderr.write(f"{wrong}\n")
    raise wrong


def _value(setting: Setting, environ: Mapping[str, str], service: str) -> Any:
    """What a setting is set to; None when it is not set and need not be."""
    text = _given(setting, environ) or setting.default
    if text:
        return setting.kind.read(text)
    if service in setting.required:
        raise Wrong("missing", "缺失")
    return None


def _given(setting: Setting, environ: Mapping[str, str]) -> str:
    """The text of a setting, from the environment or from the file that the environment names; empty when not set."""
    text = environ.get(setting.name, "").strip()
    path = environ.get(f"{setting.name}_FILE", "") if setting.secret else ""
    if text and path:
        raise Wrong("given twice, as a value and as a file", "同时给出了值和文件")
    if not path:
        return text
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as broken:
        why = type(broken).__name__
        raise Wrong(f"its file cannot be read ({why})", f"文件无法读取 ({why})") from broken


def without_green_names() -> None:
    """Names are asked for in real threads: call this before eventlet is imported, and it leaves its own resolver away.

    It would be imported with it otherwise, at a tenth of a second and some megabytes a process.
    """
    os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")


def _put(values: dict[str, Any], into: str, value: Any) -> None:
    group, _, member = into.partition(".")
    if value is not None and member:
        values[group][member] = value
    elif value is not None:
        values[group] = value


def _unknown(environ: Mapping[str, str]) -> list[Problem]:
    """Names that look like settings and are none: most likely mistyped. `HUB_TEST_…` belongs to the tests."""
    known = {s.name for s in SETTINGS} | {f"{s.name}_FILE" for s in SETTINGS if s.secret}
    strange = [n for n in environ if n.startswith("HUB_") and not n.startswith("HUB_TEST_") and n not in known]
    return [_unknown_name(name, known) for name in sorted(strange)]


def _unknown_name(name: str, known: set[str]) -> Problem:
    near = difflib.get_close_matches(name, sorted(known), 1)
    meant_en = near[0] if near else "a name from the settings table of README"
    meant_zh = f" {near[0]}" if near else " README 设置表中的名称"
    return _problem(name, Wrong("no such setting", "没有这个设置"), meant_en, meant_zh)


def _problem(name: str, wrong: Wrong, expected_en: str, expected_zh: str) -> Problem:
    en, zh = wrong.args if len(wrong.args) == 2 else ("not understood", "无法识别")
    return Problem(name=name, wrong_en=en, wrong_zh=zh, expected_en=expected_en, expected_zh=expected_zh)
