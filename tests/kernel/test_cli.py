"""Every command of `wushe`, against a hub that runs: in words, as JSON, and when it cannot do what it is asked."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.kernel import tokens
from services.kernel.parking import Parked, released, set_aside
from services.kernel.store import Store
from services.kernel.unit import Unit
from tests.support.embedded import Embedded
from tests.support.servers import free_port
from wushe.cli import COMMANDS
from wushe.embedded import Folder
from wushe.services import CLASSES, manifest

ROOT = Path(__file__).parents[2]
BODY = {"unit": "community:220104004001", "area": "220104004001", "came_by": "phone"}
CHINESE = re.compile(r"[一-鿿]")


@dataclass(frozen=True)
class Said:
    """What a command has answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        """The JSON value on stderr."""
        return dict(json.loads(self.err))


def wushe(*arguments: object, **environment: str) -> Said:
    """Run the command line as people do."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    done = subprocess.run(
        [sys.executable, "-m", "wushe.cli", *map(str, arguments)], cwd=ROOT, env=clean | environment,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


def refused(code: str, *arguments: object, status: int = 1, **environment: str) -> None:
    """It is refused for this reason, in two languages, and as JSON too."""
    told = wushe(*arguments, **environment)
    assert (told.code, told.out) == (status, "")
    english, chinese = told.err.strip().splitlines()
    assert not CHINESE.search(english)
    assert CHINESE.search(chinese)
    as_json = wushe(*arguments, "--json", **environment)
    assert (as_json.code, as_json.out) == (status, "")
    assert as_json.error == {"code": code, "detail": english, "detail_zh": chinese}


def tokens_key(text: str) -> bytes:
    """A key as settings write it."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """A hub with a few requests for help."""
    with Embedded(tmp_path_factory.mktemp("cli") / "hub") as running:
        for number in range(3):
            assert running.hub.ask("POST", "/intake/v1/help-requests", BODY, Idempotency_Key=f"cli-{number}").ok
        running.hub.settles()
        yield running


@pytest.fixture(scope="module")
def ask(hub: Embedded) -> Callable[..., Said]:
    """Run a command against the hub."""
    return lambda *arguments: wushe(*arguments, "--var", hub.folder, "--url", hub.hub.url)


@pytest.fixture(scope="module")
def matter(hub: Embedded) -> str:
    """A matter that audit shows."""
    found = hub.hub.ask("GET", "/audit/v1/matters", role="auditor").json()["items"]
    return str(found[0]["matter_id"])


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A folder from which no hub has run."""
    return tmp_path / "nowhere"


# --- help -------------------------------------------------------------------------------------------------------------


def test_help_names_every_command_with_its_sentence() -> None:
    told = wushe("--help")
    assert told.code == 0
    for name, (_, sentence) in COMMANDS.items():
        assert re.search(rf"^  {name} ", told.out, re.MULTILINE)
        assert sentence[:20] in told.out


@pytest.mark.parametrize("name", [*COMMANDS, "demo load", "dead list", "dead replay"])
def test_every_command_explains_itself(name: str) -> None:
    told = wushe(*name.split(), "--help")
    assert told.code == 0
    assert f"{name} [OPTIONS]" in told.out
    if name not in (
        "account",
        "audit",
        "dead",
        "demo",
        "partner",
        "witness",
    ):  # these are groups: their commands have it
        assert "--json" in told.out


def test_an_unknown_command_is_refused() -> None:
    assert wushe("fly").code == 2


# --- up and stop ------------------------------------------------------------------------------------------------------


def test_a_second_hub_in_the_same_folder_is_refused(hub: Embedded) -> None:
    refused("already-running", "up", "--var", hub.folder, "--listen", "127.0.0.1:0", "--no-demo")
    assert hub.hub.ready()


def test_an_address_that_is_taken_is_refused(hub: Embedded, tmp_path: Path) -> None:
    told = wushe("up", "--var", tmp_path / "other", "--listen", f"127.0.0.1:{hub.port}", "--no-demo", "--json")
    assert told.code == 1
    assert json.loads(told.err.strip().splitlines()[-1])["code"] == "address-in-use"


