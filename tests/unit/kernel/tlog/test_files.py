"""Checkpoints, proofs, policies and a witness's requests as files: round trips, rules, refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.tlog import checkpoint, merkle, policy, proof, request
from services.kernel.tlog.checkpoint import Checkpoint
from services.kernel.tlog.keys import COSIGNATURE, ED25519, Signer
from services.kernel.tlog.lines import Malformed, base64
from services.kernel.tlog.merkle import EMPTY_ROOT, leaf_hash
from services.kernel.tlog.note import Note, Untrusted
from services.kernel.tlog.proof import Proof
from services.kernel.tlog.request import AddCheckpoint

LOG = Signer("hub.example/log", ED25519, bytes(range(32)))
WITNESSES = {f"w{n}": Signer(f"w{n}.example", COSIGNATURE, bytes([n]) * 32) for n in range(1, 6)}
LEAVES = [leaf_hash(b"%d" % n) for n in range(11)]


def tile(level: int, n: int) -> bytes:
    return b"".join(LEAVES) if (level, n) == (0, 0) else b""


HEAD = Checkpoint(LOG.name, 11, merkle.root_at(tile, 11))
NAMED = "".join(f"witness {name} {each.verifier}\n" for name, each in WITNESSES.items())
TWO_OF_FIVE = f"log {LOG.verifier}\n{NAMED}group five 2 {' '.join(WITNESSES)}\nquorum five\n"
POLICY = policy.read(TWO_OF_FIVE.encode())


def cosigned(*names: str, head: Checkpoint = HEAD) -> Note:
    """A head with the log's signature and those of some witnesses."""
    signed = head.signed(LOG)
    return signed.signed(*(WITNESSES[name].sign(head.text, 1_700_000_000) for name in names))


# --- checkpoints ----------------------------------------------------------------------------------------------------


@given(
    st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(st.sampled_from(["a", "b c"]), max_size=3)
)
def test_a_checkpoint_is_read_back_as_it_was_written(size: int, root: bytes, extensions: list[str]):
    head = Checkpoint("hub.example/log", size, root, tuple(extensions))
    assert checkpoint.read(head.text) == head


HASH = base64(bytes(32))
NO_CHECKPOINTS = {
    "two lines": "a\n1\n",
    "no last newline": f"a\n1\n{HASH}",
    "no origin": f"\n1\n{HASH}\n",
    "a leading zero": f"a\n01\n{HASH}\n",
    "a sign": f"a\n+1\n{HASH}\n",
    "a digit of another script": f"a\n٣\n{HASH}\n",
    "too large a size": f"a\n{2**63}\n{HASH}\n",
    "a short root": f"a\n1\n{HASH[:-4]}\n",
    "a root that is not base64": f"a\n1\n{HASH[:-2]}!=\n",
    "an empty extension": f"a\n1\n{HASH}\n\n",
    "very many extensions": f"a\n1\n{HASH}\n" + "x\n" * 17,
    "an empty tree with a root": f"a\n0\n{HASH}\n",
}


@pytest.mark.parametrize("text", NO_CHECKPOINTS.values(), ids=NO_CHECKPOINTS.keys())
def test_what_is_no_checkpoint_is_refused(text: str):
    with pytest.raises(Malformed):
        checkpoint.read(text)


def test_an_empty_log_has_a_checkpoint():
    assert checkpoint.read(Checkpoint("a", 0, EMPTY_ROOT).text).size == 0


def test_a_key_signs_for_the_log_of_its_name_alone():
    """The origin line says which log it is; a trusted key under another origin proves nothing of this one."""
    head = Checkpoint("another.example/log", 11, HEAD.root)
    with pytest.raises(Untrusted, match="not known"):
        checkpoint.opened(bytes(head.signed(LOG)), [LOG.verifier])
    assert checkpoint.opened(bytes(HEAD.signed(LOG)), [LOG.verifier])[0] == HEAD


# --- policies -------------------------------------------------------------------------------------------------------


def test_two_of_five_witnesses_are_enough_and_one_is_not():
    assert not POLICY.judge(cosigned("w3")).met
    verdict = POLICY.insisted(cosigned("w3", "w5"))
    assert verdict == policy.Verdict(HEAD, (LOG.name,), {"w3": 1_700_000_000, "w5": 1_700_000_000}, True)
    with pytest.raises(Untrusted, match="quorum five is not met: w3 signed"):
        POLICY.insisted(cosigned("w3"))


