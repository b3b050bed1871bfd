"""The directory, and an administrator who furnishes it by errands, as every face does."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from pillarbox.access import OWNER, Principal, Rights, normal
from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.datatypes.directory.files import know_domain
from pillarbox.datatypes.directory.known import existing, principal
from pillarbox.datatypes.directory.principals import Action, Errand, Kind, Operation, change, destroy, make
from pillarbox.datatypes.mail import Folder
from pillarbox.datatypes.server import ACCOUNT, Account, members_of, numbered
from pillarbox.wire.values import JSON

__all__ = ["Directory"]


class Directory(InternalDirectory):
    """As it is; each change makes the domain of an address, if that is new, and raises AccountError."""

    def add_group(
        self, address: str, members: Mapping[str, Rights], folders: Iterable[Folder], quota: int | None = None
    ) -> Principal:
        """A new group with its Mailboxes, and with these members, by their addresses."""
        readers = [one for one, rights in members.items() if rights is Rights.READ]
        return self._add(Kind.GROUP, address, {"members": [*members], "readers": readers, "quota": quota}, folders)

    def add_list(self, address: str, members: Iterable[str]) -> Principal:
        """A new list."""
        return self._add(Kind.LIST, address, {"externalMembers": [*members]})

    def remove(self, address: str) -> None:
        """Whatever has this address is gone with all it held."""
        with self._begun() as errand:
            destroy(errand, existing(errand.server, address).title)

    def add_alias(self, address: str, alias: str) -> None:
        """One more address, of an account or a group."""
        with self._begun() as errand:
            know_domain(errand.server, normal(alias))
            _change(errand, address, (Action.ADD, "emails", alias))

    def remove_alias(self, address: str, alias: str) -> None:
        """One address less."""
        with self._begun() as errand:
            _change(errand, address, (Action.REMOVE, "emails", alias))

    def add_member(self, group: str, member: str, rights: Rights) -> None:
        """One more member, or another right of one."""
        readers = Action.ADD if rights is Rights.READ else Action.REMOVE
        with self._begun() as errand:
            _change(errand, group, (Action.ADD, "members", member), (readers, "readers", member))

    def remove_member(self, group: str, member: str) -> None:
        """One member less."""
        with self._begun() as errand:
            _change(errand, group, (Action.REMOVE, "members", member))

    def members(self, group: str) -> list[tuple[Principal, Rights]]:
        """A group's members, in order of address."""
        with self._begun() as errand:
            rights = members_of(errand.server, existing(errand.server, group).number)
            found = numbered(errand.server, ACCOUNT, rights)
            told = [(principal(errand.server, one), rights[one.number]) for one in found]
        return sorted(told, key=lambda one: one[0].name)

    def add_listing(self, address: str, member: str) -> None:
        """One member more of a list."""
        with self._begun() as errand:
            _change(errand, address, (Action.ADD, "externalMembers", member))

    def remove_listing(self, address: str, member: str) -> None:
        """One member less of a list."""
        with self._begun() as errand:
            _change(errand, address, (Action.REMOVE, "externalMembers", member))

    @contextmanager
    def _begun(self, folders: Iterable[Folder] = ()) -> Iterator[Errand]:
        with self.errand(OWNER, datetime.now(UTC), [*folders]) as errand:
            yield errand

    def _add(
        self, kind: Kind, address: str, properties: Mapping[str, JSON], folders: Iterable[Folder] = ()
    ) -> Principal:
        with self._begun(folders) as errand:
            number = errand.number()
            know_domain(errand.server, address)
            made = make(
                replace(errand, number=lambda: number), kind, {"name": address, "emails": [address], **properties}
            )
            return principal(errand.server, Account(made.number, made.document))


def _change(errand: Errand, address: str, *steps: tuple[Action, str, str]) -> None:
    change(errand, existing(errand.server, address).title, [Operation(*step) for step in steps])
