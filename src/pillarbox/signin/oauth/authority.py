"""The authorization server as its endpoints call it: what each grant type gives (RFC 6749 section 4)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pillarbox.access import Principal
from pillarbox.access.permission import AUTHENTICATE, AUTHENTICATE_OAUTH
from pillarbox.access.token import TokenKey, TokenKind
from pillarbox.datatypes.server import (
    ACCOUNT,
    APP,
    BROWSER,
    DEVICE,
    Grant,
    consented,
    grant_numbered,
    numbered,
    remember_consent,
)
from pillarbox.settings.catalogue import SignatureAlgorithm
from pillarbox.signin.oauth.client import Client, Clients
from pillarbox.signin.oauth.code import Allowed, AuthorizationCodes
from pillarbox.signin.oauth.device import DeviceCodes, Shared
from pillarbox.signin.oauth.error import OAuthError
from pillarbox.signin.oauth.grant import Beginning, Grants, Tokens
from pillarbox.signin.oauth.identity import id_claims
from pillarbox.signin.oauth.key import SigningKeys
from pillarbox.signin.oauth.metadata import AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN
from pillarbox.signin.oauth.policy import OAuthPolicy
from pillarbox.signin.oauth.request import Asked, Site, scopes_of
from pillarbox.signin.oauth.token import OwnTokens, People
from pillarbox.store import Store, Unavailable, Unit
from pillarbox.telemetry import Event, emit
from pillarbox.wire.values import utc_datetime

__all__ = ["Answer", "Authority", "Came", "authority"]

EVERYWHERE: SignatureAlgorithm = "RS256"
"""What each client can check, and each server has to offer (OpenID Connect Discovery section 3)."""
_NEEDED = frozenset((AUTHENTICATE, AUTHENTICATE_OAUTH))
"""The permissions without which nobody is let in by a token."""


@dataclass(frozen=True, slots=True)
class Came:
    """From where a request came: an address, and what its sender calls itself."""

    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the token endpoint answers: tokens, and an ID token where one was asked for."""

    tokens: Tokens
    id_token: str | None = None