def test_up_says_where_it_is_and_who_may_sign_in_and_stop_ends_it(tmp_path: Path) -> None:
    with Embedded(tmp_path / "hub") as running:
        greeting = json.loads((tmp_path / "hub/log").read_text().splitlines()[0])
        assert greeting["url"] == running.hub.url
        assert {"role", "name", "name_en"} == set(greeting["sign_in"][0])
        assert running.process is not None
        assert wushe("stop", "--var", tmp_path / "hub", "--json").json == {"stopped": True, "pid": greeting["pid"]}
        assert running.process.wait(10) == 0
    told = wushe("stop", "--var", tmp_path / "hub")
    assert (told.code, told.out) == (0, "没有正在运行的枢纽 / no hub runs from here\n")


def test_stop_where_no_hub_ever_ran(nowhere: Path) -> None:
    assert wushe("stop", "--var", nowhere, "--json").json == {"stopped": False}
    assert not nowhere.exists()


# --- tokens and keys --------------------------------------------------------------------------------------------------


def test_a_token_is_accepted(hub: Embedded) -> None:
    said = wushe("token", "--id", "w-09", "--role", "auditor", "--var", hub.folder)
    as_json = wushe("token", "--id", "w-09", "--role", "auditor", "--var", hub.folder, "--json").json["token"]
    for token in (said.out.strip(), as_json):
        answer = hub.hub.session.get(
            f"{hub.hub.url}/audit/v1/ledger/head", headers={"Authorization": f"Bearer {token}"}, timeout=10
        )
        assert answer.status_code == 200


def test_a_token_for_a_role_that_does_not_exist_is_refused(hub: Embedded) -> None:
    assert wushe("token", "--id", "w-09", "--role", "king", "--var", hub.folder).code == 2


def test_the_console_signs_tokens_in_the_reference_deployment(hub: Embedded) -> None:
    environment = Folder(hub.folder).environ("console", "127.0.0.1:0", hub.hub.url)
    told = wushe("token", "--id", "w-09", "--role", "worker", "--org", "o-1", "--from-environment", **environment)
    public = (tokens_key(environment["HUB_TOKEN_PUBLIC_KEY"]),)
    actor = tokens.verify(told.out.strip(), public, datetime.now(UTC))
    assert (actor.id, actor.role, actor.org) == ("w-09", "worker", "o-1")


def test_keys_are_lines_for_an_environment() -> None:
    told = wushe("keys")
    lines = dict(line.partition("=")[::2] for line in told.out.splitlines())
    assert set(lines) == set(wushe("keys", "--json").json)
    assert set(lines) <= set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert wushe("keys").out != told.out
    tokens.verify(lines["HUB_SERVICE_TOKEN"], (tokens_key(lines["HUB_TOKEN_PUBLIC_KEY"]),), datetime.now(UTC))


# --- doctor -----------------------------------------------------------------------------------------------------------


def checks(told: Said) -> dict[str, tuple[str, str]]:
    """State and finding of each check."""
    return {found["check"]: (found["state"], found["found"]) for found in told.json}


def test_the_doctor_finds_nothing_wrong_with_a_hub_that_runs(ask: Callable[..., Said]) -> None:
    told = ask("doctor", "--json")
    assert told.code == 0
    noted = {name for name, (state, _) in checks(told).items() if state != "ok"}
    assert {checks(told)[name][0] for name in noted} <= {"note"}, "that nobody witnesses the ledger is no fault"
    assert {f"{name} ready" for name in CLASSES} | {"intake keys", "audit database"} <= set(checks(told))
    words = ask("doctor")
    assert (words.code, words.out.count("✓")) == (0, len(told.json) - len(noted))


def test_the_doctor_looks_at_one_service(ask: Callable[..., Said]) -> None:
    found = checks(ask("doctor", "--service", "audit", "--json"))
    assert "audit database" in found
    assert "intake database" not in found


def test_the_doctor_makes_nothing_where_no_hub_ever_ran(nowhere: Path) -> None:
    told = wushe("doctor", "--var", nowhere, "--url", f"http://127.0.0.1:{free_port()}", "--json")
    assert checks(told)["secrets"][0] == checks(told)["hub"][0] == "note"
    assert told.code == 0
    assert not nowhere.exists()


