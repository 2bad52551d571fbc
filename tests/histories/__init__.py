"""Whole matters with any commands, sensible or not, over the rules of all services: no history may break the law."""
