"""authlib, from PyPI, finds the server, registers, is let in, refreshes, revokes; and jmapc reads mail with its token.

The server is behind TLS, as clients ask for. What people do in a browser is done here with a session of theirs.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jmapc
import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata
from jmapc.methods import MailboxGet, MailboxGetResponse
from joserfc import jwt
from joserfc.jwk import KeySet
from tests.journeys.program import Server, free_port
from tests.journeys.tls import Certificate, Proxy

from pillarbox.access.token import TokenKey
from pillarbox.app import house
from pillarbox.settings import load, snapshot
from pillarbox.signin.oauth import Grants, Lives, token_secret

pytestmark = pytest.mark.neighbour

ALICE = "alice@far.example"
SCOPE = "openid email offline_access urn:ietf:params:oauth:scope:mail"
REDIRECT = "http://127.0.0.1/done"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass
class Far:
    """A server that is known by its URL alone, and the session in a browser of Alice's."""

    url: str
    certificate: str
    cookie: str

    def posts(self, path: str, said: dict[str, Any]) -> Any:
        """What a page of the server asks."""
        headers = {"Origin": self.url, "Cookie": f"pillarbox-session={self.cookie}"}
        reply = requests.post(f"{self.url}{path}", json=said, headers=headers, verify=self.certificate, timeout=10)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def gets(self, path: str) -> Any:
        reply = requests.get(f"{self.url}{path}", verify=self.certificate, timeout=10)
        assert reply.status_code == 200, reply.text
        return reply.json()


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Far]:
    """One for all tests."""
    folder = tmp_path_factory.mktemp("far")
    port, certificate = free_port(), Certificate(folder)
    server = Server(folder / "server", f"[server.http]\nurl = \"'https://127.0.0.1:{port}'\"\n")
    with server.running(), Proxy(certificate, port, server.port):
        server.account(ALICE)
        settings, _ = snapshot(load(server.program.config, server.program.environment).pairs)
        with house(settings, server.program.data) as built:
            key = TokenKey(token_secret(built.store, None, bytes, datetime.now(UTC)))
            found = built.directory.find(ALICE)
            assert found is not None
            cookie = Grants(built.store, key, Lives(), time.time).begin_session(found.number, ("pwd",))
        yield Far(f"https://127.0.0.1:{port}", str(certificate.path), cookie)


@pytest.fixture(autouse=True)
def trust(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clients trust the server's certificate."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", far.certificate)


@pytest.fixture
def metadata(far: Far) -> Any:
    """What the server says of itself, as authlib finds it right."""
    told = far.gets("/.well-known/oauth-authorization-server")
    AuthorizationServerMetadata(told).validate()
    OpenIDProviderMetadata(far.gets("/.well-known/openid-configuration")).validate()
    return told


@pytest.fixture
def client(far: Far, metadata: Any) -> Iterator[OAuth2Session]:
    """A client that has registered."""
    said = {
        "redirect_uris": [REDIRECT],
        "client_name": "Far Mail",
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token", DEVICE],
        "response_types": ["code"],
        "scope": SCOPE,
    }
    reply = requests.post(metadata["registration_endpoint"], json=said, verify=far.certificate, timeout=10)
    assert reply.status_code == 201
    client = OAuth2Session(
        reply.json()["client_id"],
        scope=SCOPE,
        redirect_uri=REDIRECT,
        token_endpoint_auth_method="none",
        code_challenge_method="S256",
        leeway=0,
    )
    yield client
    client.close()


def let_in(far: Far, metadata: Any, client: OAuth2Session) -> Any:
    """The client goes the whole way; its tokens."""
    verifier = "v" * 64
    url, state = client.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce="once", resource=f"{far.url}/jmap"
    )
    query = urlsplit(url).query
    assert far.posts("/auth/authorize", {"query": query})["needs"] == "consent"
    back = far.posts("/auth/authorize/decision", {"query": query, "allow": True})["redirect"]
    assert parse_qs(urlsplit(back).query)["iss"] == [metadata["issuer"]]
    return client.fetch_token(
        metadata["token_endpoint"], authorization_response=back, code_verifier=verifier, state=state
    )


def test_it_is_let_in_by_a_code_and_knows_who_by(far: Far, metadata: Any, client: OAuth2Session) -> None:
    """Authorization code with PKCE, and an ID token that authlib finds right."""
    token = let_in(far, metadata, client)

    keys = KeySet.import_key_set(far.gets("/auth/jwks.json"))
    decoded = jwt.decode(token["id_token"], keys, algorithms=["ES256"])
    options = {
        "iss": {"essential": True, "value": metadata["issuer"]},
        "aud": {"essential": True, "value": client.client_id},
        "nonce": {"value": "once"},
    }
    claims = CodeIDToken(decoded.claims, decoded.header, options, {"client_id": client.client_id, "nonce": "once"})
    claims.validate()
    assert claims["email"] == ALICE
    assert client.get(f"{far.url}/auth/userinfo").json()["sub"] == claims["sub"]


def test_it_refreshes_and_gives_its_tokens_back(far: Far, metadata: Any, client: OAuth2Session) -> None:
    first = let_in(far, metadata, client)

    second = client.refresh_token(metadata["token_endpoint"], refresh_token=first["refresh_token"])
    assert client.get(f"{far.url}/.well-known/jmap").json()["username"] == ALICE

    reply = client.revoke_token(metadata["revocation_endpoint"], second["refresh_token"], "refresh_token")
    assert reply.status_code == 200
    assert client.get(f"{far.url}/.well-known/jmap").status_code == 401


def test_it_is_let_in_from_another_device(far: Far, metadata: Any, client: OAuth2Session) -> None:
    """The device flow."""
    said = {"client_id": client.client_id, "scope": SCOPE}
    codes = requests.post(
        metadata["device_authorization_endpoint"], data=said, verify=far.certificate, timeout=10
    ).json()
    assert far.posts("/auth/device/decision", {"code": codes["user_code"], "allow": True}) == {"done": True}

    token = client.fetch_token(metadata["token_endpoint"], grant_type=DEVICE, device_code=codes["device_code"])

    assert set(token["scope"].split()) == set(SCOPE.split())


def test_jmapc_reads_mail_with_its_token(far: Far, metadata: Any, client: OAuth2Session) -> None:
    token = let_in(far, metadata, client)
    reader = jmapc.Client.create_with_api_token(urlsplit(far.url).netloc, token["access_token"])

    found = reader.request(MailboxGet(ids=None))

    assert isinstance(found, MailboxGetResponse)
    assert "Inbox" in {one.name for one in found.data}
    reader.requests_session.close()
