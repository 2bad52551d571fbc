"""Who has seen what about a person: every release, reading, refusal and look that the ledger holds, in one table.

`acts` says which entries are such, `tables` keeps a row for each, `reading` asks for those about one human being.
"""
