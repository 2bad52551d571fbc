"""What stands on the pages in Chinese, as it stands there in English: by the console's own words, not by a list of ours.

A story is written once, in Chinese. Where it is lived in English, each of its words is looked up among everything that the
console can say; one Chinese word may stand for several English ones ("方式": how it was given, how to ask), and any will do.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import services.contracts.intake
import services.contracts.referral
import services.contracts.volunteer  # noqa: F401 (they declare the commands and the events)
from services.console.words import TEXTS, humanised
from services.console.words.codes import CODES
from services.contracts.codes import TABLES
from services.kernel.contract import COMMANDS, EVENTS, about

ZH, EN = "zh", "en"
WHOLE, WORD = r"\s*$", r"(?=$|[\s(（,，、:：/])"
"""What follows what was looked for: nothing at all, or at least no more of the same word."""


def _pairs() -> Iterator[tuple[str, str]]:
    yield from TEXTS.values()
    for table in CODES.values():
        yield from table.values()
    for table in TABLES.values():
        for edition in table.editions:
            yield from ((term.zh, term.en) for term in edition.terms.values())
    for name, contract in (*EVENTS.items(), *COMMANDS.items()):
        yield str(about(contract)["zh"]), humanised(name)


@cache
def _english() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for zh, en in _pairs():
        found[zh].add(en)
    return found


def ways(zh: str, lang: str) -> list[str]:
    """The ways in which something is said in a language; what the console has no words for is a name, and stays."""
    if lang != EN:
        return [zh]
    head, space, number = zh.partition(" ")  # somebody by kind and number: 社工 w-01
    kinds = _english().get(head, {head}) if space else ()
    return sorted(_english().get(zh) or {f"{kind} {number}" for kind in kinds} or {zh}, key=len, reverse=True)


def said(zh: str, lang: str, *, whole: bool = False) -> re.Pattern[str]:
    """How something begins that is found on a page by its words; `whole`: and how it ends."""
    any_of = "|".join(re.escape(way) for way in ways(zh, lang))
    return re.compile(rf"^\s*(?:{any_of}){WHOLE if whole else WORD}", re.IGNORECASE)


def anywhere(zh: str, lang: str) -> re.Pattern[str]:
    """The same somewhere in a text."""
    return re.compile("|".join(re.escape(way) for way in ways(zh, lang)), re.IGNORECASE)


def text(key: str, lang: str, **values: str) -> re.Pattern[str]:
    """One text of the console with its places filled in, each value in any of its ways; from its beginning."""
    pattern = re.escape(TEXTS[key][lang == EN])
    for name, zh in values.items():
        pattern = pattern.replace(re.escape(f"{{{name}}}"), f"(?:{'|'.join(map(re.escape, ways(zh, lang)))})")
    return re.compile(rf"^\s*{pattern}", re.IGNORECASE)
