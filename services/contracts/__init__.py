"""The language of the hub: every event that is said and every command that may be asked, one file a publisher."""
