"""A matter, and the whole ledger, are taken away and verified by programs that know nothing of the hub."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner

from services.kernel.message import Actor
from tests.scenario.test_h10_erasure import DECISION, _state
from tests.support.reference import Reference
from tests.support.station import AUDITOR, COORDINATOR, HEAD, Station, Told
from tests.support.verifying import found
from tests.support.waiting import until
from wushe.commands.bundles import export

pytestmark = pytest.mark.scenario

NAME, PHONE, STORY = "小伟的姨妈-" + uuid4().hex, "000-7701-" + uuid4().hex[:8], "导出时讲述的事-" + uuid4().hex


@dataclass
class Traveller:
    """Somebody who takes bundles away from a hub, and verifies them elsewhere."""

    station: Station
    folder: Path
    taken: list[Path] = field(default_factory=list)

    def takes(self, *words: str, as_: Actor = AUDITOR) -> Path:
        """A bundle, by the command line."""
        out = self.folder / f"{len(self.taken)}.zip"
        hub = self.station.hub
        who = ["--as", as_.role, "--url", hub.url, "--token", hub.token_for(as_)]
        done = CliRunner().invoke(export, [*words, *who, "--read-for", "casework", "-o", str(out), "--json"])
        assert done.exit_code == 0, done.output
        self.taken.append(out)
        return out

    def refused(self, *words: str, as_: Actor) -> Told:
        """What the command line says where nothing is given."""
        hub = self.station.hub
        who = ["--as", as_.role, "--url", hub.url, "--token", hub.token_for(as_)]
        done = CliRunner().invoke(export, [*words, *who, "-o", str(self.folder / "none.zip"), "--json"])
        assert done.exit_code == 1, done.output
        assert not (self.folder / "none.zip").exists()
        return dict(json.loads(done.output))

    def keeps_checkpoint(self) -> Path:
        """The signed head, as anybody may have it, kept in a drawer."""
        kept = self.folder / f"pin-{uuid4().hex[:6]}"
        answer = until(self._checkpoint, "something is signed")
        kept.write_bytes(answer)
        return kept

    def _checkpoint(self) -> bytes | None:
        answer = self.station.hub.session.get(f"{self.station.hub.url}/audit/v1/checkpoint", timeout=10)
        return answer.content if answer.status_code == 200 else None

    def verifies(self, bundle: Path, pin: Path | None = None) -> Told:
        """What the verifier says, given the policy that the hub's people handed over."""
        policy = inside(bundle, "policy")
        return found(self.folder, bundle.read_bytes(), policy, pin.read_bytes() if pin else None)


def inside(bundle: Path, name: str) -> bytes:
    """A file in a bundle."""
    with zipfile.ZipFile(bundle) as archive:
        return archive.read(name)


def types(bundle: Path) -> list[str]:
    """The events in a bundle."""
    return [json.loads(line)["event"]["type"] for line in inside(bundle, "entries.ndjson").splitlines()]


def values(bundle: Path) -> list[Told]:
    """What a bundle says of personal values."""
    return [json.loads(line) for line in inside(bundle, "disclosures.ndjson").splitlines()]


@pytest.fixture
def station(reference: Reference) -> Station:
    """A station in the reference deployment."""
    return Station(reference.hub)


@pytest.fixture
def traveller(station: Station, tmp_path: Path) -> Traveller:
    """Somebody with a folder of his own."""
    return Traveller(station, tmp_path)


def known_matter(station: Station) -> Told:
    """A person with a request, a consent, a case and a service, each with something sealed."""
    person = station.person(name=NAME, phone=PHONE, note=STORY)
    station.consents(person, f"organization:{uuid4()}")
    matter = station.request(person, story=STORY)
    case = station.case(person, matter)
    station.do(f"/intake/cases/{case}/services", {"kind": "sport", "note": STORY})
    station.settles()
    return {"person": person, "matter": matter, "case": case}


def test_an_auditor_takes_a_matter_away_and_proves_it_whole(station: Station, traveller: Traveller) -> None:
    pin = traveller.keeps_checkpoint()
    known = known_matter(station)
    bundle = traveller.takes("--case", known["matter"], "--pin", str(pin))
    said = traveller.verifies(bundle, pin)
    assert (said["ok"], said["scope"], said["recipient"]) == (True, "case", "auditor")
    assert (said["disclosed"], said["erased"]) == (0, 0)
    assert said["sealed"] >= 2, "an auditor sees codes"
    assert said["anchored"] == ["pin"]
    assert {
        "help-request.received",
        "case.opened",
        "case.service-delivered",
        "ledger.sealed",
        "bundle.exported",
    } <= set(types(bundle))
    assert said["receipts"] >= 2, "for each handoff"
    assert NAME.encode() not in bundle.read_bytes()
    # The export is an entry of the ledger, and of the matter: the next bundle tells of it.
    again = traveller.takes("--case", known["matter"])
    assert types(again).count("bundle.exported") == 2
    assert traveller.verifies(again)["ok"]


