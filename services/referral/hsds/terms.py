"""Code tables as taxonomies: needs, ways of helping, and kinds of organizations. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.contracts.codes import NEED
from services.contracts.codes_referral import ORGANIZATION_KIND, SERVICE
from services.contracts.tables import Table
from services.kernel.ids import named
from services.referral.hsds.addresses import SPACE

TAXONOMIES: tuple[Table, ...] = (NEED, SERVICE, ORGANIZATION_KIND)
LANGUAGE = "zho"


def taxonomy_id(table: Table) -> str:
    """The id of a code table as a taxonomy."""
    return str(named(SPACE, f"taxonomy/{table.name}"))


def term_id(table: Table, code: str) -> str:
    """The id of a code as a term."""
    return str(named(SPACE, f"term/{table.name}/{code}"))


def taxonomy(table: Table) -> dict[str, Any]:
    """A code table as a taxonomy."""
    return {
        "id": taxonomy_id(table), "name": table.name, "description": table.zh, "version": table.current.version,
    }  # fmt: skip


def term(table: Table, code: str) -> dict[str, Any]:
    """A code as a term: called in Chinese, described in English."""
    return {
        "id": term_id(table, code), "code": code, "name": table.label(code), "description": table.label(code, "en"),
        "taxonomy": table.name, "taxonomy_detail": taxonomy(table), "language": LANGUAGE, "taxonomy_id": taxonomy_id(table),
    }  # fmt: skip


def terms() -> Iterator[dict[str, Any]]:
    """All that may be used now."""
    for table in TAXONOMIES:
        for code in table.current.terms:
            yield term(table, code)


def of_service(code: str) -> Table:
    """The table that a code of an offering stands in: a need, or else a way of helping."""
    return NEED if any(code in edition.terms for edition in NEED.editions) else SERVICE


def attribute(table: Table, code: str, entity: str, link_id: str) -> dict[str, Any]:
    """Something is of this kind."""
    return {
        "id": str(named(SPACE, f"attribute/{link_id}/{table.name}/{code}")), "link_id": link_id, "link_entity": entity,
        "taxonomy_term_id": term_id(table, code), "taxonomy_term": term(table, code),
    }  # fmt: skip
