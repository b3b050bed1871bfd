"""The authorization server, made of the settings in force."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from pillarbox.access.token import TokenKey, TokenKind
from pillarbox.app.house import House
from pillarbox.app.public import public_url
from pillarbox.settings import EvaluationError, Snapshot, catalogue
from pillarbox.signin.browser import Attempts, RelyingParty, SelfService
from pillarbox.signin.credentials import PasswordCheck
from pillarbox.signin.oauth import (
    Authority,
    Grants,
    Lives,
    OAuthPolicy,
    OwnTokens,
    UnusableKey,
    authority,
    token_secret,
)
from pillarbox.store import Store, Volatile
from pillarbox.telemetry import Event, emit

__all__ = ["Authorizing", "oauth_policy", "relying_party"]


def oauth_policy(settings: Snapshot) -> OAuthPolicy:
    """What the settings say of it."""
    seconds = {
        name: max(1, int(settings[setting].seconds))
        for name, setting in (
            ("access", catalogue.OAUTH_TOKEN),
            ("refresh", catalogue.OAUTH_REFRESH_TOKEN),
            ("code", catalogue.OAUTH_AUTH_CODE),
            ("user", catalogue.OAUTH_USER_CODE),
            ("id", catalogue.OAUTH_ID_TOKEN),
        )
    }
    return OAuthPolicy(
        settings[catalogue.OAUTH_ISSUER] or _public(settings),
        Lives(seconds["access"], seconds["refresh"]),
        seconds["code"],
        seconds["user"],
        seconds["id"],
        settings[catalogue.OAUTH_MAX_ATTEMPTS],
        settings[catalogue.OAUTH_REQUIRE_REGISTRATION],
        settings[catalogue.OAUTH_ANONYMOUS_REGISTRATION],
        settings[catalogue.OAUTH_SIGNATURE_ALGORITHM],
        settings[catalogue.OAUTH_SIGNATURE_KEY],
    )


def _public(settings: Snapshot) -> str | None:
    try:
        return public_url(settings)
    except EvaluationError:
        return None


class Authorizing:
    """What of it outlives settings: who is known by a token; and the rest, made anew where settings change.

    `tokens` knows access tokens, `sessions` those of browsers. Raises store.StoreError where the key that all processes
    have cannot be had: without it every token would be taken for forged.
    """

    def __init__(self, built: House, shared: Volatile, clock: Callable[[], float]) -> None:
        self._built = built
        self._shared = shared
        self._clock = clock
        self._key = _key(built.store, built.settings)
        # How long tokens live is for whoever makes them: these only read.
        grants = Grants(built.store, self._key, Lives(), clock)
        people = built.directory
        self.tokens = OwnTokens(built.store, grants, people, TokenKind.ACCESS, time_=clock)
        self.sessions = OwnTokens(built.store, grants, people, TokenKind.SESSION, time_=clock)

    def under(self, settings: Snapshot) -> Authority:
        """The authorization server under these settings."""
        policy = oauth_policy(settings)
        parts = (self._built.store, self._built.directory, self._shared, self._key, self.sessions, self._clock)
        try:
            return authority(policy, *parts)
        except UnusableKey as problem:
            emit(Event.SETTINGS_PROBLEM, key=catalogue.OAUTH_SIGNATURE_KEY.key, kind="bad value", text=str(problem))
            return authority(replace(policy, signature_key=None), *parts)

    def pages(self, settings: Snapshot, check: PasswordCheck) -> SelfService:
        """What else the pages need under these settings; `check` knows names and passwords."""
        attempts = Attempts(self._shared, self._key, self._clock)
        return SelfService(check, self._built.passwords, attempts, relying_party(settings))


def relying_party(settings: Snapshot) -> RelyingParty | None:
    """This server to passkeys, which are for one domain: that of its public URL, or what the settings name above it."""
    return RelyingParty.of(_public(settings), settings[catalogue.PASSKEY_DOMAIN])


def _key(store: Store, settings: Snapshot) -> TokenKey:
    """That of all processes; one made up for this one alone would take the tokens of the others for forged.

    Raises store.StoreError.
    """
    return TokenKey(token_secret(store, settings[catalogue.OAUTH_KEY], secrets.token_bytes, datetime.now(UTC)))
