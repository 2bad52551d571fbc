"""The vault, over SQLite and PostgreSQL: what can be read, by whom, and what is left when a key is destroyed."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap
from psycopg import sql

from services.kernel import keyring
from services.kernel.database import engine_for
from services.kernel.errors import Refused, Unavailable
from services.kernel.keyring import VaultLocked, prepare_keys, subject_key
from services.kernel.tables import sealed
from services.kernel.vault import Vault, digest_of, disclosure, reveal
from services.kernel.view import Change
from tests.support.servers import Postgres

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
KEK, OTHER_KEK = bytes(range(32)), bytes(range(32, 64))
PHONE = "13900000000-in-no-file"
GIVEN = {"name": ("identity", "小伟"), "phone": ("contact", PHONE)}


@dataclass
class Place:
    """Where one test's vault lies: two databases, and how to see everything that is on disk."""

    keys_url: str
    url: str
    on_disk: Callable[[], bytes]
    engines: list[sa.Engine] = field(default_factory=list)

    def engine(self, url: str) -> sa.Engine:
        """A new engine, as a new process has one; closed when the test ends."""
        self.engines.append(engine_for(url))
        return self.engines[-1]

    def close(self) -> None:
        """Close every engine of the test."""
        for engine in self.engines:
            engine.dispose()

    def vault(self, *keks: bytes) -> Vault:
        """The vault as a newly started process opens it."""
        return Vault(self.engine(self.keys_url), self.engine(self.url), *keks or (KEK,))

    def write(self, rows: list[Change]) -> None:
        """What the store does with the rows, in the transaction of the event."""
        with self.engine(self.url).begin() as connection:
            for row in rows:
                connection.execute(sealed.insert().values(digest=row.key[0], **row.sets))

    def overwrite(self, rows: list[Change]) -> None:
        """What the store does with rows that are there already."""
        with self.engine(self.url).begin() as connection:
            for row in rows:
                connection.execute(sealed.update().where(sealed.c.digest == row.key[0]).values(**row.sets))

    def key_row(self, subject: str) -> Any:
        """A subject's row in the key database."""
        with self.engine(self.keys_url).connect() as connection:
            return connection.execute(sa.select(subject_key).where(subject_key.c.subject == subject)).one_or_none()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Two new databases, with their tables."""
    if request.param == "sqlite":
        found = Place(f"sqlite:///{tmp_path}/keys.db", f"sqlite:///{tmp_path}/own.db", lambda: all_bytes(tmp_path))
    else:
        found = in_postgres(request.getfixturevalue("postgres_server"))
    prepare_keys(found.keys_url, found.keys_url)
    with found.engine(found.url).begin() as connection:
        sealed.create(connection)
    yield found
    found.close()


def in_postgres(server: Postgres) -> Place:
    """Two new databases of a server."""
    keys_url, url = (server.create_database(f"vault_{uuid4().hex[:8]}") for _ in range(2))
    return Place(keys_url, url, lambda: checkpointed(server))


def all_bytes(folder: Path) -> bytes:
    """Every file below a folder, one after the other."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def checkpointed(server: Postgres) -> bytes:
    """Everything PostgreSQL has on disk, its write-ahead log included."""
    server.execute(sql.SQL("CHECKPOINT"))
    return all_bytes(server.folder)


def test_what_was_sealed_is_read_by_its_digests(place: Place) -> None:
    digests, rows = place.vault().seal("person-1", GIVEN, NOW)
    place.write(rows)
    read = place.vault().read("person-1", digests)
    assert list(read.values()) == [
        {"field": "name", "category": "identity", "value": "小伟"},
        {"field": "phone", "category": "contact", "value": PHONE},
    ]
    assert tuple(read) == digests


