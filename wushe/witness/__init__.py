"""A witness: one small program for a partner's own machine, which cosigns what a log has signed, and never two stories.

It holds a key, the logs it knows, and a book with the last head of each that it cosigned (`home`, `book`); it answers
C2SP add-checkpoint over HTTP (`door`), and compares heads that came another way (`keeping`).
It needs nothing of the hub but `services.kernel.tlog`: no database server, no broker, none of the services.
"""
