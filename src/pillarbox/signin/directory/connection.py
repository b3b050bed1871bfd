"""One connection to a server of LDAP (adr/0049): bounded in time and octets, TLS by whom we believe, no referrals."""

import math
import socket
import ssl
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pillarbox.net.outbound import trusting
from pillarbox.settings.catalogue import LdapDirectory
from pillarbox.signin.directory.source import DirectoryAway

with warnings.catch_warnings():
    # It still calls what it uses by names that its own library has given up.
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3
    from ldap3.core.exceptions import LDAPException
    from ldap3.protocol.sasl.sasl import sasl_prep

__all__ = ["NO_ATTRIBUTES", "Entry", "Line", "connected", "context"]

Entry = tuple[str, Mapping[str, list[str]]]
"""A DN, and the values of its attributes by their names in lower case."""
NO_ATTRIBUTES = "1.1"
"""What is asked for where the DN is all that counts (RFC 4511 section 4.5.1.8)."""

_MOST_OCTETS = 1 << 20
_MOST_VALUES = 2000
_SUCCESS = 0
_SIZE_LIMIT_EXCEEDED = 4
_NO_SUCH_OBJECT = 32
_REFUSED = frozenset({8, 13, 19, 32, 34, 48, 49, 50, 53})
"""Results of a bind that say something of this name and password, and nothing of the server's health."""


class Line:
    """A connection, as who bound last."""

    def __init__(self, connection: "ldap3.Connection", seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds

    def bind(self, dn: str, password: str) -> bool:
        """Whether this is the entry's password. Raises DirectoryAway."""
        octets = _prepared(password)
        if not dn or not octets:
            # Either would be a bind as nobody, which succeeds (RFC 4513 section 5.1.2).
            return False
        with _understood():
            self._connection.rebind(user=dn, password=octets, authentication=ldap3.SIMPLE)
        code = self._code()
        if code in _REFUSED or code == _SUCCESS:
            return code == _SUCCESS
        raise DirectoryAway(f"a bind was answered with {code}")

    def search(self, base: str, filter_: str, attributes: Iterable[str], *, is_base_alone: bool = False) -> list[Entry]:
        """What the filter finds, two entries at most; none where there are more. Raises DirectoryAway."""
        with _understood():
            self._connection.search(
                base,
                filter_,
                search_scope=ldap3.BASE if is_base_alone else ldap3.SUBTREE,
                dereference_aliases=ldap3.DEREF_NEVER,
                attributes=list(attributes),
                size_limit=2,
                time_limit=math.ceil(self._seconds),
            )
        code = self._code()
        if code == _SIZE_LIMIT_EXCEEDED:
            # There are more than it told, so that what it told is not all there is.
            return []
        if code not in {_SUCCESS, _NO_SUCH_OBJECT}:
            raise DirectoryAway(f"a search was answered with {code}")
        # Referrals are entries of another type, and are left.
        found = [one for one in self._connection.response or () if one.get("type") == "searchResEntry"]
        return [(str(one["dn"]), _values(one["raw_attributes"])) for one in found]

    def _code(self) -> int:
        result: Any = self._connection.result
        code = result.get("result") if isinstance(result, Mapping) else None
        if not isinstance(code, int):
            raise DirectoryAway("the connection was ended")
        return code


@contextmanager
def connected(
    settings: LdapDirectory, trust: ssl.SSLContext | None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Line]:
    """A connection for this block, as nobody, in TLS if there is a context for it. Raises DirectoryAway."""
    seconds = settings.outside.timeout.seconds
    deadline = clock() + seconds
    url = settings.url
    server = ldap3.Server(
        url.host,
        url.port,
        use_ssl=url.is_encrypted,
        tls=None if trust is None else _Tls(url.host, trust),
        get_info=ldap3.NONE,
        connect_timeout=seconds,
    )
    connection = ldap3.Connection(
        server,
        auto_bind=ldap3.AUTO_BIND_NONE,
        auto_referrals=False,
        auto_range=False,
        read_only=True,
        check_names=False,
        return_empty_attributes=False,
        receive_timeout=math.ceil(seconds),
    )
    try:
        with _understood():
            connection.open(read_server_info=False)
            connection.socket = _Bounded(connection.socket, deadline, clock)
            if trust is not None and not url.is_encrypted:
                connection.start_tls(read_server_info=False)
                if not connection.tls_started:
                    raise DirectoryAway("it does not begin TLS")
        yield Line(connection, seconds)
    finally:
        # No farewell is waited for; and a socket that did not connect is left open by the library.
        connection.strategy.close()
        if connection.socket is not None:
            connection.socket.close()


def context(settings: LdapDirectory) -> ssl.SSLContext | None:
    """Whom to believe that they are the server; None where it is spoken to in the clear."""
    if not settings.url.is_encrypted and not settings.is_upgraded:
        return None
    made = trusting()
    if settings.is_anyone_believed:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


class _Tls(ldap3.Tls):
    """The library's, with our context in place of its own, which does not look at the name in the handshake."""

    def __init__(self, host: str, trust: ssl.SSLContext) -> None:
        super().__init__(validate=trust.verify_mode)
        self._host = host
        self._context = trust

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: FBT001, FBT002 - the library's
        bounded = connection.socket if isinstance(connection.socket, _Bounded) else None
        under = bounded.under if bounded else connection.socket
        wrapped = self._context.wrap_socket(under, do_handshake_on_connect=do_handshake, server_hostname=self._host)
        if bounded is None:
            connection.socket = wrapped
        else:
            bounded.under = wrapped


class _Bounded:
    """A socket, as the library uses it, that gives so many octets until then, and no more."""

    def __init__(self, under: socket.socket, deadline: float, clock: Callable[[], float]) -> None:
        self.under = under
        self._deadline = deadline
        self._clock = clock
        self._left = _MOST_OCTETS

    def recv(self, most: int) -> bytes:
        """The next octets."""
        self._wait()
        octets = self.under.recv(min(most, self._left))
        self._left -= len(octets)
        if self._left <= 0:
            raise OSError("its answer is too long")
        return octets

    def sendall(self, octets: bytes) -> None:
        """Sends these."""
        self._wait()
        self.under.sendall(octets)

    def _wait(self) -> None:
        left = self._deadline - self._clock()
        if left <= 0:
            raise TimeoutError("it has no time left")
        self.under.settimeout(left)

    def shutdown(self, how: int) -> None:
        """The socket's."""
        self.under.shutdown(how)

    def close(self) -> None:
        """The socket's."""
        self.under.close()


@contextmanager
def _understood() -> Iterator[None]:
    """What the library raises for a server that is away or speaks nonsense, as DirectoryAway."""
    try:
        yield
    except DirectoryAway:
        raise
    # The library lets through what its decoder of ASN.1 comes upon, whatever that is.
    except (LDAPException, OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as problem:
        raise DirectoryAway(f"{type(problem).__name__}: {str(problem)[:200]}") from None


def _prepared(password: str) -> bytes:
    """A password as it travels (RFC 4013), or as it is if it cannot be prepared; empty for what has nothing in it."""
    try:
        prepared = sasl_prep(password)  # type: ignore[no-untyped-call]
    except LDAPException:
        prepared = password
    return bytes(str(prepared), "utf-8", "replace")


def _values(raw: Mapping[str, list[bytes]]) -> dict[str, list[str]]:
    return {
        name.lower(): [value.decode("utf-8", "replace") for value in values[:_MOST_VALUES]]
        for name, values in raw.items()
    }
