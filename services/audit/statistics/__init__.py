"""Figures of the hub: each an indicator with an exact definition over events, which opens down to the events that made it.

Events become rows, each saying that one event counts for one thing on one day (`rows`, and a module for each family of
indicators); which rows are true is known from one entry of the ledger to another (`counting`), so that a figure can be
had as it was known at any size of the ledger.
Indicators say what is counted of the rows of a month (`indicators`), figures are what came of it (`figures`).
Nothing here is counted by worker or by volunteer, and nobody is ranked (INV-37).
"""
