"""By what two records are found to be alike: texts made from names, numbers, telephones and days of birth. Pure.

Chinese names are compared by their signs and by their sound, as pinyin without tones: 洪 and 红 sound alike, so do 劉 and
刘, 峯 and 峰, and a name that was heard by telephone is written as it sounds. The first sign is read in all its ways, for
as a surname 单 is Shan and 曾 is Zeng. Where people speak as in the north-east, zh is z and ing is in: they are alike,
and count for less. A number or telephone of which only some signs are known (`138****5678`) is compared by those.

No text leaves the process: it becomes a keyed token (`Vault.blind`) before it is kept or looked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from services.contracts.numbers import born_on, plain_number, whole_id

T = TypeVar("T")

RULES: dict[str, int] = {
    "same-id-number": 100,
    "same-phone-and-sound": 90,
    "masked-id-and-sound": 85,
    "same-day-and-sound": 80,
    "masked-phone-and-sound": 75,
    "same-phone-and-like-sound": 75,
    "id-tail-and-sound": 65,
    "same-day-and-like-sound": 65,
    "phone-tail-and-sound": 60,
    "same-phone": 50,
    "same-year-and-sound": 50,
    "same-name": 40,
    "same-sound": 30,
}
"""How much each kind of likeness says, of 100. Families share a telephone, and many people a name."""

SUSPECTED_FROM = 60
"""What says so much is written down as a suspicion; what says less is shown to whoever types, and forgotten."""

TOLD_FROM = 50
"""What says less is looked for at the own station alone."""

MOST = 96
"""So many tokens are kept of one record at most."""

NAMES = 6
READINGS = 3
HIDDEN = re.compile(r"[*•●○×_?…]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Traits:
    """What was said of somebody, as it was written."""

    names: tuple[str, ...] = ()
    id_number: str | None = None
    phone: str | None = None
    born_on: str | None = None


Key = tuple[str, str]
"""A rule, and the text that two records must share for it."""


def keys(traits: Traits) -> list[Key]:
    """By what somebody can be found, each once, the strongest rules first; at most MOST."""
    names = [name for each in traits.names[:NAMES] if (name := folded(each))]
    sounds = _unique(sound for name in names for sound in readings(name))
    found = [*_of_id(traits.id_number, sounds), *_of_phone(traits.phone, sounds), *_of_birth(traits, sounds)]
    found += [("same-name", name) for name in names] + [("same-sound", sound) for sound in sounds]
    return sorted(_unique(found), key=lambda key: -RULES[key[0]])[:MOST]


def folded(name: str) -> str:
    """A name without blanks, dots and the width of its letters."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def readings(name: str) -> list[str]:
    """How a name may sound: the first sign in all its ways, the others in their usual one."""
    # The dictionaries take a third of a second to load: only for those who compare names.
    from pypinyin import Style, lazy_pinyin, pinyin

    firsts = pinyin(name[:1], style=Style.NORMAL, heteronym=True)[0]
    usual = lazy_pinyin(name, style=Style.NORMAL)[0]
    rest = lazy_pinyin(name[1:], style=Style.NORMAL)
    firsts = _unique([usual, *firsts])[:READINGS]
    return [" ".join([first, *rest]) for first in firsts]


ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"))


def like(sound: str) -> str:
    """A sound as it is taken for another: flat and curled tongues, in and ing are one."""
    return " ".join(_syllable(syllable) for syllable in sound.split())


def _syllable(syllable: str) -> str:
    for curled, flat in ALIKE:
        if syllable.startswith(curled):
            syllable = flat + syllable.removeprefix(curled)
    return re.sub(r"(?<=[ie])ng$", "n", syllable)


# --- numbers ----------------------------------------------------------------------------------------------------------


def _of_id(number: str | None, sounds: list[str]) -> Iterator[Key]:
    if number is None:
        return
    head, tail, whole = known_signs(number)
    if whole is not None:
        whole = whole_id(whole)
        yield "same-id-number", whole
        head, tail = (whole[:6], whole[-4:]) if len(whole) >= 8 else ("", "")
    for sound in sounds:
        if len(head) >= 6 and len(tail) >= 4:
            yield "masked-id-and-sound", f"{head[:6]} {tail[-4:]} {sound}"
        if len(tail) >= 4:
            yield "id-tail-and-sound", f"{tail[-4:]} {sound}"


def _of_phone(phone: str | None, sounds: list[str]) -> Iterator[Key]:
    if phone is None:
        return
    head, tail, whole = known_signs(phone)
    if whole is not None:
        whole = plain_phone(whole)
        if len(whole) < 7:
            return
        yield "same-phone", whole
        head, tail = whole[:3], whole[-4:]
        yield from (("same-phone-and-sound", f"{whole} {sound}") for sound in sounds)
        yield from (("same-phone-and-like-sound", f"{whole} {like(sound)}") for sound in sounds)
    for sound in sounds:
        if len(head) >= 3 and len(tail) >= 4:
            yield "masked-phone-and-sound", f"{head[:3]} {tail[-4:]} {sound}"
        if len(tail) >= 4:
            yield "phone-tail-and-sound", f"{tail[-4:]} {sound}"


def _of_birth(traits: Traits, sounds: list[str]) -> Iterator[Key]:
    day = None if traits.id_number is None else born_on(traits.id_number)
    text = traits.born_on or (None if day is None else day.isoformat())
    if text is None:
        return
    for sound in sounds:
        yield "same-year-and-sound", f"{text[:4]} {sound}"
        if len(text) == 10:
            yield "same-day-and-sound", f"{text} {sound}"
            yield "same-day-and-like-sound", f"{text} {like(sound)}"


def known_signs(text: str) -> tuple[str, str, str | None]:
    """Beginning and end of a number of which the middle is hidden; or the whole of it, if nothing is."""
    narrow = unicodedata.normalize("NFKC", text)
    parts = HIDDEN.split(narrow)
    if len(parts) == 1:
        return "", "", plain_number(narrow)
    return plain_number(parts[0]), plain_number(parts[-1]), None


def plain_phone(text: str) -> str:
    """A telephone number as it is compared: digits alone, without the country's own code before a mobile number."""
    narrow = unicodedata.normalize("NFKC", text)
    digits = "".join(sign for sign in narrow if sign in "0123456789")
    return re.sub(r"^(0086|86)(?=1[0-9]{10}$)", "", digits)


def _unique(found: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(found))