def test_values_laid_under_another_key_are_opened_by_that_one_alone(place: Place) -> None:
    vault = place.vault()
    digests, rows = vault.seal("person-1", GIVEN, NOW)
    place.write(rows)
    before = vault.read("person-1", digests)
    place.overwrite(vault.reseal(digests, "person-2", NOW))
    assert vault.read("person-1", digests) == {}
    assert vault.read("person-2", digests) == before, "under the same digests, so every proof holds"
    vault.destroy("person-1", NOW)
    assert place.vault().read("person-2", digests) == before


def test_what_lies_there_already_is_not_laid_again(place: Place) -> None:
    vault = place.vault()
    digests, rows = vault.seal("person-1", GIVEN, NOW)
    place.write(rows)
    place.overwrite(vault.reseal(digests, "person-2", NOW))
    assert vault.reseal(digests, "person-2", NOW) == []


def test_what_no_key_opens_any_more_is_not_laid_under_another(place: Place) -> None:
    vault = place.vault()
    digests, rows = vault.seal("person-1", GIVEN, NOW)
    place.write(rows)
    vault.destroy("person-1", NOW)
    assert vault.reseal(digests, "person-2", NOW) == []
    digests, rows = vault.seal("person-3", GIVEN, NOW)
    place.write(rows)
    vault.restrict("person-3", NOW)
    assert vault.reseal(digests, "person-2", NOW) == []


def test_nothing_is_there_before_the_event_is_written(place: Place) -> None:
    vault = place.vault()
    digests, _ = vault.seal("person-1", GIVEN, NOW)
    assert vault.read("person-1", digests) == {}


def test_no_value_is_on_disk_in_the_clear(place: Place) -> None:
    vault = place.vault()
    _, rows = vault.seal("person-1", GIVEN, NOW)
    place.write(rows)
    stored = place.on_disk()
    assert b"person-1" in stored, "the search looks in the right place"
    assert PHONE.encode() not in stored
    assert "小伟".encode() not in stored


def test_another_subject_does_not_read_it(place: Place) -> None:
    vault = place.vault()
    digests, rows = vault.seal("person-1", GIVEN, NOW)
    vault.seal("person-2", GIVEN, NOW)
    place.write(rows)
    assert vault.read("person-2", digests) == {}
    assert vault.read("nobody", digests) == {}


def test_a_value_moved_to_another_row_or_subject_does_not_open(place: Place) -> None:
    vault = place.vault()
    digests, rows = vault.seal("person-1", GIVEN, NOW)
    place.write(rows)
    with place.engine(place.url).begin() as connection:
        taken = connection.execute(sa.select(sealed).where(sealed.c.digest == digests[0])).one()
        change = {"nonce": taken.nonce, "ciphertext": taken.ciphertext}
        connection.execute(sealed.update().where(sealed.c.digest == digests[1]).values(change))
    assert list(vault.read("person-1", digests)) == [digests[0]]


def test_the_wrong_kek_opens_nothing_and_seals_nothing(place: Place) -> None:
    digests, rows = place.vault().seal("person-1", GIVEN, NOW)
    place.write(rows)
    wrong = place.vault(OTHER_KEK)
    for attempt in (
        wrong.open,
        lambda: wrong.read("person-1", digests),
        lambda: wrong.seal("person-1", GIVEN, NOW),
        lambda: wrong.seal("person-2", GIVEN, NOW),
        lambda: wrong.destroy("person-1", NOW),
    ):
        with pytest.raises(VaultLocked):
            attempt()
    assert place.key_row("person-2") is None
    assert len(place.vault().read("person-1", digests)) == 2


def test_a_new_kek_before_the_old_one_wraps_everything_anew(place: Place) -> None:
    digests, rows = place.vault().seal("person-1", GIVEN, NOW)
    place.write(rows)
    place.vault().destroy("person-2", NOW)
    old = place.key_row("person-1").wrapped
    place.vault(OTHER_KEK, KEK).open()
    assert place.key_row("person-1").wrapped != old
    assert len(place.vault(OTHER_KEK).read("person-1", digests)) == 2
    with pytest.raises(VaultLocked):
        place.vault(KEK).open()


