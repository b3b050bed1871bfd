"""The data types that exist. A new one adds its line here and nowhere else."""

from pillarbox.datatypes.core import BLOB, QUOTA
from pillarbox.datatypes.journal import JOURNAL_ENTRY
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
from pillarbox.datatypes.queue import QUEUE, QUEUED_MESSAGE
from pillarbox.datatypes.server import (
    ACCOUNT,
    ACME_ACCOUNT,
    ACME_CHALLENGE,
    API_KEY,
    BAN,
    CERTIFICATE,
    CONSENT,
    CREDENTIAL,
    DOMAIN,
    DUE,
    GRANT,
    MEMBERSHIP,
    OAUTH_CLIENT,
    PAUSE,
    ROLE,
    SECURITY_EVENT,
    SETTING,
    SIGNING_KEY,
    TENANT,
)
from pillarbox.objects import Registry

__all__ = ["REGISTRY"]

REGISTRY = Registry(
    (
        ACCOUNT,
        ACME_ACCOUNT,
        ACME_CHALLENGE,
        API_KEY,
        BAN,
        BLOB,
        CERTIFICATE,
        CONSENT,
        CREDENTIAL,
        DOMAIN,
        DUE,
        EMAIL,
        EMAIL_SUBMISSION,
        GRANT,
        IDENTITY,
        JOURNAL_ENTRY,
        MAILBOX,
        MDN,
        MEMBERSHIP,
        OAUTH_CLIENT,
        PAUSE,
        PUSH_KEY,
        PUSH_SUBSCRIPTION,
        QUEUE,
        QUEUED_MESSAGE,
        QUOTA,
        ROLE,
        SEARCH_SNIPPET,
        SECURITY_EVENT,
        SETTING,
        SIGNING_KEY,
        TENANT,
        THREAD,
        VACATION_RESPONSE,
    )
)
