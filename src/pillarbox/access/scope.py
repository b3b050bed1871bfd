"""Scopes: how much of what somebody may do is let through by one of their tokens (RFC 6749 section 3.3).

A scope only ever takes away: whoever shows a token may do what its account may do now, as far as one of the token's
scopes lets that through. The names for mail programs are those of draft-ietf-mailmaint-oauth-public section 5, which
says too what a capability of JMAP is in; a capability's own name is a scope for its types alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pillarbox.access.permission import (
    AUTHENTICATE,
    AUTHENTICATE_OAUTH,
    ECHO,
    EMAIL_RECEIVE,
    EMAIL_SEND,
    MANAGE_ENCRYPTION,
    MANAGE_PASSWORDS,
    OF_ADMIN,
    OF_USER,
)

__all__ = ["ACCOUNT", "DEFAULT_SCOPE", "MAIL", "MANAGE", "OFFLINE", "OPENID", "SCOPES", "Scope", "attenuated", "known"]

MAIL = "urn:ietf:params:oauth:scope:mail"
OPENID = "openid"
OFFLINE = "offline_access"
ACCOUNT = "urn:pillarbox:params:scope:account"
MANAGE = "urn:pillarbox:params:scope:manage"

DEFAULT_SCOPE = frozenset((MAIL,))
"""What a client is given that asks for nothing (RFC 6749 section 3.3)."""

_JMAP = "urn:ietf:params:jmap"
_ALWAYS = frozenset((AUTHENTICATE_OAUTH,))
_DATA = _ALWAYS | {AUTHENTICATE}
"""No JMAP request is answered without."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope, and the permissions that it lets through.

    `title` and `text` say to people what they allow, in English: the keys by which translations are found.
    """

    name: str
    title: str
    text: str
    permissions: frozenset[str]


def _identity(name: str, title: str, text: str) -> Scope:
    return Scope(name, title, text, _ALWAYS)


def _of(name: str, title: str, text: str, permissions: Iterable[str]) -> Scope:
    return Scope(name, title, text, _DATA | frozenset(permissions))


def _methods(*types: str) -> frozenset[str]:
    return frozenset(one for one in OF_USER for type_ in types if _is_of(one, f"jmap-{type_}"))


def _is_of(permission: str, type_: str) -> bool:
    """Whether it is for a type's methods; `jmap-email-submission-get` is none of `jmap-email`'s."""
    rest = permission.removeprefix(f"{type_}-")
    return rest != permission and rest.partition("-")[0] not in ("submission",)


_PROTOCOLS = frozenset(one for one in OF_USER if one.startswith(("imap-", "pop3-", "sieve-", "spam-filter-")))
_BLOB = _methods("blob")
_CORE = _methods("push-subscription") | {ECHO}

_ALL_MAIL = (
    _CORE
    | _BLOB
    | _PROTOCOLS
    | _methods(
        "email", "mailbox", "thread", "identity", "email-submission", "sieve-script", "vacation-response", "quota"
    )
    | _methods("mdn", "journal-entry")
    | {"jmap-search-snippet", EMAIL_SEND, EMAIL_RECEIVE}
)

_ROWS = (
    _identity(OPENID, "Know who you are", "The app learns an identifier of your account, and nothing else of it."),
    _identity("profile", "See your name", "The app sees the name that your account goes by."),
    _identity("email", "See your address", "The app sees the address of your account."),
    _identity(OFFLINE, "Stay signed in", "The app keeps its access while you are not using it, until you end it."),
    _of(
        MAIL,
        "Read, change and send your mail",
        "The app sees all your mail and may change, delete and send mail in your name.",
        _ALL_MAIL,
    ),
    _of(
        f"{_JMAP}:core",
        "Connect to your account",
        "The app may ask what this server can do and be told when something changes.",
        _CORE,
    ),
    _of(
        f"{_JMAP}:mail",
        "Read and change your mail",
        "The app sees all your mail and may change and delete it, but not send any.",
        # What mail is made of comes and goes as blobs.
        _methods("email", "mailbox", "thread") | _BLOB | {"jmap-search-snippet"},
    ),
    _of(
        f"{_JMAP}:submission",
        "Send mail in your name",
        "The app may send mail from your addresses and see what became of it.",
        _methods("email-submission", "identity") | {EMAIL_SEND},
    ),
    _of(
        f"{_JMAP}:vacationresponse",
        "Answer while you are away",
        "The app sees and changes the answer that is sent while you are away.",
        _methods("vacation-response"),
    ),
    _of(
        f"{_JMAP}:mdn",
        "Confirm that you have read mail",
        "The app may tell senders that their mail was read.",
        _methods("mdn"),
    ),
    _of(
        f"{_JMAP}:quota",
        "See how much room there is",
        "The app sees how much your account holds and may hold.",
        _methods("quota"),
    ),
    _of(
        f"{_JMAP}:blob",
        "Store and fetch files",
        "The app may store files in your account and fetch those that it knows of, attachments too.",
        _BLOB,
    ),
    _of(
        f"{_JMAP}:sieve",
        "Change your mail filters",
        "The app sees and changes the rules by which your mail is sorted.",
        _methods("sieve-script"),
    ),
    _of(
        "urn:pillarbox:params:jmap:journal",
        "See the way of your mail",
        "The app sees from whom mail came and to whom it went, when, and what became of it.",
        _methods("journal-entry"),
    ),
    _of(
        ACCOUNT,
        "Manage your password and devices",
        "The app may change how you sign in, and end the access of other apps.",
        {MANAGE_PASSWORDS, MANAGE_ENCRYPTION},
    ),
    _of(
        MANAGE,
        "Administer this server",
        "The app may do everything that you may do as an administrator.",
        OF_ADMIN - OF_USER,
    ),
)

SCOPES = {row.name: row for row in _ROWS}
"""Those that there are, by name, in the order in which people are shown them."""


def known(asked: Iterable[str]) -> frozenset[str]:
    """Those of the scopes asked for that there are; others are left out (RFC 6749 section 3.3)."""
    return frozenset(asked) & SCOPES.keys()


def attenuated(permissions: frozenset[str], scope: frozenset[str] | None) -> frozenset[str]:
    """What is left of somebody's permissions where only these scopes let through; None lets everything through."""
    if scope is None:
        return permissions
    let = frozenset[str]().union(*(SCOPES[name].permissions for name in scope if name in SCOPES))
    return permissions & let