def test_a_destroyed_key_leaves_nothing_to_read(place: Place) -> None:
    vault, other_process = place.vault(), place.vault()
    digests, rows = vault.seal("person-1", GIVEN, NOW)
    place.write(rows)
    wrapped = place.key_row("person-1").wrapped
    vault.destroy("person-1", NOW)
    assert vault.read("person-1", digests) == {}
    assert vault.read("person-1", digests, despite_restriction=True) == {}
    assert other_process.read("person-1", digests) == {}
    row = place.key_row("person-1")
    assert (row.state, row.wrapped) == ("destroyed", None)
    stored = place.on_disk()
    assert PHONE.encode() not in stored
    if place.url.startswith("sqlite"):
        # PostgreSQL keeps the wrapped bytes in its write-ahead log for a while: there the next KEK ends them.
        assert wrapped not in stored


def test_a_destroyed_key_leaves_every_digest_and_proof_as_it_was(place: Place) -> None:
    vault = place.vault()
    digests, rows = vault.seal("person-1", GIVEN, NOW)
    place.write(rows)
    key = vault.ring.find("person-1")
    assert key is not None
    shown = [
        key.cipher.decrypt(row.sets["nonce"], row.sets["ciphertext"], f"{row.key[0]}person-1".encode()) for row in rows
    ]
    vault.destroy("person-1", NOW)
    assert tuple(digest_of(text) for text in shown) == digests
    with place.engine(place.url).connect() as connection:
        assert set(connection.execute(sa.select(sealed.c.digest)).scalars()) == set(digests)


def test_after_the_next_kek_what_postgresql_still_holds_of_a_destroyed_key_opens_no_more(place: Place) -> None:
    vault = place.vault()
    vault.seal("person-1", GIVEN, NOW)
    wrapped = place.key_row("person-1").wrapped
    vault.destroy("person-1", NOW)
    place.vault(OTHER_KEK, KEK).open()
    with pytest.raises(InvalidUnwrap):
        aes_key_unwrap(OTHER_KEK, wrapped)


def test_an_erased_person_is_not_added_to(place: Place) -> None:
    vault = place.vault()
    vault.seal("person-1", GIVEN, NOW)
    vault.destroy("person-1", NOW)
    vault.destroy("person-1", NOW)
    vault.destroy("never-seen", NOW)
    for subject in ("person-1", "never-seen"):
        with pytest.raises(Refused) as refused:
            vault.seal(subject, GIVEN, NOW)
        assert refused.value.code == "person-erased"


def test_restricted_data_is_kept_and_read_only_where_the_law_allows(place: Place) -> None:
    vault = place.vault()
    digests, rows = vault.seal("person-1", GIVEN, NOW)
    place.write(rows)
    vault.restrict("person-1", NOW)
    assert vault.read("person-1", digests) == {}
    assert len(vault.read("person-1", digests, despite_restriction=True)) == 2
    with pytest.raises(Refused) as refused:
        vault.seal("person-1", GIVEN, NOW)
    assert refused.value.code == "processing-restricted"
    vault.destroy("person-1", NOW)
    assert vault.read("person-1", digests, despite_restriction=True) == {}


