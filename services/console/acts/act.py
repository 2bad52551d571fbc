"""An act and its form: from a command's contract to fields on a page, and from what was typed to the command's body."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

from services.console.acts.reading import LISTS, PAPER_DAY, PAPER_REF, READERS, first, happened, on_paper
from services.contracts.tables import Table
from services.contracts.words import STATION_ROLES
from services.kernel.contract import name_of

Kind = Literal[
    "one", "many", "pick", "text", "words", "day", "days", "moment", "number", "yuan", "yes", "hidden", "members"
]


SEVERAL = ("parties", "strands", "volunteers", "goals", "helpers", "receivers", "receivers_at_all", "pairs")
"""Of these, any number can be chosen."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a form.

    `codes` are what can be chosen, in words of the table `words`; `needed` fields are asked for by the browser as well.
    `pick` fields are chosen from what the page has looked up under `source`.
    """

    name: str
    kind: Kind
    words: str = ""
    codes: tuple[str, ...] = ()
    table: Table | None = None
    source: str = ""
    needed: bool = False
    start: str = ""
    as_: str = ""
    label: str = ""
    """Under which name of a field it is shown, where two share one."""
    second: bool = False
    """Whether it belongs to the second step of an act."""
    folded: bool = False
    """Whether it is one of those about the paper that is written up, which stand behind a fold."""

    @property
    def choices(self) -> tuple[str, ...]:
        """The codes that can be chosen today."""
        return self.codes or (tuple(self.table.current.terms) if self.table is not None else ())

    def value(self, typed: Sequence[str]) -> Any:
        """What was typed as the contract wants it; None for nothing."""
        given = [text.strip() for text in typed if text.strip()]
        if not given:
            return None
        if self.kind in LISTS:
            return LISTS[self.kind](given)
        if self.source == "goals":
            return [dict(zip(("code", "result"), text.split("=", 1), strict=False)) for text in given]
        if self.kind == "many" or self.source in SEVERAL:
            return [{self.as_: code} for code in given] if self.as_ else given
        return given[0] == "yes" if self.as_ == "truth" else READERS.get(self.kind, str)(given[0])


def one(name: str, table: Table | None = None, *, words: str = "", codes: tuple[str, ...] = (), needed: bool = False,
        start: str = "", as_: str = "") -> Field:  # fmt: skip
    """One code of a table, or of a few fixed ones; `yes` or `no` where it is told as a truth."""
    said = words or (table.name if table else name)
    return Field(name=name, kind="one", table=table, words=said, codes=codes, needed=needed, start=start, as_=as_)


def many(name: str, table: Table, *, needed: bool = False, as_: str = "") -> Field:
    """Any number of codes of a table; each an object with the code under `as_`, where that is given."""
    return Field(name=name, kind="many", table=table, words=table.name, needed=needed, as_=as_)


def pick(name: str, source: str, *, needed: bool = False) -> Field:
    """One of what the page has looked up."""
    return Field(name=name, kind="pick", source=source, needed=needed)


def plain(name: str, kind: Kind, *, needed: bool = False, start: str = "") -> Field:
    """Something that is typed."""
    return Field(name=name, kind=kind, needed=needed, start=start)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is acted on: a request, a case, a referral, …; `known` is what its service says about it."""

    kind: str
    id: UUID
    state: str
    needs: tuple[str, ...] = ()
    code: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)
    on: UUID | None = None
    """What the service is asked about, where that is something else: of an offer its referral."""

    @property
    def asked_of(self) -> UUID:
        """The id in the command's path."""
        return self.on or self.id


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """Who acts, on which matter, and what has been looked up for the form."""

    matter_id: UUID
    subject: Subject
    actor_id: str
    org: str
    request: Mapping[str, Any] = field(default_factory=dict)
    today: date | None = None

    @property
    def me(self) -> str:
        """The party of who acts."""
        return f"worker:{self.actor_id}"

    @property
    def person_id(self) -> str | None:
        """Whose matter it is, as far as the hub knows."""
        found = self.subject.known.get("person_id") or self.request.get("person_id")
        return str(found) if found else None


