"""Why a service said no, as one reads it: its sentence, the fields that were wrong by their names, what can be done instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.console.words import TEXTS, Lang, codes, humanised
from services.kernel.contract import COMMANDS, about

Body = Mapping[str, Any]


def said(body: Body, lang: str, status: int = 0) -> str:
    """One or more sentences; never empty."""
    of = _ZH if lang == "zh" else _EN
    parts = [str(body.get(of.detail) or status), *_fields(body, of), *_instead(body, of)]
    return " ".join(part for part in parts if part)


def name_of(command: str, lang: str) -> str:
    """What a command is called: as its contract says in Chinese, by its name in English."""
    known = COMMANDS.get(command)
    return str(about(known)["zh"]) if known is not None and lang == "zh" else humanised(command)


class _Of:
    """How a problem document names things in one language."""

    def __init__(self, lang: Lang, detail: str, expected: str, comma: str, colon: str) -> None:
        self.lang, self.detail, self.expected, self.comma, self.colon = lang, detail, expected, comma, colon

    def text(self, key: str) -> str:
        """A text under its key."""
        return TEXTS[key][0 if self.lang == "zh" else 1]

    def field(self, name: str) -> str:
        """The name of a field of a form, the last part of a path through an object."""
        last = name.rpartition(".")[2] if not name.rpartition(".")[2].isdecimal() else name.partition(".")[0]
        return self.text(f"field.{last}") if f"field.{last}" in TEXTS else humanised(last)


_ZH = _Of("zh", "detail_zh", "expected_zh", "、", "：")
_EN = _Of("en", "detail", "expected", ", ", ": ")


def _fields(body: Body, of: _Of) -> Iterable[str]:
    for wrong in body.get("errors") or ():
        named = str(wrong.get("field") or "")
        yield f"{of.field(named)}{of.colon}{wrong.get(of.expected)}" if named else str(wrong.get(of.expected) or "")


def _instead(body: Body, of: _Of) -> Iterable[str]:
    """What may be asked as things stand, and who may ask what this role may not."""
    if commands := [name_of(str(each), of.lang) for each in body.get("allowed") or ()]:
        yield of.text("refused.instead") + of.comma.join(commands)
    if roles := [str(each) for each in body.get("allowed_roles") or ()]:
        yield of.text("refused.roles") + of.comma.join(_role(role, of) for role in roles)


def _role(role: str, of: _Of) -> str:
    return codes.label("role", role, of.lang) or humanised(role)
