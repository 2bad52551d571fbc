"""The hub as imports and exports reach it: commands in many lanes, code tables, registers page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests

from services.contracts import codes_volunteer  # noqa: F401 - imported, it has declared its tables
from services.contracts.codes import TABLES
from services.importing.sending import Post
from services.importing.values import Labels, labels_of

SECONDS = 120
PAGE_ROWS = 1_000


class Refusal(Exception):
    """The hub refused a whole request: its code and its sentences."""

    def __init__(self, code: str, en: str, zh: str) -> None:
        super().__init__(code)
        self.code, self.en, self.zh = code, en, zh


class Hub:
    """A hub at an address, asked in somebody's name."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Idempotency-Scope": "org"}
        self._session = _session()

    def address(self, path: str) -> str:
        """Where a path is answered."""
        return self.url + path

    def poster(self, service: str) -> Post:
        """A connection of its own, for one lane."""
        session = _session()
        address = self.address(f"/{service}/v1/commands")
        headers = self._headers | {"Content-Type": "application/json"}

        def post(body: bytes, dry_run: bool) -> list[dict[str, Any]]:
            query = {"dry_run": "true"} if dry_run else {}
            return _read(_sent(session, "POST", address, headers, params=query, data=body))  # type: ignore[no-any-return]

        return post

    def get(self, path: str, **query: Any) -> Any:
        """The JSON under a path."""
        wanted = {name: value for name, value in query.items() if value is not None}
        return _read(_sent(self._session, "GET", self.address(path), self._headers, params=wanted))

    def rows(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All rows of a list, page by page."""
        after = None
        while True:
            page = self.get(path, limit=PAGE_ROWS, after=after, **query)
            yield from page["items"]
            after = page["next"]
            if after is None:
                return

    def tables(self) -> dict[str, Labels]:
        """The code tables as this hub has them."""
        return {name: labels_of(name, table["zh"], table["terms"]) for name, table in self.code_tables().items()}

    def code_tables(self) -> dict[str, Any]:
        """The code tables with their labels: the hub's own, and those that are shipped where it shows none."""
        return shipped_tables() | dict(self.get("/intake/v1/codes"))


def shipped_tables() -> dict[str, Any]:
    """The code tables as they are shipped, in the form in which a hub shows its own."""
    return {
        name: {
            "zh": table.zh,
            "terms": [{"code": x.code, "zh": x.zh, "en": x.en} for x in table.current.terms.values()],
        }
        for name, table in TABLES.items()
    }


def _session() -> requests.Session:
    """A connection that goes where it is told, whatever proxies the surroundings name."""
    session = requests.Session()
    session.trust_env = False
    return session


def _sent(session: requests.Session, method: str, url: str, headers: dict[str, str], **more: Any) -> requests.Response:
    try:
        return session.request(method, url, headers=headers, timeout=SECONDS, **more)
    except requests.RequestException as broken:
        raise ConnectionError(url) from broken


def _read(answer: requests.Response) -> Any:
    """The answer's JSON; a hub that is away for a moment counts as one that does not answer."""
    if answer.status_code in (502, 503, 504):
        raise ConnectionError(answer.url)
    try:
        said = answer.json()
    except requests.exceptions.JSONDecodeError as broken:
        raise ConnectionError(answer.url) from broken
    if answer.status_code >= 400:
        raise Refusal(str(said.get("code")), str(said.get("detail")), str(said.get("detail_zh")))
    return said
