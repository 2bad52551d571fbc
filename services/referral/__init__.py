"""The referral service: a need is offered to one of the five societies, and one of them answers for it.

Organizations stand in a directory with what they offer, where and for how many (`domain/organization`, `offering`,
`agreement`). A referral asks them to meet one need of an open matter (`domain/referral`): it is drafted, made ready,
offered in codes alone, and accepted by at most one. The case keeps its owner; the need changes hands with the acceptance
and comes back with a return. It closes with an outcome that the origin confirmed, or said why not. Silence expires, and
an acceptance without service is reminded and escalated (`views.deadlines`, read by a timer). Money from a giver is a
grant (`domain/grant`), goods are support in kind (`domain/in_kind`). What happens elsewhere, such as a consent withdrawn
or an organization suspended, is heard by `policies` and becomes commands of this service. Nothing here knows a person's
name.
"""
