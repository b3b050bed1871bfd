"""What is wrong with what is kept, if anything: files, indexes, counts, blobs, and who they belong to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pillarbox.datatypes.mail import tally_problems
from pillarbox.datatypes.server import InternalDirectory
from pillarbox.objects import Registry
from pillarbox.store import Store, StoreError

__all__ = ["Trouble", "examined"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something found wrong: with which account, where, and what, in words for an administrator."""

    account: str
    place: str
    problem: str


def examined(store: Store, registry: Registry, directory: InternalDirectory) -> Iterator[list[Trouble]]:
    """What is wrong, account by account, an empty list for a sound one; the first is of the server itself."""
    kept = set(store.accounts()) - {0}
    names: dict[int, str] = {}
    with _troubles("server", "directory") as server:
        names = {principal.number: principal.address for principal in directory.all()}
        server.extend(_of_names(names, kept))
    with _troubles("server", "file") as remains:
        remains.extend(Trouble("server", "file", remaining) for remaining in store.remains())
    yield [*_of_file(store, registry, 0, "server"), *server, *remains]
    for number in sorted(kept):
        name = names.get(number, f"number {number}")
        yield _of_file(store, registry, number, name)


def _of_names(names: dict[int, str], kept: set[int]) -> list[Trouble]:
    missing = [Trouble(names[number], "file", "the account has no data") for number in sorted(names.keys() - kept)]
    nameless = [
        Trouble(f"number {number}", "directory", "there is data of an account that does not exist")
        for number in sorted(kept - names.keys())
    ]
    return missing + nameless


def _of_file(store: Store, registry: Registry, number: int, name: str) -> list[Trouble]:
    with _troubles(name, "file") as found, store.read(number) as unit:
        for finding in unit.inspect(registry.tables):
            found.append(Trouble(name, finding.place, finding.problem))
        if number != 0:
            found += [Trouble(name, "counts", problem) for problem in tally_problems(unit, registry)]
    return found


@contextmanager
def _troubles(name: str, place: str) -> Iterator[list[Trouble]]:
    """A list of what a block finds, and of what ends it: a doctor who stops at one account tells nothing of others."""
    found: list[Trouble] = []
    try:
        yield found
    except StoreError as problem:
        found.append(Trouble(name, place, problem.known))
    except Exception as problem:  # noqa: BLE001 - of damaged data any code may fail, each in its way
        found.append(Trouble(name, place, f"it cannot be examined: {problem!r}"))
