"""The audit bundle (docs/bundle.md): what an outsider takes away, and proves offline with a program that is not ours.

`chosen` says which entries belong in it, `histories` the map of all streams and matters under its seal, `parts` writes
its files, `zipped` sends them while they are made. Of personal values audit holds digests alone: those that the recipient
may see he gets from the services that keep them, and puts them in himself (ADR 0023).
"""
