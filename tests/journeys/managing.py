"""Whoever manages a running server over its management API."""

import base64
import json
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

from tests.journeys.program import Server

__all__ = ["HEADERS", "ROOT", "change", "manages"]

ROOT = """
[authentication.fallback-admin]
user = "root"
secret = "open sesame"
"""
"""Settings with somebody who may do everything."""
HEADERS = {
    "Authorization": f"Basic {base64.b64encode(b'root:open sesame').decode()}",
    "Content-Type": "application/json",
}


def manages(server: Server, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """What is answered below /api, by whichever worker takes the connection."""
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
        connection.request(method, f"/api/{path}", None if body is None else json.dumps(body), HEADERS)
        response = connection.getresponse()
        return response.status, json.loads(response.read())


def change(server: Server, texts: dict[str, str]) -> None:
    """The database has these texts by their keys, besides all that it has."""
    values = [list(one) for one in texts.items()]
    status, answer = manages(server, "POST", "settings", [{"type": "insert", "values": values}])
    assert (status, answer) == (200, {"data": None}), answer
