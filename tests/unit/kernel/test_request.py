"""A request as a service reads it: what others send is refused or passed over, and is never a fault of ours."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from services.kernel.entrypoints.asking import _expected
from services.kernel.entrypoints.batch import _path
from services.kernel.entrypoints.problems import Edge
from services.kernel.entrypoints.request import Request
from services.kernel.entrypoints.showing import Showing
from services.kernel.errors import ContractBroken


def request(body: bytes = b"", **headers: str) -> Request:
    return Request("POST", "/", {}, {f"HTTP_{name}": value for name, value in headers.items()}, body)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 30_000, b'{"a":' * 9_000, b"NaN", b'"\\ud800"'])
def test_what_is_no_json_or_too_deep_is_refused(body: bytes):
    with pytest.raises(ContractBroken):
        _ = request(body).json


def test_cookies_of_others_on_the_same_host_do_not_hide_ours():
    sent = 'a/b=c; ours=x.y_z-1; bare; expires=now; also="q"; ours=last'
    assert request(COOKIE=sent).cookies == {"a/b": "c", "ours": "last", "expires": "now", "also": '"q"'}
    assert request().cookies == {}


@pytest.mark.parametrize("given", ["9" * 17, "9" * 5_000, "-1", '""', 'W/"1"', "1, 2", "²"])
def test_a_version_that_is_none_is_refused(given: str):
    with pytest.raises(Edge):
        _expected(request(IF_MATCH=given))


@pytest.mark.parametrize("given", ["0", "1001", "000000001" + "9" * 30, "9" * 30, "-1", "1e3", "٣"])
def test_a_page_has_a_bound_however_it_is_written(given: str):
    with pytest.raises(ContractBroken):
        Showing._limit({"limit": given})


@pytest.mark.parametrize("creates", [True, False])
@pytest.mark.parametrize("path", ["abc", 5, [1], [["id", "x"]]])
def test_a_path_that_is_no_object_spoils_its_own_command_alone(creates: bool, path: object):
    asking: Any = SimpleNamespace(creates=creates)
    with pytest.raises(ContractBroken):
        _path(asking, {"path": path})
