"""Clients: the programs that people let in, registered or not (RFC 6749 section 2; RFC 7591; RFC 7592).

What anybody may register is kept by nobody: the id of such a client says what it registered, and ends with a keyed hash
of that. The same registration has the same id, and no number of them takes any room (draft-ietf-mailmaint-oauth-public
section 3.10).
"""

import hmac
import secrets
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from pillarbox.access import redirect
from pillarbox.access.scope import SCOPES
from pillarbox.access.token import MARK, Token, TokenKey, TokenKind
from pillarbox.datatypes.server import (
    OAuthClient,
    TooManyClients,
    add_client,
    change_client,
    client_named,
    end_grant,
    forget_consents_to,
    grants_for,
    remove_client,
)
from pillarbox.signin.oauth.error import OAuthError
from pillarbox.signin.oauth.metadata import AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN, UNTRUSTED, checked
from pillarbox.store import Document, Store
from pillarbox.wire.values import JSON, utc_date, utc_datetime

__all__ = ["LONGEST_ID", "Client", "Clients", "Registered"]

LONGEST_ID = 1024
"""Characters of a client's id."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_SELF_SAID = "open."
_MAC = 16
_LONGEST_SAID = 4096
_FOR_EVER = 2**40


@dataclass(frozen=True, slots=True)
class Client:
    """A client as people and endpoints meet it.

    `is_known` is one that somebody with the right to do so has registered; of any other, what it says of itself is
    anybody's word. `method` is how it proves who it is, none where it cannot.
    """

    id: str
    name: str
    redirects: tuple[str, ...] | None
    """None if it was not registered: then it is answered wherever only a program on its user's device is."""
    scopes: frozenset[str]
    grants: frozenset[str]
    method: str = "none"
    uri: str = ""
    is_known: bool = False
    leaving: tuple[str, ...] = ()
    """Where a browser may go once its user has signed out."""
    algorithm: str | None = None
    """What its ID tokens are signed with, if it has said so."""

    def answers_at(self, uri: str) -> bool:
        """Whether it may be answered there."""
        if self.redirects is None:
            return redirect.is_native(uri)
        return any(redirect.matches(one, uri) for one in self.redirects)


@dataclass(frozen=True, slots=True)
class Registered:
    """What somebody who registered a client is told: its metadata, and perhaps a secret and the token to manage it."""

    id: str
    metadata: Mapping[str, JSON]
    issued: int
    secret: str | None = None
    token: str | None = None


