"""Who could go: the roster as columns in memory, the hard rules over all of it at once, an order, and reasons.

`roster` keeps the columns and follows the views, `choosing` filters and orders them, `reading` says what a task asks.
The rules are those of `domain/rules`, so that nobody is suggested whom a decision would refuse.
"""
