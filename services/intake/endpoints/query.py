"""What may be asked in the query of a path, and how it is refused."""

from __future__ import annotations

import re
from typing import Any

from services.contracts import codes
from services.kernel.entrypoints import Request
from services.kernel.errors import ContractBroken, FieldProblem

WHY = {"why": {"enum": sorted(codes.READ_PURPOSE.current.terms)}}
AREA = {"area": {"pattern": "^[0-9]{0,17}$"}}


def only(request: Request, known: dict[str, Any]) -> None:
    """Refuse questions that nobody would hear."""
    unknown = sorted(request.query.keys() - known.keys())
    if unknown:
        raise ContractBroken(*(wrong(name, ", ".join(known), "unknown-field") for name in unknown))


def area_of(request: Request) -> str:
    """The area that is asked about: a code or its beginning, nothing for all."""
    only(request, AREA)
    area = request.query.get("area", "")
    if re.fullmatch("[0-9]{0,17}", area, re.ASCII) is None:
        raise ContractBroken(wrong("area", "0 to 17 digits"))
    return area


def why(request: Request) -> str:
    """The purpose of a reading, as a code."""
    given = request.query.get("why", "")
    if given not in codes.READ_PURPOSE.current.terms:
        raise ContractBroken(wrong("why", ", ".join(codes.READ_PURPOSE.current.terms)))
    return given


def wrong(field: str, options: str, code: str = "invalid") -> FieldProblem:
    """One question that is not understood, with what would be."""
    return FieldProblem(field=field, code=code, expected_en=f"one of: {options}", expected_zh=f"以下之一: {options}")
