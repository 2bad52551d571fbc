"""The volunteer service: people are found for a piece of work, go, and somebody else says that it is done.

Volunteers offer time, unpaid (`domain/volunteer`): verified, trained, insured where there is danger, checked where there
are children. A task calls for some people at a time and place (`domain/task`); workers and volunteers answer for it
together once they are as many as it needs, and when one cannot come the dispatcher answers again in the same instant.
The client, or somebody who did not go, verifies the result, and the need is back with the unit that took the call.
What volunteers gave is recorded as actual minutes and confirmed by the unit that organized it (`domain/hours`); duty is
no volunteering. Pairings bind parties for months (`domain/pairing`), with commitments, and with two mentors where a
student and a community worker learn together. What ends elsewhere ends here too (`policies`).
"""
