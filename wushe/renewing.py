"""After an upgrade of the embedded hub: views of an older release are rebuilt before anybody is served.

Every publisher's log lies in the same folder, so what others have said is read from it and not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from hashlib import sha256

from services.kernel import log
from services.kernel.config import Settings
from services.kernel.projector import PAGE, Rebuild
from services.kernel.store import Store
from wushe.embedded import Folder
from wushe.services import CLASSES, manifest


def shape() -> str:
    """What all views look like in this release, as a digest."""
    metadata = [(name, manifest(name).metadata) for name in CLASSES]
    every = [f"{name}.{column}" for name, each in metadata for table in each.sorted_tables for column in table.columns]
    return sha256("\n".join(every).encode()).hexdigest()


def renewed(place: Folder, settings: Mapping[str, Settings]) -> dict[str, int]:
    """Rebuild what is outdated, unless this release has run from the folder before; by service, how many events were read."""
    if place.shape.exists() and place.shape.read_text() == shape():
        return {}
    found = renew(settings) if any(place.path.glob("*.db")) else {}  # On the first start there is nothing yet.
    place.shape.write_text(shape())
    return found


def renew(settings: Mapping[str, Settings]) -> dict[str, int]:
    """Rebuild what is outdated, while no service runs."""
    with ExitStack() as stack:
        stores = {name: _opened(name, each, stack) for name, each in settings.items()}

        def pull(publisher: str, after: int, until: int) -> Iterator[list[bytes]]:
            while after < until and (page := stores[publisher].read(after, min(PAGE, until - after))):
                yield page
                after += len(page)

        found: dict[str, int] = {}
        for name, store in stores.items():
            if behind := tuple(store.outdated()):
                found[name] = Rebuild(store, pull, behind).run()
                log.noticed(name, "views-rebuilt", count=found[name])
        return found


def _opened(name: str, settings: Settings, stack: ExitStack) -> Store:
    store = Store(manifest(name), settings.database_url)
    stack.callback(store.stop)
    return store
