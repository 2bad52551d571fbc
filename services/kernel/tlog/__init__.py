"""Transparency logs as the C2SP specifications write them: trees, notes, checkpoints, cosignatures, proofs, policies.

Pure: bytes in, values out, and back to the same bytes. It knows neither what an entry says nor where tiles are kept.
Whoever sends these bytes may be hostile: every reader is strict, has a limit, and refuses in one sentence.
Sources: https://c2sp.org/ signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof, tlog-policy and
tlog-witness; RFC 6962 for the tree (`merkle`).
"""
