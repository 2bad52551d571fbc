"""An instance as it is written down, and every way in which it can be wrong: too large, no sound JSON, contradictory.

What is too large is refused before it is unpacked into objects, so that a file of some megabytes cannot fill the machine.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from services.kernel.errors import Refused

CONTRADICTORY = 3
"""With this the planner's process ends when the instance is wrong."""

MOST_BYTES = 256 * 1024 * 1024
MOST_FILE_BYTES = MOST_BYTES
MOST_VISITS, MOST_VOLUNTEERS, MOST_PLACES, MOST_SKILLS, MOST_A_DAY = 100_000, 200_000, 2_000, 60, 16
MOST_OBJECTS = 2 * (MOST_VISITS + MOST_VOLUNTEERS)
MOST_VALUES = 40_000_000
MOST_PAIRS = 40_000_000
"""So many pairs of a visit and somebody who may make it are planned at once: more would not fit into memory."""
PIECE = 1024 * 1024

Id = int | str
Minute = Annotated[int, Meta(ge=0, le=14_400)]
Weight = Annotated[float, Meta(ge=0, le=1e9)]
Length = Annotated[float, Meta(ge=0, le=1e6)]


class Visit(Struct):
    """Something to be done for somebody."""

    id: Id
    community: Annotated[int, Meta(ge=0)]
    need: list[str]
    minor: bool
    woman_only: bool
    minutes: Minute
    earliest: Minute
    latest_start: Minute
    priority: int
    usual: list[Id]
    people: Annotated[int, Meta(ge=1, le=2)] = 1


class Volunteer(Struct):
    """Somebody who gives time."""

    id: Id
    community: Annotated[int, Meta(ge=0)]
    mode: str
    skills: list[str]
    minor_clearance: bool
    woman: bool
    radius_km: Length
    free_today: bool
    window: Annotated[list[Minute], Meta(min_length=2, max_length=2)]
    max_minutes: Minute
    hours_this_month: Length
    max_visits: Annotated[int, Meta(ge=1, le=MOST_A_DAY)] | None = None


class Objective(Struct):
    """What is weighed against what."""

    unserved: dict[str, Weight]
    not_usual: Weight
    per_hour_of_load: Weight
    per_travel_minute: Weight
    max_visits: Annotated[int, Meta(ge=1, le=MOST_A_DAY)]
    changed: Weight = 0.0


class Document(Struct):
    """An instance as it is written down."""

    communities: Annotated[int, Meta(ge=1)]
    skills: list[str]
    objective: Objective
    travel_minutes: dict[str, list[list[Minute]]]
    km: list[list[Length]]
    visits: list[Visit]
    volunteers: list[Volunteer]
    name: str = ""
    lat: list[float] | None = None
    lon: list[float] | None = None
    allowed: dict[str, list[Id]] | None = None
    pins: dict[str, list[Id]] = {}
    before: dict[str, list[Id]] = {}
    seed: Annotated[int, Meta(ge=0)] = 0


def wrong(field: str, en: str, zh: str) -> Refused:
    """The instance is wrong in this field."""
    return Refused("instance-wrong", f"{field}: {en}", f"{field}: {zh}", field=field)


def unpacked(data: bytes) -> bytes:
    """The JSON in the file, whether it is gzipped or not, as far as it is not too large."""
    if len(data) > MOST_FILE_BYTES:
        _must_be_small(data)
    if data[:2] != b"\x1f\x8b":
        text = data
    else:
        text = b"".join(_unzipped(data))
    _must_be_small(text)
    return text


def _unzipped(data: bytes) -> Iterator[bytes]:
    """Piece by piece, and no further than what is planned at once: whatever it would become is not in memory."""
    unzip, length, objects = zlib.decompressobj(wbits=31), 0, 0
    while not unzip.eof and length <= MOST_BYTES and objects <= MOST_OBJECTS:
        try:
            piece = unzip.decompress(data, PIECE)
        except zlib.error:
            raise wrong("file", "This is no sound gzip file.", "不是完好的 gzip 文件。") from None
        data = unzip.unconsumed_tail
        if not piece and not data and not unzip.eof:
            raise wrong("file", "The gzip file is cut short.", "gzip 文件不完整。")
        length, objects = length + len(piece), objects + piece.count(b"{")
        yield piece


