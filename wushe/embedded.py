"""The whole hub in one process: SQLite under one folder, the bus in memory, secrets made on the first start.

It is a real hub for a single street: what was accepted is on disk before it is answered.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from services.importing.secret import kept_secret
from services.kernel import tokens
from services.kernel.clock import system_clock
from services.kernel.config import Settings, environment, load
from services.kernel.message import Actor
from services.kernel.settings import SEALING
from wushe.services import CLASSES, PUBLISHERS

SECRETS = "secrets.json"
POLICY = "witness-policy"
SERVICE_TOKEN_LIFE = timedelta(days=365)


@dataclass(frozen=True)
class Folder:
    """The folder of an embedded hub: databases, keys, secrets (mode 600), the pid of the process that runs it."""

    path: Path

    @property
    def made(self) -> bool:
        """Whether a hub has ever run from here."""
        return (self.path / SECRETS).exists()

    @property
    def secrets(self) -> dict[str, str]:
        """The secrets, made on first sight."""
        file = self.path / SECRETS
        kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        if missing := {name: make for name, make in MADE.items() if name not in kept}:
            pair = tokens.generate()
            kept |= {name: make(pair) for name, make in missing.items()}
            self._write(file, kept)
        return kept

    def _write(self, file: Path, made: dict[str, str]) -> None:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = file.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(made))
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.rename(file)

    @property
    def pid_file(self) -> Path:
        """Where the running hub writes its process id."""
        return self.path / "hub.pid"

    @property
    def loaded(self) -> Path:
        """There once the stories have been loaded."""
        return self.path / "stories-loaded"

    @property
    def shape(self) -> Path:
        """Holds what the views looked like when they were last known to be those of the release that runs."""
        return self.path / "shape"

    @property
    def moved_log(self) -> Path:
        """There once the hub has moved: the name and key of its ledger, as settings of the audit service there."""
        return self.path / "moved-log.env"

    @property
    def moved(self) -> Path:
        """There once the hub has moved to the reference deployment; holds the key that still opens its people's keys."""
        return self.path / "moved-kek"

    def environ(self, service: str, listen: str, url: str, demo: bool = False) -> dict[str, str]:
        """The settings of one service of the embedded hub; what the process's environment sets goes before.

        `demo` lets anybody in as one of the demo's people.
        """
        kept = self.secrets
        usual = {
            "HUB_DATABASE_URL": f"sqlite:///{(self.path / service).resolve()}.db",
            "HUB_AMQP_URL": "memory://",
            "HUB_LISTEN": listen,
            "HUB_URL": url,
            "HUB_TOKEN_PUBLIC_KEY": kept["token_public_key"],
            "HUB_SERVICE_TOKEN": self.token(Actor(id="hub", role="service"), SERVICE_TOKEN_LIFE),
            "HUB_DEMO": "true" if demo else "false",
        }
        if self.path.is_dir():
            (self.path / "codes").mkdir(exist_ok=True)  # Also where it is empty: what is put there later is taken over.
            usual["HUB_CODES"] = str(self.path / "codes")
        if service in SEALING:
            usual |= {"HUB_KEYS_URL": f"sqlite:///{(self.path / service).resolve()}-keys.db", "HUB_KEK": kept["kek"]}
        if service == "referral":
            usual |= {"HUB_LINK_KEY": kept["link_key"], "HUB_SITE_URL": url}
        if service == "partner":
            usual["HUB_WEBHOOK_KEY"] = kept["webhook_key"]
        if service == "audit":
            usual |= {"HUB_LOG_ORIGIN": kept["log_origin"], "HUB_LOG_KEY": kept["log_key"]}
            if (self.path / POLICY).is_file():
                usual["HUB_WITNESS_POLICY"] = str(self.path / POLICY)
        if service in PUBLISHERS:
            usual["HUB_HEAD_KEY"] = kept[head_key(service)]
        if service == "console":
            usual |= {"HUB_TOKEN_PRIVATE_KEY": kept["token_private_key"], "HUB_SESSION_SECRET": kept["session_secret"]}
            usual |= self._import_key()
        return usual | {name: value for name, value in environment().items() if name.startswith("HUB_")}

    def _import_key(self) -> dict[str, str]:
        """The secret of registers, the same for `wushe import` and for the pages; none where somebody keeps another kind."""
        key = kept_secret(self.path / "import.key").decode("ascii", "replace") if self.path.is_dir() else ""
        return {"HUB_IMPORT_KEY": key} if re.fullmatch("[0-9a-f]{64}", key) else {}

    def settings(self, listen: str, url: str, demo: bool = False) -> Mapping[str, Settings]:
        """The settings of every service."""
        return {name: load(self.environ(name, listen, url, demo), name) for name in CLASSES}

    def token(self, actor: Actor, lifetime: timedelta = timedelta(hours=12)) -> str:
        """A token for somebody, signed with this hub's key."""
        kept = self.secrets["token_private_key"]
        private = urlsafe_b64decode(kept + "=" * (-len(kept) % 4))
        return tokens.issue(actor, private, lifetime, system_clock())


def _random(_: object = None) -> str:
    return tokens.text_of(secrets.token_bytes(32))


def head_key(service: str) -> str:
    """Under which name the key is kept that a service signs its log's head with."""
    return f"head_key_{service}"


def _origin(_: object) -> str:
    """A name that no other hub has; where the hub will be reached nobody knows yet."""
    return f"hub-{secrets.token_hex(6)}.local/audit/v1"


MADE: dict[str, Callable[[tokens.KeyPair], str]] = {
    "token_public_key": lambda pair: tokens.text_of(pair.public),
    "token_private_key": lambda pair: tokens.text_of(pair.private),
    "kek": _random,
    "session_secret": _random,
    "webhook_key": _random,
    "link_key": _random,
    "log_origin": _origin,
    "log_key": _random,
    **{head_key(name): _random for name in PUBLISHERS},
}
"""The secrets of a hub, and how each is made; a folder from before one of them gets it on its next start."""
