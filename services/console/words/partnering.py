"""The texts of a partner organization's pages: what it was offered, whom it serves, what it can take, its programs."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {}

CODES: dict[str, dict[str, tuple[str, str]]] = {}
