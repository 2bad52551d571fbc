"""One service with its own tables, as it runs, but for what is around it: no broker, no server, no network."""

from tests.support.unplugged import databases_are_made_soon, sockets_stay_closed

__all__ = ["databases_are_made_soon", "sockets_stay_closed"]
