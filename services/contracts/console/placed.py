"""Editions of code tables and calendars that an administrator has placed by the pages."""

from __future__ import annotations

from datetime import date

from services.kernel.contract import Code, Digest, asked, published


@published("code-table.edition-placed", zh="代码表新版提交")
class EditionPlaced:
    """An administrator has put an edition of this table, or of the calendar, where every service takes it from.

    The digest is that of the file; that it holds is said by the directory once it does.
    """

    table: Code
    edition: Code
    since: date
    digest: Digest


@asked(zh="提交代码表新版")
class PlaceEdition:
    """Put an edition where every service takes it from."""

    table: Code
    edition: Code
    since: date
    digest: Digest
