"""A hub in small for the verifiers' tests: makes ledgers, seals and bundles from the format's page, with none of our code.

It is independent on purpose: were it built on what the hub builds with, a mistake there would stand in both and be found
in neither. What an insider with the log's key could do, it can do as well.
"""

from tests.support.bundles.exporting import Exporter, absence, map_row, packed
from tests.support.bundles.given import ORIGIN, OURS, ROOT, SMALL, VERIFIERS, Files
from tests.support.bundles.hashing import Tree, sha, std64, url64, written
from tests.support.bundles.ledger import Ledger, disclosure
from tests.support.bundles.signing import LOG, MEMBERS, OUTSIDER, WITNESSES, Signer, policy
from tests.support.bundles.telling import MATTER, OTHER, story

__all__ = [
    "LOG",
    "MATTER",
    "MEMBERS",
    "ORIGIN",
    "OTHER",
    "OURS",
    "OUTSIDER",
    "ROOT",
    "SMALL",
    "VERIFIERS",
    "WITNESSES",
    "Exporter",
    "Files",
    "Ledger",
    "Signer",
    "Tree",
    "absence",
    "disclosure",
    "map_row",
    "packed",
    "policy",
    "sha",
    "std64",
    "story",
    "url64",
    "written",
]
