"""The addresses of a principal: whose they can be, and what follows when they change."""

import re
from collections.abc import Iterable

from pillarbox.access import BadAddress, normal
from pillarbox.datatypes.directory.known import account_at
from pillarbox.datatypes.directory.principals.errand import Draft, Errand
from pillarbox.datatypes.directory.principals.finding import named
from pillarbox.datatypes.directory.refused import Taken, Unfit, Unknown
from pillarbox.datatypes.server import ACCOUNT, Account, domain_named, selected
from pillarbox.store import Member, Select, Writing

__all__ = ["UNSEEN", "addresses_of", "domain_name", "put_addresses", "refit_lists"]

MAX_ADDRESSES = 1000
UNSEEN = "characters that nobody sees, or that turn others round, have no place here: it would look like another"
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LONGEST_DOMAIN = 253


def addresses_of(draft: Draft) -> list[str]:
    """All of an account's, the primary one first, the domains of which it receives everything last."""
    account = Account(draft.number, draft.document)
    return [*account.addresses, *(f"@{domain}" for domain in account.catch_all)]


def put_addresses(errand: Errand, draft: Draft, wanted: Iterable[str]) -> None:
    """These are its addresses. Raises Unfit; Taken; Unknown for a domain that is not here, or not its tenant's."""
    had = frozenset(addresses_of(draft))
    addresses = list(dict.fromkeys(map(_normal, wanted)))
    if len(addresses) > MAX_ADDRESSES:
        raise Unfit(f"emails: no more than {MAX_ADDRESSES}")
    for address in addresses:
        if address not in had:
            _check_address(errand, draft, address)
    first, *others = [one for one in addresses if not one.startswith("@")] or [""]
    # Who is called by an address that goes is called so still: nobody would know them by another name.
    called = draft.entry.name
    draft.document |= {
        "name": draft.document.get("name") or ("" if called == first else called),
        "address": first,
        "aliases": [*others],
        "catchAll": [one[1:] for one in addresses if one.startswith("@")],
    }


def _check_address(errand: Errand, draft: Draft, address: str) -> None:
    """Raises what there is against an address in its normal form."""
    server, name = errand.server, address.rpartition("@")[2]
    domain = domain_named(server, name)
    tenant = draft.entry.tenant
    if domain is None or (tenant is not None and domain.tenant != tenant):
        raise Unknown("emails", name)
    if not address.isprintable():
        raise Unfit(f"emails: {UNSEEN}")
    if address.startswith("@"):
        others = selected(server, ACCOUNT, Select(Member("catch-all", name)))
        if any(one.number != draft.number for one in others):
            raise Taken("emails", address)
        return
    there = account_at(server, address)
    if there is not None and there.number != draft.number:
        raise Taken("emails", address)
    # Who is called so signs in by it, and nobody else does.
    called = named(server, address)
    if called is not None and (called.kind, called.number) != (draft.kind, draft.number):
        raise Taken("emails", address)


def refit_lists(server: Writing, before: Account, after: Account) -> None:
    """Lists of its tenant that send to an address which the account has no more send to another, if it has any."""
    instead = after.address
    for gone in [one for one in before.addresses if one not in after.addresses]:
        for one in selected(server, ACCOUNT, Select(Member("members", gone))):
            if one.tenant != before.tenant:
                continue
            members = [instead if member == gone else member for member in one.members]
            kept = [*dict.fromkeys(member for member in members if member)]
            server.update(ACCOUNT.table, one.number, one.document, {**one.document, "members": kept})


def domain_name(text: str) -> str:
    """The one form of a domain's name: lower case, in ASCII. Raises Unfit."""
    name = text.strip().rstrip(".")
    try:
        ascii_name = (name if name.isascii() else name.encode("idna").decode("ascii")).lower()
    except UnicodeError:
        raise Unfit("name: this is no domain name") from None
    labels = ascii_name.split(".")
    if len(ascii_name) > _LONGEST_DOMAIN or not all(_LABEL.fullmatch(label) for label in labels):
        raise Unfit("name: this is no domain name")
    return ascii_name


def _normal(text: str) -> str:
    text = text.strip()
    if text.startswith("@"):
        return f"@{domain_name(text[1:])}"
    try:
        return normal(text)
    except BadAddress as problem:
        raise Unfit(f"emails: {problem}") from None
