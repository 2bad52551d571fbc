"""For tests that talk to nobody: sockets stay closed, and databases, gone when a test ends, wait for no disk.

A service's empty tables are made once a process and copied; that they are made as they should be is for tests/kernel.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from pytest_socket import disable_socket, enable_socket

from services.kernel import database, store
from services.kernel.manifest import Manifest
from services.kernel.schema import prepare


@pytest.fixture(autouse=True)
def sockets_stay_closed() -> Iterator[None]:
    """Opening one raises SocketBlockedError. Unix sockets stay open: asyncio and multiprocessing are made of them."""
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


class Templates:
    """Stands in for `schema.prepare`: a new SQLite file is a copy of one that was prepared before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: dict[int, tuple[Manifest, Path]] = {}

    def __call__(self, manifest: Manifest, owner_url: str, url: str) -> None:
        name = sa.make_url(owner_url).database
        if name is None or Path(name).exists():
            prepare(manifest, owner_url, url)
        else:
            shutil.copyfile(self._template(manifest), name)

    def _template(self, manifest: Manifest) -> Path:
        if id(manifest) not in self.made:
            path = self.folder / f"{len(self.made)}.db"
            prepare(manifest, f"sqlite:///{path}", f"sqlite:///{path}")
            self.made[id(manifest)] = manifest, path  # The manifest is kept, and with it its id.
        return self.made[id(manifest)][1]


@pytest.fixture(autouse=True, scope="session")
def databases_are_made_soon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No commit waits for the disk, and tables are copied."""
    pragmas = tuple(each for each in database.SQLITE_PRAGMAS if not each.startswith("synchronous"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "SQLITE_PRAGMAS", (*pragmas, "synchronous=OFF"))
        patch.setattr(store, "prepare", Templates(tmp_path_factory.mktemp("prepared")))
        yield
