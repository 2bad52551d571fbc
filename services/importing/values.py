"""What a cell says, as a command takes it: each kind of column has its reader. Unknown stays unknown (INV-29)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from services.contracts.words import PARTY_KINDS
from services.importing import days
from services.importing.days import UNKNOWN
from services.importing.found import Unreadable

PARTY = re.compile(rf"(?:{'|'.join(PARTY_KINDS)}):[A-Za-z0-9][A-Za-z0-9._-]{{0,63}}")
SEPARATORS = re.compile(r"[、,，;；/|\s]+")
MOST_DIGITS = 15
"""A spreadsheet keeps no more digits of a number; what is longer must be written as text."""

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"


@dataclass(frozen=True)
class Labels:
    """A code table as a hub has it: codes by whatever they are called."""

    name: str
    codes: Mapping[str, str]
    shown: Sequence[str]


@dataclass(frozen=True)
class Context:
    """What readers need beside the cell: the year of the register, today, the hub's code tables, names of places and parties."""

    today: date
    tables: Mapping[str, Labels] = field(default_factory=dict)
    year: int | None = None
    parties: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)


Read = Callable[[Any, Context], Any]


def plain(cell: Any) -> str:
    """A cell's text; a whole number is written without its point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFC", str(cell)).strip()


def tight(cell: Any) -> str:
    """A cell's text in half-width letters and digits, without spaces."""
    return "".join(unicodedata.normalize("NFKC", plain(cell)).split())


def is_unknown(text: str) -> bool:
    """Whether the words say that nobody knows."""
    return text.lower() in UNKNOWN


def text(cell: Any, context: Context) -> str | None:
    """Whatever was written."""
    found = plain(cell)
    return None if is_unknown(found) else found


def name(cell: Any, context: Context) -> str | None:
    """A name: 张 三 and 张三 are the same."""
    found = text(cell, context)
    return re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", found) if found else None


def phone(cell: Any, context: Context) -> str | None:
    """A telephone number, as digits; what a spreadsheet has made 1.38E+10 of is reported."""
    found = tight(cell).removeprefix("+86")
    if is_unknown(found):
        return None
    if re.search(r"\d[eE]\+?\d", found):
        raise Unreadable(
            "number-mangled", "the number as text: the program has rounded it", "请以文本格式填写号码: 软件已将其改写"
        )
    digits = re.sub(r"[-()（）]", "", found)
    return digits if digits.isdigit() else found


def id_number(cell: Any, context: Context) -> str | None:
    """The number of a document; one whose last digits a spreadsheet has rounded away is reported."""
    if isinstance(cell, int | float) and abs(cell) >= 10**MOST_DIGITS:
        raise Unreadable(
            "digits-lost",
            "the number as text: a spreadsheet keeps 15 digits of a number",
            "请以文本格式填写证件号码: 数字格式只保留 15 位",
        )
    found = tight(cell).upper()
    return None if is_unknown(found) else found


def odd_id_number(number: str) -> bool:
    """Whether a resident's number of 18 digits has a wrong last one (GB 11643): worth a look, and no reason to refuse."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return len(number) == len(ID_WEIGHTS) + 1
    total = sum(weight * int(digit) for weight, digit in zip(ID_WEIGHTS, number[:-1], strict=True))
    return ID_CHECKS[total % 11] != number[-1]


def age_band(cell: Any, context: Context) -> str | None:
    """The band of an age in years."""
    found = tight(cell).removesuffix("岁").removesuffix("周")
    if is_unknown(found):
        return None
    if not found.isdecimal() or int(found) > 130:
        raise Unreadable("unreadable-age", "an age in years, or nothing when unknown", "周岁年龄; 不详则留空")
    return band(int(found))


def birth_band(cell: Any, context: Context) -> str | None:
    """The band of the age that somebody born on this day has today."""
    born, now = days.day(cell, None), context.today
    if born is None:
        return None
    return band(now.year - born.year - ((now.month, now.day) < (born.month, born.day)))


def band(age: int) -> str:
    """The band of an age."""
    bands = ((8, "under_8"), (14, "from_8_to_13"), (18, "from_14_to_17"), (60, "adult"), (80, "from_60"))
    return next((name for limit, name in bands if age < limit), "from_80")


def moment(cell: Any, context: Context) -> days.Moment:
    """When it was."""
    return days.moment(cell, context.year)


def day(cell: Any, context: Context) -> str | None:
    """A day."""
    found = days.day(cell, context.year)
    return None if found is None else found.isoformat()


def count(cell: Any, context: Context) -> int | None:
    """How many."""
    found = re.sub(r"[人名次个]$", "", tight(cell))
    if is_unknown(found):
        return None
    if not found.isdecimal():
        raise Unreadable("unreadable-count", "a whole number, or nothing when unknown", "整数; 不详则留空")
    return int(found)


def minutes(cell: Any, context: Context) -> int | None:
    """A time given in hours, or in hours and minutes, in minutes."""
    found = tight(cell).lower()
    if is_unknown(found):
        return None
    match = re.fullmatch(r"(?:(\d+(?:\.\d+)?)(?:个?小时|h|时))?(?:(\d+)(?:分钟?|min))?|(\d+(?:\.\d+)?)", found)
    if match is None or not any(match.groups()):
        raise Unreadable(
            "unreadable-hours", "hours, such as 2, 2.5, 1小时30分 or 90分钟", "时长, 如 2、2.5、1小时30分、90分钟"
        )
    return round(float(match[1] or match[3] or 0) * 60) + int(match[2] or 0)


def party(cell: Any, context: Context) -> str | None:
    """Who answers: as `worker:w-07`, or a name that the mapping knows. A name never goes into an event."""
    found = plain(cell)
    if is_unknown(found):
        return None
    known = context.parties.get(found) or context.parties.get(tight(found))
    if known is None and not PARTY.fullmatch(found):
        raise Unreadable(
            "unknown-party",
            "somebody listed under `parties`, or worker:<id>",
            "映射表 parties 中列出的人员或单位, 或 worker:<标识>",
        )
    return known or found


def parties(cell: Any, context: Context) -> list[str] | None:
    """Several of these."""
    found = [party(part, context) for part in SEPARATORS.split(plain(cell)) if part]
    return [each for each in found if each is not None] or None


def area(cell: Any, context: Context) -> str | None:
    """An area: its code, or a place that the mapping knows."""
    found = tight(cell)
    if is_unknown(found):
        return None
    known = context.places.get(found, found)
    if not re.fullmatch(r"\d{2,17}", known):
        raise Unreadable(
            "unknown-place",
            "a place listed under `places`, or an area code",
            "映射表 places 中列出的地点, 或区划代码",
        )
    return known


def ref(cell: Any, context: Context) -> str | None:
    """A reference: letters and digits without spaces."""
    found = tight(cell)
    if is_unknown(found):
        return None
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9:._+/-]{0,159}", found):
        raise Unreadable(
            "unreadable-ref", "letters, digits and : . _ + / -, without spaces", "字母、数字及 : . _ + / -, 不含空格"
        )
    return found


def uuid(cell: Any, context: Context) -> str | None:
    """The hub's own id of something."""
    found = tight(cell).lower()
    if is_unknown(found):
        return None
    try:
        return str(UUID(found))
    except ValueError as wrong:
        raise Unreadable("unreadable-id", "an id of the hub, or nothing", "系统标识, 或留空") from wrong


