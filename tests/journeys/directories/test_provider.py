"""A second Pillarbox as the provider of OpenID Connect whose tokens let people in."""

import base64
import json
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.journeys.program import SESAME, Server

pytestmark = pytest.mark.slow

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
FORM = "application/x-www-form-urlencoded"
OURS, ASKER = "ada@dir.example", "asker@dir.example"


def posts(server: Server, path: str, body: object, name: str = "") -> Any:
    """The JSON that a request is answered with, of a form or of JSON; by an account's password if it is named."""
    fields = {"Content-Type": FORM if isinstance(body, str) else "application/json"}
    if name:
        fields["Authorization"] = "Basic " + base64.b64encode(f"{name}:{SESAME}".encode()).decode()
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request("POST", path, body if isinstance(body, str) else json.dumps(body), fields)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def tokens(provider: Server, client: str) -> dict[str, Any]:
    """Those that somebody lets a client have (RFC 8628)."""
    codes = posts(provider, "/auth/device", urlencode({"client_id": client}))
    assert posts(provider, "/api/oauth", {"type": "device", "code": codes["user_code"]}, OURS) == {"data": True}
    asked = {"grant_type": DEVICE, "device_code": codes["device_code"], "client_id": client}
    found: dict[str, Any] = posts(provider, "/auth/token", urlencode(asked))
    assert "access_token" in found, found
    return found


def status(server: Server, token: str) -> int:
    """What asking for the session with it is answered with."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request("GET", "/.well-known/jmap", headers={"Authorization": f"Bearer {token}"})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def provider(served: Callable[..., Server]) -> Server:
    server = served()
    server.program.account(OURS)
    server.program.account(ASKER)
    server.program("account", "permission", ASKER, "enable", "oauth-token-introspect")
    return server


def test_a_token_of_the_provider_lets_its_owner_in_until_it_is_ended(
    served: Callable[..., Server], provider: Server
) -> None:
    """RFC 7662, and RFC 9700 section 2.3: one for another audience does not, nor a refresh token."""
    here = served(
        f"[directory.sso]\ntype = 'oidc'\ndomains = 'dir.example'\nissuer = '{provider.url}'\n"
        f"audience = 'mail-program'\n"
        f"endpoint.url = '{provider.url}/auth/introspect'\nauth.username = '{ASKER}'\nauth.secret = '{SESAME}'\n"
        "fields.email = 'username'\n"
    )
    good, other = tokens(provider, "mail-program"), tokens(provider, "calendar")

    assert status(here, good["access_token"]) == 200
    assert status(here, other["access_token"]) == 401
    assert status(here, good["refresh_token"]) == 401
    assert status(here, good["access_token"][:-2] + "AA") == 401
    assert OURS in here.program("account", "list")

    provider.stop()
    assert status(here, good["access_token"]) == 200
    assert status(here, other["access_token"]) == 503
    assert good["access_token"] not in here.log()