Then = Callable[[Circumstances, dict[str, Any]], tuple[str, str, dict[str, Any]]]
"""What is asked next with the answer of the first command: a service, a path, and what the page knows of the body."""

TOLD_HOW, TOLD_REF = "told_how", "told_ref"
"""By what somebody let the station know, and the reference of it (H12)."""


def nothing(at: Circumstances) -> dict[str, Any]:
    """The page knows nothing that the form does not say."""
    return {}


def as_typed(body: dict[str, Any]) -> dict[str, Any]:
    """A body as the fields of the form have it."""
    return body


@dataclass(frozen=True, kw_only=True)
class Act:
    """A command that somebody may ask for on a page.

    It is about something of the kind `of`, and possible in `states`; `path` holds `{id}` where it is about something
    that is there. `given(circumstances)` is what the page says of itself, before the form; `shape` brings what both said into
    the form of the contract, where that is another. `behalf` names whose will is written down, where it is another's. Of
    the choices of the field `tries` the service is asked which it would refuse. `title` is what it is called here, where
    the command has a wider name. What `begins` a matter of its own leads to that matter's page.
    """

    command: type
    of: str
    service: str
    path: str
    event: str
    states: tuple[str, ...]
    fields: tuple[Field, ...] = ()
    roles: tuple[str, ...] = STATION_ROLES
    main: bool = False
    given: Callable[[Circumstances], dict[str, Any]] = nothing
    then: Then | None = None
    behalf: Callable[[Circumstances], str] | None = None
    tries: str = ""
    title: str = ""
    shape: Callable[[dict[str, Any]], dict[str, Any]] = as_typed
    begins: bool = False

    @property
    def code(self) -> str:
        """Its name: that of the command."""
        return name_of(self.command)

    @property
    def sources(self) -> frozenset[str]:
        """What must be looked up before the form can be shown."""
        return frozenset({each.source for each in self.fields if each.source})

    def body(self, at: Circumstances, form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """The command's body: what the page knows, then what was typed; what was left empty is left out."""
        told = self.shape({**self.given(at), **self._typed(form, second=False)})
        return {**told, "happened": self._happened(at, form)}

    def path_of(self, at: Circumstances, form: Mapping[str, Sequence[str]]) -> str:
        """The command's path: about what is acted on, or about what was chosen on the form (`{field}`)."""
        chosen = {name: quote(next(iter(form.get(name, ())), "") or "-", safe="") for name in self._named}
        return self.path.format(id=at.subject.asked_of, **chosen)

    @property
    def _named(self) -> tuple[str, ...]:
        """The fields that stand in the path and not in the body."""
        return tuple(each.name for each in self.fields if f"{{{each.name}}}" in self.path)

    def more(self, form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """What was typed for the second step."""
        return self._typed(form, second=True)

    def _typed(self, form: Mapping[str, Sequence[str]], *, second: bool) -> dict[str, Any]:
        # Where two fields share a name, the form has their boxes under one name, and each reads all of them.
        elsewhere = (TOLD_HOW, TOLD_REF, PAPER_DAY, *self._named)
        mine = [each for each in self.fields if each.second is second and each.name not in elsewhere]
        typed = {each.name: each.value(form.get(each.name, ())) for each in mine}
        return {name: value for name, value in typed.items() if value is not None}

    def _happened(self, at: Circumstances, form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        told = on_paper(form) if self._of_paper(form) else happened(form)
        if self.behalf is None:
            return told
        how, ref = (next(iter(form.get(name, ())), "").strip() for name in (TOLD_HOW, TOLD_REF))
        return told | {"behalf": {"org": self.behalf(at), "evidence_kind": how, "evidence_ref": ref}}

    def _of_paper(self, form: Mapping[str, Sequence[str]]) -> bool:
        return any(each.folded for each in self.fields) and bool(first(form, PAPER_REF))


@dataclass(frozen=True, kw_only=True)
class Offered:
    """An act beside something it is about, and whether it is possible now."""

    act: Act
    subject: Subject
    possible: bool