@pytest.fixture
def ill(tmp_path: Path) -> Path:
    """A folder that nothing runs from, with one database as it should be."""
    folder = Folder(tmp_path / "ill")
    assert folder.secrets
    environ = folder.environ("partner", "127.0.0.1:0", "http://127.0.0.1:1")
    Store(manifest("partner"), environ["HUB_DATABASE_URL"]).engine.dispose()
    return folder.path


def test_the_doctor_names_what_is_wrong(ill: Path) -> None:
    (ill / "secrets.json").chmod(0o644)
    sqlite3.connect(ill / "audit.db").close()
    (ill / "audit.db").touch()
    told = wushe("doctor", "--var", ill, "--url", f"http://127.0.0.1:{free_port()}", "--json")
    assert told.code == 1
    found = checks(told)
    assert found["secrets"] == ("wrong", "others can read them / 他人可读")
    assert found["intake database"][0] == "wrong"
    assert "intake.db" in found["intake database"][1]
    assert found["audit database"] == ("wrong", "it is empty / 库中无表")
    assert found["partner database"][0] == "ok"
    assert found["hub"][0] == "note"
    assert not (ill / "intake.db").exists()
    words = wushe("doctor", "--var", ill, "--url", f"http://127.0.0.1:{free_port()}")
    assert "✗ secrets: others can read them" in words.out
    assert f"→ chmod 600 {ill}/secrets.json" in words.out


def test_the_doctor_lists_wrong_settings(ill: Path) -> None:
    told = wushe("doctor", "--var", ill, "--json", HUB_LISTEN="nonsense", HUB_NO_SUCH="1")
    assert told.code == 1
    found = next(each for each in told.json if each["check"] == "intake settings")
    assert found["state"] == "wrong"
    assert "HUB_LISTEN" in found["mend"]
    assert "HUB_NO_SUCH" in found["mend"]


def test_the_doctor_reads_the_environment_of_one_service(hub: Embedded) -> None:
    environment = Folder(hub.folder).environ("audit", f"127.0.0.1:{hub.port}", hub.hub.url)
    told = wushe("doctor", "--from-environment", "--service", "audit", "--json", **environment)
    assert told.code == 0
    assert checks(told)["audit database"][0] == checks(told)["audit ready"][0] == "ok"
    refused("which-service", "doctor", "--from-environment", status=2, **environment)


def test_the_doctor_says_when_the_database_is_away(hub: Embedded) -> None:
    environment = Folder(hub.folder).environ("audit", f"127.0.0.1:{hub.port}", hub.hub.url)
    environment["HUB_DATABASE_URL"] = f"postgresql+psycopg://audit@127.0.0.1:{free_port()}/audit"
    environment["HUB_AMQP_URL"] = f"amqp://a:b@127.0.0.1:{free_port()}/hub"
    told = wushe("doctor", "--from-environment", "--service", "audit", "--json", **environment)
    assert told.code == 1
    assert checks(told)["audit database"] == ("wrong", "OperationalError")
    assert checks(told)["audit broker"][0] == "note"
    refused("unavailable", "dead", "list", "--from-environment", "--service", "audit", status=2, **environment)


# --- rebuild ----------------------------------------------------------------------------------------------------------


def shown(folder: Path, service: str) -> dict[str, list[Any]]:
    """Every row of a service's views."""
    engine = sa.create_engine(f"sqlite:///{folder}/{service}.db")
    with engine.connect() as connection:
        tables = manifest(service).metadata.sorted_tables
        rows = {
            str(t.name): sorted(
                map(str, connection.execute(sa.select(*map(sa.literal_column, t.c.keys())).select_from(t)))
            )
            for t in tables
        }
    engine.dispose()
    return rows


@pytest.mark.parametrize("service", CLASSES)
def test_the_views_of_a_service_are_rebuilt_while_it_runs(
    hub: Embedded, ask: Callable[..., Said], service: str
) -> None:
    before = shown(hub.folder, service)
    told = ask("rebuild", service, "--json")
    assert told.code == 0
    assert set(told.json) == {"view", "events", "seconds"}
    assert shown(hub.folder, service) == before


