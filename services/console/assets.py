"""Static files, read once: the console's own, and htmx from the package that carries it (no Django is imported)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent / "static"
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


@cache
def static() -> dict[str, Asset]:
    """All static files by the name under which they are served."""
    return {path.name: Asset(path) for path in HERE.iterdir() if path.suffix in TYPES} | {"htmx.js": Asset(_htmx())}
