"""The tree: its golden values, the published probes, and its agreement with a tree computed the slow way."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.tlog import merkle
from services.kernel.tlog.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash

VECTORS = Path(__file__).parents[3] / "vectors"
PROBES = sorted((VECTORS / "merkle-rfc6962" / "inclusion").rglob("*.json"))
SAMPLE = VECTORS / "tlog-tiles-sample" / "testdata" / "log"
SIZES = st.integers(0, 700)


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = merkle.split(len(leaves))
    return node_hash(naive_root(leaves[:k]), naive_root(leaves[k:]))


def numbered(count: int) -> list[bytes]:
    return [leaf_hash(b"%d" % n) for n in range(count)]


class Tiles:
    """Tiles in memory, filled by a frontier."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.data: dict[tuple[int, int], bytes] = {}
        self.frontier = Frontier()
        levels: dict[int, bytes] = {}
        for level, hashes in self.frontier.extend(leaves).items():
            levels[level] = b"".join(hashes)
        for level, data in levels.items():
            for n in range(0, len(data), merkle.WIDTH * merkle.HASH):
                self.data[level, n // (merkle.WIDTH * merkle.HASH)] = data[n : n + merkle.WIDTH * merkle.HASH]

    def __call__(self, level: int, n: int) -> bytes:
        return self.data.get((level, n), b"")


FULL = Tiles(numbered(70_000))


def test_the_golden_values_of_rfc_6962():
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@pytest.mark.parametrize("probe", PROBES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_published_inclusion_probe_is_judged_as_its_authors_say(probe: Path):
    case = json.loads(probe.read_bytes())
    decode = base64.b64decode
    proof = [decode(part) for part in case["proof"] or []]
    verdict = merkle.verify_inclusion(
        decode(case["leafHash"]), case["leafIdx"], case["treeSize"], proof, decode(case["root"])
    )
    assert verdict is not case["wantErr"]


def test_the_probes_are_all_there():
    assert len(PROBES) == 98


def sample(size: int) -> list[bytes]:
    """The entries of the sample log, read from its bundle of this size."""
    packed, entries = (SAMPLE / "tile" / "entries" / "000.p" / str(size)).read_bytes(), []
    while packed:
        length = int.from_bytes(packed[:2], "big")
        entries.append(packed[2 : 2 + length])
        packed = packed[2 + length :]
    return entries


@pytest.mark.parametrize("size", range(1, 16))
def test_the_tree_of_the_sample_log_has_the_signed_root(size: int):
    frontier = Frontier()
    gained = frontier.extend(leaf_hash(entry) for entry in sample(size))
    _, count, root = (SAMPLE / f"checkpoint.{size}").read_text().splitlines()[:3]
    assert (frontier.size, base64.b64encode(frontier.root()).decode()) == (int(count), root)
    assert b"".join(gained[0]) == (SAMPLE / "tile" / "0" / "000.p" / str(size)).read_bytes()


@given(SIZES, st.integers(1, 300))
def test_a_frontier_grown_in_any_steps_names_the_same_root_as_the_slow_tree(size: int, step: int):
    leaves, frontier = numbered(size), Frontier()
    for start in range(0, size, step):
        frontier.extend(leaves[start : start + step])
    assert frontier.size == size
    assert frontier.root() == naive_root(leaves)
    assert Frontier.unpack(size, frontier.pack()) == frontier


@given(SIZES)
def test_tiles_remember_every_root_the_tree_ever_had(size: int):
    assert merkle.root_at(FULL, size) == naive_root(numbered(size))


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 70_000])
def test_tiles_of_higher_levels_hold_the_roots_of_the_lower_ones(size: int):
    frontier = Frontier()
    frontier.extend(numbered(size))
    assert merkle.root_at(FULL, size) == frontier.root()


def test_a_tile_that_is_too_short_is_an_error_and_not_a_wrong_root():
    with pytest.raises(ValueError, match="too short"):
        merkle.root_at(FULL, 70_001)


