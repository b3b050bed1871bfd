"""People whom a provider of OpenID Connect knows: by tokens that it made for us, and by nothing else."""

import asyncio
import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote, urlencode

from pillarbox.net import ANYWHERE
from pillarbox.net.outbound import Answer, Outbound, OutboundError, trusting
from pillarbox.settings.catalogue import OidcDirectory
from pillarbox.signin.directory.source import DirectoryAway, Introduced, Person, person

__all__ = ["OidcSource"]

_MOST_OCTETS = 256 * 1024
_LONGEST_TOKEN = 4096
_SAFE = "".join(chr(one) for one in range(32, 127) if chr(one) not in "%+:")


class OidcSource:
    """A provider as the settings have it (`Source`): it verifies no password, and looks nobody up."""

    def __init__(self, settings: OidcDirectory) -> None:
        self._settings = settings
        # Reading all authorities takes longer than the question.
        self._trust = trusting()

    def find(self, name: str) -> Person | None:  # noqa: ARG002 - the contract's
        """Nobody: there is nothing to ask without a token."""
        return None

    def verified(self, name: str, password: str) -> Person | None:  # noqa: ARG002 - the contract's
        """Nobody: a password is given to the provider alone."""
        return None

    def close(self) -> None:
        """Holds nothing."""

    def introduced(self, token: str, now: float) -> Introduced | None:
        """Whose token this is; None for what is none, or none for us. Raises DirectoryAway."""
        if not token or len(token) > _LONGEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
            return None
        if self._settings.method == "introspect":
            told = self._introspected(token)
        else:
            told = self._described(token)
        if told is None or not self._is_for_us(told, now):
            return None
        fields = self._settings.fields
        address = told.get(fields.email)
        if not address and fields.username is not None:
            address = told.get(fields.username)
        if not isinstance(address, str) or told.get("email_verified") is False:
            return None
        full_name = told.get(fields.full_name)
        found = person([address], full_name if isinstance(full_name, str) else "")
        scope, ends = told.get("scope"), told.get("exp")
        scopes = frozenset(scope.split()) if isinstance(scope, str) else None
        if found is None:
            return None
        return Introduced(found, scopes, float(ends) if isinstance(ends, int | float) else None)

    def _introspected(self, token: str) -> Mapping[str, Any] | None:
        """What the provider says of a token that is good (RFC 7662 section 2.2)."""
        settings = self._settings
        # The two are form-encoded before they are put together (RFC 6749 section 2.3.1), which not every provider
        # knows: what means itself in either way is left as it is.
        basic = f"{quote(settings.username, safe=_SAFE)}:{quote(settings.secret.reveal(), safe=_SAFE)}"
        fields = {
            "Authorization": f"Basic {base64.b64encode(basic.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        body = urlencode({"token": token, "token_type_hint": "access_token"}).encode()
        answer = self._asked("POST", fields, body)
        if answer.status != 200:
            raise DirectoryAway(f"an introspection was answered with {answer.status}")
        told = _object(answer)
        # RFC 7662 section 2.2: a boolean, and nothing that passes for one.
        return told if told.get("active") is True else None

    def _described(self, token: str) -> Mapping[str, Any] | None:
        """What the provider says of whose token it is (OpenID Connect Core section 5.3), with what the token says."""
        claims = _claims(token)
        if claims is None or claims.get("iss") != self._settings.issuer:
            # It was not made there, or cannot be told for whom: nobody is shown it.
            return None
        answer = self._asked("GET", {"Authorization": f"Bearer {token}", "Accept": "application/json"}, b"")
        if answer.status in {400, 401, 403}:
            return None
        if answer.status != 200:
            raise DirectoryAway(f"a question for user info was answered with {answer.status}")
        told = _object(answer)
        # The provider has accepted this very token, so that what stands in it is what the provider wrote; whom it
        # describes must be who it is for (section 5.3.2).
        if told.get("sub") != claims.get("sub") or not isinstance(claims.get("sub"), str):
            return None
        return {
            **told,
            **{name: claims[name] for name in ("iss", "aud", "client_id", "exp", "scope") if name in claims},
        }

    def _is_for_us(self, told: Mapping[str, Any], now: float) -> bool:
        """Whether issuer, audience and time let it in here (RFC 7662 section 4; RFC 9068 section 4)."""
        kind = told.get("token_type", "Bearer")
        if not isinstance(kind, str) or kind.lower() != "bearer" or "cnf" in told:
            # A refresh token is active too; and one that is bound to a key is of no use without it.
            return False
        ends = told.get("exp")
        if ends is not None and (isinstance(ends, bool) or not isinstance(ends, int | float) or ends <= now):
            return False
        # An introspection may leave the issuer out: who was asked is the issuer that the settings name.
        if told.get("iss", self._settings.issuer) != self._settings.issuer:
            return False
        audience = told.get("aud", told.get("client_id"))
        audiences = audience if isinstance(audience, list) else [audience]
        return any(one in self._settings.audiences for one in audiences if isinstance(one, str))

    def _asked(self, method: str, fields: Mapping[str, str], body: bytes) -> Answer:
        return asyncio.run(self._sent(method, fields, body))

    async def _sent(self, method: str, fields: Mapping[str, str], body: bytes) -> Answer:
        settings = self._settings
        seconds = settings.outside.timeout.seconds
        try:
            async with Outbound(ANYWHERE, schemes=("https", "http"), trust=self._trust, connecting=seconds) as outbound:
                answer = await outbound.send(
                    method, settings.endpoint, fields, body, seconds=seconds, most=_MOST_OCTETS
                )
        except OutboundError as problem:
            raise DirectoryAway(problem.known) from None
        if not answer.is_whole:
            raise DirectoryAway("its answer is too long")
        return answer


def _object(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.octets)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise DirectoryAway("its answer is no object of JSON")
    return cast("dict[str, Any]", told)


def _claims(token: str) -> dict[str, Any] | None:
    """What a JWT says, its signature left to whoever made it; None for what is none (RFC 7519 section 3)."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        told = json.loads(base64.b64decode(parts[1] + "=" * (-len(parts[1]) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None
