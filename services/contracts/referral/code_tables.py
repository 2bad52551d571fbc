"""Editions of code tables that a station has set: that they hold is on record; their words lie beside the record."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.kernel.contract import Code, Digest, asked, published


@asked(zh="启用代码表版本")
class AdoptEdition:
    """An edition of a code table holds from a day on; `digest` is that of what it says."""

    table: Code
    edition: Code
    since: date
    digest: Digest


@published("code-table.edition-adopted", zh="代码表版本启用")
class EditionAdopted:
    """From `since` on, codes of this table mean what this edition says; what was said before keeps its words (INV-40).

    `digest` is the SHA-256 of what the edition says; the words themselves stand under `/code-tables/{name}`.
    """

    table_id: UUID
    table: Code
    edition: Code
    since: date
    digest: Digest
