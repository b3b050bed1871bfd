"""However a history goes, the change log tells what became of things since any moment of it."""

import random

from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from tests.properties.conftest import NewStore
from tests.toy.notes import NOTE, TABLES, add, document, drop, read

from pillarbox.store import Store, Unit

# A smaller seed is no simpler history.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)

Moment = tuple[int, dict[int, tuple[int, int]]]
"""A state, and what there was then: for each number its essential and its volatile version."""


def history(store: Store, chance: random.Random) -> list[Moment]:
    """Random units, each of a few random changes; the moments after each."""
    alive: dict[int, tuple[int, int]] = {}
    moments: list[Moment] = [(0, {})]
    clock = 0
    for _ in range(chance.randint(1, 10)):
        with store.write(1) as unit:
            for _ in range(chance.randint(1, 4)):
                clock += 1
                number = chance.choice(sorted(alive)) if alive else None
                match chance.choice(("add", "change", "count", "drop")):
                    case "change" if number is not None:
                        unit.touch(NOTE, number)
                        alive[number] = (clock, alive[number][1])
                    case "count" if number is not None:
                        old = read(unit, number) or {}
                        unit.update_volatile(NOTE, number, old, {**old, "at": clock})
                        alive[number] = (alive[number][0], clock)
                    case "drop" if number is not None:
                        drop(unit, number)
                        del alive[number]
                    case _:
                        alive[add(unit, thread=chance.randint(1, 3))] = (clock, clock)
        with store.read(1) as reading:
            moments.append((reading.state(NOTE), dict(alive)))
    return moments


def followed(unit: Unit, moment: Moment, limit: int, now: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """What a client has that reads all pages since a moment, fetching what it is told of as it is now."""
    state, cache = moment[0], dict(moment[1])
    for _ in range(1000):
        page = unit.changes(NOTE, state, limit)
        assert len(page.created) + len(page.updated) + len(page.destroyed) <= limit
        assert len({*page.created, *page.updated, *page.destroyed}) == (
            len(page.created) + len(page.updated) + len(page.destroyed)
        )
        for number in page.destroyed:
            cache.pop(number, None)
        for number in page.created:
            cache[number] = now[number]
        for number in page.updated:
            # Where nothing essential is said to have changed, a client asks for the volatile properties alone.
            known = cache.get(number, now[number])
            cache[number] = now[number] if page.essential else (known[0], now[number][1])
        state = page.until
        if not page.more:
            assert state == unit.state(NOTE)
            return cache
    raise AssertionError("the pages do not come to an end")


@settings(max_examples=60, deadline=None, phases=PHASES)
@given(st.integers(0, 2**32))
def test_pages_of_every_size_since_every_moment_rebuild_the_truth(new_store: NewStore, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a history, no secret
    with new_store(TABLES) as store:
        store.create(1)
        moments = history(store, chance)
        now = moments[-1][1]
        note(f"{moments=}")
        with store.read(1) as unit:
            for moment in moments:
                for limit in range(1, len(now) + 4):
                    assert followed(unit, moment, limit, now) == now, (moment, limit)
                changed = unit.changed(NOTE, moment[0])
                assert changed.new == now.keys() - moment[1].keys()
                assert {n for n, version in moment[1].items() if now.get(n) != version} == changed.existing
            assert list(unit.inspect([NOTE])) == []


def test_a_history_with_only_known_documents_is_no_special_case(new_store: NewStore) -> None:
    """The smallest one: nothing happened."""
    with new_store(TABLES) as store:
        store.create(1)
        with store.write(1) as unit:
            unit.insert(NOTE, unit.fresh(), document())
        with store.read(1) as reading:
            assert followed(reading, (0, {}), 1, {1: (0, 0)}) == {1: (0, 0)}
