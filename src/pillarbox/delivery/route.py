"""Recipients to accounts: whose mail this is."""

import unicodedata
from collections.abc import Iterator
from contextlib import suppress

from pillarbox.access import PERSON, Directory, Principal
from pillarbox.access.permission import EMAIL_RECEIVE
from pillarbox.delivery import reply
from pillarbox.delivery.path import Path
from pillarbox.delivery.reply import Reply
from pillarbox.wire.collation import unicode_casemap

__all__ = ["Route", "refusal"]


def refusal(found: Principal | None) -> Reply | None:
    """Why mail is not for whom it leads to, if it is not: people may do without, groups and lists are there for it."""
    if found is None:
        return reply.NOT_FOUND
    return reply.NOT_OPEN if found.kind == PERSON and EMAIL_RECEIVE not in found.permissions else None


class Route:
    """Finds the account of a recipient, under the address it was given or one that means the same.

    Letters of any case are the same in our addresses, in local parts as well: the directory sees to that. A domain may
    end in a dot and may be written in its ASCII form or in its own script (RFC 5890). With sub-addressing,
    `alice+anything` is `alice`, unless somebody has that very address.

    What is for nobody of a domain is for whoever receives that, if somebody does.

    `<postmaster>` without a domain is whoever is postmaster of this host or of the domain it is in (RFC 5321 section
    4.5.1); that somebody is, an address or an alias in the directory has to say.
    """

    def __init__(self, directory: Directory, host: str, *, sub_addressing: bool) -> None:
        self._directory = directory
        self._host = host
        self._sub_addressing = sub_addressing

    def find(self, recipient: Path) -> Principal | None:
        """Whose mail it is, None if nobody's here. Raises store.Unavailable."""
        for local in self._locals(recipient.local):
            for domain in self._domains(recipient.domain):
                address = f"{local}@{domain}"
                found = self._directory.find(address)
                if found is not None and _receives(found, address):
                    return found
        for domain in self._domains(recipient.domain):
            found = self._directory.find(f"@{domain}")
            if found is not None:
                return found
        return None

    def _locals(self, local: str) -> Iterator[str]:
        whole = unicodedata.normalize("NFC", local)
        user, plus, _ = whole.partition("+")
        for name in (whole, user) if plus and self._sub_addressing else (whole,):
            # `" alice"` is a local part of its own, and directories trim what they are asked for.
            if name and name == name.strip():
                yield name

    def _domains(self, domain: str) -> Iterator[str]:
        if not domain:
            yield self._host
            _, _, above = self._host.partition(".")
            if above:
                yield above
            return
        name = unicodedata.normalize("NFC", domain.removesuffix("."))
        forms = [name]
        # A name that DNS could not have, as one with a label of more than 63 octets, has no other form.
        with suppress(UnicodeError):
            forms += [name.encode("idna").decode("ascii"), name.encode("idna").decode("idna")]
        yield from dict.fromkeys(form.lower() for form in forms)


def _receives(found: Principal, address: str) -> bool:
    """Whether mail for this address is theirs whom it found: who is merely called so receives nothing by it."""
    # Its domain is asked for in both of its forms: one of them is that of the addresses.
    return not found.login or unicode_casemap(address) in map(unicode_casemap, found.addresses)
