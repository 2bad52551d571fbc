"""Measurements of the hub beside its peers, in one run on one machine: `make bench`, or `python -m tests.bench appends`."""
