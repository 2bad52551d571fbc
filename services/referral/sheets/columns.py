"""The columns of an organization's sheet: what it was asked, and beside it what it answers; codes or words, either language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.contracts import codes
from services.contracts.tables import BEIJING, Table
from services.referral.mail.words import KINDS, QUESTIONS, Words

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What spreadsheets take for the beginning of a formula, wherever the cell comes from."""

Row = Mapping[str, Any]
_zh = Words("zh")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its code, which stands in the second row, its heading, and what it shows of an offer (None: it is answered)."""

    code: str
    heading: str
    shows: Callable[[Row], object] | None = None


def _codes(told: Any) -> str:
    return " ".join(told or ())


def _instant(told: Any) -> str:
    return f"{told.astimezone(BEIJING):%Y-%m-%d %H:%M}" if told else ""


STANDS: dict[str, str] = {
    "live": "待答复", "accepted": "已承接", "in_service": "服务中", "paused": "已暂停", "disputed": "结果有异议",
}  # fmt: skip

COLUMNS: tuple[Column, ...] = (
    Column("offer_id", "要约编号", lambda row: row["offer_id"]),
    Column("referral_id", "转介编号", lambda row: row["referral_id"]),
    Column("stands", "状态", lambda row: STANDS.get(row["stands"], row["stands"])),
    Column("kind", "类别", lambda row: KINDS.get(row["kind"], (row["kind"],))[0]),
    Column("need", "需要", lambda row: "、".join(map(_zh.need, row["need_codes"] or ()))),
    Column("urgency", "紧急程度", lambda row: _zh.code("URGENCY", row["urgency"]) if row["urgency"] else ""),
    Column("areas", "地点", lambda row: "、".join(map(_zh.area, row["areas"] or ()))),
    Column("groups", "对象类别", lambda row: "、".join(_zh.code("CLIENT_GROUP", c) for c in row["group_codes"] or ())),
    Column("age_band", "年龄段", lambda row: _zh.age(row["age_band"]) if row["age_band"] else ""),
    Column("required_by", "希望完成日期", lambda row: row["required_by"] or ""),
    Column("respond_by", "答复时限(北京时间)", lambda row: _instant(row["respond_by"])),
    Column("supplied", "社工站的回复", lambda row: _codes(row["answer_codes"])),
    Column("answer", "答复"),
    Column("reason", "原因"),
    Column("question", "想了解"),
    Column("met_on", "见面日期"),
    Column("outcome", "结果"),
)
ANSWERED = tuple(column.code for column in COLUMNS if column.shows is None)


ACTS: dict[str, tuple[str, ...]] = {
    "acceptance": ("承接", "受案", "接收", "accept", "yes"), "refusal": ("不承接", "不受案", "拒绝", "decline", "no"),
    "question": ("提问", "ask"), "start": ("首次联系", "已见面", "start"), "outcome": ("结果", "办结", "outcome"),
    "return": ("退回", "return"),
}  # fmt: skip
"""What may be answered, and what people write for it; the first is what the list in the cell offers."""

MOST_QUESTIONS = 8


def act_of(text: str) -> str | None:
    """What an answer says, in words or as a code; None where that is nothing."""
    wanted = text.strip().lower()
    return next((act for act, words in ACTS.items() if wanted in (act, *words)), None)


def code_of(table: Table, text: str) -> str:
    """A code, or the code of a label in either language; what is neither stays as it is, and is refused later."""
    wanted = text.strip()
    for term in table.current.terms.values():
        if wanted.lower() in (term.code, term.zh.lower(), term.en.lower()):
            return term.code
    return wanted


def questions_of(text: str) -> tuple[str, ...]:
    """Questions, one or several, as codes or words; between them stands what people put there, or a space."""
    words = {zh: code for code, (zh, _) in QUESTIONS.items()} | {en: code for code, (_, en) in QUESTIONS.items()}
    parts = [part.strip() for part in re.split("[,，;；、\n]", text)]
    found = [each for part in parts for each in ([part] if part in words else part.split())]
    return tuple(words.get(each, each) for each in found)[:MOST_QUESTIONS]


def form_of(cells: Mapping[str, str]) -> dict[str, str]:
    """The cells of a line as a form."""
    return {
        "reason": code_of(codes.DECLINE_REASON, cells.get("reason", "")),
        "outcome": code_of(codes.OUTCOME, cells.get("outcome", "")), "met_on": cells.get("met_on", "").strip(),
    }  # fmt: skip


def choices() -> dict[str, list[str]]:
    """What the lists in the cells offer, by column."""
    return {
        "answer": [words[0] for words in ACTS.values()],
        "reason": [term.zh for term in codes.DECLINE_REASON.current.terms.values()],
        "outcome": [term.zh for term in codes.OUTCOME.current.terms.values()],
    }


def expected(column: str) -> tuple[str, str] | None:
    """What a column would take, in both languages, where that is one of a list."""
    tables = {"reason": codes.DECLINE_REASON, "outcome": codes.OUTCOME}
    if column == "question":
        return f"some of: {', '.join(QUESTIONS)}", "以下之一或几项: " + "、".join(zh for zh, _ in QUESTIONS.values())
    if column not in tables:
        return None
    terms = tables[column].current.terms.values()
    return f"one of: {', '.join(term.code for term in terms)}", "以下之一: " + "、".join(term.zh for term in terms)
