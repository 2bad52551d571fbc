"""Contracts: what may be asked and what is said, each declared once as a dataclass from which all else is derived.

`@published` makes an event, `@asked` a command. From the one field list come the codec of the event path (msgspec), the
schema of the HTTP edge (marshmallow) and the OpenAPI document (apispec). Readers are tolerant: fields they do not know
are passed over; callers are not: an unknown field in a request is refused.

Events carry ids, codes, times and whole numbers and nothing else; `Personal` belongs in commands alone, from where the
vault takes it. The store refuses an event whose bytes could hold a sentence (see `store.check_plain`).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    TypeVar,
    Union,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)
from uuid import UUID

import marshmallow as ma
import msgspec
from msgspec import Meta

from services.kernel.errors import ContractBroken, FieldProblem
from services.kernel.message import NO_NUMBER_OF_ANYBODY as NO_NUMBER_OF_ANYBODY
from services.kernel.message import Behalf, Precision

T = TypeVar("T")


@dataclass(frozen=True)
class Said:
    """What a field expects, in words, for error texts and documents."""

    en: str
    zh: str


@dataclass(frozen=True)
class Sealed:
    """Marks a command's field as personal: the vault seals it under `category`, and no event ever holds it."""

    category: str


# A dollar alone would let one line break pass at the end.
CODE = r"^[a-z0-9][a-z0-9._-]{0,63}$(?!\n)"
REF = r"^[A-Za-z0-9][A-Za-z0-9:._+/-]{0,159}$(?!\n)"

