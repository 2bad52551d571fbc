"""The databases that one suite holds alike: SQLite in memory, SQLite on disk, PostgreSQL."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.kernel import projector
from services.kernel.store import Store
from tests.kernel.book import BOOK
from tests.kernel.play import Teller
from tests.kernel.toy import SHOP


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "postgresql":
        yield request.getfixturevalue("postgres_url")
    elif request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/shop.db"
    else:
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            yield f"sqlite:///{folder}/shop.db"


Opening = Callable[..., Store]


@pytest.fixture
def opened(any_url: str) -> Iterator[Opening]:
    """Opens stores on the one database, as many processes would; all are stopped at the end."""
    stores: list[Store] = []

    def opening(manifest: Any = SHOP, *, start: bool = True, **options: Any) -> Store:
        store = Store(manifest, any_url, **options)
        stores.append(store)
        if start:
            store.start()
        return store

    yield opening
    for store in stores:
        store.stop()


@pytest.fixture
def shop(opened: Opening) -> Store:
    """A store that takes commands."""
    return opened()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def book_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/book.db"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def book(book_url: str) -> Iterator[Store]:
    """A book with views of every kind."""
    made = Store(BOOK, book_url)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def teller(tmp_path: Path) -> Iterator[Teller]:
    """Another publisher."""
    made = Teller(f"sqlite:///{tmp_path}/teller.db")
    yield made
    made.store.stop()


@pytest.fixture
def few_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages so small that a few events are many."""
    monkeypatch.setattr(projector, "PAGE", 3)
