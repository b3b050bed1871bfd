"""Keys: the secret that tokens are made with, and those that sign ID tokens (OpenID Connect Core section 10).

Only asymmetric ones sign, and of those only the public half is ever told.
"""

import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

import orjson

from pillarbox.datatypes.server import (
    TOKENS,
    SigningKey,
    add_signing_key,
    forget_signing_key,
    signing_keys,
)
from pillarbox.settings.catalogue import SignatureAlgorithm
from pillarbox.store import Store
from pillarbox.telemetry import Secret
from pillarbox.wire.values import utc_datetime

__all__ = ["SigningKeys", "UnusableKey", "token_secret"]

IN_USE = timedelta(days=90)
"""For how long a key signs."""
AHEAD = timedelta(days=2)
"""For how long a key is published before it is used, and after."""
_REMEMBERED = 60.0
"""Seconds for which what was read counts."""
_SECRET = 48


class UnusableKey(ValueError):
    """What the settings give is no private key for their algorithm; the message says so to people."""


@dataclass(frozen=True, slots=True)
class _Known:
    number: int
    created: datetime
    key: Any


def token_secret(store: Store, given: Secret | None, chance: Callable[[int], bytes], now: datetime) -> bytes:
    """The secret of all tokens: what the settings say, or what account 0 has, made now if there is none.

    `chance` gives so many octets. Raises store.StoreError.
    """
    if given is not None:
        return given.reveal().encode("utf-8", "surrogatepass")
    with store.read(0) as server:
        found = signing_keys(server, TOKENS)
    if not found:
        with store.write(0) as unit:
            # Of two processes that start together, one is the first.
            found = signing_keys(unit, TOKENS)
            if not found:
                text = urlsafe_b64encode(chance(_SECRET)).decode()
                found = [add_signing_key(unit, TOKENS, text, now)]
    return urlsafe_b64decode(found[0].private)


class SigningKeys:
    """Those for one algorithm: the settings' own, or those in account 0, made anew when it is time.

    `clock` gives seconds since 1970. Reads and now and then writes.
    """

    def __init__(
        self, store: Store, algorithm: SignatureAlgorithm, given: Secret | None, clock: Callable[[], float]
    ) -> None:
        """Raises UnusableKey."""
        self.algorithm = algorithm
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._read = -_REMEMBERED
        self._keys: list[_Known] = []
        self._given = None if given is None else _imported(algorithm, given)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """These claims as a JWT. Raises store.StoreError."""
        from joserfc import jwt  # noqa: PLC0415 - takes longer to load than most commands

        key = self._signing()
        header = {"alg": self.algorithm, "kid": key.kid}
        return str(jwt.encode(header, dict(claims), key, algorithms=[self.algorithm]))

    def claims(self, text: str) -> dict[str, Any] | None:
        """What a JWT says that was signed with one of these; its times are not looked at. Raises store.StoreError."""
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415
        from joserfc.jwk import KeySet  # noqa: PLC0415

        if len(text) > 8192:
            return None
        try:
            return dict(jwt.decode(text, KeySet(self._published()), algorithms=[self.algorithm]).claims)
        except (JoseError, ValueError):
            return None

    def published(self) -> list[dict[str, Any]]:
        """The public keys, as JWKs (RFC 7517 section 4). Raises store.StoreError."""
        said = {"use": "sig", "alg": self.algorithm}
        return [{**key.as_dict(private=False), **said, "kid": key.kid} for key in self._published()]

    def _signing(self) -> Any:
        if self._given is not None:
            return self._given
        now = self._now()
        keys = self._fresh(now)
        # The first of all is used at once; others once everybody has had the time to hear of them.
        ready = [one for one in keys if one.created + AHEAD <= now]
        return (ready or keys[:1])[-1].key

    def _published(self) -> list[Any]:
        return [self._given] if self._given is not None else [one.key for one in self._fresh(self._now())]

    def _fresh(self, now: datetime) -> list[_Known]:
        with self._lock:
            if self._keys and 0 <= now.timestamp() - self._read < _REMEMBERED:
                return self._keys
            with self._store.read(0) as server:
                found = signing_keys(server, self.algorithm)
            if _is_due(found, now):
                with self._store.write(0) as unit:
                    found = signing_keys(unit, self.algorithm)
                    if _is_due(found, now):
                        found.append(add_signing_key(unit, self.algorithm, _made(self.algorithm), now))
                    for one in _over(found, now):
                        forget_signing_key(unit, one)
                        found.remove(one)
            self._keys = [_Known(one.number, utc_datetime(one.created), _key(one)) for one in found]
            self._read = now.timestamp()
            return self._keys

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _is_due(found: list[SigningKey], now: datetime) -> bool:
    """Whether a new key is to be made: there is none, or the last one will have been in use for long enough."""
    return not found or utc_datetime(found[-1].created) + IN_USE <= now


def _over(found: list[SigningKey], now: datetime) -> list[SigningKey]:
    """Those in whose place another has signed for long enough."""
    return [one for one, next_ in pairwise(found) if utc_datetime(next_.created) + 2 * AHEAD <= now]


def _key(kept: SigningKey) -> Any:
    from joserfc.jwk import import_key  # noqa: PLC0415

    return import_key(orjson.loads(kept.private))


def _made(algorithm: SignatureAlgorithm) -> str:
    from joserfc.jwk import ECKey, RSAKey  # noqa: PLC0415

    key: Any
    match algorithm:
        case "ES256":
            key = ECKey.generate_key("P-256", auto_kid=True)
        case "ES384":
            key = ECKey.generate_key("P-384", auto_kid=True)
        case _:
            key = RSAKey.generate_key(2048, auto_kid=True)
    return orjson.dumps(key.as_dict(private=True)).decode()


_CURVES = {"ES256": "P-256", "ES384": "P-384"}


def _imported(algorithm: SignatureAlgorithm, given: Secret) -> Any:
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import import_key  # noqa: PLC0415

    curve = _CURVES.get(algorithm)
    kind: Literal["EC", "RSA"] = "RSA" if curve is None else "EC"
    try:
        key: Any = import_key(given.reveal(), kind)
    except (JoseError, ValueError, TypeError):
        raise UnusableKey(f"this is no {kind} key in PEM") from None
    if not key.is_private or (curve is not None and key.curve_name != curve):
        raise UnusableKey(f"{algorithm} is signed with a private {kind} key" + (f" on {curve}" if curve else ""))
    key.ensure_kid()
    return key
