"""A client of a running hub, for commands: it knows where the hub is and whom it asks for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NoReturn

import click
import requests

from services.kernel.message import Actor
from wushe.embedded import Folder
from wushe.local import needs_hub
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

    def __init__(
        self, url: str, token: str, folder: Path, role: str = "auditor", json_: bool = False, org: str = ""
    ) -> None:
        self.url = url.rstrip("/")
        if not token:
            needs_hub(folder, json_)
        self._token = token or Folder(folder).token(Actor(id=f"cli.{os.getuid()}", role=role, org=org))
        self._session = requests.Session()

    def get(self, path: str, json_: bool = False, **query: Any) -> Any:
        """The JSON under a path."""
        return self._ask("GET", path, json_, params={k: v for k, v in query.items() if v is not None})

    def all(self, path: str, json_: bool = False, **query: Any) -> list[dict[str, Any]]:
        """Every row of a list, page by page."""
        found: list[dict[str, Any]] = []
        after: str | None = None
        while True:
            page = self.get(path, json_, after=after, **query)
            found, after = found + page["items"], page.get("next")
            if not after:
                return found

    def post(self, path: str, body: Any, json_: bool = False, approval: str = "") -> Any:
        """The answer to a JSON body; `approval` is a second person's word."""
        more = {"more_headers": {"Approval": approval}} if approval else {}
        return self._ask("POST", path, json_, json=body, **more)

    def upload(self, path: str, raw: bytes, json_: bool = False, **query: Any) -> Any:
        """The answer to a file."""
        headers = {"Content-Type": "application/octet-stream"}
        return self._ask("POST", path, json_, data=raw, params=query, more_headers=headers)

    def file(self, path: str, json_: bool = False, **query: Any) -> bytes:
        """What lies under a path, as it is."""
        answer = self._send("GET", path, json_, params=query)
        if answer.status_code >= 400:
            self._ask("GET", path, json_, params=query)
        return answer.content

    def download(self, path: str, to: Path, json_: bool, not_yet: str) -> bool:
        """Write what lies under a path into a file, piece by piece; False while the hub says that it is not there yet."""
        answer = self._send("GET", path, json_, stream=True)
        with answer:
            if answer.status_code == 503 and answer.json().get("code") == not_yet:
                return False
            if answer.status_code >= 400:
                self._ask("GET", path, json_)
            with to.open("wb") as file:
                file.writelines(answer.iter_content(1 << 20))
        return True

    def _ask(self, method: str, path: str, json_: bool, **more: Any) -> Any:
        answer = self._send(method, path, json_, **more)
        try:
            said = answer.json()
        except requests.exceptions.JSONDecodeError:
            status = answer.status_code
            no_hub(self.url, json_, f"something else does ({status})", f"响应的不是枢纽 ({status})")
        if answer.status_code >= 400:
            fields = [f"{problem['field']}: {problem['expected']}" for problem in said.get("errors", ())]
            fields_zh = [f"{problem['field']}: {problem['expected_zh']}" for problem in said.get("errors", ())]
            could = ", ".join(said.get("allowed") or ())
            en = [said.get("detail", ""), "; ".join(fields), f"Allowed: {could}." if could else ""]
            zh = [said.get("detail_zh", ""), "; ".join(fields_zh), f"允许: {could}。" if could else ""]
            fail(said.get("code", "failed"), " ".join(filter(None, en)), "".join(zh), json_)
        return said

    def _send(self, method: str, path: str, json_: bool, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._token}", **more.pop("more_headers", {})}
        try:
            return self._session.request(method, self.url + path, headers=headers, timeout=SECONDS, **more)
        except requests.RequestException:
            no_hub(self.url, json_)


def no_hub(url: str, json_: bool, en: str = "start one with `wushe up`", zh: str = "请用 `wushe up` 启动") -> NoReturn:
    """End because nobody answers there."""
    fail("no-hub", f"No hub answers at {url}; {en}.", f"{url} 没有枢纽响应; {zh}。", json_, 2)
