"""The data types that exist. A new one adds its line here and nowhere else."""

from pillarbox.datatypes.core import BLOB
from pillarbox.datatypes.mail import EMAIL, MAILBOX, THREAD
from pillarbox.datatypes.push import PUSH_KEY, PUSH_SUBSCRIPTION, WATCHED
from pillarbox.datatypes.server import ACCOUNT, DOMAIN
from pillarbox.objects import Registry

__all__ = ["REGISTRY"]

REGISTRY = Registry((ACCOUNT, BLOB, DOMAIN, EMAIL, MAILBOX, PUSH_KEY, PUSH_SUBSCRIPTION, THREAD, WATCHED))
