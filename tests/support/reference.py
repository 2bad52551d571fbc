"""The reference deployment without containers: docker-compose.yml is read, and each service's own command is started.

PostgreSQL (one server for the services, one for the keys), RabbitMQ and Caddy are Debian's own, on free loopback ports;
databases, roles, users and rights are made by the very scripts of deploy/, and the services get the environment that the
compose file gives them, with hosts and ports of this machine in the place of the containers' names.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from signal import SIGTERM
from typing import Any, Self

import requests
import yaml

from services.kernel import tokens
from services.kernel.clock import system_clock
from services.kernel.message import Actor
from tests.support.embedded import Hub
from tests.support.postoffice import PostOffice
from tests.support.servers import Kept, Postgres, Rabbit, answers, free_port
from wushe.services import CLASSES

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60


def compose_environment() -> dict[str, str]:
    """What deploy/make-env.sh writes into `.env`."""
    made = subprocess.run(
        ["bash", "deploy/make-env.sh"], cwd=ROOT, capture_output=True, text=True, check=True,
        env=os.environ | {"WUSHE": f"{sys.executable} -m wushe.cli"},
    )  # fmt: skip
    pairs = (line.split("=", 1) for line in made.stdout.splitlines() if "=" in line and not line.startswith("#"))
    return {line[0]: line[1] for line in pairs}


def filled(value: Any, environment: dict[str, str]) -> Any:
    """A compose file's value with `${NAME}` replaced."""
    if isinstance(value, str):
        return re.sub(r"\$\{([A-Z_]+)\}", lambda found: environment[found[1]], value)
    if isinstance(value, dict):
        return {name: filled(inner, environment) for name, inner in value.items()}
    return [filled(inner, environment) for inner in value] if isinstance(value, list) else value