def test_one_table_is_rebuilt(hub: Embedded, ask: Callable[..., Said]) -> None:
    before = shown(hub.folder, "intake")["help_requests"]
    assert len(before) >= 3
    database = sqlite3.connect(hub.folder / "intake.db", timeout=30)
    database.execute("DELETE FROM help_requests")
    database.commit()
    database.close()
    told = ask("rebuild", "intake.help_requests")
    assert told.code == 0
    assert re.fullmatch(r"intake\.help_requests: \d+ 条事件已重放 / events in [\d.]+ s\n", told.out)
    assert "intake: " in told.err
    assert shown(hub.folder, "intake")["help_requests"] == before
    assert hub.hub.ask("POST", "/intake/v1/help-requests", BODY).status_code == 201


def test_a_view_that_does_not_exist_is_refused(hub: Embedded, nowhere: Path) -> None:
    refused("no-such-view", "rebuild", "kitchen", "--var", hub.folder, status=2)
    refused("no-such-view", "rebuild", "intake.kitchen", "--var", hub.folder, status=2)
    refused("no-folder", "rebuild", "intake", "--var", nowhere, status=2)
    assert not nowhere.exists()


def test_a_rebuild_without_its_publishers_leaves_the_old_view(hub: Embedded) -> None:
    before = shown(hub.folder, "console")
    away = f"http://127.0.0.1:{free_port()}"
    refused("no-publisher", "rebuild", "console", "--var", hub.folder, "--url", away, status=2)
    assert shown(hub.folder, "console") == before


# --- dead -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def parked(hub: Embedded) -> Iterator[int]:
    """A message of intake that referral could not handle, with the bytes that intake has said."""
    publisher = Store(manifest("intake"), f"sqlite:///{hub.folder}/intake.db")
    raw = publisher.read(0, 1)[0]
    publisher.engine.dispose()
    store = Store(manifest("referral"), f"sqlite:///{hub.folder}/referral.db")
    store.start()
    held = Parked("intake", 1, json.loads(raw)["subject"], "poison", "ValueError: no", 5, datetime.now(UTC), raw)
    store.submit(Unit(rows=[set_aside(held)])).result(10)
    yield 1
    store.submit(Unit(rows=list(released("intake", 1)))).result(10)
    store.stop()


def test_what_is_set_aside_is_listed_and_handled_again(parked: int, ask: Callable[..., Said], hub: Embedded) -> None:
    (row,) = ask("dead", "list", "--json").json
    (told,) = hub.hub.ask("GET", "/referral/v1/dead-letters", role="administrator").json()["items"]
    assert {name: told[name] for name in ("publisher", "position", "state", "reason")} == {
        name: row[name] for name in ("publisher", "position", "state", "reason")
    }
    assert hub.hub.ask("GET", "/referral/v1/dead-letters").status_code == 403
    nothing = hub.hub.ask("POST", "/referral/v1/dead-letters/intake/2/replay", role="administrator")
    assert nothing.status_code == 404
    assert row["service"] == "referral"
    assert (row["publisher"], row["position"], row["state"], row["attempts"]) == ("intake", parked, "poison", 5)
    assert ask("dead", "list").out == "referral ← intake 1 poison: ValueError: no\n"
    assert ask("dead", "list", "--service", "volunteer", "--json").json == []
    said = ask("dead", "replay", "referral", "intake", parked, "--json")
    assert said.json == {"service": "referral", "publisher": "intake", "position": 1, "act": "replay"}
    for _ in range(100):
        if ask("dead", "list", "--service", "referral", "--json").json == []:
            break
    else:
        raise AssertionError("it was not handled")
    assert "nothing is set aside" in ask("dead", "list").out


def test_what_is_set_aside_is_given_up(parked: int, ask: Callable[..., Said], hub: Embedded) -> None:
    told = ask("dead", "replay", "referral", "intake", parked, "--discard", "of-no-use")
    assert told.out == "referral ← intake 1: 已放弃 / discarded\n"
    (row,) = ask("dead", "list", "--json").json
    assert (row["state"], row["reason"]) == ("discarded", "of-no-use (was: ValueError: no)")
    refused("not-parked", "dead", "replay", "referral", "intake", parked, "--var", hub.folder)