class Clients:
    """The clients of a store. `clock` gives seconds since 1970. All raise store.StoreError."""

    def __init__(
        self,
        store: Store,
        key: TokenKey,
        clock: Callable[[], float],
        algorithms: Sequence[str],
        *,
        requires_registration: bool = False,
    ) -> None:
        self._store = store
        self._key = key
        self._clock = clock
        self._algorithms = algorithms
        self._requires = requires_registration

    def found(self, identity: str) -> Client | None:
        """The client with this id; who was not registered is one that is answered on its user's device alone."""
        if not identity or len(identity) > LONGEST_ID or not identity.isprintable():
            return None
        if identity.startswith(_SELF_SAID):
            return self._self_said(identity)
        with self._store.read(0) as server:
            kept = client_named(server, identity)
        if kept is not None:
            return _client(kept)
        if self._requires or not identity.isascii() or len(identity) > 255:
            return None
        grants = frozenset((AUTHORIZATION_CODE, REFRESH_TOKEN, DEVICE_CODE))
        return Client(identity, identity, None, UNTRUSTED, grants)

    def authenticated(self, identity: str, secret: str | None, method: str | None) -> Client:
        """The client that has proved to be it, if it can (RFC 6749 section 2.3). Raises OAuthError invalid_client.

        `method` is the one by which the secret came.
        """
        client = self.found(identity)
        if client is None:
            raise _unknown()
        if client.method == "none":
            if secret:
                raise _unknown()
            return client
        with self._store.read(0) as server:
            kept = client_named(server, identity)
        digest = self._digest(secret or "")
        if kept is None or not secret or not hmac.compare_digest(kept.secret, digest) or client.method != method:
            raise _unknown()
        return client

    def register_open(self, said: Mapping[str, Any]) -> Registered:
        """Somebody whom nobody knows registers a program for people's own devices. Raises OAuthError."""
        metadata = checked(said, self._algorithms, is_trusted=False)
        # Other words for people are another client, other numbers of its version are not.
        rest = {name: value for name, value in metadata.items() if name not in _IN_ID and name != "software_version"}
        compact = [
            metadata["redirect_uris"],
            metadata.get("client_name", ""),
            metadata.get("client_uri", ""),
            metadata["scope"],
            [str(one) for one in _list(metadata["grant_types"])],
            metadata["id_token_signed_response_alg"],
            self._key.digest(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS).decode())[:8].hex(),
        ]
        octets = zlib.compress(orjson.dumps(compact), 9)
        identity = _SELF_SAID + _text(octets + self._mac(octets))
        if len(identity) > LONGEST_ID:
            raise OAuthError("invalid_client_metadata", "this is more than a client may say of itself; say less")
        return Registered(identity, metadata, int(self._clock()))

    def register(self, said: Mapping[str, Any]) -> Registered:
        """Somebody with the right to do so registers a client. Raises OAuthError."""
        metadata = checked(said, self._algorithms, is_trusted=True)
        identity = "".join(secrets.choice(_ALPHABET) for _ in range(20))
        secret = None if metadata["token_endpoint_auth_method"] == "none" else secrets.token_urlsafe(32)
        now = datetime.fromtimestamp(self._clock(), UTC)
        mark = secrets.token_bytes(MARK)
        document: Document = {
            "client": identity,
            "metadata": metadata,
            "secret": "" if secret is None else self._digest(secret),
            "mark": _text(mark),
            "created": utc_date(now),
        }
        try:
            with self._store.write(0) as server:
                kept = add_client(server, document)
        except TooManyClients as problem:
            raise OAuthError("invalid_client_metadata", str(problem)) from None
        return self._registered(kept, secret)

    def managed(self, identity: str, text: str) -> OAuthClient:
        """The client whose registration this token is for (RFC 7592). Raises OAuthError invalid_token."""
        token = self._key.read(text)
        with self._store.read(0) as server:
            kept = client_named(server, identity)
        if (
            token is None
            or token.kind is not TokenKind.REGISTRATION
            or kept is None
            or (token.grant, _text(token.mark)) != (kept.number, kept.mark)
        ):
            raise OAuthError("invalid_token", "this token is not for this client's registration", 401)
        return kept

    def told(self, kept: OAuthClient) -> Registered:
        """What is told of a client that was registered; its secret is told once, when it is made."""
        return self._registered(kept, None)

    def replace(self, kept: OAuthClient, said: Mapping[str, Any]) -> Registered:
        """Other metadata in place of a client's (RFC 7592 section 2.2). Raises OAuthError."""
        if said.get("client_id") != kept.client:
            raise OAuthError("invalid_client_metadata", "client_id is that of this client")
        sent = said.get("client_secret")
        if sent is not None and not (
            isinstance(sent, str) and kept.secret and hmac.compare_digest(self._digest(sent), kept.secret)
        ):
            raise OAuthError("invalid_client_metadata", "client_secret is this client's, or is left out")
        metadata = checked(said, self._algorithms, is_trusted=True)
        needs = metadata["token_endpoint_auth_method"] != "none"
        secret = secrets.token_urlsafe(32) if needs and not kept.secret else None
        digest = "" if not needs else kept.secret if secret is None else self._digest(secret)
        with self._store.write(0) as server:
            # As it is now: two may change it at once.
            there = client_named(server, kept.client) or kept
            if metadata["redirect_uris"] != there.metadata["redirect_uris"]:
                # Those who let it in know it by where they are sent.
                forget_consents_to(server, there.client)
            changed = change_client(server, there, {"metadata": metadata, "secret": digest})
        return self._registered(changed, secret)

    def remove(self, kept: OAuthClient) -> None:
        """The client is gone, and whatever it was let do with it (RFC 7592 section 2.3)."""
        with self._store.write(0) as server:
            there = client_named(server, kept.client)
            if there is not None:
                for grant in grants_for(server, kept.client):
                    end_grant(server, grant)
                forget_consents_to(server, there.client)
                remove_client(server, there)

    def _registered(self, kept: OAuthClient, secret: str | None) -> Registered:
        issued = int(utc_datetime(kept.created).timestamp())
        mark = urlsafe_b64decode(kept.mark + "=" * (-len(kept.mark) % 4))
        token = Token(TokenKind.REGISTRATION, kept.number, mark, 0, issued, _FOR_EVER)
        return Registered(kept.client, kept.metadata, issued, secret, self._key.text(token))

    def _self_said(self, identity: str) -> Client | None:
        octets = _octets(identity.removeprefix(_SELF_SAID))
        if octets is None or not hmac.compare_digest(octets[-_MAC:], self._mac(octets[:-_MAC])):
            return None
        # Ours: what was compressed here is no larger than what may be registered.
        said = orjson.loads(zlib.decompressobj().decompress(octets[:-_MAC], 64 * _LONGEST_SAID))
        redirects, name, uri, scopes, grants, algorithm, _ = said
        return Client(
            identity, name, tuple(redirects), frozenset(scopes.split()), frozenset(grants), uri=uri, algorithm=algorithm
        )

    def _mac(self, octets: bytes) -> bytes:
        return self._key.digest("client:" + _text(octets))[:_MAC]

    def _digest(self, secret: str) -> str:
        # A secret of ours is long and random: nothing slow is needed to keep it.
        return self._key.digest("secret:" + secret).hex()


_IN_ID = frozenset(
    ("redirect_uris", "client_name", "client_uri", "scope", "grant_types", "id_token_signed_response_alg")
)


_UNSAID: Mapping[str, Any] = {
    "redirect_uris": [],
    "scope": " ".join(SCOPES),
    "grant_types": [AUTHORIZATION_CODE, REFRESH_TOKEN],
    "token_endpoint_auth_method": "none",
}
"""What is in force of a client that an administrator has made, who says nothing of this: as for one that registers."""


def _client(kept: OAuthClient) -> Client:
    said = {**_UNSAID, **kept.metadata}
    return Client(
        kept.client,
        said.get("client_name") or kept.client,
        tuple(said["redirect_uris"]),
        frozenset(said["scope"].split()),
        frozenset(said["grant_types"]),
        said["token_endpoint_auth_method"],
        said.get("client_uri", ""),
        is_known=True,
        leaving=tuple(said.get("post_logout_redirect_uris", ())),
        algorithm=said.get("id_token_signed_response_alg"),
    )


def _list(value: JSON) -> list[JSON]:
    return list(value) if isinstance(value, list) else []


def _text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _octets(text: str) -> bytes | None:
    try:
        octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError):
        return None
    return octets if len(octets) > _MAC and _text(octets) == text else None


def _unknown() -> OAuthError:
    return OAuthError("invalid_client", "there is no such client here, or this is not it", 401)
