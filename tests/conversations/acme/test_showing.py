"""What a worker shows, from the moment that the store has it: certificates, and what an authority comes to see."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from pillarbox.acme.parcel import opened
from pillarbox.app.worker.showing import Showing
from pillarbox.datatypes.server import (
    IssuedCertificate,
    KeptCertificate,
    ShownChallenge,
    hide_challenges,
    keep_certificate,
    show_challenge,
)
from pillarbox.net import Certificates, Door
from pillarbox.settings import Secret, Snapshot, snapshot
from pillarbox.store import Store

SETTINGS, _ = snapshot(
    {
        "acme.home.contact": "postmaster@home.example",
        "acme.home.domains": "mail.home.example",
        "acme.other.contact": "postmaster@home.example",
        "acme.other.domains": "other.home.example",
    }
)
NOTHING, _ = snapshot({})


def issued(name: str) -> IssuedCertificate:
    made = trustme.CA().issue_cert(name)
    chain = "".join(one.bytes().decode() for one in made.cert_chain_pems)
    return opened("https://ca.example/dir", chain, Secret(made.private_key_pem.bytes().decode()), (name,), 0.0)


class Worker:
    """One that runs for as long as a test has something to say."""

    def __init__(self, store: Store) -> None:
        self.certificates = Certificates()
        self._store = store
        self._door = Door()

    def shows(self, name: str) -> bool:
        found = self.certificates.of(name)
        return found is not None and name in found.names

    def answers(self, name: str) -> bool:
        challenges = self.certificates.challenges
        assert challenges is not None
        return challenges.challenge(name) is not None

    def run(self, *steps: Callable[[Showing], object], settings: Snapshot = SETTINGS) -> None:
        """Runs until each of the steps, one after the other, gives something that is true."""

        async def meanwhile() -> None:
            showing = Showing(settings, self._store, self.certificates, self._door)
            running = asyncio.create_task(showing.run())
            for step in steps:
                async with asyncio.timeout(20):
                    while not step(showing):
                        await asyncio.sleep(0.01)
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            self._door.close()

        asyncio.run(meanwhile())


@pytest.fixture
def worker(store: Store) -> Worker:
    return Worker(store)


def once(call: Callable[[Showing], None]) -> Callable[[Showing], bool]:
    """A step that is done when it was called."""

    def step(showing: Showing) -> bool:
        call(showing)
        return True

    return step


def keeps(store: Store, authority: str, given: IssuedCertificate) -> Callable[[Showing], bool]:
    return once(lambda _: keep_certificate(store, KeptCertificate(authority, given)))


def test_a_certificate_is_shown_from_when_it_is_there(worker: Worker, store: Store) -> None:
    """Issue 5 point 4: workers hear of it by the feed."""
    worker.run(
        keeps(store, "home", issued("mail.home.example")),
        lambda _: worker.shows("mail.home.example"),
        keeps(store, "home", issued("new.home.example")),
        lambda _: worker.shows("new.home.example") and not worker.shows("mail.home.example"),
    )


def test_only_what_the_settings_want_is_shown(worker: Worker, store: Store) -> None:
    """Ours: also when they change."""
    keep_certificate(store, KeptCertificate("home", issued("mail.home.example")))
    keep_certificate(store, KeptCertificate("gone", issued("gone.home.example")))

    worker.run(
        lambda _: worker.shows("mail.home.example") and not worker.shows("gone.home.example"),
        once(lambda showing: showing.use(NOTHING)),
        lambda _: not worker.shows("mail.home.example"),
    )


def test_one_that_is_damaged_takes_no_other_away(worker: Worker, store: Store) -> None:
    """Ours."""
    keep_certificate(store, KeptCertificate("home", replace(issued("mail.home.example"), chain="damaged")))

    worker.run(
        keeps(store, "other", issued("other.home.example")),
        lambda _: worker.shows("other.home.example"),
    )


def test_an_authority_is_shown_what_it_asked_for_and_only_until_it_has_seen_it(worker: Worker, store: Store) -> None:
    """RFC 8737 section 3."""
    now = datetime.now(UTC)
    shown = ShownChallenge("tls-alpn-01", "mail.home.example", "token", "token.thumb", now + timedelta(minutes=5))

    worker.run(
        lambda _: not worker.answers("mail.home.example"),
        once(lambda _: show_challenge(store, shown)),
        lambda _: worker.answers("mail.home.example"),
        once(lambda _: hide_challenges(store, frozenset(["token"]), now)),
        lambda _: not worker.answers("mail.home.example"),
    )
