"""The account here of whoever a directory outside knows: made at their first sign-in or first mail, and kept at par."""

from collections.abc import Callable, Sequence

from pillarbox.access import USER, Principal, normal
from pillarbox.datatypes.directory import AccountError, InternalDirectory, Newcomer
from pillarbox.datatypes.mail import Folder
from pillarbox.settings.catalogue import RoleOfGroup
from pillarbox.signin.directory.source import Person
from pillarbox.telemetry import Event, emit

__all__ = ["Adoption"]


class Adoption:
    """Of the people of one directory. Of what that tells, only addresses for which it `answers` are believed."""

    def __init__(
        self,
        accounts: InternalDirectory,
        directory: str,
        answers: Callable[[str], bool],
        domains: Sequence[str],
        roles: Sequence[RoleOfGroup],
        folders: Callable[[], Sequence[Folder]],
    ) -> None:
        self._accounts = accounts
        self._directory = directory
        self._answers = answers
        self._domains = frozenset(domains)
        self._roles = tuple(roles)
        self._folders = folders

    def of(self, person: Person, name: str) -> Principal | None:
        """The account of whom it told when it was asked for a name; None where that cannot be theirs here.

        Raises store.StoreError.
        """
        addresses = tuple(one for one in person.addresses if self._answers(one))
        if not addresses or ("@" in name and normal(name) not in addresses):
            return None
        had = {_spelt(one) for one in person.groups}
        newcomer = Newcomer(
            self._directory,
            addresses,
            self._domains,
            person.description,
            person.quota,
            frozenset(one.role for one in self._roles if _spelt(one.group) in had) | {USER},
            frozenset(one.role for one in self._roles) | ({USER} if self._roles else frozenset()),
        )
        try:
            return self._accounts.adopt(newcomer, self._folders())
        except AccountError as problem:
            emit(Event.DIRECTORY_DISPUTED, directory=self._directory, address=addresses[0], known=str(problem))
            return None


def _spelt(group: str) -> str:
    """A group's name, or DN, as it is compared: letters of any case, blanks after its commas or none."""
    return ",".join(part.strip() for part in group.lower().split(","))
