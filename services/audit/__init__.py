"""The audit service: everything that is said in the hub, kept once, in one order, so that an outsider can prove it.

Every event of every publisher becomes one entry of the ledger, under the bytes in which it was published; a Merkle tree
over the entries makes any later change visible (`ledger`, `services.kernel.tlog`).
From the entries of a matter follows who answered for it, and for each need in it, at every moment (`custody`); where
nobody did, or two did, `CustodyBroken` is said (`follow`, `domain.finding`).
A matter can be read as it was at one time, and as it was known at another (`replay`).
What the tree says is compared with what the tables hold (`fsck`).
Audit decides about nobody's work: it asks nothing of other services, and its own events are entries like all others.
"""
