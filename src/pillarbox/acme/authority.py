"""The conversation with an authority (RFC 8555 section 7), over the library. Blocking: to be called in a thread.

Importing this loads the library, which takes longer than most commands: it is imported where a certificate is ordered.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from acme import challenges, client, crypto_util, errors, messages
from josepy.errors import Error as JoseError
from josepy.jwk import JWK

from pillarbox.acme.network import Network
from pillarbox.acme.refused import NoAccountThere, Refused
from pillarbox.acme.schedule import retry_after
from pillarbox.settings import Authority
from pillarbox.telemetry import Secret

__all__ = ["Asked", "Desk", "Ordered"]

_LONGEST_TOKEN = 512
_LONGEST_URL = 2048
_LOOK = 3
"""Seconds after which an authority is asked again how far it is, unless it says otherwise."""
_LOOK_LONGEST = 30.0


@challenges.ChallengeResponse.register
class _TlsAlpnResponse(challenges.KeyAuthorizationChallengeResponse):
    typ = "tls-alpn-01"


@challenges.Challenge.register
class _TlsAlpn(challenges.KeyAuthorizationChallenge):
    """RFC 8737 section 3, which the library does not know."""

    response_cls = _TlsAlpnResponse
    typ = "tls-alpn-01"

    def validation(self, account_key: JWK, **_: Any) -> str:
        return self.key_authorization(account_key)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the authority wants to see for a name before it believes that it is ours."""

    name: str
    token: str
    key_authorization: str
    body: messages.ChallengeBody = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order, and what is asked for it: nothing where the authority remembers that the names are ours."""

    asked: tuple[Asked, ...]
    resource: messages.OrderResource = field(repr=False)


class Desk:
    """Where an account of ours is known by its key. Whatever it does not give raises Refused."""

    def __init__(self, wanted: Authority, key: Secret, url: str | None) -> None:
        self._wanted = wanted
        self._key = JWK.load(key.reveal().encode())
        self._network = Network(self._key)
        self._client: client.ClientV2 | None = None
        if url is not None:
            self._known(url)

    def close(self) -> None:
        """Ends the connections."""
        self._network.session.close()

    def register(self) -> str:
        """Makes an account for the key, agreed to whatever the authority's terms are; its URL (section 7.3).

        If the key has one already, it is that one.
        """
        with self._told():
            talking = self._talking()
            wanted = messages.NewRegistration.from_data(
                contact=[f"mailto:{one}" for one in self._wanted.contacts],
                terms_of_service_agreed=True,
                external_account_binding=self._binding(talking.directory),
            )
            try:
                url = talking.new_account(wanted).uri
            except errors.ConflictError as there:
                url = there.location
            if not url:
                raise Refused("it made an account without telling its URL")
            self._known(url)
            return str(url)

    def tell_contacts(self) -> None:
        """Tells the authority whom it may write to from now on (section 7.3.2)."""
        with self._told():
            contacts = tuple(f"mailto:{one}" for one in self._wanted.contacts)
            account = self._network.account
            if account is None:
                raise AssertionError("nobody has made the account")
            self._talking().update_registration(account, messages.Registration(contact=contacts))

    def terms(self) -> str | None:
        """Where the terms are that a new account has agreed to, if there are any (section 7.1.1)."""
        with self._told():
            told = getattr(getattr(self._talking().directory, "meta", None), "terms_of_service", None)
            return None if told is None else str(told)[:_LONGEST_URL]

    def order(self, private: Secret) -> Ordered:
        """Orders a certificate for the names, with this key in PEM (section 7.4)."""
        with self._told():
            request = crypto_util.make_csr(private.reveal().encode(), list(self._wanted.domains))
            resource = self._talking().new_order(request)
            pending = (one for one in resource.authorizations if one.body.status != messages.STATUS_VALID)
            return Ordered(tuple(self._asked(one.body) for one in pending), resource)

    def come(self, asked: Asked) -> None:
        """Tells the authority that what it wants to see is shown (section 7.5.1)."""
        with self._told():
            response = asked.body.chall.response(self._key)
            self._talking().answer_challenge(asked.body, response)

    def wait(self, ordered: Ordered) -> float:
        """How many seconds to wait until it is asked again whether it has seen everything; 0 if it has."""
        with self._told():
            longest = 0.0
            for one in ordered.resource.authorizations:
                if one.body.status == messages.STATUS_VALID:
                    continue
                found, response = self._talking().poll(one)
                if found.body.status == messages.STATUS_PENDING:
                    asked = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
                    seconds = _LOOK if asked is None else asked.total_seconds()
                    longest = max(longest, min(max(seconds, 1.0), _LOOK_LONGEST))
                elif found.body.status != messages.STATUS_VALID:
                    raise Refused(f"{found.body.identifier.value}: {_why(found.body)}", self._left_alone())
            return longest

    def finalize(self, ordered: Ordered) -> None:
        """Asks for the certificate (section 7.4)."""
        with self._told():
            try:
                self._talking().begin_finalization(ordered.resource)
            except messages.Error as problem:
                # It is asked again by whoever fetches it.
                if problem.code != "orderNotReady":
                    raise

    def fetch(self, ordered: Ordered) -> str | None:
        """The chain in PEM, None if it is not made yet; that is waited for, some seconds."""
        with self._told():
            # The library compares with the time of this machine's zone.
            until = datetime.now() + timedelta(seconds=_LOOK)  # noqa: DTZ005
            try:
                return str(self._talking().poll_finalization(ordered.resource, until).fullchain_pem)
            except errors.TimeoutError:
                return None

    def _talking(self) -> client.ClientV2:
        if self._client is None:
            directory = client.ClientV2.get_directory(self._wanted.directory, self._network)
            self._client = client.ClientV2(directory, self._network)
        return self._client

    def _known(self, url: str) -> None:
        self._network.account = messages.RegistrationResource(uri=url, body=messages.Registration())

    def _binding(self, directory: messages.Directory) -> dict[str, Any] | None:
        eab = self._wanted.eab
        if eab is None:
            return None
        key = self._key.public_key()
        return messages.ExternalAccountBinding.from_data(key, eab.kid, eab.secret.reveal(), directory)

    def _asked(self, body: messages.Authorization) -> Asked:
        name = str(body.identifier.value)
        for one in body.challenges:
            if one.chall.typ == self._wanted.challenge:
                token = str(one.chall.encode("token"))
                if not 0 < len(token) <= _LONGEST_TOKEN:
                    raise Refused(f"{name}: its token is none")
                return Asked(name, token, one.chall.key_authorization(self._key), one)
        raise Refused(f"{name}: it does not offer {self._wanted.challenge}")

    def _left_alone(self) -> timedelta | None:
        return retry_after(self._network.asked, datetime.now(UTC))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """A block in which whatever the library has to say becomes Refused."""
        self._network.asked = None
        try:
            yield
        except Refused:
            raise
        except messages.Error as problem:
            kind = NoAccountThere if problem.code == "accountDoesNotExist" else Refused
            raise kind(_said(problem), self._left_alone()) from None
        except errors.IssuanceError as problem:
            raise Refused(_said(problem.error), self._left_alone()) from None
        except errors.TimeoutError:
            raise Refused("it does not come to an end") from None
        except requests.RequestException as problem:
            raise Refused(f"it cannot be reached: {problem}", self._left_alone()) from None
        except (
            errors.Error,
            JoseError,
            ArithmeticError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
        ) as problem:
            # What it says is taken apart by a library that trusts it.
            raise Refused(f"its answer cannot be understood: {problem!r}", self._left_alone()) from None


def _why(body: messages.Authorization) -> str:
    told = [_said(one.error) for one in body.challenges if one.error is not None]
    return "; ".join(told) or f"its authorization is {body.status.name}"


def _said(problem: messages.Error) -> str:
    """What a problem document says (RFC 8555 section 6.7), and those within it."""
    parts = [problem.detail or problem.title or "no reason given", *map(_said, problem.subproblems or ())]
    return f"{problem.code or problem.typ}: {'; '.join(map(str, parts))}"