def test_what_is_not_set_aside_cannot_be_handled_again(hub: Embedded, nowhere: Path) -> None:
    refused("not-parked", "dead", "replay", "referral", "intake", 9_999, "--var", hub.folder)
    refused("no-folder", "dead", "list", "--var", nowhere, status=2)
    assert wushe("dead", "replay", "kitchen", "intake", 1, "--var", hub.folder).code == 2
    assert not nowhere.exists()


# --- matters ----------------------------------------------------------------------------------------------------------


def test_custody_is_shown(ask: Callable[..., Said], matter: str) -> None:
    found = ask("custody", matter, "--json").json
    assert (found["matter_id"], found["open"]) == (matter, True)
    assert found["intervals"][0]["holders"] == found["holders"]
    lines = ask("custody", matter).out.splitlines()
    assert lines[0] == f"事项 / matter {matter}: 进行中 / open; 由 / held by {found['holders'][0]}"
    assert lines[1] == "事项本身 / the matter itself"
    assert re.fullmatch(rf"  \d{{4}}-\d\d-\d\d \d\d:\d\d → … +{found['holders'][0]}  接手 / taken", lines[2])


def test_a_matter_is_replayed(ask: Callable[..., Said], matter: str) -> None:
    now = ask("replay", matter, "--json").json
    assert now["timeline"][0]["type"] == "help-request.received"
    told = ask("replay", matter).out.splitlines()
    assert told[0].startswith(f"事项 / matter {matter}: 进行中 / open")
    assert told[-1].endswith("coordinator:w-01")
    assert ask("replay", matter, "--known-at", "2020-01-01T00:00:00Z", "--json").json["timeline"] == []
    assert ask("replay", matter, "--valid-at", "2020-01-01T00:00:00+08:00").code == 0
    assert "nothing was known" in ask("custody", matter, "--known-at", "2020-01-01").out


def test_a_time_is_the_stations_and_a_day_means_its_end(ask: Callable[..., Said], matter: str) -> None:
    found = ask("custody", matter, "--known-at", "2020-01-01", "--valid-at", "2020-01-01T08:00", "--json").json
    assert found["known_at"].startswith("2020-01-01T23:59:59.999999+08:00")
    assert found["valid_at"].startswith("2020-01-01T08:00:00+08:00")


def test_what_cannot_be_shown_is_refused(hub: Embedded, matter: str, nowhere: Path) -> None:
    here = ("--var", hub.folder, "--url", hub.hub.url)
    nobody = "00000000-0000-0000-0000-000000000001"
    for command in ("replay", "custody"):
        refused("not-found", command, nobody, *here)
        refused("contract-broken", command, matter, "--known-at", "yesterday", *here)
        refused("no-hub", command, matter, "--var", hub.folder, "--url", f"http://127.0.0.1:{free_port()}", status=2)
        refused("no-folder", command, matter, "--var", nowhere, "--url", hub.hub.url, status=2)
        refused("not-signed-in", command, matter, "--token", "none", "--url", hub.hub.url)
        assert wushe(command, "no-id", *here).code == 2
    assert not nowhere.exists()


def test_the_field_that_is_wrong_is_named(ask: Callable[..., Said], matter: str) -> None:
    assert "known_at: " in ask("replay", matter, "--known-at", "yesterday").err


def test_the_ledger_is_checked(ask: Callable[..., Said]) -> None:
    told = ask("verify", "--json")
    assert told.code == 0
    assert (told.json["sound"], told.json["flaws"]) == (True, [])
    assert ask("verify").out.startswith("账本完好 / the ledger is sound\n")


# --- documents --------------------------------------------------------------------------------------------------------


def test_docs_are_checked() -> None:
    told = wushe("docs", "--check", "--json")
    assert set(told.json) == {"stale"}
    assert told.code == (1 if told.json["stale"] else 0)


def test_a_service_with_wrong_settings_lists_them_all_and_ends_with_78() -> None:
    told = wushe("service", "intake", HUB_LISTEN="nonsense")
    assert told.code == 78
    assert all(name in told.err for name in ("HUB_LISTEN", "HUB_DATABASE_URL", "HUB_KEK", "HUB_AMQP_URL"))
    assert CHINESE.search(told.err)
