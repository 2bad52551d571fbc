"""What can be set: one list, from which `config` reads and against which the settings table of README is tested."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from limits import RateLimitItem, parse

from services.kernel.tlog.lines import Malformed
from services.kernel.tlog.policy import Policy
from services.kernel.tlog.policy import read as read_policy

SERVICES = ("intake", "referral", "volunteer", "audit", "partner", "console")
ISSUER = "partner"
"""The service that issues opaque tokens: in its own process it is asked there, by all others over HTTP."""
SEALING = ("intake", "referral", "volunteer")
"""The services whose commands carry personal values, which their vault seals."""

LOG_LEVELS = ("info", "warning", "error", "off")


class Wrong(ValueError):
    """A value does not fit its setting; with two arguments, these say why in English and in Chinese."""


@dataclass(frozen=True)
class Kind:
    """How a value is read from text, and what is expected of it, in two languages."""

    read: Callable[[str], Any]
    en: str
    zh: str


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting: the field it goes into, the services that cannot do without it, its default, what it is for."""

    name: str
    into: str
    kind: Kind
    en: str
    zh: str
    required: tuple[str, ...] = ()
    default: str = ""
    secret: bool = False


# --- kinds of values ----------------------------------------------------------------------------------------------


def _matching(pattern: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise Wrong
        return text

    return read


def _base(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise Wrong
    return text.rstrip("/")


def _listen(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise Wrong
    return host.strip("[]"), int(port)


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as broken:
        raise Wrong from broken
    if len(key) != 32:
        raise Wrong
    return key


def _keys(text: str) -> tuple[bytes, ...]:
    return tuple(_key(part.strip()) for part in text.split(","))


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text) or float(text) < 0.05:
        raise Wrong
    return float(text)


def _size(text: str) -> int:
    if not text.isdecimal() or not 1024 <= int(text) <= 16 * 1024 * 1024:
        raise Wrong
    return int(text)


def _level(text: str) -> str:
    if text not in LOG_LEVELS:
        raise Wrong
    return text


def _rate(text: str) -> RateLimitItem:
    try:
        found = parse(text)
    except ValueError as wrong:
        raise Wrong from wrong
    if found.amount < 1:
        raise Wrong
    return found


def _yes(text: str) -> bool:
    if text not in ("true", "false"):
        raise Wrong
    return text == "true"


def _networks(text: str) -> tuple[str, ...]:
    try:
        return tuple(str(ipaddress.ip_network(part.strip())) for part in text.split(","))
    except ValueError as broken:
        raise Wrong from broken


def _policy(text: str) -> Policy:
    try:
        return read_policy(Path(text).read_bytes())
    except OSError as broken:
        why = type(broken).__name__
        raise Wrong(f"its file cannot be read ({why})", f"文件无法读取 ({why})") from broken
    except Malformed as wrong:
        raise Wrong(str(wrong), f"文件有误: {wrong}") from wrong


DATABASE = Kind(
    _matching(r"sqlite:///.+|postgresql\+psycopg://[^/]*/.+"),
    "sqlite:///path or postgresql+psycopg://user:password@host/name",
    " sqlite:///路径 或 postgresql+psycopg://用户:密码@主机/库名",
)
BROKER = Kind(
    _matching(r"amqps?://[^/]+(/.*)?|memory://.*"),
    "amqp://user:password@host/vhost, amqps://… or memory://",
    " amqp://用户:密码@主机/虚拟主机、amqps://… 或 memory://",
)
BASE = Kind(_base, "http://host or https://host", " http://主机 或 https://主机")
LISTEN = Kind(_listen, "host:port", " 主机:端口")
KEY = Kind(_key, "32 bytes in base64url", " base64url 编码的 32 字节")
KEYS = Kind(_keys, "32 bytes in base64url, several separated by commas", " base64url 编码的 32 字节, 多个以逗号分隔")
ROWS = Kind(_matching(r"[0-9a-f]{64}"), "64 hexadecimal digits", " 64 位十六进制数字")
TOKEN = Kind(_matching(r"[\w-]+(\.[\w-]+){2}"), "a token issued by `wushe token`", "由 `wushe token` 签发的令牌")
SIZE = Kind(_size, "a number of bytes from 1024 to 16777216", " 1024 至 16777216 的字节数")
SECONDS = Kind(_seconds, "seconds, from 0.05", "秒数, 不小于 0.05")
ORIGIN = Kind(
    _matching(r"[a-z0-9](?:[a-z0-9.:-]*[a-z0-9])?(?:/[A-Za-z0-9._~-]+)*"),
    "a host and a path without scheme, such as hub.example/audit/v1",
    "不含协议的主机名与路径, 如 hub.example/audit/v1",
)
LEVEL = Kind(_level, "one of info, warning, error, off", " info、warning、error、off 之一")
POLICY = Kind(_policy, "a policy file of C2SP tlog-policy", " C2SP tlog-policy 格式的策略文件")
RATE = Kind(_rate, "a number per time, such as 600/minute", "单位时间次数, 如 600/minute")
FOLDER = Kind(Path, "a folder", "文件夹")
SMTP = Kind(
    _matching(r"smtps?://([^/\s@]+@)?[^/\s@:]+(:[0-9]{1,5})?/?"),
    "smtp://host:587 or smtps://host:465, with user:password@ before the host if it asks for them",
    " smtp://主机:587 或 smtps://主机:465, 如需登录则在主机前加 用户:密码@",
)
MAILBOX = Kind(_matching(r"[^@\s<>]+@[^@\s<>]+"), "an e-mail address", "电子邮箱地址")
NETWORKS = Kind(_networks, "networks, separated by commas", "网段, 以逗号分隔")
YES = Kind(_yes, "true or false", " true 或 false")


# --- the list -----------------------------------------------------------------------------------------------------

SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="HUB_DATABASE_URL", into="database_url", kind=DATABASE, required=SERVICES, secret=True,
        en="The service's own database, as the role that it runs as.",
        zh="本服务自己的数据库, 以运行角色连接。",
    ),
    Setting(
        name="HUB_OWNER_DATABASE_URL", into="owner_database_url", kind=DATABASE, secret=True,
        en="The same database as its owner, for making tables; without it the running role must own them.",
        zh="同一数据库, 以所有者角色连接, 用于建表; 不设则运行角色须为所有者。",
    ),
    Setting(
        name="HUB_KEYS_URL", into="keys_url", kind=DATABASE, required=SEALING, secret=True,
        en="The vault's key database, kept and backed up apart from the service's own.",
        zh="保险库的密钥数据库, 与业务库分开存放、分开备份。",
    ),
    Setting(
        name="HUB_OWNER_KEYS_URL", into="owner_keys_url", kind=DATABASE, secret=True,
        en="The key database as its owner, for making its table.",
        zh="密钥数据库, 以所有者角色连接, 用于建表。",
    ),
    Setting(
        name="HUB_KEK", into="keks", kind=KEYS, required=SEALING, secret=True,
        en="The key that wraps people's keys; while it changes, the new one first and the old one after it.",
        zh="包裹个人密钥的主密钥; 更换期间新的在前, 旧的在后。",
    ),
    Setting(
        name="HUB_AMQP_URL", into="amqp_url", kind=BROKER, required=SERVICES, secret=True,
        en="The broker.", zh="消息代理。",
    ),
    Setting(
        name="HUB_PARTNERS_AMQP_URL", into="partners_amqp_url", kind=BROKER, secret=True,
        en="The broker for partners' own queues, in a virtual host of its own; without it partners have the other ways.",
        zh="合作方专用队列所在的消息代理 (独立虚拟主机); 不设则合作方使用其他方式。",
    ),
    Setting(
        name="HUB_WEBHOOK_KEY", into="webhook_key", kind=KEY, secret=True,
        en="What the secrets are made from that calls to partners are signed with; without it nobody is called.",
        zh="派生合作方回调签名密钥的主密钥; 不设则不发出回调。",
    ),
    Setting(
        name="HUB_WEBHOOK_ALLOW", into="webhook_allow", kind=NETWORKS,
        en="Networks that may be called although they are not public, such as 10.1.0.0/16; there http is allowed as well.",
        zh="允许回调的非公网网段, 如 10.1.0.0/16; 其中亦允许 http。",
    ),
    Setting(
        name="HUB_SMTP_URL", into="smtp_url", kind=SMTP, secret=True,
        en="The mail server through which organizations without an account are told of offers; over `smtp://` TLS is begun "
           "by STARTTLS, except to this machine itself. Without it nobody is told by mail.",
        zh="向无账号机构发送转介通知的邮件服务器; `smtp://` 以 STARTTLS 加密, 本机除外。不设则不发邮件。",
    ),
    Setting(
        name="HUB_MAIL_FROM", into="mail_from", kind=MAILBOX,
        en="The address from which mails to organizations come.", zh="邮件的发件地址。",
    ),
    Setting(
        name="HUB_LINK_KEY", into="link_keys", kind=KEYS, secret=True,
        en="What links in mails are signed with; while it changes, the new one first and the old one after it.",
        zh="签署邮件链接的密钥; 更换期间新的在前, 旧的在后。",
    ),
    Setting(
        name="HUB_SITE_URL", into="site_url", kind=BASE,
        en="The hub as people reach it from outside: where links lead; if it is https, cookies go by TLS alone.",
        zh="公众访问枢纽的地址: 链接指向此处; 为 https 时 Cookie 仅经 TLS 发送。",
    ),
    Setting(
        name="HUB_SINGLE_EVENTS", into="single_events", kind=YES, default="true",
        en="Also send each event as a message of its own, for stock nameko handlers and other people's code.",
        zh="同时把每个事件单独发布, 供普通 nameko 处理器和他人程序接收。",
    ),
    Setting(
        name="HUB_LISTEN", into="listen", kind=LISTEN, default="127.0.0.1:8000",
        en="Where the service answers HTTP.", zh="本服务的 HTTP 监听地址。",
    ),
    Setting(
        name="HUB_URL", into="url", kind=BASE, default="http://127.0.0.1:8080",
        en="The hub as its services reach it; events are pulled from `{HUB_URL}/{publisher}/events`.",
        zh="各服务访问枢纽的地址; 从 `{HUB_URL}/{publisher}/events` 拉取事件。",
    ),
    Setting(
        name="HUB_PROXIES", into="proxies", kind=NETWORKS,
        en="Networks of the proxies in front whose X-Forwarded-For is believed, so that tries are counted by source.",
        zh="前置代理所在网段, 采信其 X-Forwarded-For, 用于按来源限制登录尝试。",
    ),
    Setting(
        name="HUB_OIDC_ISSUER", into="oidc_issuer", kind=BASE,
        en="The identity provider (OpenID Connect) by which people may sign in beside passwords.",
        zh="除密码外可用于登录的统一身份认证 (OpenID Connect) 提供方。",
    ),
    Setting(
        name="HUB_OIDC_CLIENT_ID", into="oidc_client_id", kind=Kind(str, "the client's id", "客户端标识"),
        en="What the identity provider calls the hub.", zh="枢纽在该提供方处的客户端标识。",
    ),
    Setting(
        name="HUB_OIDC_CLIENT_SECRET", into="oidc_client_secret", kind=Kind(str, "the client's secret", "客户端密钥"),
        secret=True,
        en="The hub's secret there; without it the hub is a public client, and PKCE alone protects the code.",
        zh="枢纽在该提供方处的密钥; 不设则为公共客户端, 仅以 PKCE 保护授权码。",
    ),
    *(
        Setting(
            name=f"HUB_{name.upper()}_URL", into=f"urls.{name}", kind=BASE,
            en=f"Where `{name}` is reached, if not under HUB_URL.", zh=f"`{name}` 的地址, 不在 HUB_URL 之下时设置。",
        )
        for name in SERVICES
    ),
    Setting(
        name="HUB_TOKEN_PUBLIC_KEY", into="token_public_keys", kind=KEYS, required=SERVICES, secret=True,
        en="The Ed25519 key that tokens are checked with; while it changes, the new one and the old one.",
        zh="校验令牌的 Ed25519 公钥; 更换期间新旧并列。",
    ),
    Setting(
        name="HUB_TOKEN_PRIVATE_KEY", into="token_private_key", kind=KEY, required=("console",), secret=True,
        en="The Ed25519 key that the console signs tokens with.", zh="控制台签发令牌的 Ed25519 私钥。",
    ),
    Setting(
        name="HUB_SERVICE_TOKEN", into="service_token", kind=TOKEN, required=SERVICES, secret=True,
        en="What the service shows to the others when it pulls their events.",
        zh="向其他服务拉取事件时出示的令牌。",
    ),
    Setting(
        name="HUB_LOG_ORIGIN", into="log_origin", kind=ORIGIN, required=("audit",),
        en="The name of the ledger, for ever: where its tiles are served, without the scheme. Every checkpoint bears it.",
        zh="台账的名称, 永不更改: 提供其数据的地址, 不含协议; 每个检查点都载有它。",
    ),
    Setting(
        name="HUB_LOG_KEY", into="log_keys", kind=KEYS, required=("audit",), secret=True,
        en="The Ed25519 key that checkpoints are signed with; while it changes, the new one first and the old one after it.",
        zh="签署检查点的 Ed25519 私钥; 更换期间新的在前, 旧的在后。",
    ),
    Setting(
        name="HUB_CHECKPOINT_SECONDS", into="checkpoint_seconds", kind=SECONDS, default="1",
        en="How often the ledger is read back and signed, if it has grown.", zh="台账如有增长, 每隔多久回读并签署一次。",
    ),
    Setting(
        name="HUB_WITNESS_POLICY", into="witness_policy", kind=POLICY,
        en="A file that names the ledger's witnesses, where they answer, and how many must cosign a head (see docs/witness.md).",
        zh="策略文件: 台账的见证方、其地址, 以及一个检查点须有几方联署 (见 docs/witness.md)。",
    ),
    Setting(
        name="HUB_WITNESS_SECONDS", into="witness_seconds", kind=SECONDS, default="5",
        en="How often witnesses are asked to cosign, if a head was signed since.",
        zh="如有新签署的检查点, 每隔多久请见证方联署一次。",
    ),
    Setting(
        name="HUB_INSPECT_SECONDS", into="inspect_seconds", kind=SECONDS, default="60",
        en="How often a slice of the ledger and its views is checked; 1,440 slices are a round.",
        zh="每隔多久检查一段台账及其视图; 1440 段为一轮。",
    ),
    Setting(
        name="HUB_SEAL_SECONDS", into="seal_seconds", kind=SECONDS, default="3600",
        en="How often the ledger is sealed, if something was said since: as of a seal, each history is shown to be whole.",
        zh="如有新记录, 台账每隔多久封账一次: 以封账为准可证明每段历史完整无缺。",
    ),
    Setting(
        name="HUB_HEAD_KEY", into="head_keys", kind=KEYS, secret=True,
        en="The service's own Ed25519 key that its log's head is signed with; while it changes, the new one first and the "
           "old one after it. Without it the ledger has nothing to be compared with.",
        zh="本服务签署自己日志头的 Ed25519 私钥; 更换期间新的在前, 旧的在后。不设则台账无从对账。",
    ),
    Setting(
        name="HUB_HEAD_SECONDS", into="head_seconds", kind=SECONDS, default="86400",
        en="How often a service signs its log's head, and audit compares it with the ledger; the same for every service.",
        zh="各服务每隔多久签署日志头, 审计每隔多久与台账对账; 各服务须一致。",
    ),
    Setting(
        name="HUB_SESSION_SECRET", into="session_secret", kind=KEY, required=("console",), secret=True,
        en="What the console signs its cookies with.", zh="控制台签名 Cookie 的密钥。",
    ),
    Setting(
        name="HUB_IMPORT_KEY", into="import_key", kind=ROWS, secret=True,
        en="The secret that rows of registers are recognised with, as `wushe import` keeps it (`import.key`); one for the "
           "hub, whoever imports. Without it the console imports nothing.",
        zh="识别台账行的密钥, 与 `wushe import` 所用 (`import.key`) 相同, 全枢纽一个。不设则控制台不提供导入。",
    ),
    Setting(
        name="HUB_MAX_BODY", into="max_body", kind=SIZE, default="65536",
        en="The largest request body, in bytes.", zh="请求体的最大字节数。",
    ),
    Setting(
        name="HUB_RATE_LIMIT", into="rate_limit", kind=RATE, default="1200/minute",
        en="How often one program of a partner may ask with its API token, in each process.",
        zh="合作方的一个程序凭接口令牌请求的频率上限 (按进程计)。",
    ),
    Setting(
        name="HUB_LOG_LEVEL", into="log_level", kind=LEVEL, default="info",
        en="`info`: a line for each message handled; `warning`: refused and failed; `error`: failed; `off`: none.",
        zh="`info`: 每条消息一行; `warning`: 被拒绝和失败的; `error`: 仅失败的; `off`: 不写。",
    ),
    Setting(
        name="HUB_DEMO", into="demo", kind=YES, default="false",
        en="Let anybody in as one of the demo's people; only `wushe up` takes it, never a service of its own.",
        zh="允许任何人以演示人员身份登录; 仅 `wushe up` 接受, 独立运行的服务拒绝启动。",
    ),
    Setting(
        name="HUB_CODES", into="codes", kind=FOLDER,
        en="A folder with the station's own code tables and working calendar, the same for every service (see docs/codes.md).",
        zh="本站自有代码表与工作日历所在文件夹, 各服务须一致 (见 docs/codes.md)。",
    ),
)  # fmt: skip


def table(zh: bool = False) -> list[str]:
    """The settings as the rows of README's table."""
    everyone = "全部服务" if zh else "every service"
    rows = [
        "| 设置 | 必填于 | 默认值 | 说明 |" if zh else "| setting | must be set for | default | what it is |",
        "| --- | --- | --- | --- |",
    ]
    for setting in SETTINGS:
        needed = everyone if setting.required == SERVICES else ", ".join(setting.required)
        default = f"`{setting.default}`" if setting.default else ""
        rows.append(f"| `{setting.name}` | {needed} | {default} | {setting.zh if zh else setting.en} |")
    return rows
