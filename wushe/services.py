"""Which services there are and where their classes live; imported one by one, for an image holds only one of them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from services.kernel.manifest import Manifest

CLASSES = {
    "intake": "IntakeService",
    "referral": "ReferralService",
    "volunteer": "VolunteerService",
    "audit": "AuditService",
    "partner": "PartnerService",
    "console": "ConsoleService",
}

PUBLISHERS = ("intake", "referral", "volunteer", "audit", "partner", "console")
"""Those whose logs the ledger records; each signs for its own."""


def installed() -> list[str]:
    """The services whose code is here: all of them, or the one of an image."""
    return [name for name in CLASSES if find_spec(f"services.{name}")]


def service_class(name: str) -> type:
    """The nameko class of a service."""
    return getattr(import_module(f"services.{name}.service"), CLASSES[name])  # type: ignore[no-any-return]


def manifest(name: str) -> Manifest:
    """The manifest of a service."""
    return import_module(f"services.{name}.service").MANIFEST  # type: ignore[no-any-return]