@dataclass(frozen=True)
class Authority:
    """All of it. Its methods read and write, and are nothing for an event loop; they raise store.StoreError.

    `sessions` knows the tokens of browsers. `clock` gives seconds since 1970.
    """

    policy: OAuthPolicy
    store: Store
    people: People
    grants: Grants
    clients: Clients
    codes: AuthorizationCodes
    devices: DeviceCodes
    keys: Sequence[SigningKeys]
    """The first signs ID tokens, unless a client has asked for the other."""
    sessions: OwnTokens
    clock: Callable[[], float]

    @property
    def key(self) -> TokenKey:
        """What tokens are made with."""
        return self.grants.key

    def token(self, client: Client, given: Mapping[str, str], site: Site, came: Came) -> Answer:
        """What a client is given for what it sends (RFC 6749 section 4; RFC 8628 section 3.4). Raises OAuthError."""
        # Letters' case is as it may be: clients were let in that wrote it so (the reference, section 3).
        kind = given.get("grant_type", "").lower()
        if not kind:
            raise OAuthError("invalid_request", "grant_type is missing")
        if kind not in (AUTHORIZATION_CODE, REFRESH_TOKEN, DEVICE_CODE):
            raise OAuthError("unsupported_grant_type", "grant_type is none that is supported")
        if kind not in client.grants:
            raise OAuthError("unauthorized_client", "this client has not registered for this grant type")
        match kind:
            case "authorization_code":
                return self._by_code(client, given, site, came)
            case "refresh_token":
                return self._by_refresh(client, given, site, came)
            case _:
                allowed = self.devices.asked(_needed(given, "device_code"), client.id)
                return self._begun(client, allowed, DEVICE, site, came)[1]

    def is_consented(self, account: int, asked: Asked) -> bool:
        """Whether the account's owner need not be asked.

        They are always asked of a client that cannot prove who it is (RFC 8252 section 8.6).
        """
        if not asked.client.is_known or asked.client.method == "none":
            return False
        with self.store.read(0) as server:
            return asked.scopes <= consented(server, account, asked.client.id)

    def allow(self, asked: Asked, scopes: frozenset[str], by: Grant) -> str:
        """The owner of a browser's grant has allowed a client these scopes: the code for it."""
        given = scopes & asked.scopes
        if asked.client.is_known and asked.client.method != "none":
            now = datetime.fromtimestamp(self.clock(), UTC)
            with self.store.write(0) as server:
                remember_consent(server, by.account, asked.client.id, given, now)
        emit(Event.OAUTH_ALLOWED, account=by.account, client=asked.client.name, scopes=" ".join(sorted(given)))
        return self.codes.give(
            Allowed(
                by.account,
                asked.client.id,
                asked.uri,
                tuple(sorted(given)),
                utc_datetime(by.auth_time).timestamp(),
                tuple(by.methods),
                asked.challenge,
                asked.nonce,
                by.number,
                asked.is_uri_sent,
                self._password(by.account),
            )
        )

    def password_of(self, principal: Principal) -> str | None:
        """By what it is known that an account's password is still the same; None where it is kept elsewhere."""
        return self._mark(principal.number, principal.secret)

    def is_meant(self, principal: Principal, asked: Asked) -> bool:
        """Whether they are whom a client asks for by an ID token of ours (OpenID Connect Core section 3.1.2.2).

        The token's time may have passed. One that is none of ours means nobody.
        """
        if not asked.person:
            return True
        said = self._said(asked.person)
        return said is not None and said.get("sub") == principal.id

    def owner_of(self, text: str) -> str | None:
        """The id of the client that a refresh token was given to, if it is good."""
        grant = self._refreshed(text)
        return None if grant is None else grant.client

    def browser(self, number: int) -> Grant | None:
        """The grant of a browser in which somebody has signed in."""
        with self.store.read(0) as server:
            return grant_numbered(server, number)

    def introspected(self, text: str) -> tuple[Grant, dict[str, Any]] | None:
        """The grant of a token that is good, and what is told of it (RFC 7662 section 2.2)."""
        token = self.key.read(text)
        if token is None or token.kind not in (TokenKind.ACCESS, TokenKind.REFRESH):
            return None
        grant = self.grants.found(token)
        principal = None if grant is None else self._owner(grant.account)
        if grant is None or principal is None:
            return None
        if token.kind is TokenKind.REFRESH and token.generation != grant.generation:
            return None
        scopes = frozenset(grant.scopes or ()) & (
            token.scopes if token.scopes is not None else frozenset(grant.scopes or ())
        )
        return grant, {
            "active": True,
            "scope": " ".join(sorted(scopes)),
            "client_id": grant.client,
            "username": principal.name,
            "token_type": "Bearer" if token.kind is TokenKind.ACCESS else "refresh_token",
            "exp": token.expires,
            "iat": token.issued,
            "sub": principal.id,
        }

    def revoke(self, client: Client, text: str) -> None:
        """A token is of no use any more, nor any other of its grant (RFC 7009 section 2.1).

        One that is none, or none any more, is as good as revoked. Raises OAuthError for one of another client.
        """
        token = self.key.read(text)
        if token is None or token.kind not in (TokenKind.ACCESS, TokenKind.REFRESH):
            return
        grant = self.grants.found(token)
        if grant is None:
            return
        if grant.client != client.id:
            raise OAuthError("invalid_grant", "this token was given to another client")
        if self.grants.end(grant.account, grant.number) is not None:
            emit(Event.OAUTH_ENDED, account=grant.account, client=grant.name or grant.client, reason="revoked")

    def leave(self, hint: str, client: str) -> tuple[str, bool] | None:
        """Somebody signs out at a client (RP-Initiated Logout section 2), of which an ID token is the hint.

        Ends the browser's grant that the token names. Gives the client's id, and whether there was such a grant; None
        if the token is none of ours, or not this client's, where one is named. Its time may have passed.
        """
        said = self._said(hint)
        if said is None or (client and said.get("aud") != client):
            return None
        account = ACCOUNT.number(str(said.get("sub")))
        ended = False
        for grant in [] if account is None else self.grants.live(account):
            if grant.kind == BROWSER and self.session_name(grant.number) == said.get("sid"):
                ended = self.grants.end(grant.account, grant.number) is not None
        return str(said["aud"]), ended

    @property
    def algorithms(self) -> list[str]:
        """What ID tokens are signed with."""
        return [one.algorithm for one in self.keys]

    def published(self) -> dict[str, Any]:
        """The public keys of ID tokens, as a JWK Set (RFC 7517 section 5)."""
        return {"keys": [key for keys in self.keys for key in keys.published()]}

    def session_name(self, number: int) -> str:
        """By what an ID token names the browser in which its owner signed in (`sid`)."""
        return self.key.digest(f"session:{number}").hex()[:32]

    def _by_code(self, client: Client, given: Mapping[str, str], site: Site, came: Came) -> Answer:
        code = _needed(given, "code")
        uri, verifier = given.get("redirect_uri"), given.get("code_verifier")
        allowed = self.codes.redeem(code, client.id, uri, verifier)
        if allowed is None:
            stolen = self.codes.stolen(code)
            if stolen is not None:
                account, number = stolen
                if self.grants.end(account, number) is not None:
                    emit(Event.OAUTH_ENDED, account=account, client=client.name, reason="its code was shown twice")
            raise OAuthError("invalid_grant", "this code is no good, or not any more")
        grant, answer = self._begun(client, allowed, APP, site, came)
        try:
            self.codes.spent(code, grant.number, grant.account)
        except Unavailable as problem:
            # The code is gone all the same, and its client has nothing else to come with.
            emit(Event.STORE_FAILED, known=problem.known)
        return answer

    def _by_refresh(self, client: Client, given: Mapping[str, str], site: Site, came: Came) -> Answer:
        text = _needed(given, "refresh_token")
        wanted = scopes_of(given["scope"], client) if given.get("scope") else None
        grant = self._refreshed(text)
        principal = None if grant is None else self._owner(grant.account)
        if grant is not None and principal is None:
            # The token stays what it was, should the account be opened again.
            raise _shut()
        tokens = self.grants.refresh(text, client.id, wanted, came.address)
        if principal is None:
            raise _shut()
        return Answer(tokens, self._id_token(client, tokens, principal, site, None, None))

    def _begun(self, client: Client, allowed: Allowed, kind: str, site: Site, came: Came) -> tuple[Grant, Answer]:
        principal = self._owner(allowed.account)
        if principal is None:
            raise _shut()

        def check(server: Unit) -> None:
            # Whoever changes it ends what others have begun with the old one: nothing is to begin with that afterwards.
            for one in numbered(server, ACCOUNT, (allowed.account,)):
                if self._mark(one.number, one.secret) != allowed.password:
                    raise OAuthError("invalid_grant", "the account's password was changed meanwhile")

        grant = self.grants.begin(
            Beginning(
                allowed.account,
                client.id,
                kind,
                frozenset(allowed.scopes),
                allowed.methods,
                allowed.at,
                client.name,
                came.address,
                came.agent,
            ),
            check,
        )
        tokens = self.grants.tokens(grant)
        session = None if allowed.session is None else self.session_name(allowed.session)
        return grant, Answer(tokens, self._id_token(client, tokens, principal, site, allowed.nonce, session))

    def _said(self, token: str) -> dict[str, Any] | None:
        """What an ID token of ours says, whose time may have passed."""
        return next((found for keys in self.keys if (found := keys.claims(token)) is not None), None)

    def _owner(self, account: int) -> Principal | None:
        """Whose account it is, if they may be let in by a token now."""
        principal = self.people.numbered(account)
        return principal if principal is not None and principal.permissions >= _NEEDED else None

    def _password(self, account: int) -> str | None:
        principal = self.people.numbered(account)
        return None if principal is None else self.password_of(principal)

    def _mark(self, account: int, secret: str | None) -> str | None:
        return self.key.digest(f"password:{account}:{secret}").hex()[:32] if secret else None

    def _refreshed(self, text: str) -> Grant | None:
        """The grant of a refresh token, of whichever generation, if there is one still."""
        token = self.key.read(text)
        return None if token is None or token.kind is not TokenKind.REFRESH else self.grants.found(token)

    def _id_token(
        self, client: Client, tokens: Tokens, principal: Principal, site: Site, nonce: str | None, session: str | None
    ) -> str | None:
        if "openid" not in tokens.scopes:
            return None
        grant = tokens.grant
        keys = next((one for one in self.keys if one.algorithm == client.algorithm), self.keys[0])
        return keys.sign(
            id_claims(
                principal,
                tokens.scopes,
                issuer=site.issuer,
                client=client.id,
                now=int(self.clock()),
                life=self.policy.id_token,
                at=int(utc_datetime(grant.auth_time).timestamp()),
                methods=grant.methods,
                nonce=nonce,
                session=session,
            )
        )


def authority(
    policy: OAuthPolicy,
    store: Store,
    people: People,
    shared: Shared,
    key: TokenKey,
    sessions: OwnTokens,
    clock: Callable[[], float],
) -> Authority:
    """The authorization server under a policy. Raises UnusableKey."""
    keys = [SigningKeys(store, policy.algorithm, policy.signature_key, clock)]
    if policy.algorithm != EVERYWHERE:
        keys.append(SigningKeys(store, EVERYWHERE, None, clock))
    return Authority(
        policy,
        store,
        people,
        Grants(store, key, policy.lives, clock),
        Clients(
            store,
            key,
            clock,
            [one.algorithm for one in keys],
            requires_registration=policy.requires_registration,
        ),
        AuthorizationCodes(shared, key, policy.code, clock),
        DeviceCodes(shared, key, clock, policy.user_code, policy.code, policy.max_attempts),
        keys,
        sessions,
        clock,
    )


def _shut() -> OAuthError:
    return OAuthError("invalid_grant", "the account is gone, or may not be used so any more")


def _needed(given: Mapping[str, str], name: str) -> str:
    value = given.get(name)
    if not value:
        raise OAuthError("invalid_request", f"{name} is missing")
    return value
