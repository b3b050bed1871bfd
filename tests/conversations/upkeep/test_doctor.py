"""The doctor on any store: silent where all is sound, and what it finds it mends."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
from tests.driver import JMAP, Home

from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.mail import EMAIL, THREAD
from pillarbox.settings import snapshot
from pillarbox.store import Store
from pillarbox.upkeep import Patient, Trouble, examined, mended


def patient(home: Home, folder: Path) -> Patient:
    """The server, with an empty data folder beside its store."""
    data = folder / "beside"
    data.mkdir(mode=0o700, exist_ok=True)
    settings, _ = snapshot({})
    return Patient(home.store, REGISTRY, home.directory, data, settings)


def troubles(one: Patient) -> list[Trouble]:
    return [trouble for step in examined(one) for trouble in step.found]


def test_a_server_in_use_is_sound(home: Home, alice: JMAP, bob: JMAP, tmp_path: Path) -> None:
    ids = [alice.receives(f"Subject: {number % 3}\n\n{number}\n") for number in range(12)]
    alice.receives("Subject: large\n\n" + "large\n" * 50_000)
    bob.uploads(b"nobody's yet")
    alice.asks("Email/set", update={ids[0]: {"keywords": {"$seen": True}}}, destroy=ids[3:6])

    assert troubles(patient(home, tmp_path)) == []
    assert [step.deeds + step.left for step in mended(patient(home, tmp_path), home.clock) if step.deeds] == []


def test_who_holds_a_blob_and_what_is_in_a_thread_are_mended(home: Home, alice: JMAP, tmp_path: Path) -> None:
    alice.receives("Subject: plans\n\nplans\n")
    size = len("Subject: plans\r\n\r\nplans\r\n")
    with home.store.write(alice.number) as unit:
        (held,) = unit.blobs(-1, 9)
        unit.set_holders(held.blob.number, 5, 0)
        (number,) = unit.numbers(THREAD.table, 9)
        unit.delete(THREAD.table, number, {})
    assert {trouble.place for trouble in troubles(patient(home, tmp_path))} == {"held", "counts"}

    list(mended(patient(home, tmp_path), home.clock))

    assert troubles(patient(home, tmp_path)) == []
    with home.store.read(alice.number) as unit:
        assert unit.held_size() == size
    (email,) = alice.asks("Email/get", ids=alice.asks("Email/query")["ids"])["list"]
    (thread,) = alice.asks("Thread/get", ids=[email["threadId"]])["list"]
    assert thread["emailIds"] == [email["id"]]


class Anxious:
    """A store that keeps everything, and could keep it better."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def advice(self) -> list[str]:
        return ["one disk is no disk"]


def test_what_a_store_advises_is_worth_knowing_and_no_damage(home: Home, tmp_path: Path) -> None:
    """Ours: and there is nothing to be mended."""
    anxious = replace(patient(home, tmp_path), store=Anxious(home.store))
    assert troubles(anxious) == [Trouble("server", "store", "one disk is no disk", "remark")]
    assert [step for step in mended(anxious, home.clock) if step.deeds or step.left] == []


def test_text_that_says_something_else_can_be_made_again(home: Home, alice: JMAP) -> None:
    """What `doctor` does for objects without text."""
    email = alice.receives("Subject: plans\n\nto the sea\n")
    number = EMAIL.number(email)
    assert number is not None
    with home.store.write(alice.number) as unit:
        unit.index_text(EMAIL.table, number, {})
    assert alice.asks("Email/query", filter={"text": "sea"})["ids"] == []

    with home.store.write(alice.number) as unit:
        (stored,) = unit.get(EMAIL.table, [number])
        again = EMAIL.text_again
        assert again is not None
        unit.index_text(EMAIL.table, number, again(unit, orjson.loads(stored.document)))

    assert alice.asks("Email/query", filter={"text": "sea"})["ids"] == [email]
