"""Marks: values that only the vault may hold. They are put into every personal field of every command, and looked for.

The fields are found by walking the contracts, so a new one is marked without anybody thinking of it. A mark is looked for
in whatever form it may have got away: in other encodings, escaped, quoted, as digits alone, and as it sounds.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import count
from quopri import encodestring
from typing import Any, Literal, get_origin
from urllib.parse import quote

import numpy as np
import requests
from numpy.typing import NDArray
from pypinyin import Style, lazy_pinyin

from services.contracts.numbers import id_check_sign
from services.kernel.contract import COMMANDS, bare, hints, personal_fields
from services.kernel.entrypoints.asking import Asking
from tests.unit.test_scopes import entrypoints
from wushe.services import CLASSES

NAME, TEXT, PHONE, BORN = "骉犇龘靐", "Qzxjwkyv", "000-9041-7355", "1907-03-19"
"""A name of characters that nobody bears, a word of letters, a number and a day: every mark is made of these."""
OPENING = "999999" + BORN.replace("-", "")
"""How the numbers of documents begin: of an area that was never assigned."""
OFTEN = {"phone": PHONE, "reporter_phone": PHONE, "born_on": BORN, "birth_date": BORN}

MAILBOX = ("choose-mail", "address")
"""Where not every text may stand: its mark is an address."""

Field = tuple[str, str]
Body = dict[str, Any]

_numbers = count(1)


def personal(command: type) -> Iterator[str]:
    """The personal fields of a command in which anything at all may stand."""
    for name in personal_fields(command):
        hint = bare(hints(command)[name])
        parts = [bare(part) for part in getattr(hint, "__args__", ())] or [hint]
        if not any(get_origin(part) is Literal for part in parts):
            yield name


FIELDS: dict[Field, int] = {
    (name, field): number
    for number, (name, field) in enumerate(
        sorted((name, field) for name, command in COMMANDS.items() for field in personal(command)), 1
    )
}
"""Every personal field there is, with the number that its marks bear."""


def mark(command: type, field: str) -> Any:
    """The mark of one field: who finds it knows where it came in."""
    if field == "id_number":
        begins = f"{OPENING}{next(_numbers):03d}"
        return begins + id_check_sign(begins)
    if (command.__hub__["name"], field) == MAILBOX:  # type: ignore[attr-defined]
        return f"{TEXT}{FIELDS[MAILBOX]:03d}@example.org"
    text = OFTEN.get(field, f"{NAME}{TEXT}{FIELDS[command.__hub__['name'], field]:03d}")  # type: ignore[attr-defined]
    many = any(get_origin(bare(part)) is tuple for part in (hints(command)[field], *hints(command)[field].__args__))
    return [text] if many else text


def marked(command: type, body: Body) -> Body:
    """A command's body with a mark in each of its personal fields, whatever else was to stand there."""
    return body | {field: mark(command, field) for field in personal(command)}


# --- in whatever form ----------------------------------------------------------------------------------------------


