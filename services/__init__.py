"""The services of the hub, the language they share (`contracts`) and the machinery under them (`kernel`)."""