def test_a_log_that_has_not_signed_is_not_helped_by_its_witnesses():
    bare = Note(HEAD.text, tuple(each.sign(HEAD.text, 1) for each in WITNESSES.values()))
    with pytest.raises(Untrusted, match="the log has not signed"):
        POLICY.judge(bare)


def test_a_witness_counts_once_however_often_it_signs():
    twice = cosigned("w1")
    again = Note(twice.text, (*twice.signatures, WITNESSES["w1"].sign(HEAD.text, 1_700_000_001)))
    assert not POLICY.judge(again).met


def test_a_policy_is_written_and_read_back():
    assert policy.read(bytes(POLICY)) == POLICY
    assert policy.read(b"quorum none\n") == policy.Policy()


def test_groups_within_groups_decide_as_the_specification_s_example_says():
    w = list(WITNESSES)
    text = f"{NAMED}group X 2 {w[0]} {w[1]} {w[2]}\ngroup Y any {w[3]} {w[4]}\ngroup both all X Y\nquorum both\n"
    both = policy.read(text.encode())
    assert both.met([w[0], w[2], w[4]])
    assert not both.met([w[0], w[1], w[2]])
    assert not both.met([w[0], w[3], w[4]])
    assert policy.read(f"{NAMED}quorum w4\n".encode()).met(["w4"])


def test_comments_tabs_urls_and_octets_of_any_encoding_are_taken():
    key = str(WITNESSES["w1"].verifier)
    text = b"# \xff\n\n \t\n\t witness \xe7\xe7 " + key.encode() + b"\thttps://w1.example \n quorum \xe7\xe7"
    found = policy.read(text)
    (name,) = found.witnesses
    assert found.witnesses[name].url == "https://w1.example" and found.met([name])
    assert b"\xe7\xe7" in bytes(found)


W1, W2 = (str(WITNESSES[name].verifier) for name in ("w1", "w2"))
TWIN = str(Signer("twin.example", COSIGNATURE, bytes([1]) * 32).verifier)
NO_POLICIES = {
    "nothing": "",
    "no quorum": f"log {LOG.verifier}\n",
    "two quorums": "quorum none\nquorum none\n",
    "an unknown word": "wtiness a b\nquorum none\n",
    "a quorum of nobody": "quorum somebody\n",
    "a witness named none": f"witness none {W1}\nquorum none\n",
    "a name twice": f"witness a {W1}\nwitness a {W2}\nquorum a\n",
    "a witness's key twice": f"witness a {W1}\nwitness b {TWIN}\nquorum a\n",
    "a log's key twice": f"log {LOG.verifier}\nlog {LOG.verifier}\nquorum none\n",
    "a witness's key for a log": f"log {W1}\nquorum none\n",
    "a log's key for a witness": f"witness a {LOG.verifier}\nquorum a\n",
    "a group without members": f"witness a {W1}\ngroup g any\nquorum g\n",
    "a group of what comes later": f"group g any a\nwitness a {W1}\nquorum g\n",
    "a group in itself": f"witness a {W1}\ngroup g any a g\nquorum g\n",
    "none in a group": "group g any none\nquorum g\n",
    "a member twice": f"witness a {W1}\ngroup g 2 a a\nquorum g\n",
    "a member of two groups": f"witness a {W1}\nwitness b {W2}\ngroup g any a\ngroup h any a b\nquorum h\n",
    "a threshold of none": f"witness a {W1}\ngroup g 0 a\nquorum g\n",
    "a threshold above the members": f"witness a {W1}\ngroup g 2 a\nquorum g\n",
    "a threshold with a zero in front": f"witness a {W1}\ngroup g 01 a\nquorum g\n",
    "too many words": f"witness a {W1} https://a.example b\nquorum a\n",
    "a carriage return": "quorum none\r\n",
    "a bad key": f"witness a {W1[:-4]}AAAA\nquorum a\n",
    "too much": "# " + "x" * policy.LIMIT + "\nquorum none\n",
}


@pytest.mark.parametrize("text", NO_POLICIES.values(), ids=NO_POLICIES.keys())
def test_what_is_no_policy_is_refused_in_one_line(text: str):
    with pytest.raises(Malformed) as refusal:
        policy.read(text.encode())
    assert "\n" not in str(refusal.value)


def test_a_policy_names_the_line_that_is_wrong():
    with pytest.raises(Malformed, match="line 2 of the policy: it names what no line above defines"):
        policy.read(b"# mine\nquorum somebody\n")


