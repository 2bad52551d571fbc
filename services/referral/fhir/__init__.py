"""Referrals in the words of FHIR R4 with SDOH Clinical Care 3.0.0, so that a program which knows these takes part.

A referral is a `ServiceRequest`; each asking of an organization is a `Task` of its own ("if rejected, the process ends or
resumes with a new task"). Both are folded from the referral's own log (`course`), so every version that ever was can be
read; `machine` is the guide's ten codes and the edges between them, and who may set what; `meaning` says which command an
updated Task means; `resources` gives it the fields. Whose need it is stands in none of them but by the scope of the
moment, and no name ever.
"""
