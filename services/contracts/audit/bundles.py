"""What is given away: bundles that an outsider verifies, and the programs that verify them (docs/bundle.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from services.kernel.contract import Code, Count, Digest, asked, published

Scope = Literal["case", "full"]


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifierFile:
    """A program that verifies bundles, or the page that it was written from."""

    name: Code
    sha256: Digest


@published("verifier.published", zh="核验程序公布")
class VerifierPublished:
    """These are the programs by which bundles are verified: one that differs is not the hub's (docs/bundle.md)."""

    files: tuple[VerifierFile, ...]


@published("bundle.exported", zh="审计包导出")
class BundleExported:
    """A bundle was made for somebody in this role: of a matter or of the whole ledger, as it was at `size`.

    `entries_hash` is the SHA-256 over the leaf hashes of the entries in it, `disclosures_hash` over the digests of the
    values that are shown, or said to be erased: what was given is what is told here (docs/bundle.md, Export).
    """

    scope: Scope
    matter_id: UUID | None = None
    role: Code
    purpose: Code
    size: Count
    entries: Count
    entries_hash: Digest
    withheld: Count
    disclosed: Count
    erased: Count
    disclosures_hash: Digest
    old: Count | None = None


@asked(zh="公布核验程序")
class PublishVerifiers:
    """Say which programs verify bundles (issued by audit itself)."""

    files: Annotated[tuple[VerifierFile, ...], Meta(max_length=16)]


@asked(zh="登记审计包导出")
class ExportBundle:
    """Write down what a bundle tells of (issued by audit itself)."""

    scope: Scope
    matter_id: UUID | None = None
    role: Code
    purpose: Code
    size: Count
    entries: Count
    entries_hash: Digest
    withheld: Count = 0
    disclosed: Count = 0
    erased: Count = 0
    disclosures_hash: Digest
    old: Count | None = None
