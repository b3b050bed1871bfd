"""What there is at each path: a module for each face, with the handlers that the table of routes names.

Begin with `jmap`. A handler is given the server as `setup.Setup` and one request as `exchange.Exchange`.
"""

__all__ = [
    "acme",
    "autoconfig",
    "blob",
    "eventsource",
    "files",
    "handshake",
    "health",
    "jmap",
    "metrics",
    "oauth",
    "options",
    "probe",
    "ticket",
    "websocket",
    "wellknown",
]
