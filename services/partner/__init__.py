"""A partner organization hears what concerns it, once in effect, in order, under numbers of its own without gaps.

The service hears the publishers, and for each fact that names an organization it adds one delivery to that
organization's sequence; the number is the version of that sequence's stream, so it cannot have gaps. A delivery holds
where the fact stands, and the fact is served in the very bytes that its publisher stored. What is restricted
(safeguarding) never enters a sequence. Reading again from any number discloses nothing anew: facts are codes and
references, and identity is fetched from intake, which asks the consent at that moment.
"""
