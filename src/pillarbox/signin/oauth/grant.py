"""What devices and browsers are let do, begun, used and ended (RFC 6749 sections 5 and 6; RFC 9700 section 4.14)."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pillarbox.access.token import MARK, Token, TokenKey, TokenKind
from pillarbox.datatypes.server import (
    BROWSER,
    GRANT,
    Grant,
    SecurityKind,
    add_grant,
    amend_grant,
    clear_grants,
    end_grant,
    forget_consent,
    grant_numbered,
    grants_of,
    handle,
    note,
)
from pillarbox.signin.oauth.error import OAuthError
from pillarbox.store import Document, Store, Unit
from pillarbox.telemetry import Event, emit
from pillarbox.wire.values import JSON, utc_date, utc_datetime

__all__ = ["SIGN_IN", "Beginning", "Grants", "Lives", "Tokens"]

SIGN_IN = "pillarbox"
"""The client that our own pages are."""
_LONGEST = 200
"""Characters that are kept of what a client says of itself."""


@dataclass(frozen=True, slots=True)
class Lives:
    """For how many seconds tokens are good; a refresh token for as long after its grant was last used."""

    access: int = 3600
    refresh: int = 30 * 86_400
    session: int = 14 * 86_400


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a grant begins with: whose it is, for which client, and how its owner proved who they are, and when.

    `at` is in seconds since 1970. `scopes` None lets everything through; no client is ever given that.
    """

    account: int
    client: str
    kind: str
    scopes: frozenset[str] | None
    methods: Sequence[str]
    at: float
    name: str = ""
    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client is given (RFC 6749 section 5.1)."""

    grant: Grant
    access: str
    expires_in: int
    scopes: frozenset[str]
    refresh: str | None = None


class Grants:
    """The grants in a store. `clock` gives seconds since 1970. Each raises store.StoreError, and reads or writes."""

    def __init__(self, store: Store, key: TokenKey, lives: Lives, clock: Callable[[], float]) -> None:
        self._store = store
        self._key = key
        self._lives = lives
        self._clock = clock

    @property
    def key(self) -> TokenKey:
        """What tokens are made with."""
        return self._key

    def begin(self, beginning: Beginning, check: Callable[[Unit], None] | None = None) -> Grant:
        """A new grant; but for what `check` raises in the unit that it begins in."""
        now = self._now()
        life = self._lives.session if beginning.kind == BROWSER else self._lives.refresh
        document: Document = {
            "account": beginning.account,
            "client": beginning.client,
            "handle": handle(beginning.client),
            "name": beginning.name[:_LONGEST],
            "kind": beginning.kind,
            "scopes": None if beginning.scopes is None else sorted(beginning.scopes),
            "created": utc_date(now),
            "authTime": utc_date(datetime.fromtimestamp(beginning.at, UTC)),
            "methods": list(beginning.methods),
            "expires": utc_date(now + timedelta(seconds=life)),
            "generation": 0,
            "mark": urlsafe_b64encode(secrets.token_bytes(MARK)).decode(),
            "used": utc_date(now),
            "address": beginning.address[:_LONGEST],
            "agent": beginning.agent[:_LONGEST],
        }
        is_person = beginning.kind == BROWSER
        details = {"client": beginning.name or beginning.client, "methods": " ".join(beginning.methods)}
        with self._store.write(0) as server:
            if check is not None:
                check(server)
            clear_grants(server, now)
            kind = SecurityKind.SIGNED_IN if is_person else SecurityKind.GRANT_BEGUN
            note(server, beginning.account, kind, now, beginning.address, details)
            return add_grant(server, document)

    def begin_session(
        self, account: int, methods: Sequence[str], name: str = "", address: str = "", agent: str = ""
    ) -> str:
        """Somebody signed in with a browser just now: the token for its cookie."""
        at = self._clock()
        grant = self.begin(Beginning(account, SIGN_IN, BROWSER, None, methods, at, name, address, agent))
        return self.session(grant)

    def session(self, grant: Grant) -> str:
        """The token of a browser's grant, good for as long as that is."""
        expires = int(utc_datetime(grant.expires).timestamp())
        return self._text(TokenKind.SESSION, grant, expires, None)

    def confirm(self, number: int, methods: Sequence[str]) -> Grant | None:
        """The owner of a browser's grant has just proved again who they are; None if it has ended."""
        now = self._now()
        with self._store.write(0) as server:
            grant = self._there(server, number, now)
            if grant is None:
                return None
            merged = list(dict.fromkeys([*grant.methods, *methods]))
            changed = amend_grant(server, grant, {"authTime": utc_date(now), "methods": merged, "used": utc_date(now)})
            # Those who remember what it proved are to look again.
            server.touch(GRANT.table, number)
            return changed

    def tokens(self, grant: Grant, scopes: frozenset[str] | None = None) -> Tokens:
        """Tokens of a grant; the access token has these scopes, as far as the grant does, or all of them."""
        had = frozenset(grant.scopes or ())
        given = had if scopes is None else had & scopes
        now = int(self._clock())
        ends = int(utc_datetime(grant.expires).timestamp())
        expires = min(now + self._lives.access, ends)
        access = self._text(TokenKind.ACCESS, grant, expires, None if given == had else given)
        refresh = self._text(TokenKind.REFRESH, grant, ends, None)
        return Tokens(grant, access, expires - now, given, refresh)

    def refresh(self, text: str, client: str, scopes: frozenset[str] | None = None, address: str = "") -> Tokens:
        """The next tokens for a refresh token, which is good no more (RFC 6749 section 6).

        `scopes` may narrow the access token, never widen it. One that was used before ends its grant, for one of the
        two who had it has stolen it (RFC 9700 section 4.14.2). Raises OAuthError invalid_grant, invalid_scope.
        """
        token = self._key.read(text)
        now = self._now()
        if token is None or token.kind is not TokenKind.REFRESH or not token.holds(now.timestamp()):
            raise _invalid()
        with self._store.write(0) as server:
            grant = self._granted(server, token, now)
            if grant is None or grant.client != client:
                raise _invalid()
            if grant.generation == token.generation:
                if scopes is not None and not scopes <= frozenset(grant.scopes or ()):
                    raise OAuthError("invalid_scope", "a refresh token gives no scope that was not granted")
                changes: dict[str, JSON] = {
                    "generation": grant.generation + 1,
                    "used": utc_date(now),
                    "expires": utc_date(now + timedelta(seconds=self._lives.refresh)),
                    "address": address[:_LONGEST] or grant.address,
                }
                return self.tokens(amend_grant(server, grant, changes), scopes)
            end_grant(server, grant)
            note(server, grant.account, SecurityKind.GRANT_STOLEN, now, address, {"client": grant.name or grant.client})
        emit(Event.OAUTH_REUSED, account=grant.account, client=grant.name or grant.client, address=address)
        raise _invalid()

    def found(self, token: Token) -> Grant | None:
        """The grant of a token that was read, if both are good still."""
        now = self._now()
        if not token.holds(now.timestamp()):
            return None
        with self._store.read(0) as server:
            return self._granted(server, token, now)

    def granted(self, server: Unit, token: Token) -> Grant | None:
        """The same of a unit, whatever the token's own times are."""
        return self._granted(server, token, self._now())

    def live(self, account: int) -> list[Grant]:
        """Those of an account that have not ended, the one used last first."""
        now = self._now()
        with self._store.read(0) as server:
            return [one for one in grants_of(server, account) if not one.is_over(now)]

    def end(self, account: int, number: int, address: str = "") -> Grant | None:
        """A grant of this account is ended, and with it all its tokens, everywhere; None if there was none.

        Its client is to ask its owner again.
        """
        with self._store.write(0) as server:
            grant = grant_numbered(server, number)
            if grant is None or grant.account != account:
                return None
            end_grant(server, grant)
            forget_consent(server, account, grant.client)
            details = {"client": grant.name or grant.client}
            note(server, account, SecurityKind.GRANT_ENDED, self._now(), address, details)
            return grant

    def used(self, number: int, address: str = "") -> None:
        """It is noted that a grant was used just now; nobody need hear."""
        now = self._now()
        with self._store.write(0) as server:
            grant = self._there(server, number, now)
            if grant is not None:
                amend_grant(server, grant, {"used": utc_date(now), "address": address[:_LONGEST] or grant.address})

    def _granted(self, server: Unit, token: Token, now: datetime) -> Grant | None:
        grant = self._there(server, token.grant, now)
        # A number is used again where account 0 was put back to what it was; a mark is not.
        return grant if grant is not None and urlsafe_b64decode(grant.mark) == token.mark else None

    def _there(self, server: Unit, number: int, now: datetime) -> Grant | None:
        grant = grant_numbered(server, number)
        return grant if grant is not None and not grant.is_over(now) else None

    def _text(self, kind: TokenKind, grant: Grant, expires: int, scopes: frozenset[str] | None) -> str:
        mark = urlsafe_b64decode(grant.mark)
        return self._key.text(
            Token(kind, grant.number, mark, grant.generation, int(self._clock()), expires, scopes),
        )

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _invalid() -> OAuthError:
    # Whatever is wrong with it: who holds one that is no good learns nothing.
    return OAuthError("invalid_grant", "the token is no good, or not any more; ask its owner again")
