"""Intake: a person is heard, consents, and is helped.

A need is received and somebody answers for it at once (`domain/help_request`). It is answered on the spot, waits for a
missing paper, goes to a task or a referral, or becomes a case (`domain/case`), which has exactly one owner and runs
from information and needs through plan and services to its evaluation and end. Some people are only looked in on
(`domain/visit_plan`), some meet in activities (`domain/activity`).

Intake alone knows who a person is (`domain/person`): names and stories lie sealed in its vault. Nobody else reads them
unless a consent (`domain/consent`) names that receiver, purpose and category at that moment (`domain/disclosure`), and
every reading is on record (`domain/reading`). Suspected harm is reported whatever stands in the way
(`domain/safeguarding`). What intake does about the events of others, and of its own, is in `policies`.
"""
