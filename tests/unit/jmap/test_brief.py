"""Which requests are tried on an event loop, and for how long (adr/0031)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from pillarbox.access import Actor, Grant, Rights
from pillarbox.access.permission import OF_USER
from pillarbox.datatypes import REGISTRY
from pillarbox.jmap import CORE, MAIL, Service, asked, at_once, is_brief, process
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.wire.values import Id

ALICE = Actor("alice", {Id("a1"): Grant(1, "alice", personal=True, rights=Rights.FULL)}, OF_USER)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Over a store whose account 1 is open."""
    store = SQLiteStore(tmp_path, REGISTRY.tables)
    store.create(1)
    with store.read(1):
        pass
    yield Service(store, REGISTRY)
    store.close()


def asking(*names: str) -> bytes:
    calls = [[name, {"accountId": "a1"}, "0"] for name in names]
    return json.dumps({"using": [CORE, MAIL], "methodCalls": calls}).encode()


def test_what_only_reads_is_answered_as_in_a_thread(service: Service) -> None:
    octets = asking("Core/echo", "Mailbox/get", "Nothing/get")
    read = asked(service, octets)

    assert is_brief(service, read)
    assert at_once(service, ALICE, read, "s") == process(service, ALICE, octets, "s")


def test_what_writes_is_not_tried(service: Service) -> None:
    """Ours: a commit waits for the disk, and a writer for others."""
    assert not is_brief(service, asked(service, asking("Mailbox/get", "Mailbox/set")))


def test_of_a_store_that_cannot_be_glanced_at_nothing_is_tried_but_what_does_not_ask_it(service: Service) -> None:
    """Ours: a database elsewhere is waited for."""
    elsewhere = replace(service)
    object.__setattr__(elsewhere, "glance", None)

    assert not is_brief(elsewhere, asked(elsewhere, asking("Core/echo", "Mailbox/get")))
    assert is_brief(elsewhere, asked(elsewhere, asking("Core/echo", "Nothing/get")))


def test_what_takes_longer_is_given_up(service: Service) -> None:
    seconds = count()
    slow = replace(service, timer=lambda: float(next(seconds)))

    assert at_once(slow, ALICE, asked(slow, asking("Mailbox/get")), "s") is None
