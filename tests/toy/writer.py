"""Another process that writes to a store: `python -m tests.toy.writer DATA ACCOUNT WHAT`."""

import sys
import time

from tests.neighbour import stores
from tests.toy.notes import NOTE, TABLES, add, change, read

from pillarbox.store import Member, Select

__all__: list[str] = []


def main(data: str, account: str, what: str) -> None:
    store = stores.opened(stores.data_from(data), TABLES, time.time)
    number = int(account)
    if what == "hold":
        with store.write(number) as unit:
            add(unit, name="never seen")
            print("writing", flush=True)
            # Until our standard input ends: the test then kills us, or lets us go on.
            sys.stdin.read()
    elif what == "count":
        for _ in range(100):
            with store.write(number) as unit:
                (counter,) = unit.page(NOTE, Select(Member("tag", "counter")), 0, 1)
                note = read(unit, counter)
                assert note is not None
                change(unit, counter, at=note["at"] + 1)
    elif what == "spin":
        for at in range(100_000):
            with store.write(number) as unit:
                add(unit, at=at)
                unit.add_blob(str(at).zfill(8).encode() * 10_000, int(time.time()) + 3600)
            print(at, flush=True)
    elif what == "remove":
        store.remove(number)
        store.create(number)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
