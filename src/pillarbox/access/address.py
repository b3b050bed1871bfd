"""What an address is here, and when two are the same."""

from unicodedata import normalize

__all__ = ["BadAddress", "domain_of", "normal"]

_LONGEST = 320


class BadAddress(ValueError):
    """No address; the message says so to people."""


def normal(address: str) -> str:
    """The one form of an address that is kept and compared: lower case and composed (NFC), the domain in ASCII.

    Raises BadAddress for what is no address.
    """
    local, at, domain = address.strip().rpartition("@")
    domain = domain.rstrip(".")
    if not at or not local or not domain or len(address) > _LONGEST or any(ord(one) <= 32 for one in local + domain):
        raise BadAddress(f"{address[:80]!r} is no address; write it like alice@example.org")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise BadAddress(f"{domain[:80]!r} is no domain name") from None
    # Composed again, for a letter's lower case may be two.
    local = normalize("NFC", normalize("NFC", local).lower())
    return f"{local}@{ascii_domain.lower()}"


def domain_of(address: str) -> str:
    """The domain of an address in lower case, in its ASCII form if it has one (RFC 5890); literals as they are.

    What has no `@` is a domain by itself.
    """
    domain = address.rpartition("@")[2].lower().rstrip(".")
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
