"""How the library reaches an authority: whom it believes, how long it waits, how much it takes.

The authority is the operator's choice, so it may be anywhere, also in our own networks.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import requests
from acme import client, errors, messages
from josepy.jwa import ES256
from josepy.jwk import JWK
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse

from pillarbox import __version__
from pillarbox.net.outbound import trusting

__all__ = ["Network", "TooMuch"]

_SECONDS = 30
"""For which a connection, or the next octets of an answer, are waited for."""
_MOST = 1 << 20
"""Octets of an answer; the longest are chains of certificates."""
_USER_AGENT = f"Pillarbox/{__version__} {requests.utils.default_user_agent()}"
_NONCES = 8
"""Times that a request is sent whose nonce was refused (RFC 8555 section 6.5 wants it to be sent again)."""


class TooMuch(requests.RequestException):
    """An answer is longer than any that an authority has to give."""


class Network(client.ClientNetwork):
    """The library's, with bounds; an account at an authority by its key. Nothing of it is kept."""

    def __init__(self, key: JWK) -> None:
        super().__init__(key, alg=ES256, user_agent=_USER_AGENT, timeout=_SECONDS)
        self.asked: str | None = None
        """The Retry-After of the last answer that had one."""
        # Neither proxies nor passwords out of the environment.
        self.session.trust_env = False
        self.session.max_redirects = 3
        # The language of what is told to administrators (section 6.1).
        self.session.headers["Accept-Language"] = "en"
        self.session.mount("https://", _Adapter())
        # Keys and tokens travel encrypted or not at all (RFC 8555 section 6.1).
        self.session.adapters.pop("http://")
        self.session.hooks["response"].append(self._hear)

    def post(self, *args: Any, **kwargs: Any) -> requests.Response:
        """The library's, which sends a request twice: authorities that are many machines may refuse more nonces."""
        for _ in range(_NONCES // 2 - 1):
            try:
                return super().post(*args, **kwargs)
            except messages.Error as problem:
                if problem.code != "badNonce":
                    raise
        return super().post(*args, **kwargs)

    def _hear(self, response: requests.Response, **_: object) -> None:
        self.asked = response.headers.get("Retry-After", self.asked)
        if not response.ok and self.REPLAY_NONCE_HEADER in response.headers:
            # The library forgets it, and the request is to be sent again with no other (section 6.5).
            self._nonces.clear()
            with suppress(errors.NonceError):
                self._add_nonce(response)


class _Adapter(HTTPAdapter):
    """Believes whom our other clients believe (SSL_CERT_FILE), and takes no more than there is room for."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **{**kwargs, "ssl_context": trusting()})

    def cert_verify(self, conn: HTTPConnectionPool, url: str, verify: object, cert: object) -> None:
        """Nothing: the context knows whom to believe, and the library's own list is no part of it."""

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, *_given: object, **_named: object
    ) -> tuple[Any, Any]:
        host, _ = super().build_connection_pool_key_attributes(request, verify=True)
        return host, {}

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        response = super().send(*args, **{**kwargs, "stream": True})
        response.raw = _Bounded(response.raw)
        return response


class _Bounded:
    """A body, as the library reads it, that ends with an error when it is too long."""

    def __init__(self, body: HTTPResponse) -> None:
        self._body = body

    def stream(self, amount: int, decode_content: bool | None = None) -> Iterator[bytes]:  # noqa: FBT001 - urllib3's
        total = 0
        for octets in self._body.stream(amount, decode_content=decode_content):
            total += len(octets)
            if total > _MOST:
                self._body.close()
                raise TooMuch("its answer is too long")
            yield octets

    def __getattr__(self, name: str) -> Any:
        return getattr(self._body, name)