def yes(cell: Any, context: Context) -> bool | None:
    """Yes or no."""
    found = tight(cell).lower()
    if is_unknown(found) and found != "无":
        return None
    if found not in (*TRUE, *FALSE):
        raise Unreadable("yes-or-no", "是 or 否", "是或否")
    return found in TRUE


TRUE, FALSE = ("是", "有", "√", "✓", "y", "yes", "true", "1"), ("否", "无", "×", "n", "no", "false", "0")


def code(cell: Any, context: Context, *, table: str, also: Mapping[str, str]) -> str | None:
    """A code of a table, by its label in either language."""
    found = plain(cell)
    return None if is_unknown(found) else _coded(found, context, table, also)


def codes(cell: Any, context: Context, *, table: str, also: Mapping[str, str]) -> list[str] | None:
    """Codes of a table, one or several; some labels have signs in them that stand between labels elsewhere."""
    whole = plain(cell)
    if is_unknown(whole):
        return None
    known = _labels(context, table).codes
    for parts in ([whole], whole.split("、")):
        if all(part in also or _key(part) in known for part in parts):
            return [_coded(part, context, table, also) for part in parts]
    return [_coded(part, context, table, also) for part in SEPARATORS.split(whole) if part] or None


def choice(cell: Any, context: Context, *, also: Mapping[str, str]) -> str | None:
    """One of a few words that the mapping names."""
    found = plain(cell)
    if is_unknown(found):
        return None
    if found not in also:
        listed = "、".join(also)
        raise Unreadable("unknown-label", f"one of: {listed}", f"以下之一: {listed}")
    return also[found]


def _coded(label: str, context: Context, table: str, also: Mapping[str, str]) -> str:
    labels = _labels(context, table)
    found = also.get(label) or labels.codes.get(_key(label))
    if found is None:
        listed = "、".join(labels.shown)
        raise Unreadable(
            "unknown-label", f"of the table {labels.name}: {listed}", f"代码表“{labels.name}”中的: {listed}"
        )
    return found


def _labels(context: Context, table: str) -> Labels:
    return context.tables[table]


def _key(label: str) -> str:
    """A label as it is compared: half-width, without spaces."""
    return "".join(unicodedata.normalize("NFKC", label).split()).lower()


def labels_of(name: str, zh: str, terms: Sequence[Mapping[str, str]]) -> Labels:
    """A table as a hub shows it."""
    known = {_key(term[word]): term["code"] for word in ("en", "zh", "code") for term in terms}
    return Labels(zh or name, known, [term["zh"] for term in terms])


READERS: dict[str, Read] = {
    "text": text, "name": name, "phone": phone, "id_number": id_number, "age": age_band, "birth": birth_band,
    "moment": moment, "day": day, "count": count, "hours": minutes, "party": party, "parties": parties, "area": area,
    "ref": ref, "uuid": uuid, "yes": yes,
}  # fmt: skip


def reader(kind: str, table: str | None, also: Mapping[str, str]) -> Read:
    """The reader of a kind of column; raises KeyError where there is none."""
    if kind == "choice":
        return partial(choice, also=also)
    if kind in ("code", "codes"):
        return partial(code if kind == "code" else codes, table=str(table), also=also)
    return READERS[kind]
