"""Authorization codes: what somebody has just allowed, until the client comes for it, once (RFC 6749 section 4.1)."""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import orjson

from pillarbox.access.token import TokenKey
from pillarbox.signin.oauth.error import OAuthError
from pillarbox.store import Codes, Rates

__all__ = ["Allowed", "AuthorizationCodes", "is_verifier_of"]

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_LENGTH = 40
_MOST = 200
"""Codes of an account within the time for which one is good: there is room for no more than 10,000 of all."""
_LONGEST = 128
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an account has allowed a client, and how its owner had proved who they are, when (seconds since 1970).

    `uri` is None where the code went to its client some other way. `session` is the browser's grant, if there was one.
    With another `password` than it then had (`Authority.password_of`), the account has allowed nothing.
    """

    account: int
    client: str
    uri: str | None
    scopes: tuple[str, ...]
    at: float
    methods: tuple[str, ...]
    challenge: str | None = None
    nonce: str | None = None
    session: int | None = None
    is_uri_needed: bool = True
    """Whether the client has to say again where it is answered, since it did so before (RFC 6749 section 4.1.3)."""
    password: str | None = None


class Counted(Codes, Rates, Protocol):
    """What codes are kept in, and counted."""


class AuthorizationCodes:
    """Codes that wait to be redeemed, in what processes share. All raise store.Unavailable (they fail closed).

    `clock` gives seconds since 1970, `life` is how many a code is good for.
    """

    def __init__(self, codes: Counted, key: TokenKey, life: float, clock: Callable[[], float]) -> None:
        self._codes = codes
        self._key = key
        self._life = life
        self._clock = clock

    def give(self, allowed: Allowed) -> str:
        """A code for the client. Raises OAuthError temporarily_unavailable to who has had too many."""
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        now = self._clock()
        if not self._codes.hit(b"oauth-codes:%d" % allowed.account, _MOST, self._life, now).allowed:
            raise OAuthError("temporarily_unavailable", "this account has let in too many apps just now; wait a while")
        self._codes.keep(self._name(b"code:", code), orjson.dumps(asdict(allowed)), now + self._life, now)
        return code

    def redeem(self, code: str, client: str, uri: str | None, verifier: str | None) -> Allowed | None:
        """What a code stands for, which is good no more; None if there is nothing to it, or not for whoever sent it.

        Of the redirect URI None and empty are the same. A verifier for a code that has no challenge is refused, for its
        client thinks that it sent one (RFC 9700 section 4.8.2). Raises OAuthError invalid_grant.
        """
        if len(code) > _LONGEST:
            return None
        octets = self._codes.redeem(self._name(b"code:", code), self._clock())
        if octets is None:
            return None
        allowed = _read(octets)
        if allowed.client != client:
            raise OAuthError("invalid_grant", "this code was given to another client")
        if (allowed.uri or "") != (uri or "") and (uri or allowed.is_uri_needed):
            raise OAuthError("invalid_grant", "redirect_uri is not the one of the request")
        if allowed.challenge is None:
            if verifier is not None:
                raise OAuthError("invalid_grant", "there was no code_challenge that this verifier could be for")
        elif verifier is None or not is_verifier_of(verifier, allowed.challenge):
            raise OAuthError("invalid_grant", "code_verifier is not the one of the request")
        return allowed

    def spent(self, code: str, grant: int, account: int) -> None:
        """A code was redeemed, and this grant began with it."""
        now = self._clock()
        self._codes.keep(self._name(b"spent:", code), orjson.dumps([account, grant]), now + self._life, now)

    def stolen(self, code: str) -> tuple[int, int] | None:
        """The account and the grant that began with a code which is shown once more (RFC 6749 section 4.1.2)."""
        octets = None if len(code) > _LONGEST else self._codes.redeem(self._name(b"spent:", code), self._clock())
        if octets is None:
            return None
        account, grant = orjson.loads(octets)
        return account, grant

    def _name(self, use: bytes, code: str) -> bytes:
        # What is kept is of no use to who reads it.
        return use + self._key.digest(code)


def is_verifier_of(verifier: str, challenge: str) -> bool:
    """Whether this is what the challenge was made of (RFC 7636 section 4.6)."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    made = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())


def _read(octets: bytes) -> Allowed:
    found: dict[str, Any] = orjson.loads(octets)
    return Allowed(**{**found, "scopes": tuple(found["scopes"]), "methods": tuple(found["methods"])})
