"""What there is at each path: a module for each face, with the handlers that the table of routes names.

Begin with `jmap`. `oauth` is what clients ask the authorization server, `account` what pages for people ask; `files`
are those pages. A handler is given the server as `setup.Setup` and one request as `exchange.Exchange`.
"""

__all__ = [
    "account",
    "acme",
    "autoconfig",
    "blob",
    "eventsource",
    "files",
    "handshake",
    "health",
    "jmap",
    "management",
    "metrics",
    "oauth",
    "options",
    "probe",
    "ticket",
    "websocket",
    "wellknown",
]