def _must_be_small(text: bytes) -> None:
    if len(text) > MOST_BYTES or text.count(b"{") > MOST_OBJECTS or text.count(b",") > MOST_VALUES:
        field = _largest(text)
        raise wrong(field, f"This is too large: at most {MOST_VISITS} visits and {MOST_VOLUNTEERS} volunteers are planned at once.",
                    f"数据过大: 一次最多规划 {MOST_VISITS} 次走访、{MOST_VOLUNTEERS} 名志愿者。")  # fmt: skip


TOP = re.compile(
    rb'"(communities|skills|objective|travel_minutes|km|visits|volunteers|lat|lon|pins|before|name)"\s*:\s*[\[{"]'
)


def _largest(text: bytes) -> str:
    """The top-level key that takes up most of it."""
    marks = [(found.start(), found.group(1).decode()) for found in TOP.finditer(text)]
    ends = [*(begin for begin, _ in marks[1:]), len(text)]
    return max(zip(marks, ends, strict=True), key=lambda part: part[1] - part[0][0], default=((0, "file"), 0))[0][1]


PATH = re.compile(r" - at `(?:key in )?\$\.?(.*)`$")
BYTE = re.compile(r"\(byte (\d+)\)")


def decode(text: bytes) -> Document:
    """The document in this JSON."""
    try:
        return msgspec.json.decode(text, type=Document)
    except msgspec.ValidationError as error:
        field, what = _field_of(error)
        if field.startswith("travel_minutes[...]"):
            field = _which_way(text) or field
        raise wrong(field.replace("[...]", "") or "file", what, "缺少该项, 或类型、范围不符。") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        at = BYTE.search(str(error))
        raise wrong(_key_before(text, int(at.group(1)) if at else len(text)), f"This is no sound JSON: {error}.",
                    "不是完好的 JSON。") from None  # fmt: skip


def _field_of(error: msgspec.ValidationError) -> tuple[str, str]:
    path, what = PATH.search(str(error)), PATH.sub("", str(error))
    missing = re.search(r"missing required field `(.*)`", what)
    parts = (path.group(1) if path else "", missing.group(1) if missing else "")
    return ".".join(part for part in parts if part), what


def _which_way(text: bytes) -> str | None:
    """The matrix that is wrong, by the name of its way to travel, which a path leaves out."""
    ways = msgspec.json.decode(text, type=dict[str, msgspec.Raw])["travel_minutes"]
    for mode, raw in msgspec.json.decode(ways, type=dict[str, msgspec.Raw]).items():
        try:
            msgspec.json.decode(raw, type=list[list[Minute]])
        except msgspec.ValidationError as error:
            return f"travel_minutes.{mode}{_field_of(error)[0]}"
    return None


def _key_before(text: bytes, at: int) -> str:
    keys = re.findall(rb'"([A-Za-z_]{1,40})"\s*:', text[max(0, at - 4096) : at])
    return keys[-1].decode() if keys else "file"


def check(document: Document) -> None:
    """Refuse a document that contradicts itself, by the field in which it does."""
    _check_places(document)
    _check_objective(document)
    if len(document.skills) > MOST_SKILLS or len(set(document.skills)) != len(document.skills):
        raise wrong("skills", f"At most {MOST_SKILLS} skills, each once.", f"技能至多 {MOST_SKILLS} 项, 不得重复。")
    _check_ids("visits", [visit.id for visit in document.visits], MOST_VISITS)
    _check_ids("volunteers", [volunteer.id for volunteer in document.volunteers], MOST_VOLUNTEERS)
    skills = set(document.skills)
    for number, visit in enumerate(document.visits):
        _check_visit(f"visits[{number}]", visit, document, skills)
    for number, volunteer in enumerate(document.volunteers):
        _check_volunteer(f"volunteers[{number}]", volunteer, document, skills)


