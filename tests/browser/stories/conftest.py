"""One real stack for all stories, its people signed in by their passwords, and windows that are watched for errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import windows
from tests.browser.stories.people import Somebody
from tests.browser.stories.town import Cast, Town
from tests.conftest import without_server
from tests.support.embedded import Embedded
from tests.support.reference import Reference
from tests.support.servers import ServerMissing


@pytest.fixture(scope="session")
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town in the deployment as docker-compose.yml describes it; with `--embedded` in one process, for trying."""
    if request.config.getoption("--embedded"):
        with Embedded(tmp_path_factory.mktemp("town"), settings={"HUB_DEMO": "false"}) as embedded:
            embedded.hub.settles()
            yield Town(embedded.hub).opens()
        return
    try:
        with Reference() as reference:
            yield Town(reference.hub).opens()
    except ServerMissing as reason:
        without_server(reason)


@pytest.fixture(scope="session")
def cast(chromium: Browser, town: Town) -> Cast:
    """Those who sign in."""
    return Cast(chromium, town)


Enters = Callable[..., Somebody]


@pytest.fixture
def enters(cast: Cast, town: Town) -> Iterator[Enters]:
    """Somebody of the town opens a window: `enters(Desk)`, `enters(Partner, "p-warm")`."""
    opened = windows(cast.chromium, town.hub.url)
    window = next(opened)

    def enter(kind: type[Somebody], holder: str = "", lang: str = "zh", scripts: bool = True) -> Somebody:
        state = cast.state(holder or kind.usually, lang)
        return kind(window(storage_state=state, java_script_enabled=scripts), lang, scripts)

    yield enter
    next(opened, None)