Code = Annotated[
    str, Meta(pattern=CODE), Said("a code: a-z 0-9 . _ -, at most 64", "代码: 小写字母、数字、. _ -, 不超过 64 位")
]
Ref = Annotated[
    str, Meta(pattern=REF), Said("a reference without spaces, at most 160", "不含空格的引用, 不超过 160 位")
]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1), Said("a whole number from 0", "不小于 0 的整数")]
Digest = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$(?!\n)"), Said("a SHA-256 digest in base64url", "base64url 的 SHA-256 摘要")
]
Instant = Annotated[
    datetime,
    Meta(tz=True),
    Said("an instant with its offset, such as 2026-03-01T09:30:00+08:00", "带时区的时间, 如 2026-03-01T09:30:00+08:00"),
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Happened:
    """The circumstances of a command, in any request under `happened`: when it took place, how it reached us, for whom."""

    at: Instant | None = None
    precision: Precision = "instant"
    channel: Code = "api"
    behalf: Behalf | None = None


EVENTS: dict[str, type] = {}
COMMANDS: dict[str, type] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def published(name: str, *, zh: str, version: int = 1, **facts: Any) -> Callable[[type[T]], type[T]]:
    """Declare an event: its name on the wire, its Chinese name, the version of its shape.

    Its docstring says what is now true in the world. Further `facts` are the language's own business (`about` reads
    them): the contracts say with them which events move responsibility, and who may hear of them.
    """

    def declare(cls: type[T]) -> type[T]:
        event = dataclass(frozen=True, kw_only=True, slots=True)(cls)
        event.__hub__ = {"name": name, "zh": zh, "version": version, **facts}  # type: ignore[attr-defined]
        if name in EVENTS:
            raise TypeError(f"{name} is declared twice")
        EVENTS[name] = event
        return event

    return declare


@dataclass_transform(frozen_default=True, kw_only_default=True)
def asked(*, zh: str) -> Callable[[type[T]], type[T]]:
    """Declare a command: what may be asked. Its name is its class name in kebab-case."""

    def declare(cls: type[T]) -> type[T]:
        command = dataclass(frozen=True, kw_only=True, slots=True)(cls)
        name = kebab(cls.__name__)
        command.__hub__ = {"name": name, "zh": zh}  # type: ignore[attr-defined]
        if name in COMMANDS:
            raise TypeError(f"{name} is declared twice")
        COMMANDS[name] = command
        return command

    return declare


def kebab(name: str) -> str:
    """`AcceptReferral` -> `accept-referral`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def name_of(contract: object) -> str:
    """The name on the wire of an event or command, given itself or its class."""
    return str(contract.__hub__["name"])  # type: ignore[attr-defined]


def version_of(contract: object) -> int:
    """The version of an event's shape."""
    return int(contract.__hub__["version"])  # type: ignore[attr-defined]


def about(contract: object) -> dict[str, Any]:
    """Everything declared about a contract: name, zh, for events the version, and the facts of the language."""
    return dict(contract.__hub__)  # type: ignore[attr-defined]


@cache
def hints(cls: type) -> dict[str, Any]:
    """A contract's fields with their full annotations, constraints included."""
    names = {f.name for f in fields(cls)}
    return {
        k: v
        for k, v in get_type_hints(cls, vars(sys.modules[cls.__module__]), include_extras=True).items()
        if k in names
    }


def bare(hint: Any) -> Any:
    """An annotation without its constraints."""
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def marks(hint: Any, kind: type[T]) -> list[T]:
    """The marks of one kind on an annotation, also where it is optional."""
    found = [m for m in get_args(hint)[1:] if isinstance(m, kind)] if get_origin(hint) is Annotated else []
    inner = get_args(bare(hint)) if get_origin(bare(hint)) in (Union, UnionType) else ()
    return found + [m for part in inner for m in marks(part, kind)]


def personal_fields(cls: type) -> dict[str, str]:
    """The fields of a command that the vault must take, with their category."""
    return {name: sealed[0].category for name, hint in hints(cls).items() if (sealed := marks(hint, Sealed))}


# --- the HTTP edge: a marshmallow schema from the same field list --------------------------------------------------

WORDS: dict[Any, Said] = {
    str: Said("text", "文本"), int: Said("a whole number", "整数"), bool: Said("true or false", "true 或 false"),
    UUID: Said("a UUID", "UUID 标识"), date: Said("a date, YYYY-MM-DD", "日期, YYYY-MM-DD"),
    datetime: Said("an instant with its offset, such as 2026-03-01T09:30:00+08:00", "带时区的时间, 如 2026-03-01T09:30:00+08:00"),
}  # fmt: skip


def expectation(hint: Any) -> Said:
    """What a field expects, in words."""
    said, base = marks(hint, Said), bare(hint)
    if said:
        return said[0]
    if get_origin(base) is Literal:
        options = ", ".join(map(str, get_args(base)))
        return Said(f"one of: {options}", f"以下之一: {options}")
    if get_origin(base) in (Union, UnionType):
        return expectation(next(part for part in get_args(base) if part is not type(None)))
    if get_origin(base) is tuple:
        inner = expectation(get_args(base)[0])
        return Said(f"a list, each {inner.en}", f"列表, 每项为{inner.zh}")
    return WORDS.get(base, Said("an object", "对象"))


def _exactly(kind: type[ma.fields.Field[Any]], hint: Any, **kwargs: Any) -> ma.fields.Field[Any]:
    """A marshmallow field that accepts just what the event path's codec accepts, and says what was expected."""

    class Exactly(kind):  # type: ignore[misc, valid-type]
        def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
            try:
                return in_calendar(msgspec.convert(value, hint))
            except (msgspec.ValidationError, ValueError) as broken:
                raise ma.ValidationError(expectation(hint).en) from broken

    Exactly.__name__ = kind.__name__
    return Exactly(**kwargs)


def _validators(hint: Any) -> list[Any]:
    """The constraints of an annotation as marshmallow validators, so that they stand in the OpenAPI document."""
    out: list[Any] = []
    for meta in marks(hint, Meta):
        if meta.pattern is not None:
            out.append(ma.validate.Regexp(meta.pattern))
        if meta.min_length is not None or meta.max_length is not None:
            out.append(ma.validate.Length(min=meta.min_length, max=meta.max_length))
        if meta.ge is not None or meta.le is not None:
            out.append(ma.validate.Range(min=meta.ge, max=meta.le))
    return out


SIMPLE: dict[Any, type[ma.fields.Field[Any]]] = {
    str: ma.fields.String, int: ma.fields.Integer, bool: ma.fields.Boolean, UUID: ma.fields.UUID,
    date: ma.fields.Date, datetime: ma.fields.AwareDateTime,
}  # fmt: skip


def field_for(hint: Any, **kwargs: Any) -> ma.fields.Field[Any]:
    """The marshmallow field of one annotation."""
    base, origin = bare(hint), get_origin(bare(hint))
    kwargs.setdefault("metadata", {"description": expectation(hint).en})
    if origin in (Union, UnionType):
        inner = next(part for part in get_args(base) if part is not type(None))
        return field_for(inner, allow_none=True, **kwargs)
    if origin is Literal:
        return _exactly(ma.fields.String, hint, validate=[ma.validate.OneOf(get_args(base))], **kwargs)
    if origin is tuple:
        return ma.fields.List(field_for(get_args(base)[0]), validate=_validators(hint), **kwargs)
    if is_dataclass(base):
        inner_contract: Any = base
        return ma.fields.Nested(schema_for(inner_contract), **kwargs)
    return _exactly(SIMPLE[base], hint, validate=_validators(hint), **kwargs)


@cache
def schema_for(cls: type, happened: bool = False) -> type[ma.Schema]:
    """The marshmallow schema of a contract; with `happened`, the circumstances of a command are accepted beside it."""
    members: dict[str, Any] = {}
    for f in fields(cls):
        required = f.default is MISSING and f.default_factory is MISSING
        members[f.name] = field_for(hints(cls)[f.name], required=required)
    if happened:
        members["happened"] = ma.fields.Nested(schema_for(Happened), required=False)
    meta = type("Meta", (), {"unknown": ma.RAISE})
    return type(cls.__name__, (ma.Schema,), members | {"Meta": meta, "__doc__": cls.__doc__})


def _problems(messages: Any, hint_at: Callable[[list[str]], Any], path: list[str]) -> list[FieldProblem]:
    if isinstance(messages, dict):
        # Under this name marshmallow says what is wrong with the whole of it.
        within = {key: path if key == "_schema" else [*path, str(key)] for key in messages}
        return [p for key, inner in messages.items() for p in _problems(inner, hint_at, within[key])]
    text = str(messages[0])
    hint = hint_at(path)
    said = expectation(hint) if hint is not None else Said("no such field", "没有这个字段")
    code = "unknown-field" if hint is None else "missing" if text.startswith("Missing data") else "invalid"
    return [FieldProblem(field=".".join(path), code=code, expected_en=said.en, expected_zh=said.zh)]


def _hint_at(cls: type, path: list[str]) -> Any:
    """The annotation at a dotted path of a contract, or None when there is no such field."""
    current: Any = cls
    for part in path:
        base = bare(current)
        if get_origin(base) in (Union, UnionType):
            base = bare(next(p for p in get_args(base) if p is not type(None)))
        if part == "happened" and current is cls:
            current = Happened
        elif part.isdigit() and get_origin(base) is tuple:
            current = get_args(base)[0]
        elif is_dataclass(base) and part in hints(base):  # type: ignore[arg-type]
            current = hints(base)[part]  # type: ignore[arg-type]
        else:
            return None
    return current


def read_request(body: Any, cls: type[T]) -> tuple[T, Happened]:
    """A command and its circumstances from a decoded request body.

    The quick codec reads first; only where it refuses does the schema go over it again, to name every wrong field.
    Raises ContractBroken with one problem a field.
    """
    if isinstance(body, dict) and _known({k: v for k, v in body.items() if k != "happened"}, cls):
        rest = dict(body)
        happened = rest.pop("happened", None)
        try:
            return in_calendar(msgspec.convert(rest, cls)), _happened(happened)
        except (msgspec.ValidationError, ValueError):
            pass
    raise explain(body, cls)


@cache
def _nested(hint: Any) -> type | None:
    """The contract inside an annotation (optional, or in a list), if there is one."""
    base = bare(hint)
    if is_dataclass(base):
        return base  # type: ignore[return-value]
    return next((found for part in get_args(base) if part is not Ellipsis and (found := _nested(part))), None)


@cache
def _nests(cls: type) -> dict[str, type]:
    return {name: inner for name, hint in hints(cls).items() if (inner := _nested(hint))}


def _known(body: Any, cls: type) -> bool:
    """Whether a body holds no field, at any depth, that the contract does not have."""
    if not isinstance(body, dict) or not body.keys() <= hints(cls).keys():
        return False
    for name, inner in _nests(cls).items():
        value = body.get(name)
        for part in value if isinstance(value, list) else () if value is None else (value,):
            if not _known(part, inner):
                return False
    return True


def _happened(body: Any) -> Happened:
    if body is None:
        return Happened()
    if not _known(body, Happened):
        raise ValueError("happened")
    return in_calendar(msgspec.convert(body, Happened))


def in_calendar(value: T) -> T:
    """The value, unless an instant in it lies so near an end of the calendar that it has no UTC. Raises ValueError."""
    if isinstance(value, datetime) and not 1 < value.year < 9999:
        raise ValueError("year")
    if isinstance(value, tuple):
        for part in value:
            in_calendar(part)
    elif is_dataclass(value) and type(value).__name__ in _with_instants(shape := cast(Any, type(value))):
        for f in fields(shape):
            in_calendar(getattr(value, f.name))
    return value


@cache
def _with_instants(cls: type) -> frozenset[str]:
    """The contracts in and below this one that hold instants, by name: few do, and the others need no second look."""
    below = {name for inner in _nests(cls).values() for name in _with_instants(inner)}
    own = any("datetime" in str(hint) for hint in hints(cls).values())
    return frozenset(below | ({cls.__name__} if own or below else set()))


def explain(body: Any, cls: type) -> ContractBroken:
    """Why a body does not fit: one problem for each wrong field."""
    if not isinstance(body, dict):
        return ContractBroken(
            FieldProblem(field="", code="invalid", expected_en="a JSON object", expected_zh="JSON 对象")
        )
    errors = schema_for(cls, True)().validate(body)
    found = _problems(errors, lambda path: _hint_at(cls, path), [])
    return ContractBroken(
        *found or [FieldProblem(field="", code="invalid", expected_en="valid values", expected_zh="有效的值")]
    )


# --- the event path: canonical bytes -------------------------------------------------------------------------------

_encode = msgspec.json.Encoder(order="sorted").encode


def canonical(value: Any) -> bytes:
    """Canonical JSON (RFC 8785 on our restricted types): sorted keys, no spaces, whole numbers, UTF-8."""
    return _encode(value)


@cache
def _reader(cls: type) -> Callable[[bytes], Any]:
    return msgspec.json.Decoder(cls).decode


def read_data(cls: type[T], data: bytes) -> T:
    """An event from its stored data; fields it does not know are passed over."""
    shape: Any = cls
    return _reader(shape)(data)  # type: ignore[no-any-return]
