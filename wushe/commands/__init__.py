"""The commands of `wushe`, one module a feature; each is imported when it is called."""
