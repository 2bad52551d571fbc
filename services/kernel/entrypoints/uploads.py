"""Forms that carry files (`multipart/form-data`), read as a whole: the body is limited before, so it fits into memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from werkzeug.formparser import parse_form_data

MULTIPART = "multipart/form-data"


@dataclass(frozen=True)
class Sent:
    """A file that came with a form: what it was called, and its bytes."""

    name: str
    data: bytes = field(repr=False)


def parted(body: bytes, environ: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Sent]]:
    """The fields and the files of such a form; of a repeated one the last. What is no form has none of either."""
    given = {
        "wsgi.input": BytesIO(body), "CONTENT_TYPE": environ.get("CONTENT_TYPE", ""), "CONTENT_LENGTH": str(len(body)),
        "REQUEST_METHOD": "POST",
    }  # fmt: skip
    _, fields, files = parse_form_data(given, silent=True)
    kept = {name: Sent(one.filename or "", one.read()) for name, one in files.items(multi=True)}
    return dict(fields.items(multi=True)), kept
