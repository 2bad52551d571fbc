"""From a row to commands: cells are read, commands get their keys, and ids follow from keys before anything is sent.

The same row has the same keys in every copy of its register, whoever sends it: so a repeated import changes nothing, a
corrected row is noticed, and a command can name what an earlier one brings into being. Keys are made with a secret, for a
name and a telephone number alone are guessed from their bare hash (H10).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from services.importing.days import NOT_KNOWN, Moment
from services.importing.found import Finding, Unreadable
from services.importing.mapping import Command, Key, Register, names_in
from services.importing.sheets import Row, Sheet
from services.importing.values import Context, odd_id_number
from services.kernel.ids import founded, shared

EVIDENCE = "register"
"""The kind of evidence that an imported command names; its reference is the file's digest, the sheet and the row."""

DIGEST_SHOWN = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One command on its way: for which row, under which key, after which others."""

    row: int
    key: str
    command: str
    path: UUID | None
    body: dict[str, Any]
    columns: Mapping[str, str]
    after: tuple[str, ...]
    lane: str
    depth: int = 0

    @property
    def item(self) -> dict[str, Any]:
        """As `POST /commands` takes it."""
        found: dict[str, Any] = {"command": self.command, "key": self.key, "body": self.body}
        return found if self.path is None else found | {"path": {"id": str(self.path)}}


@dataclass(kw_only=True)
class Planned:
    """What a row becomes."""

    row: int
    steps: list[Step] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        """Whether anything about it keeps it from being taken over."""
        return any(finding.weight == "wrong" for finding in self.findings)


@dataclass
class Planner:
    """Plans the rows of one sheet of a register."""

    mapping: Register
    context: Context
    sheet: Sheet
    secret: bytes
    org: str
    channel: str = "import"
    seen: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Planned]:
        """Every row, in order."""
        for row in self.sheet.rows:
            yield self.plan(row)

    def plan(self, row: Row) -> Planned:
        """One row: its commands, or what keeps it from having any."""
        planned = Planned(row=row.number)
        cells = self._read(row, planned)
        if not planned.is_wrong:
            _Rowed(self, planned, cells).fill()
        if planned.is_wrong:
            # Nothing of it is sent, so a later row must bring what this one would have.
            for key in [step.key for step in planned.steps]:
                del self.seen[key]
            planned.steps = []
        return planned

    def _read(self, row: Row, planned: Planned) -> dict[str, Any]:
        """The row's cells as commands take them; what cannot be read is found, cell by cell."""
        cells: dict[str, Any] = {}
        for name, column in self.mapping.columns.items():
            place = next((each for each in column.headings if each in row.cells), None)
            try:
                cells[name] = column.read(row.cells.get(place) if place else None, self.context)
            except Unreadable as wrong:
                planned.findings.append(self._found(row.number, place or name, wrong.code, wrong.en, wrong.zh))
                continue
            if column.needed and cells[name] in (None, NOT_KNOWN):
                where = place or column.headings[0]
                planned.findings.append(
                    self._found(row.number, where, "missing", "something, for this is needed", "必填")
                )
            if column.kind == "id_number" and cells[name] and odd_id_number(cells[name]):
                note = ("odd-id-number", "the check digit does not fit; taken as written", "校验位不符; 按原文登记")
                planned.findings.append(self._found(row.number, place or name, *note, weight="note"))
        return cells

    def _found(self, row: int, column: str, code: str, en: str, zh: str, **more: Any) -> Finding:
        return Finding(row=row, column=column, code=code, en=en, zh=zh, sheet=self.sheet.number, **more)


