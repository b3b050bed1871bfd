"""People whom a server of LDAP knows (RFC 4511)."""

from collections.abc import Callable, Iterable

from pillarbox.settings.catalogue import LdapDirectory
from pillarbox.signin.directory.connection import NO_ATTRIBUTES, Entry, Line, connected, context
from pillarbox.signin.directory.source import DirectoryAway, Person, is_login, octets, person

__all__ = ["LdapSource", "escaped_for_dn", "escaped_for_filter"]

_IN_FILTERS = frozenset("\\*()\0!&|=<>~:/")
_IN_NAMES = frozenset('\\,+"<>;=#\0/ ')


class LdapSource:
    """A server as the settings have it (`Source`); a connection is made for each question."""

    def __init__(self, settings: LdapDirectory, verify: Callable[[str | None, str], bool]) -> None:
        self._settings = settings
        self._verify = verify
        # Reading all authorities takes longer than the question.
        self._trust = context(settings)
        names = settings.attributes
        self._attributes = tuple(
            dict.fromkeys((*names.name, *names.description, *names.email, *names.aliases, *names.quota, *names.groups))
        )

    def find(self, name: str) -> Person | None:
        """Whose address or login this is: exactly one entry's. Raises DirectoryAway."""
        if not is_login(name):
            return None
        with connected(self._settings, self._trust) as line:
            entry = self._entry(line, name)
        return self._person(entry)

    def verified(self, name: str, password: str) -> Person | None:
        """Whose password this is, as the settings say that it is proved. Raises DirectoryAway."""
        if not is_login(name) or not password:
            return None
        with connected(self._settings, self._trust) as line:
            match self._settings.bind.method:
                case "lookup":
                    entry = self._entry(line, name)
                    return self._person(entry) if entry and line.bind(entry[0], password) else None
                case "template":
                    return self._by_template(line, name, password)
                case "compare":
                    return self._by_hash(line, name, password)

    def close(self) -> None:
        """Holds nothing."""

    def _entry(self, line: Line, name: str, *more: str) -> Entry | None:
        self._introduce(line)
        wanted = self._settings.filter_email if "@" in name else self._settings.filter_name
        found = line.search(
            self._settings.base_dn, wanted.replace("?", escaped_for_filter(name)), (*self._attributes, *more)
        )
        # Whose it is cannot be told if two have it.
        return found[0] if len(found) == 1 else None

    def _by_template(self, line: Line, name: str, password: str) -> Person | None:
        local, _, domain = name.rpartition("@") if "@" in name else (name, "", "")
        dn = self._settings.bind.template
        for place, value in (("{username}", name), ("{local}", local), ("{domain}", domain)):
            # What was put in has neither braces nor their contents: it is escaped.
            dn = dn.replace(place, escaped_for_dn(value))
        if not line.bind(dn, password):
            return None
        if self._settings.bind.dn is None:
            # Who they are, they say themselves: nobody else is known here to ask.
            found = line.search(dn, "(objectClass=*)", self._attributes, is_base_alone=True)
            return self._person(found[0] if len(found) == 1 else None)
        entry = self._entry(line, name)
        proved = line.search(dn, "(objectClass=*)", (NO_ATTRIBUTES,), is_base_alone=True)
        # Whose password this is, and who has the address, may be two: then it proves nothing of the other.
        return self._person(entry) if entry is not None and [one[0] for one in proved] == [entry[0]] else None

    def _by_hash(self, line: Line, name: str, password: str) -> Person | None:
        secrets = self._settings.attributes.secret
        entry = self._entry(line, name, *secrets)
        kept = _of(entry, secrets)[:4]
        if not any(self._verify(one, password) for one in kept or (None,)):
            return None
        return self._person(entry)

    def _introduce(self, line: Line) -> None:
        bind = self._settings.bind
        if bind.dn is not None and not line.bind(bind.dn, bind.secret.reveal()):
            # That is for the operator to mend, and says nothing of whoever signs in.
            raise DirectoryAway("it does not let us in: bind.dn and bind.secret are wrong")

    def _person(self, entry: Entry | None) -> Person | None:
        if entry is None:
            return None
        names = self._settings.attributes
        return person(
            (*_of(entry, names.email), *_every(entry, names.aliases)),
            next(iter(_of(entry, names.description)), ""),
            octets(next(iter(_of(entry, names.quota)), "")),
            _every(entry, names.groups),
        )


def escaped_for_filter(value: str) -> str:
    """A value for a filter (RFC 4515 section 3): whatever could mean anything there means itself."""
    return "".join(f"\\{ord(one):02x}" if one in _IN_FILTERS else one for one in value)


def escaped_for_dn(value: str) -> str:
    """A value for a DN (RFC 4514 section 2.4): whatever could mean anything there means itself."""
    return "".join(f"\\{ord(one):02x}" if one in _IN_NAMES or one in "{}" else one for one in value)


def _of(entry: Entry | None, names: Iterable[str]) -> list[str]:
    """The values of the first of these attributes that has any."""
    values = (entry[1].get(name.lower(), []) for name in names) if entry else ()
    return next((found for found in values if found), [])


def _every(entry: Entry, names: Iterable[str]) -> list[str]:
    return [value for name in names for value in entry[1].get(name.lower(), [])]
