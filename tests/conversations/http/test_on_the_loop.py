"""Requests that only read are answered on the event loop, if that takes but a moment (adr/0031)."""

import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from tests.driver import JMAP, Home

from pillarbox.http import HTTP
from pillarbox.net import Door
from pillarbox.store import Staged


def test_what_takes_longer_is_answered_all_the_same(home: Home, alice: JMAP) -> None:
    """Ours: it is begun anew in a thread."""
    expected = alice.asks("Mailbox/get")["list"]
    seconds = count()
    service = replace(home.setup.service, timer=lambda: float(next(seconds)))
    home.web.application = HTTP(replace(home.setup, service=service))

    assert alice.asks("Mailbox/get")["list"] == expected


def test_what_asks_no_store_needs_none_that_can_be_read_in_a_moment(home: Home, alice: JMAP) -> None:
    """Ours: a Core/echo goes through no thread, over whichever store."""

    class Slow:
        def __getattr__(self, name: str) -> object:
            if name == "glance":
                raise AttributeError(name)
            return getattr(home.store, name)

    no_threads = Door()
    no_threads.close()
    slow: Any = Slow()
    service = replace(home.setup.service, store=slow)
    home.web.application = HTTP(replace(home.setup, service=service, door=no_threads))

    assert alice.asks("Core/echo", hello=True) == {"hello": True}


def test_what_is_large_is_read_in_a_thread(home: Home, alice: JMAP, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: to read it may take longer than a moment."""
    through, asked = home.setup.door.for_account, list[int]()

    def counted(account: int, *rest: Any) -> Awaitable[Any]:
        asked.append(account)
        return through(account, *rest)

    monkeypatch.setattr(home.setup.door, "for_account", counted)

    alice.asks("Core/echo", hello="x" * 10_000)
    assert not asked
    alice.asks("Core/echo", hello="x" * 20_000)
    assert len(asked) == 1


def test_octets_on_their_way_in_begin_in_a_thread(home: Home, alice: JMAP) -> None:
    """ADR 0003: a store may ask a network away whether there is such an account."""
    begun = list[str]()

    class Staging:
        def __getattr__(self, name: str) -> object:
            return getattr(home.store, name)

        @contextmanager
        def stage(self, account: int) -> Iterator[Staged]:
            begun.append(threading.current_thread().name)
            with home.store.stage(account) as staged:
                yield staged

    store: Any = Staging()
    service = replace(home.setup.service, store=store)
    home.web.application = HTTP(replace(home.setup, service=service))

    alice.uploads(b"some")
    assert [name.partition("_")[0] for name in begun] == ["engine"]
