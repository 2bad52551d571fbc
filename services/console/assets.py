"""Static files, read once: the console's own, and htmx from the package that carries it (no Django is imported)."""

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent / "static"
VERIFIERS = Path(__file__).parents[2] / "verifier"
INLINE = re.compile(rb"<(script|style)[^>]*>(.*?)</\1>", re.S)
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """One file and what it is."""

    path: Path

    @cached_property
    def body(self) -> bytes:
        """Its bytes."""
        return self.path.read_bytes()

    @cached_property
    def etag(self) -> str:
        """Changes when its bytes do."""
        return f'"{sha256(self.body).hexdigest()[:16]}"'

    @property
    def content_type(self) -> str:
        """Its media type."""
        return TYPES[self.path.suffix]


def _htmx() -> Path:
    spec = find_spec("js_lib_htmx")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package django-js-lib-htmx is not installed")
    return Path(spec.submodule_search_locations[0]) / "static" / "htmx" / "htmx.min.js"


@dataclass(frozen=True)
class Verifier(Asset):
    """A program that verifies bundles, byte for byte as it lies in each of them."""

    @property
    def hash(self) -> str:
        """SHA-256 in base64url, as the ledger has it published."""
        return urlsafe_b64encode(sha256(self.body).digest()).rstrip(b"=").decode()

    @property
    def hex(self) -> str:
        """SHA-256 in hexadecimal, as tools print it."""
        return sha256(self.body).hexdigest()

    @property
    def content_type(self) -> str:
        """A page is shown, a program is kept."""
        return "text/html; charset=utf-8" if self.path.suffix == ".html" else "application/octet-stream"

    @property
    def policy(self) -> str:
        """What its page may run: its own inline parts by their hashes, and nothing else from anywhere."""
        allowed: dict[str, list[str]] = {"script": [], "style": []}
        for kind, part in INLINE.findall(self.body):
            allowed[kind.decode()].append(f"'sha256-{b64encode(sha256(part).digest()).decode()}'")
        parts = (f"{kind}-src {' '.join(hashes) or chr(39) + 'none' + chr(39)}" for kind, hashes in allowed.items())
        return f"default-src 'none'; {'; '.join(parts)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@cache
def verifiers() -> dict[str, Verifier]:
    """The verifiers by their names in a bundle."""
    return {path.name: Verifier(path) for path in sorted(VERIFIERS.iterdir()) if path.suffix in (".py", ".html")}


@cache
def static() -> dict[str, Asset]:
    """All static files by the name under which they are served."""
    return {path.name: Asset(path) for path in HERE.iterdir() if path.suffix in TYPES} | {"htmx.js": Asset(_htmx())}
