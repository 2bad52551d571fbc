"""Who comes in: sessions, passwords, second factors, sign-in elsewhere, and how often one may try."""
