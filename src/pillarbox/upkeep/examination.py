"""One account examined: its file, what follows from its documents, its blobs, its quota."""

from collections.abc import Iterator

from pillarbox.datatypes.mail import tally_problems
from pillarbox.objects import Registry
from pillarbox.store import Store
from pillarbox.upkeep.finding import Step, Trouble, listed, told
from pillarbox.upkeep.holding import blobs, concerned, holding_problems
from pillarbox.upkeep.referring import reference_problems

__all__ = ["examination"]

_AT_ONCE = 64 * 1024 * 1024
"""Octets of blobs that are read in one unit: no snapshot is kept for as long as a large account takes."""

_INDEXES, _COUNTS, _REFERENCES, _HELD = 0.3, 0.4, 0.5, 0.6
"""How far an account is after each part; the octets take the rest."""


def examination(store: Store, registry: Registry, number: int, name: str, quota: int | None) -> Iterator[Step]:
    """What is wrong with one account, part by part; nothing that is wrong with one part keeps from the others."""
    with told(name, "file") as found, store.read(number) as unit:
        findings = unit.inspect(registry.tables)
        found.extend(listed(name, ((finding.place, finding.problem) for finding in findings)))
    yield Step(name, _INDEXES, found)
    if number != 0:
        with told(name, "counts") as found, store.read(number) as unit:
            found.extend(listed(name, (("counts", problem) for problem in tally_problems(unit, registry))))
        yield Step(name, _COUNTS, found)
    with told(name, "references") as found, store.read(number) as unit:
        found.extend(listed(name, (("references", problem) for problem in reference_problems(unit, registry))))
    yield Step(name, _REFERENCES, found)
    with told(name, "held") as found, store.read(number) as unit:
        found.extend(listed(name, (("held", problem) for problem in holding_problems(unit, registry))))
        if quota is not None and unit.held_size() > quota:
            problem = f"{unit.held_size()} octets are held, and the quota is {quota}: new mail is refused"
            found.append(Trouble(name, "quota", problem, "remark"))
    yield Step(name, _HELD, found)
    yield from _octets(store, registry, number, name)


def _octets(store: Store, registry: Registry, number: int, name: str) -> Iterator[Step]:
    """The octets of every blob, read and compared with what they were."""
    after, total, read = -1, 0, 0
    with told(name, "blobs") as found, store.read(number) as unit:
        total = sum(held.blob.size + 1 for held in blobs(unit))
    done = not total
    if found:
        yield Step(name, 1.0, found)
        return
    while not done:
        done = True
        with told(name, "blobs") as found, store.read(number) as unit:
            wrong: dict[int, str] = {}
            here = 0
            for held in blobs(unit, after):
                after, here = held.blob.number, here + held.blob.size + 1
                problem = unit.verify(held.blob)
                if problem is not None:
                    wrong[held.blob.number] = problem
                if here >= _AT_ONCE:
                    done = False
                    break
            read += here
            whose = concerned(unit, registry, wrong) if wrong else {}
            found += [Trouble(name, "blobs", f"{wrong[one]}; it is that of {whose[one]}") for one in wrong]
        yield Step(name, min(_HELD + (1 - _HELD) * read / total, 1.0), found)
    yield Step(name, 1.0)
