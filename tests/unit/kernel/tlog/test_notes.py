"""Notes and keys: the published vectors, what is refused, and that what is read is written back to the bit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.tlog import checkpoint, keys, note
from services.kernel.tlog.keys import COSIGNATURE, ED25519, Signer, time_of
from services.kernel.tlog.lines import Malformed
from services.kernel.tlog.note import Note, Untrusted

VECTORS = Path(__file__).parents[3] / "vectors"
NOTES = json.loads((VECTORS / "signed-note" / "sumdb-note-vectors.json").read_bytes())
PETER, ENOCH, SAMPLE = (keys.vkey(each) for each in NOTES["good_vkeys"])
TWO = Note(NOTES["text"], note.signatures("".join(f"{line}\n" for line in NOTES["sigs"])))
BOTH = bytes(TWO)
LOG = Signer("hub.example/log", ED25519, bytes(range(32)))
WITNESS = Signer("lotus.example/w1", COSIGNATURE, bytes(range(1, 33)))
TEXT = checkpoint.Checkpoint(LOG.name, 7, bytes(32)).text
NAMES = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="+"), min_size=1, max_size=20)
SEEDS = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize("vkey", NOTES["good_vkeys"])
def test_every_published_verifier_key_is_read_and_written_back(vkey: str):
    assert str(keys.vkey(vkey)) == vkey


@pytest.mark.parametrize("bad", NOTES["bad_vkeys"], ids=lambda bad: bad["why"])
def test_every_published_bad_verifier_key_is_refused(bad: dict[str, str]):
    with pytest.raises(Malformed):
        keys.vkey(bad["k"])


@pytest.mark.parametrize("name", NOTES["skeys"])
def test_every_published_signing_key_belongs_to_its_published_verifier(name: str):
    signer = keys.skey(NOTES["skeys"][name])
    assert str(signer.verifier) in NOTES["good_vkeys"]
    assert signer.skey == NOTES["skeys"][name]


def test_the_published_note_carries_both_signatures_and_is_written_back():
    assert note.read(BOTH) == TWO
    assert bytes(note.read(BOTH)) == BOTH
    assert set(note.verified(TWO, [PETER, ENOCH])) == {PETER, ENOCH}
    assert set(note.verified(TWO, [ENOCH])) == {ENOCH}


def test_signing_again_gives_the_published_signature_to_the_bit():
    again = keys.skey(NOTES["skeys"]["PeterNeumann"]).sign(NOTES["text"])
    assert again.line == NOTES["sigs"][0] + "\n"


@pytest.mark.parametrize("size", range(16))
def test_every_checkpoint_of_the_sample_log_is_signed_by_its_log(size: int):
    data = (VECTORS / "tlog-tiles-sample" / "testdata" / "log" / f"checkpoint.{size}").read_bytes()
    head, signed = checkpoint.opened(data, [SAMPLE])
    assert (head.size, bytes(signed), head.text) == (size, data, signed.text)
    assert head.signed(keys.skey(NOTES["skeys"][SAMPLE.name])) == signed


def test_the_published_cosigned_checkpoint_is_read_and_its_parts_are_where_the_specification_says():
    data = NOTES["cosignature_example"].encode()
    signed = note.read(data)
    assert bytes(signed) == data
    assert checkpoint.read(signed.text).size == 20852163
    log, witness = signed.signatures
    assert (len(log.value), len(witness.value), time_of(witness)) == (64, 72, 1679315147)


def test_the_published_tree_note_is_a_checkpoint():
    published = NOTES["tree_note"]
    head = checkpoint.read(published["text"])
    assert (head.origin, head.size, head.text) == ("go.sum database tree", 123456789012, published["text"])


CONTROL = BOTH.replace(b"think", b"th\x01nk")
REFUSED = {
    "nothing": b"",
    "no signatures": TWO.text.encode(),
    "no empty line": BOTH.replace(b"\n\n", b"\n"),
    "an empty signature block": TWO.text.encode() + b"\n",
    "no last newline": BOTH[:-1],
    "a control character": CONTROL,
    "a carriage return": BOTH.replace(b"\n", b"\r\n"),
    "not UTF-8": BOTH.replace(b"think", b"th\xffnk"),
    "a hyphen for the dash": BOTH.replace("—".encode(), b"-"),
    "a text line among the signatures": BOTH + b"Not signed by anybody.\n",
    "a signature without a name": TWO.text.encode() + "\n— x08go/ZJkuBS9UG/SffcvIAQxVBtiFup\n".encode(),
    "a name with a plus": BOTH.replace(b"PeterNeumann", b"Peter+Neumann"),
    "a name with a space of Unicode's": BOTH.replace(b"PeterNeumann", "Peter\u3000Neumann".encode()),
    "a signature that is not base64": BOTH.replace(b"x08go/", b"x08go_"),
    "a signature without its padding": BOTH.replace(b"QQ=\n", b"QQ\n").replace(b"nAM=", b"nAM"),
    "a signature whose spare bits are set": BOTH.replace(b"nAM=", b"nAN="),
    "a signature of four bytes": TWO.text.encode() + "\n— Peter x08goA==\n".encode(),
    "two spaces": BOTH.replace(b"PeterNeumann ", b"PeterNeumann  "),
    "a hundred signatures": bytes(TWO.signed()) + BOTH.partition(b"\n\n")[2] * 50,
    "more than the limit": b"x" * note.LIMIT + BOTH,
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_note_is_refused_in_one_line(data: bytes):
    with pytest.raises(Malformed) as refusal:
        note.read(data)
    assert str(refusal.value) and "\n" not in str(refusal.value)


def test_a_text_may_have_empty_lines_and_ends_at_the_last():
    assert note.read(b"one\n\ntwo\n\n" + TWO.signatures[0].line.encode()).text == "one\n\ntwo\n"


def test_signatures_of_unknown_keys_are_passed_over_even_under_a_known_name_or_id():
    known = LOG.sign(TEXT)
    other = Signer(LOG.name, ED25519, bytes(32)).sign(TEXT)
    borrowed = keys.Signature("somebody.example", known.key_id, bytes(64))
    assert set(note.verified(Note(TEXT, (other, borrowed, known)), [LOG.verifier])) == {LOG.verifier}
    with pytest.raises(Untrusted, match="no trusted key"):
        note.verified(Note(TEXT, (other, borrowed)), [LOG.verifier])


def test_a_wrong_signature_of_a_known_key_spoils_the_note():
    good, wrong = LOG.sign(TEXT), keys.Signature(LOG.name, LOG.verifier.key_id, bytes(64))
    for signatures in ((wrong,), (good, wrong), (wrong, good)):
        with pytest.raises(Untrusted, match="wrong"):
            note.verified(Note(TEXT, signatures), [LOG.verifier])


def test_sixteen_signatures_are_taken_as_the_specification_asks():
    signers = [Signer(f"w{n}", COSIGNATURE, bytes([n]) * 32) for n in range(16)]
    signed = note.read(bytes(Note(TEXT, tuple(each.sign(TEXT, n) for n, each in enumerate(signers)))))
    assert len(note.verified(signed, [each.verifier for each in signers])) == 16


@given(st.integers(0, 2**63 - 1))
def test_a_cosignature_is_good_for_its_time_alone(time: int):
    made = WITNESS.sign(TEXT, time)
    assert time_of(made) == time and WITNESS.verifier.check(TEXT, made)
    moved = keys.Signature(made.name, made.key_id, (time ^ 1).to_bytes(8, "big") + made.value[8:])
    assert not WITNESS.verifier.check(TEXT, moved)


def test_a_cosignature_is_no_signature_of_a_log_though_the_key_be_the_same():
    """Domain separation: the key id tells them apart, and so does the message."""
    log = Signer(WITNESS.name, ED25519, WITNESS.seed)
    assert log.verifier.key_id != WITNESS.verifier.key_id
    assert not log.verifier.check(TEXT, WITNESS.sign(TEXT, 1))
    assert not WITNESS.verifier.check(TEXT, log.sign(TEXT))
    with pytest.raises(ValueError, match="second"):
        WITNESS.sign(TEXT)
    with pytest.raises(ValueError, match="only a cosignature"):
        LOG.sign(TEXT, 1)


@given(NAMES, st.sampled_from([ED25519, COSIGNATURE]), SEEDS, st.text(max_size=200))
def test_what_is_signed_is_read_back_and_verifies(name: str, algorithm: int, seed: bytes, words: str):
    signer = Signer(name, algorithm, seed)
    body = "".join(c for c in words if c == "\n" or c >= " ") + "\n"
    signed = Note(body, (signer.sign(body, 5 if algorithm == COSIGNATURE else None),))
    assert note.read(bytes(signed)) == signed
    assert list(note.verified(signed, [keys.vkey(str(signer.verifier))])) == [signer.verifier]
    assert keys.skey(signer.skey) == signer and signer.skey not in repr(signer)


@given(st.binary(max_size=300), st.integers(0, len(BOTH) - 1), st.integers(0, 255))
def test_no_bytes_make_a_reader_fail_otherwise_than_by_its_refusal(junk: bytes, at: int, byte: int):
    changed = BOTH[:at] + bytes((byte,)) + BOTH[at + 1 :]
    for data in (junk, changed, BOTH[:at]):
        try:
            found = note.read(data)
        except Malformed:
            continue
        assert bytes(found) == data, "what is read says all that was written"


@pytest.mark.parametrize(
    "key",
    ["", "a", "a+b", "a+00000000+", "+c74f20a3+ARpc", "a b+c74f20a3+ARpc", "a+C74F20A3+ARpc", "a" * 2000 + "+b+AAAA",
     NOTES["good_vkeys"][0].replace("c74f20a3", "c74f20a4"), NOTES["good_vkeys"][0] + "\n", NOTES["good_vkeys"][0] + "="],
)  # fmt: skip
def test_what_is_no_key_is_refused(key: str):
    with pytest.raises(Malformed):
        keys.vkey(key)
    with pytest.raises(Malformed):
        keys.skey(key)
    with pytest.raises(Malformed):
        keys.skey("PRIVATE+KEY+" + key)
