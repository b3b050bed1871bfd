"""The data types that exist. A new one adds its line here and nowhere else."""

from pillarbox.datatypes.core import BLOB, QUOTA
from pillarbox.datatypes.mail import (
    EMAIL,
    EMAIL_SUBMISSION,
    IDENTITY,
    MAILBOX,
    MDN,
    SEARCH_SNIPPET,
    THREAD,
    VACATION_RESPONSE,
)
from pillarbox.datatypes.push import PUSH_KEY, PUSH_SUBSCRIPTION
from pillarbox.datatypes.queue import QUEUED_MESSAGE
from pillarbox.datatypes.server import ACCOUNT, ACME_ACCOUNT, ACME_CHALLENGE, BAN, CERTIFICATE, DOMAIN, DUE, MEMBERSHIP
from pillarbox.objects import Registry

__all__ = ["REGISTRY"]

REGISTRY = Registry(
    (
        ACCOUNT,
        ACME_ACCOUNT,
        ACME_CHALLENGE,
        BAN,
        BLOB,
        CERTIFICATE,
        DOMAIN,
        DUE,
        EMAIL,
        EMAIL_SUBMISSION,
        IDENTITY,
        MAILBOX,
        MDN,
        MEMBERSHIP,
        PUSH_KEY,
        PUSH_SUBSCRIPTION,
        QUEUED_MESSAGE,
        QUOTA,
        SEARCH_SNIPPET,
        THREAD,
        VACATION_RESPONSE,
    )
)