class _Rowed:
    """The commands of one row, each made when it is first needed."""

    def __init__(self, planner: Planner, planned: Planned, cells: dict[str, Any]) -> None:
        self.planner, self.planned, self.cells = planner, planned, cells
        self.mapping = planner.mapping
        self.keys: dict[str, str | None] = {}
        self.made: dict[str, int] = {}
        self.by_name = {command.name: command for command in self.mapping.commands}

    def fill(self) -> None:
        """Add every command that applies."""
        for command in self.mapping.commands:
            if not self._applies(command) or self._is_known(command):
                continue
            entries = self.cells.get(command.each) or () if command.each else (None,)
            for entry in entries:
                self._add(command, entry)

    def _applies(self, command: Command) -> bool:
        given = not command.given or any(self._is_there(name) for name in command.given)
        return (
            given
            and all(self._is_there(name) for name in command.needs)
            and not any(self._is_there(name) for name in command.unless)
        )

    def _is_known(self, command: Command) -> bool:
        """Whether another register of the same hub has brought it here."""
        return any(self._is_there(name) for name in command.known)

    def _is_there(self, name: str) -> bool:
        found = self.cells.get(name)
        return found.at is not None if isinstance(found, Moment) else self._value(name, None) is not None

    # --- one command ---

    def _add(self, command: Command, entry: Any) -> None:
        key = self._key_of(command, entry)
        body = self._body(command.body, entry) | {"happened": self._happened(command)}
        path = self._path(command)
        if key is None or (command.path and path is None):
            self._not_recognised(command)
            return
        if not self._is_new(key, command, body, path):
            return
        named = [name for name in self._referred(command) if name in self.made]
        after = tuple(below for name in named if (below := self._key_of(self.by_name[name], None)) is not None)
        depth = 1 + max((self.made[name] for name in named), default=-1)
        self.made.setdefault(command.name, depth)
        self.planned.steps.append(
            Step(row=self.planned.row, key=key, command=command.command, path=path, body=body, after=after, depth=depth,
                 columns=self._columns(command), lane=self._key(self.mapping.lane) or key)
        )  # fmt: skip

    def _not_recognised(self, command: Command) -> None:
        """Nothing in the row tells what it is about; said once a row, with everything that would."""
        if not any(finding.code == "not-recognised" for finding in self.planned.findings):
            ways = list(dict.fromkeys(self._ways(self.mapping.keys[command.key])))
            said = "one of: " + "; ".join(ways), "以下之一: " + "; ".join(ways)
            self._note(ways[0], "not-recognised", *said, weight="wrong")

    def _ways(self, key: Key) -> Iterator[str]:
        """By what a thing is recognised, in words; ids of a hub come last, for people write none."""
        for way in sorted(key.ways, key=self._is_by_id):
            parts = [self._where(name) for name in way]
            yield " + ".join(part[0] if len(part) == 1 else f"({' / '.join(part)})" for part in parts)

    def _is_by_id(self, way: tuple[str, ...]) -> bool:
        return any(name in self.mapping.columns and self.mapping.columns[name].kind == "uuid" for name in way)

    def _where(self, name: str) -> list[str]:
        if name.startswith("#"):
            return list(self._ways(self.mapping.keys[name[1:]]))
        return [self.mapping.where(name)]

    def _is_new(self, key: str, command: Command, body: dict[str, Any], path: UUID | None) -> bool:
        """Whether no row before has said this; where one has said otherwise, that is found."""
        said = sha256(
            msgspec.json.encode([command.command, str(path), _without_reference(body)], order="sorted")
        ).digest()
        row, before = self.planner.seen.setdefault(key, (self.planned.row, said))
        if row == self.planned.row and key not in {step.key for step in self.planned.steps}:
            return True
        self.made.setdefault(command.name, 0)
        if before != said:
            own = command.key == "row"
            column = self.mapping.where(self.mapping.keys[command.key].ways[0][0])
            en, zh = f"the same as in row {row}, which says otherwise", f"与第 {row} 行相同, 但内容不一致"
            self._note(column, "differs-from-row", en, zh, weight="wrong" if own else "note")
        return False

    def _note(self, column: str, code: str, en: str, zh: str, **more: Any) -> None:
        self.planned.findings.append(self.planner._found(self.planned.row, column, code, en, zh, **more))

    def _happened(self, command: Command) -> dict[str, Any]:
        """When it was, how it reached us, and on which paper it stands (INV-30, INV-38)."""
        when: Moment = self.cells.get(command.happened) or NOT_KNOWN if command.happened else NOT_KNOWN
        sheet = self.planner.sheet
        place = f"sha256:{sheet.digest[:DIGEST_SHOWN]}/{sheet.number}/{self.planned.row}"
        behalf = {"org": str(self.mapping.settings["station"]), "evidence_kind": EVIDENCE, "evidence_ref": place}
        at = {} if when.at is None else {"at": when.at.isoformat()}
        return {**at, "precision": when.precision, "channel": self.planner.channel, "behalf": behalf}

    def _path(self, command: Command) -> UUID | None:
        for name in command.path:
            found = self._value(name, None)
            if found is not None:
                return found if isinstance(found, UUID) else UUID(str(found))
        return None

    # --- values ---

    def _body(self, value: Any, entry: Any) -> Any:
        """A body's value, without what is not known."""
        if isinstance(value, Mapping):
            found = {name: self._body(inner, entry) for name, inner in value.items()}
            return {name: inner for name, inner in found.items() if inner is not None}
        if isinstance(value, list):
            return [inner for each in value if (inner := self._body(each, entry)) is not None] or None
        if isinstance(value, str):
            found = self._value(value, entry)
            return str(found) if isinstance(found, UUID) else found
        return value

    def _value(self, name: str, entry: Any) -> Any:
        kind, rest = name[:1], name[1:]
        if "|" in name and kind != "=":
            return next((found for part in name.split("|") if (found := self._value(part, entry)) is not None), None)
        if name == "each":
            return entry
        if kind == "=":
            return rest
        if kind == "$":
            return self.mapping.settings.get(rest)
        if kind == "@":
            return self._id(self.by_name[rest])
        if kind == "#":
            return self._key(rest)
        found = self.cells.get(name)
        if isinstance(found, Moment):
            return None if found.at is None else found.at.isoformat() if found.precision == "instant" else None
        return found

    def _id(self, command: Command) -> UUID | None:
        """What the command brings into being, whether this row sends it or another has."""
        key = self._key_of(command, None)
        if key is None or not self._applies(command):
            return None
        return founded(shared(self.mapping.service, self.planner.org, key))

    def _key_of(self, command: Command, entry: Any) -> str | None:
        own = self._key(command.key)
        return own and "/".join(part for part in (own, command.name, "" if entry is None else str(entry)) if part)

    def _key(self, name: str) -> str | None:
        if name not in self.keys:
            self.keys[name] = self._made_key(self.mapping.keys[name])
        return self.keys[name]

    def _made_key(self, key: Key) -> str | None:
        for way in key.ways:
            parts = [self._part(name) for name in way]
            if all(parts):
                said = "\x1f".join([key.of, *way, *(part or "" for part in parts)]).encode()
                return f"{key.of}/{hmac.digest(self.planner.secret, said, 'sha256').hex()[:DIGEST_SHOWN]}"
        if key.otherwise == "row":
            row = self._key("row")
            return row and f"{key.of}/{row}"
        return None

    def _part(self, name: str) -> str | None:
        found = self._value(name, None) if name[:1] in "$@=#" else self.cells.get(name)
        if isinstance(found, Moment):
            return None if found.at is None else found.at.isoformat()
        return None if found is None else str(found)

    @staticmethod
    def _referred(command: Command) -> list[str]:
        parts = (part for name in (*names_in(command.body), *command.path) for part in name.split("|"))
        return [part[1:] for part in parts if part.startswith("@")]

    def _columns(self, command: Command) -> dict[str, str]:
        """Which column a field of the body came from."""
        found = {}
        for name, value in command.body.items():
            column = command.each if value == "each" else value.partition("|")[0] if isinstance(value, str) else None
            if column in self.mapping.columns:
                found[name] = self.mapping.where(str(column))
            elif isinstance(column, str) and column.startswith("@"):
                found[name] = next(self._ways(self.mapping.keys[self.by_name[column[1:]].key]))
        if command.happened:
            found["happened"] = self.mapping.where(command.happened)
        return found


def _without_reference(body: dict[str, Any]) -> dict[str, Any]:
    happened = body.get("happened") or {}
    return body | {"happened": {k: v for k, v in happened.items() if k != "behalf"}}
