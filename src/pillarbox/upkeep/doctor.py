"""What is wrong with what is kept, if anything: files, indexes, counts, blobs, and who they belong to."""

from collections.abc import Iterator
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
    names = {principal.number: principal.address for principal in directory.all()}
    kept = set(store.accounts()) - {0}
    yield [*_of_file(store, registry, 0, "server"), *_of_names(names, kept)]
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
    try:
        with store.read(number) as unit:
            found = [Trouble(name, finding.place, finding.problem) for finding in unit.inspect(registry.tables)]
            if number != 0:
                found += [Trouble(name, "counts", problem) for problem in tally_problems(unit, registry)]
            return found
    except StoreError as problem:
        return [Trouble(name, "file", problem.known)]
