"""A dataset in the form of HSDS 3.0 as tables: what it says in any of its forms, each thing once. Pure but for the reading.

Read are JSON (services or organizations with all that belongs to them, as an API answers; the tabular form; a line each)
and a folder of the standard's CSV files. What stands beside the tables that mean anything here is counted, to be said.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]
TABLES = ("organizations", "services", "locations", "service_at_locations", "service_areas", "attributes", "taxonomy_terms",
          "organization_identifiers")  # fmt: skip
FILES = {"service_at_locations": "service_at_location"}
"""What the standard calls the file of a table, where it is another name."""
ABOUT = ("taxonomies", "metadata", "meta_table_descriptions")
"""Tables about the dataset itself, and not about anybody in it."""

TAKEN = {
    "organizations": {
        "id",
        "name",
        "alternate_name",
        "organization_identifiers",
        "attributes",
        "services",
        "locations",
    },
    "services": {
        "id",
        "organization_id",
        "organization",
        "status",
        "service_areas",
        "service_at_locations",
        "attributes",
    },
    "locations": {"id", "organization_id", "location_type", "external_identifier", "external_identifier_type"},
    "service_at_locations": {"id", "service_id", "location_id", "location"},
}
"""What of a row is looked at."""
SILENT = {"last_modified", "metadata", "link_type"}
OWNERS = ("service_at_location_id", "service_id", "location_id", "organization_id", "link_id")
NAME = re.compile(r"[a-z][a-z_]{0,39}")


class NoDirectory(Exception):
    """This holds no directory in the form of HSDS."""


@dataclass
class Dataset:
    """The tables of a dataset, as far as they mean anything to the hub; each thing once."""

    tables: dict[str, dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))
    beside: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """How many rows of other tables belong to what; those that belong to nothing here under an empty name."""
    _indexes: dict[tuple[str, str], dict[str, list[Row]]] = field(default_factory=dict, repr=False)

    def add(self, table: str, row: Row) -> None:
        """One row, by its id."""
        self.tables[table].setdefault(str(row.get("id", len(self.tables[table]))), row)

    def of(self, table: str, column: str, ident: str) -> list[Row]:
        """The rows that belong to something; asked once everything is read."""
        if (table, column) not in self._indexes:
            index = self._indexes[table, column] = defaultdict(list)
            for row in self.tables[table].values():
                index[str(row.get(column))].append(row)
        return self._indexes[table, column].get(ident, [])

    # --- nested, as an API answers ---

    def service(self, row: Row) -> None:
        """A service with its organization, areas, places and attributes."""
        organization = row.get("organization")
        if isinstance(organization, dict):
            self.organization(organization)
            row = row | {"organization_id": organization.get("id")}
        self.add("services", row)
        self._belonging(row, "service_areas", "service_id")
        for at in row.get("service_at_locations") or ():
            self._place(at | {"service_id": row.get("id")})
        self._attributes(row)

    def organization(self, row: Row) -> None:
        """An organization with its identifiers, locations and attributes, and the services where they stand in it."""
        self.add("organizations", row)
        self._belonging(row, "organization_identifiers", "organization_id")
        self._belonging(row, "locations", "organization_id")
        self._attributes(row)
        for service in row.get("services") or ():
            self.service(service | {"organization_id": row.get("id")})

    def _place(self, at: Row) -> None:
        location = at.get("location")
        if isinstance(location, dict):
            self.add("locations", location)
            at = at | {"location_id": location.get("id")}
        self.add("service_at_locations", at)

    def _belonging(self, row: Row, table: str, column: str) -> None:
        for each in row.get(table) or ():
            self.add(table, each | {column: row.get("id")})

    def _attributes(self, row: Row) -> None:
        for each in row.get("attributes") or ():
            term = each.get("taxonomy_term") or {}
            self.add("attributes", each | {"link_id": row.get("id"), "taxonomy_term_id": term.get("id")})
            if term:
                self.add("taxonomy_terms", term)

    # --- in tables ---

    def table(self, name: str, rows: Iterable[Row]) -> None:
        """The rows of one table; of a table that means nothing here it is counted to what they belong."""
        for row in rows:
            if name in TABLES:
                self.add(name, row)
            elif name not in ABOUT:
                self.beside[self._owner(row)][name] += 1

    def _owner(self, row: Row) -> str:
        known = [str(row[column]) for column in OWNERS if row.get(column)]
        return next((ident for ident in known if any(ident in self.tables[table] for table in TAKEN)), "")

    # --- what is left ---

    def left(self, table: str, row: Row) -> list[str]:
        """By name, and with how many, what a row holds of which nothing is taken over; never what stands there."""
        found = Counter({name: len(value) if isinstance(value, list) else 0 for name, value in row.items()
                         if name not in TAKEN[table] | SILENT and value not in (None, "", [], {})})  # fmt: skip
        found.update(self.beside.get(str(row.get("id")), ()))
        return list(said(found))


def said(found: Counter[str]) -> Iterator[str]:
    """Names with how many of each; a name that is none of the standard's is not repeated."""
    for name, count in sorted(found.items()):
        shown = name if NAME.fullmatch(name) else "?"
        yield f"{shown} ({count})" if count else shown


def read(path: Path) -> Dataset:
    """A file, or a folder of CSV files; raises NoDirectory."""
    found = Dataset()
    try:
        if path.is_dir():
            _folder(found, path)
        else:
            _document(found, path.read_text(encoding="utf-8-sig"))
    except (ValueError, AttributeError, TypeError, RecursionError, csv.Error) as wrong:
        raise NoDirectory(path.name) from wrong
    if not found.tables["organizations"]:
        raise NoDirectory(path.name)
    return found


def _folder(found: Dataset, folder: Path) -> None:
    files = {_table_of(file.stem): file for file in sorted(folder.glob("*.csv"))}
    for name in (*TABLES, *(name for name in files if name not in TABLES)):
        if name in files:
            with files[name].open(encoding="utf-8-sig", newline="") as lines:
                found.table(
                    name, ({key: value for key, value in row.items() if value} for row in csv.DictReader(lines))
                )


def _table_of(file: str) -> str:
    return next((table for table, name in FILES.items() if name == file), file)


def _document(found: Dataset, text: str) -> None:
    try:
        told = json.loads(text)
    except json.JSONDecodeError:
        told = [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(told, dict) and "organizations.csv" in told:
        tables = {_table_of(name.removesuffix(".csv")): rows or () for name, rows in told.items()}
        for name in (*TABLES, *(name for name in tables if name not in TABLES)):
            found.table(name, tables.get(name, ()))
        return
    rows = told.get("contents", [told]) if isinstance(told, dict) else told
    for row in rows:
        if not isinstance(row, dict) or "name" not in row:
            raise ValueError("neither a service nor an organization")
        (found.service if "status" in row else found.organization)(row)
