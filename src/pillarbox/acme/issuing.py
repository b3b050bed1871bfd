"""One certificate, step by step: an account, an order, what the authority wants to see, the certificate."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from pillarbox.acme.refused import NoAccountThere, Refused
from pillarbox.datatypes.server import (
    AcmeLogin,
    IssuedCertificate,
    ShownChallenge,
    acme_account,
    forget_acme_account,
    hide_challenges,
    keep_acme_account,
    show_challenge,
)
from pillarbox.settings import Authority
from pillarbox.store import Store, StoreError
from pillarbox.telemetry import Event, Secret, emit

if TYPE_CHECKING:
    from pillarbox.acme.authority import Desk, Ordered

__all__ = ["Issuing", "Through"]

P = ParamSpec("P")
T = TypeVar("T")

_SHOWN_FOR = timedelta(minutes=15)
"""Longer than an order takes here, with all its waits."""

_BEFORE_LOOK = 1.0


class Through(Protocol):
    """The way to call what blocks."""

    def __call__(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True)
class Issuing:
    """Has certificates from authorities.

    `patience` is for how many seconds each of the two long steps is waited for: until the authority has looked, until
    it has made the certificate. `heard` is how many seconds workers have to hear of what they are to show by TLS.
    """

    store: Store
    through: Through
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    patience: float = 180.0
    heard: float = 2.0

    async def issue(self, wanted: Authority) -> IssuedCertificate:
        """A new certificate. Raises Refused; store.StoreError."""
        try:
            return await self._issue(wanted)
        except NoAccountThere:
            # It has forgotten us, as one of a test does when it is started again: then we are new to it, once.
            account = await self.through(acme_account, self.store, wanted.directory, _kid(wanted))
            if account is not None:
                await self.through(forget_acme_account, self.store, account)
            return await self._issue(wanted)

    async def _issue(self, wanted: Authority) -> IssuedCertificate:
        # The library takes longer to load than most processes take to start, which never need it.
        desk, private = await self.through(_library)
        account = await self._account(wanted, private)
        talking = await self.through(desk, wanted, account.private, account.url)
        try:
            await self._enter(wanted, talking, account)
            return await self._have(wanted, talking, private())
        finally:
            talking.close()

    async def _account(self, wanted: Authority, new_key: Callable[[], Secret]) -> AcmeLogin:
        """Our account there: it is written down before the authority hears of its key, which is in use for long."""
        account = await self.through(acme_account, self.store, wanted.directory, _kid(wanted))
        if account is None:
            account = AcmeLogin(wanted.directory, _kid(wanted), new_key())
            await self.through(keep_acme_account, self.store, account)
        return account

    async def _enter(self, wanted: Authority, talking: "Desk", account: AcmeLogin) -> None:
        """The account is there, and the authority knows whom it may write to."""
        if account.url is None:
            url = await self.through(talking.register)
            await self.through(keep_acme_account, self.store, replace(account, url=url, contacts=wanted.contacts))
            terms = await self.through(talking.terms)
            emit(Event.ACME_REGISTERED, authority=wanted.id, directory=wanted.directory, account=url, terms=terms)
        elif account.contacts != wanted.contacts:
            await self.through(talking.tell_contacts)
            await self.through(keep_acme_account, self.store, replace(account, contacts=wanted.contacts))

    async def _have(self, wanted: Authority, talking: "Desk", private: Secret) -> IssuedCertificate:
        ordered = await self.through(talking.order, private)
        emit(Event.ACME_ORDERED, authority=wanted.id, names=list(wanted.domains), asked=len(ordered.asked))
        try:
            await self._show(wanted, talking, ordered)
            await self._seen(talking, ordered)
        finally:
            await self._hide(ordered)
        await self.through(talking.finalize, ordered)
        chain = await self._made(talking, ordered)
        from pillarbox.acme.parcel import opened  # noqa: PLC0415

        return opened(wanted.directory, chain, private, wanted.domains, self.chance())

    async def _show(self, wanted: Authority, talking: "Desk", ordered: "Ordered") -> None:
        until = self.clock() + _SHOWN_FOR
        for asked in ordered.asked:
            shown = ShownChallenge(wanted.challenge, asked.name, asked.token, asked.key_authorization, until)
            await self.through(show_challenge, self.store, shown)
        if ordered.asked and wanted.challenge == "tls-alpn-01":
            await asyncio.sleep(self.heard)
        for asked in ordered.asked:
            await self.through(talking.come, asked)

    async def _hide(self, ordered: "Ordered") -> None:
        """What is left of them is over by itself, and cleared away by the next order."""
        with suppress(StoreError):
            tokens = frozenset(asked.token for asked in ordered.asked)
            await self.through(hide_challenges, self.store, tokens, self.clock())

    async def _seen(self, talking: "Desk", ordered: "Ordered") -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + self.patience
        if ordered.asked:
            # It has only just been told.
            await asyncio.sleep(_BEFORE_LOOK)
        while seconds := await self.through(talking.wait, ordered):
            if clock() + seconds > until:
                raise Refused("it has not looked at what it wanted to see")
            await asyncio.sleep(seconds)

    async def _made(self, talking: "Desk", ordered: "Ordered") -> str:
        clock = asyncio.get_running_loop().time
        until = clock() + self.patience
        while (chain := await self.through(talking.fetch, ordered)) is None:
            if clock() > until:
                raise Refused("it has not made the certificate")
        return chain


def _kid(wanted: Authority) -> str:
    return "" if wanted.eab is None else wanted.eab.kid


def _library() -> "tuple[type[Desk], Callable[[], Secret]]":
    from pillarbox.acme.authority import Desk  # noqa: PLC0415
    from pillarbox.acme.parcel import new_key  # noqa: PLC0415

    return Desk, new_key
