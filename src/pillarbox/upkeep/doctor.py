"""What is wrong with what is kept, if anything, and what can be done about it: the server first, then each account."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pillarbox.access import Principal
from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.objects import Registry
from pillarbox.settings import Snapshot, catalogue
from pillarbox.store import Store
from pillarbox.upkeep import folder
from pillarbox.upkeep.contradiction import contradictions
from pillarbox.upkeep.examination import examination
from pillarbox.upkeep.finding import Deed, Step, Trouble, told
from pillarbox.upkeep.holding import lost
from pillarbox.upkeep.mending import Mending

__all__ = ["Patient", "examined", "mended", "patients"]

_SERVER = "server"


@dataclass(frozen=True, slots=True)
class Patient:
    """A whole installation: what keeps, what is kept in it, who has an account, the data folder, the settings."""

    store: Store
    registry: Registry
    directory: InternalDirectory
    data: Path
    settings: Snapshot


@dataclass(frozen=True, slots=True)
class _Account:
    number: int
    name: str
    quota: int | None


def patients(patient: Patient, only: Principal | None = None) -> int:
    """How many `Step.account`s there will be: the server and all accounts that have data, or the one alone."""
    return 1 if only is not None else len(patient.store.accounts())


def examined(patient: Patient, only: Principal | None = None) -> Iterator[Step]:
    """What is wrong, part by part; the server itself comes first, unless `only` one account is asked for.

    The last step of each account has 1.0 done. Nothing is changed. Raises store.StoreError if it cannot be said which
    accounts there are.
    """
    for account in _accounts(patient, only):
        yield from _examined(patient, account)


def mended(patient: Patient, clock: Callable[[], float], only: Principal | None = None) -> Iterator[Step]:
    """The same, and what was found is mended as far as it can be, and looked at again.

    It may be interrupted at any moment and done again, and the server may run: each part is a unit of its own. The
    last step of each account has what is `left`.
    """
    for account in _accounts(patient, only):
        found: list[Trouble] = []
        for step in _examined(patient, account):
            found += step.found
            yield Step(step.account, step.done * 0.9, step.found)
        if not any(trouble.weight == "trouble" for trouble in found):
            yield Step(account.name, 1.0)
            continue
        mending = Mending(patient.store, patient.registry, account.number, account.name, int(clock()))
        for deed in mending.run(found):
            yield Step(account.name, 0.9, deeds=[deed])
        if account.number == 0:
            yield Step(account.name, 0.9, deeds=list(_server_mended(patient, int(clock()), mending.failed)))
        left = [trouble for step in _examined(patient, account) for trouble in step.found]
        yield Step(account.name, 1.0, left=left + [one for one in mending.failed if one not in left])


def _accounts(patient: Patient, only: Principal | None) -> Iterator[_Account]:
    default = patient.settings[catalogue.ACCOUNT_QUOTA]
    if only is not None:
        yield _Account(only.number, only.address, default if only.quota is None else only.quota)
        return
    yield _Account(0, _SERVER, None)
    named: dict[int, Principal] = {}
    # What is wrong with the directory was told with the server.
    with told(_SERVER, "directory"):
        named = {principal.number: principal for principal in patient.directory.all()}
    for number in sorted(set(patient.store.accounts()) - {0}):
        if number not in named:
            yield _Account(number, f"number {number}", None)
        else:
            quota = named[number].quota
            yield _Account(number, named[number].address, default if quota is None else quota)


def _examined(patient: Patient, account: _Account) -> Iterator[Step]:
    if account.number == 0:
        found = [*_of_bucket(patient), *_of_directory(patient), *_of_files(patient)]
        yield Step(_SERVER, 0.0, [*found, *_of_store(patient), *_of_settings(patient)])
    yield from examination(patient.store, patient.registry, account.number, account.name, account.quota)


def _of_bucket(patient: Patient) -> list[Trouble]:
    with told(_SERVER, "bucket") as found:
        found += [Trouble(_SERVER, "bucket", problem) for problem in patient.store.probe()]
    return found


def _of_directory(patient: Patient) -> list[Trouble]:
    with told(_SERVER, "directory") as found:
        names = {principal.number: principal.name for principal in patient.directory.all()}
        kept = set(patient.store.accounts()) - {0}
        for number in sorted(names.keys() - kept):
            found.append(Trouble(names[number], "file", "the account has no data"))
        for number in sorted(kept - names.keys()):
            problem = "there is data of an account that does not exist"
            found.append(Trouble(f"number {number}", "directory", problem))
    return found


def _of_files(patient: Patient) -> list[Trouble]:
    with told(_SERVER, "file") as found:
        found += [Trouble(_SERVER, "file", remaining) for remaining in patient.store.remains()]
        for path, why in (*folder.open_to_others(patient.data), *folder.of_others(patient.data)):
            found.append(Trouble(_SERVER, "permissions", f"{path}: {why}"))
    return found


def _of_store(patient: Patient) -> list[Trouble]:
    with told(_SERVER, "store") as found:
        found += [Trouble(_SERVER, "store", advice, "remark") for advice in patient.store.advice()]
    return found


def _of_settings(patient: Patient) -> list[Trouble]:
    return [Trouble(_SERVER, "settings", problem, "remark") for problem in contradictions(patient.settings)]


def _server_mended(patient: Patient, now: int, failed: list[Trouble]) -> Iterator[Deed]:
    """What interrupted commands left is finished, and what others may use is closed to them."""
    with told(_SERVER, "directory", "mended") as wrong:
        before = set(patient.store.accounts())
        patient.directory.clear(now)
        for number in sorted(before - set(patient.store.accounts())):
            yield Deed(f"number {number}", "directory", "the data of an account that was never finished was removed")
    failed += wrong
    with told(_SERVER, "file", "mended") as wrong:
        remains = patient.store.remains()
        patient.store.sweep(0, lambda unit: lost(unit, patient.registry))
        for gone in sorted(set(remains) - set(patient.store.remains())):
            yield Deed(_SERVER, "file", f"{gone}: it was deleted")
    failed += wrong
    for path in sorted(path for path, _ in folder.open_to_others(patient.data)):
        with told(_SERVER, "permissions", "mended") as wrong:
            folder.close(path)
            yield Deed(_SERVER, "permissions", f"{path}: it is for its owner alone now")
        failed += wrong
