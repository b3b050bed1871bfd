"""What there is on the server of which the examples of the management API are told, and what they ask for."""

from typing import Any

from tests.driver import Home
from tests.driver.administrator import Administrator

from pillarbox.settings import snapshot

__all__ = ["EXAMPLES", "furnish"]

MESSAGE = b"From: jane@example.org\nTo: john@example.org\nSubject: Lunch\n\nAt noon?\n"
EXAMPLES: dict[tuple[str, str], tuple[str, Any]] = {
    **{
        ("POST", f"/api/spam-filter/train/{kind}{name}"): (f"/api/spam-filter/train/{kind}{of}", MESSAGE)
        for kind in ("spam", "ham")
        for name, of in (("", ""), ("/{name}", "/jane@example.org"))
    },
    ("POST", "/api/spam-filter/classify"): ("", {"message": MESSAGE.decode(), "remoteIp": "192.0.2.1"}),
    **{
        (method, f"/api/{path}/{{id}}"): (f"/api/{path}/17", None)
        for method in ("GET", "DELETE")
        for path in ("queue/reports", "reports/dmarc", "reports/tls", "reports/arf")
    },
}
"""Targets and bodies of examples, where a declaration has none that is good enough."""


def furnish(home: Home) -> Administrator:
    """An administrator of a server with some of everything."""
    # Nobody outside is asked: there no DNS is spoken.
    home.settings, _ = snapshot({"server.dns.servers": "127.0.0.1:9"})
    return Administrator(home)