def test_another_process_notices_a_destroyed_key_in_time(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    other_process = place.vault()
    digests, rows = place.vault().seal("person-1", GIVEN, NOW)
    place.write(rows)
    assert other_process.read("person-1", digests)
    place.vault().destroy("person-1", NOW)
    later = keyring.time.monotonic() + keyring.KEPT_SECONDS
    monkeypatch.setattr(keyring.time, "monotonic", lambda: later)
    assert other_process.read("person-1", digests) == {}


CRASH = """
import os, sys
from datetime import UTC, datetime
from services.kernel.database import engine_for
from services.kernel.vault import Vault
vault = Vault(engine_for(sys.argv[1]), engine_for(sys.argv[2]), bytes(range(32)))
vault.seal("person-1", {"phone": ("contact", "139")}, datetime.now(UTC))
os.kill(os.getpid(), 9)
"""


def test_a_crash_between_a_key_and_its_first_use_does_no_harm(place: Place) -> None:
    ended = subprocess.run([sys.executable, "-c", CRASH, place.keys_url, place.url], timeout=60)
    assert ended.returncode == -9
    made = place.key_row("person-1")
    assert made.state == "active"
    digests, rows = place.vault().seal("person-1", GIVEN, NOW)
    place.write(rows)
    assert len(place.vault().read("person-1", digests)) == 2
    assert place.key_row("person-1").wrapped == made.wrapped


def test_many_threads_and_processes_agree_on_one_key(place: Place) -> None:
    vaults = [place.vault(), place.vault()]
    sealings: list[tuple[str, tuple[str, ...]]] = []

    def seal(number: int) -> None:
        subject = f"person-{number % 5}"
        digests, rows = vaults[number % 2].seal(subject, GIVEN, NOW)
        place.write(rows)
        sealings.append((subject, digests))

    threads = [threading.Thread(target=seal, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sealings) == 20
    reader = place.vault()
    assert all(len(reader.read(subject, digests)) == 2 for subject, digests in sealings)


def test_threads_that_need_keys_together_share_a_commit(place: Place) -> None:
    ring = place.vault().ring
    ring.open()
    commits = []
    sa.event.listen(ring._engine, "commit", commits.append)
    with ring._committing:
        threads = [threading.Thread(target=ring.obtain, args=(f"person-{n}", NOW)) for n in range(8)]
        for thread in threads:
            thread.start()
        while len(ring._wanted) < 8:
            pass
    for thread in threads:
        thread.join()
    assert len(commits) == 1


def test_without_its_database_the_vault_refuses(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    vault = Vault(engine_for(f"sqlite:///{folder}/keys.db"), engine_for(f"sqlite:///{folder}/own.db"), KEK)
    with pytest.raises(Unavailable):
        vault.seal("person-1", GIVEN, NOW)


def test_a_disclosure_proves_its_value_and_only_its_own() -> None:
    first, second = disclosure("phone", "139"), disclosure("phone", "139")
    assert digest_of(first) != digest_of(second), "the same value twice has two digests"
    salt, field, value = reveal(first)
    assert (field, value) == ("phone", "139")
    assert len(salt) == 22
    assert len(digest_of(first)) == 43


def test_what_would_be_refused_is_foreseen_and_makes_no_key(place: Place) -> None:
    vault = place.vault()
    for subject in ("active", "restricted", "destroyed"):
        vault.seal(subject, GIVEN, NOW)
    vault.restrict("restricted", NOW)
    vault.destroy("destroyed", NOW)
    for foreseen in (
        each.ring.foresee(["active", "restricted", "destroyed", "nobody"]) for each in (vault, place.vault())
    ):
        assert {subject: no and no.code for subject, no in foreseen.items()} == {
            "active": None, "restricted": "processing-restricted", "destroyed": "person-erased",
        }  # fmt: skip
    assert place.key_row("nobody") is None


def test_the_same_values_have_the_same_mark_and_nobody_else_can_make_it(place: Place) -> None:
    vault = place.vault()
    for subject in ("one", "other"):
        vault.seal(subject, GIVEN, NOW)
    marks = [
        vault.mark("one", GIVEN),
        place.vault().mark("one", dict(reversed(GIVEN.items()))),
        vault.mark("other", GIVEN),
    ]
    assert marks[0] == marks[1] != marks[2] and vault.mark("one", {"name": ("identity", "大伟")}) != marks[0]
    vault.destroy("one", NOW)
    assert vault.mark("one", GIVEN) == b""


def test_the_keys_that_are_expected_are_made_in_one_commit(place: Place) -> None:
    vault = place.vault()
    vault.ring.expect(["one", "two", "three"])
    vault.ring.obtain("two", NOW)
    assert all(place.key_row(subject) is not None for subject in ("one", "two", "three"))