def _check_ids(name: str, ids: list[Id], most: int) -> None:
    if len(ids) > most:
        raise wrong(
            name, f"There are {len(ids)}; at most {most} are planned at once.", f"共 {len(ids)} 个, 至多 {most} 个。"
        )
    seen: set[str] = set()
    for number, one in enumerate(ids):
        if str(one) in seen:
            raise wrong(f"{name}[{number}].id", f"{one!r} was there before.", "编号重复。")
        seen.add(str(one))


def _check_places(document: Document) -> None:
    many = document.communities
    if many > MOST_PLACES:
        raise wrong("communities", f"At most {MOST_PLACES}.", f"至多 {MOST_PLACES} 个。")
    if not document.travel_minutes:
        raise wrong("travel_minutes", "There is no way to travel.", "没有出行方式。")
    for mode, matrix in document.travel_minutes.items():
        _check_matrix(f"travel_minutes.{mode}", matrix, many)
    _check_matrix("km", document.km, many)
    for name, column in (("lat", document.lat), ("lon", document.lon)):
        if column is not None and len(column) != many:
            raise wrong(
                name, f"{len(column)} values for {many} communities.", f"{many} 个社区, 却有 {len(column)} 个值。"
            )


def _check_matrix(name: str, matrix: Sequence[Sequence[float]], many: int) -> None:
    if len(matrix) != many:
        raise wrong(name, f"{len(matrix)} rows for {many} communities.", f"{many} 个社区, 却有 {len(matrix)} 行。")
    for number, row in enumerate(matrix):
        if len(row) != many:
            raise wrong(
                f"{name}[{number}]",
                f"{len(row)} values for {many} communities.",
                f"{many} 个社区, 却有 {len(row)} 个值。",
            )


def _check_objective(document: Document) -> None:
    for key in document.objective.unserved:
        if not re.fullmatch(r"-?[0-9]{1,9}", key):
            raise wrong(f"objective.unserved.{key}", "A priority is a whole number.", "优先级须为整数。")


def _check_visit(name: str, visit: Visit, document: Document, skills: set[str]) -> None:
    if visit.community >= document.communities:
        raise wrong(
            f"{name}.community", f"There are only {document.communities}.", f"社区只有 {document.communities} 个。"
        )
    if visit.latest_start < visit.earliest:
        raise wrong(f"{name}.latest_start", "The window ends before it starts.", "时间窗结束早于开始。")
    if str(visit.priority) not in document.objective.unserved:
        raise wrong(
            f"{name}.priority",
            f"objective.unserved does not know {visit.priority}.",
            "objective.unserved 中没有该优先级。",
        )
    for number, skill in enumerate(visit.need):
        if skill not in skills:
            raise wrong(f"{name}.need[{number}]", f"No such skill: {skill!r}.", f"没有该技能: {skill}。")


def _check_volunteer(name: str, volunteer: Volunteer, document: Document, skills: set[str]) -> None:
    if volunteer.community >= document.communities:
        raise wrong(
            f"{name}.community", f"There are only {document.communities}.", f"社区只有 {document.communities} 个。"
        )
    if volunteer.mode not in document.travel_minutes:
        raise wrong(
            f"{name}.mode", f"travel_minutes does not know {volunteer.mode!r}.", "travel_minutes 中没有该出行方式。"
        )
    if volunteer.window[1] < volunteer.window[0]:
        raise wrong(f"{name}.window", "The window ends before it starts.", "时间窗结束早于开始。")
    for number, skill in enumerate(volunteer.skills):
        if skill not in skills:
            raise wrong(f"{name}.skills[{number}]", f"No such skill: {skill!r}.", f"没有该技能: {skill}。")


def plain(number: float) -> int | float:
    """A whole number where it is one, to within a thousandth."""
    rounded = round(number, 3)
    return int(rounded) if rounded == int(rounded) else rounded
