"""Data types of the server itself, kept in account 0.

Begin with `account`; `directory` finds accounts by their addresses, makes and removes them, `membership`
says whose groups they are in, `due` knows which of them have work to be done, `ban` who is not let in;
`certificate` and `acme` keep what is had from authorities.
"""

from pillarbox.datatypes.server.account import ACCOUNT, Account
from pillarbox.datatypes.server.acme import (
    ACME_ACCOUNT,
    ACME_CHALLENGE,
    AcmeLogin,
    ChallengeKind,
    ShownChallenge,
    acme_account,
    challenges,
    forget_acme_account,
    hide_challenges,
    http_challenge,
    keep_acme_account,
    show_challenge,
)
from pillarbox.datatypes.server.ban import (
    AUTH,
    BAN,
    BY_HAND,
    LOITER,
    LONGEST,
    SCAN,
    Ban,
    all_bans,
    ban,
    ban_again,
    bans,
    bans_since,
    lift,
)
from pillarbox.datatypes.server.certificate import (
    CERTIFICATE,
    IssuedCertificate,
    KeptCertificate,
    certificate,
    certificates,
    hasten,
    keep_certificate,
)
from pillarbox.datatypes.server.directory import InternalDirectory
from pillarbox.datatypes.server.domain import (
    DOMAIN,
    Domain,
    add_dkim_key,
    dkim_keys,
    domains,
    is_domain,
    remove_dkim_key,
)
from pillarbox.datatypes.server.due import DUE, PUSH, QUEUE, due, expect, settle
from pillarbox.datatypes.server.known import AccountError
from pillarbox.datatypes.server.membership import MEMBERSHIP, Membership

__all__ = [
    "ACCOUNT",
    "ACME_ACCOUNT",
    "ACME_CHALLENGE",
    "AUTH",
    "BAN",
    "BY_HAND",
    "CERTIFICATE",
    "DOMAIN",
    "DUE",
    "LOITER",
    "LONGEST",
    "MEMBERSHIP",
    "PUSH",
    "QUEUE",
    "SCAN",
    "Account",
    "AccountError",
    "AcmeLogin",
    "Ban",
    "ChallengeKind",
    "Domain",
    "InternalDirectory",
    "IssuedCertificate",
    "KeptCertificate",
    "Membership",
    "ShownChallenge",
    "acme_account",
    "add_dkim_key",
    "all_bans",
    "ban",
    "ban_again",
    "bans",
    "bans_since",
    "certificate",
    "certificates",
    "challenges",
    "dkim_keys",
    "domains",
    "due",
    "expect",
    "forget_acme_account",
    "hasten",
    "hide_challenges",
    "http_challenge",
    "is_domain",
    "keep_acme_account",
    "keep_certificate",
    "lift",
    "remove_dkim_key",
    "settle",
    "show_challenge",
]
