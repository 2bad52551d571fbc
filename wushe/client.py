"""A client of a running hub, for commands: it knows where the hub is and whom it asks for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
import requests

from services.kernel.message import Actor
from wushe.embedded import Folder
from wushe.output import fail

SECONDS = 60


def hub_options(command: Any) -> Any:
    """`--url`, `--token`, `--var`: where the hub is, and in whose name it is asked."""
    command = click.option("--var", "folder", default="var", show_default=True, type=click.Path(path_type=Path),
                           help="Folder of the embedded hub whose key signs the token.")(command)  # fmt: skip
    command = click.option(
        "--token", default="", help="A token (see `wushe token`); without one, the embedded hub's key makes one."
    )(command)
    return click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="Where the hub answers.")(
        command
    )


class Client:
    """Asks a hub over HTTP; what the hub refuses ends the command with the hub's own sentences."""

    def __init__(self, url: str, token: str, folder: Path, role: str = "auditor") -> None:
        self.url = url.rstrip("/")
        self._token = token or Folder(folder).token(Actor(id=f"cli.{os.getuid()}", role=role))
        self._session = requests.Session()

    def get(self, path: str, json_: bool = False, **query: Any) -> Any:
        """The JSON under a path."""
        return self._ask("GET", path, json_, params={k: v for k, v in query.items() if v is not None})

    def post(self, path: str, body: Any, json_: bool = False) -> Any:
        """The answer to a JSON body."""
        return self._ask("POST", path, json_, json=body)

    def _ask(self, method: str, path: str, json_: bool, **more: Any) -> Any:
        try:
            answer = self._session.request(
                method, self.url + path, headers={"Authorization": f"Bearer {self._token}"}, timeout=SECONDS, **more
            )
        except requests.RequestException:
            fail(
                "no-hub",
                f"No hub answers at {self.url}; start one with `wushe up`.",
                f"{self.url} 没有响应; 请用 `wushe up` 启动。",
                json_,
                2,
            )
            raise
        if answer.status_code >= 400:
            said = answer.json()
            fail(said.get("code", "failed"), said.get("detail", ""), said.get("detail_zh", ""), json_)
        return answer.json()
