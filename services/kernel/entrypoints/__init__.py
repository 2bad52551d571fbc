"""The edge of a service: the only package that meets nameko, eventlet, kombu and amqp.

A service declares its log (`Log`), what may be asked of it (`asks`), what it shows (`shows`, `lists`) and whatever else
it answers (`http`); they are nameko extensions, and a service stays a nameko service. Nothing is monkey-patched: HTTP
is served by eventlet on the main thread, the store and the bus have threads of their own.
"""

import warnings

from services.kernel.config import without_green_names

without_green_names()

# eventlet announces its retirement at import. It serves HTTP here and nothing else (see decision 0014).
warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated", category=Warning)

from services.kernel.entrypoints.asking import Personal, asks  # noqa: E402
from services.kernel.entrypoints.log import Hand, Log  # noqa: E402
from services.kernel.entrypoints.request import Flow, Page, Reply, Request  # noqa: E402
from services.kernel.entrypoints.showing import http, lists, shows  # noqa: E402
from services.kernel.entrypoints.waiting import aside  # noqa: E402

__all__ = ["Flow", "Hand", "Log", "Page", "Personal", "Reply", "Request", "aside", "asks", "http", "lists", "shows"]
