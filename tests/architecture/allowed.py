"""What may be longer than the rules allow, each with its reason. The lists are meant to shrink."""

# "services/…/module.py": why it is not two modules
LONG_MODULES: dict[str, str] = {}

# "services/…/module.py:function": why it is not two functions
LONG_FUNCTIONS: dict[str, str] = {}

# "services/…/module.py:function": why it must catch whatever comes
CATCHING_ALL: dict[str, str] = {
    "services/partner/postman.py:run": "the postman's thread outlives any failure: each is counted, logged and tried again",
    "services/partner/caller.py:run": "the caller's thread outlives any failure: each is logged, and it begins anew from its tables",
    "services/partner/caller.py:_call": "a fault over one endpoint is logged, and the endpoint is let go: the others are called",
    "services/kernel/relay.py:run": "the relay's thread outlives any failure: each is counted, logged and tried again",
    "services/kernel/effects.py:add": "whatever a policy raises is its message's trouble: it is counted and parked, and "
    "the messages of other streams go on",
    "services/kernel/effects.py:foresee": "as above, for what is looked up for many messages: then they go one by one",
    "services/kernel/effects.py:commit": "as above, for what the database says to the rows that a message led to",
    "services/kernel/appender.py:_round": "the writer's thread serves many requests: one unit's fault is its own "
    "requester's answer, and must not end the thread or take the others with it",
    "services/kernel/appender.py:_tell": "what was written is on disk and answered: whoever cannot bear the news of it is "
    "logged, and the others are told",
    "services/kernel/clockwork.py:_tick": "the clocks' thread outlives any failure: each is logged, and the other timers go on",
    "services/kernel/clockwork.py:_follow": "the follower's thread outlives any failure: each is logged and tried again",
    "services/kernel/appender.py:_answer": "what was written must not be written again because its answer cannot be taken",
}
