"""The command line of the hub: it starts services, loads the stories, replays matters, rebuilds, repairs, diagnoses."""
