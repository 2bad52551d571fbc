"""A mapping: which columns a register has, and which commands a row of it becomes. Written in YAML; some are built in.

A value in a command's body is the name of a column, `$setting`, `@command` (the id of what another command of the row
brings into being), `#key` (a reference made of a key), `each` (the entry that the command is repeated for), `=literal`,
several of these with `|` between them (the first that is known), or a list or mapping of such.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

import yaml

from services.importing.sheets import heading
from services.importing.values import READERS, Read, reader


class BadMapping(ValueError):
    """The mapping cannot be used; says where, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: the headings that it goes by, and what reads its cells."""

    name: str
    headings: tuple[str, ...]
    kind: str
    read: Read
    table: str | None = None
    also: Mapping[str, str] = field(default_factory=dict)
    needed: bool = False


@dataclass(frozen=True, kw_only=True)
class Key:
    """What a thing is recognised by: the first of these lists of columns that are all given, else the row's own key."""

    name: str
    of: str
    ways: tuple[tuple[str, ...], ...]
    otherwise: str | None = None


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command that a row becomes, if any of `given` is there, all of `needs` and none of `unless`.

    With `each` it is repeated for every entry of that column. Where any of `known` is there, what it brings into being came
    by another register: it is named, and not brought into being again.
    """

    name: str
    command: str
    key: str
    body: Mapping[str, Any]
    path: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    each: str | None = None
    happened: str | None = None


@dataclass(frozen=True, kw_only=True)
class Register:
    """A register: what its columns hold and its rows become, with the settings of whoever uses it."""

    register: str
    zh: str
    en: str
    service: str
    settings: dict[str, Any]
    required: tuple[str, ...]
    columns: dict[str, Column]
    keys: dict[str, Key]
    commands: tuple[Command, ...]
    lane: str
    parties: dict[str, str]
    places: dict[str, str]
    export: Mapping[str, Any]

    @cached_property
    def by_heading(self) -> dict[str, Column]:
        """Every heading that is known."""
        return {name: column for column in self.columns.values() for name in column.headings}

    def where(self, name: str) -> str:
        """A column as people call it."""
        return self.columns[name].headings[0]


FOLDER = Path(str(resources.files("services.importing") / "registers"))
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
"""The mappings that are shipped."""


@cache
def title_of(name: str) -> tuple[str, str]:
    """What a shipped register is called, in Chinese and English."""
    title = _loaded(FOLDER / f"{name}.yaml")["title"]
    return str(title["zh"]), str(title["en"])


def builtin() -> dict[str, Path]:
    """The mappings that are shipped, by each name that they go by."""
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        found[path.stem] = path
        found[str(_loaded(path)["title"]["zh"])] = path
    return found


def load(name: str, settings: Mapping[str, str] | None = None) -> Register:
    """A built-in mapping or one from a file, with these settings set; raises BadMapping."""
    raw = _with_what_it_extends(_found(name))
    raw["settings"] = {**raw.get("settings", {}), **(settings or {})}
    return _made(raw)


def _found(name: str) -> dict[str, Any]:
    shipped = builtin()
    path = shipped.get(name) or Path(name)
    if not path.is_file():
        names = ", ".join(shipped)
        raise BadMapping(
            f"There is no mapping {name}; a file, or one of: {names}", f"没有映射表 {name}; 请给出文件, 或: {names}"
        )
    return _loaded(path)


def _loaded(path: Path) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as wrong:
        raise BadMapping(f"{path.name} is no YAML", f"{path.name} 不是 YAML") from wrong
    if not isinstance(raw, dict):
        raise BadMapping(f"{path.name} holds no mapping", f"{path.name} 中没有映射表")
    return raw


def _with_what_it_extends(raw: dict[str, Any]) -> dict[str, Any]:
    """A mapping laid over the one that it extends: entries are added or replaced one by one, lists as a whole."""
    if "extends" not in raw:
        return raw
    return _laid_over(
        _with_what_it_extends(_found(str(raw["extends"]))), {k: v for k, v in raw.items() if k != "extends"}
    )


def _laid_over(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    both = dict(under)
    for name, value in over.items():
        inner = both.get(name)
        both[name] = _laid_over(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return both


TOP = {
    "register", "title", "about", "service", "settings", "required", "columns", "keys", "commands", "lane", "parties",
    "places", "export",
}  # fmt: skip


def _made(raw: dict[str, Any]) -> Register:
    """The mapping, if all that it names is there."""
    if unknown := raw.keys() - TOP:
        _wrong(", ".join(sorted(unknown)), "no such part of a mapping", "映射表没有这一部分")
    try:
        columns = {name: _column(name, given) for name, given in raw["columns"].items()}
        keys = {name: _key(name, given) for name, given in raw["keys"].items()}
        made = Register(
            register=raw["register"], zh=raw["title"]["zh"], en=raw["title"]["en"], service=raw["service"],
            settings=dict(raw["settings"]), required=tuple(raw.get("required", ())), columns=columns, keys=keys,
            commands=tuple(_command(given) for given in raw["commands"]), lane=raw.get("lane", "row"),
            parties={str(k): str(v) for k, v in (raw.get("parties") or {}).items()},
            places={str(k): str(v) for k, v in (raw.get("places") or {}).items()}, export=raw.get("export") or {},
        )  # fmt: skip
    except KeyError as missing:
        _wrong(str(missing.args[0]), "this is missing", "缺少此项")
    _check(made)
    return made


def _column(name: str, given: dict[str, Any]) -> Column:
    kind, also = given["as"], {str(k): str(v) for k, v in (given.get("also") or {}).items()}
    if kind not in {*READERS, "code", "codes", "choice"}:
        _wrong(f"columns.{name}.as", f"one of: {', '.join([*READERS, 'code', 'codes', 'choice'])}", "没有这种列")
    return Column(
        name=name, headings=tuple(heading(each) for each in given["header"]), kind=kind, table=given.get("table"),
        read=reader(kind, given.get("table"), also), also=also, needed=bool(given.get("needed")),
    )  # fmt: skip


def _key(name: str, given: dict[str, Any]) -> Key:
    ways = tuple(tuple(way) for way in given["from"])
    return Key(name=name, of=given["of"], ways=ways, otherwise=given.get("else"))


def _command(given: dict[str, Any]) -> Command:
    path = given.get("path", ())
    return Command(
        name=given["name"], command=given["command"], key=given["key"], body=given["body"], each=given.get("each"),
        path=(path,) if isinstance(path, str) else tuple(path), given=tuple(given.get("given", ())),
        needs=tuple(given.get("needs", ())), unless=tuple(given.get("unless", ())), known=tuple(given.get("known", ())),
        happened=given.get("happened"),
    )  # fmt: skip


def _check(made: Register) -> None:
    """Refuse a mapping that names what there is not."""
    missing = [name for name in (*made.required, "station") if made.settings.get(name) in (None, "")]
    if missing:
        sets = " ".join(f"--set {name}=…" for name in dict.fromkeys(missing))
        _wrong("settings", f"set {sets}", f"请设置 {sets}")
    commands = {command.name for command in made.commands}
    for command in made.commands:
        used = [*names_in(command.body), *command.path, *command.given, *command.needs, *command.unless, *command.known]
        used += [name for name in (command.each, command.happened) if name]
        for name in used:
            _check_one(name, made, commands, command)
    for key in made.keys.values():
        for name in (name for way in key.ways for name in way):
            _check_one(name, made, commands, None)


def _check_one(name: str, made: Register, commands: set[str], command: Command | None) -> None:
    for part in name.split("|") if name[:1] != "=" else ():
        kind, rest = part[:1], part[1:]
        known = kind in "$=" or rest in {"@": commands, "#": made.keys}.get(kind, ()) or part in made.columns
        if not known and part != "each":
            _wrong(f"{command.name if command else 'keys'}: {part}", "a column, $setting, @command, #key, each or =literal",
                   "列名、$设置、@命令、#键、each 或 =文字")  # fmt: skip


def names_in(value: Any) -> Iterator[str]:
    """Every name in a body, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from names_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names_in(inner)


def _wrong(where: str, en: str, zh: str) -> NoReturn:
    raise BadMapping(f"The mapping, {where}: {en}", f"映射表 {where}: {zh}")