@given(st.data())
def test_an_inclusion_proof_shows_its_leaf_and_nothing_else(data: st.DataObject):
    size = data.draw(st.one_of(st.integers(1, 70), st.integers(1, 70_000)))
    index = data.draw(st.integers(0, size - 1))
    proof, root = merkle.inclusion_proof(FULL, index, size), merkle.root_at(FULL, size)
    leaf = leaf_hash(b"%d" % index)
    assert merkle.verify_inclusion(leaf, index, size, proof, root)
    assert not merkle.verify_inclusion(leaf_hash(b"other"), index, size, proof, root)
    assert not merkle.verify_inclusion(leaf, index ^ 1, size, proof, root)
    assert not merkle.verify_inclusion(leaf, index, size, [*proof, leaf], root)
    for forged in tampered(proof):
        assert not merkle.verify_inclusion(leaf, index, size, forged, root)


@given(st.data())
def test_a_consistency_proof_shows_that_the_old_tree_begins_the_new_one(data: st.DataObject):
    new = data.draw(st.one_of(st.integers(1, 70), st.integers(1, 70_000)))
    old = data.draw(st.integers(1, new))
    proof = merkle.consistency_proof(FULL, old, new)
    old_root, new_root = merkle.root_at(FULL, old), merkle.root_at(FULL, new)
    assert merkle.verify_consistency(old, new, proof, old_root, new_root)
    assert not merkle.verify_consistency(old, new, proof, leaf_hash(b"x"), new_root)
    assert not merkle.verify_consistency(old, new, proof, old_root, leaf_hash(b"x"))
    assert not merkle.verify_consistency(old, new, [*proof, new_root], old_root, new_root)
    assert not merkle.verify_consistency(new, old, proof, old_root, new_root) or old == new
    for forged in tampered(proof):
        assert not merkle.verify_consistency(old, new, forged, old_root, new_root)


def tampered(proof: list[bytes]) -> list[list[bytes]]:
    """The proof with a bit turned, a part gone, a part cut short, and with its own parts in front."""
    if not proof:
        return []
    turned = bytes([proof[0][0] ^ 4]) + proof[0][1:]
    return [[turned, *proof[1:]], proof[1:], proof[:-1], [proof[0][:31], *proof[1:]], [proof[0], *proof]]


@pytest.mark.parametrize(
    ("old", "new", "proof", "old_root", "new_root", "verdict"),
    [
        (0, 5, [], EMPTY_ROOT, naive_root(numbered(5)), True),
        (0, 5, [], naive_root(numbered(5)), naive_root(numbered(5)), False),
        (5, 5, [], naive_root(numbered(5)), naive_root(numbered(5)), True),
        (5, 5, [EMPTY_ROOT], naive_root(numbered(5)), naive_root(numbered(5)), False),
        (4, 5, [], naive_root(numbered(4)), naive_root(numbered(5)), False),
        (3, 5, [], naive_root(numbered(3)), naive_root(numbered(5)), False),
        (-1, 5, [], EMPTY_ROOT, naive_root(numbered(5)), False),
        (1, 2, [leaf_hash(b"1")], b"", naive_root(numbered(2)), False),
    ],
)
def test_consistency_at_its_edges(old, new, proof, old_root, new_root, verdict):
    assert merkle.verify_consistency(old, new, proof, old_root, new_root) is verdict


def test_proofs_of_what_is_not_there_are_refused():
    with pytest.raises(ValueError, match="not in a tree"):
        merkle.inclusion_proof(FULL, 5, 5)
    with pytest.raises(ValueError, match="not the beginning"):
        merkle.consistency_proof(FULL, 6, 5)
    with pytest.raises(ValueError, match="complete subtrees"):
        Frontier.unpack(3, EMPTY_ROOT)
    assert merkle.consistency_proof(FULL, 0, 5) == merkle.consistency_proof(FULL, 5, 5) == []