def test_each_takes_away_what_he_may_see_and_no_more(station: Station, traveller: Traveller) -> None:
    known = known_matter(station)
    by_station = traveller.takes("--case", known["matter"], as_=COORDINATOR)
    shown = [value for value in values(by_station) if "disclosure" in value]
    said = traveller.verifies(by_station)
    assert (said["ok"], said["disclosed"]) == (True, len(shown))
    assert len(shown) >= 2
    reads = [event for event in station.log("intake") if event["type"] == "identity.read"]
    assert any(event["data"]["person_id"] == known["person"] and event["actorid"] == COORDINATOR.id for event in reads)
    own = traveller.takes("--case", known["matter"], as_=Actor(id=f"person:{known['person']}", role="client"))
    assert traveller.verifies(own)["disclosed"] == len(shown)
    stranger = Actor(id=f"person:{uuid4()}", role="client")
    assert traveller.refused("--case", known["matter"], as_=stranger)["code"] == "not-found"
    assert traveller.refused("--full", as_=COORDINATOR)["code"] == "not-found"


def test_with_a_second_persons_word_an_auditor_takes_values_and_what_is_restricted_away(
    station: Station, traveller: Traveller
) -> None:
    """INV-11: of itself nobody's bundle says that there is a concern; who approved is on record with the export."""
    known = known_matter(station)
    person, matter = known["person"], known["matter"]
    raised = {"situation_code": "4", "person_id": person, "about_matter_id": matter}
    station.do("/intake/safeguarding-concerns", raised)
    station.settles()

    def word(about: str, by: str) -> Path:
        file = traveller.folder / f"word-{uuid4().hex[:6]}"
        approved = station.hub.approved("unseal", about, {}, asker=AUDITOR.id, by=by, role=HEAD.role, org=HEAD.org)
        file.write_text(approved + "\n")
        return file

    alone = traveller.takes("--case", matter)
    assert not [name for name in types(alone) if name.startswith("safeguarding.")]
    opened = traveller.takes(
        "--case", matter, "--values-approved", str(word(person, HEAD.id)),
        "--restricted-approved", str(word(matter, HEAD.id)),
    )  # fmt: skip
    said = traveller.verifies(opened)
    assert (said["ok"], said["disclosed"] >= 2) == (True, True), said
    assert "safeguarding.concern-raised" in types(opened)
    exports = [e["event"] for line in inside(opened, "entries.ndjson").splitlines() if (e := json.loads(line))]
    (export_,) = [event for event in exports if event["type"] == "bundle.exported" and event["position"] > 0][-1:]
    assert export_["approverid"] == HEAD.id
    assert traveller.verifies(alone)["ok"]
    refused = traveller.refused("--case", matter, "--restricted-approved", str(word(person, HEAD.id)), as_=AUDITOR)
    assert refused["code"] == "approval-needed"


def test_the_whole_ledger_is_taken_away_with_what_is_restricted_as_hashes(
    station: Station, traveller: Traveller
) -> None:
    """INV-11."""
    pin = traveller.keeps_checkpoint()
    known_matter(station)
    bundle = traveller.takes("--full", "--pin", str(pin))
    said = traveller.verifies(bundle, pin)
    assert (said["ok"], said["scope"]) == (True, "full")
    assert said["told"] > 20
    assert b"safeguarding." not in inside(bundle, "entries.ndjson")


def test_after_an_erasure_old_bundles_verify_new_ones_say_so_and_nothing_of_him_is_found(
    station: Station, traveller: Traveller, reference: Reference
) -> None:
    """INV-34: a key is destroyed, and every proof stands."""
    pin = traveller.keeps_checkpoint()
    known = known_matter(station)
    person, matter = known["person"], known["matter"]
    before = traveller.takes("--case", matter, "--pin", str(pin), as_=COORDINATOR)
    shown = {value["digest"] for value in values(before)}
    station.do(
        f"/intake/cases/{known['case']}/closing", {"reason_code": "goals-reached", "early_reason": "client-wish"}
    )
    asked = {"by": "self", "ground": "consent-withdrawn", "evidence_kind": "statement"}
    station.do(f"/intake/persons/{person}/erasure", asked)
    station.do(f"/intake/persons/{person}/erasure/decision", DECISION, HEAD, approved="decide-erasure", about=person)
    until(lambda: _state(station, person, "restricted"), "the key is destroyed")
    station.settles()
    assert traveller.verifies(before, pin)["ok"], "what was taken away before still proves itself"
    for reader in (AUDITOR, COORDINATOR):
        after = traveller.takes("--case", matter, "--pin", str(pin), as_=reader)
        said = traveller.verifies(after, pin)
        assert (said["ok"], said["disclosed"]) == (True, 0)
        assert shown <= {value["digest"] for value in values(after) if value.get("erased")}
    assert station.sound()
    remains = readable(reference, NAME, PHONE, STORY)
    assert remains == [], "nothing readable of him is left in any folder"
    assert readable(reference, matter) != [], "the search finds what is there"


def readable(reference: Reference, *texts: str) -> list[tuple[str, str]]:
    """Where any of these texts stands in the folders of the databases and the broker: tables, indexes, WAL, queues, logs."""
    wanted = [form for text in texts for form in (text.encode(), text.encode("utf-16-le"), escaped(text))]
    hits = []
    for folder in reference.folders():
        for path in (p for p in folder.rglob("*") if p.is_file()):
            try:
                data = path.read_bytes()
            except OSError:  # a file that the server has just done away with
                continue
            hits += [(str(path.relative_to(folder)), repr(form)) for form in wanted if form in data]
    return hits


def escaped(text: str) -> bytes:
    """As JSON in ASCII has it."""
    return json.dumps(text)[1:-1].encode()