# --- proofs ---------------------------------------------------------------------------------------------------------


def proof_of(index: int, *witnesses: str) -> Proof:
    return Proof(index, tuple(merkle.inclusion_proof(tile, index, 11)), cosigned(*witnesses))


@pytest.mark.parametrize("extra", [None, b"", b"who it is for"])
@pytest.mark.parametrize("index", range(11))
def test_a_proof_is_written_read_back_and_shows_its_entry_alone(index: int, extra: bytes | None):
    found = proof.read(bytes(Proof(index, proof_of(index).path, cosigned("w1", "w2"), extra)))
    assert (found.index, found.extra, found.checkpoint) == (index, extra, HEAD)
    assert proof.verified(found, LEAVES[index], POLICY).met
    with pytest.raises(Malformed, match="does not lead"):
        proof.verified(found, LEAVES[index - 1], POLICY)


def test_a_proof_without_its_witnesses_is_not_believed():
    with pytest.raises(Untrusted, match="quorum"):
        proof.verified(proof_of(3, "w1"), LEAVES[3], POLICY)


GOOD = bytes(proof_of(3, "w1", "w2"))
NO_PROOFS = {
    "nothing": b"",
    "another version": GOOD.replace(b"@v1", b"@v2"),
    "no index": GOOD.replace(b"index 3\n", b""),
    "a negative index": GOOD.replace(b"index 3", b"index -3"),
    "two indexes": GOOD.replace(b"index 3\n", b"index 3\nindex 3\n"),
    "extra data after the index": GOOD.replace(b"index 3\n", b"index 3\nextra AAAA\n"),
    "extra data that is not base64": GOOD.replace(b"index 3\n", b"extra ???\nindex 3\n"),
    "a short hash": GOOD.replace(b"=\n\n", b"\n\n", 1),
    "more hashes than any tree has": GOOD.replace(b"index 3\n", b"index 3\n" + (HASH + "\n").encode() * 64),
    "no checkpoint": GOOD.partition(b"\n\n")[0] + b"\n\n",
    "much extra data": GOOD.replace(b"index 3\n", b"extra " + b"AAAA" * 50_000 + b"\nindex 3\n"),
}  # fmt: skip


@pytest.mark.parametrize("data", NO_PROOFS.values(), ids=NO_PROOFS.keys())
def test_what_is_no_proof_is_refused_in_one_line(data: bytes):
    with pytest.raises(Malformed) as refusal:
        proof.read(data)
    assert "\n" not in str(refusal.value)


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 7))
def test_a_proof_with_a_bit_turned_is_refused_or_says_the_same(at: int, bit: int):
    """The name and the key id of a surplus witness are all that could be touched unseen; here none is surplus."""
    changed = GOOD[:at] + bytes((GOOD[at] ^ 1 << bit,)) + GOOD[at + 1 :]
    with pytest.raises(Malformed):
        proof.verified(proof.read(changed), LEAVES[3], POLICY)


# --- a witness's requests ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("old", range(12))
def test_a_request_is_written_and_read_back(old: int):
    asked = AddCheckpoint(old, tuple(merkle.consistency_proof(tile, old, 11)), cosigned())
    assert request.read(bytes(asked)) == asked


ASKED = bytes(AddCheckpoint(7, tuple(merkle.consistency_proof(tile, 7, 11)), cosigned()))
NO_REQUESTS = {
    "nothing": b"",
    "no old size": ASKED.replace(b"old 7\n", b""),
    "a size with a zero in front": ASKED.replace(b"old 7\n", b"old 07\n"),
    "no size": ASKED.replace(b"old 7\n", b"old \n"),
    "a line too long": ASKED.replace(b"old 7\n", b"old 7\n" + b"A" * 9000 + b"\n"),
    "sixty-four hashes": ASKED.replace(b"old 7\n", b"old 7\n" + (HASH + "\n").encode() * 64),
    "no checkpoint": b"old 7\n\n",
    "a carriage return": ASKED.replace(b"old 7\n", b"old 7\r\n"),
}


@pytest.mark.parametrize("data", NO_REQUESTS.values(), ids=NO_REQUESTS.keys())
def test_what_is_no_request_is_refused_in_one_line(data: bytes):
    with pytest.raises(Malformed) as refusal:
        request.read(data)
    assert "\n" not in str(refusal.value)