def forms(text: str) -> Iterator[tuple[str, bytes]]:
    """How these characters look in one encoding after the other."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        content = text.encode(encoding)
        yield encoding, content
        yield f"{encoding} in hexadecimal", content.hex().encode()
        for shift in range(3):
            # What stands before it shifts the bits; only the letters that it alone decides are looked for.
            for alphabet in (b64encode, urlsafe_b64encode):
                letters = alphabet(bytes(shift) + content)
                first, last = -(-shift * 8 // 6), (shift + len(content)) * 8 // 6
                yield f"{encoding} in base64", letters[first:last]
    yield "URL-encoded", quote(text, safe="").encode()
    yield "URL-encoded twice", quote(quote(text, safe=""), safe="").encode()
    yield "escaped for JSON", json.dumps(text)[1:-1].encode()
    yield "quoted-printable", encodestring(text.encode())
    yield "as entities", "".join(f"&#{ord(letter)};" for letter in text).encode()
    yield "as hexadecimal entities", "".join(f"&#x{ord(letter):x};" for letter in text).encode()
    yield "escaped for HTML", escape(text).encode()


def sounds(text: str) -> Iterator[tuple[str, bytes]]:
    """How it is spoken, written in letters."""
    for style in (Style.NORMAL, Style.TONE, Style.TONE3):
        for between in ("", " ", "-", "_", "+", "%20"):
            yield "pinyin", between.join(lazy_pinyin(text, style=style)).encode()


@cache
def needles() -> dict[bytes, str]:
    """All that is looked for, in small letters, with the name of its form."""
    wanted = (NAME, TEXT, PHONE, PHONE.replace("-", ""), PHONE[4:], BORN, OPENING)
    found = {form.lower(): f"{text} {how}" for text in wanted for how, form in forms(text)}
    return found | {form.lower(): f"{NAME} as {how}" for how, form in sounds(NAME)}


def found_in(content: bytes) -> list[str]:
    """The marks that these bytes hold: their form, and what stands around them."""
    small = content.lower()
    return [
        f"{needles()[form]}: …{content[max(0, at - 40) : at + len(form) + 20]!r}…"
        for at in _perhaps(small)
        for form in _beginning(small[at : at + OF_BEGINNING])
        if small.startswith(form, at)
    ]


OF_BEGINNING = 6
"""No form is shorter: by so much of it a form is looked for, in all places at once."""


@cache
def _beginnings() -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for form in needles():
        found.setdefault(form[:OF_BEGINNING], []).append(form)
    return found


def _beginning(with_: bytes) -> list[bytes]:
    return _beginnings().get(with_, [])


@cache
def _pairs(place: int) -> NDArray[np.bool_]:
    """Which pairs of bytes stand at a place of some form."""
    table = np.zeros(1 << 16, dtype=bool)
    table[[int.from_bytes(form[place : place + 2]) for form in _beginnings()]] = True
    return table


def _perhaps(content: bytes) -> list[int]:
    """Where a form may begin."""
    letters = np.frombuffer(content, dtype=np.uint8)
    if len(letters) < OF_BEGINNING:
        return []
    pairs = letters[:-1].astype(np.uint16) << 8 | letters[1:]
    ends = len(pairs) - (OF_BEGINNING - 2)
    may = _pairs(0)[pairs[:ends]]
    for place in range(2, OF_BEGINNING, 2):
        may &= _pairs(place)[pairs[place : place + ends]]
    return [int(at) for at in np.flatnonzero(may)]


# --- marking whatever is asked -------------------------------------------------------------------------------------


@cache
def _asked() -> list[tuple[re.Pattern[str], str, Asking]]:
    """Every path by which a command is asked."""
    return [
        (re.compile(f".*/{service}/v1{re.sub('{[a-z_]+}', '[^/]+', asking.path)}"), service, asking)
        for service in CLASSES
        for asking in entrypoints(service, Asking)
    ]


class Marking(requests.Session):
    """Asks what it is told to ask, with a mark in each personal field; no command's answer may hold one.

    `accepted` are the fields whose marks were taken in, `made` what came into being, by service and path.
    """

    def __init__(self) -> None:
        super().__init__()
        self.accepted: set[Field] = set()
        self.made: dict[tuple[str, str], list[str]] = {}
        self.told: list[str] = []

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """One request; a command's is marked, and so is each of many."""
        if str(url).endswith("/v1/commands"):
            return self._many(method, url, kwargs)
        service, asking = self._asking(method, str(url))
        if asking is None:
            return super().request(method, url, *args, **kwargs)
        kwargs["json"] = self._marked(asking.command, dict(kwargs.get("json") or {}))
        kwargs["headers"] = self._apart(dict(kwargs.get("headers") or {}))
        answer = super().request(method, url, *args, **kwargs)
        self._keep(service, asking, answer)
        return answer

    def _many(self, method: Any, url: Any, kwargs: dict[str, Any]) -> requests.Response:
        items = [each | {"body": self._marked(COMMANDS[each["command"]], each["body"])} for each in kwargs["json"]]
        answer = super().request(method, url, **kwargs | {"json": items})
        self.told += [f"{url}: {hit}" for hit in found_in(answer.content)]
        for asked, done in zip(items, answer.json(), strict=True):
            if done["status"] in (200, 201):
                self.accepted |= {(asked["command"], field) for field in personal(COMMANDS[asked["command"]])}
        return answer

    @staticmethod
    def _asking(method: Any, url: str) -> tuple[str, Asking | None]:
        matching = ((s, a) for pattern, s, a in _asked() if a.method == method and pattern.fullmatch(url))
        return next(matching, ("", None))

    @staticmethod
    def _marked(command: type, body: Body) -> Body:
        # Codes of organizations are unique, and others in the same hub tell the same stories.
        codes = {name: f"marked-{body[name]}" for name in ("code",) if name in body and personal_fields(command)}
        return marked(command, body) | codes

    @staticmethod
    def _apart(headers: dict[str, str]) -> dict[str, str]:
        return {name: f"marked-{value}" if name == "Idempotency-Key" else value for name, value in headers.items()}

    def _keep(self, service: str, asking: Asking, answer: requests.Response) -> None:
        self.told += [f"{service}{asking.path}: {hit}" for hit in found_in(answer.content)]
        if answer.ok:
            name = asking.command.__hub__["name"]  # type: ignore[attr-defined]
            self.accepted |= {(name, field) for field in personal(asking.command)}
        if answer.status_code == 201:
            self.made.setdefault((service, asking.path), []).append(str(answer.json()["id"]))
