"""Several directories at once: whose people are whose, by domain."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import partial

from pillarbox.access import PERSON, BadAddress, Principal, normal
from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.datatypes.mail import Folder
from pillarbox.settings.catalogue import (
    DirectoryChoice,
    InternalChoice,
    LdapDirectory,
    OidcDirectory,
    SqlDirectory,
    UnusableDirectory,
)
from pillarbox.signin.credentials import MAX_PASSWORD, MainPassword, Verifier
from pillarbox.signin.directory.adoption import Adoption
from pillarbox.signin.directory.patience import Patient
from pillarbox.signin.directory.source import DirectoryAway, Introduced, Person, Provider, Source

__all__ = ["Chosen", "Directories"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The directories of the settings, the id of the one for all other domains, and what new accounts have."""

    directories: Sequence[DirectoryChoice]
    default: str | None
    folders: Sequence[Folder]


@dataclass(frozen=True, slots=True)
class _Place:
    """A directory outside: how it is asked, and how its people get their accounts."""

    source: Patient
    adoption: Adoption
    provider: Provider | None


class Directories:
    """All who are known: the accounts of this server first, then whom the directories outside know.

    It finds (`access.Directory`), and tells whose password it is (`signin.credentials.MainPassword`): of accounts here
    `own` does. Whoever a directory outside knows has an account here from then on.
    """

    def __init__(self, accounts: InternalDirectory, own: MainPassword, passwords: Verifier, chosen: Chosen) -> None:
        self._accounts = accounts
        self._own = own
        self._passwords = passwords
        self._places: Mapping[str, _Place] = {}
        self._domains: Mapping[str, str] = {}
        self._default: str | None = None
        self._chosen: Chosen | None = None
        self.use(chosen)

    def use(self, chosen: Chosen) -> None:
        """From now on these are the directories."""
        if chosen == self._chosen:
            return
        before = self._places
        self._chosen = chosen
        self._domains = {domain: one.outside.id for one in chosen.directories for domain in one.outside.domains}
        outside = [one for one in chosen.directories if not isinstance(one, InternalChoice)]
        self._places = {one.outside.id: self._place(one, chosen) for one in outside}
        known = {one.outside.id for one in chosen.directories}
        # One that is named and not there is no reason to ask another, nor nobody.
        self._default = (
            None if chosen.default is None or chosen.default in known - self._places.keys() else (chosen.default)
        )
        for place in before.values():
            place.source.close()

    def listen(self, listener: Callable[[], None]) -> AbstractContextManager[None]:
        """A block in which the listener is called once somebody here may be another than before."""
        return self._accounts.listen(listener)

    def find(self, address: str) -> Principal | None:
        """Whose address or alias this is. Raises store.StoreError, of which one is DirectoryAway."""
        found = self._accounts.find(address)
        # A whole domain is nothing that a directory could be asked for.
        if found is not None or address.startswith("@"):
            return found
        name = self._of(address)
        if name is None:
            return None
        place = self._at(name)
        person = place.source.find(_one_form(address))
        return None if person is None else place.adoption.of(person, address)

    def verified(self, name: str, password: str) -> Principal | None:
        """Whose these are. Slow. Raises store.StoreError, of which one is DirectoryAway."""
        found = self._accounts.find(name)
        directory = self._of(name) if found is None else found.directory
        if not directory:
            return self._own.verified(name, password)
        # A bind without a password is nobody's, and succeeds (RFC 4513 section 5.1.2): that is never tried.
        if not password or len(password) > MAX_PASSWORD or (found is not None and found.kind != PERSON):
            return None
        place = self._at(directory)
        person = place.source.verified(_one_form(name), password)
        return None if person is None else place.adoption.of(person, name)

    def is_ours(self, domain: str) -> bool:
        """Whether a directory here answers for a domain by its name, so that nobody else gets its mail."""
        return domain.lower() in self._domains

    @property
    def has_providers(self) -> bool:
        """Whether anybody else's tokens are taken."""
        return any(place.provider is not None for place in self._places.values())

    def introduced(self, token: str, now: float) -> tuple[Principal, Introduced] | None:
        """Whose token of a provider's this is, with what it said of it; each provider is asked until one knows it.

        Raises store.StoreError, of which one is DirectoryAway.
        """
        for place in self._places.values():
            if place.provider is None:
                continue
            found = place.source.asked(partial(place.provider.introduced, token, now))
            principal = None if found is None else place.adoption.of(found.person, found.person.addresses[0])
            if found is not None and principal is not None:
                return principal, found
        return None

    def close(self) -> None:
        """Lets go of all of them."""
        for place in self._places.values():
            place.source.close()

    def _at(self, directory: str) -> _Place:
        place = self._places.get(directory)
        if place is None:
            raise DirectoryAway(f"the settings have no directory {directory} any more")
        return place

    def _of(self, name: str) -> str | None:
        """The id of the directory outside that is asked about a name; None for this server's own."""
        if "@" not in name:
            return self._default
        with suppress(BadAddress):
            id_ = self._domains.get(normal(name).rpartition("@")[2], self._default)
            return id_ if id_ in self._places or id_ == self._default else None
        return None

    def _place(self, one: DirectoryChoice, chosen: Chosen) -> _Place:
        common = one.outside
        provider = _provider(one) if isinstance(one, OidcDirectory) else None
        adoption = Adoption(
            self._accounts,
            common.id,
            lambda address: self._of(address) == common.id,
            common.domains,
            common.roles,
            lambda: chosen.folders,
        )
        return _Place(Patient(common.id, provider or _source(one, self._passwords)), adoption, provider)


def _one_form(name: str) -> str:
    """An address as it is compared everywhere here; a login as it was given."""
    return normal(name) if "@" in name else name


_UNUSABLE = "its settings lack what it needs"


class _Unusable:
    """What has settings that cannot be used."""

    def find(self, name: str) -> Person | None:  # noqa: ARG002 - the contract's
        raise DirectoryAway(_UNUSABLE)

    def verified(self, name: str, password: str) -> Person | None:  # noqa: ARG002 - the contract's
        raise DirectoryAway(_UNUSABLE)

    def close(self) -> None:
        pass


def _source(one: DirectoryChoice, passwords: Verifier) -> Source:
    # What speaks to others takes long to load, and most servers ask nobody.
    match one:
        case LdapDirectory():
            from pillarbox.signin.directory.ldap import LdapSource  # noqa: PLC0415

            return LdapSource(one, passwords.verify)
        case SqlDirectory():
            from pillarbox.signin.directory.sql import SqlSource  # noqa: PLC0415

            return SqlSource(one, passwords.verify)
        case OidcDirectory():
            return _provider(one)
        case InternalChoice() | UnusableDirectory():
            return _Unusable()


def _provider(one: OidcDirectory) -> Provider:
    from pillarbox.signin.directory.oidc import OidcSource  # noqa: PLC0415

    return OidcSource(one)
