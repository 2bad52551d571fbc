"""What bundles are made with: the verifiers that lie in them, and the name of the log."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[3]
VERIFIERS = {
    "wushe_verify.py": ROOT / "verifier" / "wushe_verify.py",
    "wushe-verify.html": ROOT / "verifier" / "wushe-verify.html",
    "bundle.md": ROOT / "docs" / "bundle.md",
}
ORIGIN = "hub.example/audit/2026"
Files = dict[str, bytes]
OURS = {name: path.read_bytes() for name, path in VERIFIERS.items()}
SMALL = {name: f"stands for {name}\n".encode() * 9 for name in VERIFIERS}
"""In place of the verifiers, where thousands of bundles are made."""
