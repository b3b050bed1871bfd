"""A client that knows an address and nothing else (RFC 8620 section 2.2, draft-ietf-mailmaint-oauth-public)."""

import base64
import hashlib
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from tests.journeys.program import Server, free_port
from tests.journeys.tls import Certificate, Proxy
from urllib3.util import connection

pytestmark = pytest.mark.neighbour

ADDRESS, PASSWORD = "alice@far.example", "alice has a password"
DOMAIN = ADDRESS.partition("@")[2]


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[requests.Session]:
    """One for which the name of the domain leads to a server, as DNS does elsewhere, and who trusts its certificate."""
    port, certificate = free_port(), Certificate(tmp_path, f"DNS:{DOMAIN}")
    server = Server(tmp_path / "server", f"[server.http]\nurl = \"'https://{DOMAIN}'\"\n")
    reached = connection.create_connection

    def looked_up(address: tuple[str, int], *rest: Any, **more: Any) -> socket.socket:
        return reached(("127.0.0.1", port) if address == (DOMAIN, 443) else address, *rest, **more)

    monkeypatch.setattr(connection, "create_connection", looked_up)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))
    with server.running(), Proxy(certificate, port, server.port), requests.Session() as session:
        server.program("account", "add", ADDRESS, "--password-stdin", stdin=PASSWORD)
        yield session


def person(issuer: str, query: str) -> str:
    """What somebody does in a browser: signs in, and lets the client in; where the browser is sent then."""
    with requests.Session() as browser:
        browser.headers["Origin"] = issuer
        said = browser.post(f"{issuer}/auth/session", json={"name": ADDRESS, "password": PASSWORD}, timeout=10)
        assert said.json() == {"signedIn": True}
        # The server is behind TLS and not told so, so its cookie is one for the clear.
        cookie = {"Cookie": "; ".join(f"{one.name}={one.value}" for one in browser.cookies)}
        decided: dict[str, Any] = {"query": query, "allow": True}
        told = browser.post(f"{issuer}/auth/authorize/decision", json=decided, headers=cookie, timeout=10).json()
    return str(told["redirect"])


def test_a_client_that_knows_only_an_address_reads_mail(client: requests.Session) -> None:
    """Issue 5: discovery leads it to a working token without any other configuration."""
    session = f"https://{DOMAIN}/.well-known/jmap"
    refusal = client.get(session, timeout=10)
    assert refusal.status_code == 401
    found = re.search(r'resource_metadata="([^"]+)"', refusal.headers["WWW-Authenticate"])
    assert found is not None
    resource = client.get(found[1], timeout=10).json()
    assert resource["resource"] == session
    (issuer,) = resource["authorization_servers"]
    server = client.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=10).json()
    assert server["issuer"] == issuer

    wanted = {
        "client_name": "Far Mail",
        "redirect_uris": ["http://127.0.0.1/done"],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": "offline_access urn:ietf:params:oauth:scope:mail",
    }
    registered = client.post(server["registration_endpoint"], json=wanted, timeout=10).json()
    verifier, redirect = "v" * 64, "http://127.0.0.1:49152/done"
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": registered["client_id"],
        "redirect_uri": redirect,
        "response_type": "code",
        "scope": wanted["scope"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "resource": session,
        "state": "somewhere",
        "login_hint": ADDRESS,
    }
    assert client.get(f"{server['authorization_endpoint']}?{urlencode(asked)}", timeout=10).status_code == 200
    back = parse_qs(urlsplit(person(issuer, urlencode(asked))).query)
    assert (back["iss"], back["state"]) == ([issuer], ["somewhere"])
    redeemed = {
        "grant_type": "authorization_code",
        "code": back["code"][0],
        "redirect_uri": redirect,
        "client_id": registered["client_id"],
        "code_verifier": verifier,
    }
    token = client.post(server["token_endpoint"], data=redeemed, timeout=10).json()

    client.headers["Authorization"] = f"Bearer {token['access_token']}"
    told = client.get(session, timeout=10).json()
    call = ["Mailbox/get", {"accountId": told["primaryAccounts"]["urn:ietf:params:jmap:mail"]}, "0"]
    request: dict[str, Any] = {
        "using": ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"],
        "methodCalls": [call],
    }
    ((name, answer, _),) = client.post(told["apiUrl"], json=request, timeout=10).json()["methodResponses"]
    assert (told["username"], name) == (ADDRESS, "Mailbox/get")
    assert "inbox" in [one["role"] for one in answer["list"]]
