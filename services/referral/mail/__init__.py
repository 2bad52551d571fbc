"""Mails to organizations that have no account: which are owed, what they say, how they go out, and what their links open."""
