"""A matter at any two moments: what was so at one, by what was known at the other.

`turns` says what follows from entries, purely; `follower` keeps it as rows that know from which entry to which they were
held to be true (`tables`); `reading` asks for the rows of one moment, `state` tells them, `differences` compares two
moments of knowledge and names the entries that made each difference.
"""
