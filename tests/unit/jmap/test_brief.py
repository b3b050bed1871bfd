"""Which requests are tried on an event loop, and for how long (adr/0031)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from pillarbox.access import Actor, Grant, Rights
from pillarbox.datatypes import REGISTRY
from pillarbox.jmap import CORE, MAIL, Service, at_once, brief, process
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.wire.values import Id

ALICE = Actor("alice", {Id("a1"): Grant(1, "alice", personal=True, rights=Rights.FULL)})


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Over a store whose account 1 is open."""
    store = SQLiteStore(tmp_path, REGISTRY.tables)
    store.create(1)
    with store.read(1):
        pass
    yield Service(store, REGISTRY)
    store.close()


def asking(*names: str, more: str = "") -> bytes:
    calls = [[name, {"accountId": "a1"}, "0"] for name in names]
    return json.dumps({"using": [CORE, MAIL], "methodCalls": calls, "more": more}).encode()


def test_what_only_reads_is_answered_as_in_a_thread(service: Service) -> None:
    octets = asking("Core/echo", "Mailbox/get", "Nothing/get")
    asked = brief(service, octets)

    assert asked is not None
    assert at_once(service, ALICE, asked, "s") == process(service, ALICE, octets, "s")


def test_what_writes_is_not_tried(service: Service) -> None:
    """Ours: a commit waits for the disk, and a writer for others."""
    assert brief(service, asking("Mailbox/get", "Mailbox/set")) is None


def test_what_is_large_is_not_tried(service: Service) -> None:
    """Ours: to read it may take longer than a moment."""
    assert brief(service, asking("Mailbox/get", more="x" * 20_000)) is None


def test_without_a_store_that_can_be_glanced_at_nothing_is_tried(service: Service) -> None:
    """Ours: a database elsewhere is waited for."""
    elsewhere = replace(service)
    object.__setattr__(elsewhere, "glance", None)

    assert brief(elsewhere, asking("Mailbox/get")) is None


def test_what_takes_longer_is_given_up(service: Service) -> None:
    seconds = count()
    slow = replace(service, timer=lambda: float(next(seconds)))
    asked = brief(slow, asking("Mailbox/get"))

    assert asked is not None
    assert at_once(slow, ALICE, asked, "s") is None
