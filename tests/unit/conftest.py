"""Unit tests are of the rules: no server, no network; where one needs tables, they are made in memory or soon."""

from tests.support.unplugged import databases_are_made_soon, sockets_stay_closed

__all__ = ["databases_are_made_soon", "sockets_stay_closed"]
