"""A client of the authorization server, and the browser in which somebody lets it in."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.driver.home import Home
from tests.driver.jmap import JMAP
from tests.driver.web import Reply

from pillarbox.signin.oauth import Grants, Lives

__all__ = ["MAIL_SCOPE", "VERIFIER", "App", "Browser", "challenge", "parameters"]

MAIL_SCOPE = "urn:ietf:params:oauth:scope:mail"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
"""That of RFC 7636 appendix B."""


def challenge(verifier: str = VERIFIER) -> str:
    """What is made of a verifier (RFC 7636 section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def parameters(url: str) -> dict[str, str]:
    """Those of a URL's query."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


class Browser:
    """A browser on pages of this server, in which somebody has signed in."""

    def __init__(self, home: Home, person: JMAP | None = None) -> None:
        self.home = home
        self.cookie: str | None = None
        if person is not None:
            self.signs_in(person)

    def signs_in(self, person: JMAP, *methods: str) -> None:
        """As the page for it does."""
        grants = Grants(self.home.store, self.home.key, Lives(), self.home.clock)
        self.cookie = grants.begin_session(person.number, methods or ("pwd",))

    def posts(self, path: str, value: object, headers: Mapping[str, str] | None = None) -> Reply:
        """What a page of ours asks."""
        sent = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
        if self.cookie is not None:
            sent["Cookie"] = f"pillarbox-session={self.cookie}"
        merged = {name: text for name, text in {**sent, **(headers or {})}.items() if text}
        return self.home.web.sends("POST", path, merged, json.dumps(value).encode())

    def asks(self, query: str) -> Any:
        """What the page is told of a request."""
        reply = self.posts("/auth/authorize", {"query": query})
        assert reply.status == 200, reply.octets
        return reply.json()

    def allows(self, query: str, *scopes: str) -> dict[str, str]:
        """Its user lets the client in; the parameters that it is answered with."""
        said = {"query": query, "allow": True, **({"scopes": list(scopes)} if scopes else {})}
        reply = self.posts("/auth/authorize/decision", said)
        assert reply.status == 200, reply.octets
        return parameters(reply.json()["redirect"])

    def refuses(self, query: str) -> dict[str, str]:
        """Its user does not."""
        reply = self.posts("/auth/authorize/decision", {"query": query, "allow": False})
        assert reply.status == 200, reply.octets
        return parameters(reply.json()["redirect"])


class App:
    """A program on somebody's own device; `id` once it has registered."""

    uri = "http://127.0.0.1/done"

    def __init__(self, home: Home, scope: str = f"{MAIL_SCOPE} offline_access") -> None:
        self.home = home
        self.scope = scope
        self.id = ""
        self.secret: str | None = None

    def registers(self, **said: Any) -> Reply:
        """As draft-ietf-mailmaint-oauth-public section 3.3 has it; NOTHING is left out."""
        metadata = {
            "redirect_uris": [self.uri],
            "client_name": "Example Mail",
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
            "response_types": ["code"],
            "scope": self.scope,
            **said,
        }
        sent = {name: value for name, value in metadata.items() if value is not None}
        reply = self.home.web.sends(
            "POST", "/auth/register", {"Content-Type": "application/json"}, json.dumps(sent).encode()
        )
        if reply.status == 201:
            self.id = reply.json()["client_id"]
        return reply

    def query(self, **more: str | None) -> str:
        """That of an authorization request; what is None is left out."""
        given = {
            "client_id": self.id,
            "redirect_uri": self.uri,
            "response_type": "code",
            "scope": self.scope,
            "state": "af0ifjsldkj",
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
            **more,
        }
        return urlencode({name: value for name, value in given.items() if value is not None})

    def posts(self, path: str, headers: Mapping[str, str] | None = None, /, **given: str | None) -> Reply:
        """A form, without what is None."""
        body = urlencode({name: value for name, value in given.items() if value is not None}).encode()
        sent = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.home.web.sends("POST", path, sent, body)

    def redeems(self, code: str, **more: str | None) -> Reply:
        """Comes for what it was allowed."""
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.uri,
            "client_id": self.id,
            "code_verifier": VERIFIER,
            **more,
        }
        return self.posts("/auth/token", **given)

    def refreshes(self, token: str, **more: str | None) -> Reply:
        """Comes for the next tokens."""
        given = {"grant_type": "refresh_token", "refresh_token": token, "client_id": self.id, **more}
        return self.posts("/auth/token", **given)

    def is_let_in(self, by: JMAP, **more: str | None) -> dict[str, Any]:
        """Registers, if it has not, and goes the whole way; its tokens."""
        if not self.id:
            assert self.registers().status == 201
        answer = Browser(self.home, by).allows(self.query(**more))
        reply = self.redeems(answer["code"])
        assert reply.status == 200, reply.octets
        told: dict[str, Any] = reply.json()
        return told

    def looks(self, token: str, path: str = "/.well-known/jmap") -> Reply:
        """Shows an access token."""
        return self.home.web.sends("GET", path, {"Authorization": f"Bearer {token}"})
