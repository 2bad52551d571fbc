"""A change to a bundle with what must come of it, and the sound bundles that are changed."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tests.support import bundles
from tests.support.bundles import MATTER, SMALL, Exporter, Files, Ledger, policy, sha, story, url64, written

Must = Literal["refused", "passes", "differs", "either"]
"""What must come of a change.

`differs`: the bundle's own policy was changed, while another is given; it may pass, if that is said. `either`: what every
file holds is as it was; a program may find the archive damaged all the same, or pass over it."""


def packed(files: Files) -> bytes:
    """The files in one zip, stored: thousands are opened, and what is packed is no different."""
    return bundles.packed(files, zipfile.ZIP_STORED)


deflated = bundles.packed
LENGTH, PIN = 60, 21
TRUSTED = policy()


@dataclass(frozen=True)
class Change:
    """A changed bundle, with what its holder gives beside it."""

    name: str
    bundle: bytes = field(repr=False)
    must: Must = "refused"
    policy: bytes | None = field(default=TRUSTED, repr=False)
    pin: bytes | None = field(default=None, repr=False)

    def having(self, must: Must) -> Change:
        """The same, of which this must come."""
        return replace(self, must=must)


@dataclass
class Sound:
    """A sound bundle, from which changes are made."""

    files: Files
    pin: bytes
    ledger: Ledger
    texts: list[str]

    @property
    def entries(self) -> list[bytes]:
        """The lines of its entries."""
        return self.files["entries.ndjson"].splitlines(keepends=True)

    @property
    def proofs(self) -> list[bytes]:
        """The lines of their proofs."""
        return self.files["proofs.ndjson"].splitlines(keepends=True)

    @property
    def manifest(self) -> dict[str, Any]:
        """What the manifest says."""
        return dict(json.loads(self.files["manifest.json"]))

    def but(self, name: str, **files: bytes | None) -> Change:
        """The bundle with these files instead, `_` for the dot; None takes one away."""
        changed = dict(self.files)
        for key, data in files.items():
            path = (
                key.replace("__", "/").replace("_json", ".json").replace("_ndjson", ".ndjson").replace("_txt", ".txt")
            )
            if data is None:
                changed.pop(path)
            else:
                changed[path] = data
        return Change(name, packed(changed), pin=self.pin)

    def with_lines(self, name: str, entries: list[bytes], proofs: list[bytes], **more: bytes | None) -> Change:
        """The bundle with other lines, and a manifest that counts them."""
        manifest = written(self.manifest | {"count": len(entries)})
        lines = {"entries_ndjson": b"".join(entries), "proofs_ndjson": b"".join(proofs), "manifest_json": manifest}
        return self.but(name, **lines | more)


def sound_case() -> Sound:
    """A matter's bundle: two values shown, one erased."""
    ledger, texts = story(LENGTH, programs=SMALL)
    pin = ledger.checkpoint(PIN)
    erased = [url64(sha(texts[2].encode()))]
    return Sound(Exporter(ledger, texts[:2], erased, old=PIN).case(MATTER), pin, ledger, texts)


def sound_full() -> Sound:
    """A whole ledger's bundle."""
    ledger, texts = story(LENGTH, programs=SMALL)
    pin = ledger.checkpoint(PIN)
    return Sound(Exporter(ledger, texts[:2], old=PIN).full(), pin, ledger, texts)
