"""A page of this server in somebody's browser, which keeps cookies as browsers do."""

import json
from collections.abc import Mapping
from typing import Any

from tests.driver.authenticator import Authenticator
from tests.driver.home import Home
from tests.driver.jmap import JMAP
from tests.driver.web import Reply, Request

from pillarbox.access.totp import Totp

__all__ = ["Page", "codes"]

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def codes(secret: str, now: float) -> str:
    """What a program shows that makes codes."""
    return Totp(secret).at(int(now // 30))


class Page:
    """Asks as our pages do. `cookies` are those that the browser keeps for this server."""

    def __init__(self, home: Home, person: JMAP | None = None, *, peer: str = "192.0.2.1") -> None:
        self.home = home
        self.peer = peer
        self.scheme = "http"
        self.cookies: dict[str, str] = {}
        if person is not None:
            assert self.signs_in(person).json() == {"signedIn": True}

    def asks(
        self, method: str, path: str, value: object = None, headers: Mapping[str, str | None] | None = None
    ) -> Reply:
        """One question; headers that are None are left out."""
        (reply,) = self.home.web.together([self.request(method, path, value, headers)])
        for line in filter(None, reply.headers.get("set-cookie", "").split(", ")):
            self._keeps(line)
        return reply

    def request(
        self, method: str, path: str, value: object = None, headers: Mapping[str, str | None] | None = None
    ) -> Request:
        """The question, to be asked together with others."""
        sent: dict[str, str | None] = {
            "Content-Type": "application/json",
            "Sec-Fetch-Site": "same-origin",
            "User-Agent": AGENT,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()) or None,
            **(headers or {}),
        }
        body = () if value is None else (json.dumps(value).encode(),)
        given = {name: text for name, text in sent.items() if text is not None}
        return Request(method, path, given, body, peer=self.peer, scheme=self.scheme)

    def tells(self, method: str, path: str, value: object = None) -> Any:
        """The same, and it is answered."""
        reply = self.asks(method, path, value)
        assert reply.status in (200, 201), reply.octets
        return reply.json()

    def signs_in(self, person: JMAP, password: str | None = None) -> Reply:
        """By name and password."""
        return self.asks("POST", "/auth/session", {"name": person.name, "password": password or person.password})

    def is_in(self) -> bool:
        """Whether somebody has signed in."""
        told = self.tells("GET", "/auth/session")
        return bool(told["signedIn"])

    def sets_up_totp(self) -> tuple[str, list[str]]:
        """Two-step verification: its secret, and the recovery codes. The code that confirmed it is spent."""
        secret = self.tells("POST", "/auth/account/totp")["secret"]
        told = self.tells("PUT", "/auth/account/totp", {"code": codes(secret, self.home.clock())})
        self.home.clock.now += 60
        return secret, told["recoveryCodes"]

    def adds(self, authenticator: Authenticator, name: str = "Phone") -> Any:
        """A passkey."""
        asked = self.tells("POST", "/auth/account/passkeys/options", {})
        made = authenticator.makes(asked["publicKey"])
        return self.tells(
            "POST", "/auth/account/passkeys", {"attempt": asked["attempt"], "name": name, "credential": made}
        )

    def shows(self, authenticator: Authenticator, attempt: str | None = None) -> Reply:
        """Signs in by a passkey."""
        asked = self.tells("POST", "/auth/session/passkey/options", {} if attempt is None else {"attempt": attempt})
        signed = authenticator.signs(asked["publicKey"])
        return self.asks("POST", "/auth/session/passkey", {"attempt": asked["attempt"], "credential": signed})

    def _keeps(self, line: str) -> None:
        name, _, value = line.partition(";")[0].partition("=")
        assert "HttpOnly" in line, line
        assert "SameSite=Strict" in line, line
        assert "Path=/;" in line, line
        if "Max-Age=0" in line:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value
