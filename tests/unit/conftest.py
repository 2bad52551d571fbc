"""Unit tests talk to nobody: every socket stays closed while one of them runs."""

from collections.abc import Iterator

import pytest
from pytest_socket import disable_socket, enable_socket


@pytest.fixture(autouse=True)
def sockets_stay_closed() -> Iterator[None]:
    """Opening one raises SocketBlockedError. Unix sockets stay open: asyncio and multiprocessing are made of them."""
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()