class Reference:
    """The whole stack; a context manager. Services, broker and databases can be killed and started again one by one."""

    def __init__(self, *services: str) -> None:
        self.names = services or tuple(CLASSES)
        self.postgres, self.keys, self.rabbit = Postgres(), Postgres(), Rabbit()
        self.secrets = compose_environment()
        self.compose = filled(yaml.safe_load((ROOT / "docker-compose.yml").read_text()), self.secrets)["services"]
        self.ports = {name: free_port() for name in CLASSES}
        self.front = free_port()
        self.processes: dict[str, Kept] = {}
        self.post = PostOffice()
        self._stack = ExitStack()
        self.hub = Hub(f"http://127.0.0.1:{self.front}", self._token)

    def _token(self, actor: Actor) -> str:
        private = self.secrets["HUB_TOKEN_PRIVATE_KEY"]
        return tokens.issue(
            actor, urlsafe_b64decode(private + "=" * (-len(private) % 4)), timedelta(hours=1), system_clock()
        )

    def __enter__(self) -> Self:
        try:
            self.folder = Path(
                self._stack.enter_context(
                    tempfile.TemporaryDirectory(prefix="hub-reference-", ignore_cleanup_errors=True)
                )
            )
            self.codes = self.folder / "codes"
            copytree(ROOT / "deploy/codes", self.codes)  # a test may place editions in its own hub
            with ThreadPoolExecutor() as pool:  # none of these needs another
                for begun in [pool.submit(make) for make in (self._databases, self._keys, self._broker, self._post)]:
                    begun.result()
            for name in self.names:
                self.start(name)
            self._start_front()
            self.ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with ThreadPoolExecutor() as pool:
            list(pool.map(Kept.stop, self.processes.values()))
        self._stack.close()

    # --- databases and users, by the scripts of deploy/ ---

    def _databases(self) -> None:
        self._make_databases(self._stack.enter_context(self.postgres), "postgres")

    def _keys(self) -> None:
        self._make_databases(self._stack.enter_context(self.keys), "postgres-keys")

    def _broker(self) -> None:
        self._stack.enter_context(self.rabbit)
        self._make_users()

    def _post(self) -> None:
        self._stack.enter_context(self.post)

    def _make_databases(self, server: Postgres, name: str) -> None:
        given = self.compose[name]["environment"] | {"PGHOST": "127.0.0.1", "PGPORT": str(server.port)}
        _script(ROOT / "deploy/postgres/init.sh", given)

    def _make_users(self) -> None:
        wrapper = self.folder / "rabbitmqctl"
        exports = "\n".join(
            f"export {n}={_quoted(v)}"
            for n, v in self.rabbit.environment().items()
            if n.startswith(("RABBITMQ", "ERL", "HOME"))
        )
        wrapper.write_text(
            f'#!/bin/sh\n{exports}\ncd {self.rabbit.folder}\nexec {self.rabbit.CTL} -n {self.rabbit.node} "$@"\n'
        )
        wrapper.chmod(0o755)
        given = self.compose["rabbitmq"]["environment"] | {
            "RABBITMQCTL": str(wrapper), "HUB_COOKIE": f"{self.rabbit.folder}/.erlang.cookie", "HUB_USERS_DONE": str(self.folder / "users"),
        }  # fmt: skip
        _script(ROOT / "deploy/rabbitmq/users.sh", given)

    # --- services ---

    def environment(self, name: str) -> dict[str, str]:
        """A service's environment as the compose file has it, on this machine's ports."""
        usual = {k: v for k, v in os.environ.items() if not k.startswith("HUB_")}
        given = {key: self._here(str(value)) for key, value in self.compose[name]["environment"].items()}
        if name == "referral":  # and so are those who get mails
            given |= {"HUB_SMTP_URL": self.post.url, "HUB_MAIL_FROM": "hub@example.org", "HUB_SITE_URL": self.hub.url}
        if name == "partner":  # tests are called at home
            given["HUB_WEBHOOK_ALLOW"] = "127.0.0.0/8"
        return usual | given | {"HUB_LISTEN": f"127.0.0.1:{self.ports[name]}", "HUB_LOG_LEVEL": "info"}

    def _here(self, value: str) -> str:
        value = value.replace("@postgres:5432", f"@127.0.0.1:{self.postgres.port}").replace(
            "@postgres-keys:5432", f"@127.0.0.1:{self.keys.port}"
        )
        value = value.replace("@rabbitmq:5672", f"@127.0.0.1:{self.rabbit.port}")
        value = value.replace("/etc/hub/codes", str(self.codes))
        value = value.replace("/etc/hub/witness", str(ROOT / "deploy/witness"))  # as the compose file mounts it
        return re.sub(r"http://([a-z]+):8000", lambda found: f"http://127.0.0.1:{self.ports[found[1]]}", value)

    def start(self, name: str) -> None:
        """Start one service by its own command."""
        log = self.folder / f"{name}.log"
        self.processes[name] = Kept(self.command(name), log, SIGTERM, self.environment(name))

    def command(self, name: str) -> list[str]:
        """The service's own command, as the compose file has it."""
        program, *arguments = self.compose[name]["command"]
        return [str(Path(sys.executable).parent / program), *arguments]

    def kill9(self, name: str) -> None:
        """End one service at whatever it is doing; only when it is dead it is no longer among the processes."""
        self.processes[name].kill9()
        del self.processes[name]

    def stop(self, name: str) -> None:
        """End one service in peace; only when it has ended it is no longer among the processes."""
        self.processes[name].stop()
        del self.processes[name]

    @contextmanager
    def twin(self, name: str) -> Iterator[Kept]:
        """One more process of a service, as a replica of its container; nobody is sent to it."""
        listen = f"127.0.0.1:{free_port()}"
        given = self.environment(name) | {"HUB_LISTEN": listen}
        process = Kept(self.command(name), self.folder / f"{name}-twin.log", SIGTERM, given)
        try:
            process.wait_until(lambda: _is_ready(f"http://{listen}"), f"another {name}", READY_SECONDS)
            yield process
        finally:
            process.stop()

    def folders(self) -> list[Path]:
        """Where all that is kept lies: databases, the broker, logs."""
        return [self.folder, self.postgres.folder, self.keys.folder, self.rabbit.folder]

    def url(self, name: str) -> str:
        """Where one service answers, past the front."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def ready(self, *names: str) -> None:
        """Wait until these services, or all that run, answer that they are ready."""
        until = time.monotonic() + READY_SECONDS
        for name in names or tuple(self.processes):
            while not _is_ready(self.url(name)):
                process = self.processes[name]
                if not process.alive() or time.monotonic() > until:
                    raise AssertionError(f"{name} is not ready. Its log ends:\n{process.tail()}")
                time.sleep(0.05)

    def states(self) -> dict[str, Any]:
        """How every running service stands."""
        return {n: requests.get(f"{self.url(n)}/readyz", timeout=10).json()["services"][n] for n in self.processes}

    # --- the front: Caddy with deploy/caddy/Caddyfile ---

    def _start_front(self) -> None:
        text = (
            (ROOT / "deploy/caddy/Caddyfile").read_text().replace("{$SITE_ADDRESS}", f"http://127.0.0.1:{self.front}")
        )
        text = text.replace("admin off", "admin off\n\tauto_https off")
        text = re.sub(r"\b([a-z]+):8000\b", lambda found: f"127.0.0.1:{self.ports[found[1]]}", text)
        file = self.folder / "Caddyfile"
        file.write_text(text)
        command = ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"]
        self.processes_front = Kept(
            command,
            self.folder / "caddy.log",
            SIGTERM,
            os.environ | {"HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)},
        )
        self._stack.callback(self.processes_front.stop)
        self.processes_front.wait_until(lambda: answers(self.front), "Caddy", 20)


def _is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _script(path: Path, given: dict[str, Any]) -> None:
    environment = os.environ | {name: str(value) for name, value in given.items()}
    done = subprocess.run(["bash", str(path)], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{path.name}: {done.stderr or done.stdout}"
