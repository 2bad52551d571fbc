"""Numbers that carry a check of their own: resident IDs (GB 11643-1999) and unified social credit codes (GB 32100-2015).

A number that fails is doubted, never forbidden: registers hold numbers that fail, and people exist who have none. Who is
told of a doubt may give a reason and go on. No text made here repeats the number.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Literal

from services.kernel.errors import Refused

Doubt = Literal["form", "birth", "check"]

ID_CHECKS = "10X98765432"
"""The check character by Σ mod 11."""

CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"

OLDEST = 1850
"""Nobody whom a station serves was born earlier; a number that says so was mistyped."""

DOUBTS: dict[Doubt, tuple[str, str, str]] = {
    "form": ("id-number-form", "This does not look like a resident ID: 18 signs, or 15 in an old one.",
             "证件号码应为 18 位, 旧证为 15 位。"),
    "birth": ("id-number-birth", "The date of birth within this number is no date of a living person.",
              "证件号码中的出生日期不合理。"),
    "check": ("id-number-check", "The check digit of this number does not fit; a digit may be mistyped.",
              "证件号码校验位不符, 可能输入有误。"),
}  # fmt: skip


def plain_number(text: str) -> str:
    """A number as it is compared: full-width digits made narrow, spaces and dashes left out, `x` written `X`."""
    narrow = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in narrow if sign.isalnum())


def id_check_sign(first17: str) -> str:
    """The 18th sign of a resident ID, from the 17 digits before it."""
    return ID_CHECKS[sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(first17)) % 11]


def whole_id(number: str) -> str:
    """A resident ID in 18 signs: an old one of 15 digits gets its century and its check digit; others stay as they are."""
    plain = plain_number(number)
    if len(plain) != 15 or not _digits(plain):
        return plain
    first17 = f"{plain[:6]}19{plain[6:]}"
    return first17 + id_check_sign(first17)


def born_on(number: str) -> date | None:
    """The day of birth within a resident ID, or None where there is no such day."""
    whole = whole_id(number)
    if len(whole) != 18 or not _digits(whole[6:14]):
        return None
    try:
        return date(int(whole[6:10]), int(whole[10:12]), int(whole[12:14]))
    except ValueError:
        return None


def id_doubt(number: str, today: date) -> Doubt | None:
    """What is wrong with a resident ID, or None; permits of people from Hong Kong, Macao, Taiwan and abroad are built alike.

    The area is not judged: its codes change with the years, and it says where somebody was first entered, not where he
    lives.
    """
    whole = whole_id(number)
    if len(whole) != 18 or not _digits(whole[:17]) or whole[17] not in ID_CHECKS:
        return "form"
    born = born_on(whole)
    if born is None or not born.year >= OLDEST or born > today:
        return "birth"
    return None if whole[17] == id_check_sign(whole[:17]) else "check"


def doubt_id(number: str, today: date, *allowed: str) -> None:
    """Refuse a resident ID that fails, with a code that says how; the same with a reason to override it is taken."""
    doubt = id_doubt(number, today)
    if doubt is not None:
        code, en, zh = DOUBTS[doubt]
        way_en, way_zh = (
            "Correct it, or give `id_number_override`, a reason.",
            "请更正, 或填写 id_number_override 说明原因。",
        )
        raise Refused(code, f"{en} {way_en}", f"{zh}{way_zh}", allowed=allowed, field="id_number")


def credit_check_sign(first17: str) -> str:
    """The 18th sign of a credit code. The outer remainder matters: where the sum is a multiple of 31, the sign is 0."""
    total = sum(CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(first17))
    return CREDIT_SIGNS[(31 - total % 31) % 31]


def credit_code_holds(code: str) -> bool:
    """Whether a unified social credit code is well formed and ends in the sign that its others give."""
    plain = plain_number(code)
    if len(plain) != 18 or any(sign not in CREDIT_SIGNS for sign in plain):
        return False
    return credit_check_sign(plain[:17]) == plain[17]


def _digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()
